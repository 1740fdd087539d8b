# SPDX-License-Identifier: LGPL-2.1-or-later
"""Build the extension with the libvtune that pkg-config finds; the rest is in
pyproject.toml.

In a source tree SWIG makes the wrapper; a source distribution carries it.
"""

import os
import shlex
import shutil
import subprocess
import sys

from setuptools import Extension, setup
from setuptools.command.build_ext import build_ext
from setuptools.command.build_py import build_py
from setuptools.command.sdist import sdist

WRAPPER = "vtune_wrap.c"


def stop(sentence: str) -> None:
    sys.exit(f"vtune: {sentence}")


def pkg_config(*arguments: str) -> list[str]:
    command = [os.environ.get("PKG_CONFIG", "pkg-config"), *arguments, "libvtune"]
    try:
        done = subprocess.run(command, capture_output=True, check=True, text=True)
        return shlex.split(done.stdout)
    except FileNotFoundError:
        stop(f"{command[0]} is missing")
    except subprocess.CalledProcessError as error:
        stop(f"libvtune is not installed, or PKG_CONFIG_PATH does not name it: {error.stderr}")
    return []


def make_wrapper() -> None:
    """Make vtune_wrap.c and vtune/raw.py, unless they came with a source distribution."""
    if not os.path.exists("../vtune.i"):
        if not os.path.exists(WRAPPER):
            stop("this is no whole source tree: ../vtune.i is missing")
        return
    swig = os.environ.get("SWIG") or shutil.which("swig")
    if not swig:
        stop("SWIG is missing")
    # pkg-config leaves out the folders that the compiler knows; SWIG does not know them.
    known = [f"-I{path}" for path in pkg_config("--variable=includedir")]
    subprocess.run(
        [swig, "-python", "-builtin", *pkg_config("--cflags-only-I"), *known,
         "-outdir", "vtune", "-o", WRAPPER, "vtune.i"],
        check=True,
    )  # fmt: skip


class BuildPy(build_py):
    def run(self) -> None:
        make_wrapper()
        super().run()


class BuildExt(build_ext):
    def run(self) -> None:
        make_wrapper()
        for extension in self.extensions:
            extension.extra_compile_args = ["-fvisibility=hidden", *pkg_config("--cflags")]
            extension.extra_link_args = pkg_config("--libs")
        super().run()


class Sdist(sdist):
    def run(self) -> None:
        make_wrapper()
        super().run()


setup(
    ext_modules=[Extension("vtune._raw", [WRAPPER])],
    cmdclass={"build_py": BuildPy, "build_ext": BuildExt, "sdist": Sdist},
)
