"""What an activity must fulfill before it is published: our form of IATI's standard ruleset.

IATI's ruleset (version 2.03, 107 cases of 15 kinds) speaks of XML. Most of its cases cannot arise here, because the
file is made so: every narrative names its language and every amount its currency, sectors and recipients
stand at activity level only, identifiers are made from the publisher's. The others are checked here, where
the record that has to be mended is still known. The number with each finding is that of IATI's rule.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Final

from services.programs.domain.activities import Activity, Figure, Part, Party, Publisher, Subject
from services.programs.domain.programs import WHOLE

QUALITATIVE: Final = "5"
YEAR: Final = timedelta(days=366)
_SYMBOLS: Final = re.compile(r"[/&|?]")
_NUMBER: Final = re.compile(r"-?[0-9]+(\.[0-9]+)?")


class Severity(StrEnum):
    """Whether a finding stands in the way of publishing."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True)
class Finding:
    """One thing to mend in one record."""

    subject: Subject | None
    """None: the agency's own record."""
    rule: str
    """Number of the rule of IATI's standard ruleset, or `qoldau` for one of ours."""
    severity: Severity
    code: str
    detail: str


Rule = Callable[[Activity, date], Iterator[tuple[str, str, str]]]
"""Yields number, code and detail of each breach."""


def _texts(activity: Activity, _: date) -> Iterator[tuple[str, str, str]]:
    if not activity.title:
        yield "4.3.1", "title_missing", "The title has no text."
    if not activity.description:
        yield "4.4.1", "description_missing", "The description has no text."


def _dates(activity: Activity, today: date) -> Iterator[tuple[str, str, str]]:
    by_type = {dated.type: dated.day for dated in activity.dates}
    if not by_type.keys() & {"1", "2"}:
        yield "6.11.1", "start_missing", "Neither a planned nor an actual start is known."
    for rule, first, last, words in (("11.1.2", "1", "3", "planned"), ("11.1.3", "2", "4", "actual")):
        if first in by_type and last in by_type and by_type[first] > by_type[last]:
            yield rule, "dates_reversed", f"The {words} end lies before the {words} start."
    for rule, kind in (("11.1.4", "2"), ("11.1.5", "4")):
        if kind in by_type and by_type[kind] > today:
            yield rule, "actual_in_future", "What has happened is dated in the future."


def _shares(activity: Activity, _: date) -> Iterator[tuple[str, str, str]]:
    if not activity.sectors:
        yield "6.2.2", "sector_missing", "Name at least one sector."
    yield from _shared(activity.sectors, ("2.1.1", "2.1.2", "2.1.4", "12.3.1"), "sector")
    recipients = [*activity.countries, *activity.regions]
    if not recipients:
        yield "3.7.1", "recipient_missing", "Name at least one country or region that benefits."
    rules = (
        ("3.4.1", "3.4.2", "3.4.4", "12.1.1") if activity.regions else ("3.1.1", "3.1.2", "3.1.4", "12.1.1")
    )
    yield from _shared(recipients, rules, "recipient")


def _shared(
    parts: Sequence[Part], rules: tuple[str, str, str, str], noun: str
) -> Iterator[tuple[str, str, str]]:
    missing, unequal, single, beyond = rules
    shares = [part.percentage for part in parts if part.percentage is not None]
    if any(not 0 <= share <= WHOLE for share in shares):
        yield beyond, f"{noun}_share_range", "A share is a percentage from 0 to 100."
    if len(parts) == 1:
        if shares and shares[0] != WHOLE:
            yield single, f"{noun}_share_single", "A single one has no share, or 100."
    elif len(shares) < len(parts):
        yield missing, f"{noun}_shares_missing", "Give the share of each, or of none."
    elif parts and sum(shares, Decimal(0)) != WHOLE:
        yield unequal, f"{noun}_shares_sum", "The shares must sum to exactly 100."


def _participants(activity: Activity, _: date) -> Iterator[tuple[str, str, str]]:
    if not activity.participants:
        yield "xsd", "participant_missing", "Name an organization that takes part."
    for participant in activity.participants:
        yield from _party(participant.party, "6.10.1", "1.8.13")


def _party(party: Party | None, nameless: str, symbols: str) -> Iterator[tuple[str, str, str]]:
    if party is None:
        return
    if not (party.ref or party.names):
        yield nameless, "organization_nameless", "An organization has neither identifier nor name."
    if party.ref and _SYMBOLS.search(party.ref):
        yield symbols, "organization_identifier", "An organization's identifier holds one of / & | ?."


