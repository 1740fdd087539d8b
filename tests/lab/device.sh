#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# For vtune-lab -t 4m: what VMs have of node 1 draws them there. A network card and
# functions of a disk come into domains by the plans themselves; parts of that disk get
# I/O threads beside it.
# shellcheck disable=SC2317 # tests are called by name
set -uo pipefail

# shellcheck source=tests/live-help.sh
. "$(dirname "$0")/../live-help.sh"
need_libvirt
near=$(card_on 1) other=$(card_on 0)
disk=$(echo /sys/block/nvme*n1) disk=${disk##*/}
pf=$(echo /sys/bus/pci/devices/*/sriov_numvfs | cut -d / -f 6)

# A partition of the disk, and a logical volume on it, as LVM names it.
divide_disk() {
	expect 0 addpart "/dev/$disk" 1 2048 65536 && expect 0 addpart "/dev/$disk" 2 67584 32768 &&
		expect 0 busybox modprobe dm-mod &&
		DM_DISABLE_UDEV=1 expect 0 dmsetup create lab-data --uuid LVM-of-the-lab \
			--table "0 32768 linear /dev/${disk}p2 0" || return
	mkdir -p /dev/lab && ln -sf ../mapper/lab-data /dev/lab/data
}

block() { # TARGET SOURCE
	printf '{ "target": "%s", "source": "%s", "type": "block" }' "$1" "$2"
}

# The devices of the host that the last plan gives, in its order.
given() {
	python3 -c 'import json, sys
print(*(device["id"] for device in json.load(sys.stdin).get("devices", [])))' < "$work/out"
}

# Each device of the host that QEMU has, and the node of its bus as the guest is told it.
guest_nodes() { # NAME
	virsh qemu-monitor-command "$1" --hmp info qtree | tr -d '",\r' | awk '
		/^    bus: / { bus = $2 }
		$1 == "dev:" { device = $2 == "pxb-pcie" ? $4 : "" }
		$1 == "numa_node" && device { nodes[device] = $3 }
		$1 == "host" { buses[$3] = bus }
		END { for (host in buses)
			print host, buses[host] in nodes ? nodes[buses[host]] : "-" }' | sort
}

# Cells on the nodes 1 and 2; all that comes from node 1 is beside cell 0.
everything() {
	local name=vtune-live-all thread
	spec "$name" 2 128 '"hugepages": "2MiB"' '"numa": { "cells": 2, "nodes": "1-2" }' \
		"\"hostdevs\": [ { \"id\": \"$near\" } ]" \
		'"iothreads": { "count": 3, "policy": "isolate" }' \
		"\"disks\": [ $(block vda "/dev/$disk"), $(block vdb "/dev/${disk}p1"),
			$(block vdc /dev/lab/data) ]"
	planned "$name" || return
	same "the memory of $name" "$(huge_memory "$name")" 'cell 0 node 1 65536 KiB
cell 1 node 2 65536 KiB'
	same "the vCPUs of $name" "$(vcpu_cpus "$name" 0) $(vcpu_cpus "$name" 1)" '4 8'
	same "the I/O threads of $name" "$(for thread in 1 2 3; do
		cpus_of "$(pid_of "$name")" "IO iothread$thread"
	done | xargs)" '5 6 7'
	same 'the node of the card for the guest' "$(guest_nodes "$name")" "$near 0"
	expect 0 "$place" verify --plan "$work/$name.plan" "$name"
	same 'the driver of the card' "$(readlink -f "/sys/bus/pci/devices/$near/driver")" \
		/sys/bus/pci/drivers/vfio-pci
	expect 0 virsh destroy "$name"
	same 'the driver of the card afterwards' \
		"$(readlink -f "/sys/bus/pci/devices/$near/driver")" /sys/bus/pci/drivers/virtio-pci
}

# Of all network cards the one beside the VM, as a host device or as an interface.
any_card() {
	local name=vtune-live-any node any='"any": { "class": "network" }'
	for node in 0 1; do
		spec "$name" 2 64 "\"numa\": { \"nodes\": \"$node\" }" "\"hostdevs\": [ { $any } ]"
		expect 0 "$place" plan --host libvirt --format json "$work/$name.json"
		same "the card for node $node" "$(given)" "$([ "$node" -eq 0 ] && echo "$other" || echo "$near")"
	done
	spec "$name" 2 64 '"numa": { "nodes": "1" }' \
		"\"interfaces\": [ { \"type\": \"hostdev\", \"device\": { $any } } ]"
	expect 0 "$place" plan --host libvirt --format xml --virt-type qemu -o "$work/$name.xml" \
		"$work/$name.json" && expect 0 virsh define "$work/$name.xml"
	virsh dumpxml "$name" | sed -n "/<interface type='hostdev'/,/<\/interface>/p" |
		grep -q "bus='0x${near:5:2}'" || complain 'the interface is not the card of node 1'
}

# Each VM gets functions that nobody has, beside it, and gives them back.
pool() {
	local first=vtune-live-vf1 second=vtune-live-vf2 name
	for name in "$first" "$second"; do
		spec "$name" 1 64 "\"hostdevs\": [ { \"any\": { \"pf\": \"$pf\" }, \"count\": 2 } ]"
	done
	expect 0 "$place" host --host libvirt --format json && said "\"${pf%.*}.3\""
	planned "$first" || return
	same "what $first is given" "$(guest_nodes "$first" | xargs)" "${pf%.*}.1 0 ${pf%.*}.2 0"
	same "the vCPU of $first" "$(vcpu_cpus "$first" 0)" 4
	same "the memory of $first" "$(huge_memory "$first")" 'cell 0 node 1 65536 KiB'
	expect 0 "$place" verify --plan "$work/$first.plan" "$first"
	expect 1 "$place" plan --host libvirt "$work/$second.json"
	said "$pf"
	sed -i 's/"count": 2/"count": 1/' "$work/$second.json"
	expect 0 "$place" plan --host libvirt --format json "$work/$second.json"
	same "what $second is given" "$(given)" "${pf%.*}.3"
	expect 0 virsh destroy "$first"
	expect 0 virsh undefine "$first"
	expect 0 "$place" plan --host libvirt --format json "$work/$second.json"
	same "what $second is given later" "$(given)" "${pf%.*}.1"
}

# Nobody can require a device on a node that is not allowed.
elsewhere() {
	local name=vtune-live-else
	spec "$name" 1 64 '"numa": { "nodes": "2" }' \
		"\"hostdevs\": [ { \"id\": \"$near\", \"affinity\": \"require\" } ]"
	expect 1 "$place" plan --host libvirt "$work/$name.json"
	sed -i 's/require/prefer/' "$work/$name.json"
	expect 0 "$place" plan --host libvirt "$work/$name.json"
}

expect 0 "$place" host --host libvirt --format json && said "\"$near\""
load_vfio
divide_disk
run_tests everything any_card pool elsewhere
