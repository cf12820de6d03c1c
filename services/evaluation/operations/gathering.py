"""Work in groups: what arrives while one group is worked on makes the next."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Final, Generic, TypeVar

import structlog

from services.common.problems import Problem, Unavailable
from services.common.sessions import Sessions

LARGEST_GROUP: Final = 200
log = structlog.get_logger()

Item = TypeVar("Item")
Result = TypeVar("Result")
Work = Callable[[Sessions, Sequence[Item]], Awaitable[Sequence[Result | Problem]]]
"""Does what a group asks for, and returns what comes of each item, in their order."""


class Gathering(Generic[Item, Result]):
    """A burst costs the database as many statements as there are groups, not as there are requests."""

    def __init__(self, work: Work[Item, Result]) -> None:
        self._work = work
        self._waiting: asyncio.Queue[tuple[Item, asyncio.Future[Result]]] = asyncio.Queue(5 * LARGEST_GROUP)

    async def put(self, item: Item) -> Result:
        """Return what came of an item once its group is through; raise its problem, or `Unavailable`."""
        result: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        try:
            self._waiting.put_nowait((item, result))
        except asyncio.QueueFull as error:
            raise Unavailable("Too many answers arrive at once; send yours again shortly.") from error
        return await result

    async def work_forever(self, sessions: Sessions) -> None:
        """Work on what arrives for as long as the app lives."""
        while True:
            group = [await self._waiting.get()]
            while not self._waiting.empty() and len(group) < LARGEST_GROUP:
                group.append(self._waiting.get_nowait())
            await self._settle(sessions, group)

    async def _settle(self, sessions: Sessions, group: Sequence[tuple[Item, asyncio.Future[Result]]]) -> None:
        try:
            results = await self._work(sessions, [item for item, _ in group])
        except Exception as error:  # noqa: BLE001  this task outlives whatever a group meets
            if len(group) == 1:
                problem = error if isinstance(error, Problem) else _unexpected(error)
                if not group[0][1].done():
                    group[0][1].set_exception(problem)
                return
            for one in group:  # one bad item must not take the others with it
                await self._settle(sessions, [one])
            return
        for (_, waiting), result in zip(group, results, strict=True):
            if waiting.done():  # cancelled by a client that has left; its item counts all the same
                continue
            if isinstance(result, Problem):
                waiting.set_exception(result)
            else:
                waiting.set_result(result)


def _unexpected(error: Exception) -> Problem:
    log.error("group_failed", exc_info=error)
    return Unavailable("Send the answers again.")
