# SPDX-License-Identifier: LGPL-2.1-or-later
"""The options of calls, as the raw layer takes them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Optional

from ._errors import ErrorCode, InvalidError

Progress = Callable[[str, int, int], object]
"""Called with what is being done, in words, and how many KiB of how many are done."""

Options = Optional[tuple[int, str, int, Optional[Progress]]]

LOCK_TIMEOUT = 30.0
_MOST_MILLISECONDS = 2**32 - 1


def options_of(
    work_limit: int = 0,
    domain_type: str = "kvm",
    lock_timeout: float = LOCK_TIMEOUT,
    progress: Optional[Progress] = None,
) -> Options:
    """None where all is as the library has it."""
    if work_limit == 0 and domain_type == "kvm" and lock_timeout == LOCK_TIMEOUT and not progress:
        return None
    if not isinstance(work_limit, int):
        raise TypeError(f"work_limit must be an int, not {type(work_limit).__name__}")
    if not 0 <= work_limit < 2**64:
        raise InvalidError("work_limit is out of its range", ErrorCode.INVALID, "work_limit")
    if not isinstance(lock_timeout, (int, float)):
        raise TypeError(f"lock_timeout must be a number, not {type(lock_timeout).__name__}")
    if not 0 <= lock_timeout <= _MOST_MILLISECONDS / 1000:
        raise InvalidError("lock_timeout is out of its range", ErrorCode.INVALID, "lock_timeout")
    return work_limit, domain_type, round(lock_timeout * 1000), progress


def columns_of(columns: int) -> int:
    """The width of a picture."""
    if not isinstance(columns, int):
        raise TypeError(f"columns must be an int, not {type(columns).__name__}")
    if not 0 <= columns < 2**32:
        raise InvalidError("columns is out of its range", ErrorCode.INVALID, "columns")
    return columns
