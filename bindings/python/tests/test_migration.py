# SPDX-License-Identifier: LGPL-2.1-or-later
"""Domains that go to other hosts. libvirt's own test driver cannot migrate, and stands in
as far as it can."""

import pytest

import vtune

GUEST = (
    "<domain type='test'><name>web</name><memory unit='GiB'>1</memory><vcpu>2</vcpu>"
    "<cputune><vcpupin vcpu='0' cpuset='4'/><vcpupin vcpu='1' cpuset='5'/></cputune>"
    "<os><type>hvm</type></os></domain>"
)


def test_migration_xml():
    spec = vtune.Spec.for_migration(GUEST)
    assert spec.to_dict()["numa"]["cells"] == 1
    host = vtune.Host.synthetic("numa:2(memory=4GiB) core:4 pu:1")
    plan = host.place(spec)
    moved = plan.migration_xml(GUEST)
    assert "<vcpupin vcpu='0' cpuset='0'/>" in moved and "<numa>" not in moved
    assert plan.migration_xml(moved) == moved
    other = host.place({"name": "web", "vcpus": 3, "memory": "1GiB"})
    with pytest.raises(vtune.InvalidError, match="for 3 vCPUs, and the domain has 2"):
        other.migration_xml(GUEST)
    with pytest.raises(TypeError):
        plan.migration_xml(3)


def test_with_domains():
    host = vtune.Host.synthetic("numa:2(memory=4GiB) core:4 pu:1")
    held = host.with_domains([GUEST])
    assert [one["vm"] for one in held.to_dict()["allocations"]] == ["web"]
    assert held.to_dict()["allocations"][0]["cpus"] == "4-5"
    assert not host.to_dict().get("allocations")
    with pytest.raises(vtune.DocumentError):
        host.with_domains([GUEST, "<network/>"])
    for wrong in ([3], GUEST, 3):
        with pytest.raises(TypeError):
            host.with_domains(wrong)
    with pytest.raises(vtune.DocumentError, match="Domain document 1"):
        host.with_domains([GUEST, GUEST.replace("<vcpu>2<", "<vcpu>x<")])


def test_within():
    part = vtune.Host.synthetic("numa:2(memory=4GiB) core:4 pu:1").within("6-7")
    plan = part.place({"vcpus": 2, "memory": "1GiB"})
    assert plan.to_dict()["held_cpus"] == "6-7"
    assert not part.try_place({"vcpus": 3, "memory": "1GiB"}).fits
    with pytest.raises(vtune.DocumentError):
        part.within("7-8")
    with pytest.raises(vtune.Error):
        part.within("x")


def test_migrate():
    # The driver's machine is there anew when nobody is connected to it.
    with vtune.Connection("test:///default") as here:
        with vtune.Connection("test:///default") as there:
            xml = vtune.migratable_xml("test", here)
            assert "<name>test</name>" in xml
            host = vtune.Host.synthetic("numa:2(memory=16GiB) core:8 pu:1")
            plan = host.place(vtune.Spec.for_migration(xml))
            for source, target in ((here, there), (there, here), (here, here)):
                # It has more memory than the driver's machine.
                with pytest.raises(vtune.NotValidError, match="plan anew"):
                    plan.migrate(
                        "test",
                        target,
                        source,
                        uri="tcp://there",
                        peer2peer=True,
                        persistent=True,
                        undefine_source=True,
                    )
            with there.lock():
                pass
            other = host.place({"name": "test", "vcpus": 3, "memory": "1GiB"})
            with pytest.raises(vtune.InvalidError, match="is for 3 vCPUs"):
                other.migrate("test", there, here, tunnelled=True, dry_run=True)
            with pytest.raises(vtune.LibvirtError):
                plan.migrate("none", there, here)


def test_baseline():
    with vtune.Connection("test:///default") as here:
        for baseline in vtune.baseline_cpu, vtune.baseline_cpu_text, vtune.baseline_cpu_xml:
            with pytest.raises(vtune.LibvirtError, match="qemu guests"):
                baseline([here, "test:///default", here], domain_type="qemu")
            with pytest.raises(vtune.InvalidError):
                baseline([])
            with pytest.raises(vtune.InvalidError):
                baseline([here], domain_type="xen")
            with pytest.raises(TypeError, match="connections must be a list"):
                baseline("test:///default")
