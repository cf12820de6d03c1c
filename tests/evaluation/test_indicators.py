"""The results framework through HTTP: set up, aimed, reported, approved or returned, locked (all synthetic)."""

from typing import Any
from uuid import uuid4

import httpx

from services.common.identity import Grant, GrantKind, Role
from services.evaluation.inbox.mirrors import mirror_delivery
from tests.apps import Door
from tests.evaluation.surveys import tell_of_edition
from tests.events import arriving

TITLE = {"kk": "Клиникалар", "ru": "Клиники", "en": "Clinics that use the guidelines"}
ACTUAL = {
    "numerator": "42",
    "denominator": "80",
    "countries": [
        {"country": "KG", "numerator": "30", "denominator": "50"},
        {"country": "TJ", "numerator": "12", "denominator": "30"},
    ],
}


async def set_up(door: Door, period: dict[str, Any], **more: Any) -> tuple[httpx.AsyncClient, str, str]:
    """Set up an indicator with one period; return its reporter and both addresses."""
    ids = await tell_of_edition(door, 6)
    reporter = door.as_("manager", subject=uuid4())
    indicator = {
        "code": f"ind-{uuid4().hex[:8]}",
        "program_id": str(ids["program"]),
        "provenance": "synthetic",
        "title": TITLE,
        "measure": "percentage",
        "level": "outcome",
        "criterion": "effectiveness",
        "kirkpatrick": "L4",
    } | more
    made = await reporter.post("/v1/indicators", json=indicator)
    assert made.status_code == 201, made.text
    at = made.headers["location"]
    opened = await reporter.post(f"{at}/periods", json=period)
    assert opened.status_code == 201, opened.text
    return reporter, at, f"{at}/periods/{opened.json()['id']}"


async def test_a_value_is_reported_by_one_and_approved_by_another(evaluation: Door) -> None:
    target = {"numerator": "60", "denominator": "80"}
    _, at, period = await set_up(evaluation, {"period": "2025", "target": target})
    both = evaluation.as_("evaluator", subject=uuid4())
    reported = await both.post(f"{period}/report", json={"actual": ACTUAL})
    assert (reported.status_code, reported.json()["state"]) == (200, "reported")
    whole = reported.json()["actual"][0]
    assert (whole["country"], whole["value"]) == ("", "52.5000")
    assert reported.json()["target"][0]["value"] == "75.0000"
    own = await both.post(f"{period}/approval")
    assert (own.status_code, own.json()["code"]) == (403, "duties-not-separated")
    other = evaluation.as_("approver", subject=uuid4())
    assert (await other.post(f"{period}/lock")).status_code == 409
    assert (await other.post(f"{period}/approval")).json()["state"] == "verified"
    assert (await other.post(f"{period}/lock")).json()["state"] == "locked"
    assert (await both.post(f"{period}/report", json={"actual": ACTUAL})).status_code == 409
    rolled = (await other.get(f"{at}/roll-up")).json()
    assert [(f["country"], f["value"]) for f in rolled["figures"]] == [
        ("", "52.5000"),
        ("KG", "60.0000"),
        ("TJ", "40.0000"),
    ]


async def test_a_value_goes_back_with_its_reason_and_is_in_no_roll_up(evaluation: Door) -> None:
    reporter, at, period = await set_up(evaluation, {"period": "2025"})
    assert (await reporter.post(f"{period}/report", json={"actual": ACTUAL})).status_code == 200
    other = evaluation.as_("approver", subject=uuid4())
    back = (await other.post(f"{period}/return", json={"reason": "Where is Uzbekistan?"})).json()
    assert (back["state"], back["return_reason"]) == ("open", "Where is Uzbekistan?")
    assert (await other.get(f"{at}/roll-up")).json()["figures"] == []
    again = (await reporter.post(f"{period}/report", json={"actual": ACTUAL})).json()
    assert (again["state"], again["return_reason"]) == ("reported", None)
    (listed,) = (await other.get(f"{at}/periods")).json()["items"]
    assert len(listed["actual"]) == 3


