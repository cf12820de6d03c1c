"""Routes of country priorities, needs surveys, and how the plan meets them."""

from typing import Annotated, Final
from uuid import UUID

from fastapi import Query, Response, status
from sqlalchemy.ext.asyncio import AsyncSession

from services.common.actions import Step, list_actions
from services.common.clock import Provenance
from services.common.http.callers import Caller
from services.common.http.demonstration import Demonstration
from services.common.http.paging import Following
from services.common.http.preconditions import ExpectedVersion
from services.common.http.problem_responses import problems
from services.common.http.routes import house_router
from services.common.http.sessions import ReadSession, WriteSession
from services.common.identity import Caller as CallerIdentity
from services.common.wire import Code, FollowedPage
from services.common.wire_codes import CountryCode, SectorCode
from services.programs.api.answers import answer_with_sources, page_with_sources
from services.programs.db import needs as questions
from services.programs.db.tables import NeedsSurvey
from services.programs.domain.needs import NEEDS_SURVEY_LIFE, NeedsSurveyState
from services.programs.domain.permissions import PERMISSIONS
from services.programs.domain.problems import (
    DemonstrationOnly,
    GuardsUnmet,
    OrganizationNotFound,
    PortfolioItemExists,
    ReferenceUnknown,
    SubjectNotFound,
    TransitionRefused,
)
from services.programs.operations import needs as operations
from services.programs.schemas.needs import (
    CountryPriorityChange,
    CountryPriorityCreate,
    CountryPriorityRead,
    NeedsSurveyCreate,
    NeedsSurveyItem,
    NeedsSurveyRead,
    NeedsWrite,
    PlanMatch,
)

router = house_router("needs", "")
CREATED = status.HTTP_201_CREATED
YearQuery = Annotated[int, Query(ge=1900, le=2200)]
_STEPS: Final = (
    Step("submit_needs_survey", "submission", NeedsSurveyState.SUBMITTED),
    Step("reopen_needs_survey", "reopening", NeedsSurveyState.OPEN),
    Step("close_needs_survey", "closing", NeedsSurveyState.CLOSED),
)


def _answer(caller: CallerIdentity, survey: NeedsSurvey) -> NeedsSurveyRead:
    actions = list_actions(PERMISSIONS, caller, survey.href, NEEDS_SURVEY_LIFE, survey.state, _STEPS)
    return NeedsSurveyRead.of(survey, actions=actions)


async def _move(
    session: AsyncSession, caller: CallerIdentity, survey_id: UUID, state: NeedsSurveyState
) -> NeedsSurveyRead:
    return _answer(caller, await operations.change_needs_survey_state(session, caller, survey_id, state))


@router.post(
    "/country-priorities",
    response_model=CountryPriorityRead,
    status_code=CREATED,
    responses=problems(PortfolioItemExists, ReferenceUnknown, DemonstrationOnly),
)
async def create_country_priority(
    session: WriteSession,
    caller: Caller,
    request: CountryPriorityCreate,
    response: Response,
    demonstration: Demonstration,
) -> CountryPriorityRead:
    """Enter an aim that a partner country states in a document of its own."""
    priority = await operations.create_country_priority(session, caller, request, demonstration=demonstration)
    response.headers["Location"] = f"/v1/country-priorities/{priority.id}"
    return await answer_with_sources(session, CountryPriorityRead, priority)


@router.get("/country-priorities", response_model=FollowedPage[CountryPriorityRead])
async def list_country_priorities(
    session: ReadSession,
    page: Following,
    code: Code | None = None,
    country: CountryCode | None = None,
    sector: SectorCode | None = None,
    year: YearQuery | None = None,
    provenance: Provenance = Provenance.REAL,
) -> object:
    """List what partner countries aim at, by code."""
    rows = await questions.list_country_priorities(
        session, page, provenance=provenance, code=code, country=country, sector=sector, year=year
    )
    return await page_with_sources(session, CountryPriorityRead, rows)


@router.get(
    "/country-priorities/{priority_id}",
    response_model=CountryPriorityRead,
    responses=problems(SubjectNotFound),
)
async def read_country_priority(session: ReadSession, priority_id: UUID) -> CountryPriorityRead:
    """Read one aim of a partner country."""
    priority = await questions.get_country_priority(session, priority_id)
    return await answer_with_sources(session, CountryPriorityRead, priority)


