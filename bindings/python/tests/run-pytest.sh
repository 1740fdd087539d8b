#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Run one file of tests. All skipped counts as skipped, for the reason that is shown.
PYTHONDONTWRITEBYTECODE=1
export PYTHONDONTWRITEBYTECODE
if ! "$PYTHON" -c 'import pytest' 2> /dev/null; then
	echo "SKIP: $PYTHON has no pytest: install python3-pytest"
	exit 77
fi
result=$("$PYTHON" -m pytest -q -rs -p no:cacheprovider --rootdir="$(dirname "$0")" "$@" 2>&1)
status=$?
printf '%s\n' "$result" | sed 's/^SKIPPED/SKIP:/'
if [ $status -eq 0 ] && ! printf '%s\n' "$result" | tail -n 1 | grep -q passed; then
	exit 77
fi
exit $status
