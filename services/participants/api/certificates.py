"""Routes of certificates: issued, printed, shown as badges, verified by anybody, given anew and taken back."""

from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import Depends, Header, Path, Request, Response, status

from services.common.clock import real_now
from services.common.file_records import FileNotAttachable
from services.common.http.callers import Caller
from services.common.http.downloads import files_of
from services.common.http.paging import Following
from services.common.http.problem_responses import problems
from services.common.http.routes import house_router
from services.common.http.sessions import ReadSession, WriteSession
from services.common.http.worker import Worker
from services.common.i18n import InterfaceLanguage
from services.common.problems import Unavailable
from services.common.wire import FollowedPage
from services.participants.api.answers import answer_certificate
from services.participants.db import participations as questions
from services.participants.db.attendance_tables import CertificateDesign
from services.participants.db.certificates import find_design, list_printable, list_taken_back
from services.participants.db.mirrors import get_edition
from services.participants.domain.certificate_problems import (
    BadgeKeyNotFound,
    CertificateDesignNotFound,
    CertificateUnprintable,
    LogoUnusable,
)
from services.participants.domain.certificates import (
    CertificateKind,
    CertificateState,
    CertificateVerdict,
    verdict_of,
)
from services.participants.domain.problems import (
    CallNotFound,
    CertificateNotFound,
    SecondPersonNeeded,
    StepRefused,
)
from services.participants.operations import certificates as operations
from services.participants.operations.certificate_documents import draw_logos, print_certificates, write_page
from services.participants.operations.certificates import Issuer
from services.participants.operations.credentials import (
    issuer_profile,
    write_credential,
    write_status_list,
)
from services.participants.schemas.applications import BulkResult
from services.participants.schemas.bulk import rows_of
from services.participants.schemas.certificates import (
    CertificateDesignRead,
    CertificateDesignWrite,
    CertificateIssue,
    CertificateItem,
    CertificateRead,
    CertificateVerification,
    RevocationRequest,
)

router = house_router("certificates", "")

_MOST_PRINTED: Final = 200
_JWT: Final = "application/vc+jwt"
_PDF: Final[dict[int | str, dict[str, Any]]] = {
    200: {"description": "A PDF/A document.", "content": {"application/pdf": {}}}
}
_SIGNED: Final[dict[int | str, dict[str, Any]]] = {
    200: {"description": "A signed verifiable credential (VC-JWT).", "content": {_JWT: {}}}
}
_HTML: Final[dict[int | str, dict[str, Any]]] = {
    200: {"description": "A page without scripts.", "content": {"text/html": {}}}
}
_PAGE_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"

Token = Annotated[str, Path(max_length=100)]


async def _issuer(request: Request) -> Issuer:
    issuer: Issuer = request.app.state.issuer
    return issuer


Issuing = Annotated[Issuer, Depends(_issuer)]
"""Who issues, and where the system is reached."""


@router.post(
    "/editions/{edition_id}/certificates", response_model=BulkResult, responses=problems(CallNotFound)
)
async def issue_certificates(
    session: WriteSession,
    caller: Caller,
    issuer: Issuing,
    edition_id: UUID,
    request: CertificateIssue,
) -> BulkResult:
    """Issue certificates, with a result for each participation."""
    return rows_of(
        await operations.issue_certificates(
            session, caller, edition_id, request, public_url=issuer.public_url
        )
    )


@router.get("/certificates", response_model=FollowedPage[CertificateItem])
async def list_certificates(
    session: ReadSession, caller: Caller, page: Following, edition_id: UUID | None = None
) -> object:
    """List the certificates that you may see."""
    return await questions.list_certificates(session, page, edition_id=edition_id, visible_to=caller)


@router.get("/certificates/{token}/verification", response_model=CertificateVerification)
async def verify_certificate(session: ReadSession, token: Token) -> CertificateVerification:
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


@router.get("/certificates/issuer", response_model=dict[str, Any])
async def read_certificate_issuer(http: Request, issuer: Issuing) -> dict[str, Any]:
    """Read who issues the badges, as an Open Badges profile with the keys that prove it; open to everybody."""
    return issuer_profile(http.app.state.badge_keys, _public_url(issuer), issuer.agency)


