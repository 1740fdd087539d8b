#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# For vtune-lab -t 4m: node 4 has memory and no CPUs.
set -uo pipefail

# shellcheck source=tests/live-help.sh
. "$(dirname "$0")/../live-help.sh"
need_libvirt
name=vtune-live-far

expect 0 "$place" host --host libvirt --format json
python3 -c 'import json, sys
node = json.load(sys.stdin)["nodes"][4]
sys.exit(node["id"] != 4 or node.get("cpus", "") != "" or node["memory_kib"] < 900000)' \
	< "$work/out" || complain 'node 4 is not shown with its memory alone'

# More than any other node has.
spec "$name" 1 3000 '"hugepages": "none"' '"numa": { "mode": "preferred" }'
expect 0 "$place" plan --host libvirt --format json "$work/$name.json"
! grep -q '"node": 4' "$work/out" || complain 'node 4 is used before nodes that are nearer'

spec "$name" 1 64 '"hugepages": "none"' '"numa": { "mode": "interleave", "nodes": "2,4" }'
if planned "$name" 's|<vcpu |<memoryBacking><allocation mode="immediate"/></memoryBacking>&|'; then
	same "the memory of $name" "$(plain_memory "$name" 65536)" 'node 2 32768 KiB
node 4 32768 KiB'
	expect 0 "$place" verify --plan "$work/$name.plan" "$name"
fi

# Huge pages there could not be reached by the emulator.
spec "$name" 1 64 '"hugepages": "2MiB"' '"numa": { "mode": "interleave", "nodes": "2,4" }'
expect 1 "$place" plan --host libvirt "$work/$name.json"
exit $((failures > 0))
