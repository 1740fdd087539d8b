#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# check-dist.sh SRCDIR TARBALL: is everything that git knows in the tarball?
# Only what serves the repository itself may be missing.
set -e
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
git -C "$1" ls-files | grep -Ev '^\.(ci|github)/' | sort > "$work/git"
tar tf "$2" | sed 's|^[^/]*/||' | sort > "$work/tarball"
missing=$(comm -23 "$work/git" "$work/tarball")
if [ -n "$missing" ]; then
	echo "missing in $2:"
	echo "$missing"
	exit 1
fi
echo "$2 has all $(wc -l < "$work/git") files"
