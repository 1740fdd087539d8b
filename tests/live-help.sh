#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# For tests that use a real libvirt (to be sourced): libvirtd is started where none
# answers, and stopped again; what domains have is read from /proc.
#
# All domains of these tests are named vtune-live-something.
# shellcheck disable=SC2034,SC2317 # what only the tests use
export LC_ALL=C LIBVIRT_DEFAULT_URI=qemu:///system

# Where they have run already, as before a tarball is tried, they need not run again.
if [ -n "${VTUNE_NO_LIVE-}" ]; then
	echo 'skipped: VTUNE_NO_LIVE is set'
	exit 77
fi

place=${VTUNE_PLACE:-vtune-place}
failures=0 mounted='' log_pid='' virt_pid='' old_pages='' old_realtime=''
work=$(mktemp -d)

skip() {
	if [ -n "${CI-}" ] && [ "$(id -u)" -eq 0 ] && command -v libvirtd > /dev/null; then
		echo "this must run here: $*"
		exit 1
	fi
	echo "skipped: $*"
	exit 77
}

complain() {
	echo "FAILED: $*"
	failures=$((failures + 1))
}

# ---- libvirtd ----

stop() { # PIDFILE
	local pid
	[ -s "$1" ] || return 0
	read -r pid < "$1"
	kill "$pid" 2> /dev/null || return 0
	for _ in $(seq 100); do
		kill -0 "$pid" 2> /dev/null || return 0
		sleep 0.1
	done
}

forget() { # NAME
	virsh destroy "$1" > /dev/null 2>&1
	virsh undefine "$1" > /dev/null 2>&1
}

forget_all() {
	local name
	for name in $(virsh list --all --name 2> /dev/null | grep '^vtune-live-'); do
		forget "$name"
	done
}

clean() {
	forget_all
	[ -z "$old_pages" ] || echo "$old_pages" > /proc/sys/vm/nr_hugepages
	[ -z "$old_realtime" ] || echo "$old_realtime" > /proc/sys/kernel/sched_rt_runtime_us
	[ -z "$virt_pid" ] || stop "$virt_pid"
	[ -z "$log_pid" ] || stop "$log_pid"
	[ -z "$mounted" ] || umount "$mounted"
	rm -rf "$work"
}
trap clean EXIT
trap 'exit 1' INT TERM HUP

# libvirt asks QEMU anew for each domain while /dev/kvm can be opened by root but not
# by QEMU's user. Nothing here needs it, so it is hidden from our libvirtd, whose
# domains can then not have a /dev of their own.
start_libvirtd() {
	if ! mountpoint -q /dev/hugepages; then
		mkdir -p /dev/hugepages && mount -t hugetlbfs hugetlbfs /dev/hugepages &&
			mounted=/dev/hugepages
	fi
	if ! pgrep -x virtlogd > /dev/null; then
		log_pid=$work/virtlogd.pid
		virtlogd -d -p "$log_pid" 9>&- || skip 'virtlogd does not start'
	fi
	: > "$work/no-kvm"
	echo 'namespaces = []' > "$work/qemu.conf"
	virt_pid=$work/libvirtd.pid
	# shellcheck disable=SC2016
	unshare --mount sh -c 'if [ -e /dev/kvm ]; then
		mount --bind "$1/no-kvm" /dev/kvm && mount -o remount,bind,ro /dev/kvm
		mount --bind "$1/qemu.conf" /etc/libvirt/qemu.conf
	fi; exec libvirtd -d -p "$1/libvirtd.pid"' sh "$work" 9>&- || skip 'libvirtd does not start'
	for _ in $(seq 100); do
		virsh uri > /dev/null 2>&1 && return
		sleep 0.1
	done
	skip 'libvirtd does not answer'
}

need_tools() { # TOOL...
	local tool
	for tool; do
		command -v "$tool" > /dev/null || skip "$tool is not installed"
	done
}

# Keep another test of this kind waiting, which would take our domains, or set what we set.
alone() {
	exec 9> /run/vtune-live-define.lock
	flock -w 600 9 || skip 'another one runs already'
}

need_libvirt() {
	[ "$(id -u)" -eq 0 ] || skip 'only root can start domains'
	[ "$(uname -m)" = x86_64 ] || skip 'the domains are for x86_64'
	need_tools virsh qemu-system-x86_64
	alone
	virsh uri > /dev/null 2>&1 && return
	need_tools libvirtd virtlogd unshare mountpoint pgrep
	start_libvirtd
}

# So many more huge pages of 2 MiB on this machine, until the end of the test.
reserve_pages() { # PAGES
	local file=/proc/sys/vm/nr_hugepages
	read -r old_pages < $file
	echo $((old_pages + $1)) > $file
	[ "$(cat $file)" -eq $((old_pages + $1)) ] || skip "there are no $1 huge pages to be had"
}

