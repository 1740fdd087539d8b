# SPDX-License-Identifier: LGPL-2.1-or-later
"""Type hints: complete, and of the same keys as the schemas."""

import json
import os
import subprocess
import sys
import typing

import pytest

import common
import vtune
from vtune import _types

PACKAGE = common.TOP / "bindings" / "python" / "vtune"


def test_mypy_strict(tmp_path):
    pytest.importorskip("mypy", reason="mypy is not installed")
    command = [
        sys.executable, "-m", "mypy", "--strict", "--cache-dir", str(tmp_path),
        "--python-version", "3.9",
    ]  # fmt: skip
    users = [common.TOP / "bench" / "bench-python.py"]
    users += (common.TOP / "examples" / "python").glob("*.py")
    assert len(users) >= 2
    environment = {**os.environ, "MYPYPATH": str(PACKAGE.parent)}
    # libvirt-python has no types.
    for arguments in ([PACKAGE], ["--ignore-missing-imports", *users]):
        done = subprocess.run(
            [*command, *map(str, arguments)],
            capture_output=True,
            text=True,
            env=environment,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr


def schema(name):
    path = common.TOP / "data" / "schema" / f"vtune-{name}-1.schema.json"
    return json.loads(path.read_text())


def keys(kind):
    return set(typing.get_type_hints(kind, vars(_types)))


def properties(document, *way):
    """The keys of an object of a schema, found by names of definitions or properties."""
    at = document
    for step in way:
        if "$ref" in at:
            at = document["$defs"][at["$ref"].rsplit("/", 1)[1]]
        if step == "[]":
            at = at["items"]
        else:
            at = document["$defs"][step] if step in document["$defs"] else at["properties"][step]
    if "$ref" in at:
        at = document["$defs"][at["$ref"].rsplit("/", 1)[1]]
    return set(at["properties"])


def test_types_have_the_keys_of_the_schemas():
    plan = schema("plan")
    assert keys(_types.PlanDocument) == properties(plan, "placement") | properties(plan, "refusal")
    assert keys(_types.Cost) == properties(plan, "cost")
    assert keys(_types.Cell) == properties(plan, "cell")
    assert keys(_types.Vcpu) == properties(plan, "vcpu")
    assert keys(_types.IoThread) == properties(plan, "iothread")
    assert keys(_types.Device) == properties(plan, "device")
    assert keys(_types.PlanInterface) == properties(plan, "interface")
    for kind, key in (
        (_types.PlanMemoryBacking, "memory_backing"), (_types.PlanHotplug, "hotplug"),
        (_types.PlanMemtune, "memtune"), (_types.PlanRealtime, "realtime"),
        (_types.BandwidthOf, "bandwidth"),
    ):  # fmt: skip
        assert keys(kind) == set(plan["$defs"]["placement"]["properties"][key]["properties"])
    assert keys(_types.Reason) == properties(plan, "reason")
    assert keys(_types.PlanDomain) == set(
        plan["$defs"]["placement"]["properties"]["domain"]["properties"]
    )
    assert keys(_types.PlanPcie) == properties(plan, "pcie")
    assert keys(_types.PlanExpander) == properties(plan, "pcie", "expanders", "[]")
    host = schema("host")
    assert keys(_types.HostDocument) == set(host["properties"])
    assert keys(_types.HostNode) == properties(host, "node")
    assert keys(_types.HostPool) == properties(host, "pool")
    assert keys(_types.HostDevice) == properties(host, "device")
    assert keys(_types.HostWarning) == properties(host, "warning")
    assert keys(_types.Allocation) == properties(host, "allocation")
    assert keys(_types.AllocationMemory) == properties(host, "memory")
    spec = schema("spec")
    assert keys(_types.SpecDocument) == set(spec["properties"])
    for kind, key in (
        (_types.SpecCpu, "cpu"), (_types.SpecNuma, "numa"), (_types.SpecEmulator, "emulator"),
        (_types.SpecIoThreads, "iothreads"), (_types.BandwidthOf, "bandwidth"),
        (_types.SpecRealtime, "realtime"), (_types.SpecMemoryBacking, "memory_backing"),
        (_types.SpecHotplug, "hotplug"), (_types.SpecMemtune, "memtune"),
    ):  # fmt: skip
        assert keys(kind) == set(spec["properties"][key]["properties"])
    assert keys(_types.Bandwidth) == properties(spec, "bandwidth")
    assert keys(_types.SpecCell) == properties(spec, "cell")
    assert keys(_types.SpecDisk) == properties(spec, "disk")
    assert keys(_types.SpecInterface) == properties(spec, "interface")
    assert keys(_types.SpecInterfaceDevice) == properties(spec, "interface_device")
    assert keys(_types.SpecHostdev) == properties(spec, "hostdev")
    assert keys(_types.SpecPcie) == properties(spec, "pcie")
    assert keys(_types.SpecChoice) == properties(spec, "device_choice")
    report = schema("report")
    kinds = ("apply", "verify", "migrate")
    assert keys(_types.ReportDocument) == set().union(*(properties(report, k) for k in kinds))
    assert keys(_types.Finding) == properties(report, "finding")


def test_every_public_thing_is_documented():
    for name in vtune.__all__:
        thing = getattr(vtune, name)
        assert thing.__doc__, name
        if isinstance(thing, type) and issubclass(thing, _handles()):
            for member, value in vars(thing).items():
                if not member.startswith("_"):
                    assert value.__doc__, f"{name}.{member}"


def _handles():
    from vtune._handle import Handle

    return Handle
