"""A portfolio with every optional block filled: each file that can be published of it, and what stands in it.

All of it is made up; only the rows that stand as `real` in this test's database are published.
"""

import csv
import io
import json
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from lxml import etree

from services.common.inbox import receive_event
from services.evaluation.domain.events import (
    INDICATOR_PERIOD_CHANGED,
    IndicatorFigureData,
    IndicatorPeriodData,
)
from services.programs.domain.publications import PATHS, PublicationChannel
from services.programs.inbox import indicators
from tests.apps import Door
from tests.events import arriving
from tests.programs.demonstrations import enter
from tests.programs.iati_rules import breaches, needs_iati, schema_errors, unlisted_codes
from tests.programs.publishing import REPORTER, name_reporter, profile, publish

SOURCE = [{"source_code": "syn-source"}]
PROFILE: dict[str, Any] = {
    "scope": "3",
    "humanitarian": True,
    "recipients": [{"country": "TJ", "share": "66.67"}, {"country": "KG", "share": "33.33"}],
    "sectors": [{"code": "12181", "share": "70"}, {"code": "22040", "share": "30"}],
    "sdg_targets": ["4.3"],
    "policy_markers": [{"code": "1", "significance": "1"}],
    "finance_type": "110",
    "tied_status": "5",
    "other_identifiers": [{"ref": "SYN-OLD", "type": "A1", "owner": "A synthetic agency"}],
    "conditions": [{"type": "2", "text": {"en": "Attendance of 80 percent"}}],
    "documents": [
        {
            "url": "https://example.org/aims.pdf",
            "format": "application/pdf",
            "title": {"en": "Aims"},
            "category": "A02",
            "languages": ["en"],
            "dated": "2025-01-02",
        }
    ],
    "details": {
        "contacts": [
            {
                "kind": "1",
                "organization": {"en": "A synthetic agency"},
                "department": {"en": "Programs", "ru": "Программы"},
                "telephone": "+7 7172 000000",
                "email": "info@example.org",
                "website": "https://example.org",
                "address": {"en": "Astana"},
            }
        ],
        "locations": [
            {
                "name": {"en": "Gaziantep"},
                "gazetteer": "G1",
                "gazetteer_code": "314830",
                "latitude": "37.0594",
                "longitude": "37.3825",
                "exactness": "2",
            },
            {"name": {"en": "Astana"}},
        ],
        "budget_items": [
            {"code": "2.2.1", "share": "60", "text": {"en": "Schools"}},
            {"code": "2.2.2", "share": "40"},
        ],
        "humanitarian_scopes": [
            {
                "type": "1",
                "vocabulary": "1-2",
                "code": "EQ-2023-000015-TUR",
                "text": {"en": "Earthquake of February 2023"},
            }
        ],
        "capital_spend": "12.5",
        "legacy": [{"name": "Project status", "value": "7", "equivalent": "activity-status"}],
        "other_flags": ["1"],
        "forecasts": {
            "extracted": "2025-01-01",
            "priority": True,
            "phase_out": 2027,
            "years": [
                {
                    "year": 2026,
                    "money": {"amount": "10.50", "currency": "USD"},
                    "valued_on": "2025-01-01",
                }
            ],
        },
    },
}
CHILDREN = {
    *("iati-identifier", "reporting-org", "title", "description", "participating-org", "other-identifier"),
    *("activity-status", "activity-date", "contact-info", "activity-scope", "recipient-country"),
    *("recipient-region", "location", "sector", "tag", "country-budget-items", "humanitarian-scope"),
    *("policy-marker", "collaboration-type", "default-flow-type", "default-finance-type"),
    *("default-aid-type", "default-tied-status", "budget", "planned-disbursement", "capital-spend"),
    *("transaction", "document-link", "related-activity", "legacy-data", "conditions", "result", "crs-add"),
    "fss",
}
"""Every child of an activity that IATI 2.03 knows, from design/standards.md."""


