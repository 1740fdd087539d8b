#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Every spec in examples/specs fits on a host of the tests, in every format, and its
# domain is as libvirt wants it.
set -uo pipefail

top_srcdir=${top_srcdir:-$(cd "$(dirname "$0")/.." && pwd)}
program=${VTUNE_PLACE:-vtune-place}
schema=/usr/share/libvirt/schemas/domain.rng
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failures=0 count=0

complain() {
	echo "FAILED: $*"
	failures=$((failures + 1))
}

host_of() { # SPEC: the first host that it fits
	local host
	for host in "$top_srcdir"/tests/data/hosts/{gpu-server,four-node-busy}.json; do
		"$program" plan -q --host "json:$host" "$1" > "$work/text" && echo "$host" && return
	done
	return 1
}

check() { # SPEC
	local name=${1##*/} host format
	if ! host=$(host_of "$1"); then
		complain "$name fits nowhere: $(head -n 5 "$work/text")"
		return
	fi
	for format in xml json svg; do
		"$program" plan -q --host "json:$host" --format $format -o "$work/$name.$format" "$1" ||
			complain "$name does not come out as $format"
	done
	if command -v xmllint > /dev/null && [ -f "$schema" ]; then
		xmllint --noout --relaxng "$schema" "$work/$name.xml" 2> "$work/err" ||
			complain "the domain of $name is not as libvirt wants it: $(cat "$work/err")"
	fi
}

for spec in "$top_srcdir"/examples/specs/*.json; do
	count=$((count + 1))
	check "$spec"
	grep -q "specs/${spec##*/}" "$top_srcdir/examples/Makefile.am" ||
		complain "${spec##*/} is not installed"
done

# What each of them is there for.
has() { # SPEC PATTERN...
	local file=$work/$1.json.xml pattern
	shift
	for pattern; do
		grep -q "$pattern" "$file" || complain "${file##*/} has no $pattern"
	done
}
has gpu-pool "<hostdev " "pcie-expander-bus" "queues='8'" "io='native'"
has growing '<maxMemory ' "<allocation mode='immediate'/>" 'emulator_quota' 'pcie-root-port'
has migratable '<model ' "<feature policy='require' name='ssbd'/>"
has realtime '<vcpusched ' '<locked/>' '<nosharepages/>'
has router "type='vhostuser'" "type='hostdev'" "memAccess='shared'"
has storage "device='lun'" "cache='directsync'" "discard='unmap'"

echo "$count specs, $failures complaints"
[ "$count" -ge 10 ] && [ "$failures" -eq 0 ]
