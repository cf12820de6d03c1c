"""What elements of IATI files are made of: codes, texts in languages, amounts and days."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from lxml import etree

from services.common.codelists.iati import load_codelist
from services.programs.domain.activities import Texts, Value

LANGUAGE: Final = "{http://www.w3.org/XML/1998/namespace}lang"

Element = etree._Element
Attributes = Mapping[str, str | None]


def add_span(root: Element, starts: date, ends: date | None) -> None:
    """Add the first and last day of a period."""
    add_element(root, "period-start", {"iso-date": day_of(starts)})
    if ends:
        add_element(root, "period-end", {"iso-date": day_of(ends)})


def add_value(root: Element, value: Value) -> None:
    """Add an amount with its currency and the day whose worth it has."""
    attributes = {"currency": value.currency, "value-date": day_of(value.day)}
    add_element(root, "value", attributes).text = number(value.amount)


def add_code(root: Element, name: str, code: str | None) -> None:
    """Add an element that is a code, where it is known."""
    if code:
        add_element(root, name, {"code": code})


def add_element(
    root: Element, name: str, attributes: Attributes | None = None, *, texts: Texts | None = None
) -> Element:
    """Add an element with those attributes that are known, and a narrative for each language."""
    element = etree.SubElement(root, name)
    set_attributes(element, attributes or {})
    for language, text in _narratives(texts or {}):
        narrative = etree.SubElement(element, "narrative", {LANGUAGE: language})
        narrative.text = text
    return element


def _narratives(texts: Texts) -> Iterator[tuple[str, str]]:
    """Yield each language that IATI has a code for, the first text of it; English first."""
    known = load_codelist("Language").entries
    named: dict[str, str] = {}
    for tag, text in sorted(texts.items(), key=lambda item: (not item[0].startswith("en"), item[0])):
        language = tag.partition("-")[0]
        if language in known:
            named.setdefault(language, text)
    yield from named.items()


def set_attributes(element: Element, attributes: Attributes) -> None:
    """Set those attributes that are known."""
    for name, value in attributes.items():
        if value is not None:
            element.set(name, value)


def number(amount: Decimal) -> str:
    """Return the number without exponent and without zeros that say nothing."""
    text = f"{amount:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def day_of(day: date) -> str:
    """Return a day as xsd:date."""
    return day.isoformat()


def instant(moment: datetime) -> str:
    """Return a moment to the second, as xsd:dateTime."""
    return moment.replace(microsecond=0).isoformat()
