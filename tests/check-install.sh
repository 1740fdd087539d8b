#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# check-install.sh BUILDDIR SRCDIR: install into a folder of its own, and compile and
# run the example program with nothing but what is there.
set -e
builddir=$1
srcdir=$2
stage=$(mktemp -d)
trap 'rm -rf "$stage"' EXIT

make -C "$builddir" install DESTDIR="$stage" > "$stage/log" 2>&1 || {
	cat "$stage/log"
	exit 1
}
pc=$(find "$stage" -name libvtune.pc)
prefix=$stage$(sed -n 's/^prefix=//p' "$pc")
PKG_CONFIG_PATH=$(dirname "$pc")
export PKG_CONFIG_PATH
# shellcheck disable=SC2046
${CC:-cc} "$srcdir/examples/plan-from-json.c" -o "$stage/program" \
	$(pkg-config --define-variable=prefix="$prefix" --cflags --libs libvtune)
LD_LIBRARY_PATH=$(pkg-config --define-variable=prefix="$prefix" --variable=libdir libvtune)
export LD_LIBRARY_PATH
"$stage/program" "$prefix/share/libvtune/hosts/four-node.json" "$srcdir/examples/specs/small.json" \
	> "$stage/xml"
grep -q '<domain' "$stage/xml"
"$prefix/bin/vtune-place" --version

for file in share/bash-completion/completions/vtune-place include/libvtune-hwloc.h include/libvtune-version.h share/man/man1/vtune-place.1 \
	share/man/man3/libvtune.3 share/man/man5/vtune-spec.5 share/man/man5/vtune-plan.5 \
	share/man/man5/vtune-host.5 share/man/man5/vtune-tuning.5 share/libvtune/profiles/latency.json; do
	if [ ! -e "$prefix/$file" ]; then
		echo "$file was not installed"
		exit 1
	fi
done
