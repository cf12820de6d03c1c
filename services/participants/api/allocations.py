"""Routes of selection settings and of allocations, their what-ifs, minutes and letters."""

from uuid import UUID

from fastapi import Response, status

from services.common.clock import real_now
from services.common.documents import GlyphsMissing, render_pdf
from services.common.http.callers import Caller
from services.common.http.paging import Paging
from services.common.http.problem_responses import problems
from services.common.http.routes import house_router
from services.common.http.sessions import ReadSession, WriteSession
from services.common.http.worker import Worker
from services.common.i18n import InterfaceLanguage
from services.common.identity import Reach
from services.common.wire import Page
from services.participants.api.pdf_answers import PDF_ANSWER, PaperLanguage, pdf_answer
from services.participants.db import allocations as questions
from services.participants.db.mirrors import get_edition
from services.participants.db.people import get_authority
from services.participants.db.selection_tables import SeatAllocation, SelectionSettings
from services.participants.domain.allocation import ALGORITHM_VERSION, Basis, Placement
from services.participants.domain.offers import Promotion
from services.participants.domain.problems import AuthorityNotFound, CallNotFound, StepRefused
from services.participants.domain.selection_problems import (
    AllocationNotFound,
    AllocationRefused,
    RoundNotFound,
)
from services.participants.operations import allocations as operations
from services.participants.operations.allocation_papers import write_authority_letter, write_minutes
from services.participants.schemas.selection import (
    OutcomeChange,
    PlacementRead,
    RepetitionRead,
    SeatAllocationCreate,
    SeatAllocationItem,
    SeatAllocationRead,
    SelectionSettingsRead,
    SelectionSettingsWrite,
    WhatIf,
    WhatIfRead,
)

router = house_router("allocations", "")


def _settings(edition_id: UUID, stated: SelectionSettings | None) -> SelectionSettingsRead:
    if stated is not None:
        return SelectionSettingsRead.of(stated, stated=True)
    return SelectionSettingsRead(
        edition_id=edition_id,
        basis=Basis.AUTHORITY_RANK,
        score_weight=50,
        ties=[],
        country_cap=None,
        promotion=Promotion.AUTOMATIC,
        stated=False,
    )


@router.put(
    "/editions/{edition_id}/selection-settings",
    response_model=SelectionSettingsRead,
    responses=problems(CallNotFound, StepRefused),
)
async def keep_selection_settings(
    session: WriteSession, caller: Caller, edition_id: UUID, request: SelectionSettingsWrite
) -> SelectionSettingsRead:
    """State how an edition selects, before its call opens."""
    return _settings(
        edition_id, await operations.keep_selection_settings(session, caller, edition_id, request)
    )


@router.get(
    "/editions/{edition_id}/selection-settings",
    response_model=SelectionSettingsRead,
    responses=problems(CallNotFound),
)
async def read_selection_settings(session: ReadSession, edition_id: UUID) -> SelectionSettingsRead:
    """Read how an edition selects; open to everybody, authorities above all."""
    await get_edition(session, edition_id)
    return _settings(edition_id, await questions.find_settings(session, edition_id))


@router.post(
    "/editions/{edition_id}/seat-allocations",
    response_model=SeatAllocationRead,
    status_code=status.HTTP_201_CREATED,
    responses=problems(CallNotFound, RoundNotFound, AllocationRefused),
)
async def allocate_seats(
    session: WriteSession, caller: Caller, edition_id: UUID, request: SeatAllocationCreate, response: Response
) -> SeatAllocationRead:
    """Run the allocation on everybody who competes now; nobody is decided about before it is confirmed."""
    allocation = await operations.allocate_seats(session, caller, edition_id, request)
    response.headers["Location"] = f"/v1/seat-allocations/{allocation.id}"
    return _allocation(allocation)


@router.get(
    "/editions/{edition_id}/seat-allocations",
    response_model=Page[SeatAllocationItem],
    responses=problems(CallNotFound),
)
async def list_seat_allocations(session: ReadSession, page: Paging, edition_id: UUID) -> object:
    """List the runs of an edition, the latest first."""
    await get_edition(session, edition_id)
    return await questions.list_seat_allocations(session, page, edition_id=edition_id)