def _identifiers(activity: Activity, _: date) -> Iterator[tuple[str, str, str]]:
    if _SYMBOLS.search(activity.identifier):
        yield "1.3.13", "identifier_symbols", "The identifier holds one of / & | ?."
    if activity.identifier != activity.identifier.strip():
        yield "1.3.1", "identifier_spaces", "The identifier begins or ends with a space."
    for other in activity.other_identifiers:
        if other.ref != other.ref.strip():
            rule = {"B1": "1.16.1", "A3": "1.6.1"}.get(other.type, "qoldau")
            yield rule, "other_identifier_spaces", "Another identifier begins or ends with a space."
        yield from _party(other.owner, "6.8.1", "1.11.13")


def _money(activity: Activity, today: date) -> Iterator[tuple[str, str, str]]:
    for budget in activity.budgets:
        if budget.starts > budget.ends:
            yield "8.6.3", "budget_reversed", "A budget ends before it starts."
        elif budget.ends - budget.starts >= YEAR:
            yield "7.5.3", "budget_too_long", "A budget is for one year at most."
    for planned in activity.planned_disbursements:
        if planned.ends is not None and planned.starts > planned.ends:
            yield "8.6.3", "disbursement_reversed", "A planned disbursement ends before it starts."
        yield from _party(planned.receiver, "6.9.2", "1.15.13")
    for transaction in activity.transactions:
        if transaction.day > today:
            yield "11.2.1", "transaction_in_future", "A transaction is dated in the future."
        if transaction.value.day > today:
            yield "11.2.2", "value_in_future", "The worth of a transaction is dated in the future."
        yield from _party(transaction.provider, "6.9.1", "1.10.13")
        yield from _party(transaction.receiver, "6.9.2", "1.15.13")


def _results(activity: Activity, _: date) -> Iterator[tuple[str, str, str]]:
    for result in activity.results:
        for indicator in result.indicators:
            baseline = indicator.baseline[1] if indicator.baseline else ()
            yield from _figures(baseline, indicator.measure, ("8.8.1", "8.8.2", "8.8.3"))
            for period in indicator.periods:
                if period.starts > period.ends:
                    yield "8.6.1", "period_reversed", "A period of an indicator ends before it starts."
                yield from _figures(period.targets, indicator.measure, ("8.9.1", "8.9.2", "8.9.3"))
                yield from _figures(period.actuals, indicator.measure, ("8.10.1", "8.10.2", "8.10.3"))


def _figures(
    figures: Sequence[Figure], measure: str, rules: tuple[str, str, str]
) -> Iterator[tuple[str, str, str]]:
    for figure in figures:
        if measure == QUALITATIVE:
            if figure.value is not None:
                yield rules[2], "value_of_qualitative", "What is qualitative has no value."
        elif figure.value is None:
            yield rules[0], "value_missing", "A figure has no value."
        elif not _NUMBER.fullmatch(figure.value):
            yield rules[1], "value_not_number", "A figure is not a number."


_RULES: Final[Sequence[Rule]] = (
    _texts,
    _dates,
    _shares,
    _participants,
    _identifiers,
    _money,
    _results,
)

DOUBTS: Final = {
    "sector_shares_assumed": "No source states the shares of the sectors; they are split equally.",
    "recipient_shares_assumed": "No source states the shares of the recipients; they are split equally.",
    "area_uncoded": "An area without a code of its own is left out.",
    "partner_unclear": "A partner is left out: no source says what it does, or for which of several.",
    "flow_unknown": "No flow type: a recipient is not on the DAC list.",
}
"""What a publisher should know of an activity although it is valid."""


def check_activity(activity: Activity, today: date) -> list[Finding]:
    """Return what is wrong with the activity, and what was assumed or left out in it."""
    found = [
        Finding(activity.subject, number, Severity.ERROR, code, detail)
        for rule in _RULES
        for number, code, detail in rule(activity, today)
    ]
    found += [
        Finding(activity.subject, "qoldau", Severity.WARNING, doubt, DOUBTS[doubt])
        for doubt in activity.doubts
    ]
    return list(dict.fromkeys(found))


def undated_finding(activity: Activity) -> Finding:
    """Return why an activity is withheld from a file that asks for dates: no source dates its record."""
    detail = f"{activity.subject.code} is left out: no source dates it, and no date is made up."
    return Finding(activity.subject, "6.11.1", Severity.WARNING, "undated_withheld", detail)


def check_publisher(publisher: Publisher, registers: frozenset[str]) -> list[Finding]:
    """Return what is wrong with the reporting organization's own identifier (IATI 1.14 and 1.18)."""
    faults = []
    if not any(publisher.ref.startswith(f"{register}-") for register in registers):
        faults.append(("1.14.8", "reporting_register", "It must begin with a register of IATI's list."))
    if _SYMBOLS.search(publisher.ref):
        faults.append(("1.14.13", "reporting_symbols", "It holds one of / & | ?."))
    if publisher.ref != publisher.ref.strip():
        faults.append(("1.14.1", "reporting_spaces", "It begins or ends with a space."))
    return [Finding(None, number, Severity.ERROR, code, detail) for number, code, detail in faults]
