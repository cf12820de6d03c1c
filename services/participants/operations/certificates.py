"""Issuing certificates, giving them anew, and taking them back."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.common.audit import record_change
from services.common.database import new_id
from services.common.file_records import FileNotFound, attach_file, discard_files, file, get_file
from services.common.files import Files
from services.common.identity import Caller
from services.common.outbox import publish
from services.common.problems import Problem
from services.participants.db.attendance_tables import CertificateDesign
from services.participants.db.certificates import find_design
from services.participants.db.mirrors import get_edition
from services.participants.db.participations import (
    count_certificates,
    find_attended,
    find_certified,
    find_persons,
    get_certificate,
    lock_participations,
)
from services.participants.db.seats import next_version
from services.participants.db.tables import Certificate, MirrorEdition, Participation, Person
from services.participants.domain.attendance import Attended, attended_minutes
from services.participants.domain.certificate_problems import LogoUnusable
from services.participants.domain.certificates import (
    CERTIFICATE_LIFE,
    EARNED_BY,
    CertificateKind,
    CertificateState,
    hash_of_content,
    is_drawable,
    is_printable,
    number_of,
)
from services.participants.domain.events import (
    CERTIFICATE_ISSUED,
    CERTIFICATE_REVOKED,
    PARTICIPATION_COMPLETED,
    CertificateCountData,
)
from services.participants.domain.messages import MessageTemplate
from services.participants.domain.participations import ParticipationState
from services.participants.domain.problems import ParticipationNotFound, SecondPersonNeeded, StepRefused
from services.participants.operations.messages import queue_message
from services.participants.operations.offers import participation_data
from services.participants.schemas.certificates import CertificateDesignWrite, CertificateIssue

_LOGO: Final = "certificate_logo"
_FINISHED = (ParticipationState.COMPLETED, ParticipationState.INCOMPLETE, ParticipationState.CERTIFIED)


@dataclass(frozen=True)
class Issuer:
    """Who issues certificates, and where they can be verified."""

    agency: str
    """The name where an edition's design names nobody."""
    public_url: str | None
    """Where everybody reaches the system; None: nobody said."""


@dataclass(frozen=True)
class Edition:
    """What the certificates of one edition are made of."""

    facts: MirrorEdition
    design: CertificateDesign | None
    attended: Mapping[UUID, Sequence[Attended]]
    public_url: str | None


async def issue_certificates(
    session: AsyncSession,
    caller: Caller,
    edition_id: UUID,
    request: CertificateIssue,
    *,
    public_url: str | None,
) -> list[tuple[UUID, Problem | None]]:
    """Issue certificates; a row that is refused leaves the others standing (R9)."""
    edition = await _read_edition(session, edition_id, public_url)
    finished = await lock_participations(session, edition_id, _FINISHED)
    persons = await find_persons(session, [one.person_id for one in finished.values()])
    ordinal = sum((await count_certificates(session, edition_id)).values())
    certified = await find_certified(session, edition_id, request.kind)
    results: list[tuple[UUID, Problem | None]] = []
    for participation_id in request.participation_ids:
        try:
            participation = finished.get(participation_id)
            if participation is None:
                raise ParticipationNotFound("There is no finished participation of that id.")
            if participation_id in certified:
                raise StepRefused(f"The {request.kind} certificate was issued already.")
            _require_earned(participation, request.kind)
            person = persons[participation.person_id]
            await _issue(session, caller, edition, participation, person, request.kind, ordinal + 1)
            if request.kind is CertificateKind.COMPLETION:
                participation.state = ParticipationState.CERTIFIED
                await record_change(session, caller, "participation.certified", participation, ["state"])
                await _tell(session, edition.facts, participation, person)
            ordinal += 1
            certified.add(participation_id)
            results.append((participation_id, None))
        except Problem as problem:
            results.append((participation_id, problem))
    await publish(session, CERTIFICATE_ISSUED, await _count(session, edition_id))
    return results


