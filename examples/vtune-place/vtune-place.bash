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

# The domains of the connection; for the second word of apply the SPEC.
_vtune_place_words() { # WORD
	local names
	mapfile -t names < <(virsh -q list --all --name 2> /dev/null)
	mapfile -t COMPREPLY < <(compgen -W "${names[*]}" -- "$1")
	[[ ${COMP_WORDS[1]} == apply ]] && _vtune_place_files '' "$1"
	return 0
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
		mapfile -t COMPREPLY < <(compgen -W 'system libvirt hwloc: capabilities: json: synthetic:' -- "$1")
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
	case ${COMP_WORDS[1]} in
	host | apply | verify | migrate | baseline | tune) command=${COMP_WORDS[1]} ;;
	esac

	case $before in
	--host)
		_vtune_place_source "$current"
		;;
	--format)
		local formats='text json'
		[[ $command == plan || $command == host ]] && formats+=' svg'
		[[ $command == plan || $command == migrate || $command == baseline ]] && formats+=' xml'
		mapfile -t COMPREPLY < <(compgen -W "$formats" -- "$current")
		;;
	--virt-type)
		mapfile -t COMPREPLY < <(compgen -W 'kvm qemu' -- "$current")
		;;
	--profile)
		mapfile -t COMPREPLY < <(compgen -W 'throughput latency density realtime' -- "$current")
		_vtune_place_files '' "$current"
		;;
	--state | --domain | --domains | --plan | --output | -o | --for | --sysroot | --persist | --undo-file)
		_vtune_place_files '' "$current"
		;;
	*)
		if [[ $current == -* ]]; then
			local options='--format --output --verbose --quiet --help --version'
			case $command in
			plan)
				options+=' --connect --host --defined --running --state --domains --domain'
				options+=' --domain-name --virt-type'
				options+=' --explain --capacity --together --all'
				;;
			host) options+=' --connect --host --defined --state --domains' ;;
			apply)
				options+=' --connect --defined --running --state --plan --live --config --dry-run'
				options+=' --move-memory --lock-timeout --undo'
				;;
			verify) options+=' --connect --plan' ;;
			migrate)
				options+=' --connect --host --to --defined --running --state --domains --domain'
				options+=' --run --peer2peer --tunnelled --persistent --undefine-source'
				options+=' --migrate-uri --lock-timeout'
				;;
			baseline) options+=' --virt-type' ;;
			tune)
				options+=' --connect --profile --for --host --state --defined --only --skip'
				options+=' --sysroot --apply --undo --dry-run --persist --undo-file'
				;;
			esac
			mapfile -t COMPREPLY < <(compgen -W "$options" -- "$current")
			return
		fi
		((COMP_CWORD == 1)) &&
			mapfile -t COMPREPLY < <(compgen -W 'plan host apply verify migrate baseline tune' -- "$current")
		case $command in
		plan | tune) _vtune_place_files '' "$current" ;;
		apply | verify | migrate) _vtune_place_words "$current" ;;
		esac
		;;
	esac
}

complete -F _vtune_place vtune-place
