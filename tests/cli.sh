#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# vtune-place from outside: usage, statuses, messages, where output goes.
# shellcheck source=tests/cli-help.sh
. "$(dirname "$0")/cli-help.sh"
host=json:$data/host.json

one_line() {
	[ "$(wc -l < "$work/err")" -eq 1 ] || complain "$1: more than one line"
}

cd "$work" || exit 99

# ---- usage ----

expect 0 '^Usage: vtune-place' '' --help
expect 0 '^Usage: vtune-place' '' host --help --bogus
expect 0 '^vtune-place [0-9]+\.[0-9]+\.[0-9]+$' '' --version
expect 2 '' '^vtune-place: no SPEC; see vtune-place --help$'
one_line 'no SPEC'
expect 2 '' 'option --bogus; see vtune-place --help' --bogus
one_line '--bogus'
expect 2 '' 'option -x;' -x "$data/web.json"
expect 2 '' '--host needs a value' --host
expect 2 '' 'takes no value' --help=3
expect 2 '' 'formats are text, json, xml and svg' --format pdf "$data/web.json"
expect 2 '' 'types are kvm and qemu' --virt-type xen --format xml "$data/web.json"
expect 2 '' 'only for --format xml' --virt-type kvm "$data/web.json"
expect 2 '' 'has its own type' --virt-type kvm --domain "$data/domain.xml" "$data/web.json"
expect 2 '' 'takes one SPEC' --format xml "$data/web.json" "$data/db.json"
expect 2 '' 'can only be xml' --format json --domain "$data/domain.xml" "$data/web.json"
expect 2 '' 'takes no SPEC' host "$data/web.json"
expect 2 '' 'takes no --domain' host --domain "$data/domain.xml"
expect 2 '' 'takes no --virt-type' host --virt-type kvm
expect 2 '' "the command 'host' writes text, json and svg" host --format xml
expect 2 '' 'given 2 times' - -
expect 2 '' 'given 3 times' --host json:- --state - -
expect 2 '' 'sources are system' --host nowhere "$data/web.json"
expect 2 '' 'a file must follow' --host hwloc: "$data/web.json"

expect 2 '' 'where does it go' migrate db01
expect 2 '' 'no DOMAIN' migrate --to test:///default
expect 2 '' 'takes one DOMAIN' migrate --to test:///default db01 db02
expect 2 '' 'takes one DOMAIN' migrate --host "$host" --domain "$data/domain.xml" db01
expect 2 '' 'one of the two says where' migrate --to test:///default --host "$host" db01
expect 2 '' '--to needs a URI' migrate --to '' db01
for option in --run --peer2peer --tunnelled --persistent --undefine-source --migrate-uri=x; do
	expect 2 '' "${option%=*} is only for a DOMAIN that goes" migrate --host "$host" $option db01
	expect 2 '' "takes no ${option%=*}, which is for migrate" apply $option db01
done
expect 2 '' 'told as text or json' migrate --to test:///default --run --format xml db01
expect 2 '' 'no URI' baseline
expect 2 '' 'URI of a connection is empty' baseline test:///default ''
expect 2 '' 'libvirt knows its domains' host --host libvirt --domains .
expect 2 '' 'needs a folder' host --domains ''
expect 2 '' 'No such file' host --host "$host" --domains missing

# ---- options that do not go together: one sentence, and nothing is read ----

nonsense() { # PATTERN ARGUMENT...
	local pattern=$1
	shift
	expect 2 '' "^vtune-place: .*$pattern" "$@"
	one_line "$*"
}

# what a command does not take
for option in --live --config --dry-run --move-memory --undo --lock-timeout=3; do
	for command in plan host verify; do
		nonsense "'$command' takes no ${option%=*}, which is for apply" $command $option x
	done
done
for option in --explain --capacity --domain=x --domain-name=x --virt-type=kvm; do
	for command in host apply verify; do
		nonsense "'$command' takes no ${option%=*}, which is for plan" $command $option
	done
done
for command in plan host; do
	nonsense "'$command' takes no --plan, which is for apply and verify" $command --plan x
done
for command in apply verify; do
	nonsense "'$command' takes no --host, which is for plan, host, migrate and tune" $command --host system x
	for format in xml svg; do
		nonsense "'$command' writes text and json" $command --format $format x
	done
