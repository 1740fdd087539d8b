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
from vtune import _tuning_types, _types

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


DOCUMENTS = {
    "host": _types.HostDocument,
    "plan": _types.PlanDocument,
    "profile": _tuning_types.TuningProfile,
    "report": _types.ReportDocument,
    "spec": _types.SpecDocument,
    "tuning": _tuning_types.TuningDocument,
}

# Documents that are read, whose dicts may leave out the version.
READ = (_types.HostDocument, _types.SpecDocument, _tuning_types.TuningProfile)


# What schemas and types are compared as: the alternatives that a value has, by their
# kinds: "int", "str", ...; "words" with a set of them; "list" and "map" with what is in them;
# and "keys", to each of which belong what it holds and whether it must be there.


def add(shape, other):
    """Let a shape be another one, too. Objects become one that has the keys of both."""
    for kind, inside in other.items():
        if kind not in shape:
            shape[kind] = inside
        elif kind == "words":
            shape[kind] = shape[kind] | inside
        elif kind in ("list", "map"):
            shape[kind] = add(dict(shape[kind]), inside)
        elif kind == "keys":
            both = {}
            for key in shape[kind].keys() | inside.keys():
                ways = [each[key] for each in (shape[kind], inside) if key in each]
                merged = {}
                for way, _ in ways:
                    add(merged, way)
                both[key] = merged, len(ways) == 2 and all(needed for _, needed in ways)
            shape[kind] = both
    if "str" in shape:
        shape.pop("words", None)
    return shape


def shape_of_schema(schema, definitions):
    kinds = {"integer": "int", "number": "float", "string": "str", "boolean": "bool"}
    if "$ref" in schema:
        return shape_of_schema(definitions[schema["$ref"].rsplit("/", 1)[1]], definitions)
    shape = {}
    for each in schema.get("oneOf", []) + schema.get("anyOf", []):
        if "properties" in each or "required" not in each:
            add(shape, shape_of_schema(each, definitions))
    values = schema.get("enum", [schema["const"]] if "const" in schema else [])
    for value in values:
        is_word = isinstance(value, str)
        add(shape, {"words": {value}} if is_word else {type(value).__name__: None})
    kind = schema.get("type")
    if values or kind is None:
        pass
    elif kind == "array":
        shape["list"] = shape_of_schema(schema["items"], definitions)
    elif "properties" in schema:
        needed = schema.get("required", [])
        shape["keys"] = {
            key: (shape_of_schema(inside, definitions), key in needed)
            for key, inside in schema["properties"].items()
        }
        assert schema["additionalProperties"] is False
    elif kind == "object":
        inside = schema.get("additionalProperties")
        shape["map"] = shape_of_schema(inside, definitions) if inside else {"any": None}
    else:
        shape[kinds[kind]] = None
    assert shape, schema
    return shape


def shape_of_type(kind):
    origin, inside = typing.get_origin(kind), typing.get_args(kind)
    if origin is typing.Union:
        shape = {}
        for each in inside:
            add(shape, shape_of_type(each))
        return shape
    if origin is typing.Literal:
        return {"words": set(inside)}
    if origin is list:
        return {"list": shape_of_type(inside[0])}
    if origin is dict:
        assert inside[0] is str
        return {"map": shape_of_type(inside[1])}
    if kind is typing.Any:
        return {"any": None}
    if kind in (int, float, str, bool):
        return {kind.__name__: None}
    hints = typing.get_type_hints(kind, {**vars(_types), **vars(_tuning_types)})
    return {
        "keys": {
            key: (shape_of_type(hint), key in kind.__required_keys__)
            for key, hint in hints.items()
        }
    }


def differences(schema, kind, path=""):
    """What is not alike in two shapes, each with its place."""
    if schema.keys() != kind.keys():
        yield f"{path}: {sorted(schema)} in the schema, {sorted(kind)} in the types"
    for each in schema.keys() & kind.keys():
        if each == "words" and schema[each] != kind[each]:
            yield f"{path}: other words: {schema[each] ^ kind[each]}"
        elif each in ("list", "map"):
            yield from differences(schema[each], kind[each], f"{path}/*")
        elif each == "keys":
            for key in schema[each].keys() ^ kind[each].keys():
                yield f"{path}/{key}: only in the {'schema' if key in schema[each] else 'types'}"
            for key in schema[each].keys() & kind[each].keys():
                (inside, needed), (hint, is_needed) = schema[each][key], kind[each][key]
                yield from differences(inside, hint, f"{path}/{key}")
                if needed != is_needed:
                    yield f"{path}/{key}: {'must' if needed else 'need not'} be there"


def schema_of(name):
    path = common.TOP / "data" / "schema" / f"vtune-{name}-1.schema.json"
    return json.loads(path.read_text())


@pytest.mark.parametrize("name", DOCUMENTS)
def test_types_are_the_schemas(name):
    schema, kind = schema_of(name), DOCUMENTS[name]
    if name == "report":
        # One type of finding is for all lists, also those where no setting of a host is.
        schema["$defs"]["finding"]["properties"]["where"] = {"type": "string"}
    expected = shape_of_schema(schema, schema.get("$defs", {}))
    if kind in READ:
        expected["keys"]["version"] = expected["keys"]["version"][0], False
    assert list(differences(expected, shape_of_type(kind))) == []


def test_every_schema_has_a_type():
    found = (common.TOP / "data" / "schema").glob("vtune-*-1.schema.json")
    names = {path.name[len("vtune-") : -len("-1.schema.json")] for path in found}
    # The record for undoing is the library's own.
    assert names == DOCUMENTS.keys() | {"tuning-undo"}


def test_differences_are_found():
    """At every depth, each kind of them."""
    schema = schema_of("spec")
    disk = schema["$defs"]["disk"]["properties"]
    disk["new"] = {"type": "string"}
    del disk["rawio"]
    disk["bus"]["enum"].append("spi")
    disk["readonly"] = {"type": "integer"}
    schema["$defs"]["cell"]["required"] = []
    schema["$defs"]["device_choice"]["properties"]["ids"]["items"] = {"type": "integer"}
    found = "\n".join(
        differences(
            shape_of_schema(schema, schema["$defs"]), shape_of_type(_types.SpecDocument)
        )
    )
    for line in (
        "/disks/*/new: only in the schema",
        "/disks/*/rawio: only in the types",
        "/disks/*/bus: other words: {'spi'}",
        "/disks/*/readonly: ['int'] in the schema, ['bool'] in the types",
        "/numa/cells/*/vcpus: need not be there",
        "/interfaces/*/device/any/ids/*: ['int'] in the schema, ['str'] in the types",
    ):
        assert line in found


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
