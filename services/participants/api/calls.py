"""Routes of calls, the pipeline of an edition, and the release of decisions."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from fastapi import Query

from services.common.clock import Provenance, domain_now
from services.common.http.callers import Caller
from services.common.http.paging import Paging
from services.common.http.problem_responses import problems
from services.common.http.routes import house_router
from services.common.http.sessions import ReadSession, WriteSession
from services.common.identity import Reach
from services.common.pagination import Rows
from services.common.wire import Page
from services.common.wire_codes import CountryCode
from services.participants.api.call_answers import call_as_read, line_as_read
from services.participants.db import mirrors, participations
from services.participants.db.tables import MirrorSeatLine
from services.participants.domain.problems import CallNotFound
from services.participants.operations import applications as operations
from services.participants.schemas.applications import (
    BulkResult,
    CallRead,
    CallSeatLineRead,
    DecisionsWrite,
    ReleaseRead,
)
from services.participants.schemas.bulk import rows_of
from services.participants.schemas.participations import CountryCount, PipelineRead

router = house_router("calls", "")


@router.get("/calls", response_model=Page[CallRead])
async def list_calls(
    session: ReadSession,
    caller: Caller,
    page: Paging,
    provenance: Annotated[
        Provenance, Query(description="Synthetic calls are shown when asked for only.")
    ] = Provenance.REAL,
    open_to: Annotated[
        CountryCode | None, Query(description="Only calls that are open now and have seats for this country.")
    ] = None,
) -> object:
    """List calls by deadline, the latest first, with their seats."""
    now = await domain_now(session, provenance)
    rows = await mirrors.list_editions(
        session,
        page,
        provenance=provenance,
        visible_to=caller,
        open_to=None if open_to is None else (open_to, now),
    )
    lines: dict[UUID, list[MirrorSeatLine]] = {}
    for line in await mirrors.find_seat_lines(session, [edition.id for edition in rows.items]):
        lines.setdefault(line.edition_id, []).append(line)
    items = [call_as_read(edition, lines.get(edition.id, []), now) for edition in rows.items]
    return Rows(items=items, next_cursor=rows.next_cursor, total=rows.total)


@router.get("/calls/{edition_id}", response_model=CallRead, responses=problems(CallNotFound))
async def read_call(session: ReadSession, edition_id: UUID) -> CallRead:
    """Read how a call stands now: dates, seats, what is left of both."""
    edition = await mirrors.get_edition(session, edition_id)
    now = await domain_now(session, edition.provenance)
    return call_as_read(edition, await mirrors.find_seat_lines(session, [edition_id]), now)


@router.get("/editions/{edition_id}/pipeline", response_model=PipelineRead, responses=problems(CallNotFound))
async def read_pipeline(session: ReadSession, caller: Caller, edition_id: UUID) -> PipelineRead:
    """Read an edition's way from seats to participants; applications only as far as you may see them."""
    edition = await mirrors.get_edition(session, edition_id)
    applied = None
    if caller.reach is not Reach.PUBLISHED:
        applied = _counts(await participations.count_applications(session, edition_id, visible_to=caller))
    return PipelineRead(
        edition_id=edition.id,
        provenance=edition.provenance,
        seat_lines=_lines(await mirrors.find_seat_lines(session, [edition_id])),
        participants=_counts(await participations.count_participants(session, edition_id)),
        applications=applied,
    )


@router.post("/editions/{edition_id}/decisions", response_model=BulkResult, responses=problems(CallNotFound))
async def decide_applications(
    session: WriteSession, caller: Caller, edition_id: UUID, request: DecisionsWrite
) -> BulkResult:
    """Decide about applications in bulk, with a result for each row; every refusal names its reason."""
    return rows_of(await operations.decide_applications(session, caller, edition_id, request))


@router.post(
    "/editions/{edition_id}/decision-release", response_model=ReleaseRead, responses=problems(CallNotFound)
)
async def release_decisions(session: WriteSession, caller: Caller, edition_id: UUID) -> ReleaseRead:
    """Make the decisions known; from now on free seats go to the waiting list at once."""
    edition = await operations.release_decisions(session, caller, edition_id)
    assert edition.decisions_released_at is not None  # noqa: S101  the operation sets it
    return ReleaseRead(edition_id=edition.id, released_at=edition.decisions_released_at)


def _lines(lines: Sequence[MirrorSeatLine]) -> list[CallSeatLineRead]:
    return [line_as_read(line) for line in lines]


def _counts(counts: Sequence[participations.StateCount]) -> list[CountryCount]:
    return [CountryCount(country=c.country, state=c.state, people=c.people) for c in counts]
