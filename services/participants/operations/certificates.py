"""Issuing and revoking certificates."""

import secrets
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.common.audit import record_change
from services.common.identity import Caller
from services.common.outbox import publish
from services.common.problems import Problem
from services.participants.db.mirrors import get_edition
from services.participants.db.participations import (
    count_certificates,
    find_certified,
    find_persons,
    get_certificate,
    lock_participations,
)
from services.participants.db.seats import next_version
from services.participants.db.tables import Certificate, MirrorEdition, Participation, Person
from services.participants.domain.certificates import (
    CERTIFICATE_LIFE,
    CertificateKind,
    CertificateState,
    hash_of_content,
    number_of,
)
from services.participants.domain.events import CERTIFICATE_ISSUED, CERTIFICATE_REVOKED, CertificateCountData
from services.participants.domain.participations import ParticipationState
from services.participants.domain.problems import ParticipationNotFound, StepRefused
from services.participants.schemas.participations import CertificateIssue

_FINISHED = (ParticipationState.COMPLETED, ParticipationState.INCOMPLETE, ParticipationState.CERTIFIED)


async def issue_certificates(
    session: AsyncSession, caller: Caller, edition_id: UUID, request: CertificateIssue
) -> list[tuple[UUID, Problem | None]]:
    """Issue certificates; a row that is refused leaves the others standing (R9)."""
    edition = await get_edition(session, edition_id, lock=True)
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
            certificate = _write(
                edition, participation, persons[participation.person_id], request.kind, ordinal + 1
            )
            session.add(certificate)
            await record_change(session, caller, "certificate.issued", certificate)
            if request.kind is CertificateKind.COMPLETION:
                participation.state = ParticipationState.CERTIFIED
                await record_change(session, caller, "participation.certified", participation, ["state"])
            ordinal += 1
            certified.add(participation_id)
            results.append((participation_id, None))
        except Problem as problem:
            results.append((participation_id, problem))
    await publish(session, CERTIFICATE_ISSUED, await _count(session, edition_id))
    return results


async def revoke_certificate(session: AsyncSession, caller: Caller, certificate_id: UUID) -> Certificate:
    """Take a certificate back; its verification says so from now on."""
    certificate = await get_certificate(session, certificate_id, visible_to=caller, lock=True)
    if not CERTIFICATE_LIFE.may_become(certificate.state, CertificateState.REVOKED):
        raise StepRefused(f"A certificate that is {certificate.state} cannot be revoked.")
    certificate.state = CertificateState.REVOKED
    await record_change(session, caller, "certificate.revoked", certificate, ["state"])
    await publish(session, CERTIFICATE_REVOKED, await _count(session, certificate.edition_id))
    return certificate


def _require_earned(participation: Participation, kind: CertificateKind) -> None:
    earned = (
        ParticipationState.COMPLETED if kind is CertificateKind.COMPLETION else ParticipationState.INCOMPLETE
    )
    if participation.state is not earned:
        raise StepRefused(f"A participation that is {participation.state} gets no {kind} certificate now.")


def _write(
    edition: MirrorEdition, participation: Participation, person: Person, kind: CertificateKind, ordinal: int
) -> Certificate:
    number = number_of(edition.code, ordinal)
    content: dict[str, Any] = {
        "number": number,
        "kind": kind,
        "holder": holder_of(person.names),
        "edition": edition.code,
        "title": edition.title,
        "starts_on": edition.starts_on and edition.starts_on.isoformat(),
        "ends_on": edition.ends_on and edition.ends_on.isoformat(),
    }
    return Certificate(
        edition_id=edition.id,
        participation_id=participation.id,
        person_id=person.id,
        kind=kind,
        number=number,
        content=content,
        content_hash=hash_of_content(content),
        verify_token=secrets.token_urlsafe(24),
        state=CertificateState.ISSUED,
    )


def holder_of(names: Sequence[Mapping[str, Any]]) -> str:
    """Return the name for a document: the passport's Latin spelling where there is one, else the first."""
    name = next((one for one in names if str(one["language"]).endswith("-Latn")), names[0])
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
