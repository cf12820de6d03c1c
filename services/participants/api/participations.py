"""Routes of participations, attendance and certificates."""

from typing import Annotated
from uuid import UUID

from fastapi import Path, Response

from services.common.http.callers import Caller
from services.common.http.paging import Paging
from services.common.http.problem_responses import problems
from services.common.http.routes import house_router
from services.common.http.sessions import ReadSession, WriteSession
from services.common.wire import Page
from services.participants.api.answers import answer_certificate, answer_participation
from services.participants.db import participations as questions
from services.participants.db.tables import Participation
from services.participants.domain.certificates import verdict_of
from services.participants.domain.participations import ParticipationState
from services.participants.domain.problems import (
    AttendanceRefused,
    CallNotFound,
    CertificateNotFound,
    ParticipationNotFound,
    StepRefused,
    TrainingSessionUnknown,
)
from services.participants.operations import certificates
from services.participants.operations import participations as operations
from services.participants.schemas.applications import BulkResult
from services.participants.schemas.bulk import rows_of
from services.participants.schemas.participations import (
    AttendanceRead,
    AttendanceSheet,
    CertificateIssue,
    CertificateItem,
    CertificateRead,
    CertificateVerification,
    ParticipationItem,
    ParticipationRead,
    ParticipationStep,
)

router = house_router("participations", "")


@router.get("/participations", response_model=Page[ParticipationItem])
async def list_participations(
    session: ReadSession,
    caller: Caller,
    page: Paging,
    edition_id: UUID | None = None,
    state: ParticipationState | None = None,
) -> object:
    """List the participations that you may see."""
    return await questions.list_participations(
        session, page, edition_id=edition_id, state=state, visible_to=caller
    )


@router.get(
    "/participations/{participation_id}",
    response_model=ParticipationRead,
    responses=problems(ParticipationNotFound),
)
async def read_participation(
    session: ReadSession, caller: Caller, participation_id: UUID
) -> ParticipationRead:
    """Read one participation."""
    found = await questions.get_participation(session, participation_id, visible_to=caller)
    return answer_participation(caller, found)


@router.post(
    "/participations/{participation_id}/state-changes",
    response_model=ParticipationRead,
    responses=problems(ParticipationNotFound, StepRefused),
)
async def change_participation_state(
    session: WriteSession,
    caller: Caller,
    participation_id: UUID,
    request: ParticipationStep,
    response: Response,
) -> ParticipationRead:
    """State that somebody arrived, is active, left or never came."""
    response.headers["Content-Location"] = f"/v1/participations/{participation_id}"
    changed = await operations.change_participation_state(session, caller, participation_id, request.state)
    return answer_participation(caller, changed)


@router.get("/editions/{edition_id}/attendance", response_model=Page[AttendanceRead])
async def list_attendance(session: ReadSession, caller: Caller, page: Paging, edition_id: UUID) -> object:
    """List the attendance of an edition."""
    return await questions.list_attendance(session, page, edition_id=edition_id, visible_to=caller)


@router.put(
    "/editions/{edition_id}/attendance/{training_session_id}",
    response_model=BulkResult,
    responses=problems(CallNotFound, TrainingSessionUnknown, AttendanceRefused),
)
async def take_attendance(
    session: WriteSession,
    caller: Caller,
    edition_id: UUID,
    training_session_id: UUID,
    request: AttendanceSheet,
) -> BulkResult:
    """Record who attended a training session, with a result for each row."""
    return rows_of(
        await operations.take_attendance(session, caller, edition_id, training_session_id, request)
    )


@router.post(
    "/editions/{edition_id}/attendance-finalization",
    response_model=list[ParticipationItem],
    responses=problems(CallNotFound),
)
async def finalize_attendance(session: WriteSession, caller: Caller, edition_id: UUID) -> list[Participation]:
    """Reckon every participant's share of the course, and who completed it."""
    return await operations.finalize_attendance(session, caller, edition_id)


@router.post(
    "/editions/{edition_id}/certificates", response_model=BulkResult, responses=problems(CallNotFound)
)
async def issue_certificates(
    session: WriteSession, caller: Caller, edition_id: UUID, request: CertificateIssue
) -> BulkResult:
    """Issue certificates, with a result for each participation."""
    return rows_of(await certificates.issue_certificates(session, caller, edition_id, request))


@router.get("/certificates", response_model=Page[CertificateItem])
async def list_certificates(
    session: ReadSession, caller: Caller, page: Paging, edition_id: UUID | None = None
) -> object:
    """List the certificates that you may see."""
    return await questions.list_certificates(session, page, edition_id=edition_id, visible_to=caller)


@router.get("/certificates/{token}/verification", response_model=CertificateVerification)
async def verify_certificate(
    session: ReadSession, token: Annotated[str, Path(max_length=100)]
) -> CertificateVerification:
    """Say whether a certificate is genuine, revoked, superseded or unknown; open to everybody."""
    found = await questions.find_certificate_by_token(session, token)
    if found is None:
        return CertificateVerification.unknown()
    return CertificateVerification(
        verdict=verdict_of(found.state, found.content),
        number=found.number,
        kind=found.kind,
        holder=found.content.get("holder"),
        edition_title=found.content.get("title"),
        content_hash=found.content_hash,
    )


@router.get(
    "/certificates/{certificate_id}", response_model=CertificateRead, responses=problems(CertificateNotFound)
)
async def read_certificate(session: ReadSession, caller: Caller, certificate_id: UUID) -> CertificateRead:
    """Read one certificate."""
    found = await questions.get_certificate(session, certificate_id, visible_to=caller)
    return answer_certificate(caller, found)


@router.post(
    "/certificates/{certificate_id}/revocation",
    response_model=CertificateRead,
    responses=problems(CertificateNotFound, StepRefused),
)
async def revoke_certificate(
    session: WriteSession, caller: Caller, certificate_id: UUID, response: Response
) -> CertificateRead:
    """Take a certificate back; its verification says so from now on."""
    response.headers["Content-Location"] = f"/v1/certificates/{certificate_id}"
    revoked = await certificates.revoke_certificate(session, caller, certificate_id)
    return answer_certificate(caller, revoked)
