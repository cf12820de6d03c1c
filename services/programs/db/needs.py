"""Questions asked of country priorities, needs surveys, and the plan that is to meet them."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from services.common.clock import Provenance
from services.common.identity import Caller, GrantKind, Reach
from services.common.pagination import PageRequest, Rows, SortKey, fetch_page
from services.programs.db.tables import CountryPriority, Edition, EditionCountry, NeedsSurvey
from services.programs.domain.editions import EditionState
from services.programs.domain.needs import NeedsSurveyState
from services.programs.domain.problems import SubjectNotFound


async def get_country_priority(
    session: AsyncSession, priority_id: UUID, *, lock: bool = False
) -> CountryPriority:
    """Return the priority, locked for update if `lock`; raise `SubjectNotFound`."""
    priority = await session.get(CountryPriority, priority_id, with_for_update=lock or None)
    if priority is None:
        raise SubjectNotFound("There is no such priority.")
    return priority


async def list_country_priorities(
    session: AsyncSession,
    page: PageRequest,
    *,
    provenance: Provenance,
    code: str | None,
    country: str | None,
    sector: str | None,
    year: int | None,
) -> Rows:
    """Return priorities by code; synthetic ones only if asked for by name (invariant P11)."""
    query = select(CountryPriority).where(CountryPriority.provenance == provenance)
    if code is not None:
        query = query.where(CountryPriority.code == code)
    if country is not None:
        query = query.where(CountryPriority.country == country)
    if sector is not None:
        query = query.where(CountryPriority.sectors.contains([sector]))
    if year is not None:
        query = query.where(*_in_force(year))
    return await fetch_page(session, query, page, SortKey(CountryPriority.code))


async def find_priorities(
    session: AsyncSession, country: str, year: int, provenance: Provenance
) -> Sequence[CountryPriority]:
    """Return what the country aims at in the year, by code."""
    query = select(CountryPriority).where(
        CountryPriority.country == country, CountryPriority.provenance == provenance, *_in_force(year)
    )
    return (await session.scalars(query.order_by(CountryPriority.code))).all()


async def get_needs_survey(
    session: AsyncSession, survey_id: UUID, *, visible_to: Caller, lock: bool = False
) -> NeedsSurvey:
    """Return the survey if it is this caller's to see, locked for update if `lock`; raise `SubjectNotFound`."""
    query = select(NeedsSurvey).where(NeedsSurvey.id == survey_id, *_own(visible_to))
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    survey = (await session.scalars(query)).one_or_none()
    if survey is None:
        raise SubjectNotFound("There is no such needs survey.")
    return survey


async def list_needs_surveys(
    session: AsyncSession,
    page: PageRequest,
    *,
    visible_to: Caller,
    provenance: Provenance,
    country: str | None,
    year: int | None,
    state: NeedsSurveyState | None,
) -> Rows:
    """Return surveys in the order of entry; officers see those of their country or authority.

    Synthetic ones only if asked for by name (invariant P11).
    """
    query = select(NeedsSurvey).where(NeedsSurvey.provenance == provenance, *_own(visible_to))
    if country is not None:
        query = query.where(NeedsSurvey.country == country)
    if year is not None:
        query = query.where(NeedsSurvey.year == year)
    if state is not None:
        query = query.where(NeedsSurvey.state == state)
    return await fetch_page(session, query, page, SortKey(NeedsSurvey.id))


async def find_submitted_surveys(
    session: AsyncSession, country: str, year: int, provenance: Provenance
) -> Sequence[NeedsSurvey]:
    """Return what the country has asked for in the year."""
    query = select(NeedsSurvey).where(
        NeedsSurvey.country == country,
        NeedsSurvey.year == year,
        NeedsSurvey.state != NeedsSurveyState.OPEN,
        NeedsSurvey.provenance == provenance,
    )
    return (await session.scalars(query.order_by(NeedsSurvey.id))).all()


async def list_planned_editions(
    session: AsyncSession, country: str, year: int, provenance: Provenance
) -> Sequence[Edition]:
    """Return the editions of the year that have to do with the country and are not cancelled, by date."""
    concerned = select(EditionCountry.edition_id).where(EditionCountry.country == country)
    query = (
        select(Edition)
        .options(joinedload(Edition.program))
        .where(
            Edition.id.in_(concerned),
            Edition.provenance == provenance,
            Edition.state != EditionState.CANCELLED,
            func.extract("year", Edition.earliest) <= year,
            func.extract("year", Edition.latest) >= year,
        )
        .order_by(Edition.earliest, Edition.id)
    )
    return (await session.scalars(query)).all()


def _in_force(year: int) -> list[ColumnElement[bool]]:
    return [
        or_(CountryPriority.earliest.is_(None), CountryPriority.earliest <= date(year, 12, 31)),
        or_(CountryPriority.latest.is_(None), CountryPriority.latest >= date(year, 1, 1)),
    ]


def _own(caller: Caller) -> list[ColumnElement[bool]]:
    """Return what narrows surveys to a country officer's own country or authority."""
    if caller.reach is Reach.ALL:
        return []
    authorities = [UUID(one) for one in caller.granted(GrantKind.ORGANIZATION)]
    return [
        or_(
            NeedsSurvey.country.in_(caller.granted(GrantKind.COUNTRY)),
            NeedsSurvey.authority_id.in_(authorities),
        )
    ]
