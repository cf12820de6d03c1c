"""The keep-alive connections to one service: lent, taken back, and given up when they are old or late.

One ticking clock for all connections of a pool sees to the deadlines, which costs less than a timer for each
request.
"""

import asyncio
from typing import Final
from urllib.parse import urlsplit

from gateway.connections import AnswerLate, Connection, ConnectionRefused

TICK_SECONDS: Final = 0.1
CONNECT_SECONDS: Final = 2.0
KEPT_SECONDS: Final = 4.0
"""How long an idle connection is kept: less than the 5 seconds after which uvicorn closes it."""
CONNECTIONS: Final = 128


class _Turns(asyncio.Semaphore):
    """A semaphore that can be entered without waiting, if it is open."""

    @property
    def open(self) -> bool:
        """Whether `take` may be called."""
        return self._value > 0 and not self._waiters

    def take(self) -> None:
        """Enter without waiting."""
        self._value -= 1


class Connections:
    """The pool of connections to one service, never more than `CONNECTIONS` at a time."""

    def __init__(self, address: str) -> None:
        """`address`: `unix:/path/to.sock` or `http://host:port`."""
        self._loop = asyncio.get_running_loop()
        self._path = address.removeprefix("unix:") if address.startswith("unix:") else None
        place = urlsplit(address)
        self._host, self._port = place.hostname or "", place.port or 80
        self._free = _Turns(CONNECTIONS)
        self._idle: list[Connection] = []
        self._lent: set[Connection] = set()
        self._clock: asyncio.TimerHandle | None = None

    async def borrow(self, seconds: float, *, fresh: bool = False) -> Connection:
        """Return a connection, to be given back; a new one if `fresh`.

        Raises `ConnectionRefused`, and `AnswerLate` if for `seconds` all are in use.
        """
        if self._free.locked():
            try:
                await asyncio.wait_for(self._free.acquire(), seconds)
            except TimeoutError as error:
                raise AnswerLate from error
        else:
            await self._free.acquire()
        try:
            connection = (None if fresh else self._take_idle()) or await self._connect()
        except BaseException:
            self._free.release()
            raise
        return self._lend(connection)

    def any_idle(self) -> bool:
        """Say whether `take` would find a connection."""
        return self._free.open and self._drop_old()

    def take(self) -> Connection:
        """Return a connection without waiting, to be given back; there is one if `any_idle` has just said so."""
        connection = self._idle.pop()
        self._free.take()
        return self._lend(connection)

    def _lend(self, connection: Connection) -> Connection:
        self._lent.add(connection)
        if self._clock is None:
            self._clock = self._loop.call_later(TICK_SECONDS, self._tick)
        return connection

    def give_back(self, connection: Connection) -> None:
        """Take a connection back whose exchange has ended, to be used again or closed."""
        self._lent.discard(connection)
        self._free.release()
        if connection.finish():
            self._idle.append(connection)

    def close(self) -> None:
        """Close every connection at once."""
        if self._clock is not None:
            self._clock.cancel()
        for connection in (*self._idle, *self._lent):
            connection.abort()
        self._idle.clear()

    def _take_idle(self) -> Connection | None:
        """Return the connection that was used last: the others may then grow old and be closed."""
        return self._idle.pop() if self._drop_old() else None

    def _drop_old(self) -> bool:
        """Let the connection that was used last be one that can be used again; False if there is none."""
        oldest = self._loop.time() - KEPT_SECONDS
        while self._idle:
            last = self._idle[-1]
            if last.open and last.idle_since > oldest:
                return True
            self._idle.pop().abort()
        return False

    async def _connect(self) -> Connection:
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                if self._path is not None:
                    return (await self._loop.create_unix_connection(self._new, self._path))[1]
                return (await self._loop.create_connection(self._new, self._host, self._port))[1]
        except OSError as error:  # a TimeoutError is one
            raise ConnectionRefused from error

    def _new(self) -> Connection:
        return Connection(self._loop)

    def _tick(self) -> None:
        now = self._loop.time()
        for connection in list(self._lent):
            due = (connection.answer_due, connection.write_due)
            if any(moment is not None and moment < now for moment in due):
                connection.fail(AnswerLate())
        old = [one for one in self._idle if not one.open or now - one.idle_since >= KEPT_SECONDS]
        for connection in old:
            self._idle.remove(connection)
            connection.abort()
        going_on = self._lent or self._idle
        self._clock = self._loop.call_later(TICK_SECONDS, self._tick) if going_on else None
