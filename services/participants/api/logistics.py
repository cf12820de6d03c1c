"""Routes of logistics: what participants need, lists for those who receive them, exports for visa support."""

from typing import Any
from uuid import UUID

from fastapi import Request, Response, status

from services.common.documents import GlyphsMissing, render_pdf
from services.common.http.callers import Caller
from services.common.http.exports import EXPORT, Format, send_table
from services.common.http.problem_responses import problems
from services.common.http.routes import house_router
from services.common.http.sessions import ReadSession, WriteSession
from services.common.http.worker import Worker
from services.common.i18n import InterfaceLanguage
from services.common.keystore import KeyStore
from services.common.tabular.writing import TableFormat
from services.participants.api.keys import PERSON, Keys
from services.participants.api.pdf_answers import PDF_ANSWER, PaperLanguage, pdf_answer
from services.participants.db import logistics as questions
from services.participants.db.logistics import VisaSubject
from services.participants.db.logistics_tables import Logistics, PerDiem, VisaExport
from services.participants.db.mirrors import get_edition
from services.participants.db.participations import get_participation
from services.participants.domain.logistics import LogisticsList
from services.participants.domain.problems import (
    CallNotFound,
    ParticipationNotFound,
    SecondPersonNeeded,
    StepRefused,
)
from services.participants.domain.selection_problems import (
    LogisticsNotFound,
    VisaExportExpired,
    VisaExportNotFound,
)
from services.participants.operations import logistics as operations
from services.participants.schemas.logistics import (
    LogisticsRead,
    LogisticsWrite,
    PerDiemRead,
    PerDiemWrite,
    VisaExportCreate,
    VisaExportRead,
)

router = house_router("logistics", "")


@router.put(
    "/participations/{participation_id}/logistics",
    response_model=LogisticsRead,
    responses=problems(ParticipationNotFound),
)
async def keep_logistics(
    session: WriteSession, caller: Caller, participation_id: UUID, request: LogisticsWrite
) -> Logistics:
    """Say when and how you come and go, and what you need meanwhile."""
    return await operations.keep_logistics(session, caller, participation_id, request)


@router.get(
    "/participations/{participation_id}/logistics",
    response_model=LogisticsRead,
    responses=problems(ParticipationNotFound, LogisticsNotFound),
)
async def read_logistics(session: ReadSession, caller: Caller, participation_id: UUID) -> Logistics:
    """Read how a participant comes and goes."""
    await get_participation(session, participation_id, visible_to=caller)
    found = await questions.find_logistics(session, participation_id)
    if found is None:
        raise LogisticsNotFound("Nothing is known of it yet.")
    return found


@router.put("/editions/{edition_id}/per-diem", response_model=PerDiemRead, responses=problems(CallNotFound))
async def keep_per_diem(
    session: WriteSession, caller: Caller, edition_id: UUID, request: PerDiemWrite
) -> PerDiemRead:
    """State what participants get for each day of their stay."""
    return _per_diem(await operations.keep_per_diem(session, caller, edition_id, request))


@router.get(
    "/editions/{edition_id}/per-diem",
    response_model=PerDiemRead,
    responses=problems(CallNotFound, LogisticsNotFound),
)
async def read_per_diem(session: ReadSession, edition_id: UUID) -> PerDiemRead:
    """Read what participants get for each day of their stay."""
    await get_edition(session, edition_id)
    found = await questions.find_per_diem(session, edition_id)
    if found is None:
        raise LogisticsNotFound("Nobody has said yet what a day gives.")
    return _per_diem(found)


@router.get("/editions/{edition_id}/logistics/{kind}", **EXPORT)
async def export_logistics(
    request: Request,
    session: ReadSession,
    edition_id: UUID,
    kind: LogisticsList,
    form: Format = TableFormat.XLSX,
) -> Response:
    """Draw up a list for those who receive participants: arrivals, rooms, meals, or what is paid by the day."""
    edition = await get_edition(session, edition_id)
    return await send_table(request, questions.list_query(edition, kind), f"{edition.code}-{kind}", form)


