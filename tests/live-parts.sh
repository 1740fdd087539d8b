#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# All parts of a domain at once, on a real libvirt of this machine: set, verified, changed
# by somebody, mended, and undone byte for byte; off and running.
#
# Needs root and two CPUs. Starts libvirtd itself when none answers, and stops it again.
#
#   live-parts.sh [TEST...]           those below that are named, or all
# shellcheck disable=SC2317 # tests are called by name
set -uo pipefail

here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/live-help.sh
. "$here/live-help.sh"

command -v "$place" > /dev/null || skip "$place is not built"
[ "$(nproc)" -ge 2 ] || skip 'one CPU is too few'
[ ! -e /etc/vtune/host-state.json ] || skip 'this machine has decisions in host-state.json'
need_tools python3
need_libvirt
forget_all
# Images of disks, where QEMU's user may look.
folder=$(mktemp -d /var/tmp/vtune-live-XXXXXX)
chmod 755 "$folder"
trap 'clean; rm -rf "$folder"' EXIT

# A domain that has something of each part already, and what a plan does not govern.
write_whole() { # NAME DEVICES
	truncate -s 4M "$folder/a.raw" "$folder/b.raw" "$folder/c.raw"
	cat > "$work/$1.xml" << END
<domain type='qemu'>
  <name>$1</name>
  <memory unit='MiB'>128</memory>
  <vcpu>2</vcpu>
  <iothreads>1</iothreads>
  <cputune><shares>512</shares></cputune>
  <os><type arch='x86_64' machine='q35'>hvm</type></os>
  <features><acpi/></features>
  <devices>
    <disk type='file' device='disk'>
      <driver name='qemu' type='raw' cache='none' discard='unmap' iothread='1'/>
      <source file='$folder/a.raw'/>
      <target dev='vda' bus='virtio'/>
    </disk>
    <disk type='file' device='disk'>
      <driver name='qemu' type='raw'/>
      <source file='$folder/b.raw'/>
      <target dev='sda' bus='scsi'/>
    </disk>
    <controller type='scsi' index='0' model='virtio-scsi'/>
    <interface type='user'>
      <mac address='52:54:00:00:00:01'/>
      <model type='virtio'/>
    </interface>
    $2
    <graphics type='vnc' port='-1' passwd='secret'/>
  </devices>
</domain>
END
	expect 0 virsh define "$work/$1.xml"
}

hostdev() { # ADDRESS-ON-BUS
	echo "<hostdev mode='subsystem' type='pci' managed='yes'><source>
		<address domain='0x0000' bus='0x$1' slot='0x00' function='0x0'/></source></hostdev>"
}

# The host with devices that it does not have, for plans of domains that are off.
write_host() {
	expect 0 "$place" host --host libvirt --format json || return
	python3 -c 'import json, sys
host = json.load(sys.stdin)
host["devices"] = [{ "id": "0000:%s:00.0" % bus, "node": host["nodes"][0]["id"], "root": "0000:40" }
	for bus in ("41", "42")]
json.dump(host, sys.stdout)' < "$work/out" > "$work/host.json"
}

# Of a spec for all parts that software emulation can start.
everything=(
	'"cpu": { "policy": "mixed", "dedicated": "1", "mode": "maximum", "shares": 2048 }'
	'"numa": { "cells": 1 }' '"hugepages": "none"'
	'"bandwidth": { "vcpu": { "quota": 90000 }, "emulator": { "quota": 80000 } }'
	'"hotplug": { "max_memory": "256MiB", "slots": 4 }' '"memtune": { "soft_limit": "1GiB" }'
	'"memory_backing": { "nosharepages": true, "shared": true, "allocation": "immediate" }'
	'"iothreads": { "count": 2 }'
)

vda='"target": "vda", "cache": "writeback", "queues": 2'
sdb() { echo "{ \"target\": \"sdb\", \"controller\": 1, \"type\": \"file\", \"format\": \"raw\", \"source\": \"$folder/c.raw\" }"; }

# Without what libvtune keeps in it.
definition() { # NAME
	virsh dumpxml --inactive "$1" | sed '/<metadata>/,/<\/metadata>/d'
}

redefine() { # NAME SED-SCRIPT
	virsh dumpxml --inactive --security-info "$1" | sed "$2" > "$work/$1.other"
	expect 0 virsh define "$work/$1.other"
}

# What somebody changes in the definition is told, and mended; and is not undone unasked.
drifted() { # NAME CODE SED-SCRIPT
	redefine "$1" "$3" || return
	expect 1 "$place" verify --format json "$1" && said "\"code\": \"$2\""
	expect 1 "$place" apply --undo "$1" && said 'was changed by somebody'
	expect 0 "$place" apply --plan "$work/$1.plan" "$1"
	expect 0 "$place" verify "$1"
	same "$1 after the mending of $2" "$(definition "$1")" "$applied"
}

