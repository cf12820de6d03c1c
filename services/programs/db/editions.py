"""Questions asked of editions and their parts."""

import re
from collections.abc import Collection, Sequence
from typing import Final
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    Text,
    Uuid,
    and_,
    bindparam,
    cast,
    delete,
    func,
    literal,
    or_,
    select,
    text,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute, joinedload

from services.common.clock import Provenance
from services.common.identity import Caller, Reach
from services.common.lists import ListShape, fetch_list, wanted
from services.common.pagination import PageRequest, Rows, SortKey, fetch_page
from services.common.search import fold
from services.common.sessions import HotReader
from services.programs.db.base import get_one
from services.programs.db.tables import (
    AgreementSubject,
    Approval,
    CountryInvitation,
    DesignTask,
    Edition,
    EditionCountry,
    LedgerEntry,
    Milestone,
    MirrorCampaign,
    MirrorResults,
    MirrorSeats,
    Module,
    Partnership,
    PartnershipSubject,
    Program,
    Risk,
    SeatLine,
    StatementSubject,
    StatusReport,
    TrainingSession,
)
from services.programs.domain.editions import CLOSED_CAMPAIGN, EditionState
from services.programs.domain.problems import SubjectNotFound
from services.programs.domain.programs import FunctionalRole, ProgramKind

PUBLISHED: Final = (Edition.state != EditionState.DRAFT, Edition.provenance == Provenance.REAL)
"""What the public may see of editions."""


async def get_edition(
    session: AsyncSession, edition_id: UUID, *, visible_to: Caller | None = None, lock: bool = False
) -> Edition:
    """Return the edition with its program, locked for update if `lock`; raise `SubjectNotFound`.

    To the public neither drafts nor synthetic editions exist (invariant P11).
    """
    query = select(Edition).options(joinedload(Edition.program)).where(Edition.id == edition_id)
    if visible_to is not None and visible_to.reach is Reach.PUBLISHED:
        query = query.where(*PUBLISHED)
    if lock:
        query = query.with_for_update(of=Edition).execution_options(populate_existing=True)
    edition = (await session.scalars(query)).one_or_none()
    if edition is None:
        raise SubjectNotFound("There is no such edition.")
    return edition


_THERE: Final = select(EditionCountry.edition_id).where(
    EditionCountry.country == bindparam("country", type_=Text)
)
_YEAR: Final = bindparam("year", type_=Integer)
_SECTOR: Final = func.jsonb_build_array(
    func.jsonb_build_object(literal("code", Text), bindparam("sector", type_=Text))
)
_PARTNERED: Final = (
    select(PartnershipSubject.subject_id)
    .join(Partnership, Partnership.id == PartnershipSubject.partnership_id)
    .where(Partnership.organization_id == bindparam("partner_id", type_=Uuid))
)
EDITIONS: Final = ListShape(
    items=(
        Edition.id,
        Edition.version,
        Edition.code,
        func.json_build_object(
            "id",
            Program.id,
            "label",
            func.coalesce(func.nullif(Program.title["en"].astext, ""), Program.code),
            "href",
            literal("/v1/programs/", Text).op("||")(cast(Program.id, Text)),
        ).label("program"),
        Edition.component_id,
        Edition.predecessor_id,
        Edition.ordinal,
        Edition.title,
        Edition.topic,
        Edition.period,
        Edition.earliest,
        Edition.latest,
        Edition.state,
        Edition.pilot,
        Edition.historic,
        Edition.provenance,
    ),
    keys=[SortKey(Edition.earliest), SortKey(Edition.id)],
    filters={
        "published": and_(*PUBLISHED),
        "provenance": Edition.provenance == bindparam("provenance", type_=Text),
        "code": Edition.code == bindparam("code", type_=Text),
        "state": Edition.state == bindparam("state", type_=Text),
        "program_id": Edition.program_id == bindparam("program_id", type_=Uuid),
        "country": Edition.id.in_(_THERE),
        "year": and_(
            Edition.earliest <= func.make_date(_YEAR, 12, 31), Edition.latest >= func.make_date(_YEAR, 1, 1)
        ),
        "kind": Program.kind == bindparam("kind", type_=Text),
        "sector": or_(
            Edition.sectors.bool_op("@>")(_SECTOR),
            and_(Edition.sectors == text("'[]'::jsonb"), Program.sectors.bool_op("@>")(_SECTOR)),
        ),
        "sdg_goal": Program.sdg_goals.bool_op("@>")(
            func.jsonb_build_array(bindparam("sdg_goal", type_=Text))
        ),
        "partner_id": or_(Edition.id.in_(_PARTNERED), Edition.program_id.in_(_PARTNERED)),
        "q": Edition.search.bool_op("@@")(
            func.to_tsquery(text("'simple'::regconfig"), bindparam("q", type_=Text))
        ),
    },
    joined=lambda query: query.join(Program, Program.id == Edition.program_id),
    sorts={
        "earliest": Edition.earliest,
        "code": Edition.code,
        "state": Edition.state,
        "updated_at": Edition.updated_at,
    },
    facets={"state": Edition.state, "program_id": Edition.program_id, "modality": Edition.modality},
)
"""Editions by their earliest day."""


