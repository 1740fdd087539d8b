#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# The schemas of specs and plans take and refuse the same documents and cases as
# the library does in test-documents.c, and say nothing that no document shows. The
# man pages have each key of the schemas, and their examples are sound.
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
import sys

from jsonschema import Draft202012Validator

SRCDIR = pathlib.Path(sys.argv[1])
KINDS = {
    "spec": {"base": "minimal", "more": ["../examples/specs"]},
    "plan": {"base": "two-cells", "more": []},
    "report": {"base": "verify", "more": []},
    "tuning": {"base": "latency", "more": []},
    "tuning-undo": {"base": "two", "more": [], "page": "tuning"},
    "profile": {"base": "every-setting", "more": ["../data/profiles"]},
}
complaints = []


def load(path):
    return json.loads(path.read_text(encoding="utf-8"))


def find(root, steps):
    for step in steps:
        root = root[int(step) if isinstance(root, list) else step]
    return root


def edit(root, pointer, value=None, remove=False):
    *steps, last = pointer.split("/")[1:]
    parent = find(root, steps)
    last = int(last) if isinstance(parent, list) else last
    if remove:
        del parent[last]
    else:
        parent[last] = value


def places(value, way=""):
    """Every place of a document, as a JSON pointer."""
    yield way
    if isinstance(value, dict):
        for key, member in value.items():
            yield from places(member, f"{way}/{key}")
    elif isinstance(value, list):
        for index, element in enumerate(value):
            yield from places(element, f"{way}/{index}")


class Schema:
    def __init__(self, kind):
        self.root = load(SRCDIR / f"../data/schema/vtune-{kind}-1.schema.json")
        Draft202012Validator.check_schema(self.root)
        self.validator = Draft202012Validator(self.root)
        self.shown = set()

    def takes(self, document):
        return self.validator.is_valid(document)

    def show(self, value, schema=None, way="#"):
        """Note the keys and the words of the schema that a document has."""
        schema = self.root if schema is None else schema
        if "$ref" in schema:
            target = schema["$ref"]
            self.show(value, find(self.root, target.split("/")[1:]), target)
        for choice in ("oneOf", "anyOf"):
            for index, option in enumerate(schema.get(choice, [])):
                if self.validator.evolve(schema=option).is_valid(value):
                    self.show(value, option, f"{way}/{choice}/{index}")
        if "enum" in schema:
            self.shown.add(f"{way}/enum/{value}")
        if isinstance(value, dict):
            for key in schema.get("properties", {}).keys() & value.keys():
                member = f"{way}/properties/{key}"
                self.shown.add(member)
                self.show(value[key], schema["properties"][key], member)
        if isinstance(value, list) and "items" in schema:
            for element in value:
                self.show(element, schema["items"], f"{way}/items")

    def said(self, schema=None, way="#"):
        """All keys and words of the schema."""
        schema = self.root if schema is None else schema
        for word in schema.get("enum", []):
            yield f"{way}/enum/{word}"
        for key, member in schema.get("properties", {}).items():
            yield f"{way}/properties/{key}"
            yield from self.said(member, f"{way}/properties/{key}")
        for name, member in schema.get("$defs", {}).items():
            yield from self.said(member, f"{way}/$defs/{name}")
        for choice in ("oneOf", "anyOf"):
            for index, option in enumerate(schema.get(choice, [])):
                yield from self.said(option, f"{way}/{choice}/{index}")
        if "items" in schema:
            yield from self.said(schema["items"], f"{way}/items")


def check_document(schema, name, document):
    if not schema.takes(document):
        error = next(schema.validator.iter_errors(document))
        complaints.append(f"{name}: {error.json_path}: {error.message[:200]}")
    schema.show(document)
    for place in places(document):
        if "/change" in place:  # a merge patch: any object is one
            continue
        spoilt = copy.deepcopy(document)
        if isinstance(find(spoilt, place.split("/")[1:]), dict):
            edit(spoilt, f"{place}/no_such_key", 1)
            if schema.takes(spoilt):
                complaints.append(f"{name}: the schema takes any key in {place or '/'}")
        spoilt = copy.deepcopy(document)
        if place:
            edit(spoilt, place, None)
            if schema.takes(spoilt):
                complaints.append(f"{name}: the schema takes null at {place}")


def check_case(schema, kind, row):
    base = row.get("base", KINDS[kind]["base"])
    document = load(SRCDIR / f"data/{kind}s/{base}.json")
    if "remove" in row:
        edit(document, row["remove"], remove=True)
    for pointer, value in row.get("set", {}).items():
        edit(document, pointer, value)
    if schema.takes(document) != ("accepted" in row or row.get("schema") == "takes"):
        complaints.append(f"{kind}: the schema should not say {schema.takes(document)} to {row}")
    if "accepted" in row:
        schema.show(document)


def check_manual(schema, kind):
    name = KINDS[kind].get("page", kind)
    page = (SRCDIR / f"../man/vtune-{name}.5").read_text(encoding="utf-8")
    described = set(re.findall(r"^\.It Cm (?:.*\.)?([\w-]+)$", page, re.MULTILINE))
    for way in schema.said():
        parent, _, key = way.rpartition("/")
        if parent.endswith("/properties") and key not in described:
            complaints.append(f"vtune-{name}(5) does not describe {way}")
    examples = re.findall(r"^\.Bd -literal.*?\n(\{.*?)^\.Ed", page, re.MULTILINE | re.DOTALL)
    if len(examples) < 2:
        complaints.append(f"vtune-{name}(5) has {len(examples)} examples")
    for index, example in enumerate(examples):
        document = json.loads(example)
        # Two kinds may share a page.
        if name == kind or document.get("kind") == kind:
            if not (name == kind and document.get("kind") in KINDS):
                check_document(schema, f"vtune-{name}(5), example {index + 1}", document)


def check_kind(kind):
    schema = Schema(kind)
    for folder in [f"data/{kind}s", *KINDS[kind]["more"]]:
        paths = sorted((SRCDIR / folder).glob("*.json"))
        if not paths:
            complaints.append(f"{folder}: no documents there")
        for path in paths:
            check_document(schema, path.name, load(path))
    for row in load(SRCDIR / f"data/{kind}-cases.json"):
        check_case(schema, kind, row)
    check_manual(schema, kind)
    for way in sorted(set(schema.said()) - schema.shown):
        complaints.append(f"{kind}: no document shows {way}")


for kind in KINDS:
    check_kind(kind)
print("\n".join(complaints) or "the schemas and the documents agree")
sys.exit(bool(complaints))
EOF
