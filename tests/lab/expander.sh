#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# For vtune-lab -t 4m: the network card of node 1, passed through to a guest that has it on
# its own node 0, is behind a bus that tells the guest so. That a guest believes it is
# tested by live-pcie.sh.
set -uo pipefail

# shellcheck source=tests/live-help.sh
. "$(dirname "$0")/../live-help.sh"
need_libvirt
name=vtune-live-expander
card=$(card_on 1)
bus=${card#*:}
load_vfio
cat > "$work/$name.xml" << END
<domain type='qemu'>
  <name>$name</name>
  <memory unit='MiB'>64</memory>
  <vcpu>2</vcpu>
  <os><type arch='x86_64' machine='q35'>hvm</type></os>
  <features><acpi/></features>
  <devices>
    <hostdev mode='subsystem' type='pci' managed='yes'>
      <source><address domain='0x0000' bus='0x${bus%%:*}' slot='0x00' function='0x0'/></source>
    </hostdev>
  </devices>
</domain>
END
spec "$name" 2 64 '"hugepages": "none"' '"numa": { "cells": 2, "nodes": "1-2" }' \
	"\"hostdevs\": [ { \"id\": \"$card\" } ]"
expect 0 "$place" plan --host libvirt --format json "$work/$name.json" && said '"root": "0000:80"'
expect 0 "$place" plan --host libvirt --domain "$work/$name.xml" --format xml \
	-o "$work/laid.xml" "$work/$name.json"
expect 0 virsh define "$work/laid.xml"
if begin "$name"; then
	virsh qemu-monitor-command "$name" --hmp info qtree > "$work/tree"
	same 'the node of the bus' "$(sed -n '/dev: pxb-pcie,/,/dev: /s/^ *numa_node = \([0-9]*\) .*/\1/p' "$work/tree")" 0
	sed -n '/bus: ua-vtune-bus-/,$p' "$work/tree" | grep -q "host = \"$card\"" ||
		complain 'the card is not behind the bus'
	forget "$name"
fi
exit $((failures > 0))