done
nonsense "takes no --state, which is for plan, host, apply, migrate and tune" verify --state x
nonsense "takes no --defined, which is for plan, host, apply, migrate and tune" verify --defined

# the connection and the host
nonsense '--connect needs a URI' host --connect ''
nonsense '--connect needs a URI' verify --connect ''
nonsense 'a URI must follow' host --host libvirt:
nonsense 'sources are system,.* and libvirt\[:URI\]$' host --host libvirtd
nonsense '--connect and --host do not go together' host --connect test:///default --host system
nonsense '--connect and a URI in --host do not' \
	host --connect test:///default --host libvirt:test:///default
nonsense '--defined is only for' host --defined
nonsense '--defined is only for' --defined --host json:x x
nonsense '--running is only for' --running --host json:x x
nonsense '--defined and --running do not' apply --defined --running x
nonsense "takes no --running, which is for plan, apply and migrate" host --running

# plan
nonsense 'no SPEC' plan
nonsense 'needs the name' --domain-name ''
nonsense 'web\.json: --domain-name takes the place' --domain-name web web.json
nonsense 'takes one SPEC' --capacity web.json db.json
nonsense '--capacity and --explain do not go' --capacity --explain web.json
nonsense '--all is only for --together' --all web.json
nonsense '--together and --capacity do not' --together --capacity web.json
nonsense '--together and --explain do not' --together --explain web.json
nonsense "'apply' takes no --together, which is for plan" apply --together a
nonsense 'text or json' --capacity --format svg web.json
nonsense 'only for --format text' --explain --format json web.json

# apply
nonsense 'no DOMAIN; see' apply
nonsense 'name of DOMAIN is empty' apply ''
nonsense 'c: .*one DOMAIN and one SPEC' apply a b c
nonsense '--undo and --plan do not' apply a --undo --plan x
nonsense '--undo and --state do not' apply a --undo --state x
nonsense '--undo and --defined do not' apply a --undo --defined
nonsense '--undo and --move-memory do not' apply a --undo --move-memory
nonsense 'b: with --undo there is no SPEC' apply a b --undo
nonsense '--plan and --state do not' apply a --plan x --state x
nonsense '--plan and --defined do not' apply a --plan x --defined
nonsense 'b: with --plan there is no SPEC' apply a b --plan x
nonsense '--move-memory and --config alone do not' apply a --config --move-memory
nonsense 'given 2 times' apply a - --state -
for seconds in '' -1 ' 1' 1s 1.5 0x10 4294968 99999999999999999999; do
	nonsense "--lock-timeout $seconds: this must be a number of seconds" \
		apply a "--lock-timeout=$seconds"
done

# verify
nonsense "takes one DOMAIN with it" verify --plan x
nonsense "takes one DOMAIN with it" verify --plan x a b
nonsense 'name of DOMAIN is empty' verify a ''

# a file that is wrong is said before libvirt is asked
expect 2 '' '^vtune-place: missing: No such file' apply a missing
expect 2 '' '^vtune-place: missing: No such file' apply a --plan missing
expect 2 '' '^vtune-place: missing: No such file' verify a --plan missing
expect 2 '' "web.json: /name: \"web\" is not the domain \"a\"" apply a "$data/web.json"

# ---- nonsense as input: a message with the file, status 2 ----

: > empty
printf ' \n\t' > blank
printf 'hello, world\n' > words
printf '{"version":1,\0}' > binary
printf '{ "version": 1, "vcpus": 99999999999999999999, "memory": "1GiB" }' > numbers
printf '\357\273\277{ "version": 1, "vcpus": 1, "memory": "1MiB" }' > marked
: > large
truncate -s 65M large || dd if=/dev/zero of=large bs=1048576 count=65 2> dd.log
mkdir folder