@router.post(
    "/editions/{edition_id}/visa-exports",
    response_model=VisaExportRead,
    status_code=status.HTTP_201_CREATED,
    responses=problems(CallNotFound, ParticipationNotFound),
)
async def request_visa_export(
    session: WriteSession, caller: Caller, edition_id: UUID, request: VisaExportCreate, response: Response
) -> VisaExport:
    """Ask for the passport data of participants, with the purpose; somebody else approves."""
    await get_edition(session, edition_id)
    export = await operations.request_visa_export(session, caller, edition_id, request)
    response.headers["Location"] = f"/v1/visa-exports/{export.id}"
    return export


@router.get(
    "/visa-exports/{export_id}", response_model=VisaExportRead, responses=problems(VisaExportNotFound)
)
async def read_visa_export(session: ReadSession, export_id: UUID) -> VisaExport:
    """Read who asked for an export, what for, who approved and until when it can be read."""
    return await questions.get_visa_export(session, export_id)


@router.post(
    "/visa-exports/{export_id}/approval",
    response_model=VisaExportRead,
    responses=problems(VisaExportNotFound, StepRefused, SecondPersonNeeded),
)
async def approve_visa_export(
    session: WriteSession, caller: Caller, export_id: UUID, response: Response
) -> VisaExport:
    """Let an export that somebody else asked for be read for a day."""
    response.headers["Content-Location"] = f"/v1/visa-exports/{export_id}"
    return await operations.approve_visa_export(session, caller, export_id)


_VISA: dict[int | str, dict[str, Any]] = (
    problems(VisaExportNotFound, VisaExportExpired, GlyphsMissing) | PDF_ANSWER
)


@router.get("/visa-exports/{export_id}/list", response_class=Response, responses=_VISA)
async def read_visa_list(
    session: WriteSession,
    caller: Caller,
    worker: Worker,
    keys: Keys,
    export_id: UUID,
    language: PaperLanguage = InterfaceLanguage.RU,
) -> Response:
    """Read the list of an approved export as PDF under its mark; each reading is logged."""
    export, subjects = await operations.open_visa_export(session, caller, export_id)
    opened = await _open_keys(keys, subjects)
    data = await operations.write_visa_paper(session, export, subjects, opened, language)
    return await _paper(worker, "visa_list", data, export, language)


@router.get("/visa-exports/{export_id}/letters", response_class=Response, responses=_VISA)
async def read_visa_letters(
    session: WriteSession,
    caller: Caller,
    worker: Worker,
    keys: Keys,
    export_id: UUID,
    language: PaperLanguage = InterfaceLanguage.RU,
) -> Response:
    """Read a letter of support for each person of an approved export, as one PDF; each reading is logged."""
    export, subjects = await operations.open_visa_export(session, caller, export_id)
    opened = await _open_keys(keys, subjects)
    data = await operations.write_visa_paper(session, export, subjects, opened, language)
    return await _paper(worker, "visa_letters", data, export, language)


async def _open_keys(store: KeyStore, subjects: list[VisaSubject]) -> dict[UUID, bytes]:
    return {
        one.person.id: await store.open_key(PERSON, str(one.person.id))
        for one in subjects
        if one.person.sensitive is not None
    }


async def _paper(
    worker: Worker, template: str, data: dict[str, Any], export: VisaExport, language: InterfaceLanguage
) -> Response:
    made_at = export.expires_at or export.created_at
    pdf = await render_pdf(
        worker, f"services.participants:{template}", data, language=language, made_at=made_at
    )
    return pdf_answer(pdf, f"{template}-{export.id}.pdf")


def _per_diem(row: PerDiem) -> PerDiemRead:
    return PerDiemRead.of(row, rate={"amount": row.amount, "currency": row.currency})
