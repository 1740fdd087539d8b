#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# What a reviewer should not have to look for: licence lines, file lengths, paths
# of one machine, mistakes in scripts.
cd "$top_srcdir" || exit 99
status=0
complain() {
	echo "$*"
	status=1
}

mapfile -t files < <(find . -type f \( -name '*.[chi]' -o -name '*.cc' -o -name '*.py' \
	-o -name '*.pyi' -o -name '*.toml' \
	-o -name '*.sh' -o -name '*.am' -o -name '*.ac' -o -name '*.in' -o -name '*.map' \
	-o -name 'vtune*.m4' -o -name '*.[1-9]' -o -name '*.md' -o -name '*.json' \
	-o -name '*.bash' -o -name quickstart -o -name NEWS -o -path './tests/lab/*' \) \
	-not -path './.git/*' -not -path './build*' -not -path '*/_build/*' \
	-not -name 'Makefile.in' -not -name 'config.h*' -not -path './autom4te.cache/*' \
	-not -path './bindings/python/vtune/raw.py' -not -name vtune_wrap.c \
	-not -path './libvtune-[0-9]*' | sort)
[ "${#files[@]}" -gt 50 ] || complain "only ${#files[@]} files found: is this the source folder?"

scripts=()
for file in "${files[@]}"; do
	case $file in
	*.md | *.json | ./NEWS | ./tests/data/*) ;;
	*)
		head -n 2 "$file" | grep -q 'SPDX-License-Identifier: LGPL-2.1-or-later' ||
			complain "$file: no SPDX line at its top"
		lines=$(wc -l < "$file")
		# A manual page is as long as what it describes.
		[ "$lines" -le 800 ] || [[ $file = ./man/* ]] ||
			complain "$file: $lines lines, at most 800"
		! grep -nHE '[[:blank:]]+$' "$file" || complain "$file: blanks at the end of a line"
		;;
	esac
	! grep -nHE '(^|[^a-zA-Z0-9_.})*])/(work|home|root|tmp)/' "$file" ||
		complain "$file: a path of one machine"
	if head -n 1 "$file" | grep -Eq '^#!.*\b(sh|bash)$'; then
		scripts+=("$file")
		[ -x "$file" ] || [[ $file = *.in ]] || complain "$file: is not executable"
	fi
done

# Each dependency has one door.
door() { # HEADER FILES
	grep -lE "#include <$1" -r libvtune --include='*.[ch]' | grep -vE "$2" &&
		complain "$1 is included outside of its door"
}
door hwloc '^libvtune/host/hwloc'
door json-c '^libvtune/base/json'
door libxml '^libvtune/base/xml'

if command -v shellcheck > /dev/null; then
	shellcheck -x -e SC1091,SC2154 "${scripts[@]}" || complain 'shellcheck has complaints'
else
	echo 'shellcheck is missing: scripts are not checked'
fi
exit $status