@pytest.fixture
async def full(programs: Door) -> Door:
    """One program with a component, two editions, two deliveries and a fund, and everything said of them."""
    manager, finance = programs.as_("manager", "importer"), programs.as_("finance")
    await name_reporter(programs, {"en": "=A synthetic agency", "kk": "Ойдан шығарылған агенттік"})
    await enter(
        manager, "/v1/sources", {"code": "syn-source", "kind": "document", "title": "A synthetic source"}
    )
    organizations = {}
    for code, country in (("donor", "JP"), ("pivot", "UZ"), ("school", "TJ")):
        organizations[code] = await enter(
            manager,
            "/v1/organizations",
            {
                "code": f"syn-{code}",
                "names": {"en": f"A synthetic {code}"},
                "kind": "10",
                "country": country,
                "identifiers": [{"scheme": "XM-DAC", "code": "701-8"}] if code == "donor" else [],
            },
        )
    program = await enter(
        manager,
        "/v1/programs",
        {
            "code": "syn",
            "title": {"en": "+Synthetic"},
            "kind": "course_program",
            "status": "annual",
            "objectives": {"en": "To test"},
            "sdg_goals": ["4"],
            "aid_type": "E01",
            "sectors": [{"code": "12181", "share": "100"}],
            "sources": SOURCE,
        },
    )
    component = await enter(
        manager, f"/v1/programs/{program['id']}/components", {"ordinal": 1, "title": {"en": "Students"}}
    )
    edition = {
        "program_id": program["id"],
        "component_id": component["id"],
        "title": {"en": "A synthetic course"},
        "host_places": [{"name": "Astana", "country": "KZ"}],
        "stated": {"state": "completed", "as_of": "2025-06-01"},
        "sources": SOURCE,
    }
    first = await enter(manager, "/v1/editions", edition | {"code": "SYN-1", "period": "2024-04"})
    second = await enter(
        manager,
        "/v1/editions",
        edition | {"code": "SYN-2", "period": "2025-04-10/2025-05-02", "predecessor_id": first["id"]},
    )
    for one in (first, second):
        for country in ("TJ", "KG"):
            place = {"country": country, "relation": "took_part", "sources": SOURCE}
            await enter(manager, f"/v1/editions/{one['id']}/countries", place)
    grant = {
        "code": "syn-grant",
        "title": {"en": "A synthetic grant"},
        "recipient_country": "TJ",
        "period": "2024-36",
        "details": {"kind": "technical_grant", "product": "Software"},
        "aid_type": "D02",
        "sectors": [{"code": "22040", "share": "100"}],
        "stated": "handed_over",
        "program_id": program["id"],
        "sources": SOURCE,
    }
    granted = await enter(manager, "/v1/deliveries", grant)
    vouchers = grant | {
        "code": "syn-vouchers",
        "details": {"kind": "voucher_scheme"},
        "quantity": 100,
        "unit": "voucher",
        "predecessor_id": granted["id"],
    }
    await enter(manager, "/v1/deliveries", vouchers)
    for code, role, does in (
        ("donor", "facilitator", "funder"),
        ("pivot", "pivotal", "co_organizer"),
        ("school", "beneficiary", "host"),
    ):
        partnership = {
            "code": f"syn-{code}",
            "organization_id": organizations[code]["id"],
            "functional_role": does,
            "triangular_role": role,
            "subjects": [{"kind": "edition", "id": second["id"]}],
        }
        await enter(manager, "/v1/partnerships", partnership)
    fund = await enter(
        manager,
        "/v1/funds",
        {"code": "syn-fund", "names": {"en": "A synthetic fund"}, "purpose": {"en": "To test"}},
    )
    key = {"Idempotency-Key": str(uuid4())}
    given = {
        "kind": "receipt",
        "organization_id": organizations["donor"]["id"],
        "money": {"amount": "1000.00", "currency": "USD"},
        "dated": "2025-01-15",
    }
    answer = await finance.post(f"/v1/funds/{fund['id']}/contributions", json=given, headers=key)
    assert answer.status_code == 201, answer.text
    for kind, amount in (("outgoing_commitment", "200.00"), ("disbursement", "100.01")):
        entry = {
            "fund_id": fund["id"],
            "kind": kind,
            "edition_id": second["id"],
            "organization_id": organizations["school"]["id"],
            "money": {"amount": amount, "currency": "USD"},
            "dated": "2025-04-20",
        }
        headers = {"Idempotency-Key": str(uuid4())}
        answer = await finance.post("/v1/transactions", json=entry, headers=headers)
        assert answer.status_code == 201, answer.text
    budget = {
        "subject": {"kind": "edition", "id": second["id"]},
        "status": "committed",
        "starts_on": "2025-01-01",
        "ends_on": "2025-12-31",
        "money": {"amount": "250.00", "currency": "USD"},
    }
    headers = {"Idempotency-Key": str(uuid4())}
    answer = await finance.post("/v1/budgets", json=budget, headers=headers)
    assert answer.status_code == 201, answer.text
    await profile(programs, "edition", second, **PROFILE)
    regional = {"recipients": [{"country": "TJ", "share": "50"}, {"region": "619", "share": "50"}]}
    await profile(programs, "fund", fund, **PROFILE | regional)
    award = {
        "code": "syn-award",
        "fund_id": fund["id"],
        "edition_id": second["id"],
        "kind": "scholarship",
        "title": {"en": "A synthetic scholarship"},
        "instalments": [{"due_on": "2031-01-15", "money": {"amount": "50.00", "currency": "USD"}}],
    }
    answer = await manager.post("/v1/awards", json=award, headers={"Idempotency-Key": str(uuid4())})
    assert answer.status_code == 201, answer.text
    await receive(programs, program["id"])
    return programs