# Where the kernel shares out realtime among groups, those that libvirt makes have none
# of it; until the end of the test there is no limit.
allow_realtime() {
	local file=/proc/sys/kernel/sched_rt_runtime_us
	[ -e /sys/fs/cgroup/cpu/cpu.rt_runtime_us ] || return 0
	old_realtime=$(cat $file)
	echo -1 2> /dev/null > $file
}

# May QEMU lock more memory than this process may?
can_lock() {
	(ulimit -l unlimited) 2> /dev/null
}

# ---- domains ----

# Defines a domain that may run anywhere, or only writes its XML.
bare() { # NAME VCPUS MIB [later]
	cat > "$work/$1.xml" << END
<domain type='qemu'>
  <name>$1</name>
  <memory unit='MiB'>$3</memory>
  <vcpu>$2</vcpu>
  <os><type arch='x86_64'>hvm</type></os>
</domain>
END
	[ "${4-}" = later ] || expect 0 virsh define "$work/$1.xml"
}

# Writes a spec: its further keys are MORE, as '"hugepages": "2MiB"'.
spec() { # NAME VCPUS MIB [MORE...]
	local more='' key
	for key in "${@:4}"; do
		more="$more, $key"
	done
	printf '{ "version": 1, "name": "%s", "vcpus": %s, "memory": "%sMiB"%s }\n' \
		"$1" "$2" "$3" "$more" > "$work/$1.json"
}

# Started, but its vCPUs do nothing, so that they take no time from the tests.
begin() { # NAME
	expect 0 virsh start --paused "$1"
}

# From a spec to a domain that runs, as a newcomer would do it: the XML of a plan is
# defined and started.
planned() { # NAME [SED-COMMAND for the XML]
	expect 0 "$place" plan --host libvirt --format json -o "$work/$1.plan" "$work/$1.json" &&
		expect 0 "$place" plan --host libvirt --format xml --virt-type qemu \
			-o "$work/$1.xml" "$work/$1.json" || return
	[ -z "${2-}" ] || sed -i "$2" "$work/$1.xml"
	expect 0 virsh define "$work/$1.xml" && begin "$1"
}

# The pins of a domain, live or (with --inactive) as it is defined.
pins_of() { # NAME [--inactive]
	virsh dumpxml "$@" | grep -E '<(vcpupin|emulatorpin|iothreadpin|iothreadsched|vcpusched|memory mode|memnode) '
}

# ---- devices of the host ----

# The PCI address of the first network card on a node.
card_on() { # NODE
	local card
	for card in /sys/bus/pci/devices/*/virtio*/net; do
		card=${card%/virtio*}
		[ "$(cat "$card/numa_node")" != "$1" ] || { echo "${card##*/}"; return; }
	done
	complain "there is no network card on node $1"
	return 1
}

load_vfio() {
	local module
	for module in vfio vfio_iommu_type1 vfio-pci; do
		busybox modprobe $module || complain "no driver $module"
	done
}

# ---- what a running domain has, as the kernel has it ----

pid_of() { # NAME
	cat "/run/libvirt/qemu/$1.pid"
}

thread_of() { # PID THREAD-NAME
	local task
	for task in /proc/"$1"/task/*; do
		[ "$(cat "$task/comm")" != "$2" ] || { echo "${task##*/}"; return; }
	done
	return 1
}

# The CPUs that the kernel lets a thread of QEMU run on.
cpus_of() { # PID THREAD-NAME
	local thread
	thread=$(thread_of "$1" "$2") || { echo 'no such thread'; return 1; }
	sed -n 's/^Cpus_allowed_list:\t//p' "/proc/$1/task/$thread/status"
}

# SCHED_FIFO_2
policy_of() { # PID THREAD-NAME
	local thread
	thread=$(thread_of "$1" "$2") || { echo 'no such thread'; return 1; }
	chrt -p "$thread" | sed 's/.*: //' | paste -sd_
}

vcpu_cpus() { # NAME VCPU
	cpus_of "$(pid_of "$1")" "CPU $2/TCG"
}

emulator_cpus() { # NAME
	sed -n 's/^Cpus_allowed_list:\t//p' "/proc/$(pid_of "$1")/status"
}

