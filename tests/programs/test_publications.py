"""Publishing: what stands in the way, what is published, and how it is taken back."""

import hashlib
from typing import Any

import httpx
import pytest
from lxml import etree

from cli.portfolio.sources import INTERVIEW
from services.common.jobs import run_due_jobs
from services.programs.operations.publication_renewals import renew_due
from services.programs.operations.publications import CHECK, RENEW, RENEWAL, check_due
from tests.apps import Door
from tests.programs.demonstrations import enter
from tests.programs.iati_rules import (
    breaches,
    count_cases,
    needs_iati,
    rule_kinds,
    schema_errors,
    unlisted_codes,
)
from tests.programs.publishing import REPORTER, name_reporter, publish

ACTIVITIES = "/v1/publications/iati/activities.xml"
ORGANISATION = "/v1/publications/iati/organisation.xml"


@pytest.fixture
async def portfolio(reference: Door) -> Door:
    """The reference portfolio, whose agency has a reporting identifier."""
    await name_reporter(reference)
    return reference


Delivered = tuple[httpx.AsyncClient, str]
"""A manager, and where the publication profile of a delivery stands."""


@pytest.fixture
async def delivery(programs: Door) -> Delivered:
    """A delivery that has no publication profile yet."""
    manager = programs.as_("manager")
    row = {
        "code": "school",
        "title": {"en": "A school"},
        "details": {"kind": "construction", "object": "School"},
    }
    made = await manager.post("/v1/deliveries", json=row)
    assert made.status_code == httpx.codes.CREATED, made.text
    return manager, f"/v1/publication-profiles/delivery/{made.json()['id']}"


async def row(door: Door, path: str, code: str) -> dict[str, Any]:
    answer = await door.as_("manager").get(path, params={"limit": "200"})
    found: dict[str, Any] = next(item for item in answer.json()["items"] if item["code"] == code)
    return found


async def test_without_a_reporting_identifier_nothing_is_published(reference: Door) -> None:
    manager = reference.as_("manager")
    for answer in (
        await manager.post("/v1/publication-records", json={"channel": "iati_activities"}),
        await manager.get("/v1/publication-checks/iati_activities"),
    ):
        assert answer.status_code == 409
        assert answer.json()["code"] == "reporting-identifier-missing"
    assert (await manager.get("/v1/publication-records")).json()["items"] == []
    assert (await reference.as_().get(ACTIVITIES)).json()["code"] == "not-published"


async def placeless(door: Door) -> dict[str, Any]:
    """Enter an edition that nobody benefits from, which IATI does not take."""
    program = await row(door, "/v1/programs", "avicenna")
    fact = {
        "code": "SYN-NOWHERE",
        "program_id": program["id"],
        "title": {"en": "Nowhere"},
        "period": "2024",
        "stated": {"state": "completed", "as_of": "2025-04-18"},
        "sources": [{"source_code": INTERVIEW}],
    }
    return await enter(door.as_("importer"), "/v1/editions", fact)


async def test_errors_refuse_the_file_and_name_the_record_to_mend(portfolio: Door) -> None:
    edition = await placeless(portfolio)
    checked = (await portfolio.as_("manager").get("/v1/publication-checks/iati_activities")).json()
    (error,) = [finding for finding in checked["findings"] if finding["severity"] == "error"]
    assert (error["rule"], error["code"]) == ("3.7.1", "recipient_missing")
    href = f"/v1/editions/{edition['id']}"
    assert error["subject"] == {"id": edition["id"], "label": "SYN-NOWHERE", "href": href}
    operation = await publish(portfolio, "iati_activities")
    assert operation["state"] == "failed"
    assert operation["problem"]["code"] == "publication-refused"
    assert [e["pointer"] for e in operation["problem"]["errors"]] == [href]
    (record,) = (await portfolio.as_().get("/v1/publication-records")).json()["items"]
    assert (record["state"], record["errors"], record["sha256"]) == ("refused", 1, None)
    assert (await portfolio.as_().get(ACTIVITIES)).status_code == 404


async def test_what_no_source_dates_is_left_out_and_named(portfolio: Door) -> None:
    """The school in the Gaziantep region is under way, and nobody says since when: no date is made up for it."""
    school = await row(portfolio, "/v1/deliveries", "school-gaziantep")
    assert school["period"] is None
    checked = (await portfolio.as_("manager").get("/v1/publication-checks/iati_activities")).json()
    (left,) = [finding for finding in checked["findings"] if finding["code"] == "undated_withheld"]
    assert (left["severity"], left["rule"], left["subject"]["href"]) == (
        "warning",
        "6.11.1",
        f"/v1/deliveries/{school['id']}",
    )
    assert "school-gaziantep" in left["detail"]
    assert (await publish(portfolio, "iati_activities"))["state"] == "succeeded"
    assert b"school-gaziantep" not in (await portfolio.as_().get(ACTIVITIES)).content
    await publish(portfolio, "activities_csv")  # a table may say that a date is not known
    table = await portfolio.as_().get("/v1/publications/open-data/activities.csv")
    assert b"school-gaziantep" in table.content


