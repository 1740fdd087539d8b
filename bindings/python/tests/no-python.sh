#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
echo "SKIP: the Python package is not built: $vtune_python_lacks"
exit 77
