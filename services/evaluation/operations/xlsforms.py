"""Questionnaires in and out as XLSForm."""

from typing import Any, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.common.identity import Caller
from services.common.problems import Fault
from services.common.worker import WorkerPool
from services.evaluation.db.instruments import get_instrument, get_version
from services.evaluation.db.tables import InstrumentVersion
from services.evaluation.domain.problems import XlsFormRefused
from services.evaluation.domain.xlsform_types import ImportOptions
from services.evaluation.operations.instruments import create_instrument_version
from services.evaluation.schemas.instruments import InstrumentVersionCreate

LARGEST_FORM: Final = 2 << 20
"""Bytes of a workbook; the largest public forms have 200 KB."""
_SECONDS: Final = 6.0
_MEGABYTES: Final = 768
_MOST_FAULTS: Final = 200


async def import_xlsform(
    session: AsyncSession,
    caller: Caller,
    instrument_id: UUID,
    worker: WorkerPool,
    workbook: bytes,
    options: ImportOptions,
) -> tuple[InstrumentVersion, list[dict[str, Any]]]:
    """Draw up the next version from a workbook; return it and what was left out.

    Raises `XlsFormRefused` with sheet, row and column of each fault, or `InputTooDemanding`.
    """
    payload = {
        "language": options.language,
        "languages": dict(options.languages),
        "scales": sorted(options.scales),
        "ignore_calculations": options.ignore_calculations,
    }
    form = await worker.run_bounded(
        "services.evaluation.domain.xlsform_files:read_form",
        payload,
        workbook,
        seconds=_SECONDS,
        megabytes=_MEGABYTES,
    )
    if form["faults"]:
        faults = [Fault(**fault) for fault in form["faults"][:_MOST_FAULTS]]
        raise XlsFormRefused("See `errors` for each place.", errors=faults)
    request = InstrumentVersionCreate(questions=form["questions"], sections=form["sections"])
    return await create_instrument_version(session, caller, instrument_id, request), form["notes"]


async def export_xlsform(
    session: AsyncSession, instrument_id: UUID, version_number: int, worker: WorkerPool
) -> tuple[str, bytes]:
    """Return the name and the content of a version's workbook."""
    instrument = await get_instrument(session, instrument_id)
    version = await get_version(session, instrument_id, version_number)
    payload = {
        "code": instrument.code,
        "title": instrument.title,
        "number": version.number,
        "questions": version.questions,
        "sections": version.sections,
    }
    workbook = await worker.run_bounded(
        "services.evaluation.domain.xlsform_files:write_form", payload, seconds=_SECONDS, megabytes=_MEGABYTES
    )
    return f"{instrument.code}-{version.number}.xlsx", workbook
