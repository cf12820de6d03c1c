"""The two clocks (design/settled.md).

*Real time* is the database's: tokens, leases, retries, retention, audit. *Domain time* decides deadlines,
states and campaigns; it is real time, plus an offset that only demonstration mode and tests may set and that
applies to synthetic subjects only.
"""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from sqlalchemy import Boolean, CheckConstraint, Column, Interval, Table, func, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.common.database import house


class Provenance(StrEnum):
    """Whether a subject happened, or was made up for demonstration and training."""

    REAL = "real"
    SYNTHETIC = "synthetic"


demonstration_clock: Final = Table(
    "demonstration_clock",
    house,
    Column("single", Boolean, primary_key=True, server_default=text("true")),
    Column("offset", Interval, nullable=False),
    CheckConstraint("single", name="one_row"),
)


async def real_now(session: AsyncSession) -> datetime:
    """Return the database's time; aware, UTC."""
    now: datetime = (await session.execute(select(func.clock_timestamp()))).scalar_one()
    return now


async def domain_now(session: AsyncSession, provenance: Provenance) -> datetime:
    """Return the time by which a subject of `provenance` lives."""
    if provenance is Provenance.REAL:
        return await real_now(session)
    offset = select(demonstration_clock.c.offset).scalar_subquery()
    moved = func.clock_timestamp() + func.coalesce(offset, timedelta(0))
    now: datetime = (await session.execute(select(moved))).scalar_one()
    return now


async def move_demonstration_clock(session: AsyncSession, offset: timedelta) -> None:
    """Let synthetic subjects live `offset` away from real time (negative: in the past)."""
    row = insert(demonstration_clock).values(single=True, offset=offset)
    await session.execute(
        row.on_conflict_do_update(index_elements=["single"], set_={"offset": row.excluded.offset})
    )
