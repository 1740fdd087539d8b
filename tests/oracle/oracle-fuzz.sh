#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# The library agrees with the oracle, on random hosts and specs.
exec ./oracle-fuzz --count "${VTUNE_FUZZ_COUNT:-2000}"
