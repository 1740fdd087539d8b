#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# The schema of the host document takes every host in data/hosts and what the
# library writes of it, refuses what the library refuses for its form alone, and
# says nothing that vtune-host(5) leaves out.
python=/usr/bin/python3
if ! "$python" -c 'from jsonschema import Draft202012Validator' 2> /dev/null; then
	echo 'python3 with jsonschema 4 is missing'
	exit 77
fi
exec "$python" - "${srcdir:-.}" << 'EOF'
import copy
import json
import pathlib
import re
import shutil
import subprocess
import sys

from jsonschema import Draft202012Validator

SRCDIR = pathlib.Path(sys.argv[1])
REFUSED = [
    # pointer of what is set, value
    ("/version", 2),
    ("/vms", []),
    ("/name", 7),
    ("/name", "a\nb"),
    ("/page_kib", 4.5),
    ("/nodes", []),
    ("/nodes/0/id", -1),
    ("/nodes/0/id", 4096),
    ("/nodes/0/cpu", "0"),
    ("/nodes/0/cpus", "0-3,^2"),
    ("/nodes/0/cpus", "0,,1"),
    ("/nodes/0/cpus", [0]),
    ("/nodes/0/memory_kib", -1),
    ("/nodes/0/memory_kib", "64 GiB"),
    ("/nodes/0/memory_kib", 2**52 + 1),
    ("/nodes/0/pages/0/total", -1),
    ("/nodes/0/pages/0/size", 4),
    ("/nodes/0/distances/01", 10),
    ("/nodes/0/distances/0", 0),
    ("/nodes/0/distances/0", 65536),
    ("/nodes/0/kind", "ram"),
    ("/cores/0", ""),
    ("/caches/0/level", 0),
    ("/devices/0/id", ""),
    ("/devices/0/driver", "x"),
    ("/devices/0/node", -1),
    ("/overcommit", 0),
    ("/overcommit", "4"),
    ("/free_excludes_allocations", 1),
    ("/allocations/0/vm", ""),
    ("/allocations/0/shared_vcpus", 3),
    ("/allocations/0/memory/0/pages", 1),
    ("/arch", "x86-64"),
    ("/cpu", {"vendor": ""}),
    ("/cpu", {"family": "x"}),
    ("/dies", "0-3"),
    ("/dies", [4]),
    ("/clusters", [["0"]]),
    ("/hypervisor", "QEMU"),
    ("/hypervisor", {"version": "7.2"}),
    ("/hypervisor", {"type": ""}),
    ("/hypervisor", {"name": "QEMU"}),
    ("/warnings", [{"code": "clash"}]),
    ("/warnings", [{"code": "", "text": "x"}]),
    ("/warnings", [{"code": "x", "text": "x", "vms": "a"}]),
    ("/warnings", [{"code": "x", "text": "x", "cpus": [1]}]),
]
complaints = []


def load(path):
    return json.loads(path.read_text(encoding="utf-8"))


def put(root, pointer, value):
    *steps, last = pointer.split("/")[1:]
    for step in steps:
        root = root[int(step) if isinstance(root, list) else step]
    root[int(last) if isinstance(root, list) else last] = value


def keys(schema):
    """Every key that a schema knows."""
    if isinstance(schema, dict):
        if isinstance(schema.get("properties"), dict):
            yield from schema["properties"]
        for value in schema.values():
            yield from keys(value)


def check(name, document):
    for error in validator.iter_errors(document):
        complaints.append(f"{name}: {error.json_path}: {error.message}")


schema = load(SRCDIR / "../data/schema/vtune-host-1.schema.json")
Draft202012Validator.check_schema(schema)
validator = Draft202012Validator(schema)

hosts = sorted((SRCDIR / "data/hosts").glob("*.json"))
if len(hosts) < 8:
    complaints.append(f"only {len(hosts)} hosts found")
for path in hosts:
    check(path.name, load(path))
    if shutil.which("vtune-place"):
        command = ["vtune-place", "host", "--host", f"json:{path}", "--format", "json"]
        written = subprocess.run(command, check=True, capture_output=True).stdout
        check(f"{path.name}, written", json.loads(written))

base = load(SRCDIR / "data/hosts/four-node-busy.json")
for pointer, value in REFUSED:
    document = copy.deepcopy(base)
    put(document, pointer, value)
    if validator.is_valid(document):
        complaints.append(f"the schema takes {value!r} at {pointer}")

page = (SRCDIR / "../man/vtune-host.5").read_text(encoding="utf-8")
for key in sorted(set(keys(schema))):
    if not re.search(rf"^\.It Cm {key}\b", page, re.MULTILINE):
        complaints.append(f"vtune-host(5) does not describe {key}")
for number, example in enumerate(re.findall(r"^\.Bd -literal.*?\n(.*?)^\.Ed", page, re.M | re.S)):
    try:
        document = json.loads(example)
    except ValueError as error:
        complaints.append(f"vtune-host(5), example {number}: {error}")
        continue
    if "nodes" in document:
        check(f"vtune-host(5), example {number}", document)

for complaint in complaints:
    print(complaint)
sys.exit(1 if complaints else 0)
EOF