expect 2 '' '^vtune-place: missing\.json: No such file' missing.json
expect 2 '' '^vtune-place: hint: the commands are plan, host, apply, verify, migrate, baseline and tune; see' bogus
expect 2 '' '^vtune-place: folder: Is a directory' folder
expect 2 '' '^vtune-place: empty: empty; it should be a VM spec' empty
expect 2 '' '^vtune-place: blank: empty' blank
expect 2 '' '^vtune-place: words: ' words
expect 2 '' '^vtune-place: binary: .*NUL' binary
expect 2 '' '^vtune-place: large: larger than 64 MiB' large
expect 2 '' '^vtune-place: numbers: /vcpus: ' numbers
expect 2 '' "^vtune-place: $data/typo.json: /numa/cells/1/vcpu: " --host "$host" "$data/typo.json"
expect 2 '' '^vtune-place: missing: No such' --host json:missing "$data/web.json"
expect 2 '' '^vtune-place: words: ' --host hwloc:words "$data/web.json"
expect 2 '' '^vtune-place: words: ' --host capabilities:words "$data/web.json"
expect 2 '' '^vtune-place: words: ' --host "$host" --state words "$data/web.json"
expect 2 '' '^vtune-place: synthetic:much: ' --host synthetic:much "$data/web.json"
expect 2 '' '^vtune-place: words: ' --host "$host" --domain words "$data/web.json"
expect 2 '' '^vtune-place: folder: Is a dir' --host "$host" --domain folder "$data/web.json"
expect 0 'VM vm fits' '' --host "$host" marked
if [ "$(id -u)" -ne 0 ]; then
	: > secret
	chmod 000 secret
	expect 2 '' '^vtune-place: secret: Permission denied' secret
fi

# ---- documents mixed up: a hint ----

printf '<?xml version="1.0"?>\n<!-- a --><topology></topology>' > topology.xml
printf '<capabilities></capabilities>' > capabilities.xml
cp "$data/host.json" .
expect 2 '' 'hint: .*host.json looks like a host document.*--host json:' "$data/host.json"
expect 2 '' 'hint: .*web.json looks like a VM spec' --host "json:$data/web.json" "$data/web.json"
expect 2 '' 'hint: .*state.json looks like the state.*--state' "$data/state.json"
expect 2 '' 'hint: .*domain.xml looks like a libvirt domain.*--domain' "$data/domain.xml"
expect 2 '' 'hint: topology.xml looks like .*--host hwloc:' \
	--host capabilities:topology.xml "$data/web.json"
expect 2 '' 'hint: capabilities.xml looks like .*--host capabilities:' capabilities.xml
expect 2 '' 'hint: host.json looks like .*--host json:' --host host.json "$data/web.json"

# ---- plans ----

expect 0 'VM web fits on pair' '' --host "$host" "$data/web.json"
expect 0 'VM web fits on pair' '' plan --host "$host" "$data/web.json"
expect 0 '"fits": true' '' --host "$host" --format json "$data/web.json"
cp "$work/out" plan.json
expect 2 '' 'hint: plan.json looks like a plan, which is given as --plan' plan.json
expect 0 '^<svg|<svg ' '' --host "$host" --format svg "$data/web.json"
expect 1 'VM large does not fit' '' --host "$host" "$data/large.json"
expect 1 '"fits": false' 'VM "large" does not fit' --host "$host" --format json "$data/large.json"
expect 1 '"fits": false' '' -q --host "$host" --format json "$data/large.json"
expect 1 '' 'VM large does not fit' --host "$host" --format xml "$data/large.json"
expect 1 '<svg' 'VM large does not fit' --host "$host" --format svg "$data/large.json"
expect 0 'VM web fits' 'host "pair" read from' -v --host "$host" "$data/web.json"
grep -q 'VM "web" fits' "$work/err" || complain '-v does not say the verdict'
expect 0 'VM web fits' '' --host "$host" --state "$data/state.json" "$data/web.json"
grep -q 'on node 1' "$work/out" || complain 'the state was not used'
expect 0 'VM vm fits' '' --host 'synthetic:numa:2 core:4 pu:2' marked

run --host "$host" - < "$data/web.json"
expect_last 0 'VM web fits' '' 'SPEC -'
run --host json:- "$data/web.json" < "$data/host.json"
expect_last 0 'VM web fits' '' '--host json:-'
run --host "$host" - < words
expect_last 2 '' '^vtune-place: standard input: ' 'words as SPEC -'
run --host "$host" <(cat "$data/web.json")
expect_last 0 'VM web fits' '' 'a pipe as SPEC'

# no escape sequences, with NO_COLOR or without
NO_COLOR=1 run --host "$host" "$data/web.json"
! grep -q $'\033' "$work/out" || complain 'escape sequences'

# ---- several ----

