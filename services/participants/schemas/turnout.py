"""How many people took part, on the wire: public facts."""

from uuid import UUID

from services.common.clock import Provenance
from services.common.wire import Answer


class CountryTurnout(Answer):
    """How many people of one country took part."""

    country: str
    participants: int


class YearTurnout(Answer):
    """How many people took part in editions that began in one year; null for editions of an unknown day."""

    year: int | None
    participants: int
    countries: list[CountryTurnout]


class Turnout(Answer):
    """How many people took part in everything; who took part twice is counted twice."""

    provenance: Provenance
    years: list[YearTurnout]
    """The latest first."""


class EditionTurnout(Answer):
    """How many people took part in one edition."""

    edition_id: UUID
    participants: int
    countries: list[CountryTurnout]


class ProgramTurnout(Answer):
    """How many people took part in each edition of a program; an edition without any is left out."""

    program_id: UUID
    provenance: Provenance
    editions: list[EditionTurnout]
