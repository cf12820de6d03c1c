"""How the portfolio's nouns are imported: each row by the operation that a person would use."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from services.common.imports import ImportRun
from services.common.problems import Fault
from services.common.row_imports import RowImport
from services.common.tabular.cells import texts_of
from services.programs.db.editions import get_edition
from services.programs.db.imports import (
    find_by_code,
    find_unknown_lecturers,
    get_by_code,
    list_booked,
    list_timetables,
    list_zones,
)
from services.programs.db.tables import (
    Delivery,
    Edition,
    Fund,
    Organization,
    Program,
    TrainingSession,
)
from services.programs.domain.problems import ReferenceUnknown
from services.programs.operations.editions import change_edition, create_edition
from services.programs.operations.money import create_transaction
from services.programs.operations.organizations import change_organization, create_organization
from services.programs.operations.training_sessions import (
    change_training_session,
    create_training_session,
    move_training_session,
)
from services.programs.schemas.editions import EditionChange, EditionCreate
from services.programs.schemas.imports import (
    EditionRow,
    OrganizationRow,
    TrainingSessionRow,
    TransactionRow,
)
from services.programs.schemas.money import TransactionCreate
from services.programs.schemas.organizations import OrganizationChange, OrganizationCreate
from services.programs.schemas.training_sessions import (
    TrainingSessionChange,
    TrainingSessionCreate,
    TrainingSessionMove,
)

_ORGANIZATION: Final = ("acronym", "kind", "country")
_EDITION: Final = (
    "period",
    "zone",
    "modality",
    "languages",
    "audience",
    "duration_days",
    "capacity_min",
    "capacity_max",
)
_MEETING: Final = ("kind", "mandatory", "counts_for_attendance", "delivery_language", "modality")


def _said(row: Any, names: Sequence[str]) -> dict[str, Any]:
    """Return those of the fields that the row says something of."""
    return {name: getattr(row, name) for name in names if getattr(row, name) is not None}


async def _known_organizations(
    session: AsyncSession, rows: Sequence[OrganizationRow]
) -> Mapping[str, Organization]:
    return await find_by_code(session, Organization, [row.code for row in rows])


async def _create_organization(run: ImportRun, row: OrganizationRow) -> None:
    said = _said(row, ("code", "verbatim_name", *_ORGANIZATION))
    if names := texts_of(row, "name"):
        said["names"] = names
    request = OrganizationCreate(**said)
    await create_organization(run.session, run.caller, request, demonstration=run.demonstration)


async def _change_organization(run: ImportRun, row: OrganizationRow, known: Organization) -> None:
    said = _said(row, _ORGANIZATION)
    if names := texts_of(row, "name"):
        said["names"] = known.names | names
    request = OrganizationChange(**said)
    await change_organization(run.session, run.caller, known.id, known.version, request)


async def _known_editions(session: AsyncSession, rows: Sequence[EditionRow]) -> Mapping[str, Edition]:
    return await find_by_code(session, Edition, [row.code for row in rows])


def _edition_fields(row: EditionRow, zone: str) -> dict[str, Any]:
    said = _said(row, _EDITION)
    for field in ("title", "topic"):
        if texts := texts_of(row, field):
            said[field] = texts
    for field in ("call_opens_at", "call_closes_at"):
        if (moment := getattr(row, field)) is not None:
            said[field] = _in_zone(moment, zone)
    return said


async def _create_edition(run: ImportRun, row: EditionRow) -> None:
    fields = _edition_fields(row, row.zone or "Asia/Almaty") | _said(row, ("code", "ordinal", "pilot"))
    if row.program is not None:
        fields["program_id"] = (await get_by_code(run.session, Program, row.program, "program")).id
    if row.state is not None:
        fields["stated"] = {"state": row.state, "as_of": row.as_of}
    if row.source is not None:
        fields["sources"] = [{"source_code": row.source, "locator": row.locator, "as_of": row.as_of}]
    request = EditionCreate.model_validate(fields)
    await create_edition(run.session, run.caller, request, run.worker, demonstration=run.demonstration)


async def _change_edition(run: ImportRun, row: EditionRow, known: Edition) -> None:
    fields = _edition_fields(row, known.zone)
    fields.pop("zone", None)
    for field in ("title", "topic"):
        if field in fields:
            fields[field] = (getattr(known, field) or {}) | fields[field]
    request = EditionChange.model_validate(fields)
    # The row that a create_edition of this table may have moved on is read anew.
    edition = await get_edition(run.session, known.id)
    await change_edition(run.session, run.caller, known.id, edition.version, request, run.worker)


def _in_zone(moment: datetime, zone: str) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(zone))


def _session_key(row: TrainingSessionRow) -> object:
    if row.id is not None:
        return row.id
    return row.edition, row.starts_at, *_titles(texts_of(row, "title"))


def _titles(title: Mapping[str, str] | None) -> tuple[tuple[str, str], ...]:
    return tuple(sorted((title or {}).items()))


async def _known_sessions(
    session: AsyncSession, rows: Sequence[TrainingSessionRow]
) -> Mapping[object, TrainingSession]:
    codes = {row.edition for row in rows}
    zones = await list_zones(session, codes)
    timetable = await list_timetables(session, codes)
    by_time = {(code, meeting.starts_at, _titles(meeting.title)): meeting for meeting, code in timetable}
    known: dict[object, TrainingSession] = {meeting.id: meeting for meeting, _ in timetable}
    for row in rows:
        if row.id is None and row.edition in zones:
            place = (
                row.edition,
                _in_zone(row.starts_at, zones[row.edition]),
                _titles(texts_of(row, "title")),
            )
            if (meeting := by_time.get(place)) is not None:
                known[_session_key(row)] = meeting
    return known


async def _create_session(run: ImportRun, row: TrainingSessionRow) -> None:
    edition = await get_by_code(run.session, Edition, row.edition, "edition")
    fields = _said(row, ("venue",)) | await _meeting_fields(run, row, {}, [])
    fields |= {name: _in_zone(getattr(row, name), edition.zone) for name in ("starts_at", "ends_at")}
    request = TrainingSessionCreate.model_validate(fields)
    await create_training_session(run.session, run.caller, edition.id, request)


async def _meeting_fields(
    run: ImportRun, row: TrainingSessionRow, title: Mapping[str, str], known: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """Return what the row says of a meeting, time and place apart, on top of what is known of it."""
    fields = _said(row, _MEETING)
    if said := texts_of(row, "title"):
        fields["title"] = {**title, **said}
    if row.lecturers is None and row.stand_ins is None:
        return fields
    before = {UUID(str(each["lecturer_id"])): each for each in known}
    teaching = list(before) if row.lecturers is None else row.lecturers
    replaced = dict(row.stand_ins or ())
    faults = [
        Fault("/stand_ins", "does_not_teach", "Only who teaches can stand in for somebody.")
        for one in replaced.keys() - set(teaching)
    ]
    for column, ids in (("lecturers", teaching), ("stand_ins", replaced.values())):
        unknown = await find_unknown_lecturers(run.session, ids)
        faults += [Fault(f"/{column}", "unknown_id", "There is no lecturer with this id.") for _ in unknown]
    if faults:
        raise ReferenceUnknown("The row refers to somebody who is not entered.", errors=faults)
    fields["lecturers"] = [
        {
            **before.get(one, {"lecturer_id": one}),
            **({} if row.stand_ins is None else {"stands_in_for": replaced.get(one)}),
        }
        for one in teaching
    ]
    return fields


async def _change_session(run: ImportRun, row: TrainingSessionRow, known: TrainingSession) -> None:
    """Change what is held and who teaches, then time and place; what is as the row says stays untold."""
    said = await _meeting_fields(run, row, known.title, known.lecturers)
    request = TrainingSessionChange.model_validate(said)
    now = TrainingSessionChange.model_validate({name: getattr(known, name) for name in said})
    if request != now:
        await change_training_session(run.session, run.caller, known.id, known.version, request)
    await _move_session(run, row, known)


async def _move_session(run: ImportRun, row: TrainingSessionRow, known: TrainingSession) -> None:
    edition = await get_by_code(run.session, Edition, row.edition, "edition")
    starts_at, ends_at = (_in_zone(moment, edition.zone) for moment in (row.starts_at, row.ends_at))
    if (starts_at, ends_at, row.venue or known.venue) == (known.starts_at, known.ends_at, known.venue):
        return  # it stands there already, and nobody need be told
    request = TrainingSessionMove(starts_at=starts_at, ends_at=ends_at, venue=row.venue)
    await move_training_session(run.session, run.caller, known.id, request)


def _transaction_key(row: Any) -> object:
    named = ("fund", "kind", "dated", "amount", "currency", "edition", "delivery", "organization", "note")
    return tuple(getattr(row, name) for name in named)


async def _known_transactions(
    session: AsyncSession, rows: Sequence[TransactionRow]
) -> Mapping[object, object]:
    booked = await list_booked(session, {row.fund for row in rows})
    return {_transaction_key(entry): entry for entry in booked}


async def _create_transaction(run: ImportRun, row: TransactionRow) -> None:
    session = run.session
    fields: dict[str, Any] = _said(row, ("kind", "dated", "note"))
    fields["fund_id"] = (await get_by_code(session, Fund, row.fund, "fund")).id
    if row.edition is not None:
        fields["edition_id"] = (await get_by_code(session, Edition, row.edition, "edition")).id
    if row.delivery is not None:
        fields["delivery_id"] = (await get_by_code(session, Delivery, row.delivery, "delivery")).id
    if row.organization is not None:
        found = await get_by_code(session, Organization, row.organization, "organization")
        fields["organization_id"] = found.id
    fields["money"] = {"amount": row.amount, "currency": row.currency}
    request = TransactionCreate.model_validate(fields)
    await create_transaction(session, run.caller, request, demonstration=run.demonstration)


ORGANIZATIONS: Final = RowImport(
    "organizations",
    OrganizationRow,
    lambda row: row.code,
    _known_organizations,
    _create_organization,
    _change_organization,
)
EDITIONS: Final = RowImport(
    "editions", EditionRow, lambda row: row.code, _known_editions, _create_edition, _change_edition
)
TRAINING_SESSIONS: Final = RowImport(
    "training-sessions", TrainingSessionRow, _session_key, _known_sessions, _create_session, _change_session
)
TRANSACTIONS: Final = RowImport(
    "transactions", TransactionRow, _transaction_key, _known_transactions, _create_transaction, None
)
IMPORTS: Final = (ORGANIZATIONS, EDITIONS, TRAINING_SESSIONS, TRANSACTIONS)
