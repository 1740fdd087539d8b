#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# For vtune-lab -t 4m: eight callers set 20 domains that ask for one CPU each. There are
# 16 CPUs; who is told that it has one has it alone.
set -uo pipefail

# shellcheck source=tests/live-help.sh
. "$(dirname "$0")/../live-help.sh"
need_libvirt
crowd 20
[ "$(wc -l < "$work/held")" -ge 12 ] || complain "only $(wc -l < "$work/held") CPUs were given"
exit $((failures > 0))
