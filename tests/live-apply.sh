#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Plans set on domains of a real libvirt on this machine: off and running, in huge
# pages, undone, drifted, by many at once, and by callers that are killed.
#
# Needs root, two CPUs and memory for huge pages. Starts libvirtd itself when none
# answers, and stops it again.
#
#   live-apply.sh [TEST...]           those below that are named, or all
# shellcheck disable=SC2317 # tests are called by name
set -uo pipefail

here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/live-help.sh
. "$here/live-help.sh"

command -v "$place" > /dev/null || skip "$place is not built"
[ "$(nproc)" -ge 2 ] || skip 'one CPU is too few'
[ ! -e /etc/vtune/host-state.json ] || skip 'this machine has decisions in host-state.json'
need_tools python3 taskset
need_libvirt
forget_all
# Images of disks, where QEMU's user may look.
folder=$(mktemp -d /var/tmp/vtune-live-XXXXXX)
chmod 755 "$folder"
trap 'clean; rm -rf "$folder"' EXIT

# The host as libvirt tells of it is this machine.
host() {
	local test=${top_builddir:-$here/..}/tests/test-live-connection
	[ -x "$test" ] || { echo 'no unit tests are built'; return; }
	VTUNE_TEST_LIBVIRTD=1 "$test" > "$work/out" 2>&1 && return
	complain 'the host is not this machine:'
	cat "$work/out"
}

# A domain that is off: set, and as it was again.
off() {
	local name=vtune-live-off before
	bare "$name" 1 64
	spec "$name" 1 64 '"hugepages": "none"'
	before=$(virsh dumpxml "$name")
	expect 0 "$place" apply --dry-run "$name" "$work/$name.json"
	said 'virDomainDefineXML'
	same "$name after a dry run" "$(virsh dumpxml "$name")" "$before"
	expect 0 "$place" apply "$name" "$work/$name.json"
	virsh dumpxml "$name" > "$work/dump"
	grep -q "<vcpupin vcpu='0' cpuset='[0-9]*'/>" "$work/dump" || complain "$name has no pin"
	grep -q 'urn:libvtune:plan:1' "$work/dump" || complain "$name does not carry its plan"
	expect 0 "$place" apply --undo "$name"
	same "$name after --undo" "$(virsh dumpxml "$name")" "$before"
	spec "$name" 3 64
	expect 2 "$place" apply no-such-domain "$work/$name.json"
	forget "$name"
}

# More than there is.
refused() {
	local name=vtune-live-large vcpus before
	vcpus=$(($(nproc) + 1))
	bare "$name" "$vcpus" 64
	spec "$name" "$vcpus" 64 '"hugepages": "none"'
	before=$(virsh dumpxml "$name")
	expect 1 "$place" apply "$name" "$work/$name.json"
	said 'does not fit'
	same "$name after a refusal" "$(virsh dumpxml "$name")" "$before"
	forget "$name"
}

# A domain that runs: set, verified, moved by others, mended.
running() {
	local name=vtune-live-running before cpu other
	bare "$name" 1 64
	spec "$name" 1 64 '"hugepages": "none"'
	begin "$name" || return
	before=$(pins_of "$name")
	expect 0 "$place" apply --dry-run "$name" "$work/$name.json"
	said 'virDomainPinVcpu'
	same "$name after a dry run" "$(pins_of "$name")" "$before"
	expect 0 "$place" apply "$name" "$work/$name.json"
	cpu=$(vcpu_cpus "$name" 0)
	[[ $cpu =~ ^[0-9]+$ ]] || complain "$name: its vCPU may run on $cpu"
	# To which nodes its memory is bound holds from the next start.
	same "$name as defined" "$(pins_of "$name" --inactive | grep -v memnode)" \
		"$(pins_of "$name")"
	expect 0 "$place" verify "$name"

	other=$((cpu == 0))
	virsh -q vcpupin "$name" 0 "$other" --live
	expect 1 "$place" verify && said "$name"
	expect 1 "$place" verify --format json "$name"
	python3 -m json.tool < "$work/out" > "$work/said" 2>&1 || complain 'verify writes no JSON'
	expect 0 "$place" apply "$name"
	expect 0 "$place" verify
	same "the CPU of $name after the mending" "$(vcpu_cpus "$name" 0)" "$cpu"

	expect 0 "$place" apply --undo "$name"
	same "$name after --undo" "$(pins_of "$name" --inactive)" "$before"
	forget "$name"
}

