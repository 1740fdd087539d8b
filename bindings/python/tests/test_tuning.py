# SPDX-License-Identifier: LGPL-2.1-or-later
"""The settings of a host, checked and set in a tree of files."""

import json
import pathlib

import pytest

import vtune


@pytest.fixture
def root(tmp_path):
    """A host of one node that swaps too readily and has no huge pages."""
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
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text + "\n")
    return tmp_path


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


def test_errors(root):
    with pytest.raises(vtune.InvalidError, match="nonsense"):
        vtune.tune("nonsense", sysroot=root)
    with pytest.raises(vtune.InvalidError, match="H99"):
        vtune.tune(sysroot=root, only=["H99"])
    with pytest.raises(vtune.DocumentError):
        vtune.tune({"name": "x", "settings": {"no-such-check": 1}}, sysroot=root)
    with pytest.raises(TypeError):
        vtune.tune(sysroot=root, plans=["no plan"])
    with pytest.raises(TypeError):
        vtune.Tuning()
