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


def host_tree(root: pathlib.Path) -> pathlib.Path:
    """The files of a host of one node that swaps too readily and has no huge pages."""
    pages = "sys/devices/system/node/node0/hugepages/hugepages-2048kB"
    files = {
        "proc/sys/vm/swappiness": "60",
        "proc/sys/fs/aio-max-nr": "65536",
        "sys/kernel/mm/ksm/run": "1",
        "sys/devices/system/cpu/online": "0-3",
        "sys/devices/system/cpu/possible": "0-3",
        "sys/devices/system/node/online": "0",
        "sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages": "0",
        f"{pages}/nr_hugepages": "0",
        f"{pages}/free_hugepages": "0",
    }
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text + "\n")
    return root