async def receive(door: Door, program_id: str) -> None:
    """Take what evaluation tells of an indicator of the program."""
    told = IndicatorPeriodData(
        aggregate_id=UUID(int=5),
        aggregate_version=3,
        indicator_id=UUID(int=6),
        program_id=UUID(program_id),
        code="syn-trained",
        title={"en": "People trained"},
        unit={"en": "People"},
        level="output",
        measure="count",
        provenance="real",
        period="2025",
        state="approved",
        figures=[
            IndicatorFigureData(kind="baseline", country=None, value="0"),
            IndicatorFigureData(kind="target", country=None, value="20"),
            IndicatorFigureData(kind="actual", country=None, value="18"),
            IndicatorFigureData(kind="actual", country="TJ", value="18"),
        ],
    )
    event = arriving(INDICATOR_PERIOD_CHANGED.name, told.model_dump(mode="json"))
    consumers = {indicators.INDICATOR_PERIOD_CHANGED: indicators.mirror_indicator_period}
    async with door.app.state.sessions.transaction() as session:
        assert await receive_event(session, consumers, event)


async def read(door: Door, channel: PublicationChannel) -> bytes:
    operation = await publish(door, channel)
    assert operation["state"] == "succeeded", operation
    answer = await door.as_().get(PATHS[channel])
    assert answer.status_code == 200
    return answer.content


@needs_iati
async def test_every_optional_block_is_filled_and_valid(full: Door) -> None:
    content = await read(full, PublicationChannel.IATI_ACTIVITIES)
    assert schema_errors(content) == []
    assert breaches(content) == []
    assert unlisted_codes(content)[0] == []
    root: Any = etree.fromstring(content)
    assert {element.tag for activity in root for element in activity} == CHILDREN
    found = {activity.findtext("iati-identifier"): activity for activity in root}
    edition = found[f"{REPORTER}-EDN-SYN-2"]
    assert edition.find("collaboration-type").get("code") == "8"
    assert [t.find("transaction-type").get("code") for t in edition.iter("transaction")] == ["2", "3"]
    assert {t.find("provider-org").get("provider-activity-id") for t in edition.iter("transaction")} == {
        f"{REPORTER}-FND-syn-fund"
    }
    fund = found[f"{REPORTER}-FND-syn-fund"]
    assert [t.find("transaction-type").get("code") for t in fund.iter("transaction")] == ["1"]
    assert [p.get("role") for p in fund.iter("participating-org")] == ["2", "1"]
    assert edition.get("humanitarian") == "1"
    assert edition.find("humanitarian-scope").get("code") == "EQ-2023-000015-TUR"
    assert [item.get("percentage") for item in edition.iter("budget-item")] == ["60", "40"]
    assert edition.findtext("location/point/pos") == "37.0594 37.3825"
    assert edition.find("fss/forecast").text == "10.5"
    assert edition.find("contact-info/person-name") is None  # P9
    (planned,) = edition.iter("planned-disbursement")
    assert planned.findtext("value") == "50"
    (result,) = found[f"{REPORTER}-PRG-syn"].iter("result")
    assert result.find("indicator/reference").get("code") == "syn-trained"
    assert [a.get("value") for a in result.iter("actual")] == ["18", "18"]
    vouchers = found[f"{REPORTER}-DEL-syn-vouchers"]
    assert [(a.get("code"), a.get("vocabulary")) for a in vouchers.iter("default-aid-type")] == [
        ("D02", None),
        ("2", "4"),
    ]


@pytest.mark.parametrize("change", ["left", "moved", "one_institution"])
async def test_the_form_of_cooperation_is_the_derived_one(full: Door, change: str) -> None:
    """Three roles are not enough: one party has left, the pivotal one is of the North, one institution has two."""
    manager = full.as_("manager")
    partners = {row["code"]: row for row in (await manager.get("/v1/partnerships")).json()["items"]}
    path = f"/v1/partnerships/{partners['syn-donor']['id']}"
    if change == "moved":
        path = partners["syn-pivot"]["organization"]["href"]
        headers = {"If-Match": (await manager.get(path)).headers["etag"]}
        answer = await manager.patch(path, json={"country": "KR"}, headers=headers)
    else:
        ending = {"ended_on": "2025-04-30", "reason": "The donor has left (synthetic)"}
        answer = await manager.post(f"{path}/ending", json=ending)
    assert answer.status_code == 200, answer.text
    if change == "one_institution":
        school = partners["syn-school"]
        facilitates = {"code": "syn-twice", "triangular_role": "facilitator", "subjects": school["subjects"]}
        row = facilitates | {"organization_id": school["organization"]["id"]}
        await enter(manager, "/v1/partnerships", row)
    lines = (await read(full, PublicationChannel.ACTIVITIES_JSONL)).splitlines()
    edition = next(one for one in map(json.loads, lines) if one["code"] == "SYN-2")
    found = await manager.get("/v1/editions?code=SYN-2")
    cooperation = await manager.get(f"/v1/editions/{found.json()['items'][0]['id']}/cooperation")
    assert cooperation.json()["collaboration_type"] == edition["collaboration_type"] == "1"


