#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# The program in README.md is built as its users do, without SWIG, and runs.
. "${0%/*}/environment"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# shellcheck disable=SC2016
sed -n '/^```go$/,/^```$/{/^```/d;p}' README.md > "$work/main.go"
cat > "$work/go.mod" << 'END'
module example.com/place

go 1.19
END
folder=$PWD
cd "$work" || exit
ln -s /bin/false swig
PATH=$work:$PATH
"$GO" mod edit -require libvtune/bindings/go@v0.0.0 -replace "libvtune/bindings/go=$folder"
"$GO" vet .
"$GO" build -o place .
./place | tee output
grep -q '^vCPU 0 on CPU [0-9]' output
