"""Work in groups: what arrives while one group is worked on makes the next."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Final, Generic, TypeVar

import structlog

from services.common.problems import Problem, Unavailable
from services.common.sessions import Sessions

LARGEST_GROUP: Final = 200
CROWD: Final = 16
"""So many do not wait for the group before them; fewer are cheaper together with those to come."""
MOST_WAITING: Final = 5 * LARGEST_GROUP
log = structlog.get_logger()

Item = TypeVar("Item")
Result = TypeVar("Result")
Work = Callable[[Sessions, Sequence[Item]], Awaitable[Sequence[Result | Problem]]]
"""Does what a group asks for, and returns what comes of each item, in their order."""


class Gathering(Generic[Item, Result]):
    """A burst costs the database as many statements as there are groups, not as there are requests."""

    def __init__(self, work: Work[Item, Result], *, at_once: int = 1) -> None:
        """`at_once`: how many groups may be under way; more than one only while many wait."""
        self._work = work
        self._at_once = at_once
        self._waiting: list[tuple[Item, asyncio.Future[Result]]] = []
        self._arrived = asyncio.Event()
        self._crowded = asyncio.Event()

    async def put(self, item: Item) -> Result:
        """Return what came of an item once its group is through; raise its problem, or `Unavailable`."""
        if len(self._waiting) >= MOST_WAITING:
            raise Unavailable("Too many answers arrive at once; send yours again shortly.")
        result: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, result))
        self._arrived.set()
        if len(self._waiting) >= CROWD:
            self._crowded.set()
        return await result

    async def work_forever(self, sessions: Sessions) -> None:
        """Work on what arrives for as long as the app lives."""
        others = (self._keep_working(sessions, self._crowded) for _ in range(1, self._at_once))
        await asyncio.gather(self._keep_working(sessions, self._arrived), *others)

    async def _keep_working(self, sessions: Sessions, due: asyncio.Event) -> None:
        while True:
            await due.wait()
            group, self._waiting = self._waiting[:LARGEST_GROUP], self._waiting[LARGEST_GROUP:]
            if not self._waiting:
                self._arrived.clear()
            if len(self._waiting) < CROWD:
                self._crowded.clear()
            if group:  # or another was faster
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
