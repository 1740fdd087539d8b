#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# The man pages are clean mdoc, and libvtune(3) names every public function.
if ! command -v mandoc > /dev/null; then
	echo 'mandoc is missing'
	exit 77
fi
status=0
for page in "$top_srcdir"/man/*.[1-9]; do
	# -Wall without the notes on the operating system, which a portable page lacks
	lint=$(mandoc -Tlint -Wwarning "$page" | grep -v 'referenced manual not found')
	if [ -n "$lint" ]; then
		printf '%s\n' "$lint"
		status=1
	fi
done
grep -Eo '^[[:space:]]+vtune_[a-z0-9_]+' "$top_srcdir/libvtune/libvtune.map" |
	while read -r function; do
		grep -q "\\b$function\\b" "$top_srcdir/man/libvtune.3" || echo "$function"
	done > missing-in-man.tmp
if [ -s missing-in-man.tmp ]; then
	echo 'libvtune(3) does not name:'
	cat missing-in-man.tmp
	status=1
fi
rm -f missing-in-man.tmp
exit $status
