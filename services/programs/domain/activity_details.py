"""The rarer blocks of an IATI activity: said in its publication profile, and left out where nobody says them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from services.programs.domain.activities import Part, Texts, Value


@dataclass(frozen=True)
class Contact:
    """Where to ask about the activity: an office, never a person."""

    kind: str
    """IATI ContactType."""
    organization: Texts | None
    department: Texts | None
    telephone: str | None
    email: str | None
    website: str | None
    address: Texts | None


@dataclass(frozen=True)
class Location:
    """A place of the activity, by gazetteer or by point."""

    name: Texts
    gazetteer: tuple[str, str] | None
    """IATI GeographicVocabulary and the code there."""
    point: str | None
    """Latitude and longitude (WGS 84)."""
    exactness: str | None


@dataclass(frozen=True)
class HumanitarianScope:
    """The emergency or the appeal that the activity answers."""

    type: str
    vocabulary: str
    code: str
    text: Texts | None


@dataclass(frozen=True)
class LegacyFact:
    """A fact of an earlier system that has no place in the standard."""

    name: str
    value: str
    equivalent: str | None


@dataclass(frozen=True)
class Forecasts:
    """What the publisher expects to spend in coming years (the DAC's survey of forward spending)."""

    extracted: date
    priority: bool | None
    phase_out: int | None
    years: Sequence[tuple[int, Value]]


@dataclass(frozen=True)
class Details:
    """All of them."""

    contacts: Sequence[Contact] = ()
    locations: Sequence[Location] = ()
    budget_items: Sequence[Part] = ()
    """Shares of the budget of the recipient's government, by IATI BudgetIdentifier."""
    humanitarian_scopes: Sequence[HumanitarianScope] = ()
    capital_spend: Decimal | None = None
    """Share that is invested, in percent."""
    legacy: Sequence[LegacyFact] = ()
    other_flags: Sequence[str] = ()
    """CRS flags: 1 free-standing technical cooperation, 3 investment project ..."""
    forecasts: Forecasts | None = None
