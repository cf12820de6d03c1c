"""Routes of deliveries and design tasks."""

from uuid import UUID

from fastapi import Response, status

from services.common.clock import Provenance
from services.common.http.callers import Caller
from services.common.http.demonstration import Demonstration
from services.common.http.paging import Paging
from services.common.http.problem_responses import problems
from services.common.http.routes import house_router
from services.common.http.sessions import ReadSession, WriteSession
from services.common.wire import Code, Page
from services.common.wire_codes import CountryCode
from services.programs.api.answers import answer_with_sources
from services.programs.db import deliveries as questions
from services.programs.db.tables import DesignTask
from services.programs.domain.deliveries import DeliveryKind, DesignTaskState
from services.programs.domain.problems import (
    DemonstrationOnly,
    GuardsUnmet,
    OrganizationNotFound,
    PortfolioItemExists,
    ReferenceUnknown,
    SourceRequired,
    SubjectNotFound,
    TransitionRefused,
)
from services.programs.operations import deliveries as operations
from services.programs.schemas.deliveries import (
    DeliveryCreate,
    DeliveryItem,
    DeliveryRead,
    DeliveryStateChange,
    DesignTaskCompletion,
    DesignTaskRead,
)

router = house_router("deliveries", "")


@router.post(
    "/deliveries",
    response_model=DeliveryRead,
    status_code=status.HTTP_201_CREATED,
    responses=problems(
        SubjectNotFound,
        OrganizationNotFound,
        PortfolioItemExists,
        ReferenceUnknown,
        SourceRequired,
        DemonstrationOnly,
    ),
)
async def create_delivery(
    session: WriteSession,
    caller: Caller,
    request: DeliveryCreate,
    response: Response,
    demonstration: Demonstration,
) -> DeliveryRead:
    """Enter something given that is not a course."""
    delivery = await operations.create_delivery(session, caller, request, demonstration=demonstration)
    response.headers["Location"] = delivery.href
    return await answer_with_sources(session, DeliveryRead, delivery)


@router.get("/deliveries", response_model=Page[DeliveryItem])
async def list_deliveries(
    session: ReadSession,
    caller: Caller,
    page: Paging,
    provenance: Provenance = Provenance.REAL,
    code: Code | None = None,
    kind: DeliveryKind | None = None,
    country: CountryCode | None = None,
) -> object:
    """List deliveries by code; synthetic ones only to staff who ask for them by `provenance`."""
    return await questions.list_deliveries(
        session,
        page,
        visible_to=caller,
        provenance=provenance,
        code=code,
        kind=kind,
        country=country,
    )


@router.get("/deliveries/{delivery_id}", response_model=DeliveryRead, responses=problems(SubjectNotFound))
async def read_delivery(session: ReadSession, caller: Caller, delivery_id: UUID) -> DeliveryRead:
    """Read one delivery."""
    delivery = await questions.get_delivery(session, delivery_id, visible_to=caller)
    return await answer_with_sources(session, DeliveryRead, delivery)


@router.post(
    "/deliveries/{delivery_id}/state-changes",
    response_model=DeliveryRead,
    responses=problems(SubjectNotFound, TransitionRefused, GuardsUnmet),
)
async def change_delivery_state(
    session: WriteSession, caller: Caller, delivery_id: UUID, request: DeliveryStateChange
) -> DeliveryRead:
    """Take a delivery a step further."""
    delivery = await operations.change_delivery_state(session, caller, delivery_id, request)
    return await answer_with_sources(session, DeliveryRead, delivery)


@router.get("/design-tasks", response_model=Page[DesignTaskRead])
async def list_design_tasks(
    session: ReadSession,
    page: Paging,
    program_id: UUID | None = None,
    evidence_edition_id: UUID | None = None,
    edition_id: UUID | None = None,
    state: DesignTaskState | None = None,
    provenance: Provenance = Provenance.REAL,
) -> object:
    """List what agreed recommendations ask of coming editions: by `edition_id` that does it, or that it came of.

    Where no edition is named, synthetic ones show only if asked for by `provenance`.
    """
    return await questions.list_design_tasks(
        session,
        page,
        program_id=program_id,
        evidence_edition_id=evidence_edition_id,
        edition_id=edition_id,
        state=state,
        provenance=provenance,
    )


@router.post(
    "/design-tasks/{design_task_id}/completion",
    response_model=DesignTaskRead,
    responses=problems(SubjectNotFound, TransitionRefused, ReferenceUnknown),
)
async def finish_design_task(
    session: WriteSession, caller: Caller, design_task_id: UUID, request: DesignTaskCompletion
) -> DesignTask:
    """Record how an edition answers a recommendation."""
    return await operations.finish_design_task(session, caller, design_task_id, request)
