#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Domains that go from one libvirt to another, both on this machine: each libvirtd has
# its own files, host name and host UUID, and nothing that the machine's own one has.
#
# Needs root and two CPUs.
#
#   live-migrate.sh [TEST...]         those below that are named, or all
# shellcheck disable=SC2317 # tests are called by name
set -uo pipefail

here=$(cd "$(dirname "$0")" && pwd)
hooks=${top_srcdir:-$here/..}/examples/hooks
# shellcheck source=tests/live-help.sh
. "$here/live-help.sh"

command -v "$place" > /dev/null || skip "$place is not built"
[ "$(id -u)" -eq 0 ] || skip 'only root can start domains'
[ "$(uname -m)" = x86_64 ] || skip 'the domains are for x86_64'
[ "$(nproc)" -ge 2 ] || skip 'one CPU is too few'
[ ! -e /etc/vtune/host-state.json ] || skip 'this machine has decisions in host-state.json'
need_tools virsh libvirtd qemu-system-x86_64 unshare hostname

# ---- two hosts ----

uri_of() { # HOST
	echo "qemu+unix:///system?socket=$work/$1/run/libvirt-sock"
}
a=$(uri_of a) b=$(uri_of b)

# QEMU's processes of two hosts would meet in the same cgroups.
configure() { # HOST UUID
	local own=$work/$1
	mkdir -p "$own"/{run,lib/qemu,etc/hooks,log,cache}
	printf 'host_uuid = "%s"\nauth_unix_rw = "none"\n' "$2" > "$own/etc/libvirtd.conf"
	cat > "$own/etc/qemu.conf" << END
namespaces = []
cgroup_controllers = []
security_driver = "none"
stdio_handler = "file"
user = "root"
group = "root"
dynamic_ownership = 0
remember_owner = 0
END
}

# Nothing here needs KVM, which is hidden as start_libvirtd() does it.
boot() { # HOST UUID
	configure "$1" "$2"
	# shellcheck disable=SC2016
	unshare --mount --uts sh -c 'own=$1/$2
	hostname "$2" || exit
	for pair in run:/run lib:/var/lib etc:/etc log:/var/log cache:/var/cache; do
		mkdir -p "${pair#*:}/libvirt" &&
			mount --bind "$own/${pair%%:*}" "${pair#*:}/libvirt" || exit
	done
	if [ -e /dev/kvm ]; then
		mount --bind "$1/no-kvm" /dev/kvm && mount -o remount,bind,ro /dev/kvm
	fi
	exec libvirtd -d -p "$own/pid"' sh "$work" "$1" || skip "libvirtd of host $1 does not start"
	for _ in $(seq 100); do
		virsh -c "$(uri_of "$1")" uri > /dev/null 2>&1 && return
		sleep 0.1
	done
	skip "libvirtd of host $1 does not answer"
}

forget_all() {
	local uri name
	for uri in "$a" "$b"; do
		for name in $(virsh -c "$uri" list --all --name 2> /dev/null); do
			virsh -c "$uri" destroy "$name" > /dev/null 2>&1
			virsh -c "$uri" undefine "$name" > /dev/null 2>&1
		done
	done
}

end_hosts() {
	forget_all
	stop "$work/a/pid"
	stop "$work/b/pid"
	clean
}
trap end_hosts EXIT

: > "$work/no-kvm"
boot a a7d6c2be-5a0e-4f0c-9a55-2d9d0e9a6a01
boot b a7d6c2be-5a0e-4f0c-9a55-2d9d0e9a6a02

# ---- domains ----

# One that somebody has placed: it may run on CPU 1 alone, or on that.
guest() { # NAME [CPU]
	cat > "$work/$1.xml" << END
<domain type='qemu'>
  <name>$1</name>
  <memory unit='MiB'>64</memory>
  <vcpu>1</vcpu>
  <cputune><vcpupin vcpu='0' cpuset='${2:-1}'/><emulatorpin cpuset='${2:-1}'/></cputune>
  <os><type arch='x86_64' machine='pc-q35-7.2'>hvm</type></os>
  <cpu mode='custom'><model>qemu64</model>
    <topology sockets='1' dies='1' cores='1' threads='1'/>
    <numa><cell id='0' cpus='0' memory='65536' unit='KiB'/></numa></cpu>
</domain>
END
}