@needs_iati
async def test_the_organisation_file_tells_what_was_spent(full: Door) -> None:
    content = await read(full, PublicationChannel.IATI_ORGANISATION)
    assert schema_errors(content, "organisations") == []
    assert breaches(content) == []
    root: Any = etree.fromstring(content)
    (spent,) = root.iter("total-expenditure")
    assert (spent.findtext("value"), spent.find("value").get("currency")) == ("100.01", "USD")


@pytest.mark.parametrize("channel", [PublicationChannel.CRS, PublicationChannel.TOSSD])
async def test_amounts_split_over_recipients_sum_to_the_whole(
    full: Door, channel: PublicationChannel
) -> None:
    """100.01 by 66.67 and 33.33 is 66.676667 and 33.333333: the cent left over goes to the larger remainder."""
    content = await read(full, channel)
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    mine = [row for row in rows if row["project_number"] == "SYN-2"]
    assert [(row["recipient"], row["disbursement"]) for row in mine] == [("TJ", "66.68"), ("KG", "33.33")]
    assert sum(Decimal(row["commitment"]) for row in mine) == Decimal("200.00")
    assert {row["purpose_code"] for row in mine} == {"12181:70;22040:30"}
    assert {row["extending_agency"] for row in mine} == {"'=A synthetic agency"}
    silent = [row for row in rows if row["project_number"] == "SYN-1"]
    assert [row["disbursement"] for row in silent] == ["", ""]  # nothing is known: never zero
    if channel is PublicationChannel.TOSSD:
        assert {row["framework_of_collaboration"] for row in mine} == {"triangular"}
        assert {row["framework_of_collaboration"] for row in silent} == {"south_south"}


async def test_open_data_is_one_row_a_thing(full: Door) -> None:
    table = csv.DictReader(
        io.StringIO((await read(full, PublicationChannel.ACTIVITIES_CSV)).decode("utf-8-sig"))
    )
    activities = {row["identifier"]: row for row in table}
    assert len(activities) == 7
    assert activities[f"{REPORTER}-PRG-syn"]["title_en"] == "'+Synthetic"
    lines = (await read(full, PublicationChannel.ACTIVITIES_JSONL)).splitlines()
    assert {json.loads(line)["identifier"] for line in lines} == activities.keys()
    edition = next(one for one in map(json.loads, lines) if one["code"] == "SYN-2")
    assert edition["countries"] == ["TJ", "KG"]
    assert date.fromisoformat(edition["actual_start"]) == date(2025, 4, 10)
    money = [
        json.loads(line) for line in (await read(full, PublicationChannel.TRANSACTIONS_JSONL)).splitlines()
    ]
    assert sorted(Decimal(entry["amount"]) for entry in money) == [
        Decimal("100.01"),
        Decimal("200.00"),
        Decimal("1000.00"),
    ]
    assert b"A synthetic donor" in await read(full, PublicationChannel.ORGANIZATIONS_CSV)
    linked = json.loads(await read(full, PublicationChannel.ACTIVITIES_JSONLD))
    kinds = [node["@type"] for node in linked["@graph"]]
    assert linked["@context"] == "https://schema.org"
    assert (kinds.count("EducationEvent"), kinds.count("Project"), kinds[0]) == (2, 5, "Dataset")


async def test_a_file_that_does_not_exist_is_told_apart_from_none(full: Door) -> None:
    answer = await full.as_().get("/v1/publications/open-data/people.csv")
    assert (answer.status_code, answer.json()["code"]) == (404, "not-published")


async def test_what_is_sent_back_leaves_the_file(full: Door) -> None:
    before = await read(full, PublicationChannel.IATI_ACTIVITIES)
    assert b"People trained" in before
    data = {
        "aggregate_id": str(UUID(int=5)),
        "aggregate_version": 4,
        "indicator_id": str(UUID(int=6)),
        "program_id": str(UUID(int=1)),
        "code": "syn-trained",
        "title": {"en": "People trained"},
        "unit": None,
        "level": "output",
        "measure": "count",
        "provenance": "real",
        "period": "2025",
        "state": "open",
        "figures": [],
    }
    consumers = {indicators.INDICATOR_PERIOD_CHANGED: indicators.mirror_indicator_period}
    async with full.app.state.sessions.transaction() as session:
        event = arriving(INDICATOR_PERIOD_CHANGED.name, data)
        await receive_event(session, consumers, event)
    assert b"People trained" not in await read(full, PublicationChannel.IATI_ACTIVITIES)