@router.patch(
    "/country-priorities/{priority_id}",
    response_model=CountryPriorityRead,
    responses=problems(SubjectNotFound),
)
async def change_country_priority(
    session: WriteSession,
    caller: Caller,
    priority_id: UUID,
    version: ExpectedVersion,
    request: CountryPriorityChange,
) -> CountryPriorityRead:
    """Change what is recorded of an aim."""
    priority = await operations.change_country_priority(session, caller, priority_id, version, request)
    return await answer_with_sources(session, CountryPriorityRead, priority)


@router.post(
    "/needs-surveys",
    response_model=NeedsSurveyRead,
    status_code=CREATED,
    responses=problems(OrganizationNotFound, PortfolioItemExists, DemonstrationOnly),
)
async def create_needs_survey(
    session: WriteSession,
    caller: Caller,
    request: NeedsSurveyCreate,
    response: Response,
    demonstration: Demonstration,
) -> NeedsSurveyRead:
    """Ask a country what it needs in a year; its officers fill it in."""
    survey = await operations.create_needs_survey(session, caller, request, demonstration=demonstration)
    response.headers["Location"] = survey.href
    return _answer(caller, survey)


@router.get("/needs-surveys", response_model=FollowedPage[NeedsSurveyItem])
async def list_needs_surveys(
    session: ReadSession,
    caller: Caller,
    page: Following,
    country: CountryCode | None = None,
    year: YearQuery | None = None,
    state: NeedsSurveyState | None = None,
    provenance: Provenance = Provenance.REAL,
) -> object:
    """List needs surveys; officers see those of their country or authority."""
    return await questions.list_needs_surveys(
        session, page, visible_to=caller, provenance=provenance, country=country, year=year, state=state
    )


@router.get("/needs-surveys/{survey_id}", response_model=NeedsSurveyRead, responses=problems(SubjectNotFound))
async def read_needs_survey(session: ReadSession, caller: Caller, survey_id: UUID) -> NeedsSurveyRead:
    """Read what a country asks for."""
    return _answer(caller, await questions.get_needs_survey(session, survey_id, visible_to=caller))


@router.put(
    "/needs-surveys/{survey_id}/needs",
    response_model=NeedsSurveyRead,
    responses=problems(SubjectNotFound, TransitionRefused),
)
async def put_needs(
    session: WriteSession, caller: Caller, survey_id: UUID, version: ExpectedVersion, request: NeedsWrite
) -> NeedsSurveyRead:
    """Say what the country asks for, as a whole, until it is submitted."""
    return _answer(caller, await operations.put_needs(session, caller, survey_id, version, request))


@router.post(
    "/needs-surveys/{survey_id}/submission",
    response_model=NeedsSurveyRead,
    responses=problems(SubjectNotFound, TransitionRefused, GuardsUnmet),
)
async def submit_needs_survey(session: WriteSession, caller: Caller, survey_id: UUID) -> NeedsSurveyRead:
    """Hand in what the country asks for."""
    return await _move(session, caller, survey_id, NeedsSurveyState.SUBMITTED)


@router.post(
    "/needs-surveys/{survey_id}/reopening",
    response_model=NeedsSurveyRead,
    responses=problems(SubjectNotFound, TransitionRefused),
)
async def reopen_needs_survey(session: WriteSession, caller: Caller, survey_id: UUID) -> NeedsSurveyRead:
    """Let the country correct what it handed in."""
    return await _move(session, caller, survey_id, NeedsSurveyState.OPEN)


@router.post(
    "/needs-surveys/{survey_id}/closing",
    response_model=NeedsSurveyRead,
    responses=problems(SubjectNotFound, TransitionRefused),
)
async def close_needs_survey(session: WriteSession, caller: Caller, survey_id: UUID) -> NeedsSurveyRead:
    """End the survey: the plan is made with what was handed in."""
    return await _move(session, caller, survey_id, NeedsSurveyState.CLOSED)


@router.get("/countries/{country_code}/plan-match", response_model=PlanMatch)
async def read_plan_match(
    session: ReadSession,
    country_code: CountryCode,
    year: YearQuery,
    provenance: Provenance = Provenance.REAL,
) -> PlanMatch:
    """Read how the plan of a year meets what a country aims at and asks for, by DAC purpose codes."""
    return await operations.match_plan(session, country_code, year, provenance)
