"""Questions asked of the portfolio as a whole; each answer grows with what it tells, not with the tables."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import (
    CTE,
    ColumnElement,
    Integer,
    Numeric,
    Select,
    Subquery,
    Text,
    Uuid,
    cast,
    column,
    extract,
    func,
    literal,
    select,
    text,
    union_all,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession

from services.common.clock import Provenance
from services.common.identity import Caller, Reach
from services.programs.db.editions import PUBLISHED
from services.programs.db.money import within_reach
from services.programs.db.tables import (
    Delivery,
    Edition,
    EditionCountry,
    LedgerEntry,
    MirrorSeats,
    Program,
    SeatLine,
)
from services.programs.domain.deliveries import DeliveryState
from services.programs.domain.editions import CountryRelation, EditionState
from services.programs.domain.money import SPENT
from services.programs.domain.portfolio import UNKNOWN, Weighted, read_shares, share_equally
from services.programs.domain.programs import ProgramStatus

SHOWN: Final = 20
"""How many of what runs and of what comes are listed; the lists themselves have the rest."""
RUNNING: Final = (EditionState.RUNNING, EditionState.SUSPENDED)
COMING: Final = (
    EditionState.PLANNED,
    EditionState.ANNOUNCED,
    EditionState.CALL_OPEN,
    EditionState.SELECTION,
    EditionState.CONFIRMED,
    EditionState.POSTPONED,
)
_ITEM: Final[Sequence[Any]] = [
    Edition.id,
    Edition.code,
    Edition.title,
    Edition.period,
    Edition.earliest,
    Edition.latest,
    Edition.state,
    Edition.program_id,
    Program.title.label("program_title"),
]
_NOTHING: Final = text("'[]'::jsonb")
Counts = Sequence[tuple[str, int, int]]
"""Code, and how many editions and deliveries it has."""


async def count_programs(session: AsyncSession, *, visible_to: Caller) -> int:
    """Return how many programs there are; ideas are internal."""
    query = select(func.count()).select_from(Program)
    if visible_to.reach is Reach.PUBLISHED:
        query = query.where(Program.status.is_distinct_from(ProgramStatus.IDEA))
    return (await session.scalars(query)).one()


async def count_states(
    session: AsyncSession, provenance: Provenance, *, visible_to: Caller
) -> tuple[list[tuple[str, int]], list[tuple[str, int]]]:
    """Return how many editions, and how many deliveries, are in each state."""
    found = []
    for table, shown in (
        (Edition, _editions(provenance, visible_to)),
        (Delivery, _deliveries(provenance, visible_to)),
    ):
        query = select(table.state, func.count()).where(*shown).group_by(table.state).order_by(table.state)
        found.append([(str(state), n) for state, n in await session.execute(query)])
    return found[0], found[1]


async def list_in_states(
    session: AsyncSession, states: Sequence[EditionState], provenance: Provenance, *, visible_to: Caller
) -> Sequence[Any]:
    """Return the editions in these states that begin first, as columns with the title of their program."""
    query = (
        select(*_ITEM)
        .join(Program, Program.id == Edition.program_id)
        .where(Edition.state.in_(states), *_editions(provenance, visible_to))
        .order_by(Edition.earliest, Edition.id)
        .limit(SHOWN)
    )
    return (await session.execute(query)).all()


async def count_countries(session: AsyncSession, provenance: Provenance, *, visible_to: Caller) -> Counts:
    """Return how many editions and deliveries each country has to do with, by code."""
    # One row for each edition and country first: counting distinct ones would sort them all.
    reached = (
        select(EditionCountry.country.label("code"), EditionCountry.edition_id)
        .join(Edition, Edition.id == EditionCountry.edition_id)
        .where(EditionCountry.country.is_not(None), *_counted(provenance, visible_to))
        .distinct()
        .subquery()
    )
    editions = select(reached.c.code, func.count()).group_by(reached.c.code)
    deliveries = (
        select(Delivery.recipient_country.label("code"), func.count())
        .where(Delivery.recipient_country.is_not(None), *_counted_deliveries(provenance, visible_to))
        .group_by(Delivery.recipient_country)
    )
    return await _both(session, editions, deliveries)


async def count_sectors(session: AsyncSession, provenance: Provenance, *, visible_to: Caller) -> Counts:
    """Return how many editions and deliveries each sector has, by code; the program's where they name none."""
    return await _count_codes(session, _sectors_of, provenance, visible_to)


