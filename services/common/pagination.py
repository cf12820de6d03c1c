"""Keyset paging: a list is read in parts that stay right while rows come and go."""

import base64
import binascii
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import ColumnElement, Select, Text, and_, cast, func, literal, or_, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from services.common.changes import Position, read_told, select_changed, values_of
from services.common.database import Identified
from services.common.problems import CursorUnusable

DEFAULT_LIMIT: Final = 50
MAX_LIMIT: Final = 200
_NONCE: Final = 12


@dataclass(frozen=True)
class Cursors:
    """Encrypts cursors, which signs them too: sort keys may be names, and URLs are logged."""

    key: AESGCM

    def write(self, values: Sequence[object], binding: bytes) -> str:
        """Return an opaque cursor that holds `values` and works with the same `binding` only."""
        nonce = os.urandom(_NONCE)
        plain = json.dumps(list(values), default=_as_text).encode()
        return base64.urlsafe_b64encode(nonce + self.key.encrypt(nonce, plain, binding)).decode().rstrip("=")

    def read(self, cursor: str, binding: bytes) -> list[Any]:
        """Return what `write` was given; raise `CursorUnusable` for anything else."""
        try:
            sealed = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
            values: list[Any] = json.loads(self.key.decrypt(sealed[:_NONCE], sealed[_NONCE:], binding))
        except (binascii.Error, InvalidTag, ValueError) as error:
            raise CursorUnusable(
                "Begin again without a cursor, or use the filters it was made with."
            ) from error
        return values


@dataclass(frozen=True)
class PageRequest:
    """Which part of a list is wanted."""

    limit: int
    cursor: str | None
    count: bool
    binding: bytes
    """What the cursor is bound to: the list, its filters and its reader."""
    cursors: Cursors
    order: tuple[tuple[str, bool], ...] = ()
    """What the list is sorted by, instead of its usual order: names, and whether descending."""
    facets: tuple[str, ...] = ()
    """What is counted beside."""
    since: Position | None = None
    """From where on changes are told, in their order, instead of the list in its own."""
    tells_gone: bool = False
    """Whether the reader sees every row, and so may learn which are not in the list any more."""


@dataclass(frozen=True)
class Changes:
    """What a reader who follows a list is told beside; the names are those of `wire.ListChanges`."""

    gone: list[UUID] | None
    until: str


@dataclass(frozen=True)
class Rows:
    """One part of a list; the names are those of `wire.Page`, which is built from it by attribute."""

    items: Sequence[Any]
    next_cursor: str | None
    total: int | None
    changes: Changes | None = None
    facets: Mapping[str, Sequence[Mapping[str, Any]]] | None = None


@dataclass(frozen=True)
class SortKey:
    """A column to sort by; it must not be null."""

    column: ColumnElement[Any] | InstrumentedAttribute[Any]
    descending: bool = False


async def fetch_page(
    session: AsyncSession, query: Select[*tuple[Any, ...]], page: PageRequest, *keys: SortKey
) -> Rows:
    """Return the part of `query` that `page` asks for, sorted by `keys`, the last of which is unique.

    The query's first column is the item (an entity); one statement, and one more where a count is asked for.
    """
    if page.since is not None:
        return await _fetch_changes(session, query, page, page.since)
    part = query.add_columns(*(key.column for key in keys)).order_by(
        *(key.column.desc() if key.descending else key.column.asc() for key in keys)
    )
    if page.cursor is not None:
        part = part.where(beyond(keys, typed(keys, page.cursors.read(page.cursor, page.binding))))
    rows = (await session.execute(part.limit(page.limit + 1))).unique().all()
    following = (
        page.cursors.write(rows[page.limit - 1][-len(keys) :], page.binding)
        if len(rows) > page.limit
        else None
    )
    total = await _count(session, query) if page.count else None
    return Rows(items=[row[0] for row in rows[: page.limit]], next_cursor=following, total=total)


async def _fetch_changes(
    session: AsyncSession, query: Select[*tuple[Any, ...]], page: PageRequest, since: Position
) -> Rows:
    """Return what changed since, in the order of the changes."""
    rows: type[Identified] = query.column_descriptions[0]["entity"]
    changed = (
        await session.execute(select_changed(rows, first=since.first), values_of(since, page.limit))
    ).one()
    told = read_told(changed, since, page.limit)
    found = (await session.execute(query.where(rows.id.in_(told.ids)))).unique().all()
    items = {row[0].id: row[0] for row in found}
    until = page.cursors.write(told.end.parts, page.binding)
    return Rows(
        items=[items[id_] for id_ in told.ids if id_ in items],
        next_cursor=until if told.more else None,
        total=await _count(session, query) if page.count else None,
        changes=Changes(told.gone(items.keys(), since) if page.tells_gone else None, until),
    )


async def fetch_json_page(
    session: AsyncSession, query: Select[*tuple[Any, ...]], page: PageRequest, *keys: SortKey
) -> bytes:
    """Return what `fetch_page` returns as the bytes of a `wire.Page`, built by PostgreSQL: for hot lists.

    The labels of the query's columns are the fields of an item. A decimal must be cast to text, since SQL would
    make it a JSON number. Nothing but a test compares the bytes with the response model.
    """
    if page.cursor is not None:
        query = query.where(beyond(keys, typed(keys, page.cursors.read(page.cursor, page.binding))))
    order = [key.column.desc() if key.descending else key.column.asc() for key in keys]
    fields = [part for column in query.selected_columns for part in (literal(column.key, Text), column)]
    rows = query.with_only_columns(
        func.json_build_object(*fields).label("item"),
        *(key.column.label(f"key{n}") for n, key in enumerate(keys)),
        func.row_number().over(order_by=order).label("place"),
    ).order_by(*order)
    part = rows.limit(page.limit + 1).subquery("part")
    shown, last = part.c.place <= page.limit, part.c.place == page.limit
    built = select(
        cast(func.coalesce(func.json_agg(part.c.item).filter(shown), text("'[]'")), Text),
        func.count(),
        *(func.array_agg(part.c[f"key{n}"]).filter(last) for n in range(len(keys))),
    )
    items, found, *edge = (await session.execute(built)).one()
    following = page.cursors.write([value[0] for value in edge], page.binding) if found > page.limit else None
    total = await _count(session, query) if page.count else None
    return b'{"items":%s,"next_cursor":%s,"total":%s}' % (
        items.encode(),
        json.dumps(following).encode(),
        json.dumps(total).encode(),
    )


async def _count(session: AsyncSession, query: Select[*tuple[Any, ...]]) -> int:
    counted = select(func.count()).select_from(query.order_by(None).subquery())
    return (await session.execute(counted)).scalar_one()


def typed(keys: Sequence[SortKey], values: list[Any]) -> list[Any]:
    """Return what a cursor holds as values of its columns."""
    readers: dict[type, Any] = {UUID: UUID, datetime: datetime.fromisoformat, date: date.fromisoformat}
    return [
        readers.get(key.column.type.python_type, lambda v: v)(value)
        for key, value in zip(keys, values, strict=True)
    ]


def beyond(keys: Sequence[SortKey], values: Sequence[Any]) -> ColumnElement[bool]:
    """Return the condition for rows after `values`; written out, because directions may differ."""
    alternatives = []
    for depth, (key, value) in enumerate(zip(keys, values, strict=True)):
        same = [k.column == v for k, v in zip(keys[:depth], values[:depth], strict=True)]
        alternatives.append(and_(*same, key.column < value if key.descending else key.column > value))
    return or_(*alternatives)


def _as_text(value: object) -> str:
    return value.isoformat() if isinstance(value, date | datetime) else str(value)
