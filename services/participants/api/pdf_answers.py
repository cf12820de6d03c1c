"""PDF as an answer: what the OpenAPI document says of it, and its headers."""

from typing import Annotated, Any, Final
from urllib.parse import quote

from fastapi import Query, Response

from services.common.i18n import InterfaceLanguage

PaperLanguage = Annotated[InterfaceLanguage, Query(description="Of the document.")]

PDF_ANSWER: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "description": "The document.",
        "content": {"application/pdf": {"schema": {"type": "string", "format": "binary"}}},
    }
}


def pdf_answer(pdf: bytes, name: str) -> Response:
    """Return the document; it names people, so nobody in between keeps it."""
    headers = {
        "Content-Disposition": f"inline; filename*=UTF-8''{quote(name)}",
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
    }
    return Response(pdf, media_type="application/pdf", headers=headers)
