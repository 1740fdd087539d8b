# SPDX-License-Identifier: LGPL-2.1-or-later
from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from typing import Any, Optional, Union, cast

from . import raw
from ._connection import Connect, connection_of
from ._handle import Handle, check_type, list_of
from ._host import Host
from ._options import columns_of
from ._plan import Plan
from ._report import Report, apply_flags
from ._spec import Spec, spec_of
from ._text import JSON, text_of
from ._tuning_types import TuningDocument, TuningProfile
from ._types import SpecDocument

Path = Union[str, bytes, "os.PathLike[str]", "os.PathLike[bytes]"]
AnySpec = Union[Spec, JSON, SpecDocument]
Profile = Union[str, Mapping[str, object]]


class Tuning(Handle):
    """A host's own settings: what they are and what they should be, see vtune-tuning(5).

    Tunings come from :func:`tune`. Immutable, and it keeps what it has read: check again
    to see what has changed. Any number of threads may use it; those that :meth:`apply` at
    the same time are told so by a :class:`BusyError`.
    """

    __slots__ = ()

    def __init__(self) -> None:
        raise TypeError("tunings come from vtune.tune()")

    @property
    def holds(self) -> bool:
        """Has no check the verdict "warn" or "danger"?"""
        return bool(raw.vtune_tuning_holds(self._raw))

    def to_json(self) -> str:
        """The tuning document."""
        text: str = raw.vtune_tuning_to_json(self._raw)
        return text

    def to_dict(self) -> TuningDocument:
        """The tuning document as a dict."""
        return cast(TuningDocument, json.loads(self.to_json()))

    def text(self, columns: int = 0) -> str:
        """The tuning for people, what matters most first.

        Args:
            columns: the width in characters, 0 for 100.
        """
        text: str = raw.vtune_tuning_to_text(self._raw, columns_of(columns))
        return text

    def apply(self, *, dry_run: bool = False) -> Report:
        """Set what is to be set and can be while the host runs; :func:`untune` brings back
        what was there before.

        This takes root, unless the tuning is of a ``sysroot``. A setting that cannot be
        written, or that is no longer what the check saw, is left alone, and the report
        says so: ask ``report.holds``.

        Args:
            dry_run: set nothing: the report lists what would be set.

        Returns:
            a report of the kind "tune".

        Raises:
            BusyError: somebody else is setting this host.
            SystemFailure: what was there before cannot be kept; nothing was set.
        """
        return Report._of(raw.vtune_tuning_apply(self._raw, apply_flags(False, False, dry_run)))

    def persist(self, directory: Path = "/", *, dry_run: bool = False) -> Report:
        """Write the files that make the settings hold after the next start.

        Args:
            directory: the root under which they go.
            dry_run: write nothing: the report lists the files.

        Returns:
            a report of the kind "persist".

        Raises:
            InvalidError: the directory is "".
            SystemFailure: a file cannot be written.
        """
        flags = apply_flags(False, False, dry_run)
        return Report._of(raw.vtune_tuning_persist(self._raw, directory, flags))

    def _about(self) -> str:
        return f" {self.to_dict()['profile']!r}: {'holds' if self.holds else 'does not hold'}"


def tune(
    profile: Profile = "throughput",
    *,
    connection: Connect = None,
    host: Optional[Host] = None,
    plans: Iterable[Plan] = (),
    specs: Iterable[AnySpec] = (),
    only: Iterable[str] = (),
    skip: Iterable[str] = (),
    sysroot: Optional[Path] = None,
    undo_file: Optional[Path] = None,
) -> Tuning:
    """Check the settings of the host itself: nothing is changed.

    Args:
        profile: "throughput", "latency", "density" or "realtime", or a profile document as
            JSON text or dict; :func:`tuning_profiles` has those to start from.
        connection: the domains that run here and whose security is looked at: a
            :class:`Connection`, a ``libvirt.virConnect``, or a URI. None: no domains are
            known.
        host: what runs, by its allocations, in place of the connection's domains; and
            where ``specs`` are placed. Without it specs are placed on this machine. It
            may be closed afterwards, as may plans and specs.
        plans: VMs that are to run, too.
        specs: likewise, before there are plans of them: they are placed one after another,
            with huge pages made of free memory where they ask for more than there are.
        only: ids or names of checks, such as "H3" or "ksm"; no others are made.
        skip: checks that are left out.
        sysroot: a folder with the saved files of a machine (proc, sys, etc, dev).
        undo_file: where :meth:`Tuning.apply` keeps what it has changed.

    Raises:
        InvalidError: there is no such profile or check, or a plan does not fit.
        DocumentError: a profile document is not sound.
        NotValidError: one of ``specs`` does not fit, not even with more huge pages.
        LibvirtError: libvirt does not answer, or refuses.
        SystemFailure: the files of the system cannot be read at all.
    """
    options = _options(sysroot, undo_file)
    raw.vtune_tuning_options_set_profile(
        options, profile if isinstance(profile, str) else text_of(profile)
    )
    if host is not None:
        check_type(host, Host, "host")
        raw.vtune_tuning_options_set_host(options, host._raw)
    wanted = [spec_of(spec) for spec in specs]
    if wanted:
        raw.vtune_tuning_options_add_specs(
            options,
            (host if host is not None else Host.system())._raw,
            tuple(spec._raw for spec in wanted),
        )
    for plan in plans:
        check_type(plan, Plan, "plan")
        raw.vtune_tuning_options_add_plan(options, plan._raw)
    for check in list_of(only, "only"):
        raw.vtune_tuning_options_add_only(options, check)
    for check in list_of(skip, "skip"):
        raw.vtune_tuning_options_add_skip(options, check)
    if connection is None:
        return Tuning._of(raw.vtune_tuning_check(options, None))
    return Tuning._of(
        connection_of(connection)._call_with(lambda owned: raw.vtune_tuning_check(options, owned))
    )


def untune(
    *,
    sysroot: Optional[Path] = None,
    undo_file: Optional[Path] = None,
    dry_run: bool = False,
) -> Report:
    """Make every setting of the host again what it was before :meth:`Tuning.apply`.

    What somebody else has changed since is left alone, and the report says so.

    Args:
        sysroot, undo_file: as of :func:`tune`.
        dry_run: set nothing: the report lists what would be.

    Returns:
        a report of the kind "undo".

    Raises:
        BusyError: somebody else is setting this host.
        DocumentError: the undo file is not one of this library.
        SystemFailure: it cannot be read.
    """
    options = _options(sysroot, undo_file)
    return Report._of(raw.vtune_tuning_undo(options, apply_flags(False, False, dry_run)))


def tuning_profiles() -> list[TuningProfile]:
    """The profile documents that the library has, to use or to start from."""
    profiles: list[TuningProfile] = []
    while (text := raw.vtune_tuning_get_profile(len(profiles))) is not None:
        profiles.append(cast(TuningProfile, json.loads(text)))
    return profiles


def _options(sysroot: Optional[Path], undo_file: Optional[Path]) -> Any:
    options = raw.vtune_tuning_options_new()
    if options is None:
        raise MemoryError
    if sysroot is not None:
        raw.vtune_tuning_options_set_sysroot(options, sysroot)
    if undo_file is not None:
        raw.vtune_tuning_options_set_undo_file(options, undo_file)
    return options