async def count_goals(session: AsyncSession, provenance: Provenance, *, visible_to: Caller) -> Counts:
    """Return how many editions and deliveries serve each goal of their programs, by code."""
    return await _count_codes(session, _goals_of, provenance, visible_to)


async def list_paid_by_codes(
    session: AsyncSession, provenance: Provenance, *, visible_to: Caller
) -> tuple[list[Weighted], list[Weighted]]:
    """Return what was paid by sector and by goal, reversals taken off.

    Undertakings with the same codes are one sum already, so that there are as many rows as there are such sets.
    """
    paid = _paid(provenance, visible_to)
    sectors = func.coalesce(
        func.nullif(Edition.sectors, _NOTHING), func.nullif(Delivery.sectors, _NOTHING), Program.sectors
    )
    query = (
        select(sectors, Program.sdg_goals, paid.c.currency, func.sum(paid.c.amount))
        .select_from(paid)
        .outerjoin(Edition, Edition.id == paid.c.edition_id)
        .outerjoin(Delivery, Delivery.id == paid.c.delivery_id)
        .outerjoin(Program, Program.id == func.coalesce(Edition.program_id, Delivery.program_id))
        .group_by(sectors, Program.sdg_goals, paid.c.currency)
    )
    rows = (await session.execute(query)).all()
    return (
        [Weighted(amount, currency, read_shares(coded or [])) for coded, _, currency, amount in rows],
        [Weighted(amount, currency, share_equally(goals or [])) for _, goals, currency, amount in rows],
    )


async def list_paid_by_countries(
    session: AsyncSession, provenance: Provenance, *, visible_to: Caller
) -> list[Weighted]:
    """Return what was paid by country: a delivery for its recipient, an edition by its participants.

    Of an edition of which no participant is known, the countries that it was for have equal parts.
    """
    paid = _paid(provenance, visible_to)
    heads = _heads(paid)
    part = heads.c.heads / func.sum(heads.c.heads).over(partition_by=heads.c.edition_id)
    parts = select(heads.c.edition_id, heads.c.country, part.label("part")).subquery("parts")
    country = func.coalesce(parts.c.country, Delivery.recipient_country, UNKNOWN)
    query = (
        select(country, paid.c.currency, func.sum(paid.c.amount * func.coalesce(parts.c.part, 1)))
        .select_from(paid)
        .outerjoin(parts, parts.c.edition_id == paid.c.edition_id)
        .outerjoin(Delivery, Delivery.id == paid.c.delivery_id)
        .group_by(country, paid.c.currency)
    )
    rows = (await session.execute(query)).all()
    return [Weighted(amount, currency, {code: Decimal(1)}) for code, currency, amount in rows]


async def list_paid_by_years(
    session: AsyncSession, provenance: Provenance, *, visible_to: Caller
) -> list[tuple[int, str, Decimal]]:
    """Return what was paid by year of payment and currency; a reversal counts in the year of its own day."""
    year = cast(extract("year", LedgerEntry.dated), Integer)
    query = (
        select(year, LedgerEntry.currency, func.sum(LedgerEntry.amount))
        .where(*_spent(provenance, visible_to))
        .group_by(year, LedgerEntry.currency)
        .order_by(year, LedgerEntry.currency)
    )
    return [(began, currency, amount) for began, currency, amount in await session.execute(query)]


def _editions(provenance: Provenance, visible_to: Caller) -> list[ColumnElement[bool]]:
    public = PUBLISHED if visible_to.reach is Reach.PUBLISHED else ()
    return [Edition.provenance == provenance, *public]


def _deliveries(provenance: Provenance, visible_to: Caller) -> list[ColumnElement[bool]]:
    public = [Delivery.provenance == Provenance.REAL] if visible_to.reach is Reach.PUBLISHED else []
    return [Delivery.provenance == provenance, *public]


def _counted(provenance: Provenance, visible_to: Caller) -> list[ColumnElement[bool]]:
    """Return what narrows editions to those that are, were or will be: no drafts, nothing cancelled."""
    idle = [EditionState.DRAFT, EditionState.CANCELLED]
    return [Edition.state.not_in(idle), *_editions(provenance, visible_to)]


def _counted_deliveries(provenance: Provenance, visible_to: Caller) -> list[ColumnElement[bool]]:
    return [Delivery.state != DeliveryState.CANCELLED, *_deliveries(provenance, visible_to)]


