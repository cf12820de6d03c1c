"""Root of this room's mapping, and what its questions share."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Uuid, any_, literal
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import DeclarativeBase

from services.common.database import TYPES
from services.common.house import room_metadata


class Base(DeclarativeBase):
    """Root of this room's mapping."""

    type_annotation_map = TYPES
    metadata = room_metadata("programs")


def any_of(ids: Collection[UUID]) -> ColumnElement[Any]:
    """Return what a column is compared with to be one of many rows: one parameter, one text, however many."""
    return any_(literal(list(ids), ARRAY(Uuid)))
