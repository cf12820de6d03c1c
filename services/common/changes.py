"""Following a list: which rows changed since a reader last asked, found in the audit log.

Every change writes its audit entry, with the number of its transaction. A reader is told of transactions below the
oldest that still runs (`pg_snapshot_xmin`), so one that began early and ends late is told later and never missed; a
time stamp would lose it. What is told is at least as new as the change, and may be told again.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Final, Self
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Integer,
    Select,
    Text,
    Uuid,
    bindparam,
    cast,
    column,
    func,
    literal,
    literal_column,
    select,
    table,
    tuple_,
    union_all,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by

from services.common.database import Identified
from services.common.problems import CursorUnusable

START: Final = "start"
"""What a reader who has nothing yet sends."""
_NOBODY: Final = UUID(int=0)
_ENTRY: Final = table(
    "audit_entry", column("subject_kind", Text), column("subject_id", Uuid), column("changed_in", BigInteger)
)
_HORIZON: Final[ColumnElement[int]] = literal_column(
    "((pg_snapshot_xmin(pg_current_snapshot()))::text)::bigint", BigInteger
)
_DATABASE: Final[ColumnElement[str]] = literal_column(
    "(SELECT system_identifier || ':' || oid FROM pg_control_system(), pg_database"
    " WHERE datname = current_database())",
    Text,
)
"""Another after `restore`, where transactions are counted anew."""


@dataclass(frozen=True)
class Position:
    """How far a list has been followed: all that changed before is told, and of `changed_in` what has lower ids."""

    database: str | None
    """Which database counts these transactions; None at the start."""
    changed_in: int
    id: UUID
    first: bool
    """Whether the reader is being told everything that stands, for the first time."""

    @classmethod
    def read(cls, parts: Sequence[Any]) -> Self:
        """Return what `parts` wrote."""
        database, changed_in, id_, first = parts
        return cls(database, changed_in, UUID(id_), first)

    @property
    def parts(self) -> list[object]:
        """What a cursor holds of it."""
        return [self.database, self.changed_in, self.id, self.first]


THE_START: Final = Position(None, 0, _NOBODY, first=True)


@dataclass(frozen=True)
class Told:
    """Which rows a reader is told of now, in the order of their changes, and where that ends."""

    ids: list[UUID]
    more: bool
    end: Position

    def gone(self, found: Collection[UUID], since: Position) -> list[UUID]:
        """Return those that are not in the list; who has nothing yet misses none of them."""
        return [] if since.first else [id_ for id_ in self.ids if id_ not in found]


def select_changed(rows: type[Identified], *, first: bool) -> Select[*tuple[Any, ...]]:
    """Return the statement of what changed in a table, for `values_of`; its one row is read by `read_told`.

    With `first` it also tells rows that were entered past the audit log.
    """
    begin, limit = bindparam("since_changed_in", type_=BigInteger), bindparam("since_limit", type_=Integer)
    changes = select(_ENTRY.c.subject_id.label("id"), _ENTRY.c.changed_in.label("changed_in")).where(
        _ENTRY.c.subject_kind == rows.__tablename__,
        _ENTRY.c.changed_in >= begin,
        _ENTRY.c.changed_in < _HORIZON,
    )
    if first:
        standing = select(rows.id, literal(0, BigInteger)).where(begin == 0)
        told = union_all(changes, standing).subquery("told")
    else:
        told = changes.subquery("told")
    latest = select(told.c.id, func.max(told.c.changed_in).label("changed_in")).group_by(told.c.id)
    last = latest.subquery("latest")
    edge = tuple_(begin, bindparam("since_id", type_=Uuid))
    part = (
        select(last)
        .where(tuple_(last.c.changed_in, last.c.id) > edge)
        .order_by(last.c.changed_in, last.c.id)
        .limit(limit + 1)
        .subquery("part")
    )
    order = (part.c.changed_in, part.c.id)
    return select(
        cast(_DATABASE, Text),
        _HORIZON,
        func.array_agg(aggregate_order_by(part.c.id, *order)),
        func.array_agg(aggregate_order_by(part.c.changed_in, *order)),
    )


def values_of(since: Position, limit: int) -> dict[str, Any]:
    """Return the parameters of `select_changed`."""
    return {"since_changed_in": since.changed_in, "since_id": since.id, "since_limit": limit}


def read_told(row: Sequence[Any], since: Position, limit: int) -> Told:
    """Return what the row of `select_changed` tells; raise `CursorUnusable` after a database was restored."""
    database, horizon, ids, changed_in = row
    if since.database not in {None, database}:
        raise CursorUnusable(f"The database was restored since; begin again with `{START}`.")
    if ids is not None and len(ids) > limit:
        end = Position(database, changed_in[limit - 1], ids[limit - 1], since.first)
        return Told(list(ids[:limit]), more=True, end=end)
    return Told(list(ids or ()), more=False, end=Position(database, horizon, _NOBODY, first=False))
