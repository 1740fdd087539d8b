#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# vtune-place on libvirt's test driver, which is a part of the client library: its
# machine of 2 nodes with 8 CPUs each, and its domain "test", are made up anew for
# each connection.
export LC_ALL=C
# shellcheck source=tests/cli-help.sh
. "$(dirname "$0")/cli-help.sh"
connect=(--connect test:///default)

# json EXPRESSION: does it hold for the JSON on standard output, as "a"?
json() {
	command -v python3 > /dev/null || return 0
	python3 -c "import json, sys; a = json.load(open(sys.argv[1])); assert $1" "$work/out" \
		2> "$work/err" || complain "not so in the JSON: $1"
}

cd "$work" || exit 99
echo '{ "version": 1, "vcpus": 2, "memory": "1GiB" }' > spec.json
sed 's/{/{ "name": "test",/' spec.json > named.json
sed 's/{/{ "name": "other",/' spec.json > other.json
sed 's/1GiB/1TiB/' spec.json > large.json

# ---- connections ----

expect 2 '' '^vtune-place: nowhere: connecting to libvirt failed: ' host --connect nowhere
grep -q 'hint: a libvirt URI is as' "$work/err" || complain 'no hint at a URI'
expect 3 '' 'connecting to libvirt failed: ' host --host libvirt:qemu+tcp://127.0.0.1:1/system
grep -q 'hint: is libvirtd running' "$work/err" || complain 'no hint at libvirtd'
[ "$(wc -l < "$work/err")" -eq 2 ] || complain 'libvirt says it, too'
expect 2 '' 'test:///missing: connecting to libvirt failed: ' verify --connect test:///missing

# ---- host ----

expect 0 '2 nodes, 16 CPUs' '' host "${connect[@]}"
expect 0 'VM test holds' '' host --host libvirt:test:///default --defined
expect 0 '"vm": "test"' 'connected to test:///default' host -v "${connect[@]}" --format json
cp out host.json
expect 0 '<svg' '' host "${connect[@]}" --format svg
LIBVIRT_DEFAULT_URI=test:///default run host --host libvirt
expect_last 0 '2 nodes, 16 CPUs' '' "libvirt's default connection"

# ---- plan ----

expect 0 'VM vm fits' '' "${connect[@]}" spec.json
expect 1 'The VM needs 8 GiB' '' --domain-name test "${connect[@]}"
expect 1 'The VM needs 8 GiB' '' --domain-name test --host libvirt:test:///default
expect 1 'The VM needs 8 GiB' '' --domain-name test "${connect[@]}" --host json:host.json
expect 0 'VM test fits on pair' '' \
	--domain-name test "${connect[@]}" --host "json:$data/host.json"
expect 0 '"vm": "test"' '' \
	--domain-name test "${connect[@]}" --host "json:$data/host.json" --format json
expect 0 '<name>test<' '' \
	--domain-name test "${connect[@]}" --host "json:$data/host.json" --format xml
expect 0 ' more VM' '' --domain-name test "${connect[@]}" --host "json:$data/host.json" --capacity
expect 2 '' '^vtune-place: missing: .*not found' --domain-name missing "${connect[@]}"
grep -q 'virsh -c test:///default list --all' "$work/err" || complain 'no hint at the domains'

# ---- apply ----

expect 0 'VM test fits' '' apply test spec.json "${connect[@]}"
grep -q '^test: set' "$work/out" || complain 'no report'
grep -qi 'due at the next start' "$work/out" || complain 'nothing is due'
expect 0 '^test: set' '' apply test named.json "${connect[@]}" -q
! grep -q fits "$work/out" || complain '-q shows the plan'
expect 0 'virDomainPinVcpuFlags' '' apply test spec.json "${connect[@]}" -q --dry-run
grep -q 'virDomainDefineXML' "$work/out" || complain 'no call for the definition'
expect 0 'virDomainPinVcpuFlags' '' apply test spec.json "${connect[@]}" -q --dry-run --live
! grep -q virDomainDefineXML "$work/out" || complain '--live sets the definition'
expect 0 'virDomainDefineXML' '' apply test spec.json "${connect[@]}" -q --dry-run --config
! grep -q virDomainPin "$work/out" || complain '--config sets the running domain'
run apply test - "${connect[@]}" < spec.json
expect_last 0 'VM test fits' '' 'SPEC -'
expect 0 '^test: set' '' apply test spec.json "${connect[@]}" -q -o - --lock-timeout 60
expect 0 '' '' apply test spec.json "${connect[@]}" -q -o report
grep -q '^test: set' report || complain '-o has no report'

expect 1 'The VM needs 8 GiB' '' apply test "${connect[@]}"
expect 1 'VM test does not fit' '' apply test large.json "${connect[@]}" -q
expect 2 '' 'other.json: /name: "other" is not the domain "test"' \
	apply test other.json "${connect[@]}"
run apply test - "${connect[@]}" < other.json
expect_last 2 '' '^vtune-place: standard input: /name: ' 'SPEC - of another name'
expect 2 '' '^vtune-place: missing: .*not found' apply missing "${connect[@]}"
expect 2 '' '^vtune-place: missing: .*not found' apply missing spec.json "${connect[@]}"
expect 1 '' '^vtune-place: test: .*nothing to restore' apply test --undo "${connect[@]}"
expect 1 '' 'nothing to restore' apply test --undo "${connect[@]}" --format json

expect 0 '"report"' '' apply test spec.json "${connect[@]}" --format json
json 'list(a) == ["plan", "report"] and a["plan"]["fits"] and a["report"]["kind"] == "apply"'
expect 1 '"fits": false' 'VM "test" does not fit' \
	apply test large.json "${connect[@]}" --format json
json 'list(a) == ["plan"] and not a["plan"]["fits"]'

# a plan that was made before
expect 0 '"vm": "test"' '' "${connect[@]}" --format json -o - named.json
cp out plan.json
sed 's/"vm": "test"/"vm": "other"/' plan.json > other-plan.json
expect 1 '"fits": false' 'does not fit' "${connect[@]}" --format json -o - large.json
sed 's/"vm": "vm"/"vm": "test"/' out > large-plan.json
expect 0 '^test: set' '' apply test --plan plan.json "${connect[@]}"
expect 0 '"report"' '' apply test --plan plan.json "${connect[@]}" --format json
json 'list(a) == ["plan", "report"]'
expect 2 '' 'other-plan.json: /vm: this is the plan of "other"' \
	apply test --plan other-plan.json "${connect[@]}"
expect 1 '' 'large-plan.json: this plan says that the VM does not fit' \
	apply test --plan large-plan.json "${connect[@]}"
expect 2 '' 'hint: spec.json looks like a VM spec' apply test --plan spec.json "${connect[@]}"

# ---- the lock ----

expect 0 '^test: set' '' apply test spec.json "${connect[@]}" -q
for lock in /run/lock "${XDG_RUNTIME_DIR-}"; do
	lock=$lock/libvtune-test-$(id -u)-test____default.lock
	[ -e "$lock" ] && break
done
if [ -e "$lock" ] && command -v flock > /dev/null; then
	exec 9< "$lock"
	flock 9
	expect 3 '' "held|lock" apply test spec.json "${connect[@]}" --lock-timeout 0
	# while it only waits, it can be ended
	"$program" apply test spec.json "${connect[@]}" > "$work/out" 2> "$work/err" 9<&- &
	sleep 0.5
	kill -TERM $!
	status=0
	wait $! || status=$?
	exec 9<&-
	expect_last 143 '' '' 'SIGTERM while it waits for the lock'
else
	echo 'not tested: the lock'
fi

# ---- Ctrl-C while the domain is being set ----

cat > slow.c << 'END'
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <unistd.h>

int virDomainPinEmulator(void *domain, unsigned char *map, int length, unsigned int flags)
{
	int (*real)(void *, unsigned char *, int, unsigned int) =
		(int (*)(void *, unsigned char *, int, unsigned int))dlsym(RTLD_NEXT,
									     "virDomainPinEmulator");

	close(creat("begun", 0600));
	for (int i = 0; i < 10; i++)
		usleep(100000);
	return real(domain, map, length, flags);
}
END
begun() {
	for _ in $(seq 100); do
		[ -e begun ] && return
		sleep 0.1
	done
}
# The library of the sanitizers must come before all others.
if [[ ${CFLAGS-} != *sanitize* && -z ${VTUNE_VALGRIND-} ]] &&
	${CC:-cc} -shared -fPIC -o slow.so slow.c -ldl 2> slow.log; then
	LD_PRELOAD=$work/slow.so "$program" apply test spec.json "${connect[@]}" -q \
		> "$work/out" 2> "$work/err" &
	begun
	kill -TERM $!
	status=0
	wait $! || status=$?
	expect_last 143 '^test: set' 'ending as soon as the domain is whole' 'SIGTERM on the way'
	rm begun
	LD_PRELOAD=$work/slow.so "$program" apply test spec.json "${connect[@]}" -q \
		> "$work/out" 2> "$work/err" &
	begun
	kill -TERM $!
	sleep 0.2
	kill -TERM $!
	status=0
	wait $! || status=$?
	expect_last 143 '' 'ending as soon as the domain is whole' 'SIGTERM twice'
else
	echo 'not tested: signals'
fi

# ---- verify ----

expect 0 'No running domain carries a plan' '' verify "${connect[@]}"
expect 2 '' '^vtune-place: test: .*no plan' verify test "${connect[@]}"
expect 2 '' '^vtune-place: missing: .*not found' verify missing "${connect[@]}"
expect 1 'vCPU 0' '' verify test --plan plan.json "${connect[@]}"
expect 1 '"drift"' '' verify test --plan plan.json "${connect[@]}" --format json
json 'a["kind"] == "verify" and not a["holds"]'
expect 2 '' 'this is the plan of "other"' verify test --plan other-plan.json "${connect[@]}"
expect 1 '' 'does not fit' verify test --plan large-plan.json "${connect[@]}"

# domains that carry a plan, on a machine from a file; of its CPUs the driver says that
# only 0, 2 and 4 are online
domain() { # NAME
	printf '<domain type="test"><name>%s</name><memory unit="GiB">1</memory>' "$1"
	printf '<vcpu>1</vcpu><os><type>hvm</type></os></domain>'
}
placed() { # NAME CPU: on that CPU, with the emulator on CPU 4
	local reserved metadata
	reserved=$(seq 0 15 | grep -vx "$2" | paste -sd ,)
	echo "{ \"reserved_cpus\": \"$reserved\", \"shared_cpus\": \"4\" }" > state.json
	echo "{ \"version\": 1, \"name\": \"$1\", \"vcpus\": 1, \"memory\": \"1GiB\" }" > "$1.json"
	domain "$1" > "$1.xml"
	"$program" --host json:host.json --state state.json --format json -o "$1.plan" "$1.json"
	metadata="<vtune:plan xmlns:vtune='urn:libvtune:plan:1'>$(tr -d '\n' < "$1.plan")</vtune:plan>"
	"$program" --host json:host.json --state state.json --domain "$1.xml" "$1.json" |
		sed -e '/<?xml/d' -e "s|<name>|<metadata>$metadata</metadata>&|"
}
{
	echo '<node>'
	placed one 0
	placed two 2
	placed three 6 | sed 's/vcpupin\(.*\)cpuset=.6./vcpupin\1cpuset="7"/'
	echo '</node>'
} > node.xml
node=(--connect "test://$work/node.xml")
expect 0 '^one: ' '' verify one "${node[@]}"
expect 1 '^three: ' '' verify three "${node[@]}"
expect 1 '^three: ' '' verify "${node[@]}"
for name in one two; do
	grep -q "^$name: " "$work/out" || complain "$name is not in the report of all"
done
expect 0 '"vm": "one"' '' verify one two "${node[@]}" --format json
json 'len(a) == 2 and all(one["holds"] for one in a)'
expect 1 '"vm": "three"' '' verify one three two "${node[@]}" --format json
json '[one["holds"] for one in a] == [True, False, True]'
expect 1 '^three: ' '' verify one two three "${node[@]}" -q
! grep -q '^one: ' "$work/out" || complain '-q shows a domain that holds'
expect 0 '' '' verify one two "${node[@]}" -q
expect 2 '' '^vtune-place: four: .*not found' verify one four "${node[@]}"
expect 0 '^one: ' '' verify one --plan one.plan "${node[@]}"

# ---- migrate and baseline, as far as the test driver can ----

expect 0 "vcpupin vcpu=.0. cpuset=" '' \
	migrate one "${node[@]}" --host 'synthetic:numa:2(memory=8GiB) core:4 pu:1' --format xml
expect 1 'does not fit on' '' migrate three "${node[@]}" --host 'synthetic:numa:1(memory=9MiB) core:2 pu:1'
run migrate one "${node[@]}" --to test:///default --format json
[ "$status" -eq 0 ] || complain "migrate --to: status $status"
json 'a["report"]["kind"] == "migrate" and a["report"]["dry_run"] and a["plan"]["vm"] == "one"'
expect 3 '' 'Migrating the domain "one" to .* failed' migrate one "${node[@]}" --to test:///default --run
expect 2 '' 'four: .*not found' migrate four "${node[@]}" --to test:///default
expect 3 '' 'Asking what kvm guests can have failed' baseline test:///default

[ "$failures" -eq 0 ] || echo "$failures complaints"
exit $((failures > 0))