@router.get("/certificate-keys/{key_id}", response_model=dict[str, Any], responses=problems(BadgeKeyNotFound))
async def read_badge_key(http: Request, key_id: Annotated[str, Path(max_length=100)]) -> dict[str, Any]:
    """Read the public key that a badge names in its header, as a JWK, in use or replaced; open to everybody."""
    keys: list[dict[str, Any]] = http.app.state.badge_keys
    for key in keys:
        if key["kid"] == key_id:
            return key
    raise BadgeKeyNotFound("No badge is signed by such a key.")


@router.get("/certificates/status-list", response_class=Response, responses=_SIGNED)
async def read_certificate_status_list(http: Request, session: ReadSession, issuer: Issuing) -> Response:
    """Read which badges do not hold any more, as a signed bitstring status list; open to everybody."""
    signed = write_status_list(
        http.app.state.signer,
        await list_taken_back(session),
        await real_now(session),
        _public_url(issuer),
        issuer.agency,
    )
    return Response(signed, media_type=_JWT)


@router.get(
    "/certificates/{token}/credential",
    response_class=Response,
    responses=_SIGNED | problems(CertificateNotFound),
)
async def read_credential(http: Request, session: ReadSession, issuer: Issuing, token: Token) -> Response:
    """Read a certificate as a signed Open Badge 3.0; who has its token may pass it on."""
    found = await questions.find_certificate_by_token(session, token)
    if found is None or not found.content:
        raise CertificateNotFound("There is no such certificate.")
    _, signed = write_credential(http.app.state.signer, found, _public_url(issuer), issuer.agency)
    return Response(signed, media_type=_JWT)


@router.get("/certificates/{token}/page", response_class=Response, responses=_HTML)
async def read_certificate_page(
    session: ReadSession, token: Token, accept_language: Annotated[str | None, Header()] = None
) -> Response:
    """Say on a small page whether a certificate is genuine; this is where its QR code leads."""
    found = await questions.find_certificate_by_token(session, token)
    content = found.content if found else {}
    verdict = verdict_of(found.state, content) if found else CertificateVerdict.UNKNOWN
    page = write_page(verdict, content, found.number if found else None, accept_language)
    headers = {"Content-Security-Policy": _PAGE_POLICY, "X-Content-Type-Options": "nosniff"}
    return Response(page, media_type="text/html", headers=headers)


@router.get(
    "/certificates/{certificate_id}/document",
    response_class=Response,
    responses=_PDF | problems(CertificateNotFound, CertificateUnprintable),
)
async def print_certificate(
    http: Request,
    session: ReadSession,
    caller: Caller,
    worker: Worker,
    issuer: Issuing,
    certificate_id: UUID,
    language: InterfaceLanguage = InterfaceLanguage.RU,
) -> Response:
    """Read a certificate as PDF, with a QR code to its verification."""
    found = await questions.get_certificate(session, certificate_id, visible_to=caller)
    if found.state is not CertificateState.ISSUED or not found.content:
        raise CertificateUnprintable("Only a certificate that holds, and whose holder is known, is printed.")
    content = await print_certificates(
        worker,
        [found],
        language,
        public_url=_public_url(issuer),
        agency=issuer.agency,
        logos=await _logos_of(http, session, found.edition_id),
    )
    return _pdf(content, found.number)


@router.get(
    "/editions/{edition_id}/certificates-document",
    response_class=Response,
    responses=_PDF | problems(CallNotFound, CertificateUnprintable),
)
async def print_certificates_of_edition(
    http: Request,
    session: ReadSession,
    worker: Worker,
    issuer: Issuing,
    edition_id: UUID,
    kind: CertificateKind = CertificateKind.COMPLETION,
    language: InterfaceLanguage = InterfaceLanguage.RU,
) -> Response:
    """Read the edition's certificates of a kind as one PDF, a page for each, at most 200."""
    edition = await get_edition(session, edition_id)
    found = await list_printable(session, edition.id, kind, limit=_MOST_PRINTED)
    if not found:
        raise CertificateUnprintable("The edition has no certificate of this kind that holds.")
    content = await print_certificates(
        worker,
        found,
        language,
        public_url=_public_url(issuer),
        agency=issuer.agency,
        logos=await _logos_of(http, session, edition_id),
    )
    return _pdf(content, f"{edition.code}-{kind}")


