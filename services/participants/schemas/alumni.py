"""What alumni and the people behind awards look like on the wire."""

from datetime import date
from uuid import UUID

from services.common.wire import Day, Flag, Id, Line, Request, Resource, Text
from services.common.wire_codes import CountryCode
from services.participants.domain.alumni import EngagementKind


class AlumniProfileWrite(Request):
    """What a former participant wants to share, in their own words."""

    shown_name: Line
    country: CountryCode
    organization: Line | None = None
    post: Line | None = None
    about: Text | None = None
    contact: Line | None = None
    listed: Flag = False
    """Whether other alumni who are listed themselves see it."""


class AlumniProfileRead(Resource):
    """What a former participant shares."""

    person_id: UUID
    shown_name: str
    country: str
    organization: str | None
    post: str | None
    about: str | None
    contact: str | None
    listed: bool


class EngagementCreate(Request):
    """How and when the agency and a former participant met again."""

    kind: EngagementKind
    happened_on: Day
    note: Line | None = None


class EngagementRead(Resource):
    """How and when the agency and a former participant met again."""

    person_id: UUID
    kind: EngagementKind
    happened_on: date
    note: str | None


class RecipientWrite(Request):
    """Whom an award is for."""

    person_id: Id


class RecipientRead(Resource):
    """Whom an award is for."""

    award_id: UUID
    person_id: UUID
