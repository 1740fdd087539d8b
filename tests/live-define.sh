#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# What the library writes, given to a real libvirt: validated, defined, read back,
# started under software emulation, and its threads' CPUs read from /proc.
#
#   live-define.sh [PLAN.json...]     plans for this very machine; by default those
#                                     in data/plans-live, for CPUs 0-1 and node 0
#
# Needs root. Starts libvirtd itself when none answers, and stops it again.
set -uo pipefail

here=$(cd "$(dirname "$0")" && pwd)
emit=${EMIT_PLAN:-${top_builddir:-$here/..}/tests/emit-plan}
# shellcheck source=tests/live-help.sh
. "$here/live-help.sh"

[ -x "$emit" ] || skip "$emit is not built"
need_tools virt-xml-validate
need_libvirt

define() { # FILE NAME
	if ! virt-xml-validate "$1" domain > "$work/said" 2>&1 ||
		! virsh define "$1" > "$work/said" 2>&1; then
		complain "$1 ($2):"
		cat "$work/said"
		return 1
	fi
}

# What the plan governs, one element a line, as both write it. The CPU model qemu64 is libvirt's
# own where there is none.
governed() { # FILE
	sed -n 's/^ *\(<\(vcpupin\|emulatorpin\|iothreadpin\|shares\|[a-z_]*period\|[a-z_]*quota\|[a-z]*sched\|maxMemory\|nosharepages\|access\|allocation\|memory mode\|memnode\|page\|topology\|model fallback\|cache\|feature policy\|cell\|sibling\|driver name\|mtu\|access\)[ >].*\)/\1/p' "$1" | grep -v '>qemu64<'
}

check_thread() { # NAME PID THREAD-NAME WANTED
	local got
	got=$(cpus_of "$2" "$3")
	[ "$got" = "$4" ] || complain "$1: $3 may run on $got, and not on $4"
	checked=$((checked + 1))
}

check_pins() { # NAME FILE
	local pid cpus thread checked=0
	pid=$(pid_of "$1")
	sed -n -e "s|.*<vcpupin vcpu='\([0-9]*\)' cpuset='\([^']*\)'.*|\2 CPU \1/TCG|p" \
		-e "s|.*<iothreadpin iothread='\([0-9]*\)' cpuset='\([^']*\)'.*|\2 IO iothread\1|p" \
		"$2" > "$work/pins"
	while read -r cpus thread; do
		check_thread "$1" "$pid" "$thread" "$cpus"
	done < "$work/pins"
	cpus=$(sed -n "s/.*<emulatorpin cpuset='\([^']*\)'.*/\1/p" "$2")
	check_thread "$1" "$pid" "$(cat "/proc/$pid/comm")" "$cpus"
	[ "$checked" -gt 1 ] || complain "$1: no pins found in $2"
	echo "$1: started, $checked threads are where the plan has them"
}

start() { # NAME FILE
	forget "$1"
	define "$2" "$1" || return
	virsh dumpxml "$1" > "$work/dump.xml"
	governed "$2" > "$work/wanted"
	governed "$work/dump.xml" | diff "$work/wanted" - || complain "$1: libvirt shows another plan"
	if virsh start "$1" > "$work/said" 2>&1; then
		check_pins "$1" "$2"
	else
		complain "$1 does not start:"
		cat "$work/said"
	fi
	forget "$1"
}

live() { # PLAN.json
	local name
	name=$(sed -n 's/^ *"vm": *"\(vtune-live-[a-z-]*\)".*/\1/p' "$1")
	[ -n "$name" ] || { complain "$1: the name must begin with vtune-live-"; return; }
	"$emit" -t qemu "$1" > "$work/live.xml" || { complain "$1: no XML"; return; }
	start "$name" "$work/live.xml" || return
	# libvirt writes no <iothreadids> when they count up from 1.
	"$emit" -d "$work/dump.xml" "$1" | sed '/<iothreadids>/,/<\/iothreadids>/d' > "$work/again"
	sed '/<iothreadids>/,/<\/iothreadids>/d' "$work/dump.xml" | diff - "$work/again" ||
		complain "$1: laying the plan into what libvirt made of it changes something"
}

# From this machine and a spec to a running domain.
placed() { # VCPUS POLICY
	printf '{ "version": 1, "name": "vtune-live-placed", "vcpus": %s, "memory": "64MiB",
		"cpu": { "policy": "%s" }, "hugepages": "none" }' "$1" "$2" > "$work/spec.json"
	if "$place" plan --format xml --virt-type qemu "$work/spec.json" > "$work/placed.xml"; then
		start vtune-live-placed "$work/placed.xml"
	else
		complain "$place does not place $1 $2 vCPUs on this machine"
	fi
}

