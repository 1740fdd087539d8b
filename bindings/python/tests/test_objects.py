# SPDX-License-Identifier: LGPL-2.1-or-later
"""Hosts, specs and plans without libvirt."""

import copy
import pathlib
import pickle
import re
import xml.etree.ElementTree as ElementTree

import pytest

import common
import vtune


def test_sources(host):
    assert host.name == "two"
    assert len(vtune.Host.synthetic("numa:2 core:4 pu:2").to_dict()["nodes"]) == 2
    assert vtune.Host.system().to_dict()["nodes"]
    xml = sorted((common.DATA / "hwloc").glob("*.xml"))[0]
    for made in (vtune.Host.hwloc(xml), vtune.Host.hwloc(str(xml))):
        assert made.to_dict() == vtune.Host.hwloc_xml(xml.read_text()).to_dict()
    xml = sorted((common.DATA / "capabilities").glob("*.xml"))[0]
    assert vtune.Host.capabilities(xml.read_text()).to_dict()["nodes"]


def test_dict_and_text_are_the_same(host):
    assert vtune.Host.json(host.to_dict()).to_json() == host.to_json()
    assert vtune.Host.json(host.to_json()).to_json() == host.to_json()
    without = host.to_dict()
    del without["version"]
    assert vtune.Host.json(without).to_json() == host.to_json()
    spec = vtune.Spec({"name": "a", **common.SMALL})
    assert vtune.Spec(spec.to_dict()).to_json() == spec.to_json()
    plan = host.place(spec)
    assert vtune.Plan(plan.to_dict()).to_json() == plan.to_json()
    assert vtune.Plan(plan.to_json()).to_json() == plan.to_json()


def test_place(host):
    plan = host.place(common.SMALL)
    assert plan.fits and plan.optimal and plan.vm == "vm"
    document = plan.to_dict()
    assert [vcpu["id"] for vcpu in document["vcpus"]] == [0, 1, 2, 3]
    assert document["cells"][0]["memory_kib"] == 1048576
    assert host.place(vtune.Spec(common.SMALL)).to_json() == plan.to_json()
    assert "node" in repr(plan)


def test_try_place(host):
    plan = host.try_place({"vcpus": 500, "memory": 1})
    assert not plan.fits and plan.to_dict()["reasons"]
    assert "does not fit" in repr(plan)


def test_xml_and_patch(host):
    plan = host.place({"name": "web", **common.SMALL})
    root = ElementTree.fromstring(plan.xml())
    assert root.get("type") == "kvm" and root.findtext("name") == "web"
    assert ElementTree.fromstring(plan.xml(domain_type="qemu")).get("type") == "qemu"
    domain = "<domain type='kvm'><name>web</name><memory>1048576</memory><vcpu>4</vcpu></domain>"
    patched = plan.patch(domain)
    assert len(ElementTree.fromstring(patched).findall("cputune/vcpupin")) == 4
    assert plan.patch(patched) == patched
    assert vtune.Spec.domain_xml(domain).name == "web"


def test_pictures(host):
    plan = host.place({"name": "<web>", **common.SMALL})
    assert ElementTree.fromstring(plan.svg()).tag.endswith("svg")
    assert plan._repr_svg_() == plan.svg()
    assert "&lt;web&gt;" in plan._repr_html_() and plan.svg() in plan._repr_html_()
    assert host._repr_svg_() == host.svg()
    assert "<web>" in plan.text()
    pictured = [line for line in plan.text(columns=60).splitlines() if line.startswith("+")]
    assert pictured and max(map(len, pictured)) <= 60
    # A plan that was kept does not know its host.
    kept = vtune.Plan(plan.to_json())
    assert kept._repr_svg_() is None and kept._repr_html_() is None
    assert kept.svg(host) == plan.svg() and kept.text(host) == plan.text()
    with pytest.raises(TypeError, match="host"):
        kept.text()
    with pytest.raises(TypeError, match="spec"):
        kept.validate(host)


def test_explain(host):
    spec = vtune.Spec(common.SMALL)
    plan = host.place(spec)
    assert plan.explain()
    assert vtune.Plan(plan.to_json()).explain(host, spec) == plan.explain()
    with pytest.raises(vtune.InvalidError):
        host.try_place({"vcpus": 500, "memory": 1}).explain()


def test_capacity(host):
    capacity = host.capacity(common.SMALL)
    placed = 0
    rest = host
    while True:
        plan = rest.try_place({"name": f"vm{placed}", **common.SMALL})
        if not plan.fits:
            break
        rest = rest.commit(plan)
        placed += 1
    assert capacity.count == placed > 0
    assert not capacity.next.fits


