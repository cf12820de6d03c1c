"""What can be done to logistics, and the exports that show passport data to those who help with visas."""

import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.common.audit import record_change
from services.common.clock import real_now
from services.common.context import request_id
from services.common.i18n import InterfaceLanguage
from services.common.identity import Caller
from services.common.seal import decrypt
from services.participants.db.logistics import (
    VisaSubject,
    find_logistics,
    find_per_diem,
    find_visa_subjects,
    get_visa_export,
)
from services.participants.db.logistics_tables import Logistics, PerDiem, VisaExport
from services.participants.db.mirrors import get_edition
from services.participants.db.participations import get_participation
from services.participants.db.privacy_tables import SensitiveRead
from services.participants.domain.calls import words_of_deadline
from services.participants.domain.logistics import VISA_EXPORT_KEPT
from services.participants.domain.people import ReadPurpose, context_of_sensitive_block
from services.participants.domain.problems import ParticipationNotFound, SecondPersonNeeded, StepRefused
from services.participants.domain.selection_problems import VisaExportExpired
from services.participants.operations.papers import name_to_print, text_in, words_in
from services.participants.schemas.logistics import LogisticsWrite, PerDiemWrite, VisaExportCreate


async def keep_logistics(
    session: AsyncSession, caller: Caller, participation_id: UUID, request: LogisticsWrite
) -> Logistics:
    """Keep how a participant comes and goes, in place of what was known."""
    await get_participation(session, participation_id, visible_to=caller)
    logistics = await find_logistics(session, participation_id, lock=True)
    if logistics is None:
        logistics = Logistics(participation_id=participation_id)
        session.add(logistics)
    for name, value in request.model_dump().items():
        setattr(logistics, name, value)
    await record_change(session, caller, "logistics.kept", logistics, type(request).model_fields)
    return logistics


async def keep_per_diem(
    session: AsyncSession, caller: Caller, edition_id: UUID, request: PerDiemWrite
) -> PerDiem:
    """State what participants get for each day of their stay."""
    await get_edition(session, edition_id)
    per_diem = await find_per_diem(session, edition_id, lock=True)
    if per_diem is None:
        per_diem = PerDiem(edition_id=edition_id)
        session.add(per_diem)
    per_diem.amount, per_diem.currency = request.rate.amount, request.rate.currency
    await record_change(session, caller, "per_diem.stated", per_diem, ["amount", "currency"])
    return per_diem


async def request_visa_export(
    session: AsyncSession, caller: Caller, edition_id: UUID, request: VisaExportCreate
) -> VisaExport:
    """Ask for the passport data of these participants; nobody reads them before somebody else approves."""
    found = await find_visa_subjects(session, edition_id, request.participation_ids)
    if len(found) != len(set(request.participation_ids)):
        raise ParticipationNotFound("Some of these take no part in the edition.")
    export = VisaExport(
        edition_id=edition_id,
        purpose=request.purpose,
        participation_ids=[str(one.participation.id) for one in found],
        requested_by=caller.principal,
    )
    session.add(export)
    await record_change(session, caller, "visa_export.requested", export, ["purpose"])
    return export


async def approve_visa_export(session: AsyncSession, caller: Caller, export_id: UUID) -> VisaExport:
    """Let the export be read for a day; raise `SecondPersonNeeded` for who asked for it."""
    export = await get_visa_export(session, export_id, lock=True)
    if export.approved_by is not None:
        raise StepRefused("The export was approved before.")
    if export.requested_by == caller.principal:
        raise SecondPersonNeeded("Somebody other than who asked for it approves an export.")
    export.approved_by = caller.principal
    export.expires_at = await real_now(session) + VISA_EXPORT_KEPT
    await record_change(session, caller, "visa_export.approved", export, ["approved_by", "expires_at"])
    return export


async def open_visa_export(
    session: AsyncSession, caller: Caller, export_id: UUID
) -> tuple[VisaExport, list[VisaSubject]]:
    """Return an export with whom it shows, to one of the two who made it, and log the reading of each (R15).

    Raises `VisaExportExpired` before its approval and after its day.
    """
    export = await get_visa_export(session, export_id)
    now = await real_now(session)
    both = {export.requested_by, export.approved_by}
    if caller.principal not in both or export.expires_at is None or export.expires_at <= now:
        raise VisaExportExpired("It is read by the two who made it, for a day after its approval.")
    subjects = await find_visa_subjects(
        session, export.edition_id, [UUID(one) for one in export.participation_ids]
    )
    session.add_all(
        SensitiveRead(
            person_id=one.person.id,
            actor=caller.principal,
            purpose=ReadPurpose.VISA_SUPPORT,
            request_id=request_id.get(),
        )
        for one in subjects
    )
    return export, subjects


async def write_visa_paper(
    session: AsyncSession,
    export: VisaExport,
    subjects: list[VisaSubject],
    keys: Mapping[UUID, bytes],
    language: InterfaceLanguage,
) -> dict[str, Any]:
    """Return what the list and the letters say: names, passports and stay, under a mark that names the export."""
    words = words_in(language)
    edition = await get_edition(session, export.edition_id)
    until = words_of_deadline(export.expires_at or export.created_at, edition.zone)
    return {
        "title": words["visa"],
        "words": dict(words),
        "watermark": f"{export.requested_by[:8]} · {export.id} · {until}",
        "edition": text_in(edition.title, language),
        "people": [_subject(one, keys.get(one.person.id), edition.zone, language) for one in subjects],
    }


def _subject(one: VisaSubject, key: bytes | None, zone: str, language: InterfaceLanguage) -> dict[str, str]:
    person, stay = one.person, one.logistics
    block: dict[str, Any] = {}
    if person.sensitive is not None and key is not None:
        block = json.loads(decrypt(key, person.sensitive, context_of_sensitive_block(person.id)))
    days = [at for at in (stay.arrives_at, stay.leaves_at) if at is not None] if stay else []
    return {
        "name": name_to_print(person.names, InterfaceLanguage.EN),
        "local_name": name_to_print(person.names, language),
        "nationality": person.nationality,
        "birth_date": person.birth_date.isoformat() if person.birth_date else "–",
        "passport": block.get("passport_number") or "–",
        "stay": " – ".join(words_of_deadline(at, zone)[:10] for at in days) or "–",
    }