# An interface of each type, from a spec to a definition, and laid again into what libvirt
# made of that.
connected() { # PAGES
	cat > "$work/net.json" << END
{ "version": 1, "name": "vtune-live-connected", "vcpus": 1, "memory": "64MiB",
  "cpu": { "policy": "shared" }, "hugepages": "$1",
  "interfaces": [
    { "mac": "52:54:00:76:74:02", "type": "network", "source": "default" },
    { "type": "bridge", "source": "br0", "virtualport": "openvswitch", "vlan": 5, "queues": 4,
      "mtu": 9000 },
    { "type": "direct", "source": "lo", "mode": "bridge", "driver": "qemu" },
    { "type": "ethernet", "rx_queue_size": 1024 },
    { "type": "user", "model": "default" },
    { "type": "vhostuser", "source": "/run/vtune-live.sock", "mode": "server", "queues": 2,
      "rx_queue_size": 512, "tx_queue_size": 1024 },
    { "type": "vdpa", "source": "/dev/vhost-vdpa-0", "queues": 2 },
    { "type": "hostdev", "device": { "id": "0000:06:11.6", "affinity": "none" }, "vlan": 1 }
  ] }
END
	cat > "$work/net-host.json" << END
{ "version": 1, "nodes": [ { "id": 0, "cpus": "0", "memory_kib": 1048576,
    "pages": [ { "size_kib": 2048, "total": 64 } ] } ],
  "devices": [ { "id": "0000:06:11.6", "class": "network", "node": 0 } ] }
END
	if ! "$place" plan --host "json:$work/net-host.json" --format json -o "$work/net.plan" \
		"$work/net.json" || ! "$emit" -t qemu "$work/net.plan" > "$work/net.xml"; then
		complain 'no plan with interfaces'
		return
	fi
	forget vtune-live-connected
	define "$work/net.xml" 'interfaces' || return
	virsh dumpxml vtune-live-connected > "$work/dump.xml"
	governed "$work/net.xml" > "$work/wanted"
	governed "$work/dump.xml" | diff "$work/wanted" - || complain 'libvirt shows other interfaces'
	"$emit" -d "$work/dump.xml" "$work/net.plan" | diff "$work/dump.xml" - ||
		complain 'laying interfaces into what libvirt made of them changes something'
	echo "$(grep -c '<interface ' "$work/dump.xml") interfaces defined, hugepages $1"
}

# All that a spec says of scheduling and memory backing, in a domain that runs.
realtime() {
	local name=vtune-live-realtime pid thread policy
	[ "$(nproc)" -gt 1 ] || return
	if ! command -v chrt > /dev/null || ! allow_realtime; then
		echo "$name: no realtime threads on this machine"
		return
	fi
	cat > "$work/spec.json" << END
{ "version": 1, "name": "$name", "vcpus": 2, "memory": "64MiB", "hugepages": "none",
  "cpu": { "policy": "mixed", "dedicated": "1", "shares": 2048 },
  "iothreads": { "count": 1 },
  "bandwidth": { "vcpu": { "period": 100000, "quota": 90000 },
                 "emulator": { "period": 50000, "quota": -1 }, "iothread": { "quota": 20000 },
                 "global": { "period": 100000, "quota": 180000 } },
  "realtime": { "vcpus": "1", "priority": 2, "emulator": 1, "iothreads": 3 },
  "memory_backing": { "shared": true, "allocation": "immediate", "allocation_threads": 1 },
  "hotplug": { "max_memory": "1GiB", "slots": 4 },
  "memtune": { "hard_limit": "3GiB", "soft_limit": "1GiB", "swap_hard_limit": "4GiB" } }
END
	"$place" plan --host libvirt --format xml --virt-type qemu "$work/spec.json" \
		> "$work/placed.xml" || { complain "$place does not place $name"; return; }
	grep -q '<locked/>' "$work/placed.xml" || complain "$name: its memory is not locked"
	forget "$name"
	define "$work/placed.xml" "$name" || return
	# Without the right to lock it does not start.
	if ! can_lock; then
		echo "$name: defined; started without locked memory, which takes a right that is not there"
		sed -i -e '/<locked\/>/d' -e '/<memtune>/,/<\/memtune>/d' "$work/placed.xml"
		forget "$name"
		define "$work/placed.xml" "$name" || return
	fi
	virsh dumpxml "$name" > "$work/dump.xml"
	governed "$work/placed.xml" > "$work/wanted"
	governed "$work/dump.xml" | diff "$work/wanted" - || complain "$name: libvirt shows another"
	if ! virsh start --paused "$name" > "$work/said" 2>&1; then
		complain "$name does not start:"
		cat "$work/said"
		return
	fi
	pid=$(pid_of "$name")
	while read -r policy thread; do
		[ "$(policy_of "$pid" "$thread")" = "$policy" ] ||
			complain "$name: $thread is $(policy_of "$pid" "$thread"), and not $policy"
	done << END
SCHED_FIFO_2 CPU 1/TCG
SCHED_OTHER_0 CPU 0/TCG
SCHED_FIFO_3 IO iothread1
SCHED_FIFO_1 $(cat "/proc/$pid/comm")
END
	virsh schedinfo "$name" | sed 's/ *: */=/' > "$work/schedinfo"
	for thread in cpu_shares=2048 vcpu_period=100000 vcpu_quota=90000 emulator_period=50000 \
		emulator_quota=-1 iothread_quota=20000 global_quota=180000; do
		grep -qx "$thread" "$work/schedinfo" || complain "$name: no $thread"
	done
	tr '\0' '\n' < "/proc/$pid/cmdline" | grep -q 'mem-merge=off' ||
		complain "$name: its pages may be merged"
	echo "$name: started, its threads are scheduled as planned"
	forget "$name"
}

