#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# The library agrees with the oracle, on random hosts and specs. VTUNE_FUZZ_COUNT
# says how many; without it, builds with checks inside have fewer, as they are slow.
if [ -n "$VTUNE_FUZZ_COUNT" ]; then
	count=$VTUNE_FUZZ_COUNT
elif [ -n "$KIND_CFLAGS" ]; then
	count=1000
elif [ -n "$CI" ]; then
	count=20000
else
	count=2000
fi
exec ./oracle-fuzz --ties --chain 2 --count "$count"
