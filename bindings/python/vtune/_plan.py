# SPDX-License-Identifier: LGPL-2.1-or-later
from __future__ import annotations

import html
import json
from typing import TYPE_CHECKING, Any, Optional, Union, cast

from . import raw
from ._connection import Connect, Domain, call_with_all, connection_of, domain_of
from ._handle import Handle, check_type
from ._options import LOCK_TIMEOUT, Progress, columns_of, options_of
from ._report import Report, apply_flags
from ._text import JSON, text_of
from ._types import PlanDocument

if TYPE_CHECKING:
    from ._host import Host
    from ._spec import Spec


class Plan(Handle):
    """Where one VM goes, or why it cannot, see vtune-plan(5). Immutable.

    Plans come from ``host.place()``, and know their host and spec, so that pictures and
    explanations need no argument. A plan that was kept is ``Plan(document)``.

    Raises:
        DocumentError: the document is not sound; ``where`` is the path in it.
    """

    __slots__ = ("_host", "_spec", "_work_limit")
    _host: Optional[Host]
    _spec: Optional[Spec]
    _work_limit: int

    def __init__(self, document: Union[JSON, PlanDocument]) -> None:
        self._owned = raw.vtune_plan_from_json(text_of(document))
        self._host = None
        self._spec = None
        self._work_limit = 0

    @classmethod
    def _made(
        cls, raw_plan: Any, host: Optional[Host], spec: Optional[Spec], work_limit: int = 0
    ) -> Plan:
        plan = cls._of(raw_plan)
        plan._host = host
        plan._spec = spec
        plan._work_limit = work_limit
        return plan

    @classmethod
    def domain(cls, domain: Domain, connection: Connect = None) -> Plan:
        """The plan that a domain carries in its metadata.

        Args:
            domain, connection: as of :meth:`apply`.

        Raises:
            DocumentError: it carries none.
            LibvirtError: there is no such domain.
        """
        owner, name = domain_of(domain, connection)
        return cls._made(owner._call(raw.vtune_plan_from_domain, name), None, None)

    @property
    def fits(self) -> bool:
        """Does the VM fit?"""
        return bool(raw.vtune_plan_fits(self._raw))

    @property
    def optimal(self) -> bool:
        """Is the plan proven to be the best one?"""
        return bool(raw.vtune_plan_is_optimal(self._raw))

    @property
    def vm(self) -> str:
        """The VM's name."""
        name: str = raw.vtune_plan_get_vm(self._raw)
        return name

    def to_json(self) -> str:
        """The plan document; the same host and spec give the same text."""
        text: str = raw.vtune_plan_to_json(self._raw)
        return text

    def to_dict(self) -> PlanDocument:
        """The plan document as a dict; sizes in KiB, sets of CPUs as "0-3,8"."""
        return cast(PlanDocument, json.loads(self.to_json()))

    def xml(self, domain_type: str = "kvm") -> str:
        """The plan as a libvirt domain: what placement governs, nothing else.

        Args:
            domain_type: "kvm" or "qemu" (software emulation).

        Raises:
            InvalidError: the plan does not fit, or the type is not known.
        """
        text: str = raw.vtune_plan_to_xml(self._raw, options_of(domain_type=domain_type))
        return text

    def patch(self, domain_xml: str) -> str:
        """A domain XML with the plan laid into it; all else stays as it is.

        Raises:
            InvalidError: the plan does not fit.
            DocumentError: the XML is no domain, or the domain is another VM's size.
        """
        text: str = raw.vtune_plan_patch_domain_xml(self._raw, domain_xml)
        return text

    def migration_xml(self, domain_xml: str) -> str:
        """What a domain becomes on another host to which it goes while it runs.

        What the guest sees stays as it is.

        Args:
            domain_xml: as it runs now; see :func:`migratable_xml`.

        Raises:
            InvalidError: the plan does not fit, or is for another guest.
            DocumentError: the XML is no domain.
        """
        text: str = raw.vtune_plan_to_migration_xml(self._raw, domain_xml)
        return text

    def migrate(
        self,
        domain: Domain,
        destination: Connect,
        connection: Connect = None,
        *,
        uri: Optional[str] = None,
        peer2peer: bool = False,
        tunnelled: bool = False,
        persistent: bool = False,
        undefine_source: bool = False,
        dry_run: bool = False,
        lock_timeout: float = LOCK_TIMEOUT,
    ) -> Report:
        """Migrate a running domain to where this plan puts it.

        Args:
            domain: a ``libvirt.virDomain``, or a name.
            destination: where it goes, and for which host this plan is: a
                :class:`Connection`, a ``libvirt.virConnect``, or a URI.
            connection: where the domain is, as of :meth:`apply`.
            uri: where the guest's memory is sent, as "tcp://host".
            peer2peer: the two libvirt daemons talk to each other.
            tunnelled: likewise, with the guest's memory.
            persistent: define the domain there.
            undefine_source: take its definition away here.
            dry_run: do nothing but report the call.
            lock_timeout: seconds to wait for the lock of the destination, which is held
                as long as the migration takes.

        Returns:
            a report of the kind "migrate".

        Raises:
            NotValidError: the destination has not the room, or the domain does not run.
            InvalidError: this plan does not fit, or is for another guest.
            BusyError: someone else held the lock of the destination all the time.
            LibvirtError: it failed; all is as it was before.
        """
        source, name = domain_of(domain, connection)
        target = connection_of(destination)
        chosen = (
            (peer2peer, raw.VTUNE_MIGRATE_PEER2PEER),
            (tunnelled, raw.VTUNE_MIGRATE_TUNNELLED),
            (persistent, raw.VTUNE_MIGRATE_PERSIST),
            (undefine_source, raw.VTUNE_MIGRATE_UNDEFINE_SOURCE),
            (dry_run, raw.VTUNE_MIGRATE_DRY_RUN),
        )
        flags = sum(flag for is_chosen, flag in chosen if is_chosen)
        options = options_of(lock_timeout=lock_timeout)
        return Report._of(
            call_with_all(
                (source, target),
                lambda: raw.vtune_plan_migrate(
                    self._raw, source._raw, name, target._raw, uri, flags, options
                ),
            )
        )

    def text(self, host: Optional[Host] = None, columns: int = 0) -> str:
        """The plan for people: sentences, and a picture of the host with the VM.

        Args:
            host: the host that the plan was made on; needed for a plan that was kept.
            columns: the width in characters, 0 for 100.
        """
        text: str = raw.vtune_plan_to_text(
            self._raw, self._on(host)._raw, columns_of(columns)
        )
        return text

    def svg(self, host: Optional[Host] = None) -> str:
        """The picture of the host with the VM as an SVG document."""
        text: str = raw.vtune_plan_to_svg(self._raw, self._on(host)._raw)
        return text

    def explain(self, host: Optional[Host] = None, spec: Optional[Spec] = None) -> str:
        """Why the plan is as it is: for each node, page size and core that was left out
        the cost or the constraint that speaks against it.

        This takes many times as long as ``host.place()``.

        Raises:
            InvalidError: the plan does not fit.
            NotValidError: host and spec give another plan.
        """
        text: str = raw.vtune_plan_explain(
            self._raw,
            self._on(host)._raw,
            self._for(spec)._raw,
            options_of(work_limit=self._work_limit),
        )
        return text

    def validate(self, host: Optional[Host] = None, spec: Optional[Spec] = None) -> None:
        """Check the plan against a host and a spec, from first principles.

        Raises:
            NotValidError: it does not hold; the message says what is wrong.
        """
        raw.vtune_plan_validate(self._raw, self._on(host)._raw, self._for(spec)._raw)

    def apply(
        self,
        domain: Domain,
        connection: Connect = None,
        *,
        live: bool = False,
        config: bool = False,
        dry_run: bool = False,
        move_memory: bool = False,
        lock_timeout: float = LOCK_TIMEOUT,
        progress: Optional[Progress] = None,
    ) -> Report:
        """Set the plan on a domain, all of it or nothing.

        Args:
            domain: a ``libvirt.virDomain``, or a name.
            connection: a :class:`Connection`, a ``libvirt.virConnect``, a URI, or None
                for the connection of a virDomain, else libvirt's default.
            live: set the running domain.
            config: set the definition. Neither of both: the definition, and the running
                domain if it runs.
            dry_run: set nothing; the report lists the calls that would be made.
            move_memory: move the memory of the running domain, too.
            lock_timeout: seconds to wait for the lock of the host.
            progress: called while memory is moved, with what is being done, in words,
                and how many KiB of how many are done. What it raises is not passed on:
                see :func:`sys.unraisablehook`.

        Raises:
            NotValidError: the host has no longer the room that the plan takes.
            BusyError: someone else held the lock for ``lock_timeout`` seconds.
            LibvirtError: a step failed; all is as it was before.
        """
        flags = apply_flags(live, config, dry_run, move_memory)
        options = options_of(lock_timeout=lock_timeout, progress=progress)
        plan = self._raw
        owner, name = domain_of(domain, connection)
        return Report._of(
            owner._call_with(
                lambda owned: raw.vtune_plan_apply(plan, owned, name, flags, options)
            )
        )

    def _on(self, host: Optional[Host]) -> Host:
        from ._host import Host

        if host is None:
            host = self._host
        if host is None:
            raise TypeError("this plan was not made by host.place(): give the host, too")
        check_type(host, Host, "host")
        return host

    def _for(self, spec: Optional[Spec]) -> Spec:
        from ._spec import Spec

        if spec is None:
            spec = self._spec
        if spec is None:
            raise TypeError("this plan was not made by host.place(): give the spec, too")
        check_type(spec, Spec, "spec")
        return spec

    def _repr_svg_(self) -> Optional[str]:
        return self.svg() if self._has_picture() else None

    def _repr_html_(self) -> Optional[str]:
        if not self._has_picture():
            return None
        return f"<div>{self.svg()}<pre>{html.escape(self.text())}</pre></div>"

    def _has_picture(self) -> bool:
        return not self.closed and self._host is not None and not self._host.closed

    def __reduce__(self) -> tuple[Any, ...]:
        return _again, (self.to_json(), self._host, self._spec, self._work_limit)

    def _about(self) -> str:
        if not self.fits:
            return f" {self.vm!r}: does not fit"
        nodes = ", ".join(str(cell["node"]) for cell in self.to_dict()["cells"])
        return f" {self.vm!r} on node {nodes}"


def _again(text: str, host: Optional[Host], spec: Optional[Spec], work_limit: int) -> Plan:
    """A plan that was pickled or copied."""
    return Plan._made(raw.vtune_plan_from_json(text), host, spec, work_limit)
