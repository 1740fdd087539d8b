#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Disks and I/O threads of a spec, given to a real libvirt: validated, defined, started
# under software emulation; and those of a domain, kept and mended.
#
# Needs root. Starts libvirtd itself when none answers, and stops it again.
set -uo pipefail

here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/live-help.sh
. "$here/live-help.sh"

need_tools virt-xml-validate
need_libvirt

name=vtune-live-disks
folder=$(mktemp -d /var/tmp/vtune-live-XXXXXX)
loop=''
# shellcheck disable=SC2317 # the trap calls it
clean_disks() {
	clean
	[ -z "$loop" ] || losetup -d "$loop"
	rm -rf "$folder"
}
trap clean_disks EXIT
chmod 755 "$folder"

# 1 MiB, and nothing in it: header, refcount table and block, L1 table.
make_qcow2() { # FILE
	truncate -s 262144 "$1"
	put() { printf '%b' "$2" | dd of="$file" bs=1 seek="$1" conv=notrunc status=none; }
	local file=$1
	put 0 'QFI\0373\0\0\0\02' # magic, version 2
	put 20 '\0\0\0\020\0\0\0\0\0\020\0\0\0\0\0\0\0\0\0\01' # clusters of 64 KiB, size, L1 entries
	put 40 '\0\0\0\0\0\03\0\0\0\0\0\0\0\01\0\0\0\0\0\01' # L1 table, refcount table
	put 65536 '\0\0\0\0\0\02\0\0'
	put 131072 '\0\01\0\01\0\01\0\01'
}

try() { # COMMAND...
	"$@" > "$work/said" 2>&1 && return
	complain "$*"
	cat "$work/said"
	return 1
}

has() { # FILE TEXT...
	local file=$1 text
	shift
	for text; do
		grep -qF "$text" "$file" || { complain "no $text in $file:"; cat "$file"; }
	done
}

run() { # FILE
	try virt-xml-validate "$1" domain && try virsh define "$1" && try virsh start "$name" &&
		virsh dumpxml "$name" > "$work/dump.xml"
}

truncate -s 4M "$folder/a.raw" "$folder/s.raw" "$folder/t.raw" "$folder/loop"
make_qcow2 "$folder/b.qcow2"
loop=$(losetup -f --show "$folder/loop" 2> /dev/null) || loop=''
block='' count=4
if [ -n "$loop" ]; then
	block=", { \"target\": \"vdc\", \"type\": \"block\", \"source\": \"$loop\", \"queue_size\": 128 }"
	count=5
else
	echo 'no loop device is to be had: without block devices'
fi

# ---- a spec ----

cat > "$work/spec.json" << END
{ "version": 1, "name": "$name", "vcpus": 2, "memory": "64MiB", "hugepages": "none",
  "cpu": { "policy": "shared" },
  "iothreads": { "count": $count, "ids": "7", "thread_pool": { "min": 1, "max": 8 } },
  "disks": [
    { "target": "vda", "type": "file", "format": "raw", "source": "$folder/a.raw", "iothread": 7 },
    { "target": "vdb", "type": "file", "format": "qcow2", "source": "$folder/b.qcow2",
      "detect_zeroes": "unmap" },
    { "target": "sda", "type": "file", "format": "raw", "source": "$folder/s.raw" },
    { "target": "sdb", "type": "file", "format": "raw", "source": "$folder/t.raw",
      "controller": 1, "readonly": true },
    { "target": "sdc", "bus": "sata", "type": "file", "device": "cdrom" }$block ] }
END
"$place" plan --format xml --virt-type qemu --host libvirt:qemu:///system "$work/spec.json" \
	> "$work/new.xml" || complain 'no plan of the disks'
if run "$work/new.xml"; then
	virsh iothreadinfo "$name" | awk '$1 ~ /^[0-9]+$/ { print $1 }' | sort -n > "$work/ids"
	[ "$(tr '\n' ' ' < "$work/ids")" = "$(seq -s ' ' $((count - 1))) 7 " ] ||
		complain "the I/O threads are $(tr '\n' ' ' < "$work/ids")"
	has "$work/dump.xml" "<iothread id='7' thread_pool_min='1' thread_pool_max='8'/>" \
		"<driver name='qemu' type='raw' iothread='7' queues='2'/>" \
		"discard='unmap' iothread='1' detect_zeroes='unmap' queues='2'/>" \
		"<driver queues='2' iothread='2'/>" "<driver queues='2' iothread='3'/>"
	[ -z "$loop" ] || has "$work/dump.xml" \
		"<driver name='qemu' type='raw' cache='none' io='native' iothread='4' queues='2' queue_size='128'/>"
	echo "$name: started with $count I/O threads"
