#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# The example of a controller, with the race detector where there is one.
. "${0%/*}/environment"
cd ../../examples/go/controller || exit
"$GO" vet ./...
race=-race
(need_race) > /dev/null || race=
exec "$GO" test -count=1 ${race:+"$race"} ./...
