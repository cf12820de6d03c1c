"""Countries (ISO 3166-1 alpha-2) and currencies (ISO 4217)."""

from functools import cache

import pycountry
from babel import Locale

from services.common.i18n import InterfaceLanguage

# ISO 4217 list one as published on 2026-01-01: what has not the usual two decimals. CLDR, and so Babel,
# counts the decimals people still use (none for the afghani) and would refuse amounts that banks state.
_MINOR_UNITS = {
    **dict.fromkeys(
        ("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND", "VUV"), 0
    ),
    **dict.fromkeys(("XAF", "XOF", "XPF"), 0),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
    **dict.fromkeys(("CLF", "UYW"), 4),
}
# Metals, baskets, tests (XTS) and "no currency" (XXX): codes of ISO 4217 without a minor unit.
_NOT_MONEY = frozenset(
    ("XAG", "XAU", "XBA", "XBB", "XBC", "XBD", "XDR", "XPD", "XPT", "XSU", "XTS", "XUA", "XXX")
)
# Withdrawn since the agency was founded in 2020: refused in new records, but old ones must stay readable.
_WITHDRAWN = frozenset(("ANG", "BGN", "CUC", "HRK", "SLL", "ZWL"))


@cache
def list_countries() -> frozenset[str]:
    """Return the codes that ISO 3166-1 assigns today."""
    return frozenset(country.alpha_2 for country in pycountry.countries)


def is_country(code: str) -> bool:
    """Say whether this is an assigned ISO 3166-1 alpha-2 code, in capitals."""
    return code in list_countries()


def country_name(code: str, language: InterfaceLanguage) -> str:
    """Return CLDR's name of a country; raises KeyError if there is no such country."""
    if not is_country(code):
        raise KeyError("no country has this code")
    name: str = Locale(language).territories[code]
    return name


@cache
def list_currencies() -> frozenset[str]:
    """Return the codes of the currencies that ISO 4217 lists today, metals and units of account left out."""
    return frozenset(currency.alpha_3 for currency in pycountry.currencies) - _NOT_MONEY


def is_currency(code: str) -> bool:
    """Say whether a new record may be in this currency: a current ISO 4217 code, in capitals."""
    return code in list_currencies()


def currency_minor_units(code: str) -> int:
    """Return how many decimals amounts have, 0 to 4, in a currency of today or one withdrawn since 2020.

    Raises ValueError for all else.
    """
    if not is_currency(code) and code not in _WITHDRAWN:
        raise ValueError("not a currency of ISO 4217")
    return _MINOR_UNITS.get(code, 2)
