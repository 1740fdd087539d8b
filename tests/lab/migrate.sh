#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# For vtune-lab -t 4m: a domain of two cells goes to another libvirt, and to other nodes.
exec "$(dirname "$0")/../live-migrate.sh" two_cells
