"""Routes of deliveries and design tasks."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Response, status
from sqlalchemy.ext.asyncio import AsyncSession

from services.common.clock import Provenance
from services.common.file_records import FileNotAttachable
from services.common.http.callers import Caller
from services.common.http.demonstration import Demonstration
from services.common.http.paging import Following, Paging, listing
from services.common.http.preconditions import ExpectedVersion
from services.common.http.problem_responses import problems
from services.common.http.routes import house_router
from services.common.http.sessions import ReadSession, WriteSession
from services.common.identity import Caller as CallerIdentity
from services.common.pagination import PageRequest
from services.common.wire import Code, FacetedPage, FollowedPage, Line, Page, Reference
from services.common.wire_codes import CountryCode, SectorCode
from services.programs.api.answers import answer_with_sources
from services.programs.db import deliveries as questions
from services.programs.db.editions import get_edition
from services.programs.db.tables import Delivery, DeliveryDocument, DesignTask, Edition
from services.programs.domain.deliveries import (
    NEEDED_TO_AGREE,
    DeliveryKind,
    DeliveryState,
    DesignTaskState,
    DocumentKind,
)
from services.programs.domain.problems import (
    ActualInFuture,
    DeliveryChainCircular,
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
from services.programs.operations import delivery_states
from services.programs.schemas.deliveries import (
    ChainLink,
    DeliveryChain,
    DeliveryChange,
    DeliveryCreate,
    DeliveryDocumentCreate,
    DeliveryDocumentRead,
    DeliveryDocumentWithdrawal,
    DeliveryItem,
    DeliveryKindRead,
    DeliveryRead,
    DeliveryStateChange,
    DeliveryStateChangeResult,
    DesignTaskCompletion,
    DesignTaskRead,
)
from services.programs.schemas.delivery_details import DETAILS
from services.programs.schemas.programs import SdgGoal

router = house_router("deliveries", "")


async def _answer(session: AsyncSession, caller: CallerIdentity, delivery: Delivery) -> DeliveryRead:
    actions = await delivery_states.list_actions(session, caller, delivery)
    belongings = await questions.find_belongings(session, delivery)
    named = {name: Reference.of(row) if row is not None else None for name, row in belongings.items()}
    return await answer_with_sources(session, DeliveryRead, delivery, actions=actions, **named)


@router.get("/delivery-kinds", response_model=list[DeliveryKindRead])
async def list_delivery_kinds(_: Caller) -> list[DeliveryKindRead]:
    """List the kinds of deliveries, each with the JSON Schema of its details: what a form asks for."""
    return [
        DeliveryKindRead(
            kind=kind,
            details_schema=model.model_json_schema(),
            needed_to_agree=list(NEEDED_TO_AGREE[kind]),
        )
        for kind, model in DETAILS.items()
    ]


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
    return await _answer(session, caller, delivery)


@router.get("/deliveries", response_model=FacetedPage[DeliveryItem])
async def list_deliveries(
    session: ReadSession,
    caller: Caller,
    page: Annotated[PageRequest, listing(questions.DELIVERIES)],
    provenance: Provenance = Provenance.REAL,
    code: Code | None = None,
    kind: DeliveryKind | None = None,
    state: DeliveryState | None = None,
    country: CountryCode | None = None,
    program_id: UUID | None = None,
    year: Annotated[int | None, Query(ge=1900, le=2200)] = None,
    sector: SectorCode | None = None,
    sdg_goal: SdgGoal | None = None,
    partner_id: UUID | None = None,
    q: Annotated[
        Line | None, Query(description="Words, or their beginnings, of code or title in any language.")
    ] = None,
) -> object:
    """List deliveries by code; synthetic ones only to staff who ask for them by `provenance`."""
    return await questions.list_deliveries(
        session,
        page,
        visible_to=caller,
        provenance=provenance,
        code=code,
        kind=kind,
        state=state,
        country=country,
        program_id=program_id,
        year=year,
        sector=sector,
        sdg_goal=sdg_goal,
        partner_id=partner_id,
        q=q,
    )


@router.get("/deliveries/{delivery_id}", response_model=DeliveryRead, responses=problems(SubjectNotFound))
async def read_delivery(session: ReadSession, caller: Caller, delivery_id: UUID) -> DeliveryRead:
    """Read one delivery, with what this caller may do to it."""
    delivery = await questions.get_delivery(session, delivery_id, visible_to=caller)
    return await _answer(session, caller, delivery)


@router.patch(
    "/deliveries/{delivery_id}",
    response_model=DeliveryRead,
    responses=problems(
        SubjectNotFound, OrganizationNotFound, TransitionRefused, ReferenceUnknown, DeliveryChainCircular
    ),
)
async def change_delivery(
    session: WriteSession,
    caller: Caller,
    delivery_id: UUID,
    version: ExpectedVersion,
    request: DeliveryChange,
) -> DeliveryRead:
    """Change what is known of a delivery that is neither closed nor cancelled; its state has a route of its own."""
    delivery = await operations.change_delivery(session, caller, delivery_id, version, request)
    return await _answer(session, caller, delivery)


@router.post(
    "/deliveries/{delivery_id}/state-changes",
    response_model=DeliveryStateChangeResult,
    responses=problems(SubjectNotFound, GuardsUnmet),
)
async def change_delivery_state(
    session: WriteSession,
    caller: Caller,
    delivery_id: UUID,
    request: DeliveryStateChange,
    dry_run: Annotated[bool, Query(description="Only say what stands in the way.")] = False,  # noqa: FBT002  a query parameter
) -> DeliveryStateChangeResult:
    """Take a delivery a step further, or with `dry_run` say which conditions are not met."""
    return await delivery_states.change_delivery_state(session, caller, delivery_id, request, dry_run=dry_run)


@router.get(
    "/deliveries/{delivery_id}/chain", response_model=DeliveryChain, responses=problems(SubjectNotFound)
)
async def read_delivery_chain(session: ReadSession, caller: Caller, delivery_id: UUID) -> DeliveryChain:
    """Read what a delivery follows and what follows on it: training, then transfer, then consulting."""
    delivery = await questions.get_delivery(session, delivery_id, visible_to=caller)
    before = await questions.list_chain_before(session, delivery.predecessor_id)
    first = before[-1] if before else delivery
    links = [_link(-place, row) for place, row in enumerate(before, start=1)]
    if first.predecessor_edition_id is not None:
        course = await get_edition(session, first.predecessor_edition_id)
        links.append(_link(-len(before) - 1, course))
    after = await questions.list_successors(session, delivery.id)
    links = [*reversed(links), _link(0, delivery), *(_link(place, row) for place, row in after)]
    return DeliveryChain(delivery_id=delivery.id, links=links)


def _link(place: int, row: Delivery | Edition) -> ChainLink:
    return ChainLink.of(row, place=place, kind=row.kind if isinstance(row, Delivery) else "course")


@router.post(
    "/deliveries/{delivery_id}/documents",
    response_model=DeliveryDocumentRead,
    status_code=status.HTTP_201_CREATED,
    responses=problems(SubjectNotFound, ActualInFuture, FileNotAttachable),
)
async def create_delivery_document(
    session: WriteSession, caller: Caller, delivery_id: UUID, request: DeliveryDocumentCreate
) -> DeliveryDocument:
    """Attach a document or a dated photo to a delivery."""
    return await operations.create_delivery_document(session, caller, delivery_id, request)


@router.get(
    "/deliveries/{delivery_id}/documents",
    response_model=Page[DeliveryDocumentRead],
    responses=problems(SubjectNotFound),
)
async def list_delivery_documents(
    session: ReadSession, caller: Caller, page: Paging, delivery_id: UUID, kind: DocumentKind | None = None
) -> object:
    """List the documents and photos of a delivery by day; the public sees those that are public."""
    await questions.get_delivery(session, delivery_id, visible_to=caller)
    return await questions.list_delivery_documents(session, page, delivery_id, visible_to=caller, kind=kind)


@router.get(
    "/deliveries/{delivery_id}/documents/{document_id}",
    response_model=DeliveryDocumentRead,
    responses=problems(SubjectNotFound),
)
async def read_delivery_document(
    session: ReadSession, caller: Caller, delivery_id: UUID, document_id: UUID
) -> DeliveryDocument:
    """Read what is known of one document or photo of a delivery."""
    await questions.get_delivery(session, delivery_id, visible_to=caller)
    return await questions.read_document(session, delivery_id, document_id, visible_to=caller)


@router.post(
    "/deliveries/{delivery_id}/documents/{document_id}/withdrawal",
    response_model=DeliveryDocumentRead,
    responses=problems(SubjectNotFound, TransitionRefused),
)
async def withdraw_delivery_document(
    session: WriteSession,
    caller: Caller,
    delivery_id: UUID,
    document_id: UUID,
    request: DeliveryDocumentWithdrawal,
) -> DeliveryDocument:
    """Say that a document no longer counts."""
    return await operations.withdraw_delivery_document(
        session, caller, delivery_id, document_id, request.reason
    )


@router.get("/design-tasks", response_model=FollowedPage[DesignTaskRead])
async def list_design_tasks(
    session: ReadSession,
    page: Following,
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


@router.get(
    "/design-tasks/{design_task_id}", response_model=DesignTaskRead, responses=problems(SubjectNotFound)
)
async def read_design_task(session: ReadSession, design_task_id: UUID) -> DesignTask:
    """Read what one recommendation asks of a coming edition."""
    return await questions.read_task(session, design_task_id)


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
