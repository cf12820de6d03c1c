"""What becomes of an edition: moved, called off, remembered, and only as a draft deleted; synthetic only."""

from typing import Any

import httpx
import pytest

from tests.apps import Door
from tests.programs.demonstrations import PLAN, enter, step

MEETING = {
    "kind": "lecture",
    "title": {"en": "Synthetic"},
    "starts_at": "2031-05-05T05:00:00Z",
    "ends_at": "2031-05-05T07:00:00Z",
}


@pytest.fixture
def manager(demonstration: Door) -> httpx.AsyncClient:
    """Somebody of the agency."""
    return demonstration.as_("manager")


@pytest.fixture
def at(edition: dict[str, Any]) -> str:
    """Where the planned edition is read."""
    return f"/v1/editions/{edition['id']}"


async def change(client: httpx.AsyncClient, path: str, **changes: Any) -> httpx.Response:
    version = (await client.get(path)).headers["etag"]
    return await client.patch(path, json=changes, headers={"If-Match": version})


async def move(client: httpx.AsyncClient, path: str, **request: Any) -> httpx.Response:
    return await client.post(f"{path}/state-changes", json=request)


async def timetable(client: httpx.AsyncClient, path: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = (await client.get(f"{path}/training-sessions")).json()["items"]
    return rows


async def test_a_postponed_edition_takes_call_and_timetable_along(
    manager: httpx.AsyncClient, at: str
) -> None:
    await enter(manager, f"{at}/training-sessions", MEETING)
    dropped = await enter(manager, f"{at}/training-sessions", MEETING)
    await manager.post(f"/v1/training-sessions/{dropped['id']}/cancellation", json={"reason": "Synthetic"})
    request = {"state": "postponed", "reason": "Flood (synthetic)", "period": "2031-05-15/2031-05-17"}
    assert (await move(manager, at, **request)).status_code == 200
    read = (await manager.get(at)).json()
    assert (read["state"], read["period"], read["earliest"]) == ("postponed", request["period"], "2031-05-15")
    assert (read["call_opens_at"], read["call_closes_at"]) == ("2031-03-11T00:00:00Z", "2031-04-11T00:00:00Z")
    stood = {row["id"]: (row["state"], row["starts_at"]) for row in await timetable(manager, at)}
    assert stood.pop(dropped["id"]) == ("cancelled", "2031-05-05T05:00:00Z")
    assert list(stood.values()) == [("moved", "2031-05-15T05:00:00Z")]
    await step(manager, {"id": read["id"]}, "planned")


async def test_a_period_that_leaves_meetings_outside_is_refused(manager: httpx.AsyncClient, at: str) -> None:
    last = {"starts_at": "2031-05-07T05:00:00Z", "ends_at": "2031-05-07T07:00:00Z"}
    meeting = await enter(manager, f"{at}/training-sessions", MEETING | last)
    shorter = {"period": "2031-05-05/2031-05-06"}
    for refused in (
        await change(manager, at, **shorter),
        await move(manager, at, state="postponed", reason="Synthetic", **shorter),
    ):
        assert (refused.status_code, refused.json()["code"]) == (422, "session-outside-edition")
        assert [error["pointer"] for error in refused.json()["errors"]] == ["/period"]
    read = (await manager.get(at)).json()
    assert (read["state"], read["period"]) == ("planned", PLAN["period"])
    await manager.post(f"/v1/training-sessions/{meeting['id']}/cancellation", json={"reason": "Synthetic"})
    assert (await change(manager, at, **shorter)).status_code == 200


async def test_only_a_postponed_edition_gets_a_period_with_its_state(
    manager: httpx.AsyncClient, at: str
) -> None:
    wrong = await move(manager, at, state="cancelled", reason="Synthetic", period="2032-05")
    assert wrong.json()["code"] == "request-invalid"


async def test_a_cancelled_edition_cancels_its_meetings_for_its_reason(
    manager: httpx.AsyncClient, at: str
) -> None:
    meeting = await enter(manager, f"{at}/training-sessions", MEETING)
    refused = await move(manager, at, state="cancelled")
    assert [error["code"] for error in refused.json()["errors"]] == ["reason_missing"]
    assert (await move(manager, at, state="cancelled", reason="No money (synthetic)")).status_code == 200
    (row,) = await timetable(manager, at)
    assert (row["id"], row["state"], row["state_reason"]) == (
        meeting["id"],
        "cancelled",
        "No money (synthetic)",
    )
    calendar = (await manager.get(f"{at}/timetable.ics")).text
    assert "STATUS:CANCELLED" in calendar
    assert (await move(manager, at, state="planned")).status_code == 409


async def test_history_tells_what_each_change_made_of_the_edition(
    manager: httpx.AsyncClient, demonstration: Door, at: str
) -> None:
    assert (await change(manager, at, capacity_max=30)).status_code == 200
    await enter(manager, f"{at}/countries", {"country": "UZ", "relation": "invited"})
    rows = (await manager.get(f"{at}/history")).json()["items"]
    told = [(row["action"], row["state"], row["changes"]) for row in rows]
    assert told[0] == ("edition.country_added", "planned", {"countries": None})
    assert told[1] == ("edition.changed", "planned", {"capacity_max": 30})
    assert told[2] == ("edition.planned", "planned", {"state": "planned", "state_reason": None})
    assert told[-1][0] == "edition.created"
    assert told[-1][2]["period"] == PLAN["period"]
    versions = [row["edition_version"] for row in rows]
    assert versions == sorted(versions, reverse=True)
    assert rows[0]["actor"] == rows[1]["actor"] != rows[-1]["actor"]
    assert (await demonstration.as_("partner").get(f"{at}/history")).status_code == 403


async def test_what_the_public_was_told_stays_in_every_version(
    demonstration: Door, program: dict[str, Any]
) -> None:
    manager, public = demonstration.as_("manager"), demonstration.as_()
    row = PLAN | {"program_id": program["id"], "provenance": "real"}
    made = await enter(manager, "/v1/editions", row)
    at = f"/v1/editions/{made['id']}"
    draft = {"en": "A first draft"}
    assert (await change(manager, at, public_text=draft)).status_code == 200
    await enter(manager, f"{at}/countries", {"country": "TJ", "relation": "targeted"})
    assert (await public.get(f"{at}/public-texts")).status_code == 404
    await step(manager, made, "planned")
    second = {"en": "A second text", "ru": "Второй текст"}
    assert (await change(manager, at, public_text=second)).status_code == 200
    assert (await change(manager, at, public_text=second, capacity_max=5)).status_code == 200
    told = (await public.get(f"{at}/public-texts")).json()
    assert [(version["number"], version["text"]) for version in told] == [(2, second), (1, draft)]


async def test_each_saving_of_the_rules_is_a_version(manager: httpx.AsyncClient, at: str) -> None:
    texts = {"kk": "Үлгі", "ru": "Пример", "en": "Synthetic"}
    rule = {"id": "age", "expression": "age_at_start > 20", "severity": "warn", "message": texts}
    assert (await manager.get(at)).json()["eligibility_rules_version"] == 1
    saved = await change(manager, at, eligibility_rules=[rule])
    assert saved.json()["eligibility_rules_version"] == 2
    assert (await change(manager, at, eligibility_rules=[rule])).json()["eligibility_rules_version"] == 2
    versions = (await manager.get(f"{at}/eligibility-rules")).json()
    assert [(one["number"], one["rules"]) for one in versions] == [(2, [rule | {"audience": None}]), (1, [])]


async def test_a_draft_that_nothing_refers_to_is_deleted_and_nothing_else(
    manager: httpx.AsyncClient, program: dict[str, Any], at: str
) -> None:
    async def delete(path: str) -> httpx.Response:
        version = (await manager.get(path)).headers["etag"]
        return await manager.delete(path, headers={"If-Match": version})

    planned = await delete(at)
    assert (planned.status_code, planned.json()["code"]) == (409, "edition-not-deletable")
    for number, part in enumerate(("seats", "countries", "training-sessions", "invitations")):
        row = PLAN | {"code": f"SYN-D{number}", "program_id": program["id"]}
        made = await enter(manager, "/v1/editions", row)
        path = f"/v1/editions/{made['id']}"
        body: dict[str, dict[str, Any]] = {
            "seats": {"country": "TJ", "seats": 5},
            "countries": {"country": "TJ", "relation": "invited"},
            "training-sessions": MEETING,
            "invitations": {"country": "TJ"},
        }
        await enter(manager, f"{path}/{part}", body[part])
        deleted = await delete(path)
        if number < 2:
            assert deleted.status_code == 204, deleted.text
            assert (await manager.get(path)).status_code == 404
        else:
            assert deleted.json()["code"] == "edition-not-deletable"
            assert (await manager.get(path)).status_code == 200
    assert (await manager.delete(at)).status_code == 428


async def test_an_edition_of_a_program_has_its_ordinal_once_a_year(
    manager: httpx.AsyncClient, program: dict[str, Any]
) -> None:
    """P3: program, component, year and ordinal."""
    row = PLAN | {"program_id": program["id"], "ordinal": 1}
    first = await enter(manager, "/v1/editions", row | {"code": "SYN-O1"})
    twice = await manager.post("/v1/editions", json=row | {"code": "SYN-O2"})
    assert (twice.status_code, twice.json()["code"]) == (409, "portfolio-item-exists")
    await enter(manager, "/v1/editions", row | {"code": "SYN-O3", "ordinal": 2})
    await enter(manager, "/v1/editions", row | {"code": "SYN-O4", "period": "2032-05"})
    await enter(manager, "/v1/editions", row | {"code": "SYN-O5", "provenance": "real"})
    clone = {"code": "SYN-O6", "title": {"en": "Again"}, "period": "2031-09", "provenance": "synthetic"}
    again = await manager.post(f"/v1/editions/{first['id']}/clone", json=clone | {"ordinal": 1})
    assert again.json()["code"] == "portfolio-item-exists"


async def test_a_change_must_go_with_what_stands(manager: httpx.AsyncClient, at: str) -> None:
    assert (await change(manager, at, capacity_max=20, capacity_min=10)).status_code == 200
    refused = await change(manager, at, capacity_min=21, call_closes_at="2031-02-01T00:00:00Z")
    assert refused.status_code == 422
    assert {e["pointer"] for e in refused.json()["errors"]} == {"/capacity_min", "/call_closes_at"}
    seconds = await change(manager, at, call_closes_at="2031-04-01T00:00:30Z")
    assert seconds.json()["code"] == "request-invalid"


async def test_an_authority_answers_its_letter(manager: httpx.AsyncClient, at: str) -> None:
    letter = {"country": "TJ", "letter_number": "12-3/45", "sent_on": "2031-02-01"}
    made = await enter(manager, f"{at}/invitations", letter)
    assert made["reply"] is None
    answer = {"reply": "accepted", "replied_on": "2031-02-20", "reply_note": "Ten people"}
    answered = await manager.post(f"{at}/invitations/{made['id']}/answer", json=answer)
    assert answered.json() == made | answer | {"version": 2}
    assert (await manager.post(f"{at}/invitations/{at[-36:]}/answer", json=answer)).status_code == 404
