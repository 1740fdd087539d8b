# SPDX-License-Identifier: LGPL-2.1-or-later
"""The example program and the benchmark, as their users run them."""

import os
import pathlib
import re
import runpy
import subprocess
import sys

import pytest

import common
import vtune

libvirt = pytest.importorskip("libvirt", reason="python3-libvirt is not installed")

PROGRAM = common.TOP / "examples" / "python" / "place-domains.py"
SMALL = "<domain type='test'><name>{}</name><memory unit='GiB'>1</memory><vcpu>2</vcpu>{}</domain>"


def run(*arguments):
    return subprocess.run(
        [sys.executable, str(PROGRAM), *arguments], capture_output=True, text=True, check=False
    )


def test_the_domain_of_the_test_driver():
    done = run("test:///default")
    # Its own domain asks for more memory than its host has.
    assert done.returncode == 1, done.stderr
    assert re.search(r"^test does not fit:\n  - the VM needs 8 GiB of memory", done.stdout, re.M)
    assert "node 0" in done.stdout and done.stderr == ""


def test_apply(monkeypatch, capsys):
    """In this process, as test:///default is another one in every process."""
    hypervisor = libvirt.open("test:///default")
    hypervisor.lookupByName("test").destroy()
    hypervisor.lookupByName("test").undefine()
    for name in ("web", "small"):
        hypervisor.defineXML(SMALL.format(name, "<os><type>hvm</type></os>"))
    monkeypatch.setattr(sys, "argv", [str(PROGRAM), "--apply", "test:///default"])
    with pytest.raises(SystemExit) as done:
        runpy.run_path(str(PROGRAM), run_name="__main__")
    assert done.value.code == 0
    printed = capsys.readouterr().out
    pins = re.findall(r"^  vCPU \d: CPUs (\d+)$", printed, re.M)
    assert len(pins) == len(set(pins)) == 4
    assert printed.index("small:") < printed.index("web:")
    assert "vcpupin" in hypervisor.lookupByName("web").XMLDesc()
    hypervisor.close()


def test_devices_and_disks_are_shown(capsys):
    show = runpy.run_path(str(PROGRAM))["show"]
    host = vtune.Host.json(
        {
            "nodes": [{"id": 0, "cpus": "0-7", "memory_kib": 8 << 20}],
            "devices": [
                {"id": "0000:41:00.0", "class": "display", "node": 0},
                {"id": "0000:42:00.0", "class": "display"},
            ],
        }
    )
    show(
        host.place(
            {
                "name": "gpu", "vcpus": 2, "memory": "1GiB", "iothreads": {"count": 2},
                "disks": [{"target": "vda"}],
                "hostdevs": [{"any": {"class": "display"}, "count": 2, "affinity": "prefer"}],
            }  # fmt: skip
        )
    )
    printed = capsys.readouterr().out
    for line in (
        "  I/O thread 1: CPUs 2-7, for vda", "  I/O thread 2: CPUs 2-7",
        "  device 0000:41:00.0: on node 0", "  device 0000:42:00.0: on an unknown node",
    ):  # fmt: skip
        assert line in printed.splitlines(), printed
    assert "  warning: no CPU of the host is reserved" in printed


def test_mistakes():
    done = run("nonsense:///")
    assert done.returncode == 1 and done.stderr.startswith("place-domains.py: ")
    assert run("--nonsense").returncode == 2


def test_readme(capsys):
    text = (common.TOP / "bindings" / "python" / "README.md").read_text()
    blocks = re.findall(r"^```python\n(.*?)^```", text, re.M | re.S)
    assert len(blocks) == 2
    hypervisor = libvirt.open("test:///default")
    hypervisor.defineXML(
        "<domain type='test'><name>db01</name><memory unit='GiB'>2</memory><vcpu>8</vcpu>"
        "<os><type>hvm</type></os></domain>"
    )
    program = "".join(blocks).replace("qemu:///system", "test:///default").replace("32GiB", "2GiB")
    exec(compile(program, "README.md", "exec"), {})  # noqa: S102
    assert "<vcpupin" in capsys.readouterr().out
    assert "<vcpupin" in hypervisor.lookupByName("db01").XMLDesc()
    hypervisor.lookupByName("db01").undefine()


def test_benchmark():
    loop = pathlib.Path(os.environ.get("top_builddir", ".")) / "bench" / "place-loop"
    if not loop.exists():
        pytest.skip("bench/place-loop is not built")
    done = subprocess.run(
        [sys.executable, str(common.TOP / "bench" / "bench-python.py"), "1"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert len(re.findall(r" us  C .* times$", done.stdout, re.M)) == 3
