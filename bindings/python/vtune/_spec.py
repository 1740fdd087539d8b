# SPDX-License-Identifier: LGPL-2.1-or-later
from __future__ import annotations

import json
from typing import Any, Union, cast

from . import raw
from ._connection import Connect, Domain, domain_of
from ._handle import Handle
from ._text import JSON, text_of
from ._types import SpecDocument


class Spec(Handle):
    """What one VM asks for, see vtune-spec(5). Immutable.

    ``Spec({"vcpus": 4, "memory": "8GiB"})``. Sizes are texts with a unit, or numbers of
    KiB. The document is a dict or a JSON text; in a dict "version" may be left out.

    Raises:
        DocumentError: the document is not sound; ``where`` is the path in it.
    """

    __slots__ = ()

    def __init__(self, document: Union[JSON, SpecDocument]) -> None:
        self._owned = raw.vtune_spec_from_json(text_of(document))

    @classmethod
    def domain_xml(cls, xml: str) -> Spec:
        """A spec for what a libvirt domain XML describes already.

        Raises:
            DocumentError: the XML is no domain that can be described.
        """
        return cls._of(raw.vtune_spec_from_domain_xml(xml))

    @classmethod
    def domain(cls, domain: Domain, connection: Connect = None) -> Spec:
        """A spec for what a domain is already.

        Args:
            domain: a ``libvirt.virDomain``, or a name.
            connection: where a domain of that name is: a :class:`Connection`, a
                ``libvirt.virConnect``, a URI, or None for libvirt's default.

        Raises:
            LibvirtError: there is no such domain.
        """
        owner, name = domain_of(domain, connection)
        return cls._of(owner._call(raw.vtune_spec_from_domain, name))

    @classmethod
    def for_migration(cls, domain_xml: str) -> Spec:
        """A spec for a domain that goes to another host and keeps what its guest sees.

        Place it there, and give the plan to :meth:`Plan.migration_xml` or
        :meth:`Plan.migrate`.

        Args:
            domain_xml: as it runs now; see :func:`migratable_xml`.

        Raises:
            DocumentError: the XML is no domain that can be described.
        """
        return cls._of(raw.vtune_spec_for_migration(domain_xml))

    @property
    def name(self) -> str:
        """The VM's name; "vm" where the document has none."""
        name: str = raw.vtune_spec_get_name(self._raw)
        return name

    def with_name(self, name: str) -> Spec:
        """The same for a VM of another name.

        Raises:
            InvalidError, DocumentError: it is no name for a VM.
        """
        return Spec._of(raw.vtune_spec_with_name(self._raw, name))

    def to_json(self) -> str:
        """The spec document; read again it gives an equal spec."""
        text: str = raw.vtune_spec_to_json(self._raw)
        return text

    def to_dict(self) -> SpecDocument:
        """The spec document as a dict; sizes are texts with a unit, or numbers of KiB."""
        return cast(SpecDocument, json.loads(self.to_json()))

    def __reduce__(self) -> tuple[Any, ...]:
        return Spec, (self.to_json(),)

    def _about(self) -> str:
        return f" {self.name!r}"


def spec_of(spec: Union[Spec, JSON, SpecDocument]) -> Spec:
    """A spec, given as one or as its document."""
    return spec if isinstance(spec, Spec) else Spec(spec)
