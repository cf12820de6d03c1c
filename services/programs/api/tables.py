"""Routes by which the portfolio comes and goes as tables: CSV, XLSX, JSON Lines."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Request, Response

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
from services.common.wire_codes import CountryCode, OrganizationType
from services.programs.db import exports
from services.programs.domain.editions import EditionState
from services.programs.domain.organizations import OrganizationStatus
from services.programs.operations import imports

router = house_router("imports and exports", "")
ROOM = "programs"


@router.post("/organizations/imports", **ACCEPTED)
async def import_organizations(
    session: WriteSession, caller: Caller, request: ImportRequest, response: Response
) -> OperationRead:
    """Enter or change organizations from a table; its columns are those of their export."""
    return await accept_import(session, caller, imports.ORGANIZATIONS, request, response, room=ROOM)


@router.post("/editions/imports", **ACCEPTED)
async def import_editions(
    session: WriteSession, caller: Caller, request: ImportRequest, response: Response
) -> OperationRead:
    """Enter or change editions from a table; their states are changed by steps, never here."""
    return await accept_import(session, caller, imports.EDITIONS, request, response, room=ROOM)


@router.post("/training-sessions/imports", **ACCEPTED)
async def import_training_sessions(
    session: WriteSession, caller: Caller, request: ImportRequest, response: Response
) -> OperationRead:
    """Put meetings on timetables, or move them, from a table; times are local where no offset is given."""
    return await accept_import(session, caller, imports.TRAINING_SESSIONS, request, response, room=ROOM)


@router.post("/transactions/imports", **ACCEPTED)
async def import_transactions(
    session: WriteSession, caller: Caller, request: ImportRequest, response: Response
) -> OperationRead:
    """Book what funds commit or pay from a table; a row that is booked already is refused."""
    return await accept_import(session, caller, imports.TRANSACTIONS, request, response, room=ROOM)


@router.get("/organizations/exports", **EXPORT)
async def export_organizations(
    request: Request,
    caller: Caller,
    form: Format = TableFormat.CSV,
    country: CountryCode | None = None,
    kind: OrganizationType | None = None,
    status: OrganizationStatus | None = None,
) -> Response:
    """Read organizations as a table, by code."""
    query = exports.organizations_table(visible_to=caller, country=country, kind=kind, status=status)
    return await send_table(request, query, "organizations", form)


@router.get("/editions/exports", **EXPORT)
async def export_editions(
    request: Request,
    caller: Caller,
    form: Format = TableFormat.CSV,
    provenance: Provenance = Provenance.REAL,
    state: EditionState | None = None,
    program_id: Id | None = None,
    year: Annotated[int | None, Query(ge=1900, le=2200)] = None,
) -> Response:
    """Read editions as a table, by their earliest day."""
    query = exports.editions_table(
        visible_to=caller, provenance=provenance, state=state, program_id=program_id, year=year
    )
    return await send_table(request, query, "editions", form)


@router.get("/training-sessions/exports", **EXPORT)
async def export_training_sessions(
    request: Request,
    caller: Caller,
    form: Format = TableFormat.CSV,
    provenance: Provenance = Provenance.REAL,
    edition_id: Id | None = None,
    program_id: Id | None = None,
) -> Response:
    """Read timetables as a table, by time."""
    query = exports.training_sessions_table(
        visible_to=caller, provenance=provenance, edition_id=edition_id, program_id=program_id
    )
    return await send_table(request, query, "training-sessions", form)


@router.get("/transactions/exports", **EXPORT)
async def export_transactions(
    request: Request,
    caller: Caller,
    form: Format = TableFormat.CSV,
    provenance: Provenance = Provenance.REAL,
    fund_id: UUID | None = None,
    edition_id: UUID | None = None,
    delivery_id: UUID | None = None,
) -> Response:
    """Read the ledger as a table, by day."""
    query = exports.transactions_table(
        visible_to=caller,
        provenance=provenance,
        fund_id=fund_id,
        edition_id=edition_id,
        delivery_id=delivery_id,
    )
    return await send_table(request, query, "transactions", form)