# Started on a host, with vCPUs that take no time from the tests.
runs_on() { # URI NAME [CPU]
	guest "$2" "${3-}"
	expect 0 virsh -c "$1" define "$work/$2.xml" &&
		expect 0 virsh -c "$1" start --paused "$2"
}

# What is there of it, as "paused", "shut off", or nothing.
state_on() { # URI NAME
	virsh -c "$1" domstate "$2" 2> /dev/null | head -n 1
}

migrate() { # ARGUMENT...
	"$place" migrate --migrate-uri tcp:127.0.0.1 --lock-timeout 300 "$@"
}

# Of a domain on the host $at, for what looks at its process.
at=a
pid_of() { # NAME
	cat "$work/$at/run/qemu/$1.pid"
}

# Where the kernel has its first vCPU.
cpu_on() { # HOST NAME
	at=$1
	vcpu_cpus "$2" 0
}

pin_on() { # URI NAME [--inactive]
	virsh -c "$1" dumpxml "${@:2}" | sed -n "s/.*<vcpupin vcpu='0' cpuset='\(.*\)'.*/\1/p"
}

# ---- tests ----

# Shown, and not done.
shown() {
	local name=vtune-live-shown
	runs_on "$a" "$name" || return
	expect 0 migrate --connect "$a" --to "$b" "$name"
	said "virDomainMigrate3\\($name, "
	said "would go to"
	expect 0 "$place" migrate --connect "$a" --to "$b" --format xml "$name"
	said "<vcpupin vcpu='0' cpuset='0'/>"
	expect 0 "$place" migrate --connect "$a" --to "$b" --format json "$name"
	said '"dry_run": true'
	same 'the domain on its host' "$(state_on "$a" "$name")" paused
	same 'the domain elsewhere' "$(state_on "$b" "$name")" ''
}

# It goes, is placed, carries its new plan and stands where that says; and back, between
# the two daemons themselves.
there_and_back() {
	local name=vtune-live-goes
	runs_on "$a" "$name" || return
	same 'the CPU before' "$(cpu_on a "$name")" 1
	expect 0 migrate --connect "$a" --to "$b" --run "$name" || return
	said "$name: runs on .* now"
	same 'on the host it left' "$(state_on "$a" "$name")" 'shut off'
	same 'on its new host' "$(state_on "$b" "$name")" paused
	same 'its pin there' "$(pin_on "$b" "$name")" 0
	same 'its CPU there' "$(cpu_on b "$name")" 0
	expect 0 "$place" verify --connect "$b" "$name"
	virsh -c "$b" dumpxml "$name" > "$work/dump"
	grep -q 'urn:libvtune:plan:1' "$work/dump" || complain "$name carries no plan"
	! grep -q 'urn:libvtune:former:1' "$work/dump" || complain "$name carries what it was"
	expect 0 virsh -c "$a" undefine "$name"
	expect 0 migrate --connect "$b" --to "$a" --run --peer2peer "$name" || return
	same 'back on its host' "$(state_on "$a" "$name")" paused
	same 'on the other one' "$(state_on "$b" "$name")" ''
}

# Its definition goes with it, as it stands there.
persistent() {
	local name=vtune-live-stays
	runs_on "$a" "$name" || return
	expect 0 migrate --connect "$a" --to "$b" --run --persistent --undefine-source "$name" || return
	same 'on the host it left' "$(state_on "$a" "$name")" ''
	expect 0 virsh -c "$b" destroy "$name"
	same 'its definition' "$(state_on "$b" "$name")" 'shut off'
	same 'its pin in that' "$(pin_on "$b" "$name" --inactive)" 0
}

# The other host's VMs hold what they have.
others() {
	local name=vtune-live-second
	runs_on "$b" vtune-live-first 0 && runs_on "$a" "$name" 0 || return
	expect 0 migrate --connect "$a" --to "$b" --run "$name" || return
	same 'its CPU beside another VM' "$(cpu_on b "$name")" 1
	runs_on "$a" vtune-live-third 0
	expect 1 migrate --connect "$a" --to "$b" --run vtune-live-third
	same 'where nothing is free' "$(state_on "$a" vtune-live-third)" paused
}