# Devices of the host, as far as they can be had without any: they are only defined.
defined() {
	local name=vtune-live-defined before applied
	write_host || return
	write_whole "$name" "$(hostdev 41)"
	spec "$name" 2 128 "${everything[@]}" '"realtime": { "vcpus": "1", "priority": 3 }' \
		"\"disks\": [ { $vda }, { \"target\": \"sda\" }, $(sdb) ]" \
		'"interfaces": [ { "mac": "52:54:00:00:00:01", "type": "user", "model": "virtio" },
		  { "type": "bridge", "source": "br7", "queues": 2 } ]' \
		'"hostdevs": [ { "id": "0000:41:00.0" }, { "id": "0000:42:00.0" } ]' \
		'"pcie": { "expanders": "auto", "spare_ports": 2, "spare_ports_per_expander": 1 }'
	expect 0 "$place" plan --host "json:$work/host.json" --format json \
		-o "$work/$name.plan" "$work/$name.json" || return
	before=$(definition "$name")
	expect 0 "$place" apply --plan "$work/$name.plan" "$name" || return
	applied=$(definition "$name")
	for part in pcie-expander-bus vcpusched maxMemory soft_limit "queues='2'" "bus='0x42'" \
		"<source bridge='br7'/>" c.raw; do
		[[ $applied == *"$part"* ]] || complain "$name has no $part"
	done
	expect 0 "$place" verify "$name"
	drifted "$name" realtime "s/priority='3'/priority='4'/"
	drifted "$name" guest_cpu "s/<cpu mode='maximum'/<cpu mode='host-passthrough'/"
	drifted "$name" guest_topology "s/cores='2' threads='1'/cores='1' threads='2'/"
	drifted "$name" hotplug "s/slots='4'/slots='5'/"
	drifted "$name" memtune "s/1048576</1048580</"
	drifted "$name" memory_access "s/<access mode='shared'/<access mode='private'/"
	drifted "$name" disks "s/cache='writeback'/cache='none'/"
	drifted "$name" disks "s/<driver queues='2' iothread='2'/<driver queues='2' iothread='1'/"
	drifted "$name" interfaces "s/queues='2'\/>/queues='1'\/>/"
	drifted "$name" pcie "/<target busNr/,/<.target>/s/<node>0<.node>//"
	drifted "$name" device_address "/<source>/,/<.hostdev>/s/bus='0x09'/bus='0x0c'/"
	# One bus number is as good as another.
	redefine "$name" "s/busNr='[0-9]*'/busNr='100'/"
	expect 0 "$place" verify "$name"
	expect 0 "$place" apply --undo "$name"
	same "$name after --undo" "$(definition "$name")" "$before"
	forget "$name"
}

# All that can be started, set on a domain that runs, due, there, drifted and undone.
whole() {
	local name=vtune-live-whole before applied code
	allow_realtime
	write_whole "$name" ''
	spec "$name" 2 128 "${everything[@]}" \
		'"realtime": { "vcpus": "1", "priority": 3, "lock_memory": false }' \
		"\"disks\": [ { $vda }, { \"target\": \"sda\" }, $(sdb) ]" \
		'"interfaces": [ { "mac": "52:54:00:00:00:01", "type": "user", "model": "virtio" },
		  { "type": "user" } ]' '"pcie": { "spare_ports": 2 }'
	before=$(definition "$name")
	begin "$name" || return
	expect 0 "$place" apply --format json "$name" "$work/$name.json" || return
	for code in guest_cpu guest_topology hotplug memtune memory_backing memory_access disks interfaces pcie; do
		said "\"code\": \"$code\""
	done
	applied=$(definition "$name")
	expect 0 "$place" verify "$name" && said 'due at the next start'

	# As it starts, libvirt fills in nothing that would be told of.
	virsh -q destroy "$name"
	begin "$name" || return
	expect 0 "$place" verify "$name"
	! grep -qi 'due at\|not as planned' "$work/out" || { complain 'something is left to do:'; show_last; }
	expect 0 "$place" apply --format json "$name" "$work/$name.json"
	grep -q '"due": \[ \]' "$work/out" || { complain 'something is due:'; show_last; }
	same "$name as defined, applied again" "$(definition "$name")" "$applied"

	redefine "$name" "s/cache='writeback'/cache='none'/"
	expect 1 "$place" verify "$name" && said 'disk vda has other settings of its driver \(definition\)'
	expect 0 "$place" apply "$name" "$work/$name.json"
	expect 0 "$place" apply --undo "$name"
	same "$name as defined, after --undo" "$(definition "$name")" "$before"
	forget "$name"
}

[ $# -gt 0 ] || set -- defined whole
run_tests "$@"
