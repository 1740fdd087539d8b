#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
echo "SKIP: the Go package is not tested: $vtune_go_lacks"
exit 77