@router.put(
    "/editions/{edition_id}/certificate-design",
    response_model=CertificateDesignRead,
    responses=problems(CallNotFound, FileNotAttachable, LogoUnusable),
)
async def design_certificates(
    http: Request,
    beforehand: ReadSession,
    session: WriteSession,
    caller: Caller,
    edition_id: UUID,
    request: CertificateDesignWrite,
) -> CertificateDesign:
    """State who issues and signs an edition's certificates, in which words and beside which partners' logos."""
    if request.logos:
        await operations.require_drawable(beforehand, caller, request.logos, files=files_of(http))
    return await operations.design_certificates(session, caller, edition_id, request)


@router.get(
    "/editions/{edition_id}/certificate-design",
    response_model=CertificateDesignRead,
    responses=problems(CertificateDesignNotFound),
)
async def read_certificate_design(session: ReadSession, edition_id: UUID) -> CertificateDesign:
    """Read what an edition's certificates say beside the holder."""
    found = await find_design(session, edition_id)
    if found is None:
        raise CertificateDesignNotFound("The edition's certificates have no design of their own.")
    return found


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
    responses=problems(CertificateNotFound, StepRefused, SecondPersonNeeded),
)
async def revoke_certificate(
    session: WriteSession, caller: Caller, certificate_id: UUID, response: Response
) -> CertificateRead:
    """Approve that a certificate is taken back, as somebody else asked; its verification says so from now on."""
    response.headers["Content-Location"] = f"/v1/certificates/{certificate_id}"
    revoked = await operations.revoke_certificate(session, caller, certificate_id)
    return answer_certificate(caller, revoked)


@router.post(
    "/certificates/{certificate_id}/revocation-request",
    response_model=CertificateRead,
    responses=problems(CertificateNotFound, StepRefused),
)
async def request_revocation(
    session: WriteSession,
    caller: Caller,
    certificate_id: UUID,
    request: RevocationRequest,
    response: Response,
) -> CertificateRead:
    """Ask that a certificate be taken back, and why; it holds until somebody else approves."""
    response.headers["Content-Location"] = f"/v1/certificates/{certificate_id}"
    asked = await operations.request_revocation(session, caller, certificate_id, request.reason)
    return answer_certificate(caller, asked)


@router.post(
    "/certificates/{certificate_id}/reissue",
    response_model=CertificateRead,
    status_code=status.HTTP_201_CREATED,
    responses=problems(CertificateNotFound, StepRefused),
)
async def reissue_certificate(
    session: WriteSession, caller: Caller, issuer: Issuing, certificate_id: UUID, response: Response
) -> CertificateRead:
    """Issue a certificate anew, with the names as they are recorded now; the old one says it was replaced."""
    new = await operations.reissue_certificate(session, caller, certificate_id, public_url=issuer.public_url)
    response.headers["Location"] = f"/v1/certificates/{new.id}"
    return answer_certificate(caller, new)


async def _logos_of(http: Request, session: ReadSession, edition_id: UUID) -> list[str]:
    return await draw_logos(session, http.app.state.files, await find_design(session, edition_id))


def _public_url(issuer: Issuer) -> str:
    if issuer.public_url is None:
        raise Unavailable("Nobody said where the system is reached (QOLDAU_PUBLIC_URL).")
    return issuer.public_url


def _pdf(content: bytes, name: str) -> Response:
    headers = {
        "Content-Disposition": f'attachment; filename="{name}.pdf"',
        "X-Content-Type-Options": "nosniff",
    }
    return Response(content, media_type="application/pdf", headers=headers)
