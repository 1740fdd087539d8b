# SPDX-License-Identifier: LGPL-2.1-or-later
"""Wrong arguments give exceptions, whatever they are and wherever they are given."""

import inspect
import itertools
import random

import pytest

import common
import vtune
from vtune import raw

CALLS = 50_000


class Odd:
    """Answers everything, with nonsense."""

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return lambda *_, **__: self

    def __int__(self):
        raise RuntimeError("no number")

    def __iter__(self):
        raise RuntimeError("no sequence")


class BadThis:
    this = 5


@pytest.fixture(scope="module")
def tree(tmp_path_factory):
    """A host without settings, so that nothing is set or written, whatever is called."""
    return tmp_path_factory.mktemp("host")


def tuning_of(root):
    tuning = vtune.tune(sysroot=root, only=["swappiness"])
    assert not tuning.to_dict()["files"] and not tuning.apply(dry_run=True).to_dict()["calls"]
    return tuning


def values(root):
    host = common.two_nodes()
    spec = vtune.Spec(common.SMALL)
    connection = vtune.Connection("test:///default")
    plan = host.place(spec)
    closed = common.two_nodes()
    closed.close()
    tuning = tuning_of(root)
    mine = [
        host, spec, plan, connection, closed, host.try_place({"vcpus": 99, "memory": 1}), tuning,
        tuning.apply(dry_run=True),
    ]  # fmt: skip
    options = raw.vtune_tuning_options_new()
    raw.vtune_tuning_options_set_sysroot(options, str(root))
    others = [
        None, True, 0, 1, -1, 7, 2**31, 2**32, 2**63, 2**64, -(2**70), 1.5, float("nan"),
        float("inf"), "", "x", "0-3", "\x00", "\ud800", "{}", "[]", "null", "<domain/>",
        '{"version": 1}', plan.to_json(), host.to_json(), spec.to_json(), plan.xml(),
        b"", b"bytes", bytearray(b"x"), [], [None], [spec, spec], [[[]]], (), (1, "kvm", 1, None),
        (0, "kvm", 0, print), (0, "xen", 0, None), (-1, "kvm", -1, 5), {}, {"version": 1},
        {1: 2}, {"vcpus": object()}, set(), object(), Odd(), BadThis(), print, len, int, Odd,
        host.place, iter([spec]), range(3), memoryview(b"x"), 1j, Exception(), raw, options,
        ["H3"], "latency", "density", '{"version": 1, "name": "x", "settings": {}}', root,
    ]  # fmt: skip
    return mine + others + [each._raw for each in mine if not each.closed]


def raw_functions(_):
    # Not what makes or frees objects: nothing but their proxies calls that.
    return [
        function
        for name, function in vars(raw).items()
        if name.startswith("vtune_") and not inspect.isclass(function)
    ]


def public_callables(_=None):
    found = []
    for name in vtune.__all__:
        thing = getattr(vtune, name)
        if inspect.isclass(thing) and thing.__module__ == "vtune" and not hasattr(
            thing, "__total__"
        ):
            found.append(thing)
        elif inspect.isfunction(thing):
            found.append(thing)
    for kind in (vtune.Host, vtune.Spec, vtune.Plan, vtune.Connection):
        found += [
            getattr(kind, name)
            for name, member in vars(kind).items()
            if isinstance(member, classmethod) and name != "_of" and name != "_made"
        ]
    return found


def methods(root):
    """Bound methods of whole objects; not what closes these."""
    host = common.two_nodes()
    plan = host.place(common.SMALL)
    things = [
        host,
        plan,
        plan.to_json() and vtune.Plan(plan.to_json()),
        vtune.Spec(common.SMALL),
        vtune.Connection("test:///default"),
        vtune.verify(connection="test:///default"),
        tuning_of(root),
    ]
    names = ("close", "__exit__", "__enter__")
    return [
        getattr(thing, name)
        for thing in things
        for name in dir(type(thing))
        if (not name.startswith("_") or name.startswith("_repr_"))
        and name not in names
        and callable(getattr(thing, name))
    ]


def call(function, arguments, keywords=None):
    try:
        result = function(*arguments, **(keywords or {}))
        repr(result)
    except SystemError:
        # The interpreter's own complaint about an extension.
        raise
    except Exception:  # noqa: BLE001
        pass


def is_left_out(function):
    """Would this read the whole machine, in every one of so many calls, or set it?"""
    return function.__name__ in (
        "vtune_host_from_system", "system", "vtune_tuning_check", "tune", "vtune_tuning_undo",
        "untune",
    )  # fmt: skip


@pytest.mark.parametrize("functions", [raw_functions, public_callables, methods])
def test_wrong_types(functions, monkeypatch, tree, tmp_path):
    # Where files may go whose names are among the values.
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LIBVIRT_DEFAULT_URI", "test:///default")
    chance = random.Random(1)
    some = values(tree)
    them = [function for function in functions(tree) if not is_left_out(function)]
    assert len(them) > 10
    # Every function with every value alone, then all in random company.
    for function, value in itertools.product(them, some):
        call(function, (value,))
    for _ in range(CALLS):
        count = chance.choice((0, 1, 2, 2, 3, 3, 4, 4, 5))
        call(chance.choice(them), [chance.choice(some) for _ in range(count)])


def test_wrong_keywords(monkeypatch, tree, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LIBVIRT_DEFAULT_URI", "test:///default")
    chance = random.Random(2)
    some = values(tree)
    for function in [*public_callables(), *methods(tree)]:
        if is_left_out(function):
            continue
        try:
            names = list(inspect.signature(function).parameters)
        except ValueError:
            continue
        for _ in range(40):
            chosen = [name for name in names if chance.random() < 0.6]
            call(function, (), {name: chance.choice(some) for name in chosen})


def test_wrong_types_of_tuning(monkeypatch, tree, tmp_path):
    """Always with a sysroot, so that the settings of this machine are left alone."""
    monkeypatch.chdir(tmp_path)
    chance = random.Random(3)
    some = values(tree)
    for function in (vtune.tune, vtune.untune):
        names = set(inspect.signature(function).parameters) - {"sysroot"}
        for _ in range(1500):
            chosen = [name for name in sorted(names) if chance.random() < 0.3]
            keywords = {name: chance.choice(some) for name in chosen}
            call(function, (), {**keywords, "sysroot": tree})
    for value in some:
        options = raw.vtune_tuning_options_new()
        raw.vtune_tuning_options_set_sysroot(options, str(tree))
        for function in (raw.vtune_tuning_check, raw.vtune_tuning_undo):
            call(function, (options, value))
            if value is not None:
                call(function, (value, 0))


def test_objects_live_on():
    """What the values were is whole after all that."""
    host = common.two_nodes()
    assert host.place(common.SMALL).fits