async def test_a_check_of_any_size_is_an_operation(portfolio: Door) -> None:
    await placeless(portfolio)
    manager = portfolio.as_("manager")
    at_once = (await manager.get("/v1/publication-checks/iati_activities")).json()
    accepted = await manager.post("/v1/publication-checks", json={"channel": "iati_activities"})
    assert accepted.status_code == httpx.codes.ACCEPTED, accepted.text
    await run_due_jobs(portfolio.app.state.sessions, {CHECK: check_due})
    operation = (await manager.get(accepted.headers["location"])).json()
    assert (operation["state"], operation["result"]) == ("succeeded", at_once)
    assert at_once["errors"] == 1
    foreign = await portfolio.as_("manager").get(accepted.headers["location"])
    assert foreign.status_code == 404


async def look_again(door: Door) -> list[str]:
    """Do what is due a day later, and return the states of the publications, the latest first."""
    await run_due_jobs(door.app.state.sessions, {RENEW: renew_due}, limit=1, ahead=RENEWAL)
    return [r["state"] for r in (await door.as_().get("/v1/publication-records")).json()["items"]]


async def test_a_published_file_is_kept_true(portfolio: Door) -> None:
    await publish(portfolio, "activities_jsonld")
    at = "/v1/publications/open-data/activities.jsonld"
    first = await portfolio.as_().get(at)
    assert await look_again(portfolio) == ["published"]
    assert (await portfolio.as_().get(at)).headers["etag"] == first.headers["etag"]
    program = await row(portfolio, "/v1/programs", "avicenna")
    path = f"/v1/programs/{program['id']}"
    version = (await portfolio.as_("manager").get(path)).headers["etag"]
    changed = {"title": {"en": "Avicenna, renamed (synthetic)"}}
    answer = await portfolio.as_("manager").patch(path, json=changed, headers={"If-Match": version})
    assert answer.status_code == 200, answer.text
    assert await look_again(portfolio) == ["published", "superseded"]
    assert b"renamed (synthetic)" in (await portfolio.as_().get(at)).content
    (record, _) = (await portfolio.as_().get("/v1/publication-records")).json()["items"]
    withdrawal = f"/v1/publication-records/{record['id']}/withdrawal"
    await portfolio.as_("administrator").post(withdrawal, json={"reason": "Synthetic"})
    assert await look_again(portfolio) == ["withdrawn", "superseded"]


async def test_what_the_checks_refuse_leaves_the_file_of_before(portfolio: Door) -> None:
    await publish(portfolio, "iati_activities")
    before = (await portfolio.as_().get(ACTIVITIES)).content
    await placeless(portfolio)
    assert await look_again(portfolio) == ["refused", "published"]
    assert (await portfolio.as_().get(ACTIVITIES)).content == before
    (record, _) = (await portfolio.as_().get("/v1/publication-records")).json()["items"]
    assert record["errors"] == 1


@needs_iati
async def test_the_reference_portfolio_is_valid(portfolio: Door) -> None:
    operation = await publish(portfolio, "iati_activities")
    assert operation["state"] == "succeeded", operation
    answer = await portfolio.as_().get(ACTIVITIES)
    assert schema_errors(answer.content) == []
    assert breaches(answer.content) == []
    wrong, compared = unlisted_codes(answer.content)
    assert wrong == []
    assert compared > 200
    assert (count_cases(), len(rule_kinds())) == (107, 15)


async def test_what_the_portfolio_says_stands_in_the_file(portfolio: Door) -> None:
    await publish(portfolio, "iati_activities")
    root: Any = etree.fromstring((await portfolio.as_().get(ACTIVITIES)).content)
    found = {activity.findtext("iati-identifier"): activity for activity in root}
    assert {f"{REPORTER}-PRG-avicenna", f"{REPORTER}-CMP-avicenna-1"} <= found.keys()
    assert not [name for name in found if "school" in name or "AVI-2025-C2" in name]  # withheld; planned
    edition = found[f"{REPORTER}-EDN-AVI-2024-C1"]
    assert edition.get("hierarchy") == "3"
    assert edition.find("activity-status").get("code") == "3"
    assert {(d.get("type"), d.get("iso-date")) for d in edition.iter("activity-date")} == {
        ("2", "2024-01-01"),
        ("4", "2024-12-31"),
    }
    assert "Known only as: 2024" in edition.findtext("activity-date/narrative")
    assert [(p.get("code"), p.get("percentage")) for p in edition.iter("recipient-country")] == [("TJ", "50")]
    assert [(p.get("code"), p.get("percentage")) for p in edition.iter("recipient-region")] == [("619", "50")]
    assert [(r.get("ref"), r.get("type")) for r in edition.iter("related-activity")] == [
        (f"{REPORTER}-CMP-avicenna-1", "1")
    ]
    assert [p.get("role") for p in edition.iter("participating-org")] == ["2"]  # who partnered is not said
    day_known = found[f"{REPORTER}-EDN-AVI-2025-C1"]
    assert ("2", "2025-04-10") in {
        (d.get("type"), d.get("iso-date")) for d in day_known.iter("activity-date")
    }
    assert day_known.find("activity-date/narrative") is None
    vouchers = found[f"{REPORTER}-DEL-tech-orda-tajikistan"]
    assert [f.get("code") for f in vouchers.iter("default-flow-type")] == ["10"]
    assert [s.get("percentage") for s in vouchers.iter("sector")] == ["50", "50"]
    customs = found[f"{REPORTER}-EDN-CUSTOMS-2025"]
    partners = {(p.get("ref"), p.get("crs-channel-code")) for p in customs.iter("participating-org")}
    assert {("XM-DAC-701-8", None), (None, "47139")} <= partners
    assert customs.find("default-tied-status") is None