# The guest's memory in huge pages, a line for each of its cells and nodes:
# cell 0 node 1 65536 KiB
huge_memory() { # NAME
	sed -n 's/.*ram-node\([0-9]*\)\..* huge / \1 /p' "/proc/$(pid_of "$1")/numa_maps" |
		awk '{
			size = 0
			for (i = 2; i <= NF; i++)
				if (sub(/^kernelpagesize_kB=/, "", $i))
					size = $i
			for (i = 2; i <= NF; i++)
				if ($i ~ /^N[0-9]+=/) {
					split(substr($i, 2), part, "=")
					kib["cell " $1 " node " part[1]] += part[2] * size
				}
		}
		END { for (name in kib) print name, kib[name], "KiB" }' | sort
}

# What lies in mappings of this size and ordinary pages, a line for each node:
# node 1 65536 KiB
plain_memory() { # NAME KIB
	local pid
	pid=$(pid_of "$1")
	awk -v wanted="$2" '
		function value(digit) { return index("0123456789abcdef", digit) - 1 }
		function number(hex,    i, n) {
			for (i = 1; i <= length(hex); i++)
				n = n * 16 + value(substr(hex, i, 1))
			return n
		}
		FNR == NR {
			split($1, ends, "-")
			if (number(ends[2]) - number(ends[1]) == wanted * 1024)
				ours[ends[1]] = 1
			next
		}
		$1 in ours && $NF == "kernelpagesize_kB=4" {
			for (i = 2; i <= NF; i++)
				if ($i ~ /^N[0-9]+=/) {
					split(substr($i, 2), part, "=")
					kib["node " part[1]] += part[2] * 4
				}
		}
		END { for (name in kib) print name, kib[name], "KiB" }
	' "/proc/$pid/maps" "/proc/$pid/numa_maps" | sort
}

# ---- running and comparing ----

# run COMMAND...: its output is in $work/out, its messages in $work/err, its status in
# $status.
run() {
	status=0
	"$@" > "$work/out" 2> "$work/err" || status=$?
}

show_last() {
	sed 's/^/  | /' "$work/out" "$work/err" | head -n 40
}

# expect STATUS COMMAND...
expect() {
	local wanted=$1
	shift
	run "$@"
	[ "$status" -eq "$wanted" ] && return
	complain "$*: status $status, not $wanted"
	show_last
	return 1
}

# Something that the last command said.
said() { # PATTERN
	grep -Eqi -e "$1" "$work/out" "$work/err" && return
	complain "nothing of '$1' was said:"
	show_last
	return 1
}

same() { # WHAT GOT WANTED
	[ "$2" = "$3" ] && return
	complain "$1: is"
	printf '  | %s\n' "$2" 'and not' "$3"
	return 1
}

# Eight callers set domains that ask for one CPU each, more than there are, all at once.
# The CPUs that were given are in $work/held.
crowd() { # DOMAINS
	local i name callers=()
	: > "$work/crowd.define"
	: > "$work/crowd.dump"
	for ((i = 0; i < $1; i++)); do
		name=vtune-live-crowd-$i
		bare "$name" 1 32 later
		spec "$name" 1 32 '"hugepages": "none"'
		echo "define $work/$name.xml" >> "$work/crowd.define"
		echo "dumpxml $name" >> "$work/crowd.dump"
	done
	expect 0 virsh < "$work/crowd.define" || return
	for ((i = 0; i < 8; i++)); do
		crowd_caller "$i" "$1" &
		callers+=($!)
	done
	wait "${callers[@]}"
	virsh < "$work/crowd.dump" | sed -n "s/.*<vcpupin .*cpuset='\(.*\)'.*/\1/p" | sort -n > "$work/held"
	same 'CPUs that are dedicated twice' "$(uniq -d "$work/held")" ''
	same 'how many of the crowd were told that they have a CPU' \
		"$(cat "$work"/crowd-*.status | grep -cx 0)" "$(wc -l < "$work/held")"
	! grep -vxE '[01]' "$work"/crowd-*.status || complain 'a caller in the crowd failed'
	if [ ! -s "$work/held" ]; then
		complain 'nobody in the crowd got a CPU'
		tail -n 20 "$work"/crowd-0.out
	fi
}

crowd_caller() { # FIRST DOMAINS
	local i name
	for ((i = $1; i < $2; i += 8)); do
		name=vtune-live-crowd-$i
		status=0
		"$place" apply --lock-timeout 300 "$name" "$work/$name.json" \
			> "$work/crowd-$i.out" 2>&1 || status=$?
		echo "$status" > "$work/crowd-$i.status"
	done
}

# Functions of these names, one after another; ends the script.
run_tests() { # NAME...
	local test before
	for test; do
		before=$failures SECONDS=0
		"$test"
		forget_all
		if [ "$failures" -eq "$before" ]; then
			echo "passed: $test ($SECONDS s)"
		else
			echo "FAILED: $test"
		fi
	done
	exit $((failures > 0))
}
