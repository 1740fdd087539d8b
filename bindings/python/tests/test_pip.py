# SPDX-License-Identifier: LGPL-2.1-or-later
"""pip builds the package, in a virtual environment and without a network."""

import importlib.util
import os
import shutil
import subprocess
import sys

import pytest

import common

SOURCE = common.TOP / "bindings"


def run(*command, **more):
    done = subprocess.run(
        [str(part) for part in command], capture_output=True, text=True, check=False, **more
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def need(*modules):
    for module in modules:
        if importlib.util.find_spec(module) is None:
            pytest.skip(f"the Python module {module} is not installed")
    for command in ("swig", "pkg-config"):
        if shutil.which(command) is None:
            pytest.skip(f"{command} is not installed")


@pytest.fixture
def source(tmp_path):
    """A copy, as a build leaves files in its folder."""
    copy = tmp_path / "bindings"
    (copy / "python").mkdir(parents=True)
    for name in ("vtune.i", "python"):
        if (SOURCE / name).is_dir():
            shutil.copytree(
                SOURCE / name,
                copy / name,
                dirs_exist_ok=True,
                ignore=shutil.ignore_patterns(
                    "raw.py", "vtune_wrap.c", "_raw*", ".libs", "__pycache__", "build", "*.o"
                ),
            )
        else:
            shutil.copy(SOURCE / name, copy)
    for path in [copy, *copy.rglob("*")]:
        os.chmod(path, 0o755 if path.is_dir() else 0o644)
    return copy / "python"


def environment():
    """Without the package of the build tree."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}


def test_pip_install(source, tmp_path):
    need("venv", "pip", "setuptools", "wheel", "ensurepip")
    python = tmp_path / "venv" / "bin" / "python"
    # setuptools comes from the system: nothing is downloaded.
    run(sys.executable, "-m", "venv", "--system-site-packages", tmp_path / "venv")
    run(
        python, "-m", "pip", "install", "--no-index", "--no-build-isolation", "--no-deps", ".",
        cwd=source, env=environment(),
    )  # fmt: skip
    script = (
        "import vtune; print(vtune.__file__);"
        "print(vtune.Host.synthetic('numa:1 core:2 pu:1').place({'vcpus': 1, 'memory': 1024}))"
    )
    printed = run(python, "-c", script, cwd=tmp_path, env=environment())
    assert str(tmp_path / "venv") in printed and "<vtune.Plan 'vm' on node 0>" in printed
    installed = next((tmp_path / "venv").rglob("vtune/__init__.py")).parent
    assert (installed / "py.typed").exists() and (installed / "raw.pyi").exists()


def test_source_distribution_needs_no_swig(source, tmp_path):
    need("setuptools")
    run(sys.executable, "setup.py", "-q", "sdist", cwd=source, env=environment())
    archive = next((source / "dist").glob("vtune-*.tar.gz"))
    shutil.unpack_archive(archive, tmp_path)
    unpacked = next(tmp_path.glob("vtune-*"))
    without_swig = {**environment(), "SWIG": "/nonexistent"}
    run(sys.executable, "setup.py", "-q", "build", cwd=unpacked, env=without_swig)
    assert list((unpacked / "build").rglob("_raw*.so")) and list(unpacked.rglob("raw.py"))


def test_missing_library_is_said(source):
    need("setuptools")
    nowhere = {**environment(), "PKG_CONFIG_PATH": "", "PKG_CONFIG_LIBDIR": str(source)}
    done = subprocess.run(
        [sys.executable, "setup.py", "build"],
        cwd=source, env=nowhere, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode != 0 and "vtune: libvtune is not installed" in done.stderr
