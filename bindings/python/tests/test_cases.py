# SPDX-License-Identifier: LGPL-2.1-or-later
"""The table that C and all bindings share: see tests/test-cases.c."""

import json

import pytest

import common
import vtune

CASES = sorted((common.TOP / "tests" / "cases").glob("*.json"))


def place(host, spec, work_limit):
    return vtune.Host.json(host).try_place(spec, work_limit=work_limit)


def as_text(document):
    return document if isinstance(document, str) else json.dumps(document)


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_case(path):
    case = json.loads(path.read_text())
    # Once as JSON texts, once as dicts.
    for form in (as_text, lambda document: document):
        try:
            plan = place(form(case["host"]), form(case["spec"]), case.get("work_limit", 0))
        except vtune.Error as error:
            assert {"code": error.code, "where": error.where} == case["error"]
            continue
        # The order of keys counts, too.
        assert json.dumps(json.loads(plan.to_json())) == json.dumps(case["plan"])
        assert vtune.Plan(case["plan"]).to_json() == plan.to_json()


def test_there_are_cases():
    assert len(CASES) >= 20
