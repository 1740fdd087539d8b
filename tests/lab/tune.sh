#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# For vtune-lab -t 4m: the settings of a host with several nodes, one of them without
# CPUs: pools of huge pages by node, what the kernel grants of them, and work and
# interrupts on the CPUs of a domain that runs. All is put back in the end.
# shellcheck disable=SC2317 # tests are called by name
set -uo pipefail

# shellcheck source=tests/live-help.sh
. "$(dirname "$0")/../live-help.sh"
need_libvirt
undo=(--undo-file "$work/undo.json")
cpumask=/sys/devices/virtual/workqueue/cpumask
balancing=/proc/sys/kernel/numa_balancing

tune() { # ARGUMENT...
	"$place" tune --connect qemu:///system "${undo[@]}" "$@"
}

# The huge pages of all nodes, in the order of the nodes.
pages() {
	cat /sys/devices/system/node/node*/hugepages/hugepages-2048kB/nr_hugepages | xargs
}

# What the tests change.
settings() {
	echo "$(pages) $(cat $cpumask $balancing | xargs)"
}
at_first=$(settings)
own=$(pages | cut -d ' ' -f 1)

undo() {
	expect 0 "$place" tune --undo "${undo[@]}"
	same 'the settings after --undo' "$(settings)" "$at_first"
}

# A VM of two cells: pages where its cells are to be, and nowhere else.
pools() {
	spec vtune-live-pools 4 400 '"hugepages": "2MiB"' '"numa": { "cells": 2, "nodes": "2-3" }'
	expect 1 tune --only H3 --for "$work/vtune-live-pools.json"
	said 'node 2: 100 of 2MiB; node 3: 100 of 2MiB'
	expect 0 tune --only H3 --for "$work/vtune-live-pools.json" --apply
	same 'the pages' "$(pages)" '0 0 100 100 0'
	expect 0 tune --only H3 --for "$work/vtune-live-pools.json"
	undo
}

# Where memory is scarce the kernel grants fewer pages, which is said, and put back.
scarce() {
	local name=vtune-live-scarce granted
	expect 0 "$place" host --host libvirt --format json -o "$work/host.json"
	mkdir -p "$work/filled" && mount -t tmpfs -o size=900m,mpol=bind:3 filled "$work/filled" &&
		fallocate -l 700M "$work/filled/file"
	spec "$name" 1 900 '"hugepages": "2MiB"' '"numa": { "nodes": "3" }'
	expect 1 tune --only H3 --host "json:$work/host.json" --for "$work/$name.json" --apply
	granted=$(pages | cut -d ' ' -f 4)
	said "granted $granted of 450"
	{ [ "$granted" -gt "$own" ] && [ "$granted" -lt 450 ]; } ||
		complain "$granted pages of 450 on a node with little memory"
	umount "$work/filled"
	undo
}

# While a domain runs: its CPUs are kept clear, and what it uses is not taken away.
domain() {
	local name=vtune-live-tuned irq
	spec "$name" 4 128 '"hugepages": "2MiB"' '"numa": { "cells": 2, "nodes": "1-2" }'
	planned "$name" || return
	same 'its CPUs' "$(for vcpu in 0 1 2 3; do vcpu_cpus "$name" "$vcpu"; done | xargs)" '4 5 8 9'
	expect 1 tune --profile latency --only H2,H3,H6a
	expect 0 tune --profile latency --only H2,H3,H6a --apply
	same 'the CPUs of work queues' "$(cat "$cpumask")" fccf
	same 'NUMA balancing' "$(cat "$balancing")" 0
	same 'the pages' "$(pages)" '0 32 32 0 0'
	same "the memory of $name" "$(huge_memory "$name")" 'cell 0 node 1 65536 KiB
cell 1 node 2 65536 KiB'
	expect 0 tune --profile latency --only H2,H3,H6a
	interrupts
	expect 0 "$place" verify --plan "$work/$name.plan" "$name"
	forget "$name"
	undo
}

