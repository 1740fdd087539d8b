#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# The checked-in glue is what SWIG makes of the header. Another version of SWIG makes
# another one, which only has to compile and pass.
. "${0%/*}/environment"
[ -n "$SWIG" ] || skip "there is no SWIG"
made_by=$(sed -n 's/^ \* Version //p' internal/swig/swig.go | head -n 1)
version=$("$SWIG" -version | sed -n 's/^SWIG Version //p')
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
case $version in
"$made_by")
	sh "$top_srcdir/bindings/go/generate.sh" "$work"
	for file in swig.go vtune_wrap.c; do
		diff -u "internal/swig/$file" "$work/$file" && continue
		echo "run 'make -C bindings/go generate' in the build folder"
		exit 1
	done
	;;
4.[1-9]* | [5-9]*)
	cp -R . "$work/go"
	chmod -R u+w "$work/go"
	sh "$top_srcdir/bindings/go/generate.sh" "$work/go/internal/swig"
	cd "$work/go" || exit
	"$GO" test -count=1 -run '^Test(Place|Error|Constants|Live)' ./vtune/
	;;
*) skip "the glue is made by SWIG $made_by, and here is SWIG $version" ;;
esac
