"""Keys that can be destroyed: one per person, campaign or whatever else must end for good.

They live in a database of their own, left out of ordinary backups, each wrapped by a master key that is in no
database. A key is committed before its first use. Destroying it leaves a tombstone, so that its subject never
gets another. What PostgreSQL still holds of a destroyed key (dead rows, write-ahead log) is wrapped too and
ends with the master key: rotate it (`rewrap_keys`, then take the previous one away).
"""

import base64
import binascii
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, ClassVar, Final
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    DateTime,
    LargeBinary,
    MetaData,
    Row,
    Text,
    UniqueConstraint,
    bindparam,
    func,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from services.common.database import NAMING, new_id, open_engine
from services.common.database_errors import translated_database_errors
from services.common.problems import Problem, Title, title
from services.common.seal import KEY_BYTES, Undecipherable, decrypt, encrypt, new_key, new_key_pair

CONNECTIONS: Final = 4


class KeyDestroyed(Problem):
    """The key of these data was destroyed on purpose; nobody can read them again."""

    status: ClassVar[int] = 410
    slug: ClassVar[str] = "key-destroyed"
    title: ClassVar[Title] = title(
        en="These data were erased for good",
        ru="Эти данные удалены безвозвратно",
        kk="Бұл деректер біржола жойылды",
    )


class KeyMissing(Problem):
    """Something is asked to be read whose key was never made: a fault of ours."""

    status: ClassVar[int] = 500
    slug: ClassVar[str] = "key-missing"
    title: ClassVar[Title] = title(
        en="The key of these data is missing",
        ru="Ключ к этим данным отсутствует",
        kk="Бұл деректердің кілті жоқ",
    )


class Base(DeclarativeBase):
    """Root of the keystore's own schema."""

    metadata = MetaData(schema="keystore", naming_convention=NAMING)
    type_annotation_map: ClassVar = {datetime: DateTime(timezone=True)}