async def list_editions(
    reader: HotReader,
    page: PageRequest,
    *,
    visible_to: Caller,
    provenance: Provenance,
    code: str | None,
    state: EditionState | None,
    program_id: UUID | None,
    country: str | None,
    year: int | None,
    kind: ProgramKind | None,
    sector: str | None,
    sdg_goal: str | None,
    partner_id: UUID | None,
    q: str | None,
) -> bytes:
    """Return a page of `EditionItem` as JSON; synthetic ones only to staff who ask by name (invariant P11).

    `sector` is the edition's own, or its program's where it has none; `q` are words, or their beginnings.
    """
    conditions = wanted(
        published=visible_to.reach is Reach.PUBLISHED,
        provenance=provenance,
        code=code,
        state=state,
        program_id=program_id,
        country=country,
        year=year,
        kind=kind,
        sector=sector,
        sdg_goal=sdg_goal,
        partner_id=partner_id,
        q=None if q is None else beginnings(q),
    )
    return await fetch_list(reader, EDITIONS, page, conditions)


def beginnings(q: str) -> str:
    """Return a text query for words that begin so, all of them; nothing of `q` but its words goes in."""
    return " & ".join(f"{word}:*" for word in re.findall(r"[^\W_]+", fold(q)))


def matches(column: InstrumentedAttribute[str], q: str) -> ColumnElement[bool]:
    """Return the condition that a row's searchable text holds all words of `q`, or their beginnings."""
    return column.bool_op("@@")(func.to_tsquery(text("'simple'::regconfig"), beginnings(q)))


def partnered(organization_id: UUID) -> Select[UUID]:
    """Return the subjects of the organization's partnerships."""
    return (
        select(PartnershipSubject.subject_id)
        .join(Partnership, Partnership.id == PartnershipSubject.partnership_id)
        .where(Partnership.organization_id == organization_id)
    )


async def find_coming_edition(
    session: AsyncSession, program_id: UUID, after: UUID, provenance: Provenance
) -> UUID | None:
    """Return the first edition of the program that has not begun and follows edition `after`."""
    given = select(Edition.earliest).where(Edition.id == after).scalar_subquery()
    query = (
        select(Edition.id)
        .where(
            Edition.program_id == program_id,
            Edition.provenance == provenance,
            Edition.state.in_([EditionState.DRAFT, EditionState.PLANNED, EditionState.ANNOUNCED]),
            Edition.earliest > given,
        )
        .order_by(Edition.earliest, Edition.id)
        .limit(1)
    )
    return (await session.scalars(query)).one_or_none()


async def list_edition_countries(session: AsyncSession, edition_id: UUID) -> Sequence[EditionCountry]:
    """Return what the edition has to do with which country, in the order of entry."""
    query = select(EditionCountry).where(EditionCountry.edition_id == edition_id).order_by(EditionCountry.id)
    return (await session.scalars(query)).all()


async def get_country_invitation(
    session: AsyncSession, edition_id: UUID, invitation_id: UUID
) -> CountryInvitation:
    """Return one letter of the edition, locked; raise `SubjectNotFound`."""
    query = select(CountryInvitation).where(
        CountryInvitation.id == invitation_id, CountryInvitation.edition_id == edition_id
    )
    invitation = (await session.scalars(query.with_for_update())).one_or_none()
    if invitation is None:
        raise SubjectNotFound("There is no such letter.")
    return invitation


async def count_references(session: AsyncSession, edition_id: UUID) -> int:
    """Return how many rows refer to the edition, its own countries and seats apart."""
    concerned = (
        TrainingSession.edition_id,
        Module.edition_id,
        Approval.edition_id,
        AgreementSubject.subject_id,
        CountryInvitation.edition_id,
        Edition.predecessor_id,
        PartnershipSubject.subject_id,
        StatementSubject.subject_id,
        Milestone.subject_id,
        Risk.subject_id,
        StatusReport.subject_id,
        LedgerEntry.edition_id,
        DesignTask.edition_id,
        MirrorResults.edition_id,
        MirrorCampaign.edition_id,
    )
    counts = [select(func.count()).where(column == edition_id).scalar_subquery() for column in concerned]
    found: int = (await session.scalars(select(sum(counts[1:], counts[0])))).one()
    return found


