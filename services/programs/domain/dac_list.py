"""Who may receive official development assistance: the DAC List of ODA Recipients, by date.

Source: OECD DAC, list for reporting on 2024 and 2025 flows with its notes, looked up on 2026-11-30 at
https://www.oecd.org/en/topics/sub-issues/oda-eligibility-and-conditions/dac-list-of-oda-recipients.html:
Nauru leaves on 1 January 2026; Antigua and Barbuda left on 1 January 2022, the only one that left since 2020. Days
before 2020 are judged by the list of 2020. What the DAC decided on Montserrat since October 2025, and decides in
its review of 2026, is not known here; Guyana and Panama may leave then.
"""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Final

LIST_NAME: Final = "DAC List of ODA Recipients for 2024 and 2025 flows"
AS_OF: Final = date(2026, 1, 1)
_CODES: Final = (
    "AF AL AM AO AR AZ BA BD BF BI BJ BO BR BT BW BY BZ CD CF CG CI CM CN CO CR CU CV DJ DM DO DZ EC EG ER ET "
    "FJ FM GA GD GE GH GM GN GQ GT GW GY HN HT ID IN IQ IR JM JO KE KG KH KI KM KP KZ LA LB LC LK LR LS LY MA "
    "MD ME MG MH MK ML MM MN MR MS MU MV MW MX MY MZ NA NE NG NI NP NR NU PA PE PG PH PK PS PW PY RS RW SB SD "
    "SH SL SN SO SR SS ST SV SY SZ TD TG TH TJ TK TL TM TN TO TR TV TZ UA UG UZ VC VE VN VU WF WS XK YE ZA ZM "
    "ZW AG"
)
RECIPIENTS: Final = frozenset(_CODES.split())
"""By ISO 3166-1 alpha-2; XK is the user-assigned code of Kosovo."""
_LEFT: Final[Mapping[str, date]] = {"AG": date(2022, 1, 1), "NR": date(2026, 1, 1)}
"""From this day on the country is not on the list any more."""


def is_recipient(country: str, on: date) -> bool:
    """Say whether the country was on the list on this day; days before the list are judged by it too."""
    left = _LEFT.get(country)
    return country in RECIPIENTS and (left is None or on < left)


def was_recipient_in(country: str, year: int) -> bool:
    """Say whether the country was on the list on the first day of a year, whose flows are reported by it."""
    return is_recipient(country, date(year, 1, 1))


ODA: Final = "10"


def flow_type_of(countries: Collection[str], regions: Collection[str], on: date) -> str | None:
    """Return IATI FlowType 10 (ODA) where every country is on the list; None where one is not, or none is known.

    Regions of the DAC (IATI Region) hold recipients only.
    """
    eligible = all(is_recipient(country, on) for country in countries)
    return ODA if eligible and (countries or regions) else None
