"""What composed documents have in common: parameters, the moment they are made, how they are sent."""

from datetime import datetime
from typing import Annotated, Any, Final

from fastapi import Header, Query, Request, Response

from services.common.clock import Provenance, real_now
from services.common.i18n import FALLBACK, InterfaceLanguage, pick
from services.common.wire import Line

PDF: Final = "application/pdf"
Asked = Annotated[Provenance, Query(description="Synthetic rows show only if staff ask for them by name.")]
Spoken = Annotated[
    InterfaceLanguage | None, Query(description="Of the document; else `Accept-Language` decides.")
]
AcceptLanguage = Annotated[Line | None, Header(description="Language of the document: kk, ru or en.")]


async def now_of(request: Request) -> datetime:
    """Return the database's time, by a session of its own, so that no connection waits for the services."""
    async with request.app.state.sessions.reading() as session:
        return await real_now(session)


def language_of(language: InterfaceLanguage | None, accept_language: str | None) -> InterfaceLanguage:
    """Return the language of a document: as named, or the one that the reader's software wants most."""
    if language is not None:
        return language
    spoken: dict[str, Any] = {known: known for known in FALLBACK}
    return InterfaceLanguage(pick(spoken, accept_language, (InterfaceLanguage.EN,)).tag)


def as_file(content: bytes, media_type: str, name: str) -> Response:
    """Return a document to be kept as `name`; nobody else may keep it."""
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
    }
    return Response(content, media_type=media_type, headers=headers)
