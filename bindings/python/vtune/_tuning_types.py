# SPDX-License-Identifier: LGPL-2.1-or-later
"""The documents as types: vtune-tuning(5), vtune-profile(5)."""

from __future__ import annotations

from typing import Literal, TypedDict, Union


class TuningSetting(TypedDict):
    path: str
    current: str
    wanted: str


class TuningLine(TypedDict):
    kind: Literal["sysctl", "tmpfiles", "modprobe", "udev", "kernel", "irqbalance", "libvirt"]
    text: str


class ProfileWords(TypedDict, total=False):
    """By the names of the library's profiles: what each wants, in words."""

    density: str
    latency: str
    realtime: str
    throughput: str


class _TuningCheck(TypedDict):
    id: str
    name: str
    topic: Literal["cpu", "memory", "disks", "devices", "security"]
    title: str
    verdict: Literal["ok", "advice", "warn", "danger", "unknown"]
    why: str
    source: str
    reboot: bool
    settings: list[TuningSetting]
    persist: list[TuningLine]
    profiles: ProfileWords


class TuningCheck(_TuningCheck, total=False):
    where: str
    current: str
    wanted: str
    how: str


class TuningFile(TypedDict):
    path: str
    text: str


class _TuningDocument(TypedDict):
    version: int
    profile: str
    holds: bool
    undo_file: str
    checks: list[TuningCheck]
    files: list[TuningFile]


class TuningDocument(_TuningDocument, total=False):
    """What vtune.tune() found; vms and held_cpus are there where VMs are known."""

    sysroot: str
    vms: list[str]
    held_cpus: str


class _NumberRange(TypedDict):
    set: int


class NumberRange(_NumberRange, total=False):
    """What is between ``min`` and ``max`` stays; anything else becomes ``set``."""

    min: int
    max: int


NumberWish = Union[int, list[int], NumberRange]
"""One of these stays, anything else becomes the first; or a range."""


class BalancingCases(TypedDict, total=False):
    """Where every VM is pinned, and where any floats."""

    pinned: NumberWish
    floating: NumberWish


_Thp = Literal["always", "madvise", "never"]
ThpWish = Union[_Thp, list[_Thp]]

# Names with a dash are keys in this form alone.
ThpCases = TypedDict(
    "ThpCases", {"huge-pages": ThpWish, "ordinary-pages": ThpWish}, total=False
)

_Scheduler = Literal["none", "mq-deadline", "kyber", "bfq"]
SchedulerWish = Union[_Scheduler, list[_Scheduler]]


class SchedulerCases(TypedDict, total=False):
    """For NVMe disks, and for others."""

    nvme: SchedulerWish
    other: SchedulerWish


_Governor = Literal["performance", "powersave", "schedutil", "conservative", "ondemand"]
_Switch = Literal["on", "off"]
_Clear = Literal["clear"]
_Held = Literal["held"]

ProfileSettings = TypedDict(
    "ProfileSettings",
    {
        "halt-poll": NumberWish,
        "kworkers": Union[_Clear, list[_Clear]],
        "thp": Union[ThpWish, ThpCases],
        "ksm": NumberWish,
        "ksm-nodes": NumberWish,
        "ksm-sleep": NumberWish,
        "ksm-pages": NumberWish,
        "numa-balancing": Union[NumberWish, BalancingCases],
        "swappiness": NumberWish,
        "aio-max-nr": NumberWish,
        "io-scheduler": Union[SchedulerWish, SchedulerCases],
        "nested": Union[_Switch, list[_Switch]],
        "isolated-cpus": Union[_Held, list[_Held]],
        "nohz-full": Union[_Held, list[_Held]],
        "interrupts": Union[_Clear, list[_Clear]],
        "irqbalance": Union[_Clear, list[_Clear]],
        "interrupts-now": Union[_Clear, list[_Clear]],
        "governor": Union[_Governor, list[_Governor]],
        "idle-states": NumberWish,
    },
    total=False,
)


class _TuningProfile(TypedDict):
    name: str
    settings: ProfileSettings


class TuningProfile(_TuningProfile, total=False):
    """What is wanted of the settings of a host, by the names of checks."""

    version: int
    title: str
