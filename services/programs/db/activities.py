"""Questions asked of the portfolio for publication: which rows are published, and what stands around them."""

from collections import defaultdict
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from services.common.clock import Provenance
from services.programs.db.base import any_of
from services.programs.db.budgets import IN_FORCE
from services.programs.db.publication_tables import MirrorIndicatorPeriod, PublicationProfile
from services.programs.db.tables import (
    Award,
    Budget,
    Component,
    Delivery,
    Edition,
    EditionCountry,
    Fund,
    Instalment,
    LedgerEntry,
    Organization,
    Program,
)
from services.programs.domain.activities import ActivityKind
from services.programs.domain.activity_facts import AGREED_STATES, ANNOUNCED_STATES, ONCE_ANNOUNCED_STATES
from services.programs.domain.awards import InstalmentState
from services.programs.domain.money import IATI_TYPES, SPENT, EntryKind

BATCH: Final = 200
"""So many activities are in memory at once."""
APPROVED: Final = "approved"
"""The state in which evaluation tells of figures that may be published."""
OUTSTANDING: Final = frozenset({InstalmentState.PLANNED, InstalmentState.APPROVED})
INCOMING: Final = frozenset({EntryKind.PLEDGE, EntryKind.COMMITMENT, EntryKind.RECEIPT})

Published = TypeVar("Published", Program, Component, Edition, Delivery, Fund)


def _withheld(kind: ActivityKind) -> Select[UUID]:
    return select(PublicationProfile.subject_id).where(
        PublicationProfile.subject_kind == kind, PublicationProfile.withheld_reason.is_not(None)
    )


def published_editions() -> list[ColumnElement[bool]]:
    """Return what narrows editions to those that are published: real, announced, and not withheld (P11)."""
    return [
        Edition.provenance == Provenance.REAL,
        or_(
            Edition.state.in_(ANNOUNCED_STATES),
            and_(Edition.state.in_(ONCE_ANNOUNCED_STATES), Edition.public_text.is_not(None)),
        ),
        Edition.id.not_in(_withheld(ActivityKind.EDITION)),
        Edition.program_id.not_in(_withheld(ActivityKind.PROGRAM)),
        or_(
            Edition.component_id.is_(None),
            Edition.component_id.not_in(_withheld(ActivityKind.COMPONENT)),
        ),
    ]


def published_deliveries() -> list[ColumnElement[bool]]:
    """Return what narrows deliveries to those that are published: real, agreed, and not withheld (P11)."""
    return [
        Delivery.provenance == Provenance.REAL,
        Delivery.state.in_(AGREED_STATES),
        Delivery.id.not_in(_withheld(ActivityKind.DELIVERY)),
        or_(Delivery.program_id.is_(None), Delivery.program_id.not_in(_withheld(ActivityKind.PROGRAM))),
    ]


def each_program(session: AsyncSession) -> AsyncIterator[Sequence[Program]]:
    """Return, batch by batch, the programs of which an edition or a delivery is published."""
    query = select(Program).where(
        or_(
            Program.id.in_(select(Edition.program_id).where(*published_editions())),
            Program.id.in_(select(Delivery.program_id).where(*published_deliveries())),
        )
    )
    return _batches(session, query, Program)


def each_component(session: AsyncSession) -> AsyncIterator[Sequence[Component]]:
    """Return, batch by batch, the components of which an edition is published."""
    query = select(Component).where(
        Component.id.in_(select(Edition.component_id).where(*published_editions()))
    )
    return _batches(session, query, Component)


def each_edition(session: AsyncSession) -> AsyncIterator[Sequence[Edition]]:
    """Return the published editions with their programs, batch by batch."""
    query = select(Edition).options(joinedload(Edition.program)).where(*published_editions())
    return _batches(session, query, Edition)


def each_delivery(session: AsyncSession) -> AsyncIterator[Sequence[Delivery]]:
    """Return the published deliveries with their programs, batch by batch."""
    query = select(Delivery).options(joinedload(Delivery.program)).where(*published_deliveries())
    return _batches(session, query, Delivery)


def each_fund(session: AsyncSession) -> AsyncIterator[Sequence[Fund]]:
    """Return, batch by batch, the funds whose money is published."""
    paid = select(LedgerEntry.fund_id).where(
        LedgerEntry.provenance == Provenance.REAL, LedgerEntry.kind.in_(IATI_TYPES)
    )
    query = select(Fund).where(Fund.id.in_(paid), Fund.id.not_in(_withheld(ActivityKind.FUND)))
    return _batches(session, query, Fund)


async def _batches(
    session: AsyncSession, query: Select[Published], table: type[Published]
) -> AsyncIterator[Sequence[Published]]:
    after = UUID(int=0)
    while True:
        part = query.where(table.id > after).order_by(table.id).limit(BATCH)
        rows = (await session.scalars(part)).all()
        if not rows:
            return
        after = rows[-1].id
        yield rows


async def list_profiles(
    session: AsyncSession, subjects: Collection[UUID | None]
) -> dict[UUID, PublicationProfile]:
    """Return what publishing knows of these rows, by row."""
    query = select(PublicationProfile).where(
        PublicationProfile.subject_id.in_({one for one in subjects if one})
    )
    return {profile.subject_id: profile for profile in await session.scalars(query)}


async def list_places(session: AsyncSession, editions: Collection[UUID]) -> Sequence[Any]:
    """Return what these editions have to do with which country or region, in the order of entry.

    Columns, not objects: the editions of a program may have thousands.
    """
    query = select(
        EditionCountry.edition_id, EditionCountry.relation, EditionCountry.country, EditionCountry.region
    ).where(EditionCountry.edition_id == any_of(editions))
    return (await session.execute(query.order_by(EditionCountry.edition_id, EditionCountry.id))).all()


