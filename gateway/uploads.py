"""The body of a request, as it is passed on while it comes."""

import asyncio
from collections.abc import AsyncIterator
from typing import Final

from gateway.connections import Connection

REPEATABLE_BYTES: Final = 64 * 1024
"""Of a body, how much is kept until its answer comes, in case it must be sent once more."""


class Upload:
    """The body of a request on its way to a service; the deadline rests while we wait for the client."""

    def __init__(self, first: bytes, more: AsyncIterator[bytes] | None, *, chunked: bool) -> None:
        """`first` has come already; `more`, if it is not None, is what will follow."""
        self._kept = [first] if first else []
        self._more = more
        self.chunked = chunked
        self._kept_bytes = len(first)

    @property
    def repeatable(self) -> bool:
        """Whether all that has been sent so far could be sent once more."""
        return self._kept_bytes <= REPEATABLE_BYTES

    def start(self, connection: Connection, seconds: float) -> "asyncio.Task[None] | None":
        """Send what there is; return the task that sends what follows, if more is to come."""
        for part in self._kept:
            connection.write(self._frame(part))
        if self._more is not None:
            return asyncio.create_task(self._go_on(connection, self._more, seconds))
        self._end(connection, seconds)
        return None

    async def _go_on(self, connection: Connection, more: AsyncIterator[bytes], seconds: float) -> None:
        try:
            await connection.drain(seconds)
            async for part in more:
                self._keep(part)
                connection.write(self._frame(part))
                await connection.drain(seconds)
        except Exception as error:  # noqa: BLE001  whatever it is, the exchange ends with it
            connection.fail(error)
        else:
            self._more = None
            self._end(connection, seconds)

    def _keep(self, part: bytes) -> None:
        self._kept_bytes += len(part)
        if self.repeatable:
            self._kept.append(part)
        else:
            self._kept.clear()

    def _frame(self, part: bytes) -> bytes:
        return b"%x\r\n%b\r\n" % (len(part), part) if self.chunked else part

    def _end(self, connection: Connection, seconds: float) -> None:
        if self.chunked:
            connection.write(b"0\r\n\r\n")
        connection.expect_answer(seconds)
