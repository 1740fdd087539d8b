#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Make configure and the rest of the build system from a git checkout.
set -e
cd "$(dirname "$0")"
exec autoreconf -fi