# A floating vCPU: libvirt does not know that the kernel has other CPUs for it.
floating() {
	local name=vtune-live-floating cpus
	bare "$name" 1 64
	spec "$name" 1 64 '"hugepages": "none"' '"cpu": { "policy": "shared" }'
	begin "$name" || return
	expect 0 "$place" apply "$name" "$work/$name.json"
	cpus=$(vcpu_cpus "$name" 0)
	expect 0 "$place" verify "$name"
	taskset -cp 0 "$(thread_of "$(pid_of "$name")" 'CPU 0/TCG')" > "$work/said" ||
		complain 'taskset fails'
	expect 1 "$place" verify "$name" && said "$name"
	expect 0 "$place" apply "$name"
	same "the CPUs of $name after the mending" "$(vcpu_cpus "$name" 0)" "$cpus"
	expect 0 "$place" verify "$name"
	forget "$name"
}

# Set live only, and as defined only.
halves() {
	local name=vtune-live-halves before
	bare "$name" 1 64
	spec "$name" 1 64 '"hugepages": "none"'
	begin "$name" || return
	before=$(pins_of "$name")
	expect 0 "$place" apply --live "$name" "$work/$name.json"
	same "$name as defined" "$(pins_of "$name" --inactive)" ''
	[ "$(pins_of "$name")" != "$before" ] || complain "$name: --live changes nothing"
	forget "$name"

	bare "$name" 1 64
	begin "$name" || return
	expect 0 "$place" apply --config "$name" "$work/$name.json"
	same "$name as it runs" "$(pins_of "$name")" "$before"
	[ -n "$(pins_of "$name" --inactive)" ] || complain "$name: --config changes nothing"
	forget "$name"
}

schedinfo() { # NAME PARAMETER
	virsh schedinfo "$1" | sed -n "s/^$2 *: *//p"
}

# Shares, periods and quotas: set, drifted, mended, another plan's, and taken off.
bandwidth() {
	local name=vtune-live-bandwidth key
	bare "$name" 1 64
	spec "$name" 1 64 '"hugepages": "none"' '"cpu": { "policy": "shared", "shares": 2048 }' \
		'"bandwidth": { "vcpu": { "period": 50000, "quota": 20000 },
		  "emulator": { "quota": 30000 }, "global": { "period": 200000, "quota": 100000 } }'
	begin "$name" || return
	expect 0 "$place" apply "$name" "$work/$name.json"
	for key in cpu_shares:2048 vcpu_period:50000 vcpu_quota:20000 emulator_period:100000 \
		emulator_quota:30000 global_period:200000 global_quota:100000; do
		same "${key%:*} of $name" "$(schedinfo "$name" "${key%:*}")" "${key#*:}"
	done
	expect 0 "$place" verify "$name"

	virsh -q schedinfo "$name" --live vcpu_quota=10000 > "$work/said" 2>&1 ||
		complain 'virsh schedinfo fails'
	expect 1 "$place" verify "$name" && said 'quota \(vcpu\) 10000, should be 20000'
	expect 0 "$place" apply "$name"
	same "vcpu_quota of $name after the mending" "$(schedinfo "$name" vcpu_quota)" 20000
	expect 0 "$place" verify "$name"

	# Less for the whole, and so for its parts first; then more.
	spec "$name" 1 64 '"hugepages": "none"' '"cpu": { "policy": "shared" }' \
		'"bandwidth": { "vcpu": { "quota": 2000 }, "emulator": { "quota": 2000 },
		  "global": { "period": 100000, "quota": 5000 } }'
	expect 0 "$place" apply "$name" "$work/$name.json"
	same "global_quota of $name" "$(schedinfo "$name" global_quota)" 5000
	same "vcpu_period of $name" "$(schedinfo "$name" vcpu_period)" 50000
	spec "$name" 1 64 '"hugepages": "none"' '"cpu": { "policy": "shared" }' \
		'"bandwidth": { "vcpu": { "period": 200000, "quota": 150000 }, "global": { "quota": -1 } }'
	expect 0 "$place" apply "$name" "$work/$name.json"
	same "vcpu_quota of $name" "$(schedinfo "$name" vcpu_quota)" 150000
	expect 0 "$place" verify "$name"
	forget "$name"

	bare "$name" 1 64
	begin "$name" || return
	expect 0 "$place" apply "$name" "$work/$name.json"
	expect 0 "$place" apply --undo "$name"
	same "vcpu_quota of $name after --undo" "$(schedinfo "$name" vcpu_quota)" -1
	same "$name as defined after --undo" \
		"$(virsh dumpxml --inactive "$name" | grep -c '<quota>')" 0
	forget "$name"
}

