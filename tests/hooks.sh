#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The hooks in examples/, called as libvirt and KubeVirt call them, on this machine.
# shellcheck source=tests/cli-help.sh
. "$(dirname "$0")/cli-help.sh"
kubevirt=${top_builddir:-$top_srcdir}/examples/kubevirt/onDefineDomain
if [ ! -x "$kubevirt" ]; then
	echo "$kubevirt is not built"
	exit 77
fi
if ! command -v python3 > /dev/null; then
	echo 'python3 is missing'
	exit 77
fi
if [ -e /etc/vtune/host-state.json ]; then
	echo 'this machine has decisions in host-state.json'
	exit 77
fi

cd "$work" || exit 99
# CPUs that a VM may have here, as "3".
"$program" host --format json > host.json
mapfile -t cpus < <(python3 - << 'END'
import json
host = json.load(open("host.json"))
def members(text):
    for part in filter(None, text.split(",")):
        first, _, last = part.partition("-")
        yield from range(int(first), int(last or first) + 1)
there = {cpu for node in host["nodes"] if node.get("memory_kib") for cpu in members(node["cpus"])}
for key in "offline_cpus", "reserved_cpus", "isolated_cpus":
    there -= set(members(host.get(key, "")))
print(*sorted(there), sep="\n")
END
)
if [ "${#cpus[@]}" -lt 2 ]; then
	echo 'two CPUs are needed'
	exit 77
fi
last=${cpus[-1]}

guest() { # NAME CPU
	cat << END
<domain type="kvm">
  <name>$1</name>
  <memory unit="b">16777216</memory>
  <vcpu placement="static">1</vcpu>
  <cputune><vcpupin vcpu="0" cpuset="$2"/></cputune>
  <os><type machine="q35">hvm</type></os>
</domain>
END
}

# call COMMAND...: like run, of another program
call() {
	status=0
	"$@" > "$work/out" 2> "$work/err" || status=$?
}

pin_in() { # FILE
	sed -n 's/.*<vcpupin vcpu="0" cpuset="\([0-9]*\)".*/\1/p' "$1"
}

is() { # WHAT GOT WANTED
	[ "$2" = "$3" ] || complain "$1: '$2', not '$3'"
}

# ---- KubeVirt ----

define() { # XML
	call "$kubevirt" --vmi '{ "kind": "VirtualMachineInstance" }' --domain "$1"
}

define "$(guest default_db01 "$last")"
is 'the status of a VM with CPUs' "$status" 0
is 'the pin within its pod' "$(pin_in "$work/out")" "$last"
grep -q "<emulatorpin cpuset=\"$last\"/>" "$work/out" || complain 'the emulator leaves the pod'
grep -q '<memory mode="strict" nodeset="[0-9]*"/>' "$work/out" || complain 'no node for the memory'
! grep -q '<numa>' "$work/out" || complain 'the guest sees cells'

# two vCPUs in one order or the other, on these two CPUs and no other
two=$(guest default_db02 "${cpus[0]}" | sed -e 's|>1</vcpu>|>2</vcpu>|' \
	-e "s|</cputune>|<vcpupin vcpu=\"1\" cpuset=\"$last\"/>&|")
define "$two"
is 'the CPUs of two vCPUs' \
	"$(grep -o '<vcpupin vcpu="[0-9]*" cpuset="[0-9]*"' "$work/out" | grep -o '[0-9]*"$' |
		tr -d '"' | sort -n | tr '\n' ' ')" "${cpus[0]} $last "

define "$(guest default_web "$last" | grep -v cputune)"
is 'the status of a VM without CPUs' "$status" 0
is 'a VM without CPUs' "$(cat "$work/out")" "$(guest default_web "$last" | grep -v cputune)"
for bad in '<domain' '<domain><cputune><vcpupin vcpu="0" cpuset="x"/></cputune></domain>' \
	"$(guest large "$last" | sed 's/16777216/99999999999999/')" "$(guest far 4095)"; do
	define "$bad"
	is "the status of $bad" "$status" 1
	[ ! -s "$work/out" ] || complain "$bad: there is a domain"
	[ -s "$work/err" ] || complain "$bad: it is not said why"
done
call "$kubevirt" --vmi '{}'
is 'the status without a domain' "$status" 1

# ---- libvirt ----

mkdir running
sed -e "s|^place=.*|place='$(command -v "$program")'|" -e "s|^running=.*|running=$work/running|" \
	-e "s|^coming=.*|coming=$work/state/coming|" -e "s|^lock=.*|lock=$work/lock|" \
	-e 's|^seconds=.*|seconds=1|' "$top_srcdir/examples/hooks/qemu" > hook
chmod +x hook

# hook DOMAIN OPERATION PHASE FILE
hook() {
	call ./hook "$1" "$2" "$3" - < "$4"
}

guest db01 4000 > db01.xml
guest db02 4000 > db02.xml
hook db01 prepare begin db01.xml
is 'the status of what is not ours' "$status" 0
[ ! -s "$work/out" ] || complain 'something is said of what is not ours'
hook db01 migrate begin db01.xml
is 'the status of the first that comes' "$status" 0
first=$(pin_in "$work/out")
cp "$work/out" placed.xml
[[ $first && $first != 4000 ]] || complain 'it is not placed'
# the first one does not run yet, and holds its CPU
hook db02 restore begin db02.xml
second=$(pin_in "$work/out")
[[ $second && $second != "$first" ]] || complain "both have CPU $first"
hook db02 stopped end db02.xml
hook db01 started begin db01.xml
is 'what the hook remembers' "$(ls state/coming)" ''
# libvirt has a file of it now
{
	echo "<domstatus state='running' pid='0'>"
	sed '1s/<domain/<domain id="1"/' placed.xml
	echo '</domstatus>'
} > running/db01.xml
hook db02 migrate begin db02.xml
is 'beside one that runs' "$(pin_in "$work/out")" "$second"
hook db02 release end db02.xml
guest db03 4000 | sed 's/16777216/99999999999999/' > db03.xml
hook db03 migrate begin db03.xml
is 'the status where there is no place' "$status" 1
grep -q 'db03: there is no place for it' "$work/err" || complain 'it is not said why'
is 'what the hook remembers then' "$(ls state)" coming
exec 8> lock
flock 8
hook db02 migrate begin db02.xml
is 'the status while another one places' "$status" 1
grep -q 'for 1 seconds' "$work/err" || complain 'it is not said who is in the way'

[ "$failures" -eq 0 ] || echo "$failures complaints"
exit $((failures > 0))