async def test_the_file_stands_at_its_address_until_it_is_taken_back(portfolio: Door) -> None:
    manager, public = portfolio.as_("administrator"), portfolio.as_()
    await publish(portfolio, "iati_activities")
    first = await public.get(ACTIVITIES)
    (record,) = (await public.get("/v1/publication-records")).json()["items"]
    assert record["sha256"] == hashlib.sha256(first.content).hexdigest()
    assert (record["size"], record["address"]) == (len(first.content), ACTIVITIES)
    assert first.headers["etag"] == f'"{record["sha256"]}"'
    again = await public.get(ACTIVITIES, headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    await publish(portfolio, "iati_activities")
    states = [r["state"] for r in (await public.get("/v1/publication-records")).json()["items"]]
    assert states == ["published", "superseded"]
    (current, _) = (await public.get("/v1/publication-records")).json()["items"]
    at = f"/v1/publication-records/{current['id']}/withdrawal"
    assert (await public.post(at, json={"reason": "x"})).status_code == 401
    gone = await manager.post(at, json={"reason": "A date was wrong."})
    assert gone.json()["state"] == "withdrawn"
    assert (await manager.post(at, json={"reason": "Again."})).status_code == 409
    taken = await public.get(ACTIVITIES)
    assert (taken.status_code, taken.json()["detail"]) == (410, "A date was wrong.")


@needs_iati
async def test_the_organisation_file_is_valid(portfolio: Door) -> None:
    operation = await publish(portfolio, "iati_organisation")
    assert operation["state"] == "succeeded", operation
    answer = await portfolio.as_().get(ORGANISATION)
    assert schema_errors(answer.content, "organisations") == []
    assert breaches(answer.content) == []
    assert unlisted_codes(answer.content)[0] == []
    root = etree.fromstring(answer.content)
    assert root.findtext("iati-organisation/organisation-identifier") == REPORTER


async def test_a_profile_is_changed_with_its_version_only(delivery: Delivered) -> None:
    manager, at = delivery
    made = await manager.put(at, json={"withheld_reason": "No source dates it."})
    assert made.status_code == 200, made.text
    assert (await manager.put(at, json={})).status_code == 428
    assert (await manager.put(at, json={}, headers={"If-Match": '"9"'})).status_code == 412
    shown = await manager.put(at, json={}, headers={"If-Match": made.headers["etag"]})
    assert shown.json()["withheld_reason"] is None
    absent = await manager.put(at.replace("/delivery/", "/program/"), json={})
    assert (absent.status_code, absent.json()["code"]) == (404, "portfolio-item-not-found")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("sdg_targets", ["99.9"]),
        ("policy_markers", [{"code": "1", "significance": "9"}]),
        ("recipients", [{"country": "TJ", "region": "619", "share": "100"}]),
        ("recipients", [{"share": "100"}]),
        (
            "documents",
            [{"url": "javascript:x", "format": "text/html", "title": {"en": "x"}, "category": "A01"}],
        ),
        ("tied_status", "2"),
        ("details", {"budget_items": [{"code": "2.2.1", "share": "60"}, {"code": "2.2.2", "share": "30"}]}),
        ("details", {"budget_items": [{"code": "2.2.1"}, {"code": "2.2.2", "share": "100"}]}),
        ("details", {"budget_items": [{"code": "2.2.1", "share": "99"}]}),
        ("details", {"humanitarian_scopes": [{"type": "1", "vocabulary": "99", "code": "x"}]}),
        ("details", {"locations": [{"name": {"en": "x"}, "latitude": "91", "longitude": "0"}]}),
        ("details", {"locations": [{"name": {"en": "x"}, "latitude": "9"}]}),
        ("details", {"locations": [{"name": {"en": "x"}, "gazetteer": "G1"}]}),
        ("details", {"contacts": [{"person_name": {"en": "Somebody"}}]}),
    ],
)
async def test_a_profile_takes_codes_of_the_lists_only(delivery: Delivered, field: str, value: Any) -> None:
    manager, at = delivery
    answer = await manager.put(at, json={field: value})
    assert answer.status_code == httpx.codes.UNPROCESSABLE_ENTITY
