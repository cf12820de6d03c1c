"""The rarer blocks of an IATI activity on the wire."""

from decimal import Decimal
from typing import Annotated, Self

from pydantic import Field, model_validator

from services.common.wire import Code, Count, Day, Flag, Line, Request, Texts
from services.common.wire_codes import MoneyWrite, current_code
from services.programs.domain.programs import WHOLE
from services.programs.schemas.programs import Share

ContactType = Annotated[str, Field(max_length=1, examples=["1"]), current_code("ContactType")]
Gazetteer = Annotated[str, Field(max_length=2, examples=["G1"]), current_code("GeographicVocabulary")]
Exactness = Annotated[str, Field(max_length=1, examples=["1"]), current_code("GeographicExactness")]
BudgetIdentifier = Annotated[str, Field(max_length=7, examples=["2.2.1"]), current_code("BudgetIdentifier")]
ScopeType = Annotated[str, Field(max_length=1, examples=["1"]), current_code("HumanitarianScopeType")]
ScopeVocabulary = Annotated[
    str, Field(pattern=r"^[12]-[12]$", examples=["1-2"]), current_code("HumanitarianScopeVocabulary")
]
OtherFlag = Annotated[str, Field(max_length=1, examples=["1"]), current_code("CRSAddOtherFlags")]
Email = Annotated[Line, Field(pattern=r"^[^@\s]+@[^@\s]+$", examples=["info@example.org"])]
Website = Annotated[Line, Field(pattern=r"^https?://[^\s]+$", examples=["https://example.org"])]
Degrees = Annotated[str, Field(pattern=r"^-?[0-9]{1,3}(\.[0-9]{1,8})?$", examples=["37.0662"])]
Year = Annotated[Count, Field(ge=1990, le=2200)]


class ContactWrite(Request):
    """Where to ask about the activity; an office, never a person."""

    kind: ContactType = "1"
    organization: Texts | None = None
    department: Texts | None = None
    telephone: Line | None = None
    email: Email | None = None
    website: Website | None = None
    address: Texts | None = None


class LocationWrite(Request):
    """A place of the activity, by gazetteer or by point."""

    name: Texts
    gazetteer: Gazetteer | None = None
    gazetteer_code: Code | None = None
    latitude: Degrees | None = None
    longitude: Degrees | None = None
    exactness: Exactness | None = None

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if (self.gazetteer is None) != (self.gazetteer_code is None):
            raise ValueError("expected a gazetteer with the code there")
        if (self.latitude is None) != (self.longitude is None):
            raise ValueError("expected latitude and longitude")
        limits = ((self.latitude, 90), (self.longitude, 180))
        if any(degrees is not None and abs(Decimal(degrees)) > most for degrees, most in limits):
            raise ValueError("expected degrees of the earth")
        return self


class BudgetItemWrite(Request):
    """A share of the recipient government's budget that the activity goes to."""

    code: BudgetIdentifier
    share: Share | None = None
    text: Texts | None = None


class HumanitarianScopeWrite(Request):
    """The emergency (GLIDE number) or the appeal that the activity answers."""

    type: ScopeType
    vocabulary: ScopeVocabulary
    code: Code
    text: Texts | None = None


class LegacyFactWrite(Request):
    """A fact of an earlier system that has no place in the standard."""

    name: Line
    value: Line
    equivalent: Line | None = None


class ForecastWrite(Request):
    """What is expected to be spent in a year."""

    year: Year
    money: MoneyWrite
    valued_on: Day


class ForecastsWrite(Request):
    """What is expected to be spent in coming years."""

    extracted: Day
    priority: Flag | None = None
    phase_out: Year | None = None
    years: list[ForecastWrite] = Field(min_length=1, max_length=10)


class PublicationDetailsWrite(Request):
    """The rarer blocks of an IATI activity; what is left out is not published."""

    contacts: list[ContactWrite] = Field(default_factory=list, max_length=10)
    locations: list[LocationWrite] = Field(default_factory=list, max_length=50)
    budget_items: list[BudgetItemWrite] = Field(default_factory=list, max_length=20)
    humanitarian_scopes: list[HumanitarianScopeWrite] = Field(default_factory=list, max_length=10)
    capital_spend: Share | None = None
    legacy: list[LegacyFactWrite] = Field(default_factory=list, max_length=20)
    other_flags: list[OtherFlag] = Field(default_factory=list, max_length=4)
    forecasts: ForecastsWrite | None = None

    @model_validator(mode="after")
    def _shared(self) -> Self:
        shares = [item.share for item in self.budget_items]
        known = [share for share in shares if share is not None]
        single = len(shares) == 1 and (not known or known[0] == WHOLE)
        if shares and not single and (len(known) < len(shares) or sum(known, Decimal(0)) != WHOLE):
            raise ValueError("expected shares of budget items that sum to 100, or none for a single one")
        return self
