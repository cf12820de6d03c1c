"""A subject has one key, which opens until it is destroyed, and never again."""

import asyncio
import base64
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest

from cli.roles import KEYSTORE, names_of
from migrations.run import check
from services.common.keystore import (
    KeyDestroyed,
    KeyMissing,
    KeyStore,
    MasterKey,
    open_key_store,
    read_master_key,
)
from services.common.problems import Unavailable
from services.common.seal import Undecipherable, new_key, seal, unseal
from tests.cluster import TestDatabase

MASTER = MasterKey("synthetic-1", new_key())


@pytest.fixture
async def store(database: TestDatabase) -> AsyncIterator[KeyStore]:
    async with open_key_store(database.keystore, MASTER) as opened:
        yield opened


@pytest.fixture
async def admin(database: TestDatabase) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(database.keystore_admin)
    yield connection
    await connection.close()


def new_subject() -> str:
    return str(uuid4())


async def test_a_key_opens_as_often_as_asked(store: KeyStore) -> None:
    subject = new_subject()
    made = await store.create_key("person", subject)
    assert await store.create_key("person", subject) == made
    secret = await store.open_key("person", subject)
    assert len(secret) == 32
    assert await store.open_key("person", subject) == secret
    assert (made.kind, made.subject, made.public_key) == ("person", subject, None)


async def test_kinds_are_apart(store: KeyStore) -> None:
    subject = new_subject()
    await store.create_key("person", subject)
    await store.create_key("pairing", subject)
    assert await store.open_key("person", subject) != await store.open_key("pairing", subject)


async def test_a_pair_seals_and_opens(store: KeyStore) -> None:
    subject = new_subject()
    made = await store.create_key_pair("campaign", subject)
    assert made.public_key
    assert await store.create_key_pair("campaign", subject) == made
    sealed = seal(made.public_key, b"an answer", subject)
    assert unseal(await store.open_key("campaign", subject), sealed, subject) == b"an answer"


async def test_many_creators_at_once_make_one_key(store: KeyStore, database: TestDatabase) -> None:
    subject = new_subject()
    async with open_key_store(database.keystore, MASTER) as other:
        made = await asyncio.gather(
            *(asked.create_key_pair("campaign", subject) for _ in range(10) for asked in (store, other))
        )
    assert len(set(made)) == 1


async def test_many_keys_are_made_and_opened_at_once(store: KeyStore) -> None:
    subjects = [new_subject() for _ in range(50)]
    await store.create_key("person", subjects[0])
    first = await store.open_key("person", subjects[0])
    await store.destroy_key("person", subjects[1])
    await asyncio.gather(
        store.create_keys("person", subjects), store.create_keys("person", reversed([*subjects, *subjects]))
    )
    opened = await store.open_keys("person", [*subjects, new_subject()])
    assert opened.keys() == set(subjects) - {subjects[1]}
    assert opened[subjects[0]] == first
    assert len(set(opened.values())) == 49


async def test_nothing_is_asked_for_no_subject(store: KeyStore) -> None:
    await store.create_keys("person", [])
    assert await store.open_keys("person", []) == {}


async def test_a_destroyed_key_is_gone_for_good(store: KeyStore, admin: asyncpg.Connection) -> None:
    subject = new_subject()
    await store.create_key_pair("campaign", subject)
    destroyed_at = await store.destroy_key("campaign", subject)
    assert await store.destroy_key("campaign", subject) == destroyed_at
    for attempt in (store.open_key, store.create_key, store.create_key_pair):
        with pytest.raises(KeyDestroyed):
            await attempt("campaign", subject)
    await store.create_keys("campaign", [subject])
    assert await store.open_keys("campaign", [subject]) == {}
    row = await admin.fetchrow("SELECT * FROM keystore.key WHERE subject = $1", subject)
    assert row is not None
    assert (row["wrapped"], row["public_key"], row["master_key_id"]) == (None, None, None)


