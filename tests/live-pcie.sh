#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# A guest is booted, under software emulation, and asked on which of its own nodes it
# finds its devices. Devices of a host cannot be had here, so that emulated ones take
# their places, behind the ports that a plan has made for those.
#
# Needs root, and the kernel that lab/vtune-lab -f fetches. Takes a quarter of a minute.
set -uo pipefail

here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/live-help.sh
. "$here/live-help.sh"
name=vtune-live-pcie

find_kernel() {
	local option=-k
	[ -z "${CI-}" ] || option=-f
	kernel=$("$here/lab/vtune-lab" $option 2> /dev/null) &&
		kernel=$(echo "$kernel"/boot/vmlinuz-*) && [ -f "$kernel" ]
}

# The first and only program of the guest says where each device is, and once more when
# there is another one.
make_initrd() {
	local root=$work/root
	mkdir -p "$root"/{bin,sys} && cp "$(command -v busybox)" "$root/bin/busybox" || return
	cat > "$root/init" << 'END'
#!/bin/busybox sh
/bin/busybox --install -s /bin
mount -t sysfs sys /sys
cd /sys/bus/pci/devices
show() { # WHEN
	for device in *; do
		echo "@@ $1 $(cat $device/vendor) $(cat $device/device) $(cat $device/numa_node)"
	done
	echo "@@ $1 end"
}
show boot
set -- *
while [ $(ls | wc -l) -eq $# ]; do sleep 0.1; done
show plugged
poweroff -f
END
	chmod +x "$root/init" && (cd "$root" && find . | cpio -o -H newc --quiet | gzip -1) > "$work/initrd"
}

# A host of which the VM takes the nodes 2 and 5: these are 0 and 1 to the guest.
write_host() {
	cat > "$work/host.json" << 'END'
{ "version": 1,
  "nodes": [ { "id": 2, "cpus": "0", "memory_kib": 1048576 },
             { "id": 5, "cpus": "1", "memory_kib": 1048576 } ],
  "devices": [ { "id": "0000:41:00.0", "node": 2, "root": "0000:40" },
               { "id": "0000:81:00.0", "node": 5, "root": "0000:80" },
               { "id": "0000:c1:00.0" } ] }
END
}

interface() { # MODEL BUS
	echo "<interface type='hostdev'><source><address type='pci' domain='0x0000' bus='0x$2'
		slot='0x00' function='0x0'/></source><model type='$1'/></interface>"
}

write_domain() {
	cat > "$work/bare.xml" << END
<domain type='qemu'>
  <name>$name</name>
  <memory unit='MiB'>256</memory>
  <vcpu>2</vcpu>
  <os>
    <type arch='x86_64' machine='q35'>hvm</type>
    <kernel>$work/kernel</kernel>
    <initrd>$work/initrd</initrd>
    <cmdline>console=ttyS0 quiet panic=-1</cmdline>
  </os>
  <features><acpi/></features>
  <devices>
    $(interface e1000e 41)
    $(interface virtio 81)
    $(interface vmxnet3 c1)
    <serial type='file'><source path='$work/console'/></serial>
  </devices>
</domain>
END
}

# The domain as the plan has it, on a machine that has not its nodes nor its devices.
lay() {
	expect 0 "$place" plan --host "json:$work/host.json" --domain "$work/bare.xml" --format xml \
		-o "$work/laid.xml" "$work/$name.json" || return
	expect 0 virt-xml-validate "$work/laid.xml" domain
	sed -e '/<numatune>/,/<\/numatune>/d' -e '/<cputune>/,/<\/cputune>/d' \
		-e "s/<interface type='hostdev'>.*/<interface type='user'>/" \
		-e "s|.*function='0x0'/></source>\(<model\)|\1|" "$work/laid.xml" > "$work/ours.xml"
	expect 0 virsh define "$work/ours.xml"
}

wait_for() { # WHEN
	for _ in $(seq 600); do
		! grep -q "^@@ $1 end" "$work/console" 2> /dev/null || return 0
		sleep 0.1
	done
	complain "the guest did not come to '$1':"
	tail -n 20 "$work/console"
	return 1
}

node_of() { # WHEN VENDOR DEVICE
	tr -d '\r' < "$work/console" | sed -n "s/^@@ $1 $2 $3 //p" | sort | tr '\n' ' '
}

# The indexes of our ports that have nothing on them, on a bus of that number.
free_ports() { # BUS
	local index
	sed -n "s/.*alias name='ua-vtune-port-\([0-9]*\)'.*/\1/p" "$work/dump.xml" |
		while read -r index; do
			! grep -q "<address .* bus='$(printf '0x%02x' "$index")'" "$work/dump.xml" &&
				grep -A 1 "alias name='ua-vtune-port-$index'" "$work/dump.xml" |
				grep -q "<address .* bus='$1'" && echo "$index"
		done
}

plug() { # INDEX
	cat > "$work/card.xml" << END
<interface type='user'>
  <model type='e1000e'/>
  <address type='pci' domain='0x0000' bus='$(printf '0x%02x' "$1")' slot='0x00' function='0x0'/>
</interface>
END
	expect 0 virsh attach-device --live "$name" "$work/card.xml"
}

need_tools virt-xml-validate busybox cpio gzip
! ldd "$(command -v busybox)" > /dev/null 2>&1 || skip 'busybox needs libraries'
find_kernel || skip 'there is no kernel; lab/vtune-lab -f fetches one'
need_libvirt
chmod 711 "$work"
cp "$kernel" "$work/kernel"
chmod 644 "$work/kernel"
make_initrd || skip 'no initial file system'
write_host
write_domain
spec "$name" 2 256 '"hugepages": "none"' '"numa": { "cells": 2 }' \
	'"pcie": { "spare_ports": 2, "spare_ports_per_expander": 1 }' \
	'"hostdevs": [ { "id": "0000:41:00.0" }, { "id": "0000:81:00.0" },
		{ "id": "0000:c1:00.0", "affinity": "none" } ]'
lay || exit 1

# What libvirt adds is no reason to change anything, and has not taken the spare ports.
virsh dumpxml "$name" > "$work/dump.xml"
same 'spare ports of the root complex' "$(free_ports 0x00 | wc -l)" 2
bus=$(grep -B 9 "alias name='ua-vtune-bus-" "$work/dump.xml" | grep -B 6 '<node>1</node>' |
	sed -n "s/.* index='\([0-9]*\)' model='pcie-expander-bus'.*/\1/p" | tail -n 1)
spare=$(free_ports "$(printf '0x%02x' "$bus")")
same 'spare ports beside the device of cell 1' "$(echo "$spare" | wc -w)" 1

expect 0 virsh start "$name" || exit 1
if wait_for boot; then
	same 'the node of the card near cell 0' "$(node_of boot 0x8086 0x10d3)" '0 '
	same 'the node of the card near cell 1' "$(node_of boot 0x1af4 0x1041)" '1 '
	same 'the node of the card that is near no cell' "$(node_of boot 0x15ad 0x07b0)" '-1 '
	plug "$spare" && wait_for plugged &&
		same 'the nodes of the first card and of the one plugged in near cell 1' \
			"$(node_of plugged 0x8086 0x10d3)" '0 1 '
fi
exit $((failures > 0))
