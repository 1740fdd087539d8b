#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# For vtune-lab -t 4m: eight domains in huge pages, two CPUs each, until all 16 CPUs
# are taken. The emulator of each floats where there is room, and must always have a CPU
# on the node of its memory, or the domain would not start.
set -uo pipefail

# shellcheck source=tests/live-help.sh
. "$(dirname "$0")/../live-help.sh"
need_libvirt

make() { # NUMBER
	bare "vtune-live-$1" 2 32
	spec "vtune-live-$1" 2 32 '"hugepages": "2MiB"'
}

apply() { # STATUS NUMBER
	local name=vtune-live-$2
	expect "$1" "$place" apply "$name" "$work/$name.json"
}

for i in 1 2 3 4 5 6 7 8; do
	make $i
	apply 0 $i && begin vtune-live-$i
done
held=$(for i in 1 2 3 4 5 6 7 8; do
	vcpu_cpus vtune-live-$i 0
	vcpu_cpus vtune-live-$i 1
done | sort -n | xargs)
same 'the CPUs of all vCPUs' "$held" '0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15'
for i in 1 2 3 4 5 6 7 8; do
	own=$(printf '%s-%s' "$(vcpu_cpus vtune-live-$i 0)" "$(vcpu_cpus vtune-live-$i 1)")
	same "the CPUs of the emulator of vtune-live-$i" "$(emulator_cpus vtune-live-$i)" "$own"
	node=$((${own%-*} / 4))
	same "the memory of vtune-live-$i" "$(huge_memory vtune-live-$i)" "cell 0 node $node 32768 KiB"
done
expect 0 "$place" verify

make 9
apply 1 9
said 'does not fit'
said 'CPUs'
virsh dumpxml vtune-live-9 | grep -q urn:libvtune && complain 'a refused domain was changed'
forget vtune-live-3
apply 0 9 && begin vtune-live-9
expect 0 "$place" verify
exit $((failures > 0))
