# SPDX-License-Identifier: LGPL-2.1-or-later
"""100,000 calls do not let the process grow."""

import gc
import os
import pathlib
import tempfile

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


GUEST = (
    "<domain type='test'><name>vm</name><memory unit='MiB'>4</memory><vcpu>1</vcpu>"
    "<cputune><vcpupin vcpu='0' cpuset='3'/></cputune><os><type>hvm</type></os></domain>"
)


def for_migration(host, spec):
    plan = host.place(vtune.Spec.for_migration(GUEST))
    try:
        plan.migration_xml("<domain/>")
    except vtune.Error:
        return plan.migration_xml(GUEST)


def with_domains(host, spec):
    try:
        host.with_domains([GUEST, "<network/>"])
    except vtune.DocumentError:
        return host.with_domains((GUEST,)).within("2-3")


def refuse_lists(host, spec):
    for call in (
        lambda: vtune.raw.vtune_host_with_domains(host._raw, [GUEST, 3]),
        lambda: vtune.raw.vtune_place_together(host._raw, [spec._raw, None], 0, None),
        lambda: vtune.raw.vtune_baseline_cpu([host._raw], 0, None),
    ):
        try:
            call()
        except (TypeError, vtune.InvalidError):
            pass


def tuning_options(host, spec):
    raw = vtune.raw
    options = raw.vtune_tuning_options_new()
    raw.vtune_tuning_options_set_sysroot(options, "/nonexistent")
    raw.vtune_tuning_options_set_undo_file(options, b"/nonexistent/undo")
    raw.vtune_tuning_options_set_host(options, host._raw)
    raw.vtune_tuning_options_add_only(options, "ksm")
    raw.vtune_tuning_options_add_skip(options, "H3")
    raw.vtune_tuning_options_add_specs(options, host._raw, (spec._raw,))
    try:
        raw.vtune_tuning_options_add_only(options, "nonsense")
    except vtune.InvalidError as error:
        return error.message


def profiles(host, spec):
    options = vtune.raw.vtune_tuning_options_new()
    for profile in ("density", "latency", "nonsense", "{", 3):
        try:
            vtune.raw.vtune_tuning_options_set_profile(options, profile)
        except (TypeError, vtune.Error):
            pass
    return len(vtune.tuning_profiles())


def tune(host, spec):
    with vtune.tune(sysroot=TREE.name, host=host, specs=[spec]) as tuning:
        tuning.to_json()
        tuning.text()
    try:
        vtune.tune(sysroot=TREE.name, only=["no such check"])
    except vtune.InvalidError:
        pass


def tune_and_undo(host, spec):
    tuning = vtune.tune(sysroot=TREE.name, only=["swappiness"])
    tuning.persist(TREE.name, dry_run=True)
    assert tuning.apply().holds and vtune.untune(sysroot=TREE.name).holds


TREE = tempfile.TemporaryDirectory()
common.host_tree(pathlib.Path(TREE.name))


# How often; what leaks in the dear ones is whole plans and pictures.
CALLS = {
    place: 100_000, to_json: 100_000, refuse_document: 100_000, refuse_type: 100_000,
    refuse_option: 100_000, options: 100_000, commit: 30_000, together: 2_000, pictures: 2_000,
    for_migration: 5_000, with_domains: 10_000, refuse_lists: 50_000, tuning_options: 20_000,
    profiles: 2_000, tune: 1_000, tune_and_undo: 300,
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
            vtune.Spec.for_migration(vtune.migratable_xml("test", connection))
            try:
                vtune.baseline_cpu([connection, connection])
            except vtune.LibvirtError:
                pass
            vtune.tune(sysroot=TREE.name, connection=connection)

        for _ in range(50):
            work()
        gc.collect()
        before = resident_kib()
        for _ in range(300):
            work()
        gc.collect()
        assert resident_kib() - before <= MOST_KIB
