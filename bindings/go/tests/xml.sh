#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# The XML of plans is read with libvirt's own Go package, which comes from the network.
. "${0%/*}/environment"
cd xmltest || exit
log=$("$GO" mod download 2>&1) || skip "libvirt.org/go/libvirtxml cannot be had: $log"
"$GO" vet ./...
exec "$GO" test -count=1 ./...
