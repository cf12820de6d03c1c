"""Writes the rarer blocks of an IATI activity; nothing for those that nobody has said."""

from typing import Final

from lxml import etree

from services.programs.domain.activity_details import Details
from services.programs.operations.iati_elements import Element, add_element, day_of, number

_OWN_BUDGETS: Final = "1"
_EARTH: Final = "http://www.opengis.net/def/crs/EPSG/0/4326"
_SIGNIFICANT: Final = "1"


def add_contacts(root: Element, details: Details) -> None:
    """Add where to ask."""
    for contact in details.contacts:
        element = add_element(root, "contact-info", {"type": contact.kind})
        for name, texts in (("organisation", contact.organization), ("department", contact.department)):
            if texts:
                add_element(element, name, texts=texts)
        for name, line in (
            ("telephone", contact.telephone),
            ("email", contact.email),
            ("website", contact.website),
        ):
            if line:
                etree.SubElement(element, name).text = line
        if contact.address:
            add_element(element, "mailing-address", texts=contact.address)


def add_locations(root: Element, details: Details) -> None:
    """Add places by gazetteer or point."""
    for place in details.locations:
        element = add_element(root, "location")
        if place.gazetteer:
            vocabulary, code = place.gazetteer
            add_element(element, "location-id", {"vocabulary": vocabulary, "code": code})
        add_element(element, "name", texts=place.name)
        if place.point:
            point = add_element(element, "point", {"srsName": _EARTH})
            etree.SubElement(point, "pos").text = place.point
        if place.exactness:
            add_element(element, "exactness", {"code": place.exactness})


def add_budget_items(root: Element, details: Details) -> None:
    """Add the shares of the recipient government's budget."""
    if not details.budget_items:
        return
    items = add_element(root, "country-budget-items", {"vocabulary": _OWN_BUDGETS})
    for item in details.budget_items:
        share = None if item.percentage is None else number(item.percentage)
        element = add_element(items, "budget-item", {"code": item.code, "percentage": share})
        if item.note:
            add_element(element, "description", texts=item.note)


def add_humanitarian_scopes(root: Element, details: Details) -> None:
    """Add emergencies and appeals."""
    for scope in details.humanitarian_scopes:
        coded = {"type": scope.type, "vocabulary": scope.vocabulary, "code": scope.code}
        add_element(root, "humanitarian-scope", coded, texts=scope.text)


def add_legacy(root: Element, details: Details) -> None:
    """Add facts of earlier systems."""
    for fact in details.legacy:
        said = {"name": fact.name, "value": fact.value, "iati-equivalent": fact.equivalent}
        add_element(root, "legacy-data", said)


def add_crs_flags(root: Element, details: Details) -> None:
    """Add the flags of the Creditor Reporting System."""
    if details.other_flags:
        element = add_element(root, "crs-add")
        for flag in details.other_flags:
            add_element(element, "other-flags", {"code": flag, "significance": _SIGNIFICANT})


def add_forecasts(root: Element, details: Details) -> None:
    """Add what is expected to be spent."""
    if details.forecasts is None:
        return
    said = details.forecasts
    priority = None if said.priority is None else str(int(said.priority))
    phase_out = None if said.phase_out is None else str(said.phase_out)
    element = add_element(
        root,
        "fss",
        {"extraction-date": day_of(said.extracted), "priority": priority, "phaseout-year": phase_out},
    )
    for year, value in said.years:
        attributes = {"year": str(year), "value-date": day_of(value.day), "currency": value.currency}
        add_element(element, "forecast", attributes).text = number(value.amount)
