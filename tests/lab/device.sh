#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# For vtune-lab -t 4m: domains follow their devices to node 1, a network card that they
# are given and a disk of the host.
set -uo pipefail

# shellcheck source=tests/live-help.sh
. "$(dirname "$0")/../live-help.sh"
need_libvirt
name=vtune-live-device
card=$(echo /sys/bus/pci/devices/*/virtio*/net/* | tr ' ' '\n' | cut -d / -f 6 | head -n 1)
[ -n "$card" ] || complain 'there is no network card'

expect 0 "$place" host --host libvirt --format json && said "\"$card\""

# The device comes into the domain by other hands; libvtune knows where it must stand.
bare "$name" 2 64
spec "$name" 2 64 '"hugepages": "2MiB"' \
	"\"hostdevs\": [ { \"id\": \"$card\", \"affinity\": \"require\" } ]"
bus=${card#*:}
cat > "$work/device.xml" << END
<hostdev mode='subsystem' type='pci' managed='yes'>
  <source><address domain='0x0000' bus='0x${bus%%:*}' slot='0x00' function='0x0'/></source>
</hostdev>
END
expect 0 virsh attach-device --config "$name" "$work/device.xml"
expect 0 "$place" apply "$name" "$work/$name.json"
for module in vfio vfio_iommu_type1 vfio-pci; do
	busybox modprobe $module || complain "no driver $module"
done
if begin "$name"; then
	same "the memory of $name" "$(huge_memory "$name")" 'cell 0 node 1 65536 KiB'
	same "the CPUs of $name" "$(vcpu_cpus "$name" 0) $(vcpu_cpus "$name" 1)" '4 5'
	expect 0 "$place" verify "$name"
fi
forget "$name"

# Its I/O thread is beside the disk, and the VM with it.
spec "$name" 1 64 '"disks": [ { "target": "vda", "source": "/dev/nvme0n1", "type": "block" } ]'
expect 0 "$place" plan --host libvirt --format json "$work/$name.json"
said '"node": 1'

# Nobody can require a device on a node that is not allowed.
spec "$name" 1 64 '"numa": { "nodes": "2" }' \
	"\"hostdevs\": [ { \"id\": \"$card\", \"affinity\": \"require\" } ]"
expect 1 "$place" plan --host libvirt "$work/$name.json"
exit $((failures > 0))
