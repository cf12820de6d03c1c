"""The route of timelines: what happened to one record of the portfolio."""

from uuid import UUID

from fastapi import Response

from services.common.audit import AuditEntryRead, AuditFilter, fetch_entries
from services.common.http.callers import Caller
from services.common.http.paging import Paging
from services.common.http.routes import house_router
from services.common.http.sessions import ReadSession
from services.common.wire import Page

router = house_router("timelines", "/timelines")


@router.get("/{subject_id}", response_model=Page[AuditEntryRead])
async def list_timeline(session: ReadSession, _: Caller, page: Paging, subject_id: UUID) -> Response:
    """List what was done to one record, by whom, and to which of its fields, the latest first.

    Values stand in no timeline; those of editions are in their history.
    """
    found = await fetch_entries(session, AuditFilter(subject=subject_id), page)
    return Response(found, media_type="application/json")
