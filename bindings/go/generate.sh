#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# generate.sh FOLDER: make the glue with SWIG. The same header gives the same bytes.
set -e
cd "$top_srcdir/bindings/go/internal/swig"
"$SWIG" -go -cgo -intgosize 64 -I../../../../include -I"$top_builddir/include" -I../.. \
	-I../../.. -outdir "$1" -o "$1/vtune_wrap.c" ../../vtune.i
# SWIG leaves blanks at the ends of lines.
sed -i 's/[[:blank:]]*$//' "$1/swig.go" "$1/vtune_wrap.c"
