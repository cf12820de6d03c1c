"""Who seals ballots: the app itself as long as few come at once, a child beside it when many do."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Final

import structlog

from services.common.problems import Problem
from services.common.worker import WorkerPool
from services.evaluation.domain.ballot_sealing import (
    Content,
    pack_contents,
    seal_content,
    seal_contents,
    unpack_seals,
)

MANY: Final = 8
"""From so many at once on, to pass them to the child takes less of the app than to seal them."""
WORTH_A_CHILD: Final = 1_000
"""To start a child takes as long as to seal some thousands: one class that answers at once never needs it."""
_FUNCTION: Final = f"{seal_contents.__module__}:{seal_contents.__name__}"
_JOBS_PER_CHILD: Final = 100_000
_SECONDS: Final = 5
_MEGABYTES: Final = 512

log = structlog.get_logger()


class Sealers:
    """Seals in a child after many have come at once; until it has started, and when it dies, in the app."""

    def __init__(self, children: WorkerPool) -> None:
        self._children = children
        self._starting: asyncio.Task[None] | None = None
        self._ready = False
        self._sealed_here = 0
        """How many of those that came in company the app has sealed since it last wanted a child."""

    async def seal(self, contents: Sequence[Content]) -> list[bytes]:
        """Return the contents sealed, each under an ephemeral key of its own."""
        if len(contents) >= MANY:
            if self._ready:
                try:
                    return await self._seal_beside(contents)
                except (Problem, OSError) as error:
                    self._ready = False
                    log.warning("sealing_child_failed", exc_info=error)
            self._sealed_here += len(contents)
            if self._sealed_here >= WORTH_A_CHILD and self._starting is None:
                self._sealed_here = 0
                self._starting = asyncio.create_task(self._start())
        return [seal_content(content) for content in contents]

    async def close(self) -> None:
        """Wait for no child any more."""
        if self._starting is not None:
            self._starting.cancel()
            await asyncio.gather(self._starting, return_exceptions=True)

    async def _seal_beside(self, contents: Sequence[Content]) -> list[bytes]:
        payload, data = pack_contents(contents)
        packed: bytes = await self._children.run_bounded(
            _FUNCTION, payload, data, seconds=_SECONDS, megabytes=_MEGABYTES
        )
        return list(unpack_seals(packed))

    async def _start(self) -> None:
        try:
            await self._seal_beside([])
        except (Problem, OSError) as error:
            log.warning("sealing_child_failed", exc_info=error)
        else:
            self._ready = True
        finally:
            self._starting = None


@asynccontextmanager
async def open_sealers() -> AsyncIterator[Sealers]:
    """Give what seals ballots; its child ends with it."""
    async with WorkerPool(jobs_per_process=_JOBS_PER_CHILD) as children:
        sealers = Sealers(children)
        try:
            yield sealers
        finally:
            await sealers.close()
