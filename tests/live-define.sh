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
	sed -n 's/^ *\(<\(vcpupin\|emulatorpin\|iothreadpin\|shares\|memory mode\|memnode\|page\|topology\|model fallback\|cache\|feature policy\|cell\|sibling\)[ >].*\)/\1/p' "$1" | grep -v '>qemu64<'
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
	[ "$(nproc)" -lt 2 ] || placed 1 dedicated
	foreign x86_64 4 1GiB
	foreign aarch64 64 512MiB
	foreign ppc64le 64 16MiB
	foreign s390x 4 1MiB
	foreign riscv64 4 2MiB
fi

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
