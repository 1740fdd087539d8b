#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Several VMs placed together are placed as the oracle says. VTUNE_FUZZ_COUNT says how
# many cases; without it, builds with checks inside have fewer, as they are slow.
if [ -n "$VTUNE_FUZZ_COUNT" ]; then
	count=$VTUNE_FUZZ_COUNT
elif [ -n "$KIND_CFLAGS" ]; then
	count=300
elif [ -n "$CI" ]; then
	count=20000
else
	count=2000
fi
exec ./together-fuzz 1 "$count"