async def reissue_certificate(
    session: AsyncSession, caller: Caller, certificate_id: UUID, *, public_url: str | None
) -> Certificate:
    """Issue a certificate anew, with the holder's names as they are recorded now; the old one is superseded."""
    old = await get_certificate(session, certificate_id, visible_to=caller)
    edition = await _read_edition(session, old.edition_id, public_url)
    old = await get_certificate(session, certificate_id, visible_to=caller, lock=True)
    if not CERTIFICATE_LIFE.may_become(old.state, CertificateState.SUPERSEDED) or not old.content:
        raise StepRefused(f"A certificate that is {old.state} is not issued anew.")
    finished = await lock_participations(session, old.edition_id, _FINISHED)
    participation = finished[old.participation_id]
    person = (await find_persons(session, [participation.person_id]))[participation.person_id]
    ordinal = sum((await count_certificates(session, old.edition_id)).values())
    old.state = CertificateState.SUPERSEDED
    await record_change(session, caller, "certificate.superseded", old, ["state"])
    new = await _issue(session, caller, edition, participation, person, old.kind, ordinal + 1)
    old.replaced_by = new.id
    await record_change(session, caller, "certificate.replaced", old, ["replaced_by"])
    await publish(session, CERTIFICATE_ISSUED, await _count(session, old.edition_id))
    return new


async def request_revocation(
    session: AsyncSession, caller: Caller, certificate_id: UUID, reason: str
) -> Certificate:
    """Ask that a certificate be taken back; it holds until somebody else approves."""
    certificate = await _get_standing(session, caller, certificate_id)
    certificate.revocation_requested_by, certificate.revocation_reason = caller.principal, reason
    changed = ["revocation_reason", "revocation_requested_by"]
    await record_change(session, caller, "certificate.revocation_requested", certificate, changed)
    return certificate


async def revoke_certificate(session: AsyncSession, caller: Caller, certificate_id: UUID) -> Certificate:
    """Take a certificate back, as another person asked; its verification says so from now on.

    Raises `SecondPersonNeeded` where nobody else asked for it.
    """
    certificate = await _get_standing(session, caller, certificate_id)
    if certificate.revocation_requested_by in {None, caller.principal}:
        raise SecondPersonNeeded(
            "Somebody else asks for the revocation, with a reason, before you approve it."
        )
    certificate.state = CertificateState.REVOKED
    await record_change(session, caller, "certificate.revoked", certificate, ["state"])
    if certificate.kind is CertificateKind.COMPLETION:
        await _uncertify(session, caller, certificate)
    await publish(session, CERTIFICATE_REVOKED, await _count(session, certificate.edition_id))
    return certificate


async def require_drawable(
    session: AsyncSession, caller: Caller, logos: Sequence[UUID], *, files: Files
) -> None:
    """Raise `LogoUnusable` for a logo that a certificate cannot show; others are for attaching to judge.

    Reads them where they are kept, so it is called before the transaction that attaches them begins.
    """
    for file_id in logos:
        try:
            record = await get_file(session, file_id, visible_to=caller)
        except FileNotFound:
            continue
        if record.purpose == _LOGO and not is_drawable(await files.read(record.object_name)):
            raise LogoUnusable("Expected a PNG of at most 2000 pixels along each side.")


async def design_certificates(
    session: AsyncSession, caller: Caller, edition_id: UUID, request: CertificateDesignWrite
) -> CertificateDesign:
    """State what an edition's certificates say and show beside the holder; raise `FileNotAttachable`.

    Those that were issued keep what they say; logos are looks, and change on all of them.
    """
    edition = await get_edition(session, edition_id, lock=True)
    design = await find_design(session, edition.id)
    if design is None:
        design = CertificateDesign(id=new_id(), edition_id=edition.id, logos=[])
        session.add(design)
    before, facts = set(design.logos), request.model_dump(mode="json")
    for name, value in facts.items():
        setattr(design, name, value)
    await record_change(session, caller, "certificate.designed", design, facts)
    for file_id in dict.fromkeys(request.logos):
        if str(file_id) not in before:
            await attach_file(
                session,
                caller,
                file_id,
                purpose=_LOGO,
                kind="certificate_design",
                subject_id=design.id,
            )
    gone = [UUID(file_id) for file_id in before - set(facts["logos"])]
    await discard_files(session, caller, file.c.id.in_(gone))
    return design


async def _read_edition(session: AsyncSession, edition_id: UUID, public_url: str | None) -> Edition:
    facts = await get_edition(session, edition_id, lock=True)
    return Edition(
        facts, await find_design(session, edition_id), await find_attended(session, edition_id), public_url
    )


