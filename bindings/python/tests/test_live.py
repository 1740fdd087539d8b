# SPDX-License-Identifier: LGPL-2.1-or-later
"""Live calls on libvirt's own test driver, which needs no daemon."""

import re
import threading
import time

import pytest

import vtune

libvirt = pytest.importorskip("libvirt", reason="python3-libvirt is not installed")



@pytest.fixture(autouse=True)
def quiet():
    libvirt.registerErrorHandler(lambda *_: None, None)


@pytest.fixture
def hypervisor():
    """test:///default keeps its state for as long as a connection is open."""
    connection = libvirt.open("test:///default")
    domain = connection.defineXML(
        "<domain type='test'><name>web</name><memory unit='GiB'>1</memory><vcpu>2</vcpu>"
        "<os><type>hvm</type></os></domain>"
    )
    yield connection
    domain.undefine()
    connection.close()


@pytest.fixture
def domain(hypervisor):
    return hypervisor.lookupByName("web")


def test_host(hypervisor):
    by_uri = vtune.Host.libvirt("test:///default")
    shared = vtune.Host.libvirt(hypervisor)
    assert by_uri.to_dict()["nodes"] and shared.to_json() == by_uri.to_json()
    with vtune.Connection(hypervisor) as connection:
        defined = vtune.Host.libvirt(connection, defined=True)
    assert defined.to_dict() != by_uri.to_dict()
    assert hypervisor.isAlive()


def test_spec(domain):
    spec = vtune.Spec.domain(domain)
    assert spec.name == "web" and spec.to_dict()["vcpus"] == 2
    assert vtune.Spec.domain("web", "test:///default").to_json() == spec.to_json()


def holders(host):
    return [allocation["vm"] for allocation in host.to_dict().get("allocations", [])]


def test_apply_verify_restore(hypervisor, domain):
    before = domain.XMLDesc()
    spec = {"name": "web", "vcpus": 2, "memory": "1GiB", "cpu": {"policy": "dedicated"}}
    plan = vtune.Host.libvirt(hypervisor).place(spec)
    rehearsal = plan.apply(domain, dry_run=True)
    assert rehearsal.to_dict()["dry_run"] and rehearsal.to_dict()["calls"]
    assert domain.XMLDesc() == before
    report = plan.apply(domain, config=True)
    assert report.to_dict()["kind"] == "apply" and report.text() and "apply" in repr(report)
    assert "vcpupin" in domain.XMLDesc()
    assert vtune.Plan.domain(domain).to_dict()["vcpus"] == plan.to_dict()["vcpus"]
    found = vtune.verify(domain)
    assert found.holds and found.to_dict()["vms"][0]["vm"] == "web"
    assert vtune.verify("web", hypervisor, plan).to_json() == found.to_json()
    assert vtune.verify(connection=hypervisor).to_dict()["kind"] == "verify"
    moved = re.sub(r"(<vcpupin vcpu='0' cpuset=)'\d+'", r"\1'7'", domain.XMLDesc())
    hypervisor.defineXML(moved)
    drifted = vtune.verify(domain)
    assert not drifted.holds and drifted.to_dict()["drift"]
    with pytest.raises(vtune.NotValidError):
        vtune.restore(domain)
    plan.apply("web", hypervisor)
    assert "web" in holders(vtune.Host.libvirt(hypervisor, placed=True))
    assert "web" not in holders(vtune.Host.libvirt(hypervisor))
    assert vtune.restore(domain).to_dict()["vm"] == "web"
    assert "vcpupin" not in domain.XMLDesc()
    assert "web" not in holders(vtune.Host.libvirt(hypervisor, placed=True))
    with pytest.raises(vtune.DocumentError):
        vtune.Plan.domain(domain)
    with pytest.raises(vtune.NotValidError):
        vtune.restore("web", hypervisor)


def test_errors(hypervisor):
    with pytest.raises(vtune.LibvirtError):
        vtune.Connection("nonsense:///nowhere")
    with pytest.raises(vtune.LibvirtError):
        vtune.Spec.domain("missing", hypervisor)
    for wrong in (3, object(), b"test:///default", hypervisor.lookupByName("test")):
        with pytest.raises(TypeError):
            vtune.Connection(wrong)
    for wrong in (3, None, object(), hypervisor):
        with pytest.raises(TypeError):
            vtune.Spec.domain(wrong, hypervisor)
    closed = libvirt.open("test:///default")
    closed.close()
    with pytest.raises((TypeError, vtune.Error)):
        vtune.Host.libvirt(closed)


def test_closed_connection():
    connection = vtune.Connection("test:///default")
    connection.close()
    connection.close()
    with pytest.raises(vtune.InvalidError):
        vtune.Host.libvirt(connection)
    with pytest.raises(vtune.InvalidError):
        with connection.lock():
            pass
    with vtune.Connection("test:///default") as connection:
        with connection.lock():
            connection.close()


def test_lock_excludes_others():
    with vtune.Connection("test:///default") as mine, vtune.Connection(
        "test:///default"
    ) as others:
        with mine.lock(), mine.lock(timeout=0):
            with pytest.raises(vtune.BusyError) as caught:
                with others.lock(timeout=0.05):
                    pass
            assert caught.value.code is vtune.ErrorCode.BUSY
        with others.lock(timeout=0):
            pass


def test_lock_excludes_other_threads_of_the_connection():
    with vtune.Connection("test:///default") as connection:
        seen = []

        def work():
            try:
                with connection.lock(timeout=0.05):
                    seen.append("locked")
            except vtune.BusyError:
                seen.append("busy")

        with connection.lock():
            thread = threading.Thread(target=work)
            thread.start()
            thread.join()
        assert seen == ["busy"]
        work()
        assert seen == ["busy", "locked"]


def test_many_threads_use_one_connection():
    with vtune.Connection("test:///default") as connection:
        expected = vtune.Host.libvirt(connection).to_json()
        found = []

        def work():
            for _ in range(10):
                with connection.lock():
                    found.append(vtune.Host.libvirt(connection).to_json() == expected)
                vtune.verify(connection=connection)

        threads = [threading.Thread(target=work) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(found) == 60 and all(found)


def test_waiting_for_the_lock_lets_other_threads_run():
    with vtune.Connection("test:///default") as mine, vtune.Connection(
        "test:///default"
    ) as others:
        ticks = []
        with mine.lock():

            def wait():
                with pytest.raises(vtune.BusyError):
                    with others.lock(timeout=0.3):
                        pass

            thread = threading.Thread(target=wait)
            thread.start()
            while thread.is_alive():
                ticks.append(time.monotonic())
                time.sleep(0.01)
            thread.join()
        assert len(ticks) >= 5
