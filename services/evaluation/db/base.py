"""The root of this room's tables."""

from sqlalchemy.orm import DeclarativeBase

from services.common.database import TYPES
from services.common.house import room_metadata


class Base(DeclarativeBase):
    """Root of this room's mapping."""

    type_annotation_map = TYPES
    metadata = room_metadata("evaluation")
