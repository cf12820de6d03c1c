"""Everything that is held about one person, found by following the tables' own keys."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    Column,
    ColumnElement,
    Date,
    Enum,
    LargeBinary,
    String,
    Table,
    Text,
    and_,
    cast,
    delete,
    false,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession

from services.participants.db.base import Base
from services.participants.domain.inventory import FATES, Fate

PERSON: Final = "person"
_UNTOLD: Final = frozenset(
    {"spellings", "search", "passport_index", "sensitive", "sealed_token", "verify_token"}
)
"""Columns that a subject's data leave out: made from others, or encrypted and shown decrypted beside."""
_LED_AWAY: Final = frozenset({"merged_into", "entered_by"})


@cache
def personal_tables() -> Mapping[str, Sequence[Column[Any]]]:
    """Return the tables whose rows lead to a person, in an order that follows their keys, and by which columns.

    `person_id` leads there at once, other foreign keys by way of a row that does (attendance by participation).
    """
    found: dict[str, list[Column[Any]]] = {PERSON: []}
    for table in Base.metadata.sorted_tables:
        if table.name == PERSON:
            continue
        direct = [c for c in table.columns if _target_of(c) == PERSON and c.name not in _LED_AWAY]
        passing = [c for c in table.columns if _target_of(c) in found and _target_of(c) != PERSON]
        if leading := direct or passing:
            found[table.name] = leading
    return found


def personal_columns() -> Iterator[Column[Any]]:
    """Yield the columns of those tables that can hold more than ids, times, counts and codes."""
    for name in personal_tables():
        for column in table_named(name).columns:
            if isinstance(column.type, Date | String | Text | LargeBinary | JSONB) and not isinstance(
                column.type, Enum
            ):
                yield column


def table_named(name: str) -> Table:
    """Return a table of this room."""
    return Base.metadata.tables[f"{Base.metadata.schema}.{name}"]


def rows_about(name: str, persons: ColumnElement[bool] | Sequence[UUID]) -> ColumnElement[bool]:
    """Return the condition for the rows of a table about these persons (ids, or a condition on `person`)."""
    if name == PERSON:
        return persons if isinstance(persons, ColumnElement) else table_named(PERSON).c.id.in_(persons)
    ways: list[ColumnElement[bool]] = []
    for column in personal_tables()[name]:
        target = str(_target_of(column))
        if target == PERSON and not isinstance(persons, ColumnElement):
            ways.append(column.in_(persons))
        else:
            other = table_named(target)
            key = next(iter(column.foreign_keys)).column
            ways.append(column.in_(select(key).select_from(other).where(rows_about(target, persons))))
    return or_(false(), *ways)


async def find_ids_about(session: AsyncSession, persons: Sequence[UUID]) -> dict[str, list[UUID]]:
    """Return the ids of the rows about these persons, by table; tables without an id of their own are left out."""
    found = {}
    for name in personal_tables():
        table = table_named(name)
        if "id" in table.c:
            rows = await session.scalars(select(table.c.id).where(rows_about(name, persons)))
            found[name] = list(rows)
    return found


async def read_rows_about(session: AsyncSession, persons: Sequence[UUID]) -> dict[str, list[dict[str, Any]]]:
    """Return every row about these persons as JSON, by table."""
    told: dict[str, list[dict[str, Any]]] = {}
    for name in personal_tables():
        table = table_named(name)
        shown = [c for c in table.columns if c.name not in _UNTOLD]
        pairs = [part for c in shown for part in (cast(c.name, Text), c)]
        query = select(func.json_build_object(*pairs, type_=JSONB)).where(rows_about(name, persons))
        if "id" in table.c:
            query = query.order_by(table.c.id)
        if rows := list(await session.scalars(query)):
            told[name] = rows
    return told


async def forget_columns(session: AsyncSession, persons: Sequence[UUID]) -> None:
    """Empty what the inventory lets an erasure forget, and every personal column that it does not name."""
    for name in personal_tables():
        table = table_named(name)
        emptied = {column.name: _emptied(column) for column in _forgotten(table)}
        if emptied:
            await session.execute(update(table).where(rows_about(name, persons)).values(emptied))


async def delete_rows_about(session: AsyncSession, name: str, persons: Sequence[UUID]) -> None:
    """Delete a table's rows about these persons."""
    await session.execute(delete(table_named(name)).where(rows_about(name, persons)))


def erased_invariants() -> dict[str, str]:
    """Return I10 for each table that a person leads to: nothing of an erased person stands there."""
    person = table_named(PERSON)
    erased = person.c.erased_at.is_not(None)
    return {
        f"I10 nothing of an erased person stands in {name}": _as_sql(
            select(table_named(name).c[next(iter(table_named(name).primary_key)).name]).where(
                and_(rows_about(name, erased), or_(*map(_is_told, forgotten)))
            )
        )
        for name in personal_tables()
        if (forgotten := list(_forgotten(table_named(name))))
    }


def _forgotten(table: Table) -> Iterable[Column[Any]]:
    named = (c for c in personal_columns() if c.table is table)
    return (c for c in named if FATES.get(f"{table.name}.{c.name}", Fate.FORGOTTEN) is Fate.FORGOTTEN)


def _emptied(column: Column[Any]) -> Any:
    if column.nullable:
        return None
    if isinstance(column.type, JSONB):
        return {} if column.name in _OBJECTS else []
    return b"" if isinstance(column.type, LargeBinary) else ""


_OBJECTS: Final = frozenset({"content", "facts", "answers", "languages"})
"""Columns whose JSON is an object."""


def _is_told(column: Column[Any]) -> ColumnElement[bool]:
    if isinstance(column.type, JSONB):
        return and_(column.is_not(None), cast(column, Text).not_in(["[]", "{}", "null"]))
    if isinstance(column.type, LargeBinary | Date):
        return column.is_not(None) if column.nullable else func.length(column) > 0
    return and_(column.is_not(None), column != "")


def _target_of(column: Column[Any]) -> str | None:
    return next((key.column.table.name for key in column.foreign_keys), None)


def _as_sql(query: Any) -> str:
    compiled = query.compile(dialect=postgresql.dialect(), compile_kwargs={"literal_binds": True})  # type: ignore[no-untyped-call]
    return str(compiled)
