#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# The program in libvtune(3) compiles by the pkg-config file of the build tree, and
# prints a domain or why the VM does not fit this machine.
set -e
if ! command -v pkg-config > /dev/null; then
	echo 'pkg-config is missing'
	exit 77
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
sed -n '/^\.Sh EXAMPLES/,/^\.Sh/p' "$top_srcdir/man/libvtune.3" |
	sed -n '/^\.Bd/,/^\.Ed/p' | sed '/^\.[BE]d/d; s/\\e/\\/g' > "$work/example.c"
grep -q 'vtune_place(' "$work/example.c"
# shellcheck disable=SC2046,SC2086
${CC:-cc} $CFLAGS -Wall -Werror $(pkg-config --cflags libvtune) "$work/example.c" \
	-o "$work/example" $(pkg-config --libs libvtune)
"$work/example" > "$work/out"
cat "$work/out"
grep -Eq '<domain|fit' "$work/out"
