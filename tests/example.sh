#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# The example program answers: XML for a VM that fits (0), why not for one that
# does not (1), the JSON path for a mistake (2).
set -e
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
program=$top_builddir/examples/plan-from-json
host=$top_srcdir/tests/data/hosts/four-node.json

expect() { # STATUS SPEC PATTERN
	status=0
	printf '%s' "$2" > "$work/spec.json"
	"$program" "$host" "$work/spec.json" > "$work/out" 2>&1 || status=$?
	if [ $status -ne "$1" ] || ! grep -q "$3" "$work/out"; then
		echo "$2: status $status, wanted $1 and '$3' in:"
		cat "$work/out"
		exit 1
	fi
}

expect 0 '{"version":1,"vcpus":2,"memory":"1GiB"}' '<vcpupin '
expect 1 '{"version":1,"vcpus":4096,"memory":"1GiB"}' '[a-z]'
expect 2 '{"version":1,"vcpus":0,"memory":"1GiB"}' '^/vcpus'
if "$program" > "$work/out" 2>&1; then
	echo "no arguments is not a mistake?"
	exit 1
fi
