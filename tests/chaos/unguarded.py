"""Serves an app whose seats are counted first and written afterwards: the negative control of the seats."""

import asyncio
import secrets
from contextlib import ExitStack
from typing import Final
from unittest.mock import patch
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from cli.serve import main
from services.participants.db.tables import Offer
from services.participants.operations import offers, seats

SEATS: Final = 20


async def count_naively(session: AsyncSession, _: UUID, seat_line_id: UUID) -> bool:
    """Say whether fewer than `SEATS` offers stand, which two askers at once are both told."""
    taken = await session.scalar(select(func.count()).where(Offer.seat_line_id == seat_line_id))
    await asyncio.sleep(0.05)
    return (taken or 0) < SEATS


async def number_by_lot(_: AsyncSession, __: UUID) -> int:
    """Return any number: who counts without the guard collides by the offers' numbers first, which is no guard."""
    return secrets.randbelow(2**31)


def without_guard() -> ExitStack:
    """Return a context in which nothing but counting keeps seats from being given twice."""
    stack = ExitStack()
    stack.enter_context(patch.object(offers, "take_seat", count_naively))
    stack.enter_context(patch.object(seats, "next_offer_number", number_by_lot))
    return stack


if __name__ == "__main__":
    with without_guard():
        main()