class Key(Base):
    """The key of one subject, wrapped; without material once destroyed."""

    __tablename__ = "key"
    __table_args__ = (
        UniqueConstraint("kind", "subject"),
        CheckConstraint(
            "num_nulls(wrapped, master_key_id) = CASE WHEN destroyed_at IS NULL THEN 0 ELSE 2 END",
            name="destroyed_is_empty",
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    kind: Mapped[str] = mapped_column(Text)
    subject: Mapped[str] = mapped_column(Text)
    public_key: Mapped[bytes | None] = mapped_column(LargeBinary)
    wrapped: Mapped[bytes | None] = mapped_column(LargeBinary)
    master_key_id: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())
    destroyed_at: Mapped[datetime | None]


@dataclass(frozen=True)
class MasterKey:
    """Wraps the keys; kept in a file, never in a database."""

    id: str
    """Fingerprint, stored with each key to tell which master key wraps it."""
    material: bytes = field(repr=False)


@dataclass(frozen=True)
class KeyRef:
    """A key that exists, without its secret part."""

    id: UUID
    kind: str
    subject: str
    public_key: bytes | None
    """32 bytes to seal to; None for a key that is no pair."""


def read_master_key(path: Path) -> MasterKey:
    """Read 32 random bytes, written as hexadecimal or base64; raise ValueError for anything else."""
    text = path.read_text().strip()
    try:
        material = (
            bytes.fromhex(text) if len(text) == 2 * KEY_BYTES else base64.b64decode(text, validate=True)
        )
    except (ValueError, binascii.Error):
        material = b""
    if len(material) != KEY_BYTES:
        raise ValueError(f"{path.name} does not hold {KEY_BYTES} bytes as hexadecimal or base64") from None
    return MasterKey(sha256(b"qoldau master key" + material).hexdigest()[:16], material)


@asynccontextmanager
async def open_key_store(
    dsn: str, master: MasterKey, previous: MasterKey | None = None, *, connections: int = CONNECTIONS
) -> AsyncIterator["KeyStore"]:
    """Yield the store at `dsn`, with a pool of its own that closes with it."""
    engine = open_engine(dsn, connections=connections)
    try:
        yield KeyStore(engine, master, previous)
    finally:
        await engine.dispose()


class KeyStore:
    """Keys by kind (`person`) and subject (an id as text); each call is a transaction of its own.

    Every call may be repeated, and made by many at once: a subject has one key. Raises `Unavailable` while
    the database does not answer.
    """

    def __init__(self, engine: AsyncEngine, master: MasterKey, previous: MasterKey | None = None) -> None:
        """Wrap with `master`; open what `previous` has wrapped, too, while keys are being rotated."""
        self._engine = engine
        self._master = master
        self._previous = previous
        self._masters = {known.id: known.material for known in (master, previous) if known is not None}

    async def create_key(self, kind: str, subject: str) -> KeyRef:
        """Return the subject's key, made now if there is none; raise KeyDestroyed if it had one."""
        return await self._create_one(kind, subject, lambda: (new_key(), None))

    async def create_key_pair(self, kind: str, subject: str) -> KeyRef:
        """Return the subject's X25519 pair, made now if there is none; raise KeyDestroyed if it had one."""
        return await self._create_one(kind, subject, new_key_pair)

    async def create_keys(self, kind: str, subjects: Iterable[str]) -> None:
        """Make the keys of those subjects that have none, in one statement; the destroyed stay destroyed."""
        # Sorted: two imports of overlapping people would otherwise wait for each other.
        rows = [self._new_row(kind, subject, new_key(), None) for subject in sorted(set(subjects))]
        if rows:
            async with self._transaction() as connection:
                await connection.execute(insert(Key).on_conflict_do_nothing(), rows)

    async def open_key(self, kind: str, subject: str) -> bytes:
        """Return the subject's secret (private) key; raise KeyMissing or KeyDestroyed."""
        async with self._transaction() as connection:
            row = await _find(connection, kind, subject)
        if row is None:
            raise KeyMissing("There is no key for these data.")
        return self._unwrap(_living(row))

    async def open_keys(self, kind: str, subjects: Iterable[str]) -> dict[str, bytes]:
        """Return the secret keys of those subjects that have one, in one statement."""
        query = select(Key.__table__).where(
            Key.kind == kind, Key.subject.in_(list(subjects)), Key.wrapped.is_not(None)
        )
        async with self._transaction() as connection:
            rows = (await connection.execute(query)).all()
        return {row.subject: self._unwrap(row) for row in rows}

    async def destroy_key(self, kind: str, subject: str) -> datetime:
        """Destroy the subject's key, and forbid another; return when that was first done."""
        tombstone = insert(Key).values(
            id=new_id(), kind=kind, subject=subject, destroyed_at=func.clock_timestamp()
        )
        destroy = tombstone.on_conflict_do_update(
            index_elements=[Key.kind, Key.subject],
            set_={
                "wrapped": None,
                "public_key": None,
                "master_key_id": None,
                "destroyed_at": func.coalesce(Key.destroyed_at, func.clock_timestamp()),
            },
        )
        async with self._transaction() as connection:
            destroyed_at = (await connection.execute(destroy.returning(Key.destroyed_at))).scalar_one()
        assert destroyed_at is not None  # noqa: S101  the statement sets it
        return destroyed_at

    async def rewrap_keys(self, limit: int = 1000) -> int:
        """Wrap up to `limit` keys of the previous master key by the present one; return how many."""
        if self._previous is None:
            return 0
        stale = (
            select(Key.__table__)
            .where(Key.master_key_id == self._previous.id)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        rewrap = (
            update(Key)
            .where(Key.id == bindparam("key_id"))
            .values(wrapped=bindparam("rewrapped"), master_key_id=self._master.id)
        )
        async with self._transaction() as connection:
            rows = (await connection.execute(stale)).all()
            if rows:
                await connection.execute(
                    rewrap, [{"key_id": row.id, "rewrapped": self._rewrap(row)} for row in rows]
                )
        return len(rows)

    @asynccontextmanager
    async def _transaction(self) -> AsyncIterator[AsyncConnection]:
        with translated_database_errors():
            async with self._engine.begin() as connection:
                yield connection

    async def _create_one(
        self, kind: str, subject: str, make: Callable[[], tuple[bytes, bytes | None]]
    ) -> KeyRef:
        async with self._transaction() as connection:
            row = await _find(connection, kind, subject)
            if row is None:
                new = self._new_row(kind, subject, *make())
                await connection.execute(insert(Key).values(new).on_conflict_do_nothing())
                row = await _find(connection, kind, subject)
        found = _living(row)
        return KeyRef(found.id, found.kind, found.subject, found.public_key)

    def _new_row(self, kind: str, subject: str, secret: bytes, public_key: bytes | None) -> dict[str, Any]:
        key_id = new_id()
        return {
            "id": key_id,
            "kind": kind,
            "subject": subject,
            "public_key": public_key,
            "wrapped": encrypt(self._master.material, secret, _context(key_id, kind, subject)),
            "master_key_id": self._master.id,
        }

    def _rewrap(self, row: Row[Any]) -> bytes:
        return encrypt(self._master.material, self._unwrap(row), _context(row.id, row.kind, row.subject))

    def _unwrap(self, row: Row[Any]) -> bytes:
        material = self._masters.get(row.master_key_id)
        if material is None:
            raise Undecipherable("The master key of these data is not configured.")
        return decrypt(material, row.wrapped, _context(row.id, row.kind, row.subject))


def _context(key_id: UUID, kind: str, subject: str) -> str:
    return f"key:{key_id}:{kind}:{subject}"


async def _find(connection: AsyncConnection, kind: str, subject: str) -> Row[Any] | None:
    query = select(Key.__table__).where(Key.kind == kind, Key.subject == subject)
    return (await connection.execute(query)).one_or_none()


def _living(row: Row[Any] | None) -> Row[Any]:
    assert row is not None  # noqa: S101  just looked up or inserted; rows are never deleted
    if row.wrapped is None:
        raise KeyDestroyed("The key of these data was destroyed.")
    return row
