# SPDX-License-Identifier: LGPL-2.1-or-later
"""100,000 calls do not let the process grow."""

import gc
import os

import pytest

import common
import vtune

# What allocators may keep in reserve. 100,000 leaks of the smallest block there is, of 32
# bytes, are 3125 KiB.
MOST_KIB = 512


def resident_kib():
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") // 1024


def place(host, spec):
    plan = host.place(spec)
    return plan.fits


def to_json(host, spec):
    return vtune.Spec(spec.to_json()).name


def refuse_document(host, spec):
    try:
        vtune.Spec('{"version": 1, "vcpus": 0}')
    except vtune.DocumentError as error:
        return error.where


def refuse_type(host, spec):
    try:
        vtune.raw.vtune_place(host._raw, spec._raw, (1, "kvm", 2, "not callable"))
    except TypeError as error:
        return str(error)


def refuse_option(host, spec):
    try:
        vtune.raw.vtune_place(host._raw, spec._raw, (1, "xen", 2, None))
    except vtune.InvalidError as error:
        return error.message


def options(host, spec):
    return vtune.raw.vtune_place(host._raw, spec._raw, (10**6, "qemu", 2, print))


def commit(host, spec):
    return host.commit(host.place(spec)).release("vm").name


def together(host, spec):
    return len(host.place_together([spec, spec.with_name("b")]))


def pictures(host, spec):
    return len(host.svg())


# How often; what leaks in the dear ones is whole plans and pictures.
CALLS = {
    place: 100_000, to_json: 100_000, refuse_document: 100_000, refuse_type: 100_000,
    refuse_option: 100_000, options: 100_000, commit: 30_000, together: 2_000, pictures: 2_000,
}  # fmt: skip


@pytest.mark.parametrize("work", CALLS, ids=lambda work: work.__name__)
def test_no_growth(work):
    if work is together and not hasattr(vtune.raw, "vtune_place_together"):
        pytest.skip("this library has no vtune_place_together()")
    calls = CALLS[work]
    host = vtune.Host.json({"nodes": [{"id": 0, "cpus": "0-3", "memory_kib": 1 << 20}]})
    spec = vtune.Spec({"vcpus": 1, "memory": "4MiB"})
    for _ in range(calls // 10):
        work(host, spec)
    gc.collect()
    before = resident_kib()
    for _ in range(calls):
        work(host, spec)
    gc.collect()
    assert resident_kib() - before <= MOST_KIB


def test_live_no_growth():
    with vtune.Connection("test:///default") as connection:

        def work():
            vtune.Host.libvirt(connection)
            try:
                vtune.Plan.domain("test", connection)
            except vtune.DocumentError:
                pass

        for _ in range(50):
            work()
        gc.collect()
        before = resident_kib()
        for _ in range(300):
            work()
        gc.collect()
        assert resident_kib() - before <= MOST_KIB
