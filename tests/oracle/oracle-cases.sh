#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# The oracle gives the answers that were worked out by hand, and so does the library.
set -e
set -- "$srcdir"/cases/*.json
if [ -d "${VTUNE_SHARED:-/nowhere}/cases/fit" ]; then
	set -- "$@" "$VTUNE_SHARED"/cases/fit/*.json
fi
./oracle --cases "$@"
./oracle-fuzz --ties "$@"