fi

# ---- what it has is kept ----

"$place" plan --format xml --domain-name "$name" --host libvirt:qemu:///system > "$work/again.xml" ||
	complain 'no plan of the domain'
virsh dumpxml --inactive "$name" > "$work/inactive.xml"
for part in '<driver ' '<iothread id'; do
	diff <(grep -F "$part" "$work/inactive.xml") <(grep -F "$part" "$work/again.xml") ||
		complain "$part of the domain is not kept"
done

# ---- a running one keeps its I/O threads, and its definition has a way back ----

if try "$place" apply -q "$name"; then
	virsh iothreadinfo "$name" | awk '$1 ~ /^[0-9]+$/ { print $1 }' | sort -n |
		diff "$work/ids" - || complain 'a running domain does not keep its I/O threads'
fi
forget "$name"
sed -e '/<iothreads>/,/<.iothreadids>/d' -e '/<iothreadpin/d' -e "s/ iothread='[0-9]*'//" \
	-e "s/ queues='2'//" "$work/inactive.xml" |
	# Without two disks and a controller, which the plan makes anew.
	sed -e "/<disk/{:a;N;/<.disk>/!ba;/b.qcow2\|t.raw/d}" \
		-e "/<controller type='scsi' index='1'/,/<.controller>/d" > "$work/plain.xml"
! grep -q "b.qcow2\|t.raw\|index='1' model='virtio" "$work/plain.xml" ||
	complain 'the plain domain has what the plan is to make'
if try virsh define "$work/plain.xml"; then
	virsh dumpxml --inactive "$name" > "$work/before.xml"
	try "$place" apply -q --config "$name" "$work/spec.json"
	virsh dumpxml --inactive "$name" > "$work/applied.xml"
	has "$work/applied.xml" "iothread='7' queues='2'/>" "<driver queues='2' iothread='2'/>" \
		"$folder/b.qcow2" "<controller type='scsi' index='1' model='virtio-scsi'>"
	try "$place" apply -q --undo --config "$name"
	virsh dumpxml --inactive "$name" | diff "$work/before.xml" - ||
		complain 'the definition is not as it was before'
	echo "$name: applied, and undone"
fi
forget "$name"

# ---- laid into a domain with what libvirt refuses ----

cat > "$work/wrong.xml" << END
<domain type='qemu'>
  <name>$name</name>
  <memory unit='MiB'>64</memory>
  <vcpu>2</vcpu>
  <iothreads>1</iothreads>
  <iothreadids><iothread id='5'/></iothreadids>
  <os><type arch='x86_64'>hvm</type></os>
  <devices>
    <disk type='file' device='disk'>
      <driver name='qemu' type='raw' cache='writeback' io='native' iothread='5'/>
      <source file='$folder/a.raw'/>
      <target dev='vda' bus='virtio'/>
    </disk>
    <disk type='file' device='disk'>
      <driver name='qemu' type='raw' iothread='5' queues='4'/>
      <source file='$folder/s.raw'/>
      <target dev='sda' bus='scsi'/>
    </disk>
  </devices>
</domain>
END
if virsh define "$work/wrong.xml" > /dev/null 2>&1; then
	complain 'libvirt takes what is wrong'
fi
cat > "$work/spec.json" << END
{ "version": 1, "name": "$name", "vcpus": 2, "memory": "64MiB", "hugepages": "none",
  "cpu": { "policy": "shared" },
  "disks": [ { "target": "vda", "type": "file", "cache": "writeback", "iothread": 5 },
    { "target": "sda", "type": "file", "iothread": 5 } ] }
END
"$place" plan --format xml --domain "$work/wrong.xml" --host libvirt:qemu:///system \
	"$work/spec.json" > "$work/right.xml" || complain 'no plan for what is wrong'
if run "$work/right.xml"; then
	has "$work/dump.xml" "cache='writeback' io='threads' iothread='5'" "<driver queues='2' iothread='5'/>"
	echo "$name: put right, and started"
fi
exit $((failures > 0))
