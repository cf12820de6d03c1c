"""What logistics, per diem and exports for visa support look like on the wire."""

from datetime import date, datetime
from typing import Self
from uuid import UUID

from pydantic import Field, model_validator

from services.common.wire import Day, Flag, Id, Instant, Line, Request, Resource
from services.common.wire_codes import MoneyRead, MoneyWrite
from services.participants.domain.logistics import Diet


class LogisticsWrite(Request):
    """How a participant comes and goes, and what they need meanwhile."""

    arrives_at: Instant | None = None
    arrives_by: Line | None = None
    """Flight or train, and where to."""
    leaves_at: Instant | None = None
    leaves_by: Line | None = None
    needs_visa: Flag = False
    insured_until: Day | None = None
    room: Line | None = None
    diet: Diet = Diet.ANY

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.arrives_at and self.leaves_at and self.leaves_at < self.arrives_at:
            raise ValueError("nobody leaves before they arrive")
        return self


class LogisticsRead(Resource):
    """How a participant comes and goes, and what they need meanwhile."""

    participation_id: UUID
    arrives_at: datetime | None
    arrives_by: str | None
    leaves_at: datetime | None
    leaves_by: str | None
    needs_visa: bool
    insured_until: date | None
    room: str | None
    diet: Diet


class PerDiemWrite(Request):
    """What participants get for each day of their stay."""

    rate: MoneyWrite


class PerDiemRead(Resource):
    """What participants get for each day of their stay."""

    edition_id: UUID
    rate: MoneyRead


class VisaExportCreate(Request):
    """Whose passport data are wanted, and what for."""

    purpose: Line
    participation_ids: list[Id] = Field(min_length=1, max_length=200)


class VisaExportRead(Resource):
    """An export for visa support: who asked, who approved, until when it can be read."""

    edition_id: UUID
    purpose: str
    participation_ids: list[UUID]
    requested_by: str
    approved_by: str | None
    expires_at: datetime | None
