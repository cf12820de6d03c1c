"""Milestones, risks and status reports, through HTTP over PostgreSQL; synthetic rows only."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.apps import Door
from tests.programs.demonstrations import enter

TODAY = datetime.now(UTC).date()
SYNTHETIC = {"provenance": "synthetic"}
GREEN = dict.fromkeys(("schedule", "cost", "scope", "quality"), "green")


@pytest.fixture
def manager(demonstration: Door) -> httpx.AsyncClient:
    """Somebody of the agency."""
    return demonstration.as_("manager")


def days(ahead: int) -> str:
    return (TODAY + timedelta(days=ahead)).isoformat()


def milestone(subject: dict[str, Any], due: str, **more: Any) -> dict[str, Any]:
    row = {"subject": {"kind": "edition", "id": subject["id"]}, "title": {"en": "Synthetic"}, "due": due}
    return row | more


def risk(subject: dict[str, Any], likelihood: int, impact: int, **more: Any) -> dict[str, Any]:
    row = {"subject": {"kind": "edition", "id": subject["id"]}, "title": {"en": "Synthetic"}}
    return row | {"likelihood": likelihood, "impact": impact} | more


def report(subject: dict[str, Any], as_of: str, **lights: Any) -> dict[str, Any]:
    return {"subject": {"kind": "edition", "id": subject["id"]}, "as_of": as_of} | GREEN | lights


async def listed(client: httpx.AsyncClient, path: str, **params: Any) -> list[dict[str, Any]]:
    answer = await client.get(f"/v1/{path}", params=SYNTHETIC | params)
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def post(client: httpx.AsyncClient, path: str, row: dict[str, Any]) -> tuple[int, str | None]:
    answer = await client.post(f"/v1/{path}", json=row)
    return answer.status_code, answer.json().get("code")


class TestMilestones:
    async def test_overdue_are_those_that_are_past_and_still_open(
        self, manager: httpx.AsyncClient, edition: dict[str, Any]
    ) -> None:
        late, reached, given_up, coming = [
            await enter(manager, "/v1/milestones", milestone(edition, due))
            for due in (days(-1), days(-2), days(-3), days(0))
        ]
        at = f"milestones/{reached['id']}"
        assert await post(manager, f"{at}/achievement", {"achieved_on": days(-2)}) == (200, None)
        assert await post(manager, f"milestones/{given_up['id']}/cancellation", {"reason": "No"}) == (
            200,
            None,
        )
        assert [one["id"] for one in await listed(manager, "milestones", overdue="true")] == [late["id"]]
        told = {one["id"]: one["overdue"] for one in await listed(manager, "milestones")}
        assert told == {late["id"]: True, reached["id"]: False, given_up["id"]: False, coming["id"]: False}
        assert await listed(manager, "milestones", subject_id=str(uuid4())) == []
        assert await listed(manager, "milestones", provenance="real") == []

    async def test_a_season_is_overdue_when_it_is_over(
        self, manager: httpx.AsyncClient, edition: dict[str, Any]
    ) -> None:
        entered = await enter(manager, "/v1/milestones", milestone(edition, f"{TODAY.year}"))
        assert entered["overdue"] is False
        gone = await enter(manager, "/v1/milestones", milestone(edition, f"{TODAY.year - 1}"))
        assert gone["overdue"] is True

    @pytest.mark.parametrize(
        "row",
        [
            {"due": "2025-01/.."},
            {"progress": 101},
            {"progress": -1},
            {"subject": {"kind": "fund", "id": str(uuid4())}},
            {"subject": {"kind": "delivery", "id": str(uuid4())}},
            {"subject": {"kind": "program", "id": str(uuid4())}},
        ],
    )
    async def test_what_makes_no_sense_is_refused(
        self, manager: httpx.AsyncClient, edition: dict[str, Any], row: dict[str, Any]
    ) -> None:
        status, _ = await post(manager, "milestones", milestone(edition, days(1)) | row)
        assert status in {409, 422}
        assert await listed(manager, "milestones") == []

    async def test_a_milestone_is_reached_once_and_not_in_the_future(
        self, manager: httpx.AsyncClient, edition: dict[str, Any]
    ) -> None:
        made = await enter(manager, "/v1/milestones", milestone(edition, days(9)))
        assert {one["name"]: one["allowed"] for one in made["actions"]} == {
            "achieved": True,
            "cancelled": True,
        }
        at = f"milestones/{made['id']}"
        tomorrow = await post(manager, f"{at}/achievement", {"achieved_on": days(1)})
        assert tomorrow == (422, "actual-in-future")
        assert await post(manager, f"{at}/achievement", {"achieved_on": days(0)}) == (200, None)
        refused = (409, "transition-refused")
        assert await post(manager, f"{at}/achievement", {"achieved_on": days(0)}) == refused
        assert await post(manager, f"{at}/cancellation", {"reason": "Late"}) == refused
        read = (await manager.get(f"/v1/{at}")).json()
        assert (read["state"], read["achieved_on"]) == ("achieved", days(0))
        assert [one["allowed"] for one in read["actions"]] == [False, False]

    async def test_a_new_due_date_is_what_counts(
        self, manager: httpx.AsyncClient, edition: dict[str, Any]
    ) -> None:
        made = await enter(manager, "/v1/milestones", milestone(edition, days(-1)))
        at = f"/v1/milestones/{made['id']}"
        change = {"due": days(5), "progress": 40}
        first = await manager.patch(at, json=change, headers={"If-Match": f'"{made["version"]}"'})
        assert (first.json()["overdue"], first.json()["progress"]) == (False, 40)
        stale = await manager.patch(at, json=change, headers={"If-Match": f'"{made["version"]}"'})
        assert stale.status_code == 412
        await manager.post(f"{at}/cancellation", json={"reason": "Not needed"})
        version = (await manager.get(at)).json()["version"]
        closed = await manager.patch(at, json=change, headers={"If-Match": f'"{version}"'})
        assert closed.json()["code"] == "transition-refused"


class TestRisks:
    async def test_the_gravest_come_first(self, manager: httpx.AsyncClient, edition: dict[str, Any]) -> None:
        for likelihood, impact in ((1, 5), (4, 4), (5, 2)):
            await enter(manager, "/v1/risks", risk(edition, likelihood, impact))
        assert [one["rating"] for one in await listed(manager, "risks")] == [16, 10, 5]

    async def test_rating_follows_its_factors(
        self, manager: httpx.AsyncClient, edition: dict[str, Any]
    ) -> None:
        made = await enter(manager, "/v1/risks", risk(edition, 2, 3))
        headers = {"If-Match": f'"{made["version"]}"'}
        changed = await manager.patch(f"/v1/risks/{made['id']}", json={"impact": 5}, headers=headers)
        assert (changed.json()["likelihood"], changed.json()["rating"]) == (2, 10)
        headers = {"If-Match": f'"{changed.json()["version"]}"'}
        nothing = await manager.patch(f"/v1/risks/{made['id']}", json={"impact": None}, headers=headers)
        assert nothing.status_code == 422
        for grade in (0, 6):
            assert (await post(manager, "risks", risk(edition, grade, 1)))[0] == 422

    async def test_review_is_owed_until_the_risk_is_closed(
        self, manager: httpx.AsyncClient, edition: dict[str, Any]
    ) -> None:
        made = await enter(manager, "/v1/risks", risk(edition, 3, 3, review_by=days(-1)))
        await enter(manager, "/v1/risks", risk(edition, 3, 3, review_by=days(0)))
        await enter(manager, "/v1/risks", risk(edition, 3, 3))
        at = f"risks/{made['id']}/state-changes"
        assert await post(manager, at, {"state": "occurred", "reason": "It came"}) == (200, None)
        assert [one["id"] for one in await listed(manager, "risks", overdue="true")] == [made["id"]]
        assert await post(manager, at, {"state": "closed", "reason": "Past"}) == (200, None)
        assert await listed(manager, "risks", overdue="true") == []
        again = await post(manager, at, {"state": "occurred", "reason": "Again"})
        assert again == (409, "transition-refused")
        version = (await manager.get(f"/v1/risks/{made['id']}")).json()["version"]
        headers = {"If-Match": f'"{version}"'}
        late = await manager.patch(f"/v1/risks/{made['id']}", json={"impact": 1}, headers=headers)
        assert late.status_code == 409


class TestStatusReports:
    async def test_the_latest_report_comes_first_and_corrects(
        self, manager: httpx.AsyncClient, edition: dict[str, Any]
    ) -> None:
        why = {"comment": {"en": "The venue is late"}}
        for day, light in ((-9, "green"), (-2, "red"), (-2, "amber")):
            await enter(manager, "/v1/status-reports", report(edition, days(day), schedule=light, **why))
        lights = [one["schedule"] for one in await listed(manager, "status-reports")]
        assert lights == ["amber", "red", "green"]

    async def test_what_is_not_as_planned_says_why_and_nobody_knows_the_future(
        self, manager: httpx.AsyncClient, edition: dict[str, Any]
    ) -> None:
        assert (await post(manager, "status-reports", report(edition, days(0), cost="amber")))[0] == 422
        tomorrow = await post(manager, "status-reports", report(edition, days(1)))
        assert tomorrow == (422, "actual-in-future")
        assert await listed(manager, "status-reports") == []

    async def test_the_report_that_the_latest_one_promised_is_overdue(
        self, manager: httpx.AsyncClient, edition: dict[str, Any]
    ) -> None:
        backwards = await post(manager, "status-reports", report(edition, days(-2), next_by=days(-2)))
        assert backwards[0] == 422
        await enter(manager, "/v1/status-reports", report(edition, days(-9), next_by=days(-8)))
        latest = await enter(manager, "/v1/status-reports", report(edition, days(-5), next_by=days(-1)))
        (late,) = await listed(manager, "overdue-items", kind="status_report")
        assert (late["id"], late["href"], late["due"]) == (
            latest["id"],
            f"/v1/status-reports/{latest['id']}",
            days(-1),
        )
        assert late["title"]["en"] == "Next status report"
        assert (await manager.get(late["href"])).json() == latest
        await enter(manager, "/v1/status-reports", report(edition, days(0)))
        assert await listed(manager, "overdue-items", kind="status_report") == []


async def test_an_edition_tells_how_it_stands(manager: httpx.AsyncClient, edition: dict[str, Any]) -> None:
    at = f"/v1/editions/{edition['id']}/monitoring"
    before = (await manager.get(at)).json()
    assert [before[name] for name in ("status_report", "overdue_milestones", "open_risks")] == [None, 0, 0]
    for due in (days(-1), days(0)):
        await enter(manager, "/v1/milestones", milestone(edition, due))
    for _ in range(2):
        entered = await enter(manager, "/v1/risks", risk(edition, 2, 2))
    past = {"state": "closed", "reason": "Past"}
    assert await post(manager, f"risks/{entered['id']}/state-changes", past) == (200, None)
    for day in (0, -5):
        latest = report(edition, days(day), scope="red", comment={"en": "Synthetic"})
        await enter(manager, "/v1/status-reports", latest)
    after = (await manager.get(at)).json()
    assert (after["overdue_milestones"], after["open_risks"]) == (1, 1)
    assert (after["status_report"]["as_of"], after["status_report"]["scope"]) == (days(0), "red")


class TestOverdue:
    async def test_all_that_is_late_stands_in_one_list_the_longest_first(
        self, manager: httpx.AsyncClient, edition: dict[str, Any]
    ) -> None:
        late = await enter(manager, "/v1/milestones", milestone(edition, days(-1)))
        await enter(manager, "/v1/milestones", milestone(edition, days(0)))
        review = await enter(manager, "/v1/risks", risk(edition, 1, 1, review_by=days(-3)))
        row = {"title": {"en": "Synthetic"}, "details": {"kind": "consulting"}} | SYNTHETIC
        given = await enter(manager, "/v1/deliveries", row | {"code": "late", "period": "2020"})
        await enter(manager, "/v1/deliveries", row | {"code": "coming", "period": "2999"})
        await enter(manager, "/v1/deliveries", row | {"code": "undated"})
        found = await listed(manager, "overdue-items")
        assert [(one["kind"], one["id"], one["due"]) for one in found] == [
            ("delivery", given["id"], "2020-12-31"),
            ("risk", review["id"], days(-3)),
            ("milestone", late["id"], days(-1)),
        ]
        assert found[0]["subject"] == {"kind": "delivery", "id": given["id"]}
        assert found[1]["subject"] == {"kind": "edition", "id": edition["id"]}
        for one in found:
            if one["kind"] != "delivery":
                assert (await manager.get(one["href"])).status_code == 200
        assert len(await listed(manager, "overdue-items", kind="risk")) == 1
        assert len(await listed(manager, "overdue-items", subject_id=edition["id"])) == 2
        assert await listed(manager, "overdue-items", provenance="real") == []
        part = await manager.get("/v1/overdue-items", params=SYNTHETIC | {"limit": 2})
        rest = await listed(manager, "overdue-items", limit=2, cursor=part.json()["next_cursor"])
        assert [one["id"] for one in rest] == [late["id"]]

    async def test_what_only_a_source_of_some_day_knows_is_not_overdue(
        self, manager: httpx.AsyncClient
    ) -> None:
        source = {"code": "syn-source", "kind": "news", "title": "Synthetic"}
        await enter(manager, "/v1/sources", source)
        row = {"code": "stated", "title": {"en": "Stated"}, "period": "2020", "stated": "in_delivery"}
        cited = {"sources": [{"source_code": "syn-source", "as_of": "2020-02-02"}]}
        details = {"details": {"kind": "consulting"}}
        made = await enter(manager, "/v1/deliveries", row | cited | details | SYNTHETIC)
        assert await listed(manager, "overdue-items") == []
        headers = {"If-Match": f'"{made["version"]}"'}
        changed = await manager.patch(f"/v1/deliveries/{made['id']}", json={"place": "A"}, headers=headers)
        assert changed.status_code == 200
        assert [one["id"] for one in await listed(manager, "overdue-items")] == [made["id"]]


async def test_monitoring_is_not_for_the_public(demonstration: Door, edition: dict[str, Any]) -> None:
    made = await enter(demonstration.as_("manager"), "/v1/milestones", milestone(edition, days(1)))
    for path in ("milestones", f"milestones/{made['id']}", "risks", "status-reports", "overdue-items"):
        assert (await demonstration.as_("lecturer").get(f"/v1/{path}")).status_code == 403, path
    assert (await post(demonstration.as_("evaluator"), "milestones", milestone(edition, days(1))))[0] == 403
