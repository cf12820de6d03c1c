"""Routes of the organization resource."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Response, status

from services.common.http.callers import Caller
from services.common.http.demonstration import Demonstration
from services.common.http.paging import listing
from services.common.http.preconditions import ExpectedVersion
from services.common.http.problem_responses import problems
from services.common.http.routes import house_router
from services.common.http.sessions import HotRead, ReadSession, WriteSession
from services.common.pagination import PageRequest
from services.common.wire import FacetedPage, Line
from services.common.wire_codes import CountryCode, OrganizationType
from services.programs.api.answers import answer_with_sources
from services.programs.db import organizations as questions
from services.programs.domain.organizations import OrganizationStatus
from services.programs.domain.problems import (
    DemonstrationOnly,
    OrganizationExists,
    OrganizationNotFound,
    PortfolioItemExists,
    ReferenceUnknown,
    TransitionRefused,
)
from services.programs.operations import organization_merges as merges
from services.programs.operations import organizations as operations
from services.programs.schemas.organizations import (
    OrganizationChange,
    OrganizationCreate,
    OrganizationItem,
    OrganizationMerge,
    OrganizationRead,
)

router = house_router("organizations", "/organizations")


@router.post(
    "",
    response_model=OrganizationRead,
    status_code=status.HTTP_201_CREATED,
    responses=problems(OrganizationExists, DemonstrationOnly),
)
async def create_organization(
    session: WriteSession,
    caller: Caller,
    request: OrganizationCreate,
    response: Response,
    demonstration: Demonstration,
) -> OrganizationRead:
    """Enter an organization, with the name exactly as its source prints it where that matters."""
    organization = await operations.create_organization(session, caller, request, demonstration=demonstration)
    response.headers["Location"] = f"/v1/organizations/{organization.id}"
    return await answer_with_sources(session, OrganizationRead, organization)


@router.get("", response_model=FacetedPage[OrganizationItem])
async def list_organizations(
    reader: HotRead,
    page: Annotated[PageRequest, listing(questions.ORGANIZATIONS)],
    caller: Caller,
    country: CountryCode | None = None,
    kind: OrganizationType | None = None,
    status: OrganizationStatus | None = None,
    q: Annotated[
        Line | None, Query(description="Beginning of the code, the acronym or the English name.")
    ] = None,
) -> Response:
    """List organizations by code."""
    found = await questions.list_organizations(
        reader, page, visible_to=caller, country=country, kind=kind, status=status, q=q
    )
    return Response(found, media_type="application/json")


@router.get("/{organization_id}", response_model=OrganizationRead, responses=problems(OrganizationNotFound))
async def read_organization(session: ReadSession, caller: Caller, organization_id: UUID) -> OrganizationRead:
    """Read one organization."""
    organization = await questions.get_organization(session, organization_id, visible_to=caller)
    return await answer_with_sources(session, OrganizationRead, organization)


@router.patch("/{organization_id}", response_model=OrganizationRead, responses=problems(OrganizationNotFound))
async def change_organization(
    session: WriteSession,
    caller: Caller,
    organization_id: UUID,
    version: ExpectedVersion,
    request: OrganizationChange,
) -> OrganizationRead:
    """Change what is known of an organization."""
    organization = await operations.change_organization(session, caller, organization_id, version, request)
    return await answer_with_sources(session, OrganizationRead, organization)


@router.post(
    "/{organization_id}/verification",
    response_model=OrganizationRead,
    responses=problems(OrganizationNotFound, TransitionRefused),
)
async def verify_organization(
    session: WriteSession, caller: Caller, organization_id: UUID
) -> OrganizationRead:
    """State that the record has been checked against a register or with the organization itself."""
    organization = await operations.verify_organization(session, caller, organization_id)
    return await answer_with_sources(session, OrganizationRead, organization)


@router.post(
    "/{organization_id}/merge",
    response_model=OrganizationRead,
    responses=problems(OrganizationNotFound, TransitionRefused, ReferenceUnknown, PortfolioItemExists),
)
async def merge_organization(
    session: WriteSession, caller: Caller, organization_id: UUID, request: OrganizationMerge
) -> OrganizationRead:
    """Let another record take the place of this one in everything but the ledger."""
    merged = await merges.merge_organization(session, caller, organization_id, request.into_id)
    return await answer_with_sources(session, OrganizationRead, merged)
