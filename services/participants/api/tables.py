"""Routes by which people, nominations and attendance come and go as tables."""

from fastapi import Request, Response

from services.common.clock import Provenance
from services.common.http.callers import Caller
from services.common.http.exports import EXPORT, Format, send_table
from services.common.http.imports import ACCEPTED, accept_import
from services.common.http.routes import house_router
from services.common.http.sessions import WriteSession
from services.common.imports import ImportRequest
from services.common.operations import OperationRead
from services.common.tabular.writing import TableFormat
from services.common.wire import Id
from services.common.wire_codes import CountryCode
from services.participants.db import exports
from services.participants.domain.applications import ApplicationState
from services.participants.operations import imports

router = house_router("imports and exports", "")
ROOM = "participants"


@router.post("/persons/imports", **ACCEPTED)
async def import_persons(
    session: WriteSession, caller: Caller, request: ImportRequest, response: Response
) -> OperationRead:
    """Enter persons from a table; nothing of the table is left once the import has ended."""
    return await accept_import(session, caller, imports.PERSONS, request, response, room=ROOM)


@router.post("/nominations/imports", **ACCEPTED)
async def import_nominations(
    session: WriteSession, caller: Caller, request: ImportRequest, response: Response
) -> OperationRead:
    """Put persons forward from a table, each as a nomination by hand would be."""
    return await accept_import(session, caller, imports.NOMINATIONS, request, response, room=ROOM)


@router.post("/attendance/imports", **ACCEPTED)
async def import_attendance(
    session: WriteSession, caller: Caller, request: ImportRequest, response: Response
) -> OperationRead:
    """Record from a table who attended which training session."""
    return await accept_import(session, caller, imports.ATTENDANCE, request, response, room=ROOM)


@router.get("/persons/exports", **EXPORT)
async def export_persons(
    request: Request,
    caller: Caller,
    form: Format = TableFormat.CSV,
    provenance: Provenance = Provenance.REAL,
    nationality: CountryCode | None = None,
) -> Response:
    """Read the persons in your reach as a table; the sensitive block is in none."""
    query = exports.persons_table(visible_to=caller, provenance=provenance, nationality=nationality)
    return await send_table(request, query, "persons", form)


@router.get("/applications/exports", **EXPORT)
async def export_applications(
    request: Request,
    caller: Caller,
    form: Format = TableFormat.CSV,
    edition_id: Id | None = None,
    state: ApplicationState | None = None,
) -> Response:
    """Read the applications in your reach as a table."""
    query = exports.applications_table(visible_to=caller, edition_id=edition_id, state=state)
    return await send_table(request, query, "applications", form)


@router.get("/attendance/exports", **EXPORT)
async def export_attendance(
    request: Request, caller: Caller, form: Format = TableFormat.CSV, edition_id: Id | None = None
) -> Response:
    """Read the attendance in your reach as a table, with the columns of its import."""
    query = exports.attendance_table(visible_to=caller, edition_id=edition_id)
    return await send_table(request, query, "attendance", form)
