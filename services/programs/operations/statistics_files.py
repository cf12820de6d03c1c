"""Files for statisticians, in the shape of CRS and TOSSD: one row per activity, recipient, year and currency."""

from collections.abc import AsyncIterable, AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from services.common.money import Money, split_largest_remainder
from services.common.tabular.writing import TableFormat, open_writer
from services.programs.domain.activities import Activity, ActivityKind, Part, Publisher
from services.programs.domain.dac_list import AS_OF, ODA, is_recipient, was_recipient_in

COMMITTED: Final = frozenset({"2"})
SPENT: Final = frozenset({"3", "4"})
_REPORTED: Final = frozenset({ActivityKind.EDITION, ActivityKind.DELIVERY})
"""Money is reported of these only, so that nothing counts twice."""
_MARKERS: Final = {
    "gender": "1",
    "environment": "2",
    "governance": "3",
    "trade": "4",
    "biodiversity": "5",
    "climate_mitigation": "6",
    "climate_adaptation": "7",
    "desertification": "8",
    "reproductive_health": "9",
    "disaster_risk": "10",
    "disability": "11",
    "nutrition": "12",
}
_CROSS_BORDER: Final = "I"
"""Pillar of TOSSD: resources that go to partner countries."""


@dataclass(frozen=True)
class Reported:
    """An activity's money of one year in one currency for one recipient; without money, the activity alone."""

    activity: Activity
    year: int | None
    recipient: str | None
    currency: str | None
    committed: Decimal | None
    spent: Decimal | None


def report_activity(activity: Activity) -> Iterator[Reported]:
    """Yield what statistics ask of an activity; amounts that are split over recipients sum to the whole."""
    if activity.subject.kind not in _REPORTED:
        return
    recipients: Sequence[Part | None] = [*activity.countries, *activity.regions] or [None]
    weights = [(part.percentage if part else None) or Decimal(100) for part in recipients]
    sums = _sum_by_year(activity)
    for (year, currency), (committed, spent) in sorted(sums.items()):
        split = zip(recipients, _split(committed, weights), _split(spent, weights), strict=True)
        for part, committed_part, spent_part in split:
            code = part.code if part else None
            yield Reported(activity, year, code, currency, committed_part, spent_part)
    if not sums:
        first = min((dated.day.year for dated in activity.dates), default=None)
        for part in recipients:
            yield Reported(activity, first, part.code if part else None, None, None, None)


def _sum_by_year(activity: Activity) -> Mapping[tuple[int, str], tuple[Money, Money]]:
    sums: dict[tuple[int, str], tuple[Money, Money]] = {}
    for transaction in activity.transactions:
        currency = transaction.value.currency
        money, nothing = Money(transaction.value.amount, currency), Money(Decimal(0), currency)
        committed, spent = sums.get((transaction.day.year, currency), (nothing, nothing))
        if transaction.type in COMMITTED:
            committed += money
        elif transaction.type in SPENT:
            spent += money
        sums[transaction.day.year, currency] = committed, spent
    return sums


def _split(total: Money, weights: Sequence[Decimal]) -> list[Decimal]:
    return [part.amount for part in split_largest_remainder(total, weights)]


async def write_crs(activities: AsyncIterable[Activity], publisher: Publisher) -> AsyncIterator[bytes]:
    """Yield the CSV in the shape of the Creditor Reporting System; amounts are in units, not in thousands."""
    writer = open_writer(TableFormat.CSV)
    yield writer.begin(list(_CRS))
    async for activity in activities:
        rows = [
            [make(reported, publisher) for make in _CRS.values()] for reported in report_activity(activity)
        ]
        yield writer.write(rows)
    yield writer.end()


async def write_tossd(activities: AsyncIterable[Activity], publisher: Publisher) -> AsyncIterator[bytes]:
    """Yield the CSV in the shape of Total Official Support for Sustainable Development."""
    writer = open_writer(TableFormat.CSV)
    yield writer.begin(list(_TOSSD))
    async for activity in activities:
        rows = [
            [make(reported, publisher) for make in _TOSSD.values()] for reported in report_activity(activity)
        ]
        yield writer.write(rows)
    yield writer.end()


