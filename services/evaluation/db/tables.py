"""Every table of the evaluation schema."""

from typing import Final

from sqlalchemy.orm import DeclarativeBase

from services.common.database import TYPES
from services.common.house import room_metadata

SCHEMA_REVISION: Final = "0001"
"""The revision of `migrations/evaluation` that this code needs."""


class Base(DeclarativeBase):
    """Root of this room's mapping."""

    type_annotation_map = TYPES
    metadata = room_metadata("evaluation")
