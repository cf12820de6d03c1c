"""A country's brief: the note a ministry asks for before a visit, as PDF and as DOCX."""

from datetime import datetime
from typing import Any, Final

from fastapi import Request, Response

from gateway.compositions.brief_contents import subtitle_of, write_brief
from gateway.compositions.brief_parts import BriefParts, Calls, Costs, Dossier, Outcomes, Vocabulary
from gateway.compositions.brief_words import BRIEF_WORDS
from gateway.compositions.documents import (
    PDF,
    AcceptLanguage,
    Asked,
    Spoken,
    as_file,
    language_of,
    now_of,
)
from gateway.compositions.parts import Reader, Reading, collect
from gateway.compositions.words import Words
from gateway.upstream import UpstreamFailed, UpstreamTimedOut
from services.common.block_documents import DOCX, BlockDocument, print_document, write_document
from services.common.clock import Provenance
from services.common.documents import GlyphsMissing
from services.common.http.problem_responses import problems
from services.common.http.routes import house_router
from services.common.http.worker import Worker
from services.common.i18n import InterfaceLanguage
from services.common.problems import NotFound
from services.common.wire_codes import CountryCode
from services.common.worker import WorkerBusy

router = house_router("countries", "/countries/{country_code}")

_REFUSED: Final = problems(NotFound, UpstreamFailed, UpstreamTimedOut, GlyphsMissing, WorkerBusy)
_SINCE: Final = "1992-01-01"
"""From here on everything that was paid counts: no agency of this kind in the region is older."""


@router.get("/brief.pdf", response_class=Response, responses=_REFUSED | {200: {"content": {PDF: {}}}})
async def print_country_brief(
    request: Request,
    reading: Reading,
    worker: Worker,
    country_code: CountryCode,
    provenance: Asked = Provenance.REAL,
    language: Spoken = None,
    accept_language: AcceptLanguage = None,
) -> Response:
    """Print everything done with a country, doubts as footnotes: people, money, outcomes, open calls, what is owed.

    Each part is read with the caller's own rights; what is not theirs to see, or could not be had, is named at the
    end. The deliveries are required.
    """
    document, made_at = await _compose(
        request, reading, country_code, provenance, language_of(language, accept_language)
    )
    return as_file(await print_document(worker, document, made_at=made_at), PDF, f"{country_code}-brief.pdf")


@router.get("/brief.docx", response_class=Response, responses=_REFUSED | {200: {"content": {DOCX: {}}}})
async def write_country_brief(
    request: Request,
    reading: Reading,
    worker: Worker,
    country_code: CountryCode,
    provenance: Asked = Provenance.REAL,
    language: Spoken = None,
    accept_language: AcceptLanguage = None,
) -> Response:
    """Write the same brief for Word, to be worked on."""
    document, made_at = await _compose(
        request, reading, country_code, provenance, language_of(language, accept_language)
    )
    return as_file(
        await write_document(worker, document, made_at=made_at), DOCX, f"{country_code}-brief.docx"
    )


async def _compose(
    request: Request, reading: Reader, country: str, provenance: Provenance, language: InterfaceLanguage
) -> tuple[BlockDocument, datetime]:
    now = await now_of(request)
    below, asked = f"/v1/countries/{country}", f"provenance={provenance}"
    through = now.date().isoformat()
    parts, missing = await collect(
        required={"dossier": reading.read("programs", f"{below}/deliveries?{asked}", Dossier)},
        optional_parts={
            "outcomes": reading.read("evaluation", f"{below}/outcomes?{asked}", Outcomes),
            "costs": reading.read(
                "programs", f"{below}/costs?since={_SINCE}&through={through}&{asked}", Costs
            ),
            "calls": reading.read("participants", f"/v1/calls?open_to={country}&limit=200&{asked}", Calls),
            "vocabulary": reading.read("programs", "/v1/programs/enumerations", Vocabulary),
        },
    )
    spoken = parts["vocabulary"] or Vocabulary()
    known: dict[str, Any] = parts | {"country": country, "vocabulary": spoken, "missing": missing}
    words = Words(language, BRIEF_WORDS)
    brief = BriefParts.model_construct(**known)
    document = BlockDocument(
        title=words("brief", country=words.of(brief.dossier.label)),
        subtitle=subtitle_of(now.date(), words),
        language=language,
        blocks=write_brief(brief, words),
        watermark=words("synthetic") if provenance is Provenance.SYNTHETIC else None,
    )
    return document, now
