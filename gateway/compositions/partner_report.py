"""A partner's report: editions shared, contributions, shares, cost per participant, and results for partners."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

import orjson
from fastapi import Request, Response

from gateway.compositions.documents import (
    PDF,
    AcceptLanguage,
    Asked,
    Spoken,
    as_file,
    language_of,
    now_of,
)
from gateway.compositions.partner_contents import (
    PARTNER_WORDS,
    Account,
    Results,
    tabulate_partner_report,
    write_partner_report,
)
from gateway.compositions.parts import Reader, Reading, collect
from gateway.compositions.words import Words
from gateway.upstream import MissingPart, UpstreamFailed, UpstreamTimedOut
from services.common.block_documents import BlockDocument, print_document
from services.common.clock import Provenance
from services.common.documents import GlyphsMissing
from services.common.http.problem_responses import problems
from services.common.http.routes import house_router
from services.common.http.worker import Worker
from services.common.i18n import InterfaceLanguage
from services.common.problems import NotFound
from services.common.wire_codes import CurrencyCode
from services.common.worker import WorkerBusy

router = house_router("partners", "/partners/{organization_id}")

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_REFUSED: Final = problems(NotFound, UpstreamFailed, UpstreamTimedOut, GlyphsMissing, WorkerBusy)
_MOST_EDITIONS: Final = 100
"""Of so many, the latest, are results asked for."""


@dataclass(frozen=True)
class _Parts:
    """What a report is made of."""

    account: Account
    results: Results | None
    missing: list[MissingPart]
    words: Words
    made_at: datetime


@router.get("/report.pdf", response_class=Response, responses=_REFUSED | {200: {"content": {PDF: {}}}})
async def print_partner_report(
    request: Request,
    reading: Reading,
    worker: Worker,
    organization_id: UUID,
    currency: CurrencyCode = "KZT",
    provenance: Asked = Provenance.REAL,
    language: Spoken = None,
    accept_language: AcceptLanguage = None,
) -> Response:
    """Print what a partner shares with the agency: contributions, editions, cost per participant, share, results.

    The account is required, the results are optional. Only results made for partners or the public are told, to
    the agency's own readers too: the report is handed on.
    """
    parts = await _read(
        request, reading, organization_id, currency, provenance, language_of(language, accept_language)
    )
    words = parts.words
    document = BlockDocument(
        title=words("report", partner=words.of(parts.account.names)),
        subtitle=words("as_of", day=words.day(parts.made_at.date())),
        language=words.language,
        blocks=write_partner_report(parts.account, parts.results, parts.missing, words),
        watermark=words("synthetic") if provenance is Provenance.SYNTHETIC else None,
    )
    printed = await print_document(worker, document, made_at=parts.made_at)
    return as_file(printed, PDF, "partner-report.pdf")


@router.get("/report.xlsx", response_class=Response, responses=_REFUSED | {200: {"content": {XLSX: {}}}})
async def write_partner_workbook(
    request: Request,
    reading: Reading,
    worker: Worker,
    organization_id: UUID,
    currency: CurrencyCode = "KZT",
    provenance: Asked = Provenance.REAL,
    language: Spoken = None,
    accept_language: AcceptLanguage = None,
) -> Response:
    """Write the same as a workbook: contributions, editions and results, a sheet each."""
    parts = await _read(
        request, reading, organization_id, currency, provenance, language_of(language, accept_language)
    )
    tables = tabulate_partner_report(parts.account, parts.results, parts.words)
    book = await worker.run_bounded(
        "services.common.workbook_writing:write_workbook",
        {"title": parts.words("report", partner=parts.words.of(parts.account.names))},
        orjson.dumps({"tables": tables}),
        seconds=30,
        megabytes=1024,
    )
    return as_file(book, XLSX, "partner-report.xlsx")


async def _read(
    request: Request,
    reading: Reader,
    organization_id: UUID,
    currency: str,
    provenance: Provenance,
    language: InterfaceLanguage,
) -> _Parts:
    now = await now_of(request)
    at = f"/v1/partners/{organization_id}/account?currency={currency}&provenance={provenance}"
    account = await reading.read("programs", at, Account)
    found: dict[str, Results | None] = {"results": Results(rows=[])}
    missing: list[MissingPart] = []
    if account.editions:
        ids = ",".join(str(edition.id) for edition in account.editions[-_MOST_EDITIONS:])
        results = reading.read("evaluation", f"/v1/partner-results?edition_ids={ids}", Results)
        found, missing = await collect(required={}, optional_parts={"results": results})
    return _Parts(account, found["results"], missing, Words(language, PARTNER_WORDS), now)
