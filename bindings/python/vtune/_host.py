# SPDX-License-Identifier: LGPL-2.1-or-later
from __future__ import annotations

import json
import os
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Union, cast

from . import raw
from ._connection import Connect, connection_of
from ._errors import Infeasible
from ._handle import Handle, check_type, list_of
from ._options import columns_of, options_of
from ._plan import Plan
from ._spec import Spec, spec_of
from ._text import JSON, text_of
from ._types import HostDocument, SpecDocument

AnySpec = Union[Spec, JSON, SpecDocument]
"""A VM: a Spec, or its document as a dict or as JSON text."""


@dataclass(frozen=True)
class Capacity:
    """How many more VMs like one fit."""

    count: int
    """The number; at most 65536 are counted."""
    next: Plan
    """The plan of the first one that no longer fits: its reasons say what runs out. It
    fits when the count ended at its limit."""


class Host(Handle):
    """A host, and what the VMs on it already hold, see vtune-host(5). Immutable.

    One of the class methods gives a host. Any number of threads may use it at once;
    :meth:`place` and what else computes or reads long lets other threads run.
    """

    __slots__ = ()

    def __init__(self) -> None:
        raise TypeError("use Host.system(), Host.libvirt(), Host.hwloc(), Host.json(), ...")

    @classmethod
    def system(cls) -> Host:
        """The machine this runs on, with what is free on it now.

        Raises:
            SystemFailure: the machine could not be read.
        """
        return cls._of(raw.vtune_host_from_system())

    @classmethod
    def hwloc(cls, path: Union[str, os.PathLike[str]]) -> Host:
        """A host from an hwloc XML file (lstopo file.xml). All memory counts as free.

        Raises:
            SystemFailure: the file cannot be read.
            DocumentError: it is no topology.
        """
        return cls._of(raw.vtune_host_from_hwloc_file(os.fspath(path)))

    @classmethod
    def hwloc_xml(cls, xml: str) -> Host:
        """A host from the text of an hwloc XML topology."""
        return cls._of(raw.vtune_host_from_hwloc_xml(xml))

    @classmethod
    def synthetic(cls, description: str) -> Host:
        """A host from an hwloc synthetic description, as "numa:2 core:8 pu:2"."""
        return cls._of(raw.vtune_host_from_synthetic(description))

    @classmethod
    def capabilities(cls, xml: str) -> Host:
        """A host from libvirt capabilities XML. All memory counts as free."""
        return cls._of(raw.vtune_host_from_capabilities(xml))

    @classmethod
    def json(cls, document: Union[JSON, HostDocument]) -> Host:
        """A host from a host document, as text or as a dict.

        Raises:
            DocumentError: the document is not sound; ``where`` is the path in it.
        """
        return cls._of(raw.vtune_host_from_json(text_of(document)))

    @classmethod
    def libvirt(
        cls, connection: Connect = None, *, defined: bool = False, placed: bool = False
    ) -> Host:
        """The host of a connection, with what is free now and what its domains hold.

        Args:
            connection: a :class:`Connection`, a ``libvirt.virConnect``, a URI, or None
                for libvirt's default.
            defined: domains that are defined and do not run hold what they ask for, too.
            placed: of those, the ones that carry a plan by which libvtune placed them.

        Raises:
            LibvirtError: libvirt does not answer, or refuses.
        """
        flags = (raw.VTUNE_HOST_DEFINED if defined else 0) | (
            raw.VTUNE_HOST_PLACED if placed else 0
        )
        return cls._of(connection_of(connection)._call(raw.vtune_host_from_connection, flags))

    @property
    def name(self) -> str:
        """The host's name, "" where it has none."""
        name: str = raw.vtune_host_get_name(self._raw)
        return name

    @property
    def warnings(self) -> list[str]:
        """What the owner of the host should know, as two VMs that hold the same CPU."""
        host = self._raw
        sentences: list[str] = []
        while True:
            sentence = raw.vtune_host_get_warning(host, len(sentences))
            if sentence is None:
                return sentences
            sentences.append(sentence)

    def to_json(self) -> str:
        """The host document; read again it gives an equal host."""
        text: str = raw.vtune_host_to_json(self._raw)
        return text

    def to_dict(self) -> HostDocument:
        """The host document as a dict; sizes in KiB."""
        return cast(HostDocument, json.loads(self.to_json()))

    def text(self, columns: int = 0) -> str:
        """A picture of the host in text, at most so many columns wide (0: 100)."""
        text: str = raw.vtune_host_to_text(self._raw, columns_of(columns))
        return text

    def svg(self) -> str:
        """A picture of the host as an SVG document."""
        text: str = raw.vtune_host_to_svg(self._raw)
        return text

    def place(self, spec: AnySpec, *, work_limit: int = 0) -> Plan:
        """The best placement of a VM, which is not carried out: see :meth:`commit`.

        Args:
            spec: a :class:`Spec` or its document.
            work_limit: search steps of about a microsecond; 0: the library's own limit.
                When it is hit, the best plan found is returned and not ``optimal``.

        Raises:
            Infeasible: it does not fit; with ``reasons`` and ``would_fit``.
            DocumentError: the document is not sound; ``where`` is the path in it.
            LimitError: the limit was reached before any answer was found.
        """
        plan = self.try_place(spec, work_limit=work_limit)
        if not plan.fits:
            raise Infeasible(plan)
        return plan

    def try_place(self, spec: AnySpec, *, work_limit: int = 0) -> Plan:
        """As :meth:`place`, but a VM that does not fit gives a plan that says so."""
        spec = spec_of(spec)
        options = options_of(work_limit=work_limit)
        return Plan._made(
            raw.vtune_place(self._raw, spec._raw, options), self, spec, work_limit
        )

    def place_together(
        self, specs: Iterable[AnySpec], *, all_or_none: bool = False, work_limit: int = 0
    ) -> list[Plan]:
        """Place several VMs together: with less cost than one after another can have.

        Every plan holds on the host on which those before it have been carried out with
        :meth:`commit`.

        Args:
            specs: the VMs, the most important first; their names differ.
            all_or_none: place all of them or none, and not as many as can be.
            work_limit: bounds the placement of each VM, and once more all the rest.

        Returns:
            as many plans, in the same order; those of VMs that are left out do not fit.
        """
        them = [spec_of(spec) for spec in specs]
        how = raw.VTUNE_TOGETHER_ALL if all_or_none else raw.VTUNE_TOGETHER_MOST
        options = options_of(work_limit=work_limit)
        plans = raw.vtune_place_together(self._raw, [spec._raw for spec in them], how, options)
        made: list[Plan] = []
        host = self
        for raw_plan, spec in zip(plans, them):
            plan = Plan._made(raw_plan, host, spec, work_limit)
            made.append(plan)
            if plan.fits:
                host = host.commit(plan)
        return made

    def capacity(self, spec: AnySpec, *, work_limit: int = 0) -> Capacity:
        """How many more VMs like this one fit, placed one after another."""
        spec = spec_of(spec)
        options = options_of(work_limit=work_limit)
        plan, count = raw.vtune_capacity(self._raw, spec._raw, options)
        return Capacity(count, Plan._made(plan, None, spec, work_limit))

    def within(self, cpus: str) -> Host:
        """The same host, of which only these CPUs are to be used, as in a container.

        Args:
            cpus: a set, as "4-7,12".

        Raises:
            DocumentError: it is no set, or the host has not all of them.
        """
        return Host._of(raw.vtune_host_within(self._raw, cpus))

    def with_domains(self, xml: Iterable[str]) -> Host:
        """The same host with these domains on it, in place of the VMs that it has.

        Args:
            xml: domain XML, or the files that libvirt keeps of running domains in
                /run/libvirt/qemu.

        Raises:
            DocumentError: one of them is no domain.
        """
        return Host._of(raw.vtune_host_with_domains(self._raw, list_of(xml, "xml")))

    def commit(self, plan: Plan) -> Host:
        """A new host on which a plan has been carried out; this one is unchanged.

        What the plan holds takes the place of anything that its VM held before.

        Raises:
            InvalidError: the plan does not fit.
            NotValidError: the host has not the room that the plan takes.
        """
        check_type(plan, Plan, "plan")
        return Host._of(raw.vtune_host_with_plan(self._raw, plan._raw))

    def release(self, vm: str) -> Host:
        """A new host from which a VM is gone, with all that it held free again."""
        return Host._of(raw.vtune_host_without(self._raw, vm))

    def with_state(self, state: Union[JSON, HostDocument]) -> Host:
        """A new host with other reserved_cpus, shared_cpus, overcommit or allocations.

        Args:
            state: a dict or JSON text with any of these keys of the host document.
        """
        return Host._of(raw.vtune_host_with_state(self._raw, text_of(state, version=False)))

    def _repr_svg_(self) -> str:
        return self.svg()

    def __reduce__(self) -> tuple[Any, ...]:
        return Host.json, (self.to_json(),)

    def _about(self) -> str:
        return f" {self.name!r}"
