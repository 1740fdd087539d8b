# SPDX-License-Identifier: LGPL-2.1-or-later
"""Many threads, and the interpreter's lock."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

import common
import vtune


def test_many_threads_use_the_same_objects(host):
    specs = [vtune.Spec({"name": f"vm{i}", "vcpus": 1 + i, "memory": "1GiB"}) for i in range(8)]
    expected = [host.place(spec).to_json() for spec in specs]

    def work(turn):
        for i in range(40):
            which = (turn + i) % len(specs)
            assert host.place(specs[which]).to_json() == expected[which]
            with pytest.raises(vtune.Infeasible):
                host.place({"vcpus": 1000, "memory": 1})
            with pytest.raises(vtune.DocumentError):
                host.place({"vcpu": 1})
        return True

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(work, range(8)))


def slow_case():
    """A host and a spec whose capacity takes a while to count."""
    nodes = [
        {"id": i, "cpus": f"{64 * i}-{64 * i + 63}", "memory_kib": 1 << 30} for i in range(8)
    ]
    return vtune.Host.json({"nodes": nodes}), vtune.Spec({"vcpus": 1, "memory": "4MiB"})


def test_a_long_call_lets_other_threads_run():
    host, spec = slow_case()
    ticks = []
    done = threading.Event()

    def tick():
        while not done.wait(0.0005):
            ticks.append(time.perf_counter())

    thread = threading.Thread(target=tick)
    thread.start()
    try:
        begin = time.perf_counter()
        assert host.capacity(spec).count == 512
        end = time.perf_counter()
    finally:
        done.set()
        thread.join()
    assert end - begin > 0.005, "the call is too short to tell"
    # With the lock held in the call, a tick could only fall on its very ends.
    middle = [at for at in ticks if begin + 0.002 < at < end - 0.001]
    assert middle, f"no tick within {end - begin:.4f} s"


def test_close_while_others_place():
    host = common.two_nodes()
    spec = vtune.Spec(common.SMALL)
    started = threading.Event()

    def work():
        started.set()
        while True:
            try:
                host.place(spec)
            except vtune.InvalidError:
                return True

    with ThreadPoolExecutor(4) as pool:
        results = [pool.submit(work) for _ in range(4)]
        started.wait()
        time.sleep(0.05)
        host.close()
        assert all(result.result(timeout=30) for result in results)
