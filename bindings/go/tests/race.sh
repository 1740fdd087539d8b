#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
. "${0%/*}/environment"
need_race
VTUNE_GO_RACE=1
export VTUNE_GO_RACE
exec "$GO" test -count=1 -short -race ./vtune/...
