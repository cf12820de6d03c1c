"""Questions asked of the agency, programs, components, partnerships, funds and lecturers."""

from typing import Final
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.common.clock import Provenance
from services.common.identity import Caller, Reach
from services.common.lists import ListOffer, fetch_offered, wanted
from services.common.pagination import PageRequest, Rows, SortKey, fetch_page
from services.programs.db.base import get_one
from services.programs.db.editions import PUBLISHED, matches, partnered
from services.programs.db.tables import (
    Agency,
    Component,
    Delivery,
    Edition,
    EditionCountry,
    Fund,
    Lecturer,
    MirrorResults,
    Program,
)
from services.programs.domain.editions import SETTLED_RESULTS, EditionState
from services.programs.domain.problems import SubjectNotFound
from services.programs.domain.programs import ProgramKind, ProgramStatus


async def find_agency(session: AsyncSession, *, lock: bool = False) -> Agency | None:
    """Return the agency's record, if it is entered."""
    query = select(Agency).with_for_update() if lock else select(Agency)
    return (await session.scalars(query)).one_or_none()


async def get_agency(session: AsyncSession) -> Agency:
    """Return the agency's record; raise `SubjectNotFound` until it is entered."""
    agency = await find_agency(session)
    if agency is None:
        raise SubjectNotFound("The agency's record is not entered yet.")
    return agency


async def get_program(session: AsyncSession, program_id: UUID, *, lock: bool = False) -> Program:
    """Return the program, locked for update if `lock`; raise `SubjectNotFound`."""
    program = await session.get(Program, program_id, with_for_update=lock or None)
    if program is None:
        raise SubjectNotFound("There is no such program.")
    return program


async def get_visible_program(session: AsyncSession, program_id: UUID, visible_to: Caller) -> Program:
    """Return the program if this caller may see it; ideas are internal."""
    program = await get_program(session, program_id)
    if visible_to.reach is Reach.PUBLISHED and program.status is ProgramStatus.IDEA:
        raise SubjectNotFound("There is no such program.")
    return program


PROGRAMS: Final = ListOffer(
    sorts={"code": Program.code, "kind": Program.kind, "updated_at": Program.updated_at},
    facets={"kind": Program.kind, "status": Program.status},
)


async def list_programs(
    session: AsyncSession,
    page: PageRequest,
    *,
    visible_to: Caller,
    code: str | None,
    kind: ProgramKind | None,
    status: ProgramStatus | None,
    sector: str | None,
    sdg_goal: str | None,
    country: str | None,
    partner_id: UUID | None,
    q: str | None,
) -> Rows:
    """Return programs by code; ideas are internal. `country` is where an edition or a delivery reaches."""
    filters = wanted(
        public=None
        if visible_to.reach is not Reach.PUBLISHED
        else Program.status.is_distinct_from(ProgramStatus.IDEA),
        code=None if code is None else Program.code == code,
        kind=None if kind is None else Program.kind == kind,
        status=None if status is None else Program.status == status,
        sector=None if sector is None else Program.sectors.contains([{"code": sector}]),
        sdg_goal=None if sdg_goal is None else Program.sdg_goals.contains([sdg_goal]),
        country=None if country is None else Program.id.in_(_reaching(country)),
        partner_id=None if partner_id is None else Program.id.in_(partnered(partner_id)),
        q=None if q is None else matches(Program.search, q),
    )
    return await fetch_offered(session, select(Program), filters, page, PROGRAMS, SortKey(Program.code))


def _reaching(country: str) -> Select[UUID]:
    """Return the programs of which a real edition or delivery reaches the country (invariant P11)."""
    editions = (
        select(Edition.program_id)
        .join(EditionCountry, EditionCountry.edition_id == Edition.id)
        .where(EditionCountry.country == country, *PUBLISHED)
    )
    deliveries = select(Delivery.program_id).where(
        Delivery.recipient_country == country, Delivery.provenance == Provenance.REAL
    )
    return select(editions.union(deliveries).subquery().c.program_id)


async def count_completed_editions(session: AsyncSession, program_id: UUID) -> int:
    """Return how many real editions of the program are completed."""
    query = select(func.count()).where(
        Edition.program_id == program_id,
        Edition.provenance == Provenance.REAL,
        Edition.state.in_([EditionState.COMPLETED, EditionState.EVALUATED, EditionState.ARCHIVED]),
    )
    return (await session.scalars(query)).one()


async def has_settled_results(session: AsyncSession, program_id: UUID) -> bool:
    """Say whether evaluation has published or withheld results of a real edition of the program."""
    query = (
        select(MirrorResults.id)
        .join(Edition, Edition.id == MirrorResults.edition_id)
        .where(
            Edition.program_id == program_id,
            Edition.provenance == Provenance.REAL,
            MirrorResults.state.in_(SETTLED_RESULTS),
        )
        .limit(1)
    )
    return await session.scalar(query) is not None


async def find_component(session: AsyncSession, component_id: UUID, program_id: UUID) -> Component | None:
    """Return the component, if it is one of this program."""
    query = select(Component).where(Component.id == component_id, Component.program_id == program_id)
    return (await session.scalars(query)).one_or_none()


async def get_component(
    session: AsyncSession, component_id: UUID, program_id: UUID, *, lock: bool = False
) -> Component:
    """Return the component of this program, locked for update if `lock`; raise `SubjectNotFound`."""
    query = select(Component).where(Component.id == component_id, Component.program_id == program_id)
    return await get_one(session, query.with_for_update() if lock else query, "component")


async def read_fund(session: AsyncSession, fund_id: UUID, *, lock: bool = False) -> Fund:
    """Return the fund, locked for update if `lock`; raise `SubjectNotFound`."""
    query = select(Fund).where(Fund.id == fund_id)
    return await get_one(session, query.with_for_update() if lock else query, "fund")


async def list_components(session: AsyncSession, page: PageRequest, program_id: UUID) -> Rows:
    """Return a program's components in their order."""
    query = select(Component).where(Component.program_id == program_id)
    return await fetch_page(session, query, page, SortKey(Component.ordinal))


async def list_funds(session: AsyncSession, page: PageRequest, *, code: str | None) -> Rows:
    """Return funds by code."""
    query = select(Fund) if code is None else select(Fund).where(Fund.code == code)
    return await fetch_page(session, query, page, SortKey(Fund.code))


async def get_lecturer(
    session: AsyncSession, lecturer_id: UUID, *, visible_to: Caller, lock: bool = False
) -> Lecturer:
    """Return the lecturer; to the public, one without consent does not exist (invariant P9)."""
    lecturer = await session.get(Lecturer, lecturer_id, with_for_update=lock or None)
    hidden = visible_to.reach is Reach.PUBLISHED and lecturer and not lecturer.consents_to_be_shown
    if lecturer is None or hidden:
        raise SubjectNotFound("There is no such lecturer.")
    return lecturer


async def list_lecturers(session: AsyncSession, page: PageRequest, *, visible_to: Caller) -> Rows:
    """Return lecturers in the order of entry; to the public, those who consented."""
    query = select(Lecturer)
    if visible_to.reach is Reach.PUBLISHED:
        query = query.where(Lecturer.consents_to_be_shown)
    return await fetch_page(session, query, page, SortKey(Lecturer.id))
