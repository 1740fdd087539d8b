# SPDX-License-Identifier: LGPL-2.1-or-later
"""What is asked of several hosts before a domain goes from one to another."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import cast

from . import raw
from ._connection import Connect, Domain, call_with_all, connection_of, domain_of
from ._handle import list_of
from ._options import options_of
from ._types import Baseline


def migratable_xml(domain: Domain, connection: Connect = None) -> str:
    """A domain as libvirt sends it to another host, without passwords.

    Args:
        domain: a ``libvirt.virDomain``, or a name.
        connection: a :class:`Connection`, a ``libvirt.virConnect``, a URI, or None for
            the connection of a virDomain, else libvirt's default.

    Raises:
        LibvirtError: there is no such domain, or libvirt does not answer.
    """
    owner, name = domain_of(domain, connection)
    text: str = owner._call(raw.vtune_domain_to_migratable_xml, name)
    return text


def _baseline(connections: Iterable[Connect], form: int, domain_type: str) -> str:
    owners = [connection_of(each) for each in list_of(connections, "connections")]
    options = options_of(domain_type=domain_type)
    text: str = call_with_all(
        owners,
        lambda: raw.vtune_baseline_cpu([owner._raw for owner in owners], form, options),
    )
    return text


def baseline_cpu(connections: Iterable[Connect], *, domain_type: str = "kvm") -> Baseline:
    """The best CPU that guests can have on all of these hosts.

    Args:
        connections: a list; each a :class:`Connection`, a ``libvirt.virConnect``, or a URI.
        domain_type: "kvm" or "qemu" (software emulation).

    Returns:
        a dict with the key "cpu" of a spec document, to be laid over one:
        ``spec["cpu"] = {**spec.get("cpu", {}), **baseline["cpu"]}``.

    Raises:
        UnsupportedError: a host does not tell, or is of another architecture.
        LibvirtError: libvirt does not answer, or finds no CPU.
        InvalidError: there are no connections, or the type is not known.
    """
    text = _baseline(connections, raw.VTUNE_BASELINE_SPEC, domain_type)
    return cast(Baseline, json.loads(text))


def baseline_cpu_text(connections: Iterable[Connect], *, domain_type: str = "kvm") -> str:
    """The same in sentences.

    Args, Raises: as of :func:`baseline_cpu`.
    """
    return _baseline(connections, raw.VTUNE_BASELINE_TEXT, domain_type)


def baseline_cpu_xml(connections: Iterable[Connect], *, domain_type: str = "kvm") -> str:
    """The same as libvirt's ``<cpu>`` element.

    Args, Raises: as of :func:`baseline_cpu`.
    """
    return _baseline(connections, raw.VTUNE_BASELINE_XML, domain_type)
