"""Routes of editions and their parts."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Response, status

from services.common.clock import Provenance, domain_now
from services.common.http.callers import Caller
from services.common.http.demonstration import Demonstration
from services.common.http.paging import Paging
from services.common.http.preconditions import ExpectedVersion
from services.common.http.problem_responses import problems
from services.common.http.routes import house_router
from services.common.http.sessions import ReadSession, WriteSession
from services.common.http.worker import Worker
from services.common.wire import Code, Page
from services.common.wire_codes import CountryCode
from services.programs.api.answers import answer_with_sources
from services.programs.db import editions as questions
from services.programs.db.monitoring import count_pending, find_latest_report
from services.programs.db.tables import CountryInvitation, Edition, EditionCountry, SeatLine
from services.programs.domain.editions import EditionState
from services.programs.domain.problems import (
    DemonstrationOnly,
    GuardsUnmet,
    PortfolioItemExists,
    ReferenceUnknown,
    RuleUnsound,
    SeatsExceedCapacity,
    SourceRequired,
    SubjectNotFound,
)
from services.programs.operations import clones, edition_parts, edition_states
from services.programs.operations import editions as operations
from services.programs.schemas.editions import (
    CountryInvitationCreate,
    CountryInvitationRead,
    EditionChange,
    EditionClone,
    EditionCountryCreate,
    EditionCountryRead,
    EditionCreate,
    EditionItem,
    EditionRead,
    EditionStateChange,
    EditionStateChangeResult,
    MonitoringRead,
    SeatLineChange,
    SeatLineCreate,
    SeatLineRead,
)

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


@router.get("", response_model=Page[EditionItem])
async def list_editions(
    session: ReadSession,
    caller: Caller,
    page: Paging,
    provenance: Provenance = Provenance.REAL,
    code: Code | None = None,
    state: EditionState | None = None,
    program_id: UUID | None = None,
    country: CountryCode | None = None,
    year: Annotated[int | None, Query(ge=1900, le=2200)] = None,
) -> object:
    """List editions by their earliest day; synthetic ones only to staff who ask for them by `provenance`."""
    return await questions.list_editions(
        session,
        page,
        visible_to=caller,
        provenance=provenance,
        code=code,
        state=state,
        program_id=program_id,
        country=country,
        year=year,
    )


@router.get("/{edition_id}", response_model=EditionRead, responses=problems(SubjectNotFound))
async def read_edition(session: ReadSession, caller: Caller, edition_id: UUID) -> EditionRead:
    """Read one edition, with what this caller may do to it."""
    edition = await questions.get_edition(session, edition_id, visible_to=caller)
    return await _answer(session, caller, edition)


@router.patch(
    "/{edition_id}",
    response_model=EditionRead,
    responses=problems(SubjectNotFound, SeatsExceedCapacity, RuleUnsound),
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


@router.post(
    "/{edition_id}/state-changes",
    response_model=EditionStateChangeResult,
    responses=problems(SubjectNotFound, GuardsUnmet),
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
    responses=problems(SubjectNotFound, PortfolioItemExists, DemonstrationOnly),
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


@router.post(
    "/{edition_id}/countries",
    response_model=EditionCountryRead,
    status_code=CREATED,
    responses=problems(SubjectNotFound, PortfolioItemExists, ReferenceUnknown),
)
async def add_edition_country(
    session: WriteSession, caller: Caller, edition_id: UUID, request: EditionCountryCreate
) -> EditionCountry:
    """Say what an edition has to do with a country, a region or an area."""
    return await edition_parts.add_edition_country(session, caller, edition_id, request)


@router.get(
    "/{edition_id}/countries",
    response_model=list[EditionCountryRead],
    responses=problems(SubjectNotFound),
)
async def list_edition_countries(session: ReadSession, caller: Caller, edition_id: UUID) -> object:
    """List the countries, regions and areas that an edition has to do with."""
    await questions.get_edition(session, edition_id, visible_to=caller)
    return await questions.list_edition_countries(session, edition_id)


@router.post(
    "/{edition_id}/invitations",
    response_model=CountryInvitationRead,
    status_code=CREATED,
    responses=problems(SubjectNotFound, PortfolioItemExists),
)
async def create_country_invitation(
    session: WriteSession, caller: Caller, edition_id: UUID, request: CountryInvitationCreate
) -> CountryInvitation:
    """Record the letter by which an authority of a country is asked to nominate."""
    return await edition_parts.create_country_invitation(session, caller, edition_id, request)


@router.get(
    "/{edition_id}/invitations",
    response_model=Page[CountryInvitationRead],
    responses=problems(SubjectNotFound),
)
async def list_country_invitations(session: ReadSession, page: Paging, edition_id: UUID) -> object:
    """List the letters of an edition by country."""
    await questions.get_edition(session, edition_id)
    return await questions.list_country_invitations(session, page, edition_id)


@router.post(
    "/{edition_id}/seats",
    response_model=SeatLineRead,
    status_code=CREATED,
    responses=problems(SubjectNotFound, PortfolioItemExists, SeatsExceedCapacity),
)
async def create_seat_line(
    session: WriteSession, caller: Caller, edition_id: UUID, request: SeatLineCreate
) -> SeatLine:
    """Give seats of an edition to a country, an authority or a partner."""
    return await edition_parts.create_seat_line(session, caller, edition_id, request)


@router.get("/{edition_id}/seats", response_model=list[SeatLineRead], responses=problems(SubjectNotFound))
async def list_seat_lines(session: ReadSession, edition_id: UUID) -> object:
    """List the seat lines of an edition."""
    await questions.get_edition(session, edition_id)
    return await questions.list_seat_lines(session, edition_id)


@router.patch(
    "/{edition_id}/seats/{seat_line_id}",
    response_model=SeatLineRead,
    responses=problems(SubjectNotFound, SeatsExceedCapacity),
)
async def change_seat_line(
    session: WriteSession,
    caller: Caller,
    edition_id: UUID,
    seat_line_id: UUID,
    version: ExpectedVersion,
    request: SeatLineChange,
) -> SeatLine:
    """Change the seats of one owner."""
    return await edition_parts.change_seat_line(session, caller, edition_id, seat_line_id, version, request)


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
