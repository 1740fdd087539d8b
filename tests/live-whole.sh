#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# A spec with all parts of a domain that run under software emulation, given to a real
# libvirt: what QEMU, the kernel and libvirt then say of it, and memory that is plugged in.
#
# Needs root. Starts libvirtd itself when none answers, and stops it again.
# shellcheck disable=SC2317 # run_tests calls the tests
set -uo pipefail

here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/live-help.sh
. "$here/live-help.sh"

need_tools virt-xml-validate
need_libvirt

name=vtune-live-whole
folder=$(mktemp -d /var/tmp/vtune-live-XXXXXX)
loop=''
clean_disks() {
	clean
	[ -z "$loop" ] || losetup -d "$loop"
	rm -rf "$folder"
}
trap clean_disks EXIT
chmod 755 "$folder"
truncate -s 4M "$folder/a.raw" "$folder/s.raw" "$folder/loop"
loop=$(losetup -f --show "$folder/loop" 2> /dev/null) || loop=''
block=''
[ -z "$loop" ] || block=", { \"target\": \"vdb\", \"type\": \"block\", \"source\": \"$loop\" }"

write_spec() { # CELLS
	cat > "$work/spec.json" << END
{ "version": 1, "name": "$name", "vcpus": 2, "memory": "128MiB", "machine": "q35",
  "cpu": { "policy": "shared", "shares": 512, "mode": "custom", "model": "Nehalem" },
  "numa": { "cells": $1 }, "hugepages": "none",
  "memory_backing": { "shared": true, "nosharepages": true },
  "hotplug": { "max_memory": "1GiB", "slots": 3 },
  "memtune": { "soft_limit": "2GiB" },
  "bandwidth": { "vcpu": { "period": 50000, "quota": 40000 }, "emulator": { "quota": 90000 } },
  "pcie": { "spare_ports": 2 },
  "disks": [
    { "target": "vda", "type": "file", "format": "raw", "source": "$folder/a.raw" },
    { "target": "sda", "type": "file", "format": "raw", "source": "$folder/s.raw" }$block ],
  "interfaces": [ { "mac": "52:54:00:00:77:01", "type": "user", "model": "virtio",
                    "rx_queue_size": 512 } ] }
END
}

run_it() { # FILE
	expect 0 virt-xml-validate "$1" domain && expect 0 virsh define "$1" &&
		expect 0 virsh start "$name" && virsh dumpxml "$name" > "$work/dump.xml"
}

# Each a part of an argument of QEMU.
qemu_has() { # TEXT...
	local pid text
	pid=$(cat "/run/libvirt/qemu/$name.pid")
	tr '\0' '\n' < "/proc/$pid/cmdline" > "$work/cmdline" || complain 'QEMU does not run'
	for text; do
		grep -qF -e "$text" "$work/cmdline" ||
			{ complain "QEMU has no $text:"; cat "$work/cmdline"; }
	done
}

plug_memory() { # CELL
	cat > "$work/module.xml" << END
<memory model='dimm'>
  <target><size unit='MiB'>128</size><node>$1</node></target>
</memory>
END
	expect 0 virsh attach-device --live "$name" "$work/module.xml"
}

setting() { # NAME
	virsh schedinfo "$name" | sed -n "s/^$1 *: *//p"
}

# This machine may have one node, so the domain does not say where its memory is.
test_two_cells() {
	cat > "$work/host.json" << 'END'
{ "version": 1, "arch": "x86_64", "hypervisor": { "type": "qemu", "version": "7.2.0", "libvirt": "9.0.0" },
  "nodes": [ { "id": 0, "cpus": "0", "memory_kib": 1048576, "distances": { "0": 10, "1": 21 } },
             { "id": 1, "cpus": "1", "memory_kib": 1048576, "distances": { "0": 21, "1": 10 } } ] }
END
	write_spec 2
	expect 0 "$place" plan --host "json:$work/host.json" --format xml --virt-type qemu \
		-o "$work/laid.xml" "$work/spec.json" || return
	expect 0 virt-xml-validate "$work/laid.xml" domain
	sed '/<numatune>/,/<\/numatune>/d' "$work/laid.xml" > "$work/new.xml"
	run_it "$work/new.xml" || return
	qemu_has '"qom-type":"memory-backend-memfd"' '"share":true' 'mem-merge=off' \
		'node,nodeid=0,cpus=0,memdev=ram-node0' 'node,nodeid=1,cpus=1,memdev=ram-node1' \
		'dist,src=0,dst=1,val=21' 'slots=3,maxmem=' 'Nehalem' '"driver":"pcie-root-port"' \
		'"num-queues":2' '"driver":"virtio-scsi-pci"' '"iothread":"iothread1"' '"rx_queue_size":512'
	! grep -q -e '^-no-acpi' "$work/cmdline" || complain 'the guest has no ACPI, and so no cells'
	plug_memory 1 && plug_memory 0 || return
	virsh dumpxml "$name" > "$work/dump.xml"
	same 'modules of memory' "$(grep -c "<memory model='dimm'" "$work/dump.xml")" 2
	same 'memory' "$(sed -n "s/^  <memory .*>\([0-9]*\)<.*/\1/p" "$work/dump.xml")" 393216
}

test_one_cell() {
	local group
	write_spec 1
	expect 0 "$place" plan --host libvirt:qemu:///system --format xml --virt-type qemu \
		-o "$work/new.xml" "$work/spec.json" || return
	run_it "$work/new.xml" || return
	same 'I/O threads' "$(virsh iothreadinfo "$name" | awk '$1 ~ /^[0-9]+$/' | wc -l)" 2
	same 'shares' "$(setting cpu_shares)" 512
	same 'period' "$(setting vcpu_period)" 50000
	same 'quota' "$(setting vcpu_quota)" 40000
	same 'quota of the emulator' "$(setting emulator_quota)" 90000
	# In either version of control groups, where there are any.
	while read -r group; do
		[ ! -e "$group/cpu.cfs_quota_us" ] ||
			same 'quota of the kernel' "$(cat "$group/cpu.cfs_quota_us")" 40000
		[ ! -e "$group/cpu.max" ] ||
			same 'bound of the kernel' "$(cat "$group/cpu.max")" '40000 50000'
	done < <(find /sys/fs/cgroup -type d -name vcpu0 -path '*vtune*live*whole*' 2> /dev/null)
	expect 0 "$place" apply -q "$name" "$work/spec.json"
	expect 0 "$place" verify "$name"
	expect 0 "$place" apply -q "$name"
	expect 0 "$place" verify "$name"
	plug_memory 0
	expect 0 "$place" verify "$name"
}

run_tests test_two_cells test_one_cell
