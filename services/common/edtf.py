"""Calendar facts known to the day, the month, the season or the year: a profile of EDTF (ISO 8601-2)."""

import calendar
import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from babel.dates import format_date

from services.common.i18n import InterfaceLanguage

_DATE = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?([?~%]?)")
_ABSENT = {"": "?", "..": "…"}  # how an unknown and an open end are shown

_KK, _RU, _EN = InterfaceLanguage
_YEAR = {_KK: "{}\u202fж.", _RU: "{}\u202fг.", _EN: "{}"}  # with the narrow space of CLDR
_SEASONS = {  # CLDR has no words for seasons
    "21": {_KK: "көктем", _RU: "весна", _EN: "spring"},
    "22": {_KK: "жаз", _RU: "лето", _EN: "summer"},
    "23": {_KK: "күз", _RU: "осень", _EN: "autumn"},
    "24": {_KK: "қыс", _RU: "зима", _EN: "winter"},
}
# A Russian month without a day stands in the nominative, which CLDR keeps among its stand-alone names, and
# those Babel 2.18 mixes up between languages (python-babel/babel#1234). Kazakh and English have one form.
_RUSSIAN_MONTHS = (
    *("январь", "февраль", "март", "апрель", "май", "июнь"),
    *("июль", "август", "сентябрь", "октябрь", "ноябрь", "декабрь"),
)
_UNCERTAIN = {_KK: "болжаммен", _RU: "предположительно", _EN: "uncertain"}
_APPROXIMATE = {_KK: "шамамен", _RU: "приблизительно", _EN: "approximate"}


class Precision(StrEnum):
    """How exactly a fact is dated."""

    DAY = "day"
    MONTH = "month"
    SEASON = "season"
    QUARTER = "quarter"
    YEAR = "year"
    INTERVAL = "interval"


_SPANS = {  # code after the year: precision, first month, number of months
    "": (Precision.YEAR, 1, 12),
    **{f"{month:02}": (Precision.MONTH, month, 1) for month in range(1, 13)},
    **{f"{20 + season}": (Precision.SEASON, 3 * season, 3) for season in range(1, 5)},
    **{f"{32 + quarter}": (Precision.QUARTER, 3 * quarter - 2, 3) for quarter in range(1, 5)},
}


@dataclass(frozen=True)
class Edtf:
    """A dated fact as `parse_edtf` read it; its bounds are inclusive days, None where open or unknown."""

    text: str
    earliest: date | None
    latest: date | None
    precision: Precision
    uncertain: bool
    approximate: bool

    @property
    def sort_key(self) -> tuple[date, date]:
        """Order by earliest, then latest day; an absent start comes first, an absent end last."""
        return self.earliest or date.min, self.latest or date.max

    @property
    def is_day_precise(self) -> bool:
        """Say whether it is a day, or an interval of two days, with neither doubt nor open end."""
        return all(len(end) == len("2025-04-10") for end in self.text.split("/"))


def parse_edtf(text: str) -> Edtf:
    """Read a date, or an interval `start/end` of two dates.

    A date is a year 0001 to 9999, alone or with a month, a month and day, a season (21 spring, March to May,
    to 24 winter, December to February of the next year) or a quarter (33 to 36). It may end in `?` uncertain,
    `~` approximate or `%` both. One end of an interval may be open (`..`) or unknown (empty).
    Raises ValueError for all else; its message never repeats the text.
    """
    start, slash, end = text.partition("/")
    if not slash:
        return _parse_date(text)
    known = [_parse_date(part) for part in (start, end) if part not in _ABSENT]
    if not known:
        raise ValueError("an interval needs one known end")
    earliest = None if start in _ABSENT else known[0].earliest
    latest = None if end in _ABSENT else known[-1].latest
    if earliest and latest and earliest > latest:
        raise ValueError("the interval ends before it starts")
    return Edtf(
        text,
        earliest,
        latest,
        Precision.INTERVAL,
        uncertain=any(fact.uncertain for fact in known),
        approximate=any(fact.approximate for fact in known),
    )


def render_edtf(edtf: Edtf, language: InterfaceLanguage) -> str:
    """Write a fact for people to read; an open end is shown as `…`, an unknown one as `?`."""
    if edtf.precision is Precision.INTERVAL:
        ends = edtf.text.split("/")
        return " – ".join(_ABSENT.get(end) or render_edtf(_parse_date(end), language) for end in ends)
    doubts = [_UNCERTAIN[language]] * edtf.uncertain + [_APPROXIMATE[language]] * edtf.approximate
    return _name_period(edtf, language) + (f" ({', '.join(doubts)})" if doubts else "")


def _parse_date(text: str) -> Edtf:
    found = _DATE.fullmatch(text)
    if not found:
        raise ValueError("not a date of the EDTF profile")
    year, code, day, mark = found.groups("")
    try:
        if day:
            precision, earliest = Precision.DAY, date(int(year), int(code), int(day))
            latest = earliest
        else:
            precision, month, months = _SPANS[code]
            earliest = date(int(year), month, 1)
            latest = _end_of_month(earliest.year, month + months - 1)
    except (KeyError, ValueError):
        raise ValueError("no such day, month, season or quarter in the calendar") from None
    uncertain, approximate = mark in ("?", "%"), mark in ("~", "%")
    return Edtf(text, earliest, latest, precision, uncertain, approximate)


def _end_of_month(year: int, month: int) -> date:
    """Return the last day of a month; months 13 and later are those of the next year."""
    first = date(year + (month - 1) // 12, (month - 1) % 12 + 1, 1)
    return first.replace(day=calendar.monthrange(first.year, first.month)[1])


def _name_period(edtf: Edtf, language: InterfaceLanguage) -> str:
    first, last = edtf.sort_key
    if edtf.precision is Precision.DAY:
        return format_date(first, "long", locale=language)
    winter = first.year != last.year
    year = _YEAR[language].format(f"{first.year}/{last.year}" if winter else first.year)
    match edtf.precision:
        case Precision.MONTH if language is InterfaceLanguage.RU:
            part = _RUSSIAN_MONTHS[first.month - 1]
        case Precision.MONTH:
            part = format_date(first, "MMMM", locale=language)
        case Precision.SEASON:
            part = _SEASONS[edtf.text[5:7]][language]
        case Precision.QUARTER:
            part = format_date(first, "QQQQ", locale=language)
        case _:
            return year
    return f"{year} {part}" if language is InterfaceLanguage.KK else f"{part} {year}"
