"""500 events between processes that are killed at random: each has exactly one effect."""

import asyncio
import random
from functools import partial
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import asyncpg
import httpx
import pytest

from services.common.identity import Caller, Role, TokenSigner
from tests.chaos.processes import House, check_invariants, until
from tests.instances import PATIENCE

pytestmark = pytest.mark.process

SERVICES: Final = ("programs", "participants", "evaluation")
MEETINGS: Final = 250
"""Each is scheduled and then moved: two events about it, to two rooms."""
EDITIONS: Final = 5
AT_ONCE: Final = 8
KILLS: Final = 6
SEED: Final = 20261124

DELIVERED = "SELECT count(*) FROM programs.outbox_event WHERE delivered_at IS NOT NULL"
# The gateway, which hears of editions for its webhooks, is not among those who are killed here.
UNDELIVERED = (
    "SELECT count(*) FROM programs.outbox_event WHERE delivered_at IS NULL AND destination <> 'gateway'"
)
# What the test need not wait for: a lease of somebody killed lasts a minute, a pause between attempts longer.
# What is locked is being delivered, in an order of its own: waiting for it could end in a deadlock.
LET_TIME_PASS = """
    UPDATE programs.outbox_event SET due_at = clock_timestamp(), leased_until = clock_timestamp()
    WHERE id IN (SELECT id FROM programs.outbox_event WHERE delivered_at IS NULL FOR UPDATE SKIP LOCKED)
"""
TWICE_OR_LOST = """
    SELECT count(*) FROM programs.outbox_event AS sent FULL JOIN {room}.inbox_event AS taken USING (id)
    WHERE (sent.destination = '{room}' OR sent.id IS NULL)
      AND (sent.id IS NULL OR taken.applied_at IS NULL OR sent.dead_at IS NOT NULL)
"""
MIRRORED_WRONGLY = """
    SELECT count(*) FROM programs.training_session AS own
    FULL JOIN {room}.mirror_training_session AS mirror USING (id)
    WHERE own.version IS DISTINCT FROM 2 OR mirror.{version} IS DISTINCT FROM own.version
"""


class Manager:
    """Writes to programs, whoever is killed meanwhile: repeats what was not answered, with its key."""

    def __init__(self, client: httpx.AsyncClient, keys: Path) -> None:
        self._client = client
        self._signer = TokenSigner.read("gateway", keys / "gateway.json")
        self._caller = Caller(uuid4(), frozenset({Role.MANAGER}), frozenset())

    async def post(self, path: str, body: object) -> dict[str, Any]:
        """Return the answer to `body`, which must in the end be that it was entered."""
        key = str(uuid4())
        async with asyncio.timeout(PATIENCE):
            while True:
                answer = await self._try(path, body, key)
                if answer is not None and answer.is_success:
                    entered: dict[str, Any] = answer.json()
                    return entered
                await asyncio.sleep(0.1)

    async def _try(self, path: str, body: object, key: str) -> httpx.Response | None:
        token = self._signer.sign(self._caller, audience="programs")
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": key}
        try:
            answer = await self._client.post(path, json=body, headers=headers)
        except httpx.TransportError:
            return None
        passing = answer.status_code == 503 or answer.json().get("code") == "request-in-flight"
        assert answer.is_success or passing, answer.text
        return answer


async def plan_editions(manager: Manager) -> list[str]:
    sectors = [{"code": "12181", "share": "100"}]
    facts = {"code": "syn", "title": {"en": "Synthetic"}, "kind": "course_program", "sectors": sectors}
    program = await manager.post("/v1/programs", facts)
    edition = {"program_id": program["id"], "title": {"en": "Synthetic"}, "period": "2031-05"}
    made = [await manager.post("/v1/editions", edition | {"code": f"SYN-{n}"}) for n in range(EDITIONS)]
    return [one["id"] for one in made]


async def meet(manager: Manager, edition_id: str) -> None:
    """Schedule a meeting and move it."""
    times = {"starts_at": "2031-05-05T10:00:00Z", "ends_at": "2031-05-05T11:00:00Z"}
    facts = times | {"kind": "lecture", "title": {"en": "Synthetic lecture"}}
    made = await manager.post(f"/v1/editions/{edition_id}/training-sessions", facts)
    later = {"starts_at": "2031-05-06T10:00:00Z", "ends_at": "2031-05-06T11:00:00Z"}
    await manager.post(f"/v1/training-sessions/{made['id']}/move", later)


async def write_all(manager: Manager, editions: list[str]) -> None:
    turns = asyncio.Semaphore(AT_ONCE)

    async def take_turn(n: int) -> None:
        async with turns:
            await meet(manager, editions[n % EDITIONS])

    await asyncio.gather(*map(take_turn, range(MEETINGS)))


async def kill_at_random(house: House, connection: "asyncpg.Connection[asyncpg.Record]") -> None:
    """Kill one of the three, again and again, each time when more of the events have arrived."""
    chance = random.Random(SEED)  # noqa: S311  repeatable, not secret
    # Each of them at least once, the rest as it comes.
    victims = chance.sample([*SERVICES, *chance.choices(SERVICES, k=KILLS - len(SERVICES))], KILLS)
    marks = sorted(chance.sample(range(20, 4 * MEETINGS - 200), KILLS))

    async def arrived(mark: int) -> bool:
        return int(await connection.fetchval(DELIVERED)) >= mark

    for mark, victim in zip(marks, victims, strict=True):
        await until(partial(arrived, mark), f"{mark} events have arrived")
        await house.kill(victim)


async def is_idle(connection: "asyncpg.Connection[asyncpg.Record]") -> bool:
    return int(await connection.fetchval(UNDELIVERED)) == 0


async def test_500_events_have_one_effect_each_whichever_process_is_killed(house: House) -> None:
    await house.start(*SERVICES)
    connection = await asyncpg.connect(house.database.admin)
    try:
        async with house.client("programs") as client:
            manager = Manager(client, house.keys)
            editions = await plan_editions(manager)
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(write_all(manager, editions))
                tasks.create_task(kill_at_random(house, connection))
        await connection.execute(LET_TIME_PASS)
        await until(partial(is_idle, connection), "everything has been delivered")
        for room, version in (("participants", "aggregate_version"), ("evaluation", "version")):
            taken = f"SELECT count(*) FROM {room}.inbox_event WHERE kind LIKE 'programs.training_session.%'"  # noqa: S608
            assert await connection.fetchval(taken) == 2 * MEETINGS
            assert await connection.fetchval(TWICE_OR_LOST.format(room=room)) == 0
            assert await connection.fetchval(MIRRORED_WRONGLY.format(room=room, version=version)) == 0
    finally:
        await connection.close()
    await check_invariants(house.database)
