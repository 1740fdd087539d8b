#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
echo 'the unit tests need cmocka: install libcmocka-dev and run configure again'
exit 77