async def _uncertify(session: AsyncSession, caller: Caller, certificate: Certificate) -> None:
    """Let a participation whose certificate of completion was taken back count as completed only."""
    edition = await get_edition(session, certificate.edition_id)
    finished = await lock_participations(session, edition.id, (ParticipationState.CERTIFIED,))
    participation = finished.get(certificate.participation_id)
    if participation is not None:
        participation.state = ParticipationState.COMPLETED
        await record_change(session, caller, "participation.uncertified", participation, ["state"])
        person = (await find_persons(session, [participation.person_id]))[participation.person_id]
        await _tell(session, edition, participation, person)


async def _tell(
    session: AsyncSession, edition: MirrorEdition, participation: Participation, person: Person
) -> None:
    data = participation_data(participation, person.sex, edition.audience, person.preferred_language)
    await publish(session, PARTICIPATION_COMPLETED, data)


async def _get_standing(session: AsyncSession, caller: Caller, certificate_id: UUID) -> Certificate:
    certificate = await get_certificate(session, certificate_id, visible_to=caller, lock=True)
    if not CERTIFICATE_LIFE.may_become(certificate.state, CertificateState.REVOKED):
        raise StepRefused(f"A certificate that is {certificate.state} cannot be revoked.")
    return certificate


def _require_earned(participation: Participation, kind: CertificateKind) -> None:
    if participation.state not in EARNED_BY[kind]:
        raise StepRefused(f"A participation that is {participation.state} gets no {kind} certificate now.")


async def _issue(
    session: AsyncSession,
    caller: Caller,
    edition: Edition,
    participation: Participation,
    person: Person,
    kind: CertificateKind,
    ordinal: int,
) -> Certificate:
    facts, design = edition.facts, edition.design
    number = number_of(facts.code, ordinal)
    content: dict[str, Any] = {
        "number": number,
        "kind": kind,
        "holder": holder_of(person.names),
        "holder_own": _own_name_of(person.names),
        "edition": facts.code,
        "title": facts.title,
        "starts_on": facts.starts_on and facts.starts_on.isoformat(),
        "ends_on": facts.ends_on and facts.ends_on.isoformat(),
        "minutes": attended_minutes(edition.attended.get(participation.id, [])),
        "issuer": design.issuer if design else None,
        "wording": design.wording if design else None,
        "signatories": design.signatories if design else [],
    }
    certificate = Certificate(
        edition_id=facts.id,
        participation_id=participation.id,
        person_id=person.id,
        kind=kind,
        number=number,
        content=content,
        content_hash=hash_of_content(content),
        verify_token=secrets.token_urlsafe(24),
        state=CertificateState.ISSUED,
    )
    session.add(certificate)
    await record_change(session, caller, "certificate.issued", certificate)
    if edition.public_url is not None:
        await queue_message(
            session,
            MessageTemplate.CERTIFICATE_ISSUED,
            person.id,
            certificate.id,
            edition_id=facts.id,
            facts={"number": number, "page": page_of(edition.public_url, certificate.verify_token)},
        )
    return certificate


def page_of(public_url: str, token: str) -> str:
    """Return where anybody can look at what a certificate is worth."""
    return f"{public_url.rstrip('/')}/v1/certificates/{token}/page"


def holder_of(names: Sequence[Mapping[str, Any]]) -> str:
    """Return the name for a document: the passport's Latin spelling where there is one, else the first."""
    return _written(next((one for one in names if _is_latin(one)), names[0]))


def _own_name_of(names: Sequence[Mapping[str, Any]]) -> dict[str, str] | None:
    """Return the name in the holder's own script and its language, where documents can be set in that."""
    own = (one for one in names if not _is_latin(one) and is_printable(_written(one)))
    return next(({"language": str(one["language"]), "name": _written(one)} for one in own), None)


def _is_latin(name: Mapping[str, Any]) -> bool:
    return str(name["language"]).endswith("-Latn")


def _written(name: Mapping[str, Any]) -> str:
    parts = (name.get("given"), name.get("patronymic"), name.get("family"), name.get("mononym"))
    return " ".join(part for part in parts if part)


async def _count(session: AsyncSession, edition_id: UUID) -> CertificateCountData:
    counts = await count_certificates(session, edition_id)
    return CertificateCountData(
        aggregate_id=edition_id,
        aggregate_version=await next_version(session, edition_id, "certificates_version"),
        issued=counts.get(CertificateState.ISSUED, 0),
        revoked=counts.get(CertificateState.REVOKED, 0),
    )
