#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# vtune-place tune from outside, on a tree of files: what it shows, sets, puts back,
# writes for the next start, and refuses.
# shellcheck source=tests/cli-help.sh
. "$(dirname "$0")/cli-help.sh"

cd "$work" || exit 99
pool=sys/devices/system/node/node0/hugepages/hugepages-2048kB

put() { # PATH VALUE
	mkdir -p "root/${1%/*}"
	echo "$2" > "root/$1"
}

# A host of one node with four CPUs, set as kernels set themselves.
make_root() {
	rm -rf root
	put proc/sys/vm/swappiness 60
	put proc/sys/fs/aio-max-nr 65536
	put sys/kernel/mm/ksm/run 1
	put sys/kernel/mm/transparent_hugepage/enabled '[always] madvise never'
	put sys/devices/system/cpu/online 0-3
	put sys/devices/system/cpu/possible 0-3
	put sys/devices/system/node/online 0
	put sys/devices/virtual/workqueue/cpumask f
	put sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages 0
	put $pool/nr_hugepages 0
	put $pool/free_hugepages 0
}

is() { # PATH VALUE
	local value
	value=$(cat "root/$1")
	[ "$value" = "$2" ] || complain "$1 is $value, not $2"
}

tune() { # STATUS OUT ERR ARGUMENT...
	local status=$1 out=$2 err=$3
	shift 3
	expect "$status" "$out" "$err" tune --sysroot root "$@"
}

cat > host.json << 'END'
{ "version": 1, "name": "saved", "reserved_cpus": "0",
  "nodes": [ { "id": 0, "cpus": "0-3", "memory_kib": 8388608,
               "pages": [ { "size_kib": 2048, "total": 0 } ] } ] }
END
echo '{ "version": 1, "name": "db", "vcpus": 2, "memory": "1GiB", "hugepages": "2MiB" }' > db.json
sed 's/db/web/; s/"vcpus": 2/"vcpus": 1/; s/1GiB/512MiB/' db.json > web.json
sed 's/1GiB/64GiB/' db.json > large.json
for_db=(--host json:host.json --for db.json)

# ---- looking ----

make_root
tune 1 '^Wrong$' ''
tune 1 'vm.swappiness = 35' '' --only H7a
tune 1 '"verdict": "warn"' '' --only swappiness --format json
tune 1 '' '' --only H7a -q
put proc/sys/vm/swappiness 10
tune 0 'H7a' '' --only H7a
make_root

# ---- setting, and putting back ----

tune 0 '60 -> 35' '' --only H7a --apply --dry-run
is proc/sys/vm/swappiness 60
tune 0 '^1 setting set$' '' --only H7a --apply
is proc/sys/vm/swappiness 35
[ -s root/var/lib/vtune/tuning-undo.json ] || complain 'nothing is kept for --undo'
tune 0 '35 -> 60' '' --undo --dry-run
is proc/sys/vm/swappiness 35
tune 0 '^1 setting put back$' '' --undo
is proc/sys/vm/swappiness 60
tune 0 'nothing to put back' '' --undo

tune 0 '' '' --only H7a --apply -q --undo-file undo.json
[ -s undo.json ] || complain 'no undo.json'
put proc/sys/vm/swappiness 1
tune 1 'Not as it should be' '' --undo --undo-file undo.json
is proc/sys/vm/swappiness 1
make_root

# ---- VMs that are to come ----

tune 1 'echo 512 > /'$pool '' --only H3 "${for_db[@]}"
tune 1 'echo 768 > /'$pool '' --only H3 "${for_db[@]}" web.json
tune 1 '2 VMs with CPUs' '' --only H2 "${for_db[@]}" web.json
tune 0 '"kind": "tune"' '' --only H3 "${for_db[@]}" --apply --format json
is $pool/nr_hugepages 512
tune 0 '"kind": "undo"' '' --undo --format json
tune 1 '' 'The VM "db" does not fit' --host json:host.json --for large.json

# ---- the next start ----

tune 0 'etc/sysctl.d' '' --only H7a --persist target --dry-run
[ ! -e target ] || complain 'a dry run wrote files'
tune 0 'etc/sysctl.d' '' --only H7a --persist target
grep -qx 'vm.swappiness = 35' target/etc/sysctl.d/* || complain 'no line for sysctl.d'
tune 0 '^\[' '' --only H7a --apply --persist target --format json
is proc/sys/vm/swappiness 35
make_root

# ---- profiles ----

tune 1 'Profile latency' '' --profile latency
cat > own.json << 'END'
{ "version": 1, "name": "own", "settings": { "swappiness": { "max": 5, "set": 5 } } }
END
tune 1 'Profile own' '' --profile own.json --only H7a
tune 0 '60 -> 5' '' --profile ./own.json --only H7a --apply
sed -i 's/swappiness/swapiness/' own.json
tune 2 '' 'own.json: /settings/swapiness' --profile own.json
tune 2 '' 'no profile "nowhere"; there are latency' --profile nowhere

# ---- nonsense ----

# What is wrong with the call that changes something is told, too.
printf 'a host\nof text\n' > host.txt
tune 2 '' 'host.txt: .*not JSON' --undo --undo-file host.txt
: > file
tune 3 '' 'file/x' --only H7a --persist file/x
put proc/sys/vm/swappiness 60
tune 3 '' 'file: Cannot open' --only H7a --apply --undo-file file/x
tune 2 '' 'host.txt: line 1: This is not JSON' --profile host.txt

nonsense() { # PATTERN ARGUMENT...
	local pattern=$1
	shift
	tune 2 '' "$pattern" "$@"
	[ "$(wc -l < "$work/err")" -eq 1 ] || complain "$*: more than one line"
}

nonsense 'no check "H99"' --only H99
nonsense 'db.json: a SPEC is given as --for SPEC' db.json
nonsense 'need --for' --state x
nonsense '--for needs the host' --for db.json
nonsense '--dry-run is for' --dry-run
nonsense '--undo and --apply do not go together' --undo --apply
nonsense '--undo and --persist do not' --undo --persist x
nonsense '--undo and --profile do not' --undo --profile latency
nonsense '--profile needs the name' --profile ''
nonsense '--persist needs a folder' --persist ''
nonsense "takes no --live, which is for apply" --live
nonsense "'tune' writes text and json" --format svg
expect 2 '' 'takes no --sysroot, which is for tune' host --sysroot x
expect 2 '' 'missing' tune --sysroot missing

exit $((failures > 0))
