"""Questions asked of instruments."""

from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.common.pagination import PageRequest, Rows, SortKey, fetch_page
from services.evaluation.db.tables import Instrument, InstrumentVersion
from services.evaluation.domain.problems import InstrumentNotFound


async def get_instrument(session: AsyncSession, instrument_id: UUID, *, lock: bool = False) -> Instrument:
    """Return the instrument, locked for update if `lock`; raise `InstrumentNotFound`."""
    instrument = await session.get(Instrument, instrument_id, with_for_update=lock or None)
    if instrument is None:
        raise InstrumentNotFound("There is no such instrument.")
    return instrument


async def list_instruments(session: AsyncSession, page: PageRequest) -> Rows:
    """Return instruments by code."""
    return await fetch_page(session, select(Instrument), page, SortKey(Instrument.code))


async def get_version(
    session: AsyncSession, instrument_id: UUID, number: int, *, lock: bool = False
) -> InstrumentVersion:
    """Return one version of an instrument; raise `InstrumentNotFound`."""
    query = select(InstrumentVersion).where(
        InstrumentVersion.instrument_id == instrument_id, InstrumentVersion.number == number
    )
    version = await session.scalar(query.with_for_update() if lock else query)
    if version is None:
        raise InstrumentNotFound("There is no such version.")
    return version


async def list_versions(session: AsyncSession, page: PageRequest, instrument_id: UUID) -> Rows:
    """Return the versions of an instrument, the latest first."""
    query = select(InstrumentVersion).where(InstrumentVersion.instrument_id == instrument_id)
    return await fetch_page(session, query, page, SortKey(InstrumentVersion.id, descending=True))


async def next_number(session: AsyncSession, instrument_id: UUID) -> int:
    """Return the number of the instrument's next version."""
    query = select(func.coalesce(func.max(InstrumentVersion.number), 0) + 1)
    return (await session.execute(query.where(InstrumentVersion.instrument_id == instrument_id))).scalar_one()
