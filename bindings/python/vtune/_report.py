# SPDX-License-Identifier: LGPL-2.1-or-later
from __future__ import annotations

import json
from typing import TYPE_CHECKING, Optional, cast

from . import raw
from ._connection import Connect, Domain, connection_of, domain_of
from ._handle import Handle, check_type
from ._options import LOCK_TIMEOUT, options_of
from ._types import ReportDocument

if TYPE_CHECKING:
    from ._plan import Plan


class Report(Handle):
    """What ``plan.apply()``, ``plan.migrate()`` or :func:`restore` did, or what
    :func:`verify` found; or what ``tuning.apply()``, ``tuning.persist()`` or :func:`untune`
    did. See vtune-report(5). Immutable."""

    __slots__ = ()

    def __init__(self) -> None:
        raise TypeError("reports come from plan.apply(), tuning.apply(), vtune.verify(), ...")

    @property
    def holds(self) -> bool:
        """Of verify: nothing has drifted. Of apply: all is in effect already, nothing
        is due at the next start of the domain. Of migrate: nothing is left to do. Of a host's
        own settings: each is what it was to become."""
        return bool(raw.vtune_report_holds(self._raw))

    def to_json(self) -> str:
        """The report document."""
        text: str = raw.vtune_report_to_json(self._raw)
        return text

    def to_dict(self) -> ReportDocument:
        """The report document as a dict; sizes in KiB."""
        return cast(ReportDocument, json.loads(self.to_json()))

    def text(self) -> str:
        """The report for people."""
        text: str = raw.vtune_report_to_text(self._raw)
        return text

    def _about(self) -> str:
        return f" {self.to_dict()['kind']}: {'holds' if self.holds else 'does not hold'}"


def apply_flags(live: bool, config: bool, dry_run: bool, move_memory: bool = False) -> int:
    """The flags of the C library."""
    chosen = (
        (live, raw.VTUNE_APPLY_LIVE),
        (config, raw.VTUNE_APPLY_CONFIG),
        (dry_run, raw.VTUNE_APPLY_DRY_RUN),
        (move_memory, raw.VTUNE_APPLY_MOVE_MEMORY),
    )
    return sum(flag for is_chosen, flag in chosen if is_chosen)


def verify(
    domain: Optional[Domain] = None, connection: Connect = None, plan: Optional[Plan] = None
) -> Report:
    """Does a domain still stand where its plan puts it? Ask ``report.holds``.

    Args:
        domain: a ``libvirt.virDomain``, or a name; None: every running domain of the
            connection that carries a plan.
        connection: a :class:`Connection`, a ``libvirt.virConnect``, a URI, or None for
            the connection of a virDomain, else libvirt's default.
        plan: None: the plan that the domain carries.

    Raises:
        LibvirtError: there is no such domain, or libvirt does not answer.
        DocumentError: the domain carries no plan.
    """
    if plan is not None:
        from ._plan import Plan as Plan_

        check_type(plan, Plan_, "plan")
    if domain is None:
        owner, name = connection_of(connection), None
    else:
        owner, name = domain_of(domain, connection)
    raw_plan = plan._raw if plan is not None else None
    return Report._of(
        owner._call_with(lambda owned: raw.vtune_plan_verify(raw_plan, owned, name))
    )


def restore(
    domain: Domain,
    connection: Connect = None,
    *,
    live: bool = False,
    config: bool = False,
    dry_run: bool = False,
    lock_timeout: float = LOCK_TIMEOUT,
) -> Report:
    """Make a domain again what it was before ``plan.apply()``.

    The arguments are as there.

    Raises:
        NotValidError: it carries nothing to restore.
        BusyError: someone else held the lock of the host for ``lock_timeout`` seconds.
        LibvirtError: a step failed; all is as it was before.
    """
    owner, name = domain_of(domain, connection)
    options = options_of(lock_timeout=lock_timeout)
    flags = apply_flags(live, config, dry_run)
    return Report._of(owner._call(raw.vtune_domain_restore, name, flags, options))