async def delete_edition_countries(session: AsyncSession, edition_id: UUID) -> None:
    """Delete what an edition has to do with countries."""
    await session.execute(delete(EditionCountry).where(EditionCountry.edition_id == edition_id))


async def list_country_invitations(session: AsyncSession, page: PageRequest, edition_id: UUID) -> Rows:
    """Return the edition's letters by country."""
    query = select(CountryInvitation).where(CountryInvitation.edition_id == edition_id)
    return await fetch_page(session, query, page, SortKey(CountryInvitation.country))


async def read_invitation(session: AsyncSession, edition_id: UUID, invitation_id: UUID) -> CountryInvitation:
    """Return one letter of the edition to read it; raise `SubjectNotFound`."""
    query = select(CountryInvitation).where(
        CountryInvitation.id == invitation_id, CountryInvitation.edition_id == edition_id
    )
    return await get_one(session, query, "letter")


async def get_edition_country(
    session: AsyncSession, edition_id: UUID, edition_country_id: UUID
) -> EditionCountry:
    """Return what the edition has to do with one country; raise `SubjectNotFound`."""
    query = select(EditionCountry).where(
        EditionCountry.id == edition_country_id, EditionCountry.edition_id == edition_id
    )
    return await get_one(session, query, "country of the edition")


async def read_line(session: AsyncSession, edition_id: UUID, seat_line_id: UUID) -> SeatLine:
    """Return one seat line of the edition to read it; raise `SubjectNotFound`."""
    query = select(SeatLine).where(SeatLine.id == seat_line_id, SeatLine.edition_id == edition_id)
    return await get_one(session, query, "seat line")


async def list_seat_lines(session: AsyncSession, edition_id: UUID) -> Sequence[SeatLine]:
    """Return the edition's seat lines in the order of entry."""
    query = select(SeatLine).where(SeatLine.edition_id == edition_id).order_by(SeatLine.id)
    return (await session.scalars(query)).all()


async def list_rolled_over(session: AsyncSession, seat_line_ids: Collection[UUID]) -> set[UUID]:
    """Return which of these lines have given their unused seats to an edition already."""
    query = select(SeatLine.origin_id).where(SeatLine.origin_id.in_(seat_line_ids))
    return {origin for origin in await session.scalars(query) if origin is not None}


async def get_seat_line(session: AsyncSession, edition_id: UUID, seat_line_id: UUID) -> SeatLine:
    """Return one seat line of the edition, locked; raise `SubjectNotFound`."""
    query = select(SeatLine).where(SeatLine.id == seat_line_id, SeatLine.edition_id == edition_id)
    line = (await session.scalars(query.with_for_update())).one_or_none()
    if line is None:
        raise SubjectNotFound("There is no such seat line.")
    return line


async def count_lead_partners(session: AsyncSession, edition: Edition) -> int:
    """Return how many organizations lead the edition, or its program."""
    query = (
        select(func.count())
        .select_from(PartnershipSubject)
        .join(Partnership, Partnership.id == PartnershipSubject.partnership_id)
        .where(
            or_(
                PartnershipSubject.subject_id == edition.id,
                PartnershipSubject.subject_id == edition.program_id,
            ),
            Partnership.functional_role == FunctionalRole.LEAD,
            Partnership.ended_on.is_(None),
        )
    )
    return (await session.scalars(query)).one()


async def find_seat_counts(session: AsyncSession, edition_id: UUID) -> MirrorSeats | None:
    """Return how the seats stand, as participants last told."""
    return await session.get(MirrorSeats, edition_id)


async def list_results(session: AsyncSession, edition_id: UUID) -> Sequence[MirrorResults]:
    """Return how the edition's results stand, as evaluation last told."""
    query = select(MirrorResults).where(MirrorResults.edition_id == edition_id).order_by(MirrorResults.id)
    return (await session.scalars(query)).all()


async def list_closed_phases(session: AsyncSession, edition_id: UUID) -> set[str]:
    """Return of which phases the edition's surveys are over, as evaluation last told."""
    query = select(MirrorCampaign.phase).where(
        MirrorCampaign.edition_id == edition_id, MirrorCampaign.state == CLOSED_CAMPAIGN
    )
    return set(await session.scalars(query))
