"""Routes of editions and their parts."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Response, status

from services.common.clock import Provenance, domain_now
from services.common.http.callers import Caller
from services.common.http.demonstration import Demonstration
from services.common.http.paging import Paging, listing
from services.common.http.preconditions import ExpectedVersion
from services.common.http.problem_responses import problems
from services.common.http.routes import house_router
from services.common.http.sessions import HotRead, ReadSession, WriteSession
from services.common.http.worker import Worker
from services.common.pagination import PageRequest
from services.common.wire import Code, FacetedPage, Line, Page
from services.common.wire_codes import CountryCode, SectorCode
from services.programs.api.answers import answer_with_sources
from services.programs.db import edition_history as history
from services.programs.db import editions as questions
from services.programs.db.monitoring import count_pending, find_latest_report
from services.programs.db.tables import Edition
from services.programs.domain.editions import ContentKind, EditionState
from services.programs.domain.problems import (
    DemonstrationOnly,
    EditionNotDeletable,
    GuardsUnmet,
    PortfolioItemExists,
    ReferenceUnknown,
    RuleUnsound,
    SeatsExceedCapacity,
    SessionOutsideEdition,
    SettingsFixed,
    SourceRequired,
    SubjectNotFound,
)
from services.programs.domain.programs import ProgramKind
from services.programs.operations import clones, edition_states
from services.programs.operations import editions as operations
from services.programs.schemas.edition_states import (
    EditionHistoryRead,
    EditionStateChange,
    EditionStateChangeResult,
    MonitoringRead,
    PublicTextRead,
    RuleVersionRead,
)
from services.programs.schemas.editions import (
    EditionChange,
    EditionClone,
    EditionCreate,
    EditionItem,
    EditionRead,
)
from services.programs.schemas.programs import SdgGoal

router = house_router("editions", "/editions")
CREATED = status.HTTP_201_CREATED


async def _answer(session: WriteSession, caller: Caller, edition: Edition) -> EditionRead:
    actions = await edition_states.list_actions(session, caller, edition)
    return await answer_with_sources(session, EditionRead, edition, actions=actions)


@router.post(
    "",
    response_model=EditionRead,
    status_code=CREATED,
    responses=problems(
        SubjectNotFound,
        PortfolioItemExists,
        ReferenceUnknown,
        SourceRequired,
        DemonstrationOnly,
        RuleUnsound,
    ),
)
async def create_edition(
    session: WriteSession,
    caller: Caller,
    request: EditionCreate,
    response: Response,
    demonstration: Demonstration,
    worker: Worker,
) -> EditionRead:
    """Enter an edition: a draft, or a fact that its sources state."""
    edition = await operations.create_edition(session, caller, request, worker, demonstration=demonstration)
    response.headers["Location"] = edition.href
    return await _answer(session, caller, edition)


@router.get("", response_model=FacetedPage[EditionItem])
async def list_editions(
    reader: HotRead,
    caller: Caller,
    page: Annotated[PageRequest, listing(questions.EDITIONS)],
    provenance: Provenance = Provenance.REAL,
    code: Code | None = None,
    state: EditionState | None = None,
    program_id: UUID | None = None,
    country: CountryCode | None = None,
    year: Annotated[int | None, Query(ge=1900, le=2200)] = None,
    kind: ProgramKind | None = None,
    sector: SectorCode | None = None,
    sdg_goal: SdgGoal | None = None,
    partner_id: UUID | None = None,
    q: Annotated[
        Line | None, Query(description="Words, or their beginnings, of code, title or topic in any language.")
    ] = None,
) -> Response:
    """List editions by their earliest day; synthetic ones only to staff who ask for them by `provenance`."""
    found = await questions.list_editions(
        reader,
        page,
        visible_to=caller,
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
        q=q,
    )
    return Response(found, media_type="application/json")


@router.get("/{edition_id}", response_model=EditionRead, responses=problems(SubjectNotFound))
async def read_edition(session: ReadSession, caller: Caller, edition_id: UUID) -> EditionRead:
    """Read one edition, with what this caller may do to it."""
    edition = await questions.get_edition(session, edition_id, visible_to=caller)
    return await _answer(session, caller, edition)


@router.patch(
    "/{edition_id}",
    response_model=EditionRead,
    responses=problems(
        SubjectNotFound,
        PortfolioItemExists,
        SeatsExceedCapacity,
        RuleUnsound,
        SettingsFixed,
        SessionOutsideEdition,
    ),
)
async def change_edition(
    session: WriteSession,
    caller: Caller,
    edition_id: UUID,
    version: ExpectedVersion,
    request: EditionChange,
    worker: Worker,
) -> EditionRead:
    """Change what is known of an edition; its state has a route of its own."""
    edition = await operations.change_edition(session, caller, edition_id, version, request, worker)
    return await _answer(session, caller, edition)


@router.delete(
    "/{edition_id}",
    status_code=status.HTTP_204_NO_CONTENT,
    responses=problems(SubjectNotFound, EditionNotDeletable),
)
async def delete_edition(
    session: WriteSession, caller: Caller, edition_id: UUID, version: ExpectedVersion
) -> None:
    """Delete a draft that nothing refers to; an edition that was planned once can only be cancelled."""
    await operations.delete_edition(session, caller, edition_id, version)


@router.post(
    "/{edition_id}/state-changes",
    response_model=EditionStateChangeResult,
    responses=problems(SubjectNotFound, GuardsUnmet, SessionOutsideEdition),
)
async def change_edition_state(
    session: WriteSession,
    caller: Caller,
    edition_id: UUID,
    request: EditionStateChange,
    dry_run: Annotated[bool, Query(description="Only say what stands in the way.")] = False,  # noqa: FBT002  a query parameter
) -> EditionStateChangeResult:
    """Change an edition's state, or with `dry_run` say which conditions are not met."""
    return await edition_states.change_edition_state(session, caller, edition_id, request, dry_run=dry_run)


