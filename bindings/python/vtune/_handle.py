# SPDX-License-Identifier: LGPL-2.1-or-later
"""What all objects have in common: they own an object of the C library."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar

from ._errors import ErrorCode, InvalidError

Self = TypeVar("Self", bound="Handle")
Value = TypeVar("Value")


class Handle:
    """Owns an object of the C library, until :meth:`close` or the end of a ``with``."""

    __slots__ = ("_owned",)
    _owned: Any

    @classmethod
    def _of(cls: type[Self], raw_object: Any) -> Self:
        handle = cls.__new__(cls)
        handle._owned = raw_object
        return handle

    @property
    def _raw(self) -> Any:
        """The object of the C library; other threads may close the handle meanwhile."""
        owned = getattr(self, "_owned", None)
        if owned is None:
            raise InvalidError(
                f"this {type(self).__name__} is closed", ErrorCode.INVALID, type(self).__name__
            )
        return owned

    @property
    def closed(self) -> bool:
        """Was :meth:`close` called?"""
        return getattr(self, "_owned", None) is None

    def close(self) -> None:
        """Give up what this holds now, and not when the last reference is gone.

        Calls that other threads are in end as if it were still open. To close it again
        does nothing.
        """
        self._owned = None

    def __enter__(self: Self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def __repr__(self) -> str:
        try:
            about = " (closed)" if self.closed else self._about()
        except InvalidError:
            # Another thread has closed it meanwhile.
            about = " (closed)"
        return f"<vtune.{type(self).__name__}{about}>"

    def __reduce__(self) -> tuple[Any, ...]:
        # Those that can be made again say how.
        raise TypeError(f"a vtune.{type(self).__name__} cannot be pickled or copied")

    def _about(self) -> str:
        return ""


def check_type(value: object, wanted: type, what: str) -> None:
    """Say what a caller gave wrong in his own words, not in those of the layer below."""
    if not isinstance(value, wanted):
        raise TypeError(
            f"{what} must be a vtune.{wanted.__name__}, not {type(value).__name__}"
        )


def list_of(values: Iterable[Value], what: str) -> list[Value]:
    """The values of a list, which one text in its place is not."""
    if isinstance(values, (str, bytes)):
        raise TypeError(f"{what} must be a list, not one {type(values).__name__}")
    return list(values)
