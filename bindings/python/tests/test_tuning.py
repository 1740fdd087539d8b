# SPDX-License-Identifier: LGPL-2.1-or-later
"""The settings of a host, checked and set in a tree of files."""

import copy
import json
import pathlib
import pickle
from concurrent.futures import ThreadPoolExecutor

import pytest

import common
import vtune


@pytest.fixture
def root(tmp_path):
    """A host of one node that swaps too readily and has no huge pages."""
    return common.host_tree(tmp_path)


HOST = {
    "nodes": [
        {
            "id": 0,
            "cpus": "0-3",
            "memory_kib": 8 << 20,
            "free_kib": 8 << 20,
            "pages": [{"size_kib": 2048, "total": 0}],
        }
    ],
    "reserved_cpus": "0",
}


def swappiness(root: pathlib.Path) -> str:
    return (root / "proc/sys/vm/swappiness").read_text().strip()


def test_check(root):
    with vtune.tune("latency", sysroot=root, only=["swappiness", "H8"]) as tuning:
        assert not tuning.holds
        document = tuning.to_dict()
        assert {check["name"] for check in document["checks"]} == {"swappiness", "aio-max-nr"}
        assert document["profile"] == "latency"
        assert "swap" in tuning.text(60)
        assert json.loads(tuning.to_json()) == document


def test_apply_and_undo(root):
    tuning = vtune.tune(sysroot=root, only=["swappiness"])
    assert tuning.apply(dry_run=True).to_dict()["dry_run"]
    assert swappiness(root) == "60"
    report = tuning.apply()
    assert report.holds and report.to_dict()["kind"] == "tune"
    assert swappiness(root) == "35"
    assert vtune.tune(sysroot=root, only=["swappiness"]).holds
    assert vtune.untune(sysroot=root, dry_run=True).to_dict()["calls"]
    assert swappiness(root) == "35"
    assert vtune.untune(sysroot=root).holds
    assert swappiness(root) == "60"


def test_undo_leaves_what_others_changed(root, tmp_path_factory):
    undo = tmp_path_factory.mktemp("undo") / "undo.json"
    vtune.tune(sysroot=root, only=["swappiness"], undo_file=undo).apply()
    assert undo.exists()
    (root / "proc/sys/vm/swappiness").write_text("1\n")
    report = vtune.untune(sysroot=root, undo_file=undo)
    assert report.to_dict()["drift"]
    assert swappiness(root) == "1"


def test_persist(root, tmp_path):
    target = tmp_path / "new root"
    report = vtune.tune(sysroot=root, only=["swappiness"]).persist(target)
    assert report.holds
    texts = [path.read_text() for path in target.rglob("*") if path.is_file()]
    assert any("vm.swappiness = 35" in text for text in texts)


def test_huge_pages_for_specs(root):
    host = vtune.Host.json(HOST)
    wish = {"name": "db", "vcpus": 2, "memory": "1GiB", "hugepages": "2MiB"}
    with pytest.raises(vtune.Infeasible):
        host.place(wish)
    tuning = vtune.tune(sysroot=root, host=host, specs=[wish], only=["huge-pages"])
    (check,) = tuning.to_dict()["checks"]
    assert check["settings"][0]["wanted"] == "512"
    assert tuning.to_dict()["vms"] == ["db"]
    too_large = {**wish, "memory": "64GiB"}
    with pytest.raises(vtune.NotValidError, match="db"):
        vtune.tune(sysroot=root, host=host, specs=[too_large])


def test_plans(root):
    host = vtune.Host.json(HOST)
    plan = host.place({"name": "web", "vcpus": 2, "memory": "1GiB"})
    tuning = vtune.tune(sysroot=root, host=host, plans=[plan])
    assert tuning.to_dict()["held_cpus"] == plan.to_dict()["held_cpus"]


def test_profiles(root):
    profiles = vtune.tuning_profiles()
    assert {"latency", "throughput", "density", "realtime"} <= {p["name"] for p in profiles}
    own = {**profiles[0], "name": "mine", "settings": {"swappiness": {"max": 1, "set": 1}}}
    tuning = vtune.tune(own, sysroot=root, only=["swappiness"])
    assert tuning.to_dict()["profile"] == "mine"
    tuning.apply()
    assert swappiness(root) == "1"


def test_undo_file_that_is_none(root):
    undo = root / "undo.json"
    undo.write_text('{"version": 1, "kind": "other"}')
    with pytest.raises(vtune.DocumentError) as caught:
        vtune.untune(sysroot=root, undo_file=undo)
    assert caught.value.where == "/kind" and str(undo) in caught.value.message
    tuning = vtune.tune(sysroot=root, only=["swappiness"], undo_file=undo)
    with pytest.raises(vtune.DocumentError):
        tuning.apply()
    assert swappiness(root) == "60", "set without a way back"


