"""Certificates as people see them: PDF with a QR code, and the page that says what one is worth."""

import base64
from collections.abc import Mapping, Sequence
from datetime import date
from html import escape
from typing import Any, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.common.documents import qr_code, render_pdf
from services.common.file_records import get_file
from services.common.files import Files
from services.common.i18n import InterfaceLanguage, is_right_to_left, pick
from services.common.worker import WorkerPool
from services.participants.db.attendance_tables import CertificateDesign
from services.participants.db.tables import Certificate
from services.participants.domain.certificates import CertificateKind, CertificateVerdict
from services.participants.operations.certificates import page_of

_WORDS: Final[Mapping[str, Mapping[str, str]]] = {
    "en": {
        "attendance": "Certificate of attendance",
        "completion": "Certificate of completion",
        "distinction": "Certificate with distinction",
        "certifies": "This certifies that",
        "did_attendance": "attended the course",
        "did_completion": "successfully completed the course",
        "did_distinction": "completed the course with distinction",
        "hours": "academic hours attended",
        "number": "No.",
        "logo": "Logo of a partner",
        "verify": "Anybody can verify this certificate at",
    },
    "ru": {
        "attendance": "Сертификат об участии",
        "completion": "Сертификат об окончании",
        "distinction": "Сертификат с отличием",
        "certifies": "Настоящим подтверждается, что",
        "did_attendance": "участвовал(а) в курсе",
        "did_completion": "успешно завершил(а) курс",
        "did_distinction": "завершил(а) курс с отличием",
        "hours": "посещено академических часов",
        "number": "№",
        "logo": "Логотип партнёра",
        "verify": "Проверить подлинность может каждый по адресу",
    },
    "kk": {
        "attendance": "Қатысу туралы сертификат",
        "completion": "Аяқтау туралы сертификат",
        "distinction": "Үздік аяқтау туралы сертификат",
        "certifies": "Осымен расталады:",
        "did_attendance": "мына курсқа қатысты",
        "did_completion": "мына курсты сәтті аяқтады",
        "did_distinction": "мына курсты үздік аяқтады",
        "hours": "қатысқан академиялық сағат",
        "number": "№",
        "logo": "Серіктестің логотипі",
        "verify": "Түпнұсқалығын кез келген адам мына мекенжайда тексере алады",
    },
}
_VERDICTS: Final[Mapping[str, Mapping[CertificateVerdict, str]]] = {
    "en": {
        CertificateVerdict.GENUINE: "This certificate is genuine.",
        CertificateVerdict.REVOKED: "This certificate was revoked.",
        CertificateVerdict.SUPERSEDED: "This certificate was replaced by a newer one.",
        CertificateVerdict.ERASED: "This certificate is genuine; its holder's data were erased.",
        CertificateVerdict.UNKNOWN: "No such certificate was issued.",
    },
    "ru": {
        CertificateVerdict.GENUINE: "Сертификат подлинный.",
        CertificateVerdict.REVOKED: "Сертификат аннулирован.",
        CertificateVerdict.SUPERSEDED: "Сертификат заменён более новым.",
        CertificateVerdict.ERASED: "Сертификат подлинный; данные владельца удалены.",
        CertificateVerdict.UNKNOWN: "Такой сертификат не выдавался.",
    },
    "kk": {
        CertificateVerdict.GENUINE: "Сертификат түпнұсқа.",
        CertificateVerdict.REVOKED: "Сертификаттың күші жойылған.",
        CertificateVerdict.SUPERSEDED: "Сертификат жаңасымен ауыстырылған.",
        CertificateVerdict.ERASED: "Сертификат түпнұсқа; иесінің деректері жойылған.",
        CertificateVerdict.UNKNOWN: "Мұндай сертификат берілмеген.",
    },
}
_ACADEMIC_HOUR: Final = 45
"""Minutes."""


async def print_certificates(
    worker: WorkerPool,
    certificates: Sequence[Certificate],
    language: InterfaceLanguage,
    *,
    public_url: str,
    agency: str,
    logos: Sequence[str] = (),
) -> bytes:
    """Return one PDF with a page for each certificate, in one of our languages and the holder's own script.

    `logos` are drawings (`draw_logos`) that stand on each page.
    """
    words = _WORDS[language]
    data = {
        "title": words[certificates[0].kind],
        "logos": list(logos),
        "logo": words["logo"],
        "certificates": [_sheet(one, language, public_url, agency) for one in certificates],
    }
    made_at = max(one.issued_at for one in certificates)
    return await render_pdf(
        worker, "services.participants:certificate", data, language=language, made_at=made_at
    )


async def draw_logos(
    session: AsyncSession, files: Files | None, design: CertificateDesign | None
) -> list[str]:
    """Return the logos of a design as SVG that holds the pictures, each within the same bounds."""
    if design is None or files is None:
        return []
    records = [await get_file(session, UUID(file_id)) for file_id in design.logos]
    pictures = [base64.b64encode(await files.read(record.object_name)).decode() for record in records]
    return [_LOGO.format(picture) for picture in pictures]


_LOGO: Final = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 240 80">'
    '<image width="240" height="80" href="data:image/png;base64,{}"/></svg>'
)


def write_page(
    verdict: CertificateVerdict, found: Mapping[str, Any], number: str | None, accept_language: str | None
) -> str:
    """Return the verification as a small HTML page without scripts, in the reader's language."""
    language = pick({tag: tag for tag in _VERDICTS}, accept_language).tag
    words = _VERDICTS[language]
    title = pick(found["title"], language).text if found.get("title") else None
    lines = [number, found.get("holder"), title]
    shown = "".join(f"<p>{escape(line)}</p>" for line in lines if line)
    color = "#0b5c6b" if verdict in {CertificateVerdict.GENUINE, CertificateVerdict.ERASED} else "#a3260d"
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(words[verdict])}</title><style>body{{font:1.1rem/1.5 system-ui,sans-serif;"
        "max-width:34rem;margin:3rem auto;padding:0 1rem}h1{font-size:1.5rem;color:"
        f"{color}}}</style></head><body><h1>{escape(words[verdict])}</h1>{shown}</body></html>"
    )


def _sheet(one: Certificate, language: InterfaceLanguage, public_url: str, agency: str) -> dict[str, Any]:
    words, content = _WORDS[language], one.content
    own = content.get("holder_own")
    page = page_of(public_url, one.verify_token)
    minutes = content.get("minutes") or 0
    issuer, wording = content.get("issuer"), content.get("wording")
    return {
        "heading": words[one.kind],
        "certifies": words["certifies"],
        "holder": content["holder"],
        "own": own and own["name"],
        "own_rtl": bool(own and is_right_to_left(own["language"])),
        "did": words[f"did_{CertificateKind(one.kind)}"],
        "course": pick(content["title"], language).text,
        "period": _period(content.get("starts_on"), content.get("ends_on")),
        "hours": f"{minutes // _ACADEMIC_HOUR} — {words['hours']}" if minutes >= _ACADEMIC_HOUR else None,
        "wording": pick(wording, language).text if wording else None,
        "issuer": pick(issuer, language).text if issuer else agency,
        "signatories": content.get("signatories") or [],
        "number": f"{words['number']} {one.number}",
        "verify": words["verify"],
        "page": page,
        "qr": qr_code(page),
    }


def _period(starts_on: str | None, ends_on: str | None) -> str | None:
    if starts_on is None or ends_on is None:
        return None
    first, last = (date.fromisoformat(day).strftime("%d.%m.%Y") for day in (starts_on, ends_on))
    return first if first == last else f"{first} – {last}"
