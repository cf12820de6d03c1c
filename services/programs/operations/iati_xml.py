"""Writes IATI 2.03 element by element, so that a file of any length fits in memory."""

from collections.abc import AsyncIterable, AsyncIterator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Final

from lxml import etree

from services.programs.domain.activities import (
    Activity,
    Document,
    Figure,
    Indicator,
    Part,
    Party,
    Period,
    PlannedDisbursement,
    Publisher,
    Transaction,
)
from services.programs.operations.iati_details import (
    add_budget_items,
    add_contacts,
    add_crs_flags,
    add_forecasts,
    add_humanitarian_scopes,
    add_legacy,
    add_locations,
)
from services.programs.operations.iati_elements import (
    LANGUAGE,
    Attributes,
    Element,
    add_code,
    add_element,
    add_span,
    add_value,
    day_of,
    instant,
    number,
    set_attributes,
)

VERSION: Final = "2.03"
_DAC_SECTORS, _GOALS, _TARGETS, _VOUCHERS = "1", "2", "3", "4"
_OBJECTIVES: Final = "2"
_OWN_INDICATORS: Final = "99"
_HERE: Final = "1"
"""IATI GeographicLocationReach: where the activity takes place, not whom it benefits."""


@dataclass
class Stream:
    """Opens the root of a file and hands out what has been written since the last time."""

    sink: BytesIO
    file: "etree._IncrementalFileWriter"

    def take(self) -> bytes:
        """Return what is written and not handed out yet."""
        self.file.flush()
        content = self.sink.getvalue()
        self.sink.seek(0)
        self.sink.truncate()
        return content


@contextmanager
def open_file(root: str, generated: datetime) -> Iterator[Stream]:
    """Open a file with this root; it is complete, and closed, when the block ends."""
    sink = BytesIO()
    with etree.xmlfile(sink, encoding="utf-8") as file:
        file.write_declaration()
        with file.element(root, {"version": VERSION, "generated-datetime": instant(generated)}):
            file.write("\n")
            yield Stream(sink, file)


async def write_activities(
    activities: AsyncIterable[Activity], publisher: Publisher, generated: datetime
) -> AsyncIterator[bytes]:
    """Yield an IATI activity file piece by piece; what is in memory is one activity."""
    with open_file("iati-activities", generated) as stream:
        async for activity in activities:
            stream.file.write(build_activity(activity, publisher), pretty_print=True)
            yield stream.take()
    yield stream.sink.getvalue()


def build_activity(activity: Activity, publisher: Publisher) -> Element:
    """Return the `iati-activity` element, its children in the order that the schema asks for."""
    root = etree.Element("iati-activity")
    set_attributes(
        root,
        {
            "last-updated-datetime": instant(activity.updated_at),
            LANGUAGE: "en",
            "hierarchy": str(activity.hierarchy),
            "humanitarian": "1" if activity.humanitarian else None,
            "budget-not-provided": activity.budget_not_provided,
        },
    )
    etree.SubElement(root, "iati-identifier").text = activity.identifier
    add_reporter(root, publisher)
    add_element(root, "title", texts=activity.title)
    add_element(root, "description", texts=activity.description)
    if activity.objectives:
        add_element(root, "description", {"type": _OBJECTIVES}, texts=activity.objectives)
    _add_parties(root, activity)
    add_element(root, "activity-status", {"code": activity.status})
    for dated in activity.dates:
        add_element(
            root, "activity-date", {"type": dated.type, "iso-date": day_of(dated.day)}, texts=dated.note
        )
    add_contacts(root, activity.details)
    add_code(root, "activity-scope", activity.scope)
    _add_parts(root, "recipient-country", activity.countries)
    _add_parts(root, "recipient-region", activity.regions, vocabulary="1")
    for place in activity.places:
        location = add_element(root, "location")
        add_element(location, "location-reach", {"code": _HERE})
        add_element(location, "name", texts={"en": place})
    add_locations(root, activity.details)
    _add_classification(root, activity)
    _add_money(root, activity)
    for document in activity.documents:
        _add_document(root, document)
    for related in activity.related:
        add_element(root, "related-activity", {"ref": related.ref, "type": related.type})
    add_legacy(root, activity.details)
    if activity.conditions:
        conditions = add_element(root, "conditions", {"attached": "1"})
        for condition in activity.conditions:
            add_element(conditions, "condition", {"type": condition.type}, texts=condition.text)
    for result in activity.results:
        element = add_element(root, "result", {"type": result.type})
        add_element(element, "title", texts=result.title)
        for indicator in result.indicators:
            _add_indicator(element, indicator)
    add_crs_flags(root, activity.details)
    add_forecasts(root, activity.details)
    return root


def add_reporter(root: Element, publisher: Publisher) -> None:
    """Add who reports."""
    add_element(root, "reporting-org", {"ref": publisher.ref, "type": publisher.kind}, texts=publisher.names)