def _text(texts: Mapping[str, str]) -> str:
    return texts.get("en") or next(iter(texts.values()), "")


def _sectors(reported: Reported) -> str:
    """Return purpose codes as the CRS takes several: `12181:66.67;22040:33.33`."""
    parts = reported.activity.sectors
    if len(parts) == 1:
        return parts[0].code
    return ";".join(f"{part.code}:{part.percentage:f}" for part in parts if part.percentage is not None)


def _day(reported: Reported, *types: str) -> str | None:
    found = {dated.type: dated.day for dated in reported.activity.dates}
    return next((found[kind].isoformat() for kind in types if kind in found), None)


def _channel(reported: Reported) -> tuple[str | None, str | None]:
    implementing = [one.party for one in reported.activity.participants if one.role == "4"]
    return (_text(implementing[0].names), implementing[0].channel) if implementing else (None, None)


def _marker(code: str) -> Any:
    def find(reported: Reported, _: Publisher) -> str | None:
        return next((m.significance for m in reported.activity.markers if m.code == code), None)

    return find


def _framework(reported: Reported, publisher: Publisher) -> str:
    """Return the framework of collaboration that TOSSD asks for: South-South where the provider is a recipient."""
    if reported.activity.collaboration_type == "8":
        return "triangular"
    if reported.year is None:
        return "south_south" if is_recipient(publisher.country, AS_OF) else "other"
    return "south_south" if was_recipient_in(publisher.country, reported.year) else "other"


def _on_list(reported: Reported, _: Publisher) -> str | None:
    """Return whether the recipient is on the DAC list in the year of the flow; regions of the DAC always are."""
    if reported.recipient is None or reported.year is None:
        return None
    is_region = any(part.code == reported.recipient for part in reported.activity.regions)
    return "1" if is_region or was_recipient_in(reported.recipient, reported.year) else "0"


def _flow(reported: Reported, publisher: Publisher) -> str | None:
    """Return FlowType 10 (ODA) for a recipient that is on the DAC list in that year; none where it is not."""
    listed = _on_list(reported, publisher)
    return reported.activity.flow_type if listed is None else ODA if listed == "1" else None


_SHARED: Final[Mapping[str, Any]] = {
    "reporting_year": lambda reported, _: reported.year,
    "provider": lambda _, publisher: publisher.country,
    "extending_agency": lambda _, publisher: _text(publisher.names),
    "project_number": lambda reported, _: reported.activity.subject.code,
    "identification": lambda reported, _: reported.activity.identifier,
    "recipient": lambda reported, _: reported.recipient,
    "channel_name": lambda reported, _: _channel(reported)[0],
    "channel_code": lambda reported, _: _channel(reported)[1],
    "title": lambda reported, _: _text(reported.activity.title),
    "description": lambda reported, _: _text(reported.activity.description),
    "purpose_code": lambda reported, _: _sectors(reported),
    "type_of_aid": lambda reported, _: reported.activity.aid_type,
    "type_of_finance": lambda reported, _: reported.activity.finance_type,
    "sdg_focus": lambda reported, _: ";".join([*reported.activity.goals, *reported.activity.targets]),
    "currency": lambda reported, _: reported.currency,
    "commitment": lambda reported, _: reported.committed,
    "disbursement": lambda reported, _: reported.spent,
}
_CRS: Final[Mapping[str, Any]] = {
    **_SHARED,
    "bi_multi": lambda reported, _: reported.activity.collaboration_type,
    "type_of_flow": _flow,
    "tied_status": lambda reported, _: reported.activity.tied_status,
    "expected_start": lambda reported, _: _day(reported, "2", "1"),
    "expected_completion": lambda reported, _: _day(reported, "4", "3"),
    **{f"marker_{name}": _marker(code) for name, code in _MARKERS.items()},
}
_TOSSD: Final[Mapping[str, Any]] = {
    **_SHARED,
    "pillar": lambda _, __: _CROSS_BORDER,
    "framework_of_collaboration": _framework,
    "type_of_flow": _flow,
    "recipient_on_dac_list": _on_list,
}
