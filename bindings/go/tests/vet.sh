#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# What Go itself says about the source. The glue is SWIG's.
. "${0%/*}/environment"
"$GO" vet ./vtune/... ./internal/floor/...
format=$("$GO" env GOROOT)/bin/gofmt
[ -x "$format" ] || format=gofmt
unformatted=$("$format" -l vtune xmltest internal/floor internal/swig/progress.go \
	../../examples/go)
if [ -n "$unformatted" ]; then
	echo "not as gofmt writes it: $unformatted"
	exit 1
fi
