"""How people, nominations and attendance are imported."""

from collections.abc import Mapping, Sequence
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from services.common.imports import ImportRun
from services.common.jobs import plan_daily
from services.common.problems import Fault
from services.common.row_imports import RowImport
from services.common.staged_imports import StagedImport
from services.participants.db.imports import (
    check_staged_persons,
    enter_staged_persons,
    find_edition_ids,
    find_edition_of,
)
from services.participants.domain.applications import Channel
from services.participants.domain.attendance import AttendanceSource
from services.participants.domain.matching import INDEX_PERSONS
from services.participants.domain.problems import CallNotFound, TrainingSessionUnknown
from services.participants.operations.applications import nominate
from services.participants.operations.participations import OpenSheet, enter_on_sheet, open_sheet
from services.participants.schemas.applications import NominationCreate
from services.participants.schemas.imports import STAGED_PERSON, AttendanceRow, NominationRow, PersonRow
from services.participants.schemas.participations import AttendanceWrite


async def _enter_persons(run: ImportRun) -> int:
    entered = await enter_staged_persons(run.session, run.caller.principal)
    await plan_daily(run.session, INDEX_PERSONS, at_once=True)  # keys, and then the search for duplicates
    return entered


async def _known_never(_: AsyncSession, __: Sequence[object]) -> Mapping[object, object]:
    """Leave it to the operation, which refuses or corrects what stands already."""
    return {}


async def _nominate(run: ImportRun, row: NominationRow) -> None:
    editions = await find_edition_ids(run.session, [row.edition])
    if row.edition not in editions:
        fault = Fault("/edition", "unknown_code", "There is no edition with this code.")
        raise CallNotFound("There is no such edition.", errors=[fault])
    request = NominationCreate(
        edition_id=editions[row.edition],
        authority_id=row.authority,
        person_id=row.person,
        place=row.place,
        slot=row.slot,
        justification=row.justification,
    )
    await nominate(run.session, run.caller, request, channel=Channel.IMPORT)


async def _attend(run: ImportRun, row: AttendanceRow) -> None:
    sheet: OpenSheet | None = run.known.get(row.training_session)
    if sheet is None:
        edition_id = await find_edition_of(run.session, row.training_session)
        if edition_id is None:
            fault = Fault("/training_session", "unknown", "There is no such training session.")
            raise TrainingSessionUnknown("There is no such training session.", errors=[fault])
        sheet = await open_sheet(run.session, edition_id, row.training_session)
    written = AttendanceWrite(participation_id=row.participation, status=row.status, minutes=row.minutes)
    await enter_on_sheet(run.session, run.caller, sheet, written, AttendanceSource.IMPORT)
    # For its other rows; not before, since the locks of a row that is refused go with its savepoint.
    run.known[row.training_session] = sheet


PERSONS: Final = StagedImport(
    "persons",
    PersonRow,
    STAGED_PERSON,
    "services.participants.schemas.imports:person_cells",
    check_staged_persons,
    _enter_persons,
)
NOMINATIONS: Final = RowImport(
    "nominations", NominationRow, lambda row: (row.edition, row.person), _known_never, _nominate, None
)
ATTENDANCE: Final = RowImport(
    "attendance",
    AttendanceRow,
    lambda row: (row.training_session, row.participation),
    _known_never,
    _attend,
    None,
)
IMPORTS: Final = (PERSONS, NOMINATIONS, ATTENDANCE)
