#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# For vtune-lab -t 4m: a domain of two cells in huge pages, from its spec until it
# stands elsewhere with its memory. What verify says is checked with /proc.
# shellcheck disable=SC2317 # tests are called by name
set -uo pipefail

# shellcheck source=tests/live-help.sh
. "$(dirname "$0")/../live-help.sh"
need_libvirt
name=vtune-live-two

on_nodes() { # NODE NODE [VERIFY-OPTION...]
	same "the memory of $name" "$(huge_memory "$name")" \
		"cell 0 node $1 65536 KiB
cell 1 node $2 65536 KiB"
	same "vCPUs 0 and 1 of $name" "$(vcpu_cpus "$name" 0) $(vcpu_cpus "$name" 1)" \
		"$(($1 * 4)) $(($1 * 4 + 1))"
	same "vCPUs 2 and 3 of $name" "$(vcpu_cpus "$name" 2) $(vcpu_cpus "$name" 3)" \
		"$(($2 * 4)) $(($2 * 4 + 1))"
	expect 0 "$place" verify "${@:3}" "$name"
}

two_cells() { # NODES
	spec "$name" 4 128 '"hugepages": "2MiB"' "\"numa\": { \"cells\": 2, \"nodes\": \"$1\" }"
}

from_a_plan() {
	two_cells 0-1
	planned "$name" && on_nodes 0 1 --plan "$work/$name.plan"
}

drifted() {
	expect 0 "$place" apply "$name" "$work/$name.json"
	on_nodes 0 1
	# The emulator floats on what is free there.
	taskset -cp 2 "$(pid_of "$name")" > "$work/said" || complain 'taskset fails'
	expect 1 "$place" verify "$name"
	expect 0 "$place" apply "$name" "$work/$name.json"
	on_nodes 0 1
	same "the CPUs of the emulator" "$(emulator_cpus "$name")" '2-3,6-7'
	virsh -q vcpupin "$name" 0 3 --live
	virsh -q vcpupin "$name" 1 7 --config
	expect 1 "$place" verify
	expect 0 "$place" apply "$name" "$work/$name.json"
	on_nodes 0 1
}

moved() {
	two_cells 2-3
	expect 0 "$place" apply --move-memory "$name" "$work/$name.json"
	on_nodes 2 3
}

# After a start of its own it stands there, too.
again() {
	virsh -q destroy "$name" > "$work/said"
	begin "$name" && on_nodes 2 3
}

# restrictive memory in ordinary pages, which libvirt itself can move.
restrictive() {
	local name=vtune-live-loose
	spec "$name" 1 64 '"hugepages": "none"' '"numa": { "mode": "restrictive", "nodes": "1" }'
	planned "$name" 's|<vcpu |<memoryBacking><allocation mode="immediate"/></memoryBacking>&|' ||
		return
	same "the memory of $name" "$(plain_memory "$name" 65536)" 'node 1 65536 KiB'
	spec "$name" 1 64 '"hugepages": "none"' '"numa": { "mode": "restrictive", "nodes": "0" }'
	expect 0 "$place" apply --move-memory "$name" "$work/$name.json"
	same "the memory of $name" "$(plain_memory "$name" 65536)" 'node 0 65536 KiB'
	expect 0 "$place" verify "$name"
}

from_a_plan && drifted && moved && again
forget "$name"
restrictive
exit $((failures > 0))