expect 2 '' 'is also the VM in' --host "$host" "$data/web.json" "$data/web.json"
expect 0 'VM db fits' '' --host "$host" "$data/web.json" "$data/db.json"
grep -q 'VM web fits' "$work/out" || complain 'the first of two is missing'
# web and db leave too little of each node for large, and enough for small
sed 's/"web"/"small"/; s/4, "mem/1, "mem/' "$data/web.json" > small.json
expect 1 '"vm": "small"' 'VM "large" does not fit' --host "$host" --format json \
	"$data/web.json" "$data/db.json" "$data/large.json" small.json
[ "$(grep -c '"fits": true' "$work/out")" -eq 3 ] || complain 'not 3 that fit'
[ "$(grep -c '"fits": false' "$work/out")" -eq 1 ] || complain 'not 1 that does not fit'
[ "$(head -n 1 "$work/out")" = '[' ] || complain 'no array'
[ "$(tail -n 1 "$work/out")" = ']' ] || complain 'the array has no end'
if command -v python3 > /dev/null; then
	python3 - "$work/out" << 'END' || complain 'two VMs have one CPU, or the JSON is not sound'
import json, sys
taken = set()
for plan in json.load(open(sys.argv[1])):
    for vcpu in plan.get("vcpus", []):
        assert vcpu["cpus"] not in taken
        taken.add(vcpu["cpus"])
assert len(taken) == 11
END
fi
expect 0 '<svg' '' --host "$host" --format svg "$data/web.json" "$data/db.json"
for vm in web db; do
	grep -q "$vm" "$work/out" || complain "$vm is not in the picture"
done
# together: as many as can be, or all or none
expect 0 'VM db fits' '' --together --host "$host" "$data/web.json" "$data/db.json"
grep -q 'VM web fits' "$work/out" || complain 'the first of two is missing'
expect 0 'VM db fits' '' --together --all --host "$host" "$data/web.json" "$data/db.json"
expect 0 '<svg' '' --together --host "$host" --format svg "$data/web.json" "$data/db.json"
expect 1 '"vm": "small"' 'VM "large" does not fit' --together --host "$host" --format json \
	"$data/web.json" "$data/db.json" "$data/large.json" small.json
[ "$(grep -c '"fits": true' "$work/out")" -eq 3 ] || complain 'not 3 that fit together'
expect 1 '"vm": "small"' 'VM "large" does not fit' --together --all --host "$host" \
	--format json "$data/web.json" "$data/db.json" "$data/large.json" small.json
[ "$(grep -c '"fits": false' "$work/out")" -eq 4 ] || complain 'not all or none'
expect 2 '' 'is also the VM in' --together --host "$host" "$data/web.json" "$data/web.json"
# one bad spec: nothing at all
expect 2 '' 'typo.json' --host "$host" "$data/web.json" "$data/typo.json"

# ---- host ----

expect 0 'pair' '' host --host "$host"
expect 0 '<svg' '' host --host "$host" --format svg
expect 0 '"name": "pair"' '' host --host "$host" --format json
cp "$work/out" saved.json
expect 0 '"name": "pair"' '' host --host json:saved.json --format json
cmp -s "$work/out" saved.json || complain 'a saved host is not the same again'

# ---- the state of this machine, with a folder of ours as /etc ----

# with_etc ARGUMENT...: as run
# shellcheck disable=SC2016 # they expand in there
with_etc() {
	status=0
	unshare "${unshare[@]}" sh -c 'mount --bind "$0" /etc && exec "$@"' "$work/etc" \
		"$program" "$@" > "$work/out" 2> "$work/err" || status=$?
}

