"""Questions asked of deliveries and design tasks, and what one country received."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Row, and_, func, literal, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.common.clock import Provenance
from services.common.identity import Caller, Reach
from services.common.lists import ListOffer, fetch_offered, wanted
from services.common.pagination import PageRequest, Rows, SortKey, fetch_page
from services.programs.db.base import any_of, get_one
from services.programs.db.editions import matches, partnered
from services.programs.db.tables import (
    Delivery,
    DeliveryDocument,
    DesignTask,
    Edition,
    EditionCountry,
    Organization,
    Partnership,
    PartnershipSubject,
    Program,
    Statement,
)
from services.programs.domain.deliveries import DeliveryKind, DeliveryState, DesignTaskState, DocumentKind
from services.programs.domain.editions import EditionState
from services.programs.domain.evidence import StatementKind
from services.programs.domain.problems import SubjectNotFound

_DATED: Final = ("id", "code", "title", "program_id", "period", "earliest", "latest", "state")
_COURSE: Final[Sequence[Any]] = [getattr(Edition, name) for name in (*_DATED, "topic", "host_places")]
_RECEIVED: Final[Sequence[Any]] = [
    getattr(Delivery, name) for name in (*_DATED, "kind", "quantity", "unit", "place")
]
_CHAINS = func.hashtextextended("delivery_chain", 0)


async def get_delivery(
    session: AsyncSession, delivery_id: UUID, *, visible_to: Caller | None = None, lock: bool = False
) -> Delivery:
    """Return the delivery, locked for update if `lock`; raise `SubjectNotFound`.

    To the public a synthetic delivery does not exist (invariant P11).
    """
    delivery = await session.get(Delivery, delivery_id, with_for_update=lock or None)
    hidden = (
        visible_to is not None
        and visible_to.reach is Reach.PUBLISHED
        and delivery is not None
        and delivery.provenance is not Provenance.REAL
    )
    if delivery is None or hidden:
        raise SubjectNotFound("There is no such delivery.")
    return delivery


async def find_belongings(
    session: AsyncSession, delivery: Delivery
) -> dict[str, Program | Delivery | Edition | Organization | None]:
    """Return what a single delivery belongs to, by the name of its reference."""

    async def find(table: type[Any], id_: UUID | None) -> Any:
        return None if id_ is None else await session.get(table, id_)

    return {
        "program": await find(Program, delivery.program_id),
        "predecessor": await find(Delivery, delivery.predecessor_id)
        or await find(Edition, delivery.predecessor_edition_id),
        "recipient_organization": await find(Organization, delivery.recipient_organization_id),
    }


DELIVERIES: Final = ListOffer(
    sorts={
        "code": Delivery.code,
        "state": Delivery.state,
        "kind": Delivery.kind,
        "earliest": func.coalesce(Delivery.earliest, date.max),
        "updated_at": Delivery.updated_at,
    },
    facets={
        "kind": Delivery.kind,
        "state": Delivery.state,
        "country": Delivery.recipient_country,
        "program_id": Delivery.program_id,
    },
)
"""What no source dates comes last by `earliest`."""


async def list_deliveries(
    session: AsyncSession,
    page: PageRequest,
    *,
    visible_to: Caller,
    provenance: Provenance,
    code: str | None,
    kind: DeliveryKind | None,
    state: DeliveryState | None,
    country: str | None,
    program_id: UUID | None,
    year: int | None,
    sector: str | None,
    sdg_goal: str | None,
    partner_id: UUID | None,
    q: str | None,
) -> Rows:
    """Return deliveries by code; synthetic ones only to staff who ask by name (invariant P11).

    `sector` is the delivery's own, or its program's where it has none; what no source dates is of no year.
    """
    query = select(Delivery).join(Program, Program.id == Delivery.program_id, isouter=True)
    filters = wanted(
        code=None if code is None else Delivery.code == code,
        kind=None if kind is None else Delivery.kind == kind,
        state=None if state is None else Delivery.state == state,
        country=None if country is None else Delivery.recipient_country == country,
        program_id=None if program_id is None else Delivery.program_id == program_id,
        year=None if year is None else _in_year(year),
        sector=None if sector is None else _serves(sector),
        sdg_goal=None if sdg_goal is None else Program.sdg_goals.contains([sdg_goal]),
        partner_id=None if partner_id is None else _with_partner(partner_id),
        q=None if q is None else matches(Delivery.search, q),
    )
    query = query.where(Delivery.provenance == provenance, *_shown(visible_to, Delivery))
    return await fetch_offered(session, query, filters, page, DELIVERIES, SortKey(Delivery.code))


def _in_year(year: int) -> ColumnElement[bool]:
    return and_(Delivery.earliest <= date(year, 12, 31), Delivery.latest >= date(year, 1, 1))


def _serves(sector: str) -> ColumnElement[bool]:
    inherited = and_(Delivery.sectors == [], Program.sectors.contains([{"code": sector}]))
    return or_(Delivery.sectors.contains([{"code": sector}]), inherited)


def _with_partner(organization_id: UUID) -> ColumnElement[bool]:
    concerned = partnered(organization_id)
    return or_(
        Delivery.recipient_organization_id == organization_id,
        Delivery.id.in_(concerned),
        Delivery.program_id.in_(concerned),
    )


async def list_told_voucher_schemes(session: AsyncSession) -> Sequence[Delivery]:
    """Return the voucher schemes that others know of: all but plans."""
    query = select(Delivery).where(
        Delivery.kind == DeliveryKind.VOUCHER_SCHEME, Delivery.state != DeliveryState.PLANNED
    )
    return (await session.scalars(query.order_by(Delivery.id))).all()


async def hold_chains(session: AsyncSession) -> None:
    """Wait until nobody else links deliveries, and let nobody do so until the end."""
    await session.execute(select(func.pg_advisory_xact_lock(_CHAINS)))


async def list_chain_before(session: AsyncSession, predecessor_id: UUID | None) -> list[Delivery]:
    """Return a predecessor and what it follows, the nearest first; the last may follow an edition."""
    before = (
        select(Delivery.id, Delivery.predecessor_id, literal(1).label("distance"))
        .where(Delivery.id == predecessor_id)
        .cte("before", recursive=True)
    )
    before = before.union_all(
        select(Delivery.id, Delivery.predecessor_id, before.c.distance + 1).where(
            Delivery.id == before.c.predecessor_id
        )
    )
    query = select(Delivery).join(before, before.c.id == Delivery.id).order_by(before.c.distance)
    return list(await session.scalars(query))


async def list_successors(session: AsyncSession, delivery_id: UUID) -> list[tuple[int, Delivery]]:
    """Return the deliveries that follow on this one, each with how many steps it is away."""
    after = (
        select(Delivery.id, literal(1).label("distance"))
        .where(Delivery.predecessor_id == delivery_id)
        .cte("after", recursive=True)
    )
    after = after.union_all(
        select(Delivery.id, after.c.distance + 1).where(Delivery.predecessor_id == after.c.id)
    )
    query = (
        select(after.c.distance, Delivery)
        .join(after, after.c.id == Delivery.id)
        .order_by(after.c.distance, Delivery.code)
    )
    return [(distance, follower) for distance, follower in await session.execute(query)]


async def get_delivery_document(
    session: AsyncSession, delivery_id: UUID, document_id: UUID
) -> DeliveryDocument:
    """Return a document of the delivery, locked for update; raise `SubjectNotFound`."""
    document = await session.get(DeliveryDocument, document_id, with_for_update=True)
    if document is None or document.delivery_id != delivery_id:
        raise SubjectNotFound("The delivery has no such document.")
    return document


async def list_delivery_documents(
    session: AsyncSession,
    page: PageRequest,
    delivery_id: UUID,
    *,
    visible_to: Caller,
    kind: DocumentKind | None,
) -> Rows:
    """Return a delivery's documents by day; to the public those that count and are public."""
    query = select(DeliveryDocument).where(DeliveryDocument.delivery_id == delivery_id)
    if visible_to.reach is Reach.PUBLISHED:
        query = query.where(DeliveryDocument.public, DeliveryDocument.withdrawn_reason.is_(None))
    if kind is not None:
        query = query.where(DeliveryDocument.kind == kind)
    return await fetch_page(
        session, query, page, SortKey(DeliveryDocument.dated), SortKey(DeliveryDocument.id)
    )


