"""Questions that imports ask: which rows are known already, and what a code means."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.common.problems import Fault
from services.programs.db.tables import (
    Delivery,
    Edition,
    Fund,
    Lecturer,
    LedgerEntry,
    Organization,
    Program,
    TrainingSession,
)
from services.programs.domain.problems import ReferenceUnknown

Coded = TypeVar("Coded", Organization, Program, Edition, Fund, Delivery)


async def find_by_code(session: AsyncSession, table: type[Coded], codes: Collection[str]) -> dict[str, Coded]:
    """Return the rows of `table` that have one of these codes, by code."""
    rows = await session.scalars(select(table).where(table.code.in_(codes)))
    return {row.code: row for row in rows}


async def get_by_code(session: AsyncSession, table: type[Coded], code: str, column: str) -> Coded:
    """Return the row that `column` names by its code; raise `ReferenceUnknown`, pointing at the column."""
    row = (await session.scalars(select(table).where(table.code == code))).one_or_none()
    if row is None:
        fault = Fault(f"/{column}", "unknown_code", f"There is no {table.__tablename__} with this code.")
        raise ReferenceUnknown("The row refers to something that is not entered.", errors=[fault])
    return row


async def find_unknown_lecturers(session: AsyncSession, ids: Collection[UUID]) -> set[UUID]:
    """Return those of the ids that no lecturer has."""
    known = await session.scalars(select(Lecturer.id).where(Lecturer.id.in_(ids)))
    return set(ids) - set(known)


async def list_timetables(
    session: AsyncSession, edition_codes: Collection[str]
) -> Sequence[tuple[TrainingSession, str]]:
    """Return the training sessions of these editions, each with its edition's code."""
    query = select(TrainingSession, Edition.code).join(Edition, Edition.id == TrainingSession.edition_id)
    rows = await session.execute(query.where(Edition.code.in_(edition_codes)))
    return [(meeting, code) for meeting, code in rows]


async def list_zones(session: AsyncSession, edition_codes: Collection[str]) -> Mapping[str, str]:
    """Return the time zone of each of these editions, by code."""
    rows = await session.execute(select(Edition.code, Edition.zone).where(Edition.code.in_(edition_codes)))
    return {row.code: row.zone for row in rows}


async def list_booked(session: AsyncSession, fund_codes: Collection[str]) -> Sequence[Any]:
    """Return what was booked for these funds and not reversed, with the codes of what it concerns."""
    reversals = select(LedgerEntry.reverses_id).where(LedgerEntry.reverses_id.is_not(None))
    query = (
        select(
            Fund.code.label("fund"),
            LedgerEntry.kind,
            LedgerEntry.dated,
            LedgerEntry.amount,
            LedgerEntry.currency,
            Edition.code.label("edition"),
            Delivery.code.label("delivery"),
            Organization.code.label("organization"),
            LedgerEntry.note,
            LedgerEntry.id,
        )
        .join(Fund, Fund.id == LedgerEntry.fund_id)
        .outerjoin(Edition, Edition.id == LedgerEntry.edition_id)
        .outerjoin(Delivery, Delivery.id == LedgerEntry.delivery_id)
        .outerjoin(Organization, Organization.id == LedgerEntry.organization_id)
        .where(Fund.code.in_(fund_codes), LedgerEntry.reverses_id.is_(None), LedgerEntry.id.not_in(reversals))
    )
    return (await session.execute(query)).all()
