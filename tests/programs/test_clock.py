"""What the clock does to an edition: nothing early, everything due, and never to a stated fact."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from services.common.clock import move_demonstration_clock, real_now
from services.common.jobs import run_due_jobs
from services.programs.inbox.clock import follow_edition_clock
from services.programs.operations.edition_clock import FOLLOW_CLOCK
from services.programs.operations.edition_states import follow_clock
from tests.apps import Door
from tests.programs.demonstrations import enter, step

WORKS = {FOLLOW_CLOCK: follow_edition_clock}
At = Callable[[str], Awaitable[dict[str, Any]]]


async def live_at(door: Door, moment: str) -> None:
    """Let synthetic subjects live at `moment`, and do what is due then."""
    sessions = door.app.state.sessions
    async with sessions.transaction() as session:
        target = datetime.fromisoformat(moment).replace(tzinfo=UTC)
        await move_demonstration_clock(session, target - await real_now(session))
    await run_due_jobs(sessions, WORKS)


@pytest.fixture
def at(demonstration: Door, edition: dict[str, Any]) -> At:
    """Return the synthetic edition as it stands at a moment."""

    async def read(moment: str) -> dict[str, Any]:
        await live_at(demonstration, moment)
        answer = await demonstration.as_("manager").get(f"/v1/editions/{edition['id']}")
        found: dict[str, Any] = answer.json()
        return found

    return read


async def test_the_call_opens_and_closes_by_the_editions_own_clock(
    demonstration: Door, edition: dict[str, Any], at: At
) -> None:
    await live_at(demonstration, "2031-02-01")
    await step(demonstration.as_("manager"), edition, "announced")
    for moment, state in (
        ("2031-02-28T23:00", "announced"),
        ("2031-03-01T00:01", "call_open"),
        ("2031-03-31T23:00", "call_open"),
        ("2031-04-01T00:01", "selection"),
        ("2031-06-01", "selection"),
    ):
        assert (await at(moment))["state"] == state, moment


async def test_a_step_whose_guards_are_unmet_waits_until_they_are(
    demonstration: Door, edition: dict[str, Any], at: At
) -> None:
    manager = demonstration.as_("manager")
    path = f"/v1/editions/{edition['id']}"
    await live_at(demonstration, "2031-02-01")
    await step(manager, edition, "announced")
    version = (await manager.get(path)).headers["etag"]
    formless = await manager.patch(path, json={"form_version_id": None}, headers={"If-Match": version})
    assert formless.status_code == 200, formless.text
    assert (await at("2031-03-02"))["state"] == "announced"
    form = {"form_version_id": edition["form_version_id"]}
    await manager.patch(path, json=form, headers={"If-Match": formless.headers["etag"]})
    assert (await at("2031-03-02"))["state"] == "call_open"


async def test_the_course_starts_its_meetings_are_held_and_it_completes(
    demonstration: Door, edition: dict[str, Any], at: At
) -> None:
    manager = demonstration.as_("manager")
    await step(manager, edition, "confirmed")
    timetable = f"/v1/editions/{edition['id']}/training-sessions"
    for day in ("05", "07"):
        meeting = {
            "kind": "lecture",
            "title": {"en": f"Day {day}"},
            "starts_at": f"2031-05-{day}T05:00:00Z",
            "ends_at": f"2031-05-{day}T07:00:00Z",
        }
        await enter(manager, timetable, meeting)

    async def held() -> list[str]:
        return [meeting["state"] for meeting in (await manager.get(timetable)).json()["items"]]

    # The first day begins in Almaty five hours before it begins in Greenwich.
    assert (await at("2031-05-04T18:59"))["state"] == "confirmed"
    assert (await at("2031-05-04T19:01"))["state"] == "running"
    assert await held() == ["scheduled", "scheduled"]
    assert (await at("2031-05-05T07:01"))["state"] == "running"
    assert await held() == ["held", "scheduled"]
    assert (await at("2031-05-07T18:59"))["state"] == "running"
    assert await held() == ["held", "held"]
    assert (await at("2031-05-07T19:01"))["state"] == "completed"


async def test_a_meeting_that_was_not_held_is_set_back_and_the_clock_leaves_it(
    demonstration: Door, edition: dict[str, Any], at: At
) -> None:
    manager = demonstration.as_("manager")
    await step(manager, edition, "confirmed")
    meeting = {
        "kind": "lecture",
        "title": {"en": "Synthetic"},
        "starts_at": "2031-05-05T05:00:00Z",
        "ends_at": "2031-05-05T07:00:00Z",
    }
    made = await enter(manager, f"/v1/editions/{edition['id']}/training-sessions", meeting)
    path = f"/v1/training-sessions/{made['id']}"
    early = await manager.post(f"{path}/setback", json={"reason": "Synthetic"})
    assert early.json()["code"] == "transition-refused"
    await live_at(demonstration, "2031-05-05T06:00")
    assert (await manager.post(f"{path}/holding")).json()["code"] == "actual-in-future"
    await live_at(demonstration, "2031-05-05T07:01")
    assert (await manager.get(path)).json()["state"] == "held"
    assert (await manager.post(f"{path}/setback", json={})).status_code == 422
    back = await manager.post(f"{path}/setback", json={"reason": "The lecturer was ill (synthetic)"})
    assert (back.status_code, back.json()["state"]) == (200, "scheduled")
    assert back.json()["state_reason"] == "The lecturer was ill (synthetic)"
    # Neither the next step of the clock nor the end of the course holds it: the edition waits for a decision.
    assert (await at("2031-05-08"))["state"] == "running"
    assert (await manager.get(path)).json()["state"] == "scheduled"
    held = await manager.post(f"{path}/holding")
    assert (held.status_code, held.json()["state"], held.json()["state_reason"]) == (200, "held", None)
    assert (await at("2031-05-08T00:01"))["state"] == "completed"
    over = await manager.post(f"{path}/setback", json={"reason": "Too late"})
    assert over.json()["code"] == "transition-refused"
    anybody = await demonstration.as_().get(path)
    assert anybody.status_code == 404  # synthetic: P11


async def test_a_moved_meeting_is_held_by_the_clock_again(
    demonstration: Door, edition: dict[str, Any], at: At
) -> None:
    manager = demonstration.as_("manager")
    await step(manager, edition, "confirmed")
    times = {"starts_at": "2031-05-05T05:00:00Z", "ends_at": "2031-05-05T07:00:00Z"}
    meeting = {"kind": "lecture", "title": {"en": "Synthetic"}} | times
    made = await enter(manager, f"/v1/editions/{edition['id']}/training-sessions", meeting)
    path = f"/v1/training-sessions/{made['id']}"
    await live_at(demonstration, "2031-05-05T07:01")
    await manager.post(f"{path}/setback", json={"reason": "Synthetic"})
    later = {"starts_at": "2031-05-06T05:00:00Z", "ends_at": "2031-05-06T07:00:00Z"}
    assert (await manager.post(f"{path}/move", json=later)).json()["state"] == "moved"
    await at("2031-05-06T07:01")
    assert (await manager.get(path)).json()["state"] == "held"


async def test_a_clock_that_was_stopped_catches_up(
    demonstration: Door, edition: dict[str, Any], at: At
) -> None:
    await step(demonstration.as_("manager"), edition, "confirmed")
    assert (await at("2031-07-01"))["state"] == "completed"


async def test_facts_known_as_of_a_day_are_left_alone(reference: Door) -> None:
    reader = reference.as_("manager")
    before = (await reader.get("/v1/editions", params={"limit": "200"})).json()["items"]
    assert {"running", "planned"} <= {edition["state"] for edition in before}
    sessions = reference.app.state.sessions
    assert await run_due_jobs(sessions, WORKS) == 0
    for edition in before:
        async with sessions.transaction() as session:
            assert await follow_clock(session, edition["id"]) is None
    assert (await reader.get("/v1/editions", params={"limit": "200"})).json()["items"] == before
