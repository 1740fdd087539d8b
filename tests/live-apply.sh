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

[ $# -gt 0 ] || set -- host off refused running floating halves bandwidth huge at_once killed
run_tests "$@"