async def test_figures_that_do_not_add_up_and_overlapping_periods_are_refused(evaluation: Door) -> None:
    reporter, at, period = await set_up(evaluation, {"period": "2025"})
    wrong = {"actual": ACTUAL | {"numerator": "43"}}
    answer = await reporter.post(f"{period}/report", json=wrong)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/actual")
    assert (await reporter.post(f"{period}/report", json={})).status_code == 422
    overlap = await reporter.post(f"{at}/periods", json={"period": "2025-06"})
    assert (overlap.status_code, overlap.json()["code"]) == (409, "indicator-period-exists")
    assert (await reporter.post(f"{at}/periods", json={"period": "2026"})).status_code == 201
    assert (
        await reporter.post(f"/v1/indicators/{uuid4()}/periods", json={"period": "2026"})
    ).status_code == 404
    lost = await reporter.post(f"{at}/periods/{uuid4()}/report", json={"actual": ACTUAL})
    assert lost.status_code == 404


async def test_what_the_system_counts_is_not_typed_in(evaluation: Door) -> None:
    counted = {"measure": "count", "source": "participants", "level": "output"}
    reporter, at, period = await set_up(evaluation, {"period": "2026"}, **counted)
    typed = {"actual": {"numerator": "7"}}
    assert (await reporter.post(f"{period}/report", json=typed)).status_code == 422
    answer = (await reporter.post(f"{period}/report", json={})).json()
    assert [(f["country"], f["value"]) for f in answer["actual"]] == [("", "6.0000"), ("TJ", "6.0000")]
    known = (await reporter.get(at)).json()
    again = {name: known[name] for name in ("code", "program_id", "title", "measure", "level")}
    repeated = await reporter.post("/v1/indicators", json=again)
    assert (repeated.status_code, repeated.json()["code"]) == (409, "indicator-exists")
    wrong = await reporter.post(
        "/v1/indicators", json=again | {"code": "other", "source": "completion", "measure": "count"}
    )
    assert (wrong.status_code, wrong.json()["errors"][0]["pointer"]) == (422, "/measure")
    stranger = await reporter.post("/v1/indicators", json=again | {"program_id": str(uuid4())})
    assert (stranger.status_code, stranger.json()["code"]) == (422, "edition-unknown")
    of_program = {"program_id": known["program_id"]}
    assert len((await reporter.get("/v1/indicators", params=of_program)).json()["items"]) == 1


async def test_completion_is_counted_in_all_and_by_no_country(evaluation: Door) -> None:
    reporter, _, period = await set_up(evaluation, {"period": "2026"}, source="completion", level="output")
    answer = (await reporter.post(f"{period}/report", json={})).json()
    assert [(f["country"], f["numerator"], f["denominator"]) for f in answer["actual"]] == [
        ("", "0.0000", "6.0000")
    ]


async def test_approved_values_are_among_the_outcomes_of_their_country(evaluation: Door) -> None:
    reporter, _, period = await set_up(evaluation, {"period": "2025"}, provenance="real")
    few = ACTUAL | {
        "numerator": "32",
        "countries": [ACTUAL["countries"][0], {"country": "TJ", "numerator": "2", "denominator": "30"}],
    }
    assert (await reporter.post(f"{period}/report", json={"actual": few})).status_code == 200
    public, at = evaluation.as_(), "/v1/countries/{}/outcomes"
    assert (await public.get(at.format("KG"))).json()["indicators"] == []
    other = evaluation.as_("approver", subject=uuid4())
    assert (await other.post(f"{period}/approval")).status_code == 200
    (shown,) = (await public.get(at.format("KG"))).json()["indicators"]
    assert (shown["title"], shown["period"], shown["actual"]["value"]) == (TITLE, "2025", "60.0000")
    (hidden,) = (await public.get(at.format("TJ"))).json()["indicators"]
    assert (hidden["suppressed"], hidden["actual"]) == (True, None)


