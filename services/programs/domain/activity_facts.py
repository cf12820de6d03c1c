"""How facts of the portfolio become facts of an IATI activity (standards.md); pure functions of what is known."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from services.common.edtf import Edtf, render_edtf
from services.common.i18n import InterfaceLanguage
from services.programs.domain.activities import ActivityDate, Part, Party, Texts
from services.programs.domain.deliveries import DeliveryState
from services.programs.domain.editions import CountryRelation, EditionState
from services.programs.domain.programs import WHOLE, FunctionalRole, ProgramStatus

_E = EditionState
EDITION_STATUS: Final[Mapping[EditionState, str]] = {
    **dict.fromkeys((_E.DRAFT, _E.PLANNED, _E.ANNOUNCED, _E.CALL_OPEN, _E.SELECTION), "1"),
    **dict.fromkeys((_E.CONFIRMED, _E.POSTPONED), "1"),
    _E.RUNNING: "2",
    _E.COMPLETED: "3",
    _E.EVALUATED: "3",
    _E.ARCHIVED: "4",
    _E.CANCELLED: "5",
    _E.SUSPENDED: "6",
}
"""IATI ActivityStatus of an edition; one that is postponed before its start stays in the pipeline."""
_D = DeliveryState
DELIVERY_STATUS: Final[Mapping[DeliveryState, str]] = {
    **dict.fromkeys((_D.PLANNED, _D.AGREED), "1"),
    _D.IN_DELIVERY: "2",
    **dict.fromkeys((_D.HANDED_OVER, _D.ACCEPTED, _D.IN_SUPPORT), "3"),
    _D.CLOSED: "4",
    _D.CANCELLED: "5",
}
PROGRAM_STATUS: Final[Mapping[ProgramStatus | None, str]] = {
    ProgramStatus.IDEA: "1",
    **dict.fromkeys((None, ProgramStatus.PILOT, ProgramStatus.ANNUAL, ProgramStatus.ONE_OFF), "2"),
    ProgramStatus.SUSPENDED: "6",
    ProgramStatus.CLOSED: "4",
}
ANNOUNCED_STATES: Final = frozenset(
    {_E.ANNOUNCED, _E.CALL_OPEN, _E.SELECTION, _E.CONFIRMED, _E.RUNNING, _E.SUSPENDED}
    | {_E.COMPLETED, _E.EVALUATED, _E.ARCHIVED}
)
"""From here on an edition is published."""
ONCE_ANNOUNCED_STATES: Final = frozenset({_E.POSTPONED, _E.CANCELLED})
"""Published where the public text shows that the edition had been announced, or was about to be."""
AGREED_STATES: Final = frozenset(set(DeliveryState) - {_D.PLANNED, _D.CANCELLED})
"""From here on a delivery is published."""
_BEGUN: Final = frozenset({"2", "3", "4", "6"})
_ENDED: Final = frozenset({"3", "4"})

IATI_ROLES: Final[Mapping[FunctionalRole, str | None]] = {
    FunctionalRole.FUNDER: "1",
    **dict.fromkeys(
        (
            FunctionalRole.LEAD,
            FunctionalRole.CO_ORGANIZER,
            FunctionalRole.HOST,
            FunctionalRole.IMPLEMENTER,
            FunctionalRole.KNOWLEDGE_PROVIDER,
            FunctionalRole.VENUE,
            FunctionalRole.CULTURE,
        ),
        "4",
    ),
    **dict.fromkeys((FunctionalRole.NOMINATOR, FunctionalRole.RECIPIENT, FunctionalRole.PARTNER), None),
}
"""IATI OrganisationRole where a partnership names none itself; None: it says too little to be published."""

_SPLIT_NOTE: Final[Texts] = {
    "en": "No source states the shares; the publisher has split them equally.",
    "ru": "Источники не называют доли; издатель разделил их поровну.",
    "kk": "Дереккөздер үлестерді көрсетпейді; жариялаушы оларды тең бөлді.",
}
_DATE_NOTE: Final[Texts] = {
    "en": "Known only as: {}. The day given is an outer bound of that period.",
    "ru": "Известно лишь: {}. Указана крайняя дата этого периода.",
    "kk": "Тек мынадай белгілі: {}. Осы кезеңнің шеткі күні көрсетілген.",
}


def date_activity(period: Edtf, status: str, today: date, *, historic: bool) -> list[ActivityDate]:
    """Return the dates of an activity from its period; widened ones say so.

    Planned dates (types 1 and 3) are what the period says; actual ones (2 and 4) are added once the activity
    has begun and ended by its status, and never lie in the future (invariant P7). Of a historic activity no
    plan is known.
    """
    note = None if period.is_day_precise else _known_as(period)
    dates = []
    if period.earliest is not None:
        begun = status in _BEGUN and period.earliest <= today
        if not (historic and begun):
            dates.append(ActivityDate("1", period.earliest, note))
        if begun:
            dates.append(ActivityDate("2", period.earliest, note))
    if period.latest is not None:
        ended = status in _ENDED and period.latest <= today
        if not (historic and ended):
            dates.append(ActivityDate("3", period.latest, note))
        if ended:
            dates.append(ActivityDate("4", period.latest, note))
    return sorted(dates, key=lambda dated: dated.type)


def span_activity(
    parts: Sequence[tuple[date | None, date | None]], status: str, today: date
) -> list[ActivityDate]:
    """Return the dates of what is made of other activities, from the first day of all to the last."""
    starts = min((start for start, _ in parts if start is not None), default=None)
    ends = max((end for _, end in parts if end is not None), default=None)
    dates = []
    if starts is not None:
        dates.append(ActivityDate("2" if status in _BEGUN and starts <= today else "1", starts))
    if ends is not None and status in _ENDED:
        dates.append(ActivityDate("4" if ends <= today else "3", ends))
    return dates


def _known_as(period: Edtf) -> Texts:
    return {
        language: _DATE_NOTE[language].format(render_edtf(period, language)) for language in InterfaceLanguage
    }


@dataclass(frozen=True)
class Place:
    """A country, or a region of several, that an activity reaches."""

    country: str | None
    region: str | None
    share: Decimal | None = None


def choose_places(
    reached: Sequence[tuple[CountryRelation, Place]], status: str
) -> tuple[Sequence[Place], Sequence[Place]]:
    """Return the countries and the regions that benefit; once begun, who was only invited does not count."""
    begun = [place for relation, place in reached if relation is not CountryRelation.INVITED]
    chosen = begun if begun and status in _BEGUN else [place for _, place in reached]
    countries = {place.country: place for place in chosen if place.country}
    regions = {place.region: place for place in chosen if place.region}
    return list(countries.values()), list(regions.values())


def share_out(codes: Sequence[tuple[str, Decimal | None]]) -> tuple[list[Part], bool]:
    """Return codes with shares that sum to exactly 100, and whether that had to be assumed.

    A single code has no share. Where no source states the shares they are split equally, which each part
    says; the hundredths left over go to the first ones. Shares that are stated stay as they are.
    """
    if len(codes) == 1:
        return [Part(codes[0][0], None)], False
    if codes and all(share is None for _, share in codes):
        hundredths, rest = divmod(100 * int(WHOLE), len(codes))
        parts = [
            Part(code, Decimal(hundredths + (place < rest)) / 100, _SPLIT_NOTE)
            for place, (code, _) in enumerate(codes)
        ]
        return parts, True
    return [Part(code, share) for code, share in codes], False


def share_recipients(
    countries: Sequence[Place], regions: Sequence[Place]
) -> tuple[list[Part], list[Part], bool]:
    """Return countries and regions with shares that sum to 100 together, and whether that was assumed."""
    codes = [(str(place.country), place.share) for place in countries]
    codes += [(str(place.region), place.share) for place in regions]
    parts, assumed = share_out(codes)
    return parts[: len(countries)], parts[len(countries) :], assumed


def scope_of(countries: int, regions: int) -> str | None:
    """Return IATI ActivityScope: 2 regional, 3 multi-national, 4 national; None without a recipient."""
    if regions:
        return "2"
    return None if countries == 0 else "4" if countries == 1 else "3"


_REGISTERS: Final[Mapping[str, str]] = {"IATI": ""}
"""Schemes whose codes are whole identifiers already."""
CHANNEL_SCHEME: Final = "CRS-CHANNEL"


def party_of(
    names: Texts, kind: str | None, identifiers: Sequence[Mapping[str, str]], registers: frozenset[str]
) -> Party:
    """Return an organization with the first identifier that a register of IATI's list gives to it."""
    ref = channel = None
    for identifier in identifiers:
        scheme, code = identifier["scheme"], identifier["code"]
        if scheme == CHANNEL_SCHEME:
            channel = channel or code
        elif scheme in _REGISTERS:
            ref = ref or code
        elif scheme in registers:
            ref = ref or f"{scheme}-{code}"
    return Party(names, ref, kind, channel)
