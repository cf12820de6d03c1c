"""Root of this room's mapping, and what its questions share."""

from collections.abc import Collection
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Uuid, any_, literal
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import DeclarativeBase

from services.common.database import TYPES
from services.common.house import room_metadata
from services.programs.domain.problems import SubjectNotFound


class Base(DeclarativeBase):
    """Root of this room's mapping."""

    type_annotation_map = TYPES
    metadata = room_metadata("programs")


Row = TypeVar("Row")


async def get_one(session: AsyncSession, query: Select[Row], noun: str) -> Row:
    """Return the one row that a query finds; raise `SubjectNotFound` where it finds none."""
    found = (await session.scalars(query)).one_or_none()
    if found is None:
        raise SubjectNotFound(f"There is no such {noun}.")
    return found


def any_of(ids: Collection[UUID]) -> ColumnElement[Any]:
    """Return what a column is compared with to be one of many rows: one parameter, one text, however many."""
    return any_(literal(list(ids), ARRAY(Uuid)))