state=etc/vtune/host-state.json
mkdir -p etc/vtune
cp /etc/ld.so.* etc 2> cp.log
unshare=(--mount)
[ "$(id -u)" -eq 0 ] || unshare=(--user --map-root-user --mount)
if unshare "${unshare[@]}" mount --bind etc /etc 2> unshare.log; then
	with_etc host -v
	expect_last 0 'node 0' 'read from system' 'no host-state.json'
	! grep -q host-state "$work/err" || complain 'a state that is not there was read'
	echo '{ "overcommit": 7 }' > "$state"
	with_etc host -v --format json
	expect_last 0 '"overcommit": 7' 'state read from /etc/vtune/host-state.json' host-state.json
	with_etc host --format json
	expect_last 0 '"overcommit": 7' '' 'host-state.json, without -v'
	echo '{ "overcommit": 6 }' > other.json
	with_etc host -v --format json --state other.json
	expect_last 0 '"overcommit": 6' 'read from system' '--state in place of host-state.json'
	! grep -q host-state "$work/err" || complain '--state does not replace host-state.json'
	with_etc host --host "$host" --format json
	expect_last 0 '"name": "pair"' '' 'host-state.json and another host'
	! grep -q '"overcommit": 7' "$work/out" || complain 'host-state.json was laid over another host'
	echo '{ "overcommitment": 7 }' > "$state"
	with_etc host
	expect_last 2 '' '^vtune-place: /etc/vtune/host-state.json: /overcommitment: ' 'a wrong key'
	rm "$state"
	mkdir "$state"
	with_etc host
	expect_last 2 '' '^vtune-place: /etc/vtune/host-state.json: Is a dir' 'a folder as state'
else
	echo 'not tested: /etc/vtune/host-state.json; no name space of mounts can be had'
fi

# ---- XML ----

expect 0 "<domain type=.kvm." '' --host "$host" --format xml "$data/web.json"
expect 0 "<domain type=.qemu." '' --host "$host" --format xml --virt-type qemu "$data/web.json"
expect 0 '<vcpupin ' '' --host "$host" --domain "$data/domain.xml" "$data/web.json"
grep -q 'a comment that stays' "$work/out" || complain 'a comment of the domain is gone'
cp "$work/out" patched.xml
expect 0 '<vcpupin ' '' --host "$host" --domain patched.xml "$data/web.json"
cmp -s "$work/out" patched.xml || complain 'patching twice is not as once'

# ---- -o ----

expect 0 '' '' --host "$host" --format json -o new.json "$data/web.json"
cmp -s new.json plan.json || complain '-o writes something else'
expect 0 '' 'written to new.json' -v --host "$host" --format json --output new.json "$data/web.json"
expect 0 '"fits"' '' --host "$host" --format json -o - "$data/web.json"
echo old > old.json
chmod 640 old.json
ln -s old.json link.json
expect 0 '' '' --host "$host" --format json -o link.json "$data/web.json"
cmp -s old.json plan.json || complain '-o did not write through the link'
[ -L link.json ] || complain '-o replaced the link'
[ "$(stat -c %a old.json)" = 640 ] || complain '-o changed the mode'
expect 2 '' '^vtune-place: folder: Is a directory' --host "$host" -o folder "$data/web.json"
expect 2 '' '^vtune-place: no/x: No such file' --host "$host" -o no/x "$data/web.json"
expect 2 '' typo.json --host "$host" -o old.json "$data/typo.json"
cmp -s old.json plan.json || complain 'a bad spec changed the file'
expect 1 '' 'does not fit' --host "$host" --format xml -o old.json "$data/large.json"
cmp -s old.json plan.json || complain 'a VM that does not fit changed the file'
mkfifo pipe
cat pipe > from-pipe &
expect 0 '' '' --host "$host" --format json -o pipe "$data/web.json"
wait
cmp -s from-pipe plan.json || complain '-o to a pipe'

# ---- when writing fails ----

# ulimit counts blocks; with none, nothing can be written
(
	trap '' XFSZ
	ulimit -f 0
	"$program" --host "$host" --format json -o old.json "$data/db.json" 2> /dev/null
) > /dev/null
status=$?
[ "$status" -eq 3 ] || complain "a file that cannot be written: status $status, not 3"
cmp -s old.json plan.json || complain 'half a file was left'
[ -z "$(find . -name '.vtune-place*')" ] || complain 'a temporary file was left'
if [ -w /dev/full ]; then
	status=0
	"$program" --help > /dev/full 2> "$work/err" || status=$?
	: > "$work/out"
	expect_last 3 '' '^vtune-place: standard output: ' 'a full disk'
	expect 3 '' '^vtune-place: /dev/full: ' --host "$host" -o /dev/full "$data/web.json"