# What QEMU is not here to run, libvirt's schema still judges.
foreign() { # ARCH PAGE-KIB SIZE
	printf '{ "version": 1, "arch": "%s", "page_kib": %s, "dies": [ "0-1", "2-3" ], "nodes": [
		{ "id": 0, "cpus": "0-3", "memory_kib": "64GiB",
		  "pages": [ { "size_kib": "%s", "total": 1 } ] } ] }' "$@" > "$work/host.json"
	printf '{ "version": 1, "vcpus": 4, "memory": "%s", "hugepages": "%s" }' "$3" "$3" \
		> "$work/spec.json"
	if ! "$place" plan --host "json:$work/host.json" --format xml "$work/spec.json" \
		> "$work/foreign.xml" || ! grep -q "arch='$1'" "$work/foreign.xml"; then
		complain "$place has no XML for $1"
	elif ! virt-xml-validate "$work/foreign.xml" domain > "$work/said" 2>&1; then
		complain "the domain for $1:"
		cat "$work/said"
	fi
}

# A domain of the test data, with a plan laid into it. Its name is changed, since a
# machine may have its own of that name; cachetune and memorytune need KVM.
patched() { # DOMAIN.xml PLAN.json
	local xml=$work/patched.xml
	"$emit" -d "$1" "$2" > "$work/full.xml" || { complain "$1 with $2: no XML"; return; }
	sed -e 's|<name>[^<]*</name>|<name>vtune-live-patched</name>|' -e '/<uuid>/d' \
		-e '/<cachetune/,/<\/cachetune>/d' -e '/<memorytune/,/<\/memorytune>/d' \
		-e "s/^<domain type=['\"]kvm['\"]/<domain type='qemu'/" "$work/full.xml" > "$xml"
	forget vtune-live-patched
	define "$xml" "$1 with $2" && defined=$((defined + 1))
}

[ $# -gt 0 ] || set -- "$here"/data/plans-live/*.json
for plan in "$@"; do
	live "$plan"
done

if command -v "$place" > /dev/null; then
	placed 1 shared
	connected none
	connected 2MiB
	[ "$(nproc)" -lt 2 ] || placed 1 dedicated
	foreign x86_64 4 1GiB
	foreign aarch64 64 512MiB
	foreign ppc64le 64 16MiB
	foreign s390x 4 1MiB
	foreign riscv64 4 2MiB
fi

command -v "$place" > /dev/null && realtime

defined=0
for domain in "$here"/data/domains/*.xml; do
	# libvirt itself reads UTF-8 only.
	iconv -f UTF-8 -t UTF-8 "$domain" > /dev/null 2>&1 || continue
	for plan in "$here"/data/domain-plans/*.json; do
		case ${domain##*/}.${plan##*/} in
		hotplug.xml.interleave.json) ;; # more than its maxMemory
		*) patched "$domain" "$plan" ;;
		esac
	done
done
[ "$defined" -gt 20 ] || complain "only $defined patched domains were defined"
echo "$defined patched domains defined"
exit $((failures > 0))
