"""The audit log as it is read: one route, the same in every room."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response

from services.common.audit import AuditEntryRead, AuditFilter, fetch_entries
from services.common.http.callers import Caller
from services.common.http.paging import Paging
from services.common.http.routes import house_router
from services.common.http.sessions import ReadSession
from services.common.wire import Instant, Line, Page


async def _filter(
    subject: Annotated[UUID | None, Query(description="The id of what was changed.")] = None,
    actor: Annotated[Line | None, Query(description="An account's id, or a service's name.")] = None,
    action: Annotated[Line | None, Query(description="Such as `edition.announced`.")] = None,
    earliest: Annotated[Instant | None, Query(alias="from", description="From this moment on.")] = None,
    latest: Annotated[Instant | None, Query(alias="to", description="Before this moment.")] = None,
    before: Annotated[UUID | None, Query(description="Written before the entry with this id.")] = None,
) -> AuditFilter:
    return AuditFilter(subject, actor, action, earliest, latest, before)


AuditFiltering = Annotated[AuditFilter, Depends(_filter)]


def audit_entries_router(room: str) -> APIRouter:
    """Return the router of `list_<room>_audit_entries`, whose permission is `AUDIT_READERS`."""
    router = house_router("audit entries", f"/{room}/audit-entries")

    async def list_audit_entries(
        session: ReadSession, _: Caller, page: Paging, wanted: AuditFiltering
    ) -> Response:
        """List who did what to what in this service, the latest first; ids and field names only."""
        return Response(await fetch_entries(session, wanted, page), media_type="application/json")

    list_audit_entries.__name__ = f"list_{room}_audit_entries"
    router.add_api_route("", list_audit_entries, response_model=Page[AuditEntryRead])
    return router
