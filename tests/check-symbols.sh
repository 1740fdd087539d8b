#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# The headers, the symbol map and the built library name the same functions, and
# each belongs to a LIBVTUNE_ node of the map.
set -e
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cat "$top_srcdir"/include/libvtune*.h |
	awk '# comments out
	{
		while (1) {
			if (inside) {
				if (!(at = index($0, "*/"))) { $0 = ""; break }
				$0 = substr($0, at + 2); inside = 0
			}
			if (!(at = index($0, "/*"))) break
			printf "%s", substr($0, 1, at - 1)
			$0 = substr($0, at + 2); inside = 1
		}
		print
	}' | grep -Eo '\bvtune_[a-z0-9_]+[[:space:]]*\(' | tr -d ' \t(' | sort -u > "$work/headers"

grep -Eo '^[[:space:]]+[a-zA-Z0-9_*]+;' "$top_srcdir/libvtune/libvtune.map" |
	tr -d ' \t;' | grep -v '^\*$' | sort > "$work/map"

library=$top_builddir/libvtune/.libs/libvtune.so
if [ ! -e "$library" ]; then
	echo "there is no shared library in this build"
	exit 77
fi
# The nodes themselves are listed as absolute symbols.
${NM:-nm} -D --defined-only "$library" | awk '$2 != "A" { print $3 }' > "$work/exported"
sed 's/@.*//' "$work/exported" | sort > "$work/library"

status=0
diff "$work/headers" "$work/map" || { echo "headers (<) and map (>) differ"; status=1; }
diff "$work/headers" "$work/library" || { echo "headers (<) and library (>) differ"; status=1; }
if grep -v '@@LIBVTUNE_[0-9.]*$' "$work/exported"; then
	echo "these have no version"
	status=1
fi
[ -s "$work/headers" ] || { echo "no function found in the headers"; status=1; }
exit $status
