"""Venues, and modules of timetables, on the wire."""

from uuid import UUID

from services.common.wire import Code, Count, Id, Line, Request, Resource, Texts
from services.common.wire_codes import CountryCode


class VenueFields(Request):
    """What is known of a place apart from its code."""

    names: Texts
    address: Line | None = None
    city: Line | None = None
    country: CountryCode | None = None
    capacity: Count | None = None
    organization_id: Id | None = None
    """Whose it is."""


class VenueCreate(VenueFields):
    """A place where training sessions are held."""

    code: Code


class VenueChange(VenueFields):
    """What the record is to say; what is left out stays as it is, the names must be given."""


class VenueRead(Resource):
    """A place where training sessions are held."""

    code: str
    names: dict[str, str]
    address: str | None
    city: str | None
    country: str | None
    capacity: int | None
    organization_id: UUID | None


class ModuleCreate(Request):
    """A part of a timetable that groups training sessions."""

    ordinal: Count
    title: Texts
    objectives: Texts | None = None


class ModuleChange(ModuleCreate):
    """What the module is to be; objectives that are left out stay as they are."""


class ModuleRead(Resource):
    """A part of a timetable that groups training sessions."""

    edition_id: UUID
    ordinal: int
    title: dict[str, str]
    objectives: dict[str, str] | None
