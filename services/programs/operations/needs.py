"""What can be done to country priorities and needs surveys, and how the plan meets them."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.common.audit import record_change
from services.common.clock import Provenance, real_now
from services.common.identity import Caller
from services.common.preconditions import require_version
from services.common.problems import Fault
from services.common.wire import Reference
from services.programs.db.needs import (
    find_priorities,
    find_submitted_surveys,
    get_country_priority,
    get_needs_survey,
    list_planned_editions,
)
from services.programs.db.organizations import get_organization
from services.programs.db.tables import CountryPriority, Edition, NeedsSurvey
from services.programs.domain.evidence import SubjectKind
from services.programs.domain.needs import NEEDS_SURVEY_LIFE, NeedsSurveyState, match_sectors
from services.programs.domain.problems import GuardsUnmet, TransitionRefused
from services.programs.operations.editions import bounds_of, require_demonstration
from services.programs.operations.evidence import cite
from services.programs.schemas.needs import (
    CountryPriorityChange,
    CountryPriorityCreate,
    MatchedEdition,
    MatchedNeed,
    MatchedPriority,
    NeedsSurveyCreate,
    NeedsWrite,
    PlanMatch,
)


async def create_country_priority(
    session: AsyncSession, caller: Caller, request: CountryPriorityCreate, *, demonstration: bool
) -> CountryPriority:
    """Enter an aim of a partner country; raises `DemonstrationOnly`."""
    require_demonstration(request.provenance, demonstration=demonstration)
    priority = CountryPriority(**request.model_dump(exclude={"sources"}), **bounds_of(request.period))
    session.add(priority)
    await record_change(session, caller, "country_priority.created", priority)
    await cite(session, SubjectKind.COUNTRY_PRIORITY, priority.id, request.sources)
    return priority


async def change_country_priority(
    session: AsyncSession,
    caller: Caller,
    priority_id: UUID,
    expected_version: int,
    request: CountryPriorityChange,
) -> CountryPriority:
    """Change what the record says of an aim."""
    priority = await get_country_priority(session, priority_id, lock=True)
    require_version(priority, expected_version)
    changes = request.model_dump() | bounds_of(request.period)
    for field, value in changes.items():
        setattr(priority, field, value)
    await record_change(session, caller, "country_priority.changed", priority, changes)
    return priority


async def create_needs_survey(
    session: AsyncSession, caller: Caller, request: NeedsSurveyCreate, *, demonstration: bool
) -> NeedsSurvey:
    """Ask a country what it needs in a year; raises `DemonstrationOnly`."""
    require_demonstration(request.provenance, demonstration=demonstration)
    if request.authority_id is not None:
        await get_organization(session, request.authority_id)
    survey = NeedsSurvey(**request.model_dump(), needs=[], state=NEEDS_SURVEY_LIFE.initial)
    session.add(survey)
    await record_change(session, caller, "needs_survey.created", survey)
    return survey


async def put_needs(
    session: AsyncSession, caller: Caller, survey_id: UUID, expected_version: int, request: NeedsWrite
) -> NeedsSurvey:
    """Say what the country asks for, as a whole; raises `TransitionRefused` once it was submitted."""
    survey = await get_needs_survey(session, survey_id, visible_to=caller, lock=True)
    require_version(survey, expected_version)
    if survey.state is not NeedsSurveyState.OPEN:
        raise TransitionRefused(f"A needs survey that is {survey.state} is not changed.")
    survey.needs = [need.model_dump(mode="json") for need in request.needs]
    await record_change(session, caller, "needs_survey.filled", survey, ["needs"])
    return survey


async def change_needs_survey_state(
    session: AsyncSession, caller: Caller, survey_id: UUID, state: NeedsSurveyState
) -> NeedsSurvey:
    """Submit what the country asks for, open it again for a correction, or close it."""
    survey = await get_needs_survey(session, survey_id, visible_to=caller, lock=True)
    if not NEEDS_SURVEY_LIFE.may_become(survey.state, state):
        raise TransitionRefused(f"A needs survey that is {survey.state} cannot become {state}.")
    if state is NeedsSurveyState.SUBMITTED:
        if not survey.needs:
            fault = Fault("/needs", "nothing_asked_for", "Say what the country asks for.")
            raise GuardsUnmet("The needs survey is empty.", errors=[fault])
        survey.submitted_at, survey.submitted_by = await real_now(session), caller.principal
    survey.state = state
    await record_change(session, caller, f"needs_survey.{state}", survey, ["state"])
    return survey


async def match_plan(session: AsyncSession, country: str, year: int, provenance: Provenance) -> PlanMatch:
    """Return which editions of the year meet what the country aims at and asks for, and what nothing meets."""
    editions = await list_planned_editions(session, country, year, provenance)
    priorities = [
        MatchedPriority(
            priority_id=priority.id,
            code=priority.code,
            theme=priority.theme,
            editions=_meeting(editions, priority.sectors, None),
        )
        for priority in await find_priorities(session, country, year, provenance)
    ]
    needs = [
        MatchedNeed(
            **need, survey_id=survey.id, editions=_meeting(editions, [need["sector"]], need["audience"])
        )
        for survey in await find_submitted_surveys(session, country, year, provenance)
        for need in survey.needs
    ]
    met = [found.editions for found in priorities] + [found.editions for found in needs]
    asked = {one.edition.id for editions_found in met for one in editions_found}
    return PlanMatch(
        country=country,
        year=year,
        priorities=priorities,
        needs=needs,
        unmet_needs=sum(not need.editions for need in needs),
        unasked=[Reference.of(edition) for edition in editions if edition.id not in asked],
    )


def _meeting(
    editions: Sequence[Edition], sectors: Sequence[str], audience: str | None
) -> list[MatchedEdition]:
    found = []
    for edition in editions:
        offered = [sector["code"] for sector in edition.sectors or edition.program.sectors]
        match = match_sectors(sectors, offered)
        if match is not None:
            known = audience is not None and edition.audience is not None
            same = edition.audience == audience if known else None
            found.append(MatchedEdition(edition=Reference.of(edition), match=match, for_the_audience=same))
    return found
