#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# For scripts that test vtune-place from outside: they source this.
# VTUNE_PLACE: the command, if it is not the one in PATH.
top_srcdir=${top_srcdir:-$(cd "$(dirname "$0")/.." && pwd)}
program=${VTUNE_PLACE:-vtune-place}
# shellcheck disable=SC2034 # by the scripts
data=$top_srcdir/tests/data/cli
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failures=0

complain() {
	echo "$*"
	echo "--- standard output:"
	head -n 20 "$work/out"
	echo "--- standard error:"
	head -n 20 "$work/err"
	failures=$((failures + 1))
}

# run ARGUMENT...: sets $status, and leaves out and err in $work.
run() {
	status=0
	"$program" "$@" > "$work/out" 2> "$work/err" || status=$?
}

# expect STATUS OUT ERR ARGUMENT...: OUT and ERR are patterns that must be there;
# empty: nothing may be there.
expect() {
	local wanted=$1 out=$2 err=$3
	shift 3
	run "$@"
	expect_last "$wanted" "$out" "$err" "$*"
}

expect_last() {
	[ "$status" -eq "$1" ] || complain "$4: status $status, not $1"
	if [ -n "$2" ]; then
		grep -Eq -e "$2" "$work/out" || complain "$4: no '$2' on standard output"
	elif [ -s "$work/out" ]; then
		complain "$4: there is something on standard output"
	fi
	if [ -n "$3" ]; then
		grep -Eq -e "$3" "$work/err" || complain "$4: no '$3' on standard error"
	elif [ -s "$work/err" ]; then
		complain "$4: there is something on standard error"
	fi
}