async def test_a_key_destroyed_before_it_was_made_is_never_made(store: KeyStore) -> None:
    subject = new_subject()
    await store.destroy_key("person", subject)
    with pytest.raises(KeyDestroyed):
        await store.create_key("person", subject)


async def test_a_key_that_was_never_made_is_missing(store: KeyStore) -> None:
    with pytest.raises(KeyMissing):
        await store.open_key("person", new_subject())


async def test_the_database_holds_no_key_in_clear(store: KeyStore, admin: asyncpg.Connection) -> None:
    subject = new_subject()
    await store.create_key("person", subject)
    secret = await store.open_key("person", subject)
    row = await admin.fetchrow("SELECT * FROM keystore.key WHERE subject = $1", subject)
    assert row is not None
    assert secret not in row["wrapped"]
    assert row["public_key"] is None


async def test_a_key_moved_to_another_subject_does_not_open(
    store: KeyStore, admin: asyncpg.Connection
) -> None:
    mine, theirs = new_subject(), new_subject()
    await store.create_keys("person", [mine, theirs])
    await admin.execute(
        "UPDATE keystore.key SET wrapped = (SELECT wrapped FROM keystore.key WHERE subject = $1) "
        "WHERE subject = $2",
        theirs,
        mine,
    )
    with pytest.raises(Undecipherable):
        await store.open_key("person", mine)


async def test_keys_live_through_a_change_of_the_master_key(database: TestDatabase) -> None:
    old, new = MasterKey("synthetic-old", new_key()), MasterKey("synthetic-new", new_key())
    subjects = [new_subject() for _ in range(5)]
    async with open_key_store(database.keystore, old) as store:
        await store.create_keys("person", subjects)
        await store.destroy_key("person", subjects[0])
        before = await store.open_keys("person", subjects)
        assert await store.rewrap_keys() == 0
    async with open_key_store(database.keystore, new, old) as rotating:
        assert await rotating.open_keys("person", subjects) == before
        assert [await rotating.rewrap_keys(limit=3) for _ in range(3)] == [3, 1, 0]
    async with open_key_store(database.keystore, new) as rotated:
        assert await rotated.open_keys("person", subjects) == before
    async with open_key_store(database.keystore, old) as late:
        with pytest.raises(Undecipherable):
            await late.open_key("person", subjects[1])


async def test_a_tombstone_cannot_be_taken_away(database: TestDatabase) -> None:
    connection = await asyncpg.connect(database.keystore)
    try:
        for statement in ("DELETE FROM keystore.key", "TRUNCATE keystore.key", "DROP TABLE keystore.key"):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(statement)
    finally:
        await connection.close()


async def test_the_declared_tables_are_the_migrated_ones(database: TestDatabase) -> None:
    await check("keystore", database.keystore_admin, names_of(KEYSTORE, database.name).owner)


async def test_a_silent_database_is_unavailable() -> None:
    async with open_key_store("postgresql://nobody@127.0.0.1:1/nothing", MASTER) as store:
        with pytest.raises(Unavailable):
            await store.open_key("person", new_subject())


@pytest.mark.parametrize(
    "write", [bytes.hex, lambda key: key.hex().upper() + "\n", lambda key: base64.b64encode(key).decode()]
)
def test_a_master_key_is_read_from_a_file(tmp_path: Path, write: object) -> None:
    assert callable(write)
    path, key = tmp_path / "master.key", new_key()
    path.write_text(write(key))
    read = read_master_key(path)
    assert read.material == key
    assert len(read.id) == 16
    assert key.hex()[:16] != read.id
    assert repr(key) not in repr(read)


@pytest.mark.parametrize("text", ["", "00", "z" * 64, "AAAA", "not base64 at all", "0" * 66])
def test_a_master_key_of_another_form_is_refused_without_being_quoted(tmp_path: Path, text: str) -> None:
    path = tmp_path / "master.key"
    path.write_text(text)
    with pytest.raises(ValueError, match=r"^master\.key does not hold 32 bytes") as caught:
        read_master_key(path)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__
