"""Writes the IATI organisation file: the agency itself, and what it has spent by year."""

from collections.abc import AsyncIterator, Callable
from datetime import date, datetime
from typing import Any

from lxml import etree
from sqlalchemy.ext.asyncio import AsyncSession

from services.programs.db.activities import list_expenditure
from services.programs.domain.activities import Publisher, Value
from services.programs.operations.iati_elements import add_element, add_span, add_value, instant
from services.programs.operations.iati_xml import add_reporter, open_file


async def write_organisation(
    session: AsyncSession,
    publisher: Publisher,
    generated: datetime,
    today: date,
    count: Callable[[Any], None],
) -> AsyncIterator[bytes]:
    """Yield the organisation file: identifier, name, and total expenditure by calendar year and currency."""
    root = etree.Element("iati-organisation", {"last-updated-datetime": instant(generated)})
    etree.SubElement(root, "organisation-identifier").text = publisher.ref
    add_element(root, "name", texts=publisher.names)
    add_reporter(root, publisher)
    for year, currency, amount in await list_expenditure(session, today):
        element = add_element(root, "total-expenditure")
        last = date(year, 12, 31)
        add_span(element, date(year, 1, 1), last)
        add_value(element, Value(amount, currency, min(last, generated.date())))
    count([])
    with open_file("iati-organisations", generated) as stream:
        stream.file.write(root, pretty_print=True)
        yield stream.take()
    yield stream.sink.getvalue()
