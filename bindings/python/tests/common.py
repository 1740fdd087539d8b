# SPDX-License-Identifier: LGPL-2.1-or-later
"""What several test files use."""

import os
import pathlib

import vtune

TOP = pathlib.Path(os.environ.get("top_srcdir") or pathlib.Path(__file__).parents[3])
DATA = TOP / "tests" / "data"

SMALL = {"vcpus": 4, "memory": "1GiB"}


def two_nodes() -> vtune.Host:
    """Two nodes of 8 CPUs on 4 cores each."""
    return vtune.Host.json((DATA / "hosts" / "two-node.json").read_text())
