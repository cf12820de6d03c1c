"""Routes of agreements, and of the alerts that one expires."""

from datetime import date
from typing import Final
from uuid import UUID

from fastapi import Response, status
from sqlalchemy.ext.asyncio import AsyncSession

from services.common.actions import Step, list_actions
from services.common.clock import Provenance
from services.common.http.callers import Caller
from services.common.http.demonstration import Demonstration
from services.common.http.paging import Following, Paging
from services.common.http.preconditions import ExpectedVersion
from services.common.http.problem_responses import problems
from services.common.http.routes import house_router
from services.common.http.sessions import ReadSession, WriteSession
from services.common.identity import Caller as CallerIdentity
from services.common.wire import Code, FollowedPage, Page
from services.programs.db import agreements as questions
from services.programs.db.evidence import list_subjects
from services.programs.db.tables import Agreement, AgreementAlert, AgreementSubject
from services.programs.domain.agreements import AGREEMENT_LIFE, AgreementState
from services.programs.domain.permissions import PERMISSIONS
from services.programs.domain.problems import (
    ActualInFuture,
    DemonstrationOnly,
    OrganizationNotFound,
    PortfolioItemExists,
    ReferenceUnknown,
    SubjectNotFound,
    TransitionRefused,
)
from services.programs.operations import agreements as operations
from services.programs.schemas.agreements import (
    AgreementAlertRead,
    AgreementChange,
    AgreementCreate,
    AgreementItem,
    AgreementSignature,
    AgreementTermination,
    AgreementWithParties,
    AmendmentCreate,
)

router = house_router("agreements", "")
CREATED = status.HTTP_201_CREATED
_SIGN: Final = Step("sign_agreement", "signature", AgreementState.IN_FORCE)
_TERMINATE: Final = Step("terminate_agreement", "termination", AgreementState.TERMINATED)


async def _answer(
    session: AsyncSession, caller: CallerIdentity, agreement: Agreement
) -> AgreementWithParties:
    # What has expired is prolonged by an amendment, not signed again.
    steps = [_TERMINATE] if agreement.state is AgreementState.EXPIRED else [_SIGN, _TERMINATE]
    subjects = await list_subjects(session, AgreementSubject, [agreement.id])
    return AgreementWithParties.of(
        agreement,
        parties=await questions.list_parties(session, agreement.id),
        subjects=subjects[agreement.id],
        amendments=await questions.list_amendments(session, agreement.id),
        actions=list_actions(PERMISSIONS, caller, agreement.href, AGREEMENT_LIFE, agreement.state, steps),
    )


@router.post(
    "/agreements",
    response_model=AgreementWithParties,
    status_code=CREATED,
    responses=problems(PortfolioItemExists, OrganizationNotFound, ReferenceUnknown, DemonstrationOnly),
)
async def create_agreement(
    session: WriteSession,
    caller: Caller,
    request: AgreementCreate,
    response: Response,
    demonstration: Demonstration,
) -> AgreementWithParties:
    """Enter a draft of an agreement between the agency and others, about any number of subjects."""
    agreement = await operations.create_agreement(session, caller, request, demonstration=demonstration)
    response.headers["Location"] = agreement.href
    return await _answer(session, caller, agreement)


@router.get("/agreements", response_model=FollowedPage[AgreementItem])
async def list_agreements(
    session: ReadSession,
    page: Following,
    code: Code | None = None,
    state: AgreementState | None = None,
    organization_id: UUID | None = None,
    subject_id: UUID | None = None,
    expires_by: date | None = None,
    provenance: Provenance = Provenance.REAL,
) -> object:
    """List agreements by code; `expires_by` asks for those in force that expire by that day."""
    return await questions.list_agreements(
        session,
        page,
        provenance=provenance,
        code=code,
        state=state,
        organization_id=organization_id,
        subject_id=subject_id,
        expires_by=expires_by,
    )


@router.get(
    "/agreements/{agreement_id}", response_model=AgreementWithParties, responses=problems(SubjectNotFound)
)
async def read_agreement(session: ReadSession, caller: Caller, agreement_id: UUID) -> AgreementWithParties:
    """Read one agreement with its parties, subjects and amendments."""
    return await _answer(session, caller, await questions.get_agreement(session, agreement_id))


@router.patch(
    "/agreements/{agreement_id}",
    response_model=AgreementWithParties,
    responses=problems(SubjectNotFound, OrganizationNotFound, ReferenceUnknown),
)
async def change_agreement(
    session: WriteSession,
    caller: Caller,
    agreement_id: UUID,
    version: ExpectedVersion,
    request: AgreementChange,
) -> AgreementWithParties:
    """Change what an agreement's record says; its expiry is changed by an amendment."""
    agreement = await operations.change_agreement(session, caller, agreement_id, version, request)
    return await _answer(session, caller, agreement)


@router.post(
    "/agreements/{agreement_id}/signature",
    response_model=AgreementWithParties,
    responses=problems(SubjectNotFound, TransitionRefused, ActualInFuture),
)
async def sign_agreement(
    session: WriteSession, caller: Caller, agreement_id: UUID, request: AgreementSignature
) -> AgreementWithParties:
    """Record the day of the signature; from now on the agreement binds until it expires."""
    agreement = await operations.sign_agreement(session, caller, agreement_id, request.signed_on)
    return await _answer(session, caller, agreement)


@router.post(
    "/agreements/{agreement_id}/amendments",
    response_model=AgreementWithParties,
    status_code=CREATED,
    responses=problems(SubjectNotFound, TransitionRefused, ActualInFuture, PortfolioItemExists),
)
async def amend_agreement(
    session: WriteSession, caller: Caller, agreement_id: UUID, request: AmendmentCreate
) -> AgreementWithParties:
    """Record a document that changes the agreement, such as its last day."""
    return await _answer(
        session, caller, await operations.amend_agreement(session, caller, agreement_id, request)
    )


@router.post(
    "/agreements/{agreement_id}/termination",
    response_model=AgreementWithParties,
    responses=problems(SubjectNotFound, TransitionRefused),
)
async def terminate_agreement(
    session: WriteSession, caller: Caller, agreement_id: UUID, request: AgreementTermination
) -> AgreementWithParties:
    """Let the agreement bind nobody any more, and say why."""
    agreement = await operations.terminate_agreement(session, caller, agreement_id, request.reason)
    return await _answer(session, caller, agreement)


@router.get("/agreement-alerts", response_model=Page[AgreementAlertRead])
async def list_agreement_alerts(
    session: ReadSession,
    page: Paging,
    *,
    open: bool | None = None,  # noqa: A002  a query parameter
    provenance: Provenance = Provenance.REAL,
) -> object:
    """List which agreements were about to expire, 90 and 30 days before; `open` asks for what nobody has noted."""
    return await questions.list_alerts(session, page, provenance=provenance, is_open=open)


@router.get(
    "/agreement-alerts/{alert_id}", response_model=AgreementAlertRead, responses=problems(SubjectNotFound)
)
async def read_agreement_alert(session: ReadSession, alert_id: UUID) -> AgreementAlert:
    """Read one alert that an agreement expires."""
    return await questions.read_alert(session, alert_id)


@router.post(
    "/agreement-alerts/{alert_id}/acknowledgment",
    response_model=AgreementAlertRead,
    responses=problems(SubjectNotFound),
)
async def acknowledge_agreement_alert(
    session: WriteSession, caller: Caller, alert_id: UUID
) -> AgreementAlert:
    """Take note that an agreement expires."""
    return await operations.acknowledge_agreement_alert(session, caller, alert_id)
