"""Engines, how annotations become columns, and the columns that every table of the house shares."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

import asyncpg
import uuid_utils
from sqlalchemy import DateTime, Enum, MetaData, Numeric, event, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.pool import ConnectionPoolEntry
from uuid_utils.compat import uuid7

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
"""Names of constraints are part of the contract: a broken one is translated into the room's problem."""

house: Final = MetaData(naming_convention=NAMING)
"""Tables that stand in every room: audit, outbox, jobs ... They carry no schema here.

A role's `search_path` is its own room's schema, so shared code says `audit_entry` and means this room's.
"""


def new_id() -> UUID:
    """Return a fresh UUIDv7: unique, and ordered by time so that indexes stay dense.

    Never for answers, tokens and invitations, which must not tell their order.
    """
    return uuid7()


def new_id_text() -> str:
    """Return a fresh UUIDv7 as text, at a fraction of the price: for rows that are copied in."""
    return str(uuid_utils.uuid7())


TYPES: Final[Mapping[Any, Any]] = {
    datetime: DateTime(timezone=True),
    Decimal: Numeric(18, 4),
    # Text and a check in the domain: a new state needs no migration of a type.
    StrEnum: Enum(StrEnum, native_enum=False, length=40, values_callable=lambda kind: [str(m) for m in kind]),
    dict[str, Any]: JSONB(none_as_null=True),
    dict[str, str]: JSONB(none_as_null=True),
    list[str]: JSONB(none_as_null=True),
    list[dict[str, Any]]: JSONB(none_as_null=True),
    list[dict[str, str]]: JSONB(none_as_null=True),
}
"""How annotations become columns; the `type_annotation_map` of every room's `Base`."""


class Identified:
    """A row with an id of its own and its time of entry (database time)."""

    __tablename__: Any
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id, sort_order=-4)
    created_at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp(), sort_order=-3)


class Versioned(Identified):
    """A row that may change: each change must be audited and counts `version` up by one.

    SQLAlchemy adds `WHERE version = ...` to every UPDATE, so a lost update is an error, never silent.
    """

    updated_at: Mapped[datetime] = mapped_column(
        server_default=func.clock_timestamp(), onupdate=func.clock_timestamp(), sort_order=-2
    )
    version: Mapped[int] = mapped_column(default=1, sort_order=-1)

    __mapper_args__: Mapping[str, Any] = {"version_id_col": version, "eager_defaults": True}


# From the sixth time on PostgreSQL may plan without the values that are asked for, and guess how many rows they
# have: the portfolio and what one country received took two and three times as long. Planning costs 0.1 ms.
_READING: Final = {"plan_cache_mode": "force_custom_plan"}


def open_engine(dsn: str, *, connections: int, reads_only: bool = False) -> AsyncEngine:
    """Return an engine of exactly `connections` connections to `dsn`.

    `reads_only` engines send no BEGIN and ROLLBACK around each statement: under READ COMMITTED a transaction
    would not make two reads any more consistent, and PostgreSQL itself holds the reader's role read-only.

    asyncpg reads the DSN itself, so libpq-style and unix-socket addresses work. No overflow: connections
    beyond the pool would be opened and closed per request, three to four times slower.
    """
    engine = create_async_engine(
        "postgresql+asyncpg://",
        async_creator=lambda: asyncpg.connect(
            dsn, timeout=5, server_settings=_READING if reads_only else None
        ),
        pool_size=connections,
        max_overflow=0,
        pool_timeout=2,
        pool_pre_ping=False,
        **({"isolation_level": "AUTOCOMMIT"} if reads_only else {}),
    )
    event.listen(engine.sync_engine, "checkout", _refuse_closed)
    return engine


def _refuse_closed(_: object, entry: ConnectionPoolEntry, __: object) -> None:
    """Let the pool replace a connection that the server has closed while nobody used it.

    asyncpg knows without asking, so this costs no round trip; unasked, the next request would be answered 503.
    """
    if entry.driver_connection is not None and entry.driver_connection.is_closed():
        raise DisconnectionError
