# SPDX-License-Identifier: LGPL-2.1-or-later
"""One family of exceptions, with data."""

import copy
import errno
import pickle

import pytest

import common
import vtune
from vtune import raw


def test_codes_are_those_of_the_header():
    header = {
        name[len("VTUNE_ERR_") :]: getattr(raw, name)
        for name in dir(raw)
        if name.startswith("VTUNE_ERR_")
    }
    assert header == {code.name: code.value for code in vtune.ErrorCode}


def test_document_error_names_the_place():
    with pytest.raises(vtune.DocumentError) as caught:
        vtune.Spec({"vcpus": 2, "memory": 1, "numa": {"cells": [{"vcpus": "0-1", "cpus": 1}]}})
    assert caught.value.code is vtune.ErrorCode.DOCUMENT
    assert caught.value.where == "/numa/cells/0/cpus"
    assert caught.value.message in str(caught.value)
    assert isinstance(caught.value, (vtune.Error, ValueError))


def test_system_failure_has_errno(tmp_path):
    with pytest.raises(vtune.SystemFailure) as caught:
        vtune.Host.hwloc(tmp_path / "missing.xml")
    assert caught.value.errno == errno.ENOENT
    assert "missing.xml" in caught.value.where


def test_file_name_that_is_not_utf8(tmp_path):
    with pytest.raises(vtune.SystemFailure) as caught:
        vtune.Host.hwloc(str(tmp_path) + "/\udcff.xml")
    assert "xff" in caught.value.where


def test_infeasible_has_reasons_and_changes(host):
    with pytest.raises(vtune.Infeasible) as caught:
        host.place({"name": "big", "vcpus": 2, "memory": "1TiB"})
    refusal = caught.value
    assert refusal.reasons[0]["code"] == "memory"
    assert refusal.reasons[0]["need_kib"] == 1 << 30
    assert refusal.code == 0 and refusal.where == ""
    assert not refusal.plan.fits
    assert refusal.reasons[0]["text"] in str(refusal) and "big" in str(refusal)
    assert refusal.would_fit, "a smaller VM would fit"
    spec = {"name": "big", "vcpus": 2, "memory": "1TiB", **refusal.would_fit[0]["change"]}
    assert host.place(spec).fits


def test_limit_error():
    case = next((common.TOP / "tests" / "cases").glob("*error-limit.json"))
    import json

    document = json.loads(case.read_text())
    with pytest.raises(vtune.LimitError):
        vtune.Host.json(document["host"]).place(document["spec"], work_limit=3)


def test_not_valid_error(host):
    plan = host.place(common.SMALL)
    with pytest.raises(vtune.NotValidError):
        plan.validate(vtune.Host.json({"nodes": [{"id": 0, "cpus": "0", "memory_kib": 9}]}))
    plan.validate()


def test_invalid_error(host):
    with pytest.raises(vtune.InvalidError):
        host.place(common.SMALL).xml(domain_type="xen")
    for limit in (-1, 2**64):
        with pytest.raises(vtune.InvalidError):
            host.place(common.SMALL, work_limit=limit)
    with pytest.raises(vtune.InvalidError):
        host.text(columns=-1)


@pytest.mark.parametrize(
    "text", ["{", '{"version": 1, "vcpus": 1, "memory": 1}\x00', '"\ud800"'], ids=repr
)
def test_texts_that_are_none(text):
    with pytest.raises(ValueError):
        vtune.Spec(text)


def test_dict_that_is_no_json(host):
    with pytest.raises(TypeError):
        host.place({"vcpus": object(), "memory": 1})
    with pytest.raises(ValueError):
        host.place({"vcpus": float("nan"), "memory": 1})
    nested = {}
    for _ in range(100000):
        nested = {"a": nested}
    with pytest.raises(ValueError):
        host.place(nested)


def test_errors_are_pickled_and_copied(host):
    with pytest.raises(vtune.DocumentError) as caught:
        vtune.Spec("{}")
    for again in (pickle.loads(pickle.dumps(caught.value)), copy.copy(caught.value)):
        assert type(again) is vtune.DocumentError
        assert (again.code, again.where, str(again)) == (
            caught.value.code,
            caught.value.where,
            str(caught.value),
        )
    with pytest.raises(vtune.Infeasible) as refused:
        host.place({"vcpus": 100, "memory": 1})
    again = pickle.loads(pickle.dumps(refused.value))
    assert again.reasons == refused.value.reasons


def test_unknown_code_is_kept():
    from vtune import _errors

    error = _errors.from_raw(99, "something new", "", 0)
    assert type(error) is vtune.Error and error.code == 99
    assert isinstance(_errors.from_raw(6, "full", "", 0), MemoryError)