@router.post(
    "/editions/{edition_id}/what-ifs",
    response_model=WhatIfRead,
    responses=problems(CallNotFound, RoundNotFound, AllocationRefused),
)
async def suppose_allocation(
    session: WriteSession, caller: Caller, edition_id: UUID, request: WhatIf
) -> WhatIfRead:
    """Compare the allocation as things are with other seats, minima or settings; nothing is kept."""
    now, then = await operations.suppose_allocation(session, caller, edition_id, request)
    before = {one.nominee_id: one for one in now}
    changes = [
        OutcomeChange(
            application_id=one.nominee_id, now=_placement(before[one.nominee_id]), then=_placement(one)
        )
        for one in then
        if (one.outcome, one.line_id) != (before[one.nominee_id].outcome, before[one.nominee_id].line_id)
    ]
    return WhatIfRead(
        now=[_placement(one) for one in now], then=[_placement(one) for one in then], changes=changes
    )


@router.get(
    "/seat-allocations/{allocation_id}",
    response_model=SeatAllocationRead,
    responses=problems(AllocationNotFound),
)
async def read_seat_allocation(session: ReadSession, allocation_id: UUID) -> SeatAllocationRead:
    """Read a run with everything it takes to repeat it."""
    return _allocation(await questions.get_seat_allocation(session, allocation_id))


@router.get(
    "/seat-allocations/{allocation_id}/repetition",
    response_model=RepetitionRead,
    responses=problems(AllocationNotFound),
)
async def repeat_seat_allocation(session: ReadSession, allocation_id: UUID) -> RepetitionRead:
    """Run a stored allocation again and say whether the same list comes out."""
    allocation = await questions.get_seat_allocation(session, allocation_id)
    return RepetitionRead(algorithm=ALGORITHM_VERSION, same=operations.repeat_seat_allocation(allocation))


@router.post(
    "/seat-allocations/{allocation_id}/confirmation",
    response_model=SeatAllocationRead,
    responses=problems(AllocationNotFound, StepRefused),
)
async def confirm_seat_allocation(
    session: WriteSession, caller: Caller, allocation_id: UUID, response: Response
) -> SeatAllocationRead:
    """Make the outcome of a run the decisions about its applications, each with its reason."""
    response.headers["Content-Location"] = f"/v1/seat-allocations/{allocation_id}"
    return _allocation(await operations.confirm_seat_allocation(session, caller, allocation_id))


@router.get(
    "/seat-allocations/{allocation_id}/minutes",
    response_class=Response,
    responses=problems(AllocationNotFound, GlyphsMissing) | PDF_ANSWER,
)
async def read_minutes(
    session: ReadSession,
    worker: Worker,
    allocation_id: UUID,
    language: PaperLanguage = InterfaceLanguage.RU,
) -> Response:
    """Read the minutes of a run as PDF: rules, and every name with its outcome and the reason."""
    allocation = await questions.get_seat_allocation(session, allocation_id)
    data = await write_minutes(session, allocation, language)
    made_at = allocation.confirmed_at or allocation.created_at
    pdf = await render_pdf(worker, "services.participants:minutes", data, language=language, made_at=made_at)
    return pdf_answer(pdf, f"minutes-{allocation_id}.pdf")


@router.get(
    "/authorities/{authority_id}/decision-letters/{edition_id}",
    response_class=Response,
    responses=problems(AuthorityNotFound, CallNotFound, StepRefused, GlyphsMissing) | PDF_ANSWER,
)
async def read_decision_letter(
    session: ReadSession,
    caller: Caller,
    worker: Worker,
    authority_id: UUID,
    edition_id: UUID,
    language: PaperLanguage = InterfaceLanguage.RU,
) -> Response:
    """Read the letter that tells an authority the outcome and the reason for each of its nominees."""
    authority = await get_authority(session, authority_id, visible_to=caller)
    edition = await get_edition(session, edition_id)
    if edition.decisions_released_at is None and caller.reach is not Reach.ALL:
        raise StepRefused("The decisions have not been released yet.")
    data = await write_authority_letter(session, edition, authority, language)
    made_at = edition.decisions_released_at or await real_now(session)
    pdf = await render_pdf(
        worker, "services.participants:authority_letter", data, language=language, made_at=made_at
    )
    return pdf_answer(pdf, f"decisions-{edition.code}.pdf")


def _allocation(allocation: SeatAllocation) -> SeatAllocationRead:
    placements = [
        PlacementRead.model_validate(
            one | {"application_id": one["nominee_id"], "seat_line_id": one["line_id"]}
        )
        for one in allocation.placements
    ]
    return SeatAllocationRead.of(allocation, placements=placements)


def _placement(one: Placement) -> PlacementRead:
    return PlacementRead.of(one, application_id=one.nominee_id, seat_line_id=one.line_id)
