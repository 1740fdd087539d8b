#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# vtune-place tune on this machine: settings of the kernel are set, read back and put
# back, also after callers that were killed on the way. All is as it was in the end.
#
# Needs root.
# shellcheck disable=SC2317 # put_back is called by a trap
set -uo pipefail

# shellcheck source=tests/live-help.sh
. "$(dirname "$0")/live-help.sh"

command -v "$place" > /dev/null || skip "$place is not built"
[ "$(id -u)" -eq 0 ] || skip 'only root can set the kernel'
alone
pools=/sys/devices/system/node/node0/hugepages/hugepages-2048kB
[ -w $pools/nr_hugepages ] || skip 'this machine has no huge pages of 2 MiB'
[ "$(nproc)" -ge 2 ] || skip 'one CPU is too few'
[ ! -e /etc/vtune/host-state.json ] || skip 'this machine has decisions in host-state.json'
undo=(--undo-file "$work/undo.json")

# Everything that is set below, as far as this kernel has it.
settings=(
	/proc/sys/vm/swappiness
	/proc/sys/fs/aio-max-nr
	/proc/sys/kernel/numa_balancing
	/sys/kernel/mm/ksm/run
	/sys/kernel/mm/ksm/sleep_millisecs
	/sys/kernel/mm/ksm/pages_to_scan
	/sys/kernel/mm/transparent_hugepage/enabled
	/sys/module/kvm/parameters/halt_poll_ns
	/sys/devices/virtual/workqueue/cpumask
	"$pools/nr_hugepages"
)

show_settings() {
	local file
	for file in "${settings[@]}"; do
		[ ! -e "$file" ] || echo "$file $(cat "$file")"
	done
}

# A profile that wants each setting to be another than it is.
other_than() { # FILE VALUE OTHER
	[ "$(cat "$1" 2> /dev/null)" = "$2" ] && echo "$3" || echo "$2"
}

wish_otherwise() {
	local thp=never
	grep -q '\[never\]' /sys/kernel/mm/transparent_hugepage/enabled 2> /dev/null && thp=madvise
	cat << END
{ "version": 1, "name": "otherwise", "settings": {
    "swappiness": $(other_than /proc/sys/vm/swappiness 7 8),
    "aio-max-nr": $(other_than /proc/sys/fs/aio-max-nr 1048576 1048577),
    "numa-balancing": $(other_than /proc/sys/kernel/numa_balancing 1 0),
    "ksm": $(other_than /sys/kernel/mm/ksm/run 1 0),
    "ksm-sleep": $(other_than /sys/kernel/mm/ksm/sleep_millisecs 2000 2001),
    "ksm-pages": $(other_than /sys/kernel/mm/ksm/pages_to_scan 150 151),
    "thp": "$thp",
    "halt-poll": $(other_than /sys/module/kvm/parameters/halt_poll_ns 400000 300000),
    "kworkers": "clear" } }
END
}

wish_otherwise > "$work/otherwise.json"
cat > "$work/vm.json" << 'END'
{ "version": 1, "name": "vtune-live-tune", "vcpus": 1, "memory": "512MiB", "hugepages": "2MiB" }
END
only=halt-poll,kworkers,huge-pages,thp,ksm,ksm-sleep,ksm-pages,numa-balancing,swappiness,aio-max-nr
tune=("$place" tune -q --profile "$work/otherwise.json" --only "$only" --for "$work/vm.json"
	--host system "${undo[@]}")

show_settings > "$work/before"
put_back() {
	"$place" tune --undo -q "${undo[@]}" > /dev/null 2>&1
	clean
}
trap put_back EXIT

# ---- set, and put back ----

expect 0 "${tune[@]}" --apply --dry-run
same 'the settings after a dry run' "$(show_settings)" "$(cat "$work/before")"
expect 0 "${tune[@]}" --apply
expect 0 "${tune[@]}"
show_settings > "$work/set"
while read -r file value; do
	case $file in
	# with one node the kernel has nothing to balance
	*/numa_balancing) [ -e /sys/devices/system/node/node1 ] || continue ;;
	# some kernels give a parameter when the module is loaded, and not later
	*/halt_poll_ns) [[ $(stat -c %A "$file") == *w* ]] || continue ;;
	esac
	[ "$value" != "$(sed -n "s|^$file ||p" "$work/set")" ] || complain "$file is still $value"
done < "$work/before"
expect 0 "$place" tune --undo "${undo[@]}"
same 'the settings after --undo' "$(show_settings)" "$(cat "$work/before")"
[ ! -e "$work/undo.json" ] || complain 'there is still something to undo'

# ---- somebody else was here in between ----

expect 0 "${tune[@]}" --apply
echo 11 > /proc/sys/vm/swappiness
expect 1 "$place" tune --undo "${undo[@]}"
said '/proc/sys/vm/swappiness'
same 'what somebody else set' "$(cat /proc/sys/vm/swappiness)" 11
sed -n 's|^/proc/sys/vm/swappiness ||p' "$work/before" > /proc/sys/vm/swappiness
rm -f "$work/undo.json"
same 'all other settings' "$(show_settings)" "$(cat "$work/before")"

# ---- killed on the way ----

# How long it takes, in microseconds.
start=${EPOCHREALTIME/./}
expect 0 "${tune[@]}" --apply
took=$((${EPOCHREALTIME/./} - start))
expect 0 "$place" tune --undo "${undo[@]}"

# What is set is set at the end of that time.
killed=0 half=0
for i in $(seq 60); do
	"${tune[@]}" --apply > /dev/null 2>&1 &
	sleep "$(printf '0.%06d' $((took * (40 + i) / 100)))"
	kill -9 $! 2> /dev/null && killed=$((killed + 1))
	wait $! 2> /dev/null
	now=$(show_settings)
	[ "$now" = "$(cat "$work/before")" ] || [ "$now" = "$(cat "$work/set")" ] || half=$((half + 1))
	expect 0 "$place" tune --undo "${undo[@]}"
	same "the settings after kill $i" "$(show_settings)" "$(cat "$work/before")"
done
echo "$killed of 60 callers were killed within $((took / 1000)) ms, $half of them half way"
[ $killed -gt 0 ] || complain 'nobody was killed in time'

exit $((failures > 0))
