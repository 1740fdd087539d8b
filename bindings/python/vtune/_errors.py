# SPDX-License-Identifier: LGPL-2.1-or-later
"""Exceptions: one family, with code and place."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ._plan import Plan
    from ._types import Change, Reason


class ErrorCode(enum.IntEnum):
    """What kind of failure an error is; values are never changed or removed."""

    INVALID = 1
    SYNTAX = 2
    DOCUMENT = 3
    UNSUPPORTED = 4
    SYSTEM = 5
    NO_MEMORY = 6
    LIMIT = 7
    NOT_VALID = 8
    INTERNAL = 9
    LIBVIRT = 10
    BUSY = 11


class Error(Exception):
    """A call of libvtune failed, or a VM does not fit (:class:`Infeasible`).

    Out of memory is Python's own :class:`MemoryError`, an argument of a wrong type its
    :class:`TypeError`.

    Attributes:
        code: the kind of failure, one of :class:`ErrorCode`; a plain int when the
            library is newer than this package; 0 for :class:`Infeasible`.
        message: a sentence.
        where: where in the input: a JSON path such as ``/numa/cells/1/vcpus``, a
            place in an XML document, a file or a domain; ``""`` where there is none.
        errno: the errno behind an error of the system, else 0.
    """

    code: int
    message: str
    where: str
    errno: int

    def __init__(self, message: str, code: int = 0, where: str = "", errno: int = 0) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.where = where
        self.errno = errno

    def __str__(self) -> str:
        return f"{self.where}: {self.message}" if self.where else self.message

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (self.message, self.code, self.where, self.errno)


class InvalidError(Error, ValueError):
    """An argument is missing or out of its range, or an object is closed."""


class DocumentError(Error, ValueError):
    """A text is no JSON or XML, or no sound document; ``where`` says which part."""


class UnsupportedError(Error):
    """Sound, but this version of the library does not do it."""


class SystemFailure(Error):
    """A file could not be read, or the system did not answer: see ``errno``."""


class LimitError(Error):
    """The work limit was reached before any answer was found."""


class NotValidError(Error):
    """A plan does not hold on the host or for the spec it is checked with."""


class InternalError(Error):
    """A mistake in the library itself; please report it."""


class LibvirtError(Error):
    """libvirt refused, or did not answer."""


class BusyError(Error):
    """The time limit passed while someone else held the lock of the host."""


class Infeasible(Error):
    """A VM does not fit on a host; that is proven.

    Attributes:
        plan: the plan that says so.
        reasons: a set of constraints that conflict; without any one of them the rest
            can hold. Memory is in KiB.
        would_fit: single changes of the spec, each of which does fit.
    """

    plan: Plan
    reasons: list[Reason]
    would_fit: list[Change]

    def __init__(self, plan: Plan) -> None:
        document = plan.to_dict()
        self.plan = plan
        self.reasons = document.get("reasons", [])
        self.would_fit = document.get("would_fit", [])
        texts = "; ".join(reason["text"] for reason in self.reasons)
        super().__init__(f"VM {plan.vm} does not fit: {texts}")

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (self.plan,)


_CLASSES: dict[int, type[Error]] = {
    ErrorCode.INVALID: InvalidError,
    ErrorCode.SYNTAX: DocumentError,
    ErrorCode.DOCUMENT: DocumentError,
    ErrorCode.UNSUPPORTED: UnsupportedError,
    ErrorCode.SYSTEM: SystemFailure,
    ErrorCode.LIMIT: LimitError,
    ErrorCode.NOT_VALID: NotValidError,
    ErrorCode.INTERNAL: InternalError,
    ErrorCode.LIBVIRT: LibvirtError,
    ErrorCode.BUSY: BusyError,
}


def from_raw(code: int, message: str, where: str, number: int) -> BaseException:
    """The exception for an error of the C library; the raw layer calls this."""
    if code == ErrorCode.NO_MEMORY:
        return MemoryError(message)
    try:
        code = ErrorCode(code)
    except ValueError:
        pass
    return _CLASSES.get(code, Error)(message, code, where, number)