# On a machine of several nodes with huge pages: cells and memory are on others there.
two_cells() {
	local name=vtune-live-cells
	if [ ! -e /sys/devices/system/node/node3 ] || [ ! -e /sys/devices/system/cpu/cpu15 ]; then
		echo 'this machine has no four nodes of four CPUs'
		return
	fi
	spec "$name" 4 128 '"hugepages": "2MiB"' '"numa": { "cells": 2, "nodes": "2-3" }'
	expect 0 "$place" plan --host "libvirt:$a" --format xml --virt-type qemu \
		-o "$work/$name.xml" "$work/$name.json" || return
	expect 0 virsh -c "$a" define "$work/$name.xml" &&
		expect 0 virsh -c "$a" start --paused "$name" || return
	at=a
	same 'the memory before' "$(huge_memory "$name")" "cell 0 node 2 65536 KiB
cell 1 node 3 65536 KiB"
	echo '{ "reserved_cpus": "8-15" }' > "$work/state.json"
	expect 0 migrate --connect "$a" --to "$b" --state "$work/state.json" --run "$name" || return
	at=b
	same 'the memory there' "$(huge_memory "$name")" "cell 0 node 0 65536 KiB
cell 1 node 1 65536 KiB"
	same 'vCPUs 0 and 2 there' "$(vcpu_cpus "$name" 0) $(vcpu_cpus "$name" 2)" '0 4'
	same 'the emulator there' "$(emulator_cpus "$name")" '2-3,6-7'
}

# What fails leaves all as it was.
refused() {
	local name=vtune-live-refused
	runs_on "$a" "$name" || return
	expect 3 migrate --connect "$a" --to "$b" --run --migrate-uri tcp:127.0.0.1:1:1 "$name"
	said "migrating the domain \"$name\" to .* failed"
	same 'the domain on its host' "$(state_on "$a" "$name")" paused
	same 'its pin' "$(pin_on "$a" "$name")" 1
	same 'the domain elsewhere' "$(state_on "$b" "$name")" ''
	expect 0 virsh -c "$a" destroy "$name"
	expect 1 migrate --connect "$a" --to "$b" --run "$name"
	said 'does not run'
	expect 2 migrate --connect "$a" --to "$b" --run no-such-domain
}

# Whoever sends it: the hook of the other host finds a place for it.
hook() {
	local name=vtune-live-hooked own=$work/b/etc/hooks/qemu
	sed -e "s|^place=.*|place='$(command -v "$place")'|" \
		-e "s|^coming=.*|coming=$work/b/coming|" "$hooks/qemu" > "$own"
	# The hook's surroundings are libvirtd's.
	sed -i "2i export LD_LIBRARY_PATH='${LD_LIBRARY_PATH-}'" "$own"
	chmod +x "$own"
	stop "$work/b/pid"
	boot b a7d6c2be-5a0e-4f0c-9a55-2d9d0e9a6a02
	runs_on "$b" vtune-live-first 0 && runs_on "$a" "$name" 0 || return
	expect 0 virsh -c "$a" migrate --live "$name" "$b" --migrateuri tcp:127.0.0.1 || return
	same 'its CPU beside another VM' "$(cpu_on b "$name")" 1
	expect 0 "$place" verify --connect "$b" "$name"
	same 'what the hook remembers' "$(ls "$work/b/coming")" ''
	runs_on "$a" vtune-live-third 0
	expect 1 virsh -c "$a" migrate --live vtune-live-third "$b" --migrateuri tcp:127.0.0.1
	said 'there is no place for it'
	same 'where nothing is free' "$(state_on "$a" vtune-live-third)" paused
	rm -f "$own"
}

# A guest with the CPU that both can give starts on both.
baseline() {
	local name=vtune-live-cpu uri
	expect 0 "$place" baseline --virt-type qemu --format json "$a" "$b"
	said '"mode": "custom"'
	expect 0 "$place" baseline --virt-type qemu --format xml "$a" "$b" || return
	cp "$work/out" "$work/cpu.xml"
	guest "$name"
	sed -i -e '/<cpu /,/<\/cpu>/d' -e "/<\/os>/r $work/cpu.xml" "$work/$name.xml"
	for uri in "$a" "$b"; do
		expect 0 virsh -c "$uri" define "$work/$name.xml"
	done
	expect 3 "$place" baseline "$a"
	said 'kvm'
}

[ $# -gt 0 ] || set -- shown there_and_back persistent others two_cells refused hook baseline
run_tests "$@"