async def test_accepted_deliveries_are_outputs_of_their_program(evaluation: Door) -> None:
    counted = {"measure": "count", "source": "deliveries", "level": "output"}
    reporter, at, period = await set_up(evaluation, {"period": "2026"}, **counted)
    program = (await reporter.get(at)).json()["program_id"]

    def accepted(day: str, country: str | None, **more: Any) -> dict[str, Any]:
        told = {"aggregate_id": str(uuid4()), "program_id": program, "kind": "equipment"}
        return told | {"recipient_country": country, "accepted_on": day, "provenance": "synthetic"} | more

    school = accepted("2026-05-01", "TJ")
    events = [
        *(school, school, school | {"aggregate_version": 2, "accepted_on": "2026-06-01"}),
        *(accepted("2026-12-31", "TJ"), accepted("2026-01-01", "KG"), accepted("2026-02-02", None)),
        *(accepted("2025-12-31", "TJ"), accepted("2026-05-01", "TJ", provenance="real")),
        *(
            accepted("2026-05-01", "TJ", program_id=None),
            accepted("2026-05-01", "TJ", program_id=str(uuid4())),
        ),
    ]
    async with evaluation.app.state.sessions.transaction() as session:
        for told in events:
            await mirror_delivery(session, arriving("programs.delivery.accepted.v1", told))
    reported = (await reporter.post(f"{period}/report", json={})).json()
    assert [(f["country"], f["value"]) for f in reported["actual"]] == [
        ("", "4.0000"),
        ("KG", "1.0000"),
        ("TJ", "2.0000"),
    ]


async def test_a_countrys_own_outcome_is_reported_by_its_reporter(evaluation: Door) -> None:
    whole = {"numerator": "42", "denominator": "80"}
    manager, at, period = await set_up(evaluation, {"period": "2025"}, country="TJ", provenance="real")

    def reporter_of(country: str) -> httpx.AsyncClient:
        grant = Grant(Role.COUNTRY_REPORTER, GrantKind.COUNTRY, country)
        return evaluation.as_("country_reporter", subject=uuid4(), grants=frozenset({grant}))

    own, stranger = reporter_of("TJ"), reporter_of("KG")
    assert [each["country"] for each in (await own.get("/v1/indicators")).json()["items"]] == ["TJ"]
    assert (await stranger.get("/v1/indicators")).json()["items"] == []
    for refused in (
        await stranger.get(at),
        await stranger.get(f"{at}/periods"),
        await stranger.post(f"{period}/report", json={"actual": whole}),
    ):
        assert (refused.status_code, refused.json()["code"]) == (404, "indicator-not-found")
    split = await own.post(f"{period}/report", json={"actual": ACTUAL})
    assert (split.status_code, split.json()["errors"][0]["pointer"]) == (422, "/actual")
    reported = await own.post(f"{period}/report", json={"actual": whole})
    assert (reported.status_code, reported.json()["actual"][0]["value"]) == (200, "52.5000")
    assert (await own.post(f"{period}/approval")).status_code == 403
    approver = evaluation.as_("approver", subject=uuid4())
    assert (await approver.post(f"{period}/approval")).status_code == 200
    (shown,) = (await evaluation.as_().get("/v1/countries/TJ/outcomes")).json()["indicators"]
    assert shown["actual"]["value"] == "52.5000"
    assert (await evaluation.as_().get("/v1/countries/KG/outcomes")).json()["indicators"] == []
    known = (await manager.get(at)).json()
    computed = {name: known[name] for name in ("program_id", "title", "level")}
    computed |= {"code": "wrong", "country": "TJ", "source": "participants", "measure": "count"}
    assert (await manager.post("/v1/indicators", json=computed)).status_code == 422