def test_what_is_given_may_be_closed(root):
    host = vtune.Host.json(HOST)
    spec = vtune.Spec({"name": "db", "vcpus": 1, "memory": "1GiB"})
    plan = host.place(spec)
    tuning = vtune.tune(sysroot=root, host=host, plans=[plan], specs=[spec.with_name("b")])
    before = tuning.to_json()
    host.close()
    plan.close()
    spec.close()
    assert tuning.to_json() == before
    for given in ({"host": host}, {"plans": [plan]}, {"specs": [spec]}):
        with pytest.raises(vtune.InvalidError, match="closed"):
            vtune.tune(sysroot=root, **given)


def test_close(root):
    with vtune.tune(sysroot=root, only=["swappiness"]) as tuning:
        assert repr(tuning) == "<vtune.Tuning 'throughput': does not hold>"
        report = tuning.apply(dry_run=True)
    assert tuning.closed and repr(tuning) == "<vtune.Tuning (closed)>"
    for call in (tuning.to_json, tuning.text, tuning.apply, lambda: tuning.persist(root)):
        with pytest.raises(vtune.InvalidError, match="closed"):
            call()
    assert report.to_dict()["kind"] == "tune", "a report is gone with its tuning"
    with report:
        pass
    with pytest.raises(vtune.InvalidError, match="closed"):
        report.to_dict()


def test_reports_say_what_they_are(root):
    tuning = vtune.tune(sysroot=root, only=["swappiness"])
    reports = {
        "tune": tuning.apply(),
        "persist": tuning.persist(root, dry_run=True),
        "undo": vtune.untune(sysroot=root),
    }
    for kind, report in reports.items():
        assert report.to_dict()["kind"] == kind and kind in repr(report) and report.text()


def test_not_pickled(root):
    tuning = vtune.tune(sysroot=root, only=["swappiness"])
    for thing in (tuning, tuning.apply(dry_run=True), vtune.Connection("test:///default")):
        with pytest.raises(TypeError, match=f"vtune.{type(thing).__name__} cannot be pickled"):
            pickle.dumps(thing)
        with pytest.raises(TypeError):
            copy.copy(thing)


def test_connection(root):
    with vtune.Connection("test:///default") as connection:
        tuning = vtune.tune(sysroot=root, connection=connection)
        assert tuning.to_dict()["vms"] == ["test"]
    by_uri = vtune.tune(sysroot=root, connection="test:///default")
    assert by_uri.to_json() == tuning.to_json()


def test_many_threads_check(root):
    host = vtune.Host.json(HOST)
    wish = vtune.Spec({"name": "db", "vcpus": 1, "memory": "1GiB", "hugepages": "2MiB"})
    shared = vtune.tune(sysroot=root, host=host, specs=[wish])
    expected = shared.to_json()

    def work(_):
        for _ in range(5):
            assert vtune.tune(sysroot=root, host=host, specs=[wish]).to_json() == expected
            assert shared.to_json() == expected and shared.text()
        return True

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(work, range(8)))


def test_errors(root):
    with pytest.raises(vtune.InvalidError, match="nonsense"):
        vtune.tune("nonsense", sysroot=root)
    with pytest.raises(vtune.InvalidError, match="H99"):
        vtune.tune(sysroot=root, only=["H99"])
    with pytest.raises(vtune.DocumentError):
        vtune.tune({"name": "x", "settings": {"no-such-check": 1}}, sysroot=root)
    with pytest.raises(vtune.DocumentError) as caught:
        vtune.tune({"name": "x", "settings": {"ksm": {"sat": 1}}}, sysroot=root)
    assert caught.value.where == "/settings/ksm/sat"
    with pytest.raises(TypeError):
        vtune.tune(sysroot=root, plans=["no plan"])
    for wrong in ({"only": "H3"}, {"skip": "ksm"}, {"only": [3]}, {"host": HOST}, {"profile": 3}):
        with pytest.raises(TypeError):
            vtune.tune(sysroot=root, **wrong)
    with pytest.raises(vtune.DocumentError):
        vtune.tune(sysroot=root, specs=[{"vcpus": 0, "memory": 1}])
    with pytest.raises(vtune.InvalidError):
        refused = vtune.Host.json(HOST).try_place({"vcpus": 99, "memory": 1})
        vtune.tune(sysroot=root, plans=[refused])
    with pytest.raises(vtune.LibvirtError):
        vtune.tune(sysroot=root, connection="nonsense:///")
    with pytest.raises(vtune.InvalidError):
        vtune.tune(sysroot=root).persist("")
    with pytest.raises(vtune.InvalidError):
        vtune.tune(sysroot=root).text(-1)
    with pytest.raises(TypeError):
        vtune.Tuning()
