"""The reference portfolio, loaded over the API and read back fact by fact."""

from typing import Any

import asyncpg
import httpx
import pytest
from sqlalchemy import event

from cli.portfolio.loader import load_portfolio
from services.programs.schemas.deliveries import CountryDeliveries
from tests.apps import Door
from tests.cluster import TestDatabase

INTERVIEW = "interview-2025"


@pytest.fixture
async def portfolio(reference: Door) -> httpx.AsyncClient:
    return reference.as_()


async def rows(reader: httpx.AsyncClient, path: str, **parameters: str) -> dict[str, Any]:
    items = (await reader.get(path, params={"limit": "200"} | parameters)).json()["items"]
    return {item["code"]: item for item in items}


def cited(row: dict[str, Any]) -> set[str]:
    return {source["code"] for source in row["sources"]}


async def test_a_second_run_changes_nothing(programs: Door, clean: TestDatabase) -> None:
    importer = programs.as_("importer")
    connection = await asyncpg.connect(clean.admin)
    try:
        assert await load_portfolio(importer) > 100
        before = await connection.fetchval("SELECT count(*) FROM programs.audit_entry")
        assert await load_portfolio(importer) == 0
        assert await connection.fetchval("SELECT count(*) FROM programs.audit_entry") == before
    finally:
        await connection.close()


async def test_the_agency_is_as_the_interview_says(portfolio: httpx.AsyncClient) -> None:
    """F01, F02, F03."""
    agency = (await portfolio.get("/v1/agency")).json()
    assert (agency["founded"], agency["chair"]) == ("2020-12", "Arken Arystanov")
    assert agency["legal_form"]["en"] == "Non-profit joint-stock company"
    assert agency["reporting_identifier"] is None
    assert cited(agency) == {INTERVIEW}


@pytest.mark.parametrize(
    ("fact", "path", "code", "expected"),
    [
        ("F10", "organizations", "tika", {"country": "TR"}),
        ("F10", "organizations", "undp", {"acronym": "UNDP"}),
        ("F11", "organizations", "singapore-tcd", {"country": "SG"}),
        ("F12", "organizations", "iof", {"status": "unresolved", "verbatim_name": "IOF"}),
        ("F12", "organizations", "ebrd", {"acronym": "EBRD"}),
        ("F13", "organizations", "wco", {"acronym": "WCO"}),
        ("F14", "organizations", "amu", {"country": "KZ"}),
        ("F14", "organizations", "state-revenues", {"country": "KZ"}),
        ("F15", "organizations", "tajik-medical-university", {"country": "TJ"}),
        ("F15", "organizations", "embassy-tajikistan", {"country": "TJ"}),
        ("F40", "programs", "avicenna", {"status": "annual", "coded_by": "project"}),
        ("F44", "programs", "dostyk-diplomacy", {"status": "annual"}),
        ("F47", "programs", "dostyk-digitalization", {"status": "annual"}),
        ("F51", "programs", "short-courses", {"status": None}),
        ("F41", "editions", "AVI-2025-C1", {"period": "2025-04-10/2025-05-02", "state": "running"}),
        ("F42", "editions", "AVI-2025-C2", {"period": "2025-23", "state": "planned"}),
        ("F43", "editions", "AVI-2024-C1", {"period": "2024", "pilot": True, "historic": True}),
        ("F43", "editions", "AVI-2024-C2", {"period": "2024", "pilot": True}),
        ("F45", "editions", "DIP-2025", {"period": "2025-05", "state": "planned"}),
        ("F46", "editions", "DIP-2024", {"period": "2024-04"}),
        ("F48", "editions", "DIG-2025", {"period": "2025-08", "state": "planned"}),
        ("F49", "editions", "DIG-2024", {"period": "2024", "pilot": True}),
        ("F52", "editions", "QA-2023", {"period": "2023", "duration_days": 2}),
        ("F55", "editions", "SEISMIC-2024", {"period": "2024"}),
        ("F56", "editions", "CUSTOMS-2025", {"period": "2025"}),
        ("F53", "deliveries", "egov-tajikistan", {"period": "2023-36", "kind": "technical_grant"}),
        ("F35", "deliveries", "egov-consulting", {"kind": "consulting", "recipient_country": None}),
        ("F54", "deliveries", "tech-orda-tajikistan", {"quantity": 100, "unit": "voucher"}),
        ("F57", "deliveries", "school-gaziantep", {"period": None, "state": "in_delivery"}),
    ],
)
async def test_a_fact_stands_with_its_source(
    portfolio: httpx.AsyncClient, fact: str, path: str, code: str, expected: dict[str, Any]
) -> None:
    found = (await rows(portfolio, f"/v1/{path}"))[code]
    single = (await portfolio.get(f"/v1/{path}/{found['id']}")).json()
    assert {key: single[key] for key in expected} == expected, fact
    assert INTERVIEW in cited(single), fact


