#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What placing a VM of 16 vCPUs costs in Python, over C: bench-python.py [TIMES]

Run it as "./run bench/bench-python.py" from the build tree. C and Python take turns; of
each, the median of all rounds is printed.
"""

from __future__ import annotations

import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time
from typing import Callable

import vtune

ROUNDS = 5
SPEC = {"version": 1, "name": "db01", "vcpus": 16, "memory": "32GiB"}


def make_host() -> vtune.Host:
    """Two nodes of 64 CPUs."""
    host = vtune.Host.synthetic("numa:2(memory=137438953472) l3:4 core:8 pu:2")
    return vtune.Host.json(host.to_json())


def median_ns(work: Callable[[], object], times: int) -> float:
    taken = []
    for _ in range(times):
        begin = time.perf_counter_ns()
        work()
        taken.append(time.perf_counter_ns() - begin)
    return statistics.median(taken)


def c_ns(folder: str, times: int) -> list[float]:
    program = pathlib.Path(os.environ.get("top_builddir", ".")) / "bench" / "place-loop"
    done = subprocess.run(
        [program, f"{folder}/host.json", f"{folder}/spec.json", str(times)],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    return [float(word) for word in done.stdout.split()]


def main() -> None:
    times = int(sys.argv[1]) if len(sys.argv) > 1 else 4000
    host, spec = make_host(), vtune.Spec(SPEC)
    text = json.dumps(SPEC)
    works: dict[str, tuple[int, Callable[[], object]]] = {
        "host.place(spec)": (0, lambda: host.place(spec)),
        "host.place(text).to_json()": (1, lambda: host.place(text).to_json()),
        "host.place(dict).to_dict()": (1, lambda: host.place(SPEC).to_dict()),
    }
    in_c: list[list[float]] = []
    in_python: dict[str, list[float]] = {name: [] for name in works}
    with tempfile.TemporaryDirectory() as folder:
        pathlib.Path(folder, "host.json").write_text(host.to_json(), encoding="utf-8")
        pathlib.Path(folder, "spec.json").write_text(text, encoding="utf-8")
        for _ in range(ROUNDS):
            in_c.append(c_ns(folder, times))
            for name, (_, work) in works.items():
                in_python[name].append(median_ns(work, times))
    for name, (which, _) in works.items():
        base = statistics.median(one[which] for one in in_c)
        here = statistics.median(in_python[name])
        print(f"{name:28} {here / 1000:8.1f} us  C {base / 1000:8.1f} us  {here / base:5.2f} times")


if __name__ == "__main__":
    main()