def test_commit_and_release(host):
    before = host.to_json()
    plan = host.place({"name": "a", **common.SMALL})
    busy = host.commit(plan)
    assert host.to_json() == before
    assert [each["vm"] for each in busy.to_dict()["allocations"]] == ["a"]
    taken = plan.to_dict()["held_cpus"]
    assert busy.place({"name": "b", **common.SMALL}).to_dict()["held_cpus"] != taken
    again = busy.release("a")
    assert again.place({"name": "b", **common.SMALL}).to_dict()["held_cpus"] == taken


def test_with_state(host):
    reserved = host.with_state({"reserved_cpus": "0-7"})
    assert reserved.to_dict()["reserved_cpus"] == "0-7"
    assert reserved.with_state('{"reserved_cpus": ""}').to_json() == host.to_json()


def test_devices_of_a_pool_are_given_once():
    devices = [
        {"id": f"0000:{41 + i}:00.0", "class": "display", "node": i // 4} for i in range(8)
    ]
    host = vtune.Host.json({**common.two_nodes().to_dict(), "devices": devices})
    want = {"vcpus": 1, "memory": "64MiB", "hostdevs": [{"any": {"class": "display"}, "count": 2}]}
    specs = [{"name": f"vm{i}", **want} for i in range(5)]
    one_by_one, given = host, []
    for spec in specs[:4]:
        plan = one_by_one.place(spec)
        given += [device["id"] for device in plan.to_dict()["devices"]]
        one_by_one = one_by_one.commit(plan)
    together = [plan for plan in host.place_together(specs) if plan.fits]
    for ids in (given, [device["id"] for plan in together for device in plan.to_dict()["devices"]]):
        assert sorted(ids) == [device["id"] for device in devices]
    with pytest.raises(vtune.Infeasible) as caught:
        one_by_one.place(specs[4])
    assert [reason["code"] for reason in caught.value.reasons] == ["devices"]
    again = one_by_one.release("vm2").place(specs[4]).to_dict()["devices"]
    assert [device["id"] for device in again] == given[4:6]


def test_with_name():
    spec = vtune.Spec({"name": "a", **common.SMALL})
    assert spec.with_name("b").name == "b" and spec.name == "a"


def test_place_together(host):
    if not hasattr(vtune.raw, "vtune_place_together"):
        pytest.skip("this library has no vtune_place_together()")
    specs = [{"name": name, **common.SMALL} for name in "abc"]
    plans = host.place_together(specs)
    assert [plan.vm for plan in plans] == ["a", "b", "c"] and all(plan.fits for plan in plans)
    for plan in plans:
        plan.validate()
        host = host.commit(plan)
    too_many = [{"name": f"vm{i}", **common.SMALL} for i in range(9)]
    most = common.two_nodes().place_together(iter(too_many))
    assert any(plan.fits for plan in most) and not all(plan.fits for plan in most)
    none = common.two_nodes().place_together(too_many, all_or_none=True)
    assert not any(plan.fits for plan in none)
    assert common.two_nodes().place_together([]) == []
    with pytest.raises(vtune.Error):
        common.two_nodes().place_together([specs[0], specs[0]])


def test_close(host):
    plan = host.place(common.SMALL)
    with host as same:
        assert same is host
    assert host.closed and "closed" in repr(host)
    for call in (host.to_json, host.svg, lambda: host.place(common.SMALL), plan.text):
        with pytest.raises(vtune.InvalidError, match="closed"):
            call()
    host.close()
    assert plan._repr_html_() is None
    with plan:
        pass
    with pytest.raises(vtune.InvalidError):
        plan.to_json()
    with vtune.Spec(common.SMALL) as spec:
        pass
    with pytest.raises(vtune.InvalidError):
        common.two_nodes().place(spec)


def test_pickle_and_copy(host):
    plan = host.place({"name": "a", **common.SMALL})
    for again in (pickle.loads(pickle.dumps(plan)), copy.deepcopy(plan)):
        assert again.to_json() == plan.to_json()
        assert again.text() == plan.text() and again.explain() == plan.explain()
    assert pickle.loads(pickle.dumps(host)).to_json() == host.to_json()


def test_clashes_are_warned_of():
    clashing = vtune.Host.json(
        {
            "nodes": [{"id": 0, "cpus": "0-3", "memory_kib": 1 << 20}],
            "warnings": [{"code": "clash", "text": "two VMs hold CPU 1"}],
        }
    )
    assert clashing.warnings == ["two VMs hold CPU 1"]
    assert common.two_nodes().warnings == []


def test_constructors_that_are_none():
    for wrong in (vtune.Host, vtune.Report):
        with pytest.raises(TypeError):
            wrong()


def test_one_version_everywhere():
    version = (pathlib.Path(__file__).parents[1] / "pyproject.toml").read_text()
    assert re.search(r'^version = "(.*)"$', version, re.M).group(1) == vtune.__version__
    assert vtune.library_version() == vtune.__version__
