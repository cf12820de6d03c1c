"""What can be done to instruments."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.common.audit import record_change
from services.common.identity import Caller
from services.evaluation.db.instruments import get_instrument, get_version, next_number
from services.evaluation.db.tables import Instrument, InstrumentVersion
from services.evaluation.domain.instruments import VERSION_LIFE, InstrumentVersionState
from services.evaluation.domain.problems import NotAllowedNow, VersionPublished
from services.evaluation.schemas.instruments import InstrumentCreate, InstrumentVersionCreate


async def create_instrument(session: AsyncSession, caller: Caller, request: InstrumentCreate) -> Instrument:
    """Enter a questionnaire."""
    instrument = Instrument(**request.model_dump())
    session.add(instrument)
    await record_change(session, caller, "instrument.created", instrument)
    return instrument


async def create_instrument_version(
    session: AsyncSession, caller: Caller, instrument_id: UUID, request: InstrumentVersionCreate
) -> InstrumentVersion:
    """Draw up the next version of a questionnaire."""
    instrument = await get_instrument(session, instrument_id, lock=True)
    version = InstrumentVersion(
        instrument_id=instrument.id,
        number=await next_number(session, instrument.id),
        state=VERSION_LIFE.initial,
        questions=request.model_dump(mode="json")["questions"],
    )
    session.add(version)
    await record_change(session, caller, "instrument_version.created", version)
    return version


async def publish_instrument_version(
    session: AsyncSession, caller: Caller, instrument_id: UUID, version_number: int
) -> InstrumentVersion:
    """Publish a version; from now on it never changes."""
    version = await get_version(session, instrument_id, version_number, lock=True)
    if not VERSION_LIFE.may_become(version.state, InstrumentVersionState.PUBLISHED):
        raise VersionPublished(f"The version is {version.state}.")
    version.state = InstrumentVersionState.PUBLISHED
    await record_change(session, caller, "instrument_version.published", version, ["state"])
    return version


async def retire_instrument_version(
    session: AsyncSession, caller: Caller, instrument_id: UUID, version_number: int
) -> InstrumentVersion:
    """Retire a published version: no new survey asks it, and those planned or answered keep it."""
    version = await get_version(session, instrument_id, version_number, lock=True)
    if not VERSION_LIFE.may_become(version.state, InstrumentVersionState.RETIRED):
        raise NotAllowedNow(f"A version that is {version.state} cannot be retired.")
    version.state = InstrumentVersionState.RETIRED
    await record_change(session, caller, "instrument_version.retired", version, ["state"])
    return version
