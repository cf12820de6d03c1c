"""What a collector of traces is told of people: paths by their templates, and nothing of anybody."""

from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest
from pydantic import SecretStr

from services.participants.app import create_app
from services.participants.settings import Settings
from tests.apps import Door, facts_of, open_door
from tests.canaries import CANARIES
from tests.cluster import TestDatabase
from tests.evaluation.test_traces_attacked import Collector, collector
from tests.participants.courses import Course
from tests.participants.test_affiliations import SUPERVISOR, admin, enter
from tests.participants.test_privacy import ADDRESS, FAMILY, NAME, certified, work

__all__ = ["admin", "collector"]


@pytest.fixture
async def participants(
    clean: TestDatabase, keys: Path, tmp_path: Path, request: pytest.FixtureRequest
) -> AsyncIterator[Door]:
    """The room with everything it writes traces of; the collector stands before it."""
    request.getfixturevalue("collector")
    for name in ("master", "unsealing.key"):
        (keys / name).write_text("5" * 64)
    settings = Settings(
        **facts_of("participants", clean.participants, keys),
        keystore_url=SecretStr(clean.keystore),
        master_key=keys / "master",
        unsealing_key=keys / "unsealing.key",
        mail_folder=tmp_path / "mail",
    )
    async with open_door("participants", create_app(settings), keys) as door:
        yield door.over(clean)


async def test_traces_hold_nothing_of_anybody(
    course: Course, collector: Collector, admin: asyncpg.Connection
) -> None:
    person = await certified(course, admin)
    own = course.holder(person)
    assert (await enter(own, person)).status_code == 201
    await work(course.door)
    for path in ("subject-data", "consents", "affiliations", "history"):
        assert (await own.get(f"/v1/persons/{person}/{path}")).status_code == 200
    wrong = {"passport_number": CANARIES[0].lower(), "access_needs": CANARIES[1]}
    assert (await own.put(f"/v1/persons/{person}/sensitive-data", json=wrong)).status_code == 422
    assert (await own.get("/v1/messages", params={"q": NAME})).status_code == 422
    values = (*CANARIES, NAME, FAMILY, ADDRESS, SUPERVISOR["name"], SUPERVISOR["email"])
    assert collector.holds(values) == set()
    # The control: the collector was told of these requests.
    assert collector.holds(["sensitive-data"]) == {"sensitive-data"}
