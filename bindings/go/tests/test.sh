#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
. "${0%/*}/environment"
if [ "${1-}" = bench ]; then
	exec "$GO" test -run '^$' -bench . ./vtune/...
fi
check_pointers
exec "$GO" test -count=1 ./vtune/... "$@"
