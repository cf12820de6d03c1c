"""Wire types whose values stand on a list or follow a standard: countries, currencies, codes, EDTF, money."""

from collections.abc import Callable
from decimal import Decimal
from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from services.common.codelists.iati import load_codelist
from services.common.codelists.iso import is_country, is_currency
from services.common.edtf import parse_edtf
from services.common.i18n import canonical_tag
from services.common.money import Money
from services.common.wire import Amount, Answer, Request


def _listed(is_listed: Callable[[str], bool], expected: str) -> AfterValidator:
    def check(code: str) -> str:
        if not is_listed(code):
            raise ValueError(f"expected {expected}")
        return code

    return AfterValidator(check)


def current_code(codelist: str) -> AfterValidator:
    """Return the check that a code is current on an IATI codelist; withdrawn codes are refused."""
    return _listed(
        lambda code: load_codelist(codelist).is_current(code), f"a current code of IATI {codelist}"
    )


def _edtf(text: str) -> str:
    return parse_edtf(text).text


CountryCode = Annotated[
    str, Field(pattern=r"^[A-Z]{2}$", examples=["TJ"]), _listed(is_country, "a country of ISO 3166-1 alpha-2")
]
CurrencyCode = Annotated[
    str, Field(pattern=r"^[A-Z]{3}$", examples=["KZT"]), _listed(is_currency, "a currency of ISO 4217")
]
LanguageTag = Annotated[str, Field(max_length=35, examples=["kk"]), AfterValidator(canonical_tag)]
"""A BCP 47 tag in its usual casing."""
EdtfText = Annotated[
    str, Field(max_length=60, examples=["2025-04-10/2025-05-02", "2025-23"]), AfterValidator(_edtf)
]
"""A date as precise as it is known: day, month, season, quarter, year or an interval of them (ISO 8601-2)."""

OrganizationType = Annotated[str, Field(max_length=3, examples=["10"]), current_code("OrganisationType")]
OrganizationRole = Annotated[str, Field(max_length=3, examples=["4"]), current_code("OrganisationRole")]
SectorCode = Annotated[str, Field(max_length=5, examples=["12181"]), current_code("Sector")]
"""An OECD DAC purpose code of five digits."""
RegionCode = Annotated[str, Field(max_length=5, examples=["619"]), current_code("Region")]


class MoneyWrite(Request):
    """An amount of money, exact to the minor unit of its currency."""

    amount: Amount
    currency: CurrencyCode

    @model_validator(mode="after")
    def _exact(self) -> Self:
        self.to_money()
        return self

    def to_money(self) -> Money:
        """Return the amount as a value to reckon with."""
        return Money(Decimal(self.amount), self.currency)


class MoneyRead(Answer):
    """An amount of money with exactly the decimals of its currency."""

    amount: Decimal
    currency: str
