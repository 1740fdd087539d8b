#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The sessions in README.md are what the commands print. To write them anew:
#
#   top_srcdir=. build/run tests/check-readme.sh update
set -e
cd "$top_srcdir"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# A tarball is tried with a source that cannot be written, and tune tells such files apart.
source=$PWD
mkdir -p "$work/tree/tests"
cp -R README.md examples "$work/tree"
cp -R tests/data "$work/tree/tests"
chmod -R u+w "$work/tree"
cd "$work/tree"

console=
while IFS= read -r line; do
	case $console$line in
	'```console') console=: ;;
	':```') console= ;;
	":\$ "*)
		printf '%s\n' "$line"
		(eval "${line#\$ }") < /dev/null 2>&1 || true # a VM that does not fit is shown, too
		continue
		;;
	:*) continue ;;
	esac
	printf '%s\n' "$line"
done < README.md > "$work/README.md"

grep -q '^\$ vtune-place' "$work/README.md"
if [ "$1" = update ]; then
	cp "$work/README.md" "$source/README.md"
else
	diff -u "$source/README.md" "$work/README.md"
fi