@pytest.mark.parametrize(
    ("fact", "kind", "count"),
    [
        ("F04, F05", "policy_frame", 2),
        ("F06", "principle", 3),
        ("F07", "strategic_priority", 3),
        ("F08", "strategic_direction", 1),
        ("F09", "challenge", 3),
        ("F09", "response", 1),
        ("F12, F16", "partner", 2),
        ("F20-F23", "geography", 3),
        ("F30", "cooperation_form", 3),
        ("F32-F35", "instrument", 4),
        ("F58", "cultural_program", 1),
        ("F70-F72", "effectiveness", 3),
        ("sectors", "sector", 1),
        ("contradictions 1, 4", "contradiction", 2),
        ("gaps 2, 3, 5, 6", "gap", 4),
    ],
)
async def test_statements_stand_with_their_source(
    portfolio: httpx.AsyncClient, fact: str, kind: str, count: int
) -> None:
    found = await rows(portfolio, "/v1/statements", kind=kind)
    assert len(found) == count, fact
    assert all(INTERVIEW in cited(row) for row in found.values())


async def test_the_fund_is_not_the_agency(portfolio: httpx.AsyncClient) -> None:
    """F31."""
    found = await rows(portfolio, "/v1/funds")
    assert cited(found["international-cooperation-fund"]) == {INTERVIEW}


async def test_the_egov_chain_is_told_as_far_as_it_is_known(portfolio: httpx.AsyncClient) -> None:
    """F35, F53: a transfer, and consulting after it, of which no recipient and no date is said."""
    transfer = (await rows(portfolio, "/v1/deliveries"))["egov-tajikistan"]
    chain = (await portfolio.get(f"/v1/deliveries/{transfer['id']}/chain")).json()["links"]
    assert [(link["place"], link["code"], link["kind"], link["period"]) for link in chain] == [
        (0, "egov-tajikistan", "technical_grant", "2023-36"),
        (1, "egov-consulting", "consulting", None),
    ]


async def test_names_that_no_source_gives_say_so(portfolio: httpx.AsyncClient) -> None:
    paths = [
        f"/v1/organizations/{row['id']}" for row in (await rows(portfolio, "/v1/organizations")).values()
    ]
    read = [(await portfolio.get(path)).json() for path in [*paths, "/v1/agency"]]
    added = [row for row in read if row["names"].keys() != {"en"}]
    assert len(added) == 10
    assert {row.get("code") for row in added} >= {"undp", "amu", "academy-public-administration", "wco"}
    for row in read:
        assert any("added" in (source["note"] or "") for source in row["sources"]) is (row in added), row
    assert read[-1]["ministry"]["kk"] == "Қазақстан Республикасының Сыртқы істер министрлігі"


async def test_who_partnered_which_pilot_is_left_open(portfolio: httpx.AsyncClient) -> None:
    """F50."""
    found = await rows(portfolio, "/v1/partnerships")
    pilots = [row for code, row in found.items() if code.startswith("pilots-2024-")]
    assert [(len(row["subjects"]), row["certainty"]) for row in pilots] == [(3, "unresolved")] * 3


async def test_two_sources_of_two_precisions_stand_side_by_side(portfolio: httpx.AsyncClient) -> None:
    """F46."""
    edition = (await rows(portfolio, "/v1/editions"))["DIP-2024"]
    single = (await portfolio.get(f"/v1/editions/{edition['id']}")).json()
    assert {s["code"]: s["confidence"] for s in single["sources"]} == {
        INTERVIEW: "stated",
        "trend-2024": "inferred",
    }


async def test_what_tajikistan_had_part_in(portfolio: httpx.AsyncClient) -> None:
    answer = await portfolio.get("/v1/countries/TJ/deliveries")
    dossier = answer.json()
    assert CountryDeliveries.model_validate_json(answer.content).model_dump(mode="json") == dossier
    years = {y["year"]: {e["code"]: e for e in y["entries"]} for y in dossier["years"]}
    assert {year: set(entries) for year, entries in years.items()} == {
        2023: {"QA-2023", "egov-tajikistan"},
        2024: {"AVI-2024-C1", "AVI-2024-C2", "DIG-2024", "DIP-2024", "SEISMIC-2024", "tech-orda-tajikistan"},
        2025: {"AVI-2025-C1", "AVI-2025-C2", "CUSTOMS-2025", "DIG-2025", "DIP-2025"},
    }
    entries = {code: entry for year in years.values() for code, entry in year.items()}
    invited = {code for code, entry in entries.items() if entry["relations"] == ["invited"]}
    assert invited == {"AVI-2025-C2", "DIG-2025", "DIP-2025"}
    assert all(entry["sources"] and entry["period"] for entry in entries.values())
    assert entries["AVI-2025-C2"]["date_text"]["en"] == "autumn 2025"
    assert entries["tech-orda-tajikistan"]["quantity"] == 100
    notes = {note["code"] for note in entries["DIG-2024"]["notes"]}
    assert {"note-1-three-programs", "note-2-pilot-partners"} <= notes
    assert len(dossier["notes"]) == 6


async def test_the_dossier_asks_as_often_for_many_rows_as_for_few(
    programs: Door, portfolio: httpx.AsyncClient
) -> None:
    statements: list[str] = []
    engine = programs.app.state.sessions.read_engine.sync_engine

    def note(_: object, __: object, statement: str, *___: object) -> None:
        statements.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        counts = []
        for country in ("TR", "TJ"):
            statements.clear()
            assert (await portfolio.get(f"/v1/countries/{country}/deliveries")).status_code == 200
            counts.append(len(statements))
    finally:
        event.remove(engine, "before_cursor_execute", note)
    assert counts[0] == counts[1] <= 7