def _sectors_of(own: Any) -> ColumnElement[Any]:
    coded = func.coalesce(func.nullif(own, _NOTHING), Program.sectors, _NOTHING)
    return func.jsonb_path_query_array(coded, text("'$[*].code'::jsonpath"))


def _goals_of(_: Any) -> ColumnElement[Any]:
    return func.coalesce(Program.sdg_goals, _NOTHING)


async def _count_codes(
    session: AsyncSession, codes_of: Any, provenance: Provenance, visible_to: Caller
) -> Counts:
    counts = []
    for table, shown in (
        (Edition, _counted(provenance, visible_to)),
        (Delivery, _counted_deliveries(provenance, visible_to)),
    ):
        # Those that are coded alike are one row before their codes are read.
        alike: Subquery = (
            select(table.program_id, table.sectors, func.count().label("n"))
            .where(*shown)
            .group_by(table.program_id, table.sectors)
            .subquery()
        )
        coded: Subquery = (
            select(codes_of(alike.c.sectors).label("codes"), alike.c.n)
            .select_from(alike)
            .outerjoin(Program, Program.id == alike.c.program_id)
            .subquery()
        )
        code = func.jsonb_array_elements_text(coded.c.codes).table_valued("value")
        counts.append(
            select(code.c.value.label("code"), func.sum(coded.c.n))
            .select_from(coded)
            .join(code, text("true"))
            .group_by(code.c.value)
        )
    return await _both(session, *counts)


async def _both(
    session: AsyncSession, editions: Select[*tuple[Any, ...]], deliveries: Select[*tuple[Any, ...]]
) -> Counts:
    """Return both counts by code, in one statement."""
    named = [
        query.add_columns(literal(kind, Text).label("kind"))
        for kind, query in (("edition", editions), ("delivery", deliveries))
    ]
    found: dict[str, list[int]] = {}
    for code, n, kind in await session.execute(union_all(*named)):
        found.setdefault(code, [0, 0])[kind == "delivery"] = int(n)
    return [(code, *counts) for code, counts in sorted(found.items())]  # type: ignore[misc]  # two of them


def _spent(provenance: Provenance, visible_to: Caller) -> list[ColumnElement[bool]]:
    return [LedgerEntry.kind.in_(SPENT), LedgerEntry.provenance == provenance, *within_reach(visible_to)]


def _paid(provenance: Provenance, visible_to: Caller) -> CTE:
    """Return what was paid for each edition and delivery, by currency."""
    return (
        select(
            LedgerEntry.edition_id,
            LedgerEntry.delivery_id,
            LedgerEntry.currency,
            func.sum(LedgerEntry.amount).label("amount"),
        )
        .where(*_spent(provenance, visible_to))
        .group_by(LedgerEntry.edition_id, LedgerEntry.delivery_id, LedgerEntry.currency)
        .cte("paid")
    )


def _heads(paid: CTE) -> Subquery:
    """Return participants by edition and country, or one for each country that the edition was for."""
    line = func.jsonb_array_elements(MirrorSeats.lines).table_valued(column("value", JSONB)).c.value
    accepted = cast(line["accepted"].astext, Numeric)
    paid_for = select(paid.c.edition_id)
    seated = (
        select(
            MirrorSeats.edition_id,
            func.coalesce(SeatLine.country, UNKNOWN).label("country"),
            func.sum(accepted).label("heads"),
        )
        .select_from(MirrorSeats)
        .join(line.table, text("true"))
        .join(SeatLine, SeatLine.id == cast(line["seat_line_id"].astext, Uuid))
        .where(MirrorSeats.edition_id.in_(paid_for), accepted > 0)
        .group_by(MirrorSeats.edition_id, text("2"))
        .cte("seated")
    )
    stated = (
        select(
            EditionCountry.edition_id,
            EditionCountry.country,
            cast(1, Numeric).label("heads"),
        )
        .where(
            EditionCountry.edition_id.in_(paid_for),
            EditionCountry.edition_id.not_in(select(seated.c.edition_id)),
            EditionCountry.country.is_not(None),
            EditionCountry.relation != CountryRelation.INVITED,
        )
        .group_by(EditionCountry.edition_id, EditionCountry.country)
    )
    return union_all(select(seated), stated).subquery("heads")
