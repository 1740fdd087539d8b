#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Specs that ask for all parts, for hosts of other architectures and of every page size that
# they have: libvirt's schema takes the domains, and nothing is in them that the architecture
# lacks.
set -u

place=${VTUNE_PLACE:-vtune-place}
command -v virt-xml-validate > /dev/null || { echo 'skipped: virt-xml-validate is not installed'; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failures=0

complain() {
	echo "FAILED: $*"
	failures=$((failures + 1))
}

pages() { # SIZE...
	local size
	for size; do
		printf '%s{ "size_kib": %s, "total": %s }' "${separator-}" "$size" $((33554432 / size))
		local separator=', '
	done
}

# Two nodes of 16 CPUs.
write_host() { # ARCH PAGE SIZE...
	local arch=$1 page=$2
	shift 2
	cat > "$work/host.json" << END
{ "version": 1, "arch": "$arch", "page_kib": $page, "reserved_cpus": "0-7",
  "hypervisor": { "type": "qemu", "version": "7.2.0", "libvirt": "9.0.0" },
  "nodes": [ { "id": 0, "cpus": "0-15", "memory_kib": 268435456, "pages": [ $(pages "$@") ] },
             { "id": 8, "cpus": "16-31", "memory_kib": 268435456, "pages": [ $(pages "$@") ] } ],
  "devices": [ { "id": "0000:41:00.0", "class": "network", "node": 0 },
               { "id": "0001:81:00.0", "class": "network", "node": 8 } ] }
END
}

write_spec() { # HUGEPAGES
	cat > "$work/spec.json" << END
{ "version": 1, "name": "x", "vcpus": 8, "memory": "32GiB", "hugepages": $1,
  "numa": { "cells": 2 }, "cpu": { "cache": "passthrough", "shares": 512 },
  "disks": [
    { "target": "vda", "type": "block", "source": "/dev/sda" },
    { "target": "sda", "type": "file", "format": "qcow2", "source": "/a.qcow2" },
    { "target": "sdh", "type": "file", "format": "raw", "source": "/b.raw", "queues": 2 },
    { "target": "sdb", "type": "file", "device": "cdrom" } ],
  "interfaces": [
    { "type": "bridge", "source": "br0" },
    { "type": "vhostuser", "source": "/s", "mode": "client" },
    { "type": "hostdev", "device": { "any": { "class": "network" }, "affinity": "prefer" } } ],
  "hostdevs": [ { "id": "0001:81:00.0", "affinity": "prefer" } ],
  "pcie": { "spare_ports": 2, "spare_ports_per_expander": 1 },
  "hotplug": { "max_memory": "64GiB", "slots": 4 }, "memory_backing": { "nosharepages": true },
  "bandwidth": { "vcpu": { "quota": 50000 } }, "realtime": { "vcpus": "1", "emulator": 2 } }
END
}

try() { # ABSENT ARCH PAGE SIZE...
	local absent=$1 size
	shift
	write_host "$@"
	for size in '"none"' '"any"' "${@:3}"; do
		write_spec "$size"
		"$place" plan -q --host "json:$work/host.json" --format xml -o "$work/new.xml" \
			"$work/spec.json" || { complain "$1: no plan with pages $size"; continue; }
		virt-xml-validate "$work/new.xml" domain > "$work/said" 2>&1 ||
			{ complain "$1 with pages $size:"; cat "$work/said"; }
		! grep -E "$absent" "$work/new.xml" || complain "$1 with pages $size has these"
	done
	echo "$1: pages of $2 KiB and of ${*:3}"
}

not_x86='<acpi/>|<cache |topoext|dies='
try "$not_x86" aarch64 4 64 2048 32768 1048576
try "$not_x86" aarch64 64 2048 524288 16777216
try "$not_x86|root-port|expander-bus" ppc64le 64 2048 1048576
try "$not_x86|root-port|expander-bus|<controller type='pci'|^      <address |memnode|<numa>|maxMemory" \
	s390x 4 1024
try "$not_x86|root-port|expander-bus" riscv64 4 2048 1048576
exit $((failures > 0))
