# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# Completion of vtune-place for bash. Installed as vtune-place in the folder that
# "pkg-config --variable=completionsdir bash-completion" names.

_vtune_place_files() { # PREFIX WORD
	local file
	while IFS= read -r file; do
		COMPREPLY+=("$1$file")
	done < <(compgen -f -- "$2")
	compopt -o filenames 2> /dev/null
}

# bash breaks words at ":", so "hwloc:FILE" reaches us in up to three words.
_vtune_place_source() { # WORD
	local kind=${1%%:*}
	case $1 in
	hwloc:* | capabilities:* | json:*)
		if [[ $COMP_WORDBREAKS == *:* ]]; then
			_vtune_place_files '' "${1#*:}"
		else
			_vtune_place_files "$kind:" "${1#*:}"
		fi
		;;
	synthetic:*) ;;
	*)
		mapfile -t COMPREPLY < <(compgen -W 'system hwloc: capabilities: json: synthetic:' -- "$1")
		[[ ${COMPREPLY[0]} == *: ]] && compopt -o nospace 2> /dev/null
		;;
	esac
}

_vtune_place() {
	local current=${COMP_WORDS[COMP_CWORD]} command=plan i=$COMP_CWORD before
	COMPREPLY=()

	# Put the words around ":" and "=" together again.
	if [[ $current == : ]]; then
		((i--))
		current=${COMP_WORDS[i]}:
	elif ((i >= 3)) && [[ ${COMP_WORDS[i - 1]} == : ]]; then
		((i -= 2))
		current=${COMP_WORDS[i]}:$current
	elif [[ $current == = ]]; then
		current=
		((i++))
	fi
	before=${COMP_WORDS[i - 1]}
	[[ $before == = ]] && before=${COMP_WORDS[i - 2]}
	[[ ${COMP_WORDS[1]} == host ]] && command=host

	case $before in
	--host)
		_vtune_place_source "$current"
		;;
	--format)
		local formats='text json svg'
		[[ $command == plan ]] && formats+=' xml'
		mapfile -t COMPREPLY < <(compgen -W "$formats" -- "$current")
		;;
	--virt-type)
		mapfile -t COMPREPLY < <(compgen -W 'kvm qemu' -- "$current")
		;;
	--state | --domain | --output | -o)
		_vtune_place_files '' "$current"
		;;
	*)
		if [[ $current == -* ]]; then
			local options='--host --state --format --output --verbose --quiet --help --version'
			[[ $command == plan ]] && options+=' --domain --virt-type --explain --capacity'
			mapfile -t COMPREPLY < <(compgen -W "$options" -- "$current")
			return
		fi
		((COMP_CWORD == 1)) &&
			mapfile -t COMPREPLY < <(compgen -W 'plan host' -- "$current")
		[[ $command == plan ]] && _vtune_place_files '' "$current"
		;;
	esac
}

complete -F _vtune_place vtune-place
