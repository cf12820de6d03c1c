"""The audit log of all services as one."""

from dataclasses import asdict, replace
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from gateway.compositions.parts import Reading, Seen, collect
from gateway.upstream import UpstreamFailed, UpstreamTimedOut
from services.common.audit import AuditEntryRead, AuditFilter, fetch_entries
from services.common.http.audit_entries import AuditFiltering
from services.common.http.paging import Paging
from services.common.http.problem_responses import problems
from services.common.http.routes import house_router
from services.common.http.sessions import ReadSession
from services.common.pagination import PageRequest
from services.common.wire import Page

OWNERS = ("programs", "participants", "evaluation")

router = house_router("audit entries", "/audit-entries")


class SeenEntry(Seen):
    """One entry; ids are in the order of writing, over all services."""

    id: UUID


class SeenEntries(Seen):
    """A part of one service's log."""

    items: list[SeenEntry]
    next_cursor: str | None
    total: int | None


@router.get("", response_model=Page[AuditEntryRead], responses=problems(UpstreamFailed, UpstreamTimedOut))
async def list_audit_entries(
    session: ReadSession, reading: Reading, page: Paging, wanted: AuditFiltering
) -> object:
    """List who did what to what in every service, the latest first; ids and field names only.

    A log with a part missing would be misleading, so every service must answer.
    """
    if page.cursor is not None:
        (last,) = page.cursors.read(page.cursor, page.binding)
        wanted = replace(wanted, before=UUID(last))
    own = SeenEntries.model_validate_json(await fetch_entries(session, wanted, replace(page, cursor=None)))
    query = _query(wanted, page)
    parts, _ = await collect(
        required={
            owner: reading.read(owner, f"/v1/{owner}/audit-entries?{query}", SeenEntries) for owner in OWNERS
        },
        optional_parts={},
    )
    return _merge([own, *parts.values()], page)


def _merge(logs: list[SeenEntries], page: PageRequest) -> dict[str, Any]:
    entries = sorted((entry for log in logs for entry in log.items), key=lambda entry: entry.id, reverse=True)
    more = len(entries) > page.limit or any(log.next_cursor for log in logs)
    shown = entries[: page.limit]
    return {
        "items": shown,
        "next_cursor": page.cursors.write([shown[-1].id], page.binding) if more else None,
        "total": sum(log.total or 0 for log in logs) if page.count else None,
    }


def _query(wanted: AuditFilter, page: PageRequest) -> str:
    names = {"earliest": "from", "latest": "to"}
    asked = {names.get(name, name): value for name, value in asdict(wanted).items() if value is not None}
    told = {
        name: value.isoformat() if isinstance(value, datetime) else value for name, value in asked.items()
    }
    return urlencode(told | {"limit": page.limit, "count": str(page.count).lower()})