# In huge pages, from a spec to memory that is where the plan has it.
huge() {
	local name=vtune-live-huge
	reserve_pages 32
	spec "$name" 1 64 '"hugepages": "2MiB"' '"numa": { "cells": 1 }'
	planned "$name" || return
	same "the memory of $name" "$(huge_memory "$name")" 'cell 0 node 0 65536 KiB'
	expect 0 "$place" verify --plan "$work/$name.plan" "$name"
	forget "$name"
}

# More domains than there are CPUs: who gets one has it alone.
at_once() {
	crowd 40
}

# Two plans for one domain, in turns; each time the caller is killed somewhere on the
# way, and the next brings the domain to the plan.
killed() {
	local name=vtune-live-killed full i side kills=0
	bare "$name" 2 64
	begin "$name" || return
	spec "$name" 2 64 '"hugepages": "none"'
	expect 0 "$place" plan --host libvirt --format json "$work/$name.json" || return
	cp "$work/out" "$work/plan-one.json"
	python3 -c 'import json, sys
plan = json.load(sys.stdin)
a, b = plan["vcpus"]
a["cpus"], b["cpus"] = b["cpus"], a["cpus"]
json.dump(plan, sys.stdout)' < "$work/out" > "$work/plan-two.json"
	for side in one two; do
		expect 0 "$place" apply --plan "$work/plan-$side.json" "$name" || return
		pins_of "$name" > "$work/live-$side"
		pins_of "$name" --inactive > "$work/config-$side"
	done
	full=$(milliseconds "$place" apply --plan "$work/plan-one.json" "$name")
	for ((i = 0; i < 150 && kills < 50; i++)); do
		side=one
		[ $((i % 2)) -ne 0 ] || side=two
		kill_within "$full" "$place" apply --plan "$work/plan-$side.json" "$name" &&
			kills=$((kills + 1))
		expect 0 "$place" apply --plan "$work/plan-$side.json" "$name" || break
		same "$name as it runs, round $i" "$(pins_of "$name")" "$(cat "$work/live-$side")" || break
		same "$name as defined, round $i" "$(pins_of "$name" --inactive)" \
			"$(cat "$work/config-$side")" || break
		expect 0 "$place" verify "$name" || break
	done
	echo "$kills of $i callers were killed within $full ms, and the next put it right"
	[ "$kills" -ge 50 ] || complain "only $kills callers were killed on the way"
	forget "$name"
}

milliseconds() { # COMMAND...
	local start end
	start=$(date +%s%N)
	"$@" > "$work/said" 2>&1 || complain "$* fails"
	end=$(date +%s%N)
	echo $(((end - start) / 1000000))
}

# Succeeds when it was killed.
kill_within() { # MILLISECONDS COMMAND...
	local span=$1 pid
	shift
	"$@" > "$work/killed" 2>&1 &
	pid=$!
	sleep "$(printf '0.%03d' $((RANDOM % (span < 999 ? span + 1 : 999))))"
	kill -9 "$pid" 2> /dev/null
	wait "$pid" 2> /dev/null
	[ $? -eq 137 ]
}

# ---- all parts at once ----

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

[ $# -gt 0 ] || set -- host off refused running floating halves bandwidth huge at_once killed \
	defined whole
run_tests "$@"