async def read_document(
    session: AsyncSession, delivery_id: UUID, document_id: UUID, *, visible_to: Caller
) -> DeliveryDocument:
    """Return one document of the delivery, to the public if it counts and is public; raise `SubjectNotFound`."""
    query = select(DeliveryDocument).where(
        DeliveryDocument.id == document_id, DeliveryDocument.delivery_id == delivery_id
    )
    if visible_to.reach is Reach.PUBLISHED:
        query = query.where(DeliveryDocument.public, DeliveryDocument.withdrawn_reason.is_(None))
    return await get_one(session, query, "document")


async def find_document_kinds(session: AsyncSession, delivery_id: UUID) -> frozenset[DocumentKind]:
    """Return what the documents of a delivery that count are."""
    query = select(DeliveryDocument.kind).where(
        DeliveryDocument.delivery_id == delivery_id, DeliveryDocument.withdrawn_reason.is_(None)
    )
    return frozenset(await session.scalars(query.distinct()))


async def list_country_courses(
    session: AsyncSession, country: str, provenance: Provenance, *, visible_to: Caller
) -> Sequence[Any]:
    """Return each edition that has to do with the country, once for each thing that it has; by date.

    Columns, not objects: a country may have hundreds. Drafts and what was cancelled are left out.
    """
    query = (
        select(*_COURSE, EditionCountry.id.label("link_id"), EditionCountry.relation)
        .join(EditionCountry, EditionCountry.edition_id == Edition.id)
        .where(
            EditionCountry.country == country,
            Edition.provenance == provenance,
            *_shown(visible_to, Edition),
            Edition.state.not_in([EditionState.DRAFT, EditionState.CANCELLED]),
        )
        .order_by(Edition.earliest, Edition.latest, Edition.code, EditionCountry.relation)
    )
    return (await session.execute(query)).all()