fi
status=0
"$program" --version >&- 2> "$work/err" || status=$?
: > "$work/out"
expect_last 3 '' '^vtune-place: standard output: ' 'no standard output'
# the reader goes before anything is written: status 3, and no words
{
	sleep 0.3
	"$program" --help 2> "$work/err"
	echo $? > pipe-status
} | :
[ "$(cat pipe-status)" = 3 ] || complain "a broken pipe: status $(cat pipe-status), not 3"
[ ! -s "$work/err" ] || complain 'words for a broken pipe'

# ---- migrate, to a host that is not there ----

expect 0 'vcpupin vcpu=.3. cpuset=' '' migrate --host "$host" --domain "$data/domain.xml"
grep -q '<numa>' "$work/out" && complain 'the guest sees cells'
grep -q 'a comment that stays' "$work/out" || complain 'the comment is gone'
cp "$work/out" placed.xml
run migrate --host "$host" --domain - < placed.xml
cmp -s "$work/out" placed.xml || complain 'placed again it is another domain'
expect 0 'The guest keeps what it sees now' '' \
	migrate --host "$host" --domain "$data/domain.xml" --format text
expect 0 '"fits": true' '' migrate --host "$host" --domain "$data/domain.xml" --format json
expect 1 '' 'does not fit on this host' \
	migrate --host 'synthetic:core:2 pu:1' --domain "$data/domain.xml"
expect 1 '' '' migrate -q --host 'synthetic:core:2 pu:1' --domain "$data/domain.xml"
expect 2 '' 'looks like a VM spec' migrate --host "$host" --domain "$data/web.json"

# the domains of a folder hold what they have; what is no domain is said
mkdir running
sed 's|<name>web|<name>first|' placed.xml > running/first.xml
echo 'not read' > running/first.pid
expect 0 'VM first holds' '' host --host "$host" --domains running
run migrate --host "$host" --domains running --domain "$data/domain.xml"
sed -n "s/.*<vcpupin .*\(cpuset='[0-9]*'\).*/<vcpupin .*\1/p" placed.xml > pins
! grep -qf pins "$work/out" || complain 'a CPU is given twice'
mv running/first.xml running/web.xml
sed -i 's|<name>first|<name>web|' running/web.xml
run migrate --host "$host" --domains running --domain "$data/domain.xml"
cmp -s "$work/out" placed.xml || complain 'a domain is in its own way'
echo '<network/>' > running/net.xml
expect 2 '' '^vtune-place: running/net.xml: .*<network>' host --host "$host" --domains running

# ---- completion ----

complete_words() { # WORD...: what bash offers for the last one
	bash -c '
		compopt() { :; }
		. "$1" || exit
		shift
		COMP_WORDS=("$@")
		COMP_CWORD=$(($# - 1))
		_vtune_place
		printf "%s\n" "${COMPREPLY[@]}"' - "$top_srcdir/examples/vtune-place/vtune-place.bash" "$@"
}

offers() { # WANTED WORD...
	local wanted=$1
	shift
	complete_words "$@" > "$work/out"
	: > "$work/err"
	grep -Fqx -e "$wanted" "$work/out" || complain "completion of '$*' does not offer '$wanted'"
}

offers host vtune-place ho
offers --domain vtune-place --do
offers xml vtune-place --format ''
offers xml vtune-place migrate --format ''
offers migrate vtune-place mi
offers --tunnelled vtune-place migrate --tu
offers --virt-type vtune-place baseline --v
offers --connect vtune-place apply --c
offers qemu vtune-place --virt-type q
offers hwloc: vtune-place --host hw
offers saved.json vtune-place --host json : sav
offers saved.json vtune-place --host json :
offers saved.json vtune-place --host = json : sav
offers saved.json vtune-place sav
offers saved.json vtune-place -o sav
offers verify vtune-place ve
offers libvirt vtune-place --host lib
offers --move-memory vtune-place apply --mo
offers --plan vtune-place verify --p
offers saved.json vtune-place verify --plan sav
complete_words vtune-place host --format '' > "$work/out"
! grep -q xml "$work/out" || complain 'completion offers xml for a host'
# every option that --help names is offered, and no other
"$program" --help | grep -oE -e '--[a-z0-9-]+' | sort -u > options
for command in plan host apply verify migrate baseline tune; do
	complete_words vtune-place "$command" --
done | sort -u > offered
cmp -s options offered || complain "completion and --help differ: $(diff options offered)"

[ "$failures" -eq 0 ] || echo "$failures complaints"
exit $((failures > 0))