# How many interrupts are on CPUs of VMs, when one of the card of node 1 is on this CPU.
count_interrupts() { # CPU
	echo "$1" > "/proc/irq/$irq/smp_affinity_list"
	same "the CPU of interrupt $irq" "$(cat "/proc/irq/$irq/effective_affinity_list")" "$1"
	tune --profile latency --only H12e --format json |
		sed -n 's/.*"current": "\([0-9]*\) on CPUs of VMs".*/\1/p'
}

interrupts() {
	local irq there elsewhere
	irq=$(basename -a "/sys/bus/pci/devices/$(card_on 1)"/msi_irqs/* | head -n 1)
	there=$(count_interrupts 5) elsewhere=$(count_interrupts 7)
	same 'interrupts on CPUs of VMs' "$there" $((elsewhere + 1))
}

# Killed while all of that is changed: as soon as there is something to undo, or a little
# later.
killed() {
	local name=vtune-live-killed i half=0 all
	local command=("$place" tune -q --only "H2,H3" --host system "${undo[@]}" --apply
		--for "$work/$name.json")
	spec "$name" 4 128 '"hugepages": "2MiB"' '"numa": { "cells": 2, "nodes": "0,3" }'
	expect 0 "${command[@]}"
	all=$(settings)
	undo
	for i in 0 0 0 2; do
		"${command[@]}" > /dev/null 2>&1 &
		until [ -s "$work/undo.json" ] || ! kill -0 $! 2> /dev/null; do :; done
		[ "$i" -eq 0 ] || sleep "0.00$i"
		kill -9 $! 2> /dev/null
		wait $! 2> /dev/null
		[ -s "$work/undo.json" ] || complain 'there is nothing to undo'
		[ "$(settings)" = "$all" ] || half=$((half + 1))
		undo
	done
	echo "$half of 4 callers were killed half way"
	[ "$half" -gt 0 ] || complain 'nobody was killed in time'
}

# A machine's files, copied: what is found in them is what is found on the machine.
copied() {
	local root=$work/root
	mkdir "$root"
	spec vtune-live-copied 4 400 '"hugepages": "2MiB"' '"numa": { "cells": 2, "nodes": "2-3" }'
	expect 0 "$place" host --host libvirt --format json -o "$work/host.json"
	# Not all of it is there, or can be read.
	cp -r --parents --no-preserve=all /proc/{cmdline,cpuinfo,meminfo,mounts,self/mounts,swaps,irq} \
		/proc/sys/{vm,fs,kernel} /sys/kernel/{mm,iommu_groups,irq} \
		/sys/devices/system/{node,cpu/{online,possible,isolated,nohz_full,cpufreq}} \
		/sys/devices/system/cpu/cpu0/cpuidle "$cpumask" /sys/firmware/acpi/tables \
		/sys/module/{kvm,kvm_intel,apparmor}/parameters /sys/block/*/queue/scheduler \
		/sys/bus/pci/devices/*/{sriov_totalvfs,sriov_numvfs,numa_node} /dev/null \
		/etc/libvirt /etc/default/irqbalance "$root" 2> /dev/null
	verdicts > "$work/here"
	verdicts --sysroot "$root" > "$work/there"
	[ "$(wc -l < "$work/here")" -ge 30 ] || complain 'few verdicts on the machine'
	diff "$work/here" "$work/there" > "$work/differ" || complain 'a copy has other verdicts:'
	cat "$work/differ"
}

verdicts() { # ARGUMENT...
	tune --profile latency --host "json:$work/host.json" \
		--for "$work/vtune-live-copied.json" --format json "$@" | python3 -c 'import json, sys
for check in json.load(sys.stdin)["checks"]:
    print(check["id"], check.get("where", ""), check["verdict"], check.get("current", ""),
          check.get("wanted", ""), *(setting["wanted"] for setting in check["settings"]))'
}

run_tests pools scarce domain killed copied
