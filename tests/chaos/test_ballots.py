"""The ballot box in a process that dies: nothing acknowledged is lost, and nothing counts twice."""

import asyncio
import secrets
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import httpx
import pytest

from services.evaluation.app import create_app
from services.evaluation.db.invariants import INVARIANTS
from services.evaluation.settings import Settings
from tests.apps import Door, facts_of, open_door
from tests.chaos.processes import House, until
from tests.cluster import TestDatabase
from tests.evaluation.surveys import Survey, open_survey

pytestmark = pytest.mark.process

RESPONDENTS = 150


@pytest.fixture
async def evaluation(clean: TestDatabase, keys: Path, house: House) -> AsyncIterator[Door]:
    """The evaluation app in this process, over the same database and keys as the house's."""
    facts = facts_of("evaluation", clean.evaluation, keys)
    settings = Settings(**facts | {"keystore_url": clean.keystore, "master_key": house.keys / "master"})
    async with open_door("evaluation", create_app(settings), keys) as door:
        yield door.over(clean)


async def answer_all(house: House, survey: Survey) -> list[int]:
    """Let everybody answer at once, each again with the same submission until it is acknowledged."""

    async def answer(client: httpx.AsyncClient, token: str, mark: int) -> int:
        body = survey.body(token, overall=mark)
        for _ in range(400):
            try:
                sent = await client.post("/v1/responses", json=body, headers={"Ballot-Token": token})
            except httpx.TransportError:
                await asyncio.sleep(0.05 + secrets.randbelow(50) / 1000)
                continue
            if sent.status_code != 503:
                return sent.status_code
            await asyncio.sleep(0.1)
        raise AssertionError("never acknowledged")

    async with house.client("evaluation") as client:
        tries = [answer(client, token, 1 + n % 5) for n, token in enumerate(survey.slips)]
        return await asyncio.gather(*tries)


async def test_a_burst_survives_the_death_of_its_process(house: House, evaluation: Door) -> None:
    survey = await open_survey(evaluation, RESPONDENTS)
    await house.start("evaluation")

    async def used() -> int:
        return int(await house.fetch("SELECT count(*) FROM evaluation.ballot_token WHERE state = 'used'"))

    async def kill_twice() -> None:
        for part in (10, 80):

            async def reached(part: int = part) -> bool:
                return await used() >= part

            await until(reached, f"{part} have answered")
            await house.kill("evaluation")

    statuses, _ = await asyncio.gather(answer_all(house, survey), kill_twice())
    assert statuses == [204] * RESPONDENTS
    assert await used() == RESPONDENTS
    assert await house.fetch("SELECT count(*) FROM evaluation.sealed_ballot") == RESPONDENTS
    survey.nonces.clear()
    again = await survey.submit(survey.slips[0])
    assert again.status_code == 404


async def test_an_opening_that_was_interrupted_counts_every_ballot_once(
    house: House, evaluation: Door, clean: TestDatabase
) -> None:
    survey = await open_survey(evaluation, RESPONDENTS)
    await house.start("evaluation")
    assert await answer_all(house, survey) == [204] * RESPONDENTS
    blocker = await asyncpg.connect(clean.admin)
    blocking = blocker.transaction()
    await blocking.start()
    # The count comes as far as storing the opened answers, and waits there until its process is killed.
    await blocker.execute("LOCK TABLE evaluation.response IN SHARE MODE")
    closed = await survey.staff.post(f"/v1/campaigns/{survey.campaign_id}/closing")
    assert closed.status_code == 200

    async def waits() -> bool:
        waiting = (
            "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'evaluation.response'::regclass"
        )
        return bool(await house.fetch(waiting))

    await until(waits, "the count stores answers")
    await house.kill("evaluation")
    await blocking.rollback()
    await blocker.close()
    assert await house.fetch("SELECT count(*) FROM evaluation.response") == 0
    assert await house.fetch("SELECT count(*) FROM evaluation.sealed_ballot") == RESPONDENTS
    # The lease of the dead process would end by itself in five minutes.
    await house.fetch("UPDATE evaluation.job SET leased_until = now(), due_at = now() WHERE done_at IS NULL")

    async def destroyed() -> bool:
        return bool(await house.fetch("SELECT count(key_destroyed_at) FROM evaluation.campaign"))

    await until(destroyed, "the survey is counted and its key destroyed")
    assert await house.fetch("SELECT answered FROM evaluation.campaign") == RESPONDENTS
    counted = "SELECT sum(n) FROM evaluation.counter WHERE subject_kind = 'edition' AND dimension = ''"
    assert await house.fetch(f"{counted} AND question_code = 'overall' AND answer <> ''") == RESPONDENTS
    for mark in range(1, 6):
        by_mark = f"{counted} AND question_code = 'overall' AND answer = '{mark}'"
        assert await house.fetch(by_mark) == RESPONDENTS // 5
    assert await house.fetch("SELECT count(*) FROM evaluation.sealed_ballot") == 0
    reader = await asyncpg.connect(clean.admin)
    await reader.execute("SET search_path TO evaluation")
    assert [name for name, sql in INVARIANTS.items() if await reader.fetch(sql)] == []
    await reader.close()
