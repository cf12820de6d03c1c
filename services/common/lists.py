"""Hot lists: declared once, compiled once for each set of filters, answered by PostgreSQL as JSON.

Building a statement costs more than running it. A list therefore says once what its items, filters, orders and
facets are; what one request asks selects among them, and the text of its statement is kept.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any, Final, Protocol

from sqlalchemy import ColumnElement, Select, Text, Uuid, any_, bindparam, cast, func, literal, select, text
from sqlalchemy.dialects.postgresql import ARRAY, aggregate_order_by
from sqlalchemy.dialects.postgresql.asyncpg import dialect
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from services.common.changes import Position, read_told, select_changed, values_of
from services.common.database import Identified
from services.common.pagination import PageRequest, Rows, SortKey, beyond, fetch_page, typed
from services.common.problems import Fault, RequestInvalid
from services.common.sessions import HotReader

Column = ColumnElement[Any] | InstrumentedAttribute[Any]
_DIALECT: Final = dialect()  # type: ignore[no-untyped-call]
_STATEMENTS_KEPT: Final = 1024


class Offers(Protocol):
    """What a list offers to its readers beside its filters."""

    @property
    def sorts(self) -> Mapping[str, Column]:
        """By what it can be sorted; never null."""
        ...

    @property
    def facets(self) -> Mapping[str, Column]:
        """What can be counted, by name; a filter of the same name does not narrow its own facet."""
        ...


@dataclass(frozen=True, eq=False)
class ListOffer:
    """What a list of rows offers, whose items are made by the ORM."""

    sorts: Mapping[str, Column]
    facets: Mapping[str, Column]


def _unchanged(query: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    return query


@dataclass(frozen=True, eq=False)
class ListShape:
    """What a list is made of."""

    items: Sequence[Column]
    """The fields of an item, by label; the first is its id, whose table says what it is to be followed.

    A decimal must be cast to text, since SQL would make it a JSON number."""
    keys: Sequence[SortKey]
    """The usual order; the last key is unique and ends every other order, too."""
    filters: Mapping[str, ColumnElement[bool]]
    """Conditions by name; one that has a value holds `bindparam` of the same name."""
    joined: Callable[[Select[*tuple[Any, ...]]], Select[*tuple[Any, ...]]] = _unchanged
    """Adds what the items need of other tables."""
    sorts: Mapping[str, Column] = field(default_factory=dict)
    """By what else the list can be sorted; never null."""
    facets: Mapping[str, Column] = field(default_factory=dict)
    """What can be counted, by name; where a filter has the same name, it does not narrow its own facet."""


@dataclass(frozen=True)
class _Statement:
    """A compiled statement and where its parameters come from."""

    sql: str
    names: tuple[str, ...]
    constants: Mapping[str, Any]

    def arguments(self, values: Mapping[str, Any]) -> list[Any]:
        return [values[name] if name in values else self.constants[name] for name in self.names]


def wanted(**conditions: Any) -> dict[str, Any]:
    """Return the conditions that a request names; those without a value are left out."""
    return {name: value for name, value in conditions.items() if value is not None and value is not False}


def read_order(shape: Offers, sort: str | None) -> tuple[tuple[str, bool], ...]:
    """Return the order that `-start,title` asks for as (name, descending); raise RequestInvalid."""
    if sort is None:
        return ()
    order = tuple((part.removeprefix("-"), part.startswith("-")) for part in sort.split(","))
    names = [name for name, _ in order]
    if len(set(names)) < len(names) or not shape.sorts.keys() >= set(names):
        known = ", ".join(shape.sorts)
        raise RequestInvalid("See `errors`.", errors=[Fault("/query/sort", "sort", f"Expected of: {known}.")])
    return order


def read_facets(shape: Offers, facets: str | None) -> tuple[str, ...]:
    """Return which facets `state,country` asks for; raise RequestInvalid."""
    names = tuple(facets.split(",")) if facets is not None else ()
    if len(set(names)) < len(names) or not shape.facets.keys() >= set(names):
        known = ", ".join(shape.facets)
        fault = Fault("/query/facets", "facets", f"Expected of: {known}.")
        raise RequestInvalid("See `errors`.", errors=[fault])
    return names


async def fetch_offered(
    session: AsyncSession,
    query: Select[*tuple[Any, ...]],
    filters: Mapping[str, ColumnElement[bool]],
    page: PageRequest,
    offer: ListOffer,
    *keys: SortKey,
) -> Rows:
    """Return a part of a list of rows as `fetch_page` does, in the order and with the facets that are asked for.

    `filters` are conditions by name; each facet is one more statement.
    """
    order = [SortKey(offer.sorts[name], descending) for name, descending in page.order]
    whole = query.where(*filters.values())
    rows = await fetch_page(session, whole, page, *([*order, keys[-1]] if order else keys))
    if not page.facets:
        return rows
    counts = {}
    for name in page.facets:
        narrowed = query.where(*(condition for other, condition in filters.items() if other != name))
        value = cast(offer.facets[name], Text).label("value")
        part = narrowed.with_only_columns(value).order_by(None).subquery()
        counted = select(part.c.value, func.count()).group_by(part.c.value).order_by(text("2 DESC"), "value")
        counts[name] = [{"value": row[0], "count": row[1]} for row in await session.execute(counted)]
    return replace(rows, facets=counts)


async def fetch_list(
    reader: HotReader, shape: ListShape, page: PageRequest, conditions: Mapping[str, Any]
) -> bytes:
    """Return a part of the list as the bytes of a `wire.FacetedPage`; one statement, and one for count or facets.

    `conditions` are values by the name of their filter (`wanted`), and of what a filter needs beside.
    """
    present, keys = tuple(sorted(conditions.keys() & shape.filters.keys())), _keys(shape, page.order)
    if page.since is not None:
        return await _fetch_changes(reader, shape, page, page.since, present, conditions)
    values: dict[str, Any] = dict(conditions) | {"page_limit": page.limit}
    if page.cursor is not None:
        edge = typed(keys, page.cursors.read(page.cursor, page.binding))
        values |= {f"edge_{n}": value for n, value in enumerate(edge)}
    statement = _compile_page(shape, present, page.order, continued=page.cursor is not None)
    items, found, *edge = await reader.fetch_row(statement.sql, statement.arguments(values))
    following = page.cursors.write(edge, page.binding) if found > page.limit else None
    total, facets = await _count(reader, shape, page, present, values)
    return _page(items, following, total, None, facets)


async def _fetch_changes(
    reader: HotReader,
    shape: ListShape,
    page: PageRequest,
    since: Position,
    present: tuple[str, ...],
    conditions: Mapping[str, Any],
) -> bytes:
    """Return what changed in the list since, in the order of the changes."""
    changed = _compile_changed(shape, first=since.first)
    row = await reader.fetch_row(changed.sql, changed.arguments(values_of(since, page.limit)))
    told = read_told(row, since, page.limit)
    values = dict(conditions) | {"told": told.ids}
    named = _compile_named(shape, present)
    items, found = await reader.fetch_row(named.sql, named.arguments(values))
    until = page.cursors.write(told.end.parts, page.binding)
    gone = [str(id_) for id_ in told.gone(set(found), since)] if page.tells_gone else None
    total, facets = await _count(reader, shape, page, present, values)
    return _page(items, until if told.more else None, total, {"gone": gone, "until": until}, facets)


async def _count(
    reader: HotReader,
    shape: ListShape,
    page: PageRequest,
    present: tuple[str, ...],
    values: Mapping[str, Any],
) -> tuple[str, str]:
    """Return the total and the facets as JSON, `null` where they are not asked for."""
    if not (page.count or page.facets):
        return "null", "null"
    counted = _compile_counts(shape, present, page.facets, counted=page.count)
    total, facets = await reader.fetch_row(counted.sql, counted.arguments(values))
    return total, facets


def _page(items: str, following: str | None, total: str, changes: object, facets: str) -> bytes:
    return b'{"items":%s,"next_cursor":%s,"total":%s,"changes":%s,"facets":%s}' % (
        items.encode(),
        json.dumps(following).encode(),
        total.encode(),
        json.dumps(changes).encode(),
        facets.encode(),
    )


def _keys(shape: ListShape, order: Sequence[tuple[str, bool]]) -> list[SortKey]:
    if not order:
        return list(shape.keys)
    return [SortKey(shape.sorts[name], descending) for name, descending in order] + [shape.keys[-1]]


@lru_cache(maxsize=_STATEMENTS_KEPT)
def _compile_page(
    shape: ListShape, present: tuple[str, ...], order: tuple[tuple[str, bool], ...], *, continued: bool
) -> _Statement:
    keys = _keys(shape, order)
    sorting = [key.column.desc() if key.descending else key.column.asc() for key in keys]
    rows = shape.joined(
        select(
            _item(shape).label("item"),
            *(key.column.label(f"key{n}") for n, key in enumerate(keys)),
        )
    ).where(*(shape.filters[name] for name in present))
    if continued:
        edge = [bindparam(f"edge_{n}", type_=key.column.type) for n, key in enumerate(keys)]
        rows = rows.where(beyond(keys, edge))
    limit = bindparam("page_limit", type_=func.count().type)
    part = rows.order_by(*sorting).limit(limit + 1).subquery("part")
    placed = select(part, func.row_number().over().label("place")).subquery("placed")
    shown, last = placed.c.place <= limit, placed.c.place == limit
    built = select(
        cast(func.coalesce(func.json_agg(placed.c.item).filter(shown), text("'[]'")), Text),
        func.count(),
        *(func.array_agg(placed.c[f"key{n}"]).filter(last)[1] for n in range(len(keys))),
    )
    return _compile(built)


@lru_cache(maxsize=_STATEMENTS_KEPT)
def _compile_changed(shape: ListShape, *, first: bool) -> _Statement:
    rows: type[Identified] = getattr(shape.items[0], "class_")  # noqa: B009  mypy knows no column of a table
    return _compile(select_changed(rows, first=first))


@lru_cache(maxsize=_STATEMENTS_KEPT)
def _compile_named(shape: ListShape, present: tuple[str, ...]) -> _Statement:
    """Return the statement for those items of the list that have the ids `told`, in their order."""
    id_, told = shape.items[0], bindparam("told", type_=ARRAY(Uuid))
    rows = shape.joined(select(id_.label("id"), _item(shape).label("item")))
    part = rows.where(id_ == any_(told), *(shape.filters[name] for name in present)).subquery("part")
    place = func.array_position(told, part.c.id)
    built = select(
        cast(func.coalesce(func.json_agg(aggregate_order_by(part.c.item, place)), text("'[]'")), Text),
        func.coalesce(func.array_agg(part.c.id), text("'{}'::uuid[]")),
    )
    return _compile(built)


def _item(shape: ListShape) -> ColumnElement[Any]:
    fields = [part for column in shape.items for part in (literal(column.key, Text), column)]
    return func.json_build_object(*fields)


@lru_cache(maxsize=_STATEMENTS_KEPT)
def _compile_counts(
    shape: ListShape, present: tuple[str, ...], facets: tuple[str, ...], *, counted: bool
) -> _Statement:
    """Return the statement for the total and the facets, as JSON texts."""
    everything = shape.joined(select(shape.keys[-1].column)).where(*(shape.filters[n] for n in present))
    total: Any = select(func.count()).select_from(everything.subquery()).scalar_subquery()
    parts = [part for name in facets for part in (literal(name, Text), _facet(shape, present, name))]
    return _compile(
        select(
            cast(total, Text) if counted else literal("null", Text),
            cast(func.json_build_object(*parts), Text) if facets else literal("null", Text),
        )
    )


def _facet(shape: ListShape, present: tuple[str, ...], name: str) -> Any:
    column = shape.facets[name].label("value")
    narrowing = (shape.filters[other] for other in present if other != name)
    counts = (
        shape.joined(select(column, func.count().label("count")))
        .where(*narrowing)
        .group_by(column)
        .order_by(text("2 DESC"), column)
        .subquery()
    )
    entry = func.json_build_object(
        literal("value", Text), counts.c.value, literal("count", Text), counts.c.count
    )
    return select(func.coalesce(func.json_agg(entry), text("'[]'"))).scalar_subquery()


def _compile(statement: Select[*tuple[Any, ...]]) -> _Statement:
    compiled = statement.compile(dialect=_DIALECT, compile_kwargs={"render_postcompile": True})
    constants = dict(compiled.params)
    return _Statement(str(compiled), tuple(getattr(compiled, "positiontup", ()) or ()), constants)


def with_wishes(page: PageRequest, shape: Offers, sort: str | None, facets: str | None) -> PageRequest:
    """Return the page with the order and the facets that are asked for; raise RequestInvalid."""
    if sort is not None and page.since is not None:
        fault = Fault("/query/sort", "sort", "What changed is told in the order of the changes.")
        raise RequestInvalid("See `errors`.", errors=[fault])
    return replace(page, order=read_order(shape, sort), facets=read_facets(shape, facets))