def _add_parties(root: Element, activity: Activity) -> None:
    for participant in activity.participants:
        extra = {"role": participant.role, "crs-channel-code": participant.party.channel}
        _add_party(root, "participating-org", participant.party, extra)
    for other in activity.other_identifiers:
        element = add_element(root, "other-identifier", {"ref": other.ref, "type": other.type})
        if other.owner:
            add_element(element, "owner-org", {"ref": other.owner.ref}, texts=other.owner.names)


def _add_classification(root: Element, activity: Activity) -> None:
    _add_parts(root, "sector", activity.sectors, vocabulary=_DAC_SECTORS)
    for vocabulary, codes in ((_GOALS, activity.goals), (_TARGETS, activity.targets)):
        for code in codes:
            add_element(root, "tag", {"vocabulary": vocabulary, "code": code})
    add_budget_items(root, activity.details)
    add_humanitarian_scopes(root, activity.details)
    for marker in activity.markers:
        add_element(
            root,
            "policy-marker",
            {"vocabulary": "1", "code": marker.code, "significance": marker.significance},
        )
    add_code(root, "collaboration-type", activity.collaboration_type)
    add_code(root, "default-flow-type", activity.flow_type)
    add_code(root, "default-finance-type", activity.finance_type)
    add_code(root, "default-aid-type", activity.aid_type)
    if activity.paid_in_vouchers and activity.aid_type:
        add_element(root, "default-aid-type", {"code": "2", "vocabulary": _VOUCHERS})
    add_code(root, "default-tied-status", activity.tied_status)


def _add_money(root: Element, activity: Activity) -> None:
    for budget in activity.budgets:
        element = add_element(root, "budget", {"type": budget.type, "status": budget.status})
        add_span(element, budget.starts, budget.ends)
        add_value(element, budget.value)
    for planned in activity.planned_disbursements:
        _add_planned(root, planned)
    if (spend := activity.details.capital_spend) is not None:
        add_element(root, "capital-spend", {"percentage": number(spend)})
    for transaction in activity.transactions:
        _add_transaction(root, transaction)


def _add_planned(root: Element, planned: PlannedDisbursement) -> None:
    element = add_element(root, "planned-disbursement")
    add_span(element, planned.starts, planned.ends)
    add_value(element, planned.value)
    if planned.receiver:
        _add_party(element, "receiver-org", planned.receiver)


def _add_transaction(root: Element, transaction: Transaction) -> None:
    element = add_element(root, "transaction", {"ref": transaction.ref})
    add_element(element, "transaction-type", {"code": transaction.type})
    add_element(element, "transaction-date", {"iso-date": day_of(transaction.day)})
    add_value(element, transaction.value)
    if transaction.description:
        add_element(element, "description", texts={"en": transaction.description})
    if transaction.provider:
        extra = {"provider-activity-id": transaction.provider_activity}
        _add_party(element, "provider-org", transaction.provider, extra)
    if transaction.receiver:
        extra = {"receiver-activity-id": transaction.receiver_activity}
        _add_party(element, "receiver-org", transaction.receiver, extra)


def _add_document(root: Element, document: Document) -> None:
    element = add_element(root, "document-link", {"url": document.url, "format": document.format})
    add_element(element, "title", texts=document.title)
    add_element(element, "category", {"code": document.category})
    for language in document.languages:
        add_element(element, "language", {"code": language})
    if document.dated:
        add_element(element, "document-date", {"iso-date": day_of(document.dated)})


def _add_indicator(root: Element, indicator: Indicator) -> None:
    element = add_element(root, "indicator", {"measure": indicator.measure})
    add_element(element, "title", texts=indicator.title)
    if indicator.description:
        add_element(element, "description", texts=indicator.description)
    add_element(element, "reference", {"vocabulary": _OWN_INDICATORS, "code": indicator.code})
    if indicator.baseline:
        year, figures = indicator.baseline
        for figure in figures:
            _add_figure(element, "baseline", figure, {"year": str(year)})
    for period in indicator.periods:
        _add_period(element, period)


def _add_period(root: Element, period: Period) -> None:
    element = add_element(root, "period")
    add_span(element, period.starts, period.ends)
    for name, figures in (("target", period.targets), ("actual", period.actuals)):
        for figure in figures:
            _add_figure(element, name, figure, {})


def _add_figure(root: Element, name: str, figure: Figure, extra: Attributes) -> None:
    element = add_element(root, name, {**extra, "value": figure.value})
    if figure.dimension:
        add_element(element, "dimension", {"name": figure.dimension[0], "value": figure.dimension[1]})


def _add_parts(root: Element, name: str, parts: Sequence[Part], *, vocabulary: str | None = None) -> None:
    for part in parts:
        share = None if part.percentage is None else number(part.percentage)
        add_element(
            root,
            name,
            {"vocabulary": vocabulary, "code": part.code, "percentage": share},
            texts=part.note,
        )


def _add_party(root: Element, name: str, party: Party, extra: Attributes | None = None) -> None:
    add_element(root, name, {"ref": party.ref, "type": party.kind, **(extra or {})}, texts=party.names)
