"""Files for statisticians: which flow, by recipient and year, and in which framework; synthetic only."""

import csv
import io
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from services.programs.domain.activities import Activity, Part, Transaction
from services.programs.operations.statistics_files import write_tossd
from tests.programs.test_activity_rules import AGENCY, FULL, MONEY


async def read_rows(activity: Activity) -> list[dict[str, str]]:
    """Return the rows that statisticians get of one activity."""

    async def one() -> AsyncIterator[Activity]:
        yield activity

    content = b"".join([part async for part in write_tossd(one(), AGENCY)])
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


async def test_flows_are_coded_by_recipient_and_year_on_the_dated_list() -> None:
    """Antigua and Barbuda left the DAC list on 1 January 2022: official, but no ODA any more."""
    countries = [Part("TJ", Decimal(50)), Part("AG", Decimal(30))]
    for year, listed in ((2021, {"TJ": "1", "AG": "1"}), (2026, {"TJ": "1", "AG": "0"})):
        paid = Transaction("t", "3", date(year, 5, 1), MONEY)
        rows = await read_rows(
            replace(FULL, countries=countries, regions=[Part("619", Decimal(20))], transactions=[paid])
        )
        assert {row["recipient"]: row["recipient_on_dac_list"] for row in rows} == listed | {"619": "1"}
        flows = {row["recipient"]: row["type_of_flow"] for row in rows}
        assert flows == {place: "10" if on == "1" else "" for place, on in listed.items()} | {"619": "10"}
        assert sum(Decimal(row["disbursement"]) for row in rows) == MONEY.amount
    nowhere = await read_rows(replace(FULL, countries=[], regions=[], transactions=[]))
    assert [(row["recipient"], row["recipient_on_dac_list"]) for row in nowhere] == [("", "")]


@pytest.mark.parametrize(("country", "framework"), [("KZ", "south_south"), ("JP", "other")])
async def test_the_framework_is_south_south_where_the_provider_is_a_recipient(
    country: str, framework: str
) -> None:
    async def one() -> AsyncIterator[Activity]:
        yield replace(FULL, collaboration_type="1", transactions=[])
        yield replace(FULL, collaboration_type="1")

    publisher = replace(AGENCY, country=country)
    content = b"".join([part async for part in write_tossd(one(), publisher)])
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    assert {row["framework_of_collaboration"] for row in rows} == {framework}
