"""Apps of the house as fixtures, each behind an HTTP client that speaks with the rights it is asked for."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any, Self
from uuid import UUID, uuid4

import asyncpg
import httpx
import pytest
from fastapi import FastAPI
from joserfc.jwk import KeySet, OKPKey

from services.common.identity import Caller, Grant, Role, TokenSigner
from services.evaluation.app import create_app as create_evaluation
from services.evaluation.settings import Settings as EvaluationSettings
from services.participants.app import create_app as create_participants
from services.participants.settings import Settings as ParticipantsSettings
from services.programs.app import create_app as create_programs
from services.programs.settings import Settings as ProgramsSettings
from tests.canaries import FIND_CANARIES
from tests.cluster import AppDsns, TestDatabase

APPS = ("gateway", "programs", "participants", "evaluation")

EMPTY_EVERYTHING = """
DO $$
DECLARE place record;
BEGIN
    SET LOCAL session_replication_role = replica;
    FOR place IN SELECT schemaname, tablename FROM pg_tables
        WHERE schemaname IN ('programs', 'participants', 'evaluation', 'gateway', 'keystore')
          AND tablename <> 'alembic_version'
          AND pg_relation_size(format('%I.%I', schemaname, tablename)::regclass) > 0
    LOOP EXECUTE format('DELETE FROM %I.%I', place.schemaname, place.tablename); END LOOP;
END $$
"""


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with each app's private key (`<app>.json`) and everybody's public ones (`public.json`)."""
    folder = tmp_path_factory.mktemp("keys")
    write_keys(folder)
    return folder


def write_keys(folder: Path) -> None:
    """Write a fresh private key for each app into `folder`, and everybody's public ones."""
    made = {app: OKPKey.generate_key("Ed25519", {"kid": f"{app}.1", "use": "sig"}) for app in APPS}
    for app, key in made.items():
        (folder / f"{app}.json").write_text(json.dumps(key.as_dict(private=True)))
    public = KeySet(list(made.values()))
    (folder / "public.json").write_text(json.dumps(public.as_dict(private=False)))


@pytest.fixture(scope="session")
async def _cleaner(database: TestDatabase) -> AsyncIterator[Callable[[], Awaitable[asyncpg.Connection]]]:
    """Gives one connection for all tests of the worker: a new one would learn of two hundred tables each time."""
    opened: list[asyncpg.Connection] = []

    async def connection() -> asyncpg.Connection:
        if not opened or opened[-1].is_closed():
            opened.append(await asyncpg.connect(database.admin))
        return opened[-1]

    yield connection
    for one in opened:
        await one.close()


@pytest.fixture
async def clean(
    database: TestDatabase, _cleaner: Callable[[], Awaitable[asyncpg.Connection]]
) -> AsyncIterator[TestDatabase]:
    """This worker's database; emptied when the test has ended."""
    yield database
    connection = await _cleaner()
    found = await connection.fetch(FIND_CANARIES)
    await connection.execute(EMPTY_EVERYTHING)
    assert found == [], "a personal value stands in the machinery"


class Door:
    """One app, and clients of it with whatever rights a test asks for."""

    def __init__(self, name: str, app: FastAPI, keys: Path) -> None:
        self.name = name
        self.app = app
        self._gateway = TokenSigner.read("gateway", keys / "gateway.json")
        self._open: list[httpx.AsyncClient] = []
        self.database: TestDatabase

    def over(self, database: TestDatabase) -> Self:
        """Return this door, over a database that is emptied when the test has ended."""
        self.database = database
        return self

    def as_(
        self, *roles: str, subject: UUID | None = None, grants: frozenset[Grant] = frozenset()
    ) -> httpx.AsyncClient:
        """Return a client that the gateway vouches for; without roles, the anonymous public."""
        headers = {}
        if roles:
            caller = Caller(subject or uuid4(), frozenset(map(Role, roles)), grants)
            headers["Authorization"] = f"Bearer {self._gateway.sign(caller, audience=self.name)}"
        transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
        client = httpx.AsyncClient(transport=transport, base_url=f"http://{self.name}.test", headers=headers)
        self._open.append(client)
        return client

    async def close(self) -> None:
        """Close every client."""
        for client in self._open:
            await client.aclose()


def facts_of(app: str, dsns: AppDsns, keys: Path) -> dict[str, Any]:
    """Return the settings that every app needs."""
    return {
        "database_url": dsns.runtime,
        "read_database_url": dsns.reader,
        "signing_key": keys / f"{app}.json",
        "public_keys": keys / "public.json",
        "files": str(keys / "files"),
        "write_connections": 4,
        "read_connections": 4,
        "background": False,
    }


@asynccontextmanager
async def open_door(name: str, app: FastAPI, keys: Path) -> AsyncIterator[Door]:
    """Start `app` as its server would, and stop it in the end."""
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(app.router.lifespan_context(app))
        door = Door(name, app, keys)
        stack.push_async_callback(door.close)
        yield door


@pytest.fixture(scope="session")
async def _programs(database: TestDatabase, keys: Path) -> AsyncIterator[Door]:
    app = create_programs(ProgramsSettings(**facts_of("programs", database.programs, keys)))
    async with open_door("programs", app, keys) as door:
        yield door


@pytest.fixture(scope="session")
async def _participants(database: TestDatabase, keys: Path) -> AsyncIterator[Door]:
    app = create_participants(ParticipantsSettings(**facts_of("participants", database.participants, keys)))
    async with open_door("participants", app, keys) as door:
        yield door


@pytest.fixture(scope="session")
async def _evaluation(database: TestDatabase, keys: Path) -> AsyncIterator[Door]:
    app = create_evaluation(EvaluationSettings(**facts_of("evaluation", database.evaluation, keys)))
    async with open_door("evaluation", app, keys) as door:
        yield door


@pytest.fixture
def programs(_programs: Door, clean: TestDatabase) -> Door:
    """The programs app over an empty portfolio."""
    return _programs.over(clean)


@pytest.fixture
def participants(_participants: Door, clean: TestDatabase) -> Door:
    """The participants app without people."""
    return _participants.over(clean)


@pytest.fixture
def evaluation(_evaluation: Door, clean: TestDatabase) -> Door:
    """The evaluation app without instruments and answers."""
    return _evaluation.over(clean)