async def list_received(
    session: AsyncSession, country: str, provenance: Provenance, *, visible_to: Caller
) -> Sequence[Any]:
    """Return what the country received that is not a course, as columns by date."""
    query = (
        select(*_RECEIVED)
        .where(
            Delivery.recipient_country == country,
            Delivery.provenance == provenance,
            *_shown(visible_to, Delivery),
        )
        .order_by(Delivery.earliest, Delivery.latest, Delivery.code)
    )
    return (await session.execute(query)).all()


async def list_partners(
    session: AsyncSession, subjects: Collection[UUID]
) -> Sequence[Row[UUID, Partnership, Organization]]:
    """Return the partnerships that are for any of these rows, each with its organization."""
    query = (
        select(PartnershipSubject.subject_id, Partnership, Organization)
        .join(Partnership, Partnership.id == PartnershipSubject.partnership_id)
        .join(Organization, Organization.id == Partnership.organization_id)
        .where(PartnershipSubject.subject_id == any_of(subjects))
        .order_by(Partnership.code)
    )
    return (await session.execute(query)).all()


async def list_country_doubts(session: AsyncSession, country: str) -> Sequence[Statement]:
    """Return gaps and contradictions that concern the portfolio as a whole, or this country."""
    query = (
        select(Statement)
        .where(
            Statement.kind.in_([StatementKind.GAP, StatementKind.CONTRADICTION]),
            (Statement.countries == []) | Statement.countries.contains([country]),
        )
        .order_by(Statement.code)
    )
    return (await session.scalars(query)).all()


async def get_design_task(session: AsyncSession, design_task_id: UUID) -> DesignTask:
    """Return the design task, locked; raise `SubjectNotFound`."""
    task = await session.get(DesignTask, design_task_id, with_for_update=True)
    if task is None:
        raise SubjectNotFound("There is no such design task.")
    return task


async def find_task_of_recommendation(session: AsyncSession, recommendation_id: UUID) -> DesignTask | None:
    """Return what a recommendation asks for, locked."""
    query = select(DesignTask).where(DesignTask.recommendation_id == recommendation_id).with_for_update()
    return (await session.scalars(query)).one_or_none()


async def read_task(session: AsyncSession, design_task_id: UUID) -> DesignTask:
    """Return the task to read it; raise `SubjectNotFound`."""
    return await get_one(session, select(DesignTask).where(DesignTask.id == design_task_id), "design task")


async def list_design_tasks(
    session: AsyncSession,
    page: PageRequest,
    *,
    program_id: UUID | None,
    evidence_edition_id: UUID | None,
    edition_id: UUID | None,
    state: DesignTaskState | None,
    provenance: Provenance,
) -> Rows:
    """Return design tasks in the order in which they came; of an edition that is named, all (invariant P11)."""
    query = select(DesignTask)
    if evidence_edition_id is None and edition_id is None:
        query = query.where(DesignTask.provenance == provenance)
    if program_id is not None:
        query = query.where(DesignTask.program_id == program_id)
    if evidence_edition_id is not None:
        query = query.where(DesignTask.evidence_edition_id == evidence_edition_id)
    if edition_id is not None:
        query = query.where(DesignTask.edition_id == edition_id)
    if state is not None:
        query = query.where(DesignTask.state == state)
    return await fetch_page(session, query, page, SortKey(DesignTask.id))


def _shown(visible_to: Caller, kind: type[Delivery | Edition]) -> Sequence[ColumnElement[bool]]:
    """Return what narrows rows to those this caller may see: the public sees no synthetic ones."""
    return [kind.provenance == Provenance.REAL] if visible_to.reach is Reach.PUBLISHED else []
