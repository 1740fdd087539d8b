# SPDX-License-Identifier: LGPL-2.1-or-later
"""Connections to libvirt, and the ways in which a caller names what is behind them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, Optional, Protocol, Union

from . import raw
from ._errors import BusyError, ErrorCode
from ._handle import Handle
from ._options import LOCK_TIMEOUT, options_of


class VirConnect(Protocol):
    """A ``libvirt.virConnect`` of the libvirt-python package."""

    def getURI(self) -> str: ...


class VirDomain(Protocol):
    """A ``libvirt.virDomain`` of the libvirt-python package."""

    def name(self) -> str: ...

    def connect(self) -> Any: ...


class Connection(Handle):
    """A connection to libvirt.

    Any thread may use it; calls wait for each other. It is needed only to use one
    connection for several calls, and to :meth:`lock` the host for them: all live calls
    take a URI or libvirt's own objects as well.

    Args:
        connection: a URI, None for libvirt's default, or a ``libvirt.virConnect``,
            which is shared and stays open when this is closed.

    Raises:
        LibvirtError: libvirt does not answer, or refuses.
    """

    __slots__ = ("_turn", "_inside", "_locks")

    def __init__(self, connection: Union[str, VirConnect, None] = None) -> None:
        # The C library lets one thread at a time use a connection. A thread that has
        # locked the host keeps its turn.
        self._turn = threading.RLock()
        self._inside = False
        self._locks = 0
        if connection is None or isinstance(connection, str):
            self._owned = raw.vtune_connection_open(connection)
            return
        try:
            # Where libvirt-python keeps the C library's connection.
            self._owned = raw.vtune_connection_from_libvirt(getattr(connection, "_o", None))
        except TypeError:
            raise TypeError(
                "a URI or an open libvirt.virConnect is needed,"
                f" not {type(connection).__name__}"
            ) from None

    @contextmanager
    def lock(self, timeout: float = LOCK_TIMEOUT) -> Iterator[None]:
        """Lock the host for the block, so that nobody else plans or applies on it.

        Hold the lock from reading the host until the plan is applied: then two callers
        never give the same CPU or page twice. Other threads and other processes on this
        machine wait meanwhile. Locks may be nested.

        Args:
            timeout: seconds to wait; 0: do not wait.

        Raises:
            BusyError: someone else held the lock all the time; the message says who.
        """
        options = options_of(lock_timeout=timeout)
        self._take_turn(timeout)
        try:
            owned = self._raw
            if self._locks == 0:
                self._call(raw.vtune_connection_lock, options)
            self._locks += 1
            try:
                yield
            finally:
                self._locks -= 1
                if self._locks == 0:
                    raw.vtune_connection_unlock(owned)
        finally:
            self._turn.release()

    def _take_turn(self, timeout: float) -> None:
        if not self._turn.acquire(timeout=min(timeout, threading.TIMEOUT_MAX)):
            raise BusyError(
                f"another thread of this process used the connection for {timeout:g} s",
                ErrorCode.BUSY,
            )

    def _call(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """Call a raw function with this connection as its first argument."""
        return self._call_with(lambda owned: function(owned, *arguments))

    def _call_with(self, call: Callable[[Any], Any]) -> Any:
        with self._use():
            return call(self._raw)

    @contextmanager
    def _use(self) -> Iterator[None]:
        with self._turn:
            if self._inside:
                raise RuntimeError("a progress callback must not use its own connection")
            self._inside = True
            try:
                yield
            finally:
                self._inside = False


Connect = Union[Connection, VirConnect, str, None]
Domain = Union[VirDomain, str]


def connection_of(connection: Connect) -> Connection:
    """A connection, given as one, as libvirt's own, as a URI, or None: the default."""
    return connection if isinstance(connection, Connection) else Connection(connection)


def call_with_all(connections: Iterable[Connection], call: Callable[[], Any]) -> Any:
    """Call while no other thread uses any of these. All callers take them in the same
    order, so that none waits for another one for ever."""
    with ExitStack() as turns:
        for connection in sorted(set(connections), key=id):
            turns.enter_context(connection._use())
        return call()


def domain_of(domain: Domain, connection: Optional[Connect]) -> tuple[Connection, str]:
    """The connection and the name of a domain."""
    if isinstance(domain, str):
        return connection_of(connection), domain
    if not (callable(getattr(domain, "name", None)) and callable(getattr(domain, "connect", None))):
        raise TypeError(f"a name or a libvirt.virDomain is needed, not {type(domain).__name__}")
    name = domain.name()
    return connection_of(domain.connect() if connection is None else connection), name
