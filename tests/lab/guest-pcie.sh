#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# For vtune-lab -t 4m: a guest that is given the network card of node 1 finds it on its own
# node 0. The guest boots under emulation within an emulated machine, which takes minutes.
set -uo pipefail

# shellcheck source=tests/live-help.sh
. "$(dirname "$0")/../live-help.sh"
# shellcheck source=tests/guest-help.sh
. "$(dirname "$0")/../guest-help.sh"
need_libvirt
name=vtune-live-guest
card=$(echo /sys/bus/pci/devices/*/virtio*/net/* | tr ' ' '\n' | cut -d / -f 6 | head -n 1)
[ -n "$card" ] || complain 'there is no network card'
for module in vfio vfio_iommu_type1 vfio-pci; do
	busybox modprobe $module || complain "no driver $module"
done
find_kernel || skip 'there is no kernel'
make_guest once || skip 'no initial file system'
bus=${card#*:}
write_guest "$name" "<hostdev mode='subsystem' type='pci' managed='yes'>
	<source><address domain='0x0000' bus='0x${bus%%:*}' slot='0x00' function='0x0'/></source>
</hostdev>"
spec "$name" 2 256 '"hugepages": "none"' '"numa": { "cells": 2, "nodes": "1-2" }' \
	"\"hostdevs\": [ { \"id\": \"$card\" } ]"
expect 0 "$place" plan --host libvirt --domain "$work/$name.xml" --format xml \
	-o "$work/laid.xml" "$work/$name.json"
expect 0 virsh define "$work/laid.xml"
expect 0 virsh start "$name" && wait_for boot 300 &&
	same 'the node of the card' "$(node_of boot 0x1af4 0x1041)" '0 '
exit $((failures > 0))
