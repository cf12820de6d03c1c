"""The evaluation app with a key store, and the operator's own SQL."""

import secrets
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest

from services.common.seal import new_key_pair
from services.evaluation.app import create_app
from services.evaluation.settings import Settings
from tests.apps import Door, facts_of, open_door
from tests.cluster import TestDatabase


@pytest.fixture(scope="session")
def participants_keys() -> tuple[bytes, bytes]:
    return new_key_pair()


@pytest.fixture(scope="session")
async def _sealed_evaluation(
    database: TestDatabase,
    keys: Path,
    tmp_path_factory: pytest.TempPathFactory,
    participants_keys: tuple[bytes, bytes],
) -> AsyncIterator[Door]:
    folder = tmp_path_factory.mktemp("sealing")
    (folder / "master").write_text(secrets.token_hex(32))
    (folder / "participants").write_text(participants_keys[1].hex())
    facts = facts_of("evaluation", database.evaluation, keys) | {
        "keystore_url": database.keystore,
        "master_key": folder / "master",
        "participants_sealing_key": folder / "participants",
    }
    async with open_door("evaluation", create_app(Settings(**facts)), keys) as door:
        yield door


@pytest.fixture
def evaluation(_sealed_evaluation: Door, clean: TestDatabase) -> Door:
    return _sealed_evaluation.over(clean)


@pytest.fixture
async def admin(evaluation: Door) -> AsyncIterator[asyncpg.Connection]:
    """The operator's own SQL."""
    connection = await asyncpg.connect(evaluation.database.admin)
    await connection.execute("SET search_path TO evaluation")
    yield connection
    await connection.close()