@router.post(
    "/{edition_id}/clone",
    response_model=EditionRead,
    status_code=CREATED,
    responses=problems(
        SubjectNotFound, PortfolioItemExists, DemonstrationOnly, SessionOutsideEdition, SeatsExceedCapacity
    ),
)
async def clone_edition(
    session: WriteSession,
    caller: Caller,
    edition_id: UUID,
    request: EditionClone,
    response: Response,
    demonstration: Demonstration,
) -> EditionRead:
    """Make a draft with the seats, timetable, rules and form of this edition."""
    edition = await clones.clone_edition(session, caller, edition_id, request, demonstration=demonstration)
    response.headers["Location"] = edition.href
    return await _answer(session, caller, edition)


@router.get("/{edition_id}/monitoring", response_model=MonitoringRead, responses=problems(SubjectNotFound))
async def read_monitoring(session: ReadSession, edition_id: UUID) -> MonitoringRead:
    """Read how an edition stands: reports, seats as participants tell, results as evaluation tells."""
    edition = await questions.get_edition(session, edition_id)
    lines = await questions.list_seat_lines(session, edition_id)
    known = [line.seats for line in lines if line.seats is not None]
    counts = await questions.find_seat_counts(session, edition_id)
    now = await domain_now(session, edition.provenance)
    return MonitoringRead.model_validate(
        {
            "edition": edition,
            "state": edition.state,
            "status_report": await find_latest_report(session, edition_id),
            **await count_pending(session, edition_id, now.date()),
            "seats": sum(known) if known else None,
            "lines": counts.lines if counts else [],
            "results": await questions.list_results(session, edition_id),
        }
    )


@router.get(
    "/{edition_id}/history", response_model=Page[EditionHistoryRead], responses=problems(SubjectNotFound)
)
async def list_edition_history(session: ReadSession, page: Paging, edition_id: UUID) -> object:
    """List what was changed in an edition, the latest first, with the new values."""
    await questions.get_edition(session, edition_id)
    return await history.list_history(session, page, edition_id)


@router.get(
    "/{edition_id}/public-texts", response_model=list[PublicTextRead], responses=problems(SubjectNotFound)
)
async def list_public_texts(session: ReadSession, caller: Caller, edition_id: UUID) -> list[PublicTextRead]:
    """List every version of what the public was told of an edition, the latest first."""
    await questions.get_edition(session, edition_id, visible_to=caller)
    versions = await history.list_contents(session, edition_id, ContentKind.PUBLIC_TEXT)
    return [PublicTextRead.of(version, text=version.content) for version in versions]


@router.get(
    "/{edition_id}/eligibility-rules",
    response_model=list[RuleVersionRead],
    responses=problems(SubjectNotFound),
)
async def list_rule_versions(session: ReadSession, edition_id: UUID) -> list[RuleVersionRead]:
    """List every version of an edition's eligibility rules, the latest first."""
    await questions.get_edition(session, edition_id)
    versions = await history.list_contents(session, edition_id, ContentKind.ELIGIBILITY_RULES)
    return [RuleVersionRead.of(version, rules=version.content) for version in versions]
