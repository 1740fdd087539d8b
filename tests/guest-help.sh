#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# For tests that boot a guest (to be sourced, behind live-help.sh): one that says where it
# finds its PCI devices, and ends. The kernel is that of lab/vtune-lab.
# shellcheck disable=SC2154 # what live-help.sh sets
tests=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

find_kernel() {
	local option=-k
	[ -z "${CI-}" ] || option=-f
	kernel=$("$tests/lab/vtune-lab" $option 2> /dev/null) &&
		kernel=$(echo "$kernel"/boot/vmlinuz-*) && [ -f "$kernel" ]
}

# QEMU, which is not root, reads and writes in our folder. With "twice" the guest waits for
# another device.
make_guest() { # once|twice
	local root=$work/root
	chmod 711 "$work"
	cp "$kernel" "$work/kernel" && chmod 644 "$work/kernel" &&
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
END
	[ "$1" = once ] || cat >> "$root/init" << 'END'
set -- *
while [ $(ls | wc -l) -eq $# ]; do sleep 0.1; done
show plugged
END
	echo 'poweroff -f' >> "$root/init"
	chmod +x "$root/init" && (cd "$root" && find . | cpio -o -H newc --quiet | gzip -1) > "$work/initrd"
}

write_guest() { # NAME DEVICES
	cat > "$work/$1.xml" << END
<domain type='qemu'>
  <name>$1</name>
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
    $2
    <serial type='file'><source path='$work/console'/></serial>
  </devices>
</domain>
END
}

wait_for() { # WHEN SECONDS
	for _ in $(seq $(($2 * 10))); do
		! grep -q "^@@ $1 end" "$work/console" 2> /dev/null || return 0
		sleep 0.1
	done
	complain "the guest did not come to '$1':"
	tail -n 20 "$work/console"
	return 1
}

# The nodes of all devices of that kind.
node_of() { # WHEN VENDOR DEVICE
	tr -d '\r' < "$work/console" | sed -n "s/^@@ $1 $2 $3 //p" | sort | tr '\n' ' '
}