async def list_children(
    session: AsyncSession, programs: Collection[UUID]
) -> tuple[Sequence[Any], Sequence[Any]]:
    """Return the published editions and deliveries of these programs: keys, dates and states only."""
    editions = await session.execute(
        select(
            Edition.id,
            Edition.code,
            Edition.program_id,
            Edition.component_id,
            Edition.earliest,
            Edition.latest,
            Edition.state,
        )
        .where(Edition.program_id.in_(programs), *published_editions())
        .order_by(Edition.code)
    )
    deliveries = await session.execute(
        select(
            Delivery.id,
            Delivery.code,
            Delivery.program_id,
            Delivery.earliest,
            Delivery.latest,
            Delivery.recipient_country,
        )
        .where(Delivery.program_id.in_(programs), *published_deliveries())
        .order_by(Delivery.code)
    )
    return editions.all(), deliveries.all()


async def list_programs_of(session: AsyncSession, programs: Collection[UUID]) -> dict[UUID, Program]:
    """Return these programs by id."""
    query = select(Program).where(Program.id.in_(programs))
    return {program.id: program for program in await session.scalars(query)}


async def list_components_of(session: AsyncSession, components: Collection[UUID]) -> dict[UUID, Component]:
    """Return these components by id."""
    query = select(Component).where(Component.id.in_(components))
    return {component.id: component for component in await session.scalars(query)}


async def list_published_codes(
    session: AsyncSession, kind: type[Edition | Delivery], ids: Collection[UUID | None]
) -> dict[UUID | None, str]:
    """Return the codes of those of these editions, or dated deliveries, that are published."""
    conditions = published_editions() if kind is Edition else published_deliveries()
    conditions += [kind.earliest.is_not(None)]
    rows = await session.execute(
        select(kind.id, kind.code).where(kind.id.in_({one for one in ids if one}), *conditions)
    )
    return {row.id: row.code for row in rows}


async def list_transactions_of(
    session: AsyncSession, column: Any, ids: Collection[UUID], *, kinds: Collection[EntryKind]
) -> Mapping[UUID, Sequence[Any]]:
    """Return the real ledger entries whose `column` is one of `ids`, each with organization and fund, by day."""
    query = (
        select(LedgerEntry, Organization, Fund)
        .join(Organization, Organization.id == LedgerEntry.organization_id, isouter=True)
        .join(Fund, Fund.id == LedgerEntry.fund_id)
        .where(column.in_(ids), LedgerEntry.provenance == Provenance.REAL, LedgerEntry.kind.in_(kinds))
        .order_by(LedgerEntry.dated, LedgerEntry.id)
    )
    found: dict[UUID, list[Any]] = defaultdict(list)
    for row in await session.execute(query):
        found[getattr(row.LedgerEntry, column.key)].append(row)
    return found


async def list_budgets_of(session: AsyncSession, ids: Collection[UUID]) -> Mapping[UUID, Sequence[Budget]]:
    """Return the real budgets in force of these rows, by their first day."""
    query = select(Budget).where(Budget.subject_id.in_(ids), Budget.provenance == Provenance.REAL, IN_FORCE)
    found: dict[UUID, list[Budget]] = defaultdict(list)
    for budget in await session.scalars(query.order_by(Budget.starts_on, Budget.id)):
        found[budget.subject_id].append(budget)
    return found


async def list_due_of(
    session: AsyncSession, column: Any, ids: Collection[UUID]
) -> Mapping[UUID, Sequence[Row[Any]]]:
    """Return what awards of these rows still have to pay: one sum per day and currency, which names nobody."""
    query = (
        select(column.label("subject_id"), Instalment.due_on, Award.currency, func.sum(Instalment.amount))
        .join(Award, Award.id == Instalment.award_id)
        .where(column.in_(ids), Award.provenance == Provenance.REAL, Instalment.state.in_(OUTSTANDING))
        .group_by(column, Instalment.due_on, Award.currency)
        .order_by(column, Instalment.due_on, Award.currency)
    )
    found: dict[UUID, list[Row[Any]]] = defaultdict(list)
    for row in await session.execute(query):
        found[row.subject_id].append(row)
    return found


async def list_indicator_periods(
    session: AsyncSession, programs: Collection[UUID]
) -> Mapping[UUID, Sequence[MirrorIndicatorPeriod]]:
    """Return the approved periods of these programs' indicators, by code and period."""
    mirror = MirrorIndicatorPeriod
    query = (
        select(mirror)
        .where(
            mirror.program_id.in_(programs),
            mirror.state == APPROVED,
            mirror.provenance == Provenance.REAL,
        )
        .order_by(mirror.code, mirror.indicator_id, mirror.period)
    )
    found: dict[UUID, list[MirrorIndicatorPeriod]] = defaultdict(list)
    for period in await session.scalars(query):
        found[period.program_id].append(period)
    return found


async def list_expenditure(session: AsyncSession, through: date) -> list[tuple[int, str, Decimal]]:
    """Return what was really paid by calendar year and currency, reversals included; sums of zero are left out."""
    year = func.extract("year", LedgerEntry.dated)
    total = func.sum(LedgerEntry.amount)
    query = (
        select(year, LedgerEntry.currency, total)
        .where(
            LedgerEntry.provenance == Provenance.REAL,
            LedgerEntry.kind.in_(SPENT),
            LedgerEntry.dated <= through,
        )
        .group_by(year, LedgerEntry.currency)
        .having(total != 0)
        .order_by(year, LedgerEntry.currency)
    )
    return [(int(row[0]), row[1], row[2]) for row in await session.execute(query)]
