"""Timetables, through HTTP over PostgreSQL: calendars that update, and collisions that are told; synthetic only."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import httpx
import pytest
from sqlalchemy import select

from services.common.outbox import outbox_event
from services.programs.domain.training_sessions import ConflictCode, Place, find_conflicts
from tests.apps import Door
from tests.programs.demonstrations import PLAN, enter, step

MEETING = {
    "kind": "lecture",
    "title": {"en": "Synthetic; lecture, one", "ru": "Вымышленная лекция"},
    "starts_at": "2031-05-05T05:00:00Z",
    "ends_at": "2031-05-05T07:00:00Z",
    "venue": "Hall A",
}


@pytest.fixture
def manager(demonstration: Door) -> httpx.AsyncClient:
    """Somebody of the agency."""
    return demonstration.as_("manager")


@pytest.fixture
async def lecturer(manager: httpx.AsyncClient) -> str:
    """A synthetic lecturer who consented to be shown."""
    row = {"names": {"en": "Synthetic Lecturer"}, "consents_to_be_shown": True}
    made: str = (await enter(manager, "/v1/lecturers", row))["id"]
    return made


def read_events(calendar: str) -> list[dict[str, str]]:
    """Read the events of a calendar as RFC 5545 writes them, without the library that wrote it."""
    events: list[dict[str, str]] = []
    for line in calendar.replace("\r\n ", "").split("\r\n"):
        if line == "BEGIN:VEVENT":
            events.append({})
        elif line == "END:VEVENT":
            events[-1]["over"] = ""
        elif events and "over" not in events[-1]:
            name, _, value = line.partition(":")
            events[-1][name] = value
    return events


async def calendar_of(client: httpx.AsyncClient, path: str, **options: Any) -> str:
    answer = await client.get(f"/v1/{path}/timetable.ics", **options)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("text/calendar")
    return answer.text


async def plan(client: httpx.AsyncClient, edition: dict[str, Any], **other: Any) -> dict[str, Any]:
    return await enter(client, f"/v1/editions/{edition['id']}/training-sessions", MEETING | other)


async def test_a_moved_meeting_updates_and_a_cancelled_one_is_struck_out(
    manager: httpx.AsyncClient, edition: dict[str, Any]
) -> None:
    made = await plan(manager, edition)
    english = {"Accept-Language": "en"}
    (before,) = read_events(await calendar_of(manager, f"editions/{edition['id']}", headers=english))
    assert (before["UID"], before["SEQUENCE"], before["STATUS"]) == (made["id"], "0", "CONFIRMED")
    assert (before["SUMMARY"], before["LOCATION"]) == (r"Synthetic\; lecture\, one", "Hall A")
    move = {"starts_at": "2031-05-06T05:00:00Z", "ends_at": "2031-05-06T06:30:00Z", "venue": "Hall B"}
    await manager.post(f"/v1/training-sessions/{made['id']}/move", json=move)
    (moved,) = read_events(await calendar_of(manager, f"editions/{edition['id']}"))
    assert (moved["UID"], moved["LOCATION"]) == (made["id"], "Hall B")
    assert int(moved["SEQUENCE"]) > int(before["SEQUENCE"])
    assert moved["DTSTART;TZID=Asia/Almaty"] == "20310506T100000"
    assert moved["DTEND;TZID=Asia/Almaty"] == "20310506T113000"
    await manager.post(f"/v1/training-sessions/{made['id']}/cancellation", json={"reason": "Synthetic"})
    (struck,) = read_events(await calendar_of(manager, f"editions/{edition['id']}"))
    assert (struck["UID"], struck["STATUS"]) == (made["id"], "CANCELLED")
    assert int(struck["SEQUENCE"]) > int(moved["SEQUENCE"])


@pytest.mark.parametrize(
    ("day", "local", "offset"),
    [("2024-02-29", "20240229T110000", 6), ("2024-03-01", "20240301T100000", 5)],
    ids=["before the clocks of Kazakhstan were set back", "after"],
)
async def test_local_times_are_right_on_both_sides_of_march_2024(
    manager: httpx.AsyncClient, program: dict[str, Any], day: str, local: str, offset: int
) -> None:
    row = PLAN | {"code": f"SYN-{day}", "period": day, "program_id": program["id"]}
    row |= {"call_opens_at": "2024-01-01T00:00:00Z", "call_closes_at": "2024-02-01T00:00:00Z"}
    edition = await enter(manager, "/v1/editions", row)
    await plan(manager, edition, starts_at=f"{day}T05:00:00Z", ends_at=f"{day}T06:00:00Z")
    calendar = await calendar_of(manager, f"editions/{edition['id']}")
    (event,) = read_events(calendar)
    assert event["DTSTART;TZID=Asia/Almaty"] == local
    assert 5 + offset == int(local[9:11])
    moment = datetime.strptime(local, "%Y%m%dT%H%M%S").replace(tzinfo=ZoneInfo("Asia/Almaty"))
    assert moment == datetime.fromisoformat(f"{day}T05:00:00+00:00")
    zone = calendar.replace("\r\n ", "").split("BEGIN:VTIMEZONE")[1].split("END:VTIMEZONE")[0]
    assert "TZID:Asia/Almaty" in zone
    assert "20240301T000000" in zone


async def test_a_lecturer_subscribes_to_every_edition(
    demonstration: Door, manager: httpx.AsyncClient, edition: dict[str, Any], lecturer: str
) -> None:
    teaches = [{"lecturer_id": lecturer}]
    mine = await plan(manager, edition, lecturers=teaches)
    await plan(manager, edition, starts_at="2031-05-05T08:00:00Z", ends_at="2031-05-05T09:00:00Z")
    path, synthetic = f"lecturers/{lecturer}", {"provenance": "synthetic"}
    (event,) = read_events(await calendar_of(manager, path, params=synthetic))
    assert event["UID"] == mine["id"]
    assert read_events(await calendar_of(manager, path)) == []
    assert read_events(await calendar_of(demonstration.as_(), path, params=synthetic)) == []
    russian = {"Accept-Language": "ru"}
    (event,) = read_events(await calendar_of(manager, path, params=synthetic, headers=russian))
    assert event["SUMMARY"] == "Вымышленная лекция"


async def test_the_public_finds_no_calendar_of_what_it_may_not_see(
    demonstration: Door, manager: httpx.AsyncClient, edition: dict[str, Any]
) -> None:
    hidden = await enter(
        manager, "/v1/lecturers", {"names": {"en": "Synthetic"}, "consents_to_be_shown": False}
    )
    for path in (f"editions/{edition['id']}", f"lecturers/{hidden['id']}", f"lecturers/{uuid4()}"):
        assert (await demonstration.as_().get(f"/v1/{path}/timetable.ics")).status_code == 404, path


async def test_the_public_subscribes_to_what_is_planned_and_to_no_draft(
    demonstration: Door, manager: httpx.AsyncClient, program: dict[str, Any], lecturer: str
) -> None:
    public = demonstration.as_()
    row = PLAN | {"code": "REAL-1", "program_id": program["id"], "provenance": "real"}
    draft = await enter(manager, "/v1/editions", row)
    at = f"editions/{draft['id']}"
    await enter(manager, f"/v1/{at}/countries", {"country": "TJ", "relation": "targeted"})
    meeting = await plan(manager, draft, lecturers=[{"lecturer_id": lecturer}])
    assert (await public.get(f"/v1/{at}/timetable.ics")).status_code == 404
    assert read_events(await calendar_of(public, f"lecturers/{lecturer}")) == []
    await step(manager, draft, "planned")
    for path in (at, f"lecturers/{lecturer}"):
        (event,) = read_events(await calendar_of(public, path))
        assert event["UID"] == meeting["id"]


async def test_collisions_are_told_and_override_nothing(
    manager: httpx.AsyncClient, edition: dict[str, Any], program: dict[str, Any], lecturer: str
) -> None:
    teaches = [{"lecturer_id": lecturer}]
    row = PLAN | {"code": "SYN-2", "program_id": program["id"]}
    elsewhere = await enter(manager, "/v1/editions", row)
    first = await plan(manager, elsewhere, lecturers=teaches)
    assert first["warnings"] == []
    second = await plan(manager, edition, lecturers=teaches, venue="hall a ")
    told = {one["code"]: one["training_session_id"] for one in second["warnings"]}
    assert told == {"lecturer_elsewhere": first["id"], "venue_taken": first["id"]}
    at = f"/v1/training-sessions/{second['id']}"
    after = {"starts_at": MEETING["ends_at"], "ends_at": "2031-05-05T08:00:00Z"}
    assert (await manager.post(f"{at}/move", json=after)).json()["warnings"] == []
    back = {"starts_at": "2031-05-05T06:59:00Z", "ends_at": "2031-05-05T08:00:00Z", "venue": "Hall B"}
    moved = (await manager.post(f"{at}/move", json=back)).json()
    assert [one["code"] for one in moved["warnings"]] == ["lecturer_elsewhere"]
    await manager.post(f"/v1/training-sessions/{first['id']}/cancellation", json={"reason": "Synthetic"})
    assert (await manager.post(f"{at}/move", json=back)).json()["warnings"] == []


ANNA, OLGA = (str(UUID(int=number)) for number in (1, 2))


@pytest.mark.parametrize(
    ("wanted", "taken", "conflicts"),
    [
        (Place("A", frozenset({ANNA})), Place("B", frozenset({OLGA})), []),
        (Place(None, frozenset()), Place(None, frozenset()), []),
        (Place("A", frozenset()), Place(" a", frozenset()), [ConflictCode.VENUE_TAKEN]),
        (Place("A", frozenset(), "1"), Place("B", frozenset(), "1"), [ConflictCode.VENUE_TAKEN]),
        (Place("A", frozenset(), "1"), Place("A", frozenset(), "2"), []),
        (Place("A", frozenset(), "1"), Place("a", frozenset()), [ConflictCode.VENUE_TAKEN]),
        (
            Place("A", frozenset({ANNA, OLGA})),
            Place(None, frozenset({OLGA})),
            [ConflictCode.LECTURER_ELSEWHERE],
        ),
    ],
)
def test_what_two_meetings_cannot_both_have(
    wanted: Place, taken: Place, conflicts: list[ConflictCode]
) -> None:
    assert find_conflicts(wanted, taken) == find_conflicts(taken, wanted) == conflicts


async def test_a_meeting_has_a_module_a_venue_and_materials(
    manager: httpx.AsyncClient, edition: dict[str, Any], program: dict[str, Any], lecturer: str
) -> None:
    venue = {
        "code": "amu-hall",
        "names": {"en": "Synthetic hall", "ru": "Зал"},
        "country": "KZ",
        "capacity": 40,
    }
    hall = await enter(manager, "/v1/venues", venue)
    at = f"/v1/editions/{edition['id']}"
    first = await enter(manager, f"{at}/modules", {"ordinal": 1, "title": {"en": "Basics"}})
    twice = await manager.post(f"{at}/modules", json={"ordinal": 1, "title": {"en": "Again"}})
    assert twice.json()["code"] == "portfolio-item-exists"
    there = {"venue": None, "venue_id": hall["id"]}
    made = await plan(manager, edition, **there, module_id=first["id"], interpretation=["tg", "uz"])
    assert (made["venue"], made["venue_id"], made["module_id"]) == ("Synthetic hall", hall["id"], first["id"])
    other = await enter(manager, "/v1/editions", PLAN | {"code": "SYN-2", "program_id": program["id"]})
    collision = await plan(manager, other, venue="Another name for it", venue_id=hall["id"])
    assert [one["code"] for one in collision["warnings"]] == ["venue_taken"]
    foreign = MEETING | {"module_id": first["id"]}
    refused = await manager.post(f"/v1/editions/{other['id']}/training-sessions", json=foreign)
    assert refused.json()["code"] == "reference-unknown"

    path = f"/v1/training-sessions/{made['id']}"
    slides = {"title": "Slides", "url": "https://example.org/slides.pdf", "language": "ru"}
    change = {"materials": [slides], "lecturers": [{"lecturer_id": lecturer}], "mandatory": False}
    changed = await manager.patch(path, json=change, headers={"If-Match": f'"{made["version"]}"'})
    assert changed.status_code == 200, changed.text
    assert (changed.json()["materials"], changed.json()["mandatory"]) == ([slides], False)
    assert (changed.json()["interpretation"], changed.json()["title"]) == (["tg", "uz"], MEETING["title"])
    (event,) = read_events(await calendar_of(manager, f"editions/{edition['id']}"))
    assert (event["LOCATION"], event["SEQUENCE"]) == ("Synthetic hall", "1")
    cloning = {"code": "SYN-3", "title": {"en": "Next"}, "period": "2032-05-05/2032-05-07"}
    clone = await enter(manager, f"{at}/clone", cloning | {"provenance": "synthetic"})
    (copied,) = (await manager.get(f"/v1/editions/{clone['id']}/training-sessions")).json()["items"]
    (module,) = (await manager.get(f"/v1/editions/{clone['id']}/modules")).json()["items"]
    assert copied["module_id"] == module["id"] != first["id"]
    assert copied["materials"] == [slides]


async def test_meetings_of_a_postponed_edition_are_tentative_and_of_a_cancelled_one_closed(
    manager: httpx.AsyncClient, edition: dict[str, Any]
) -> None:
    made = await plan(manager, edition)
    at = f"/v1/editions/{edition['id']}"
    await manager.post(f"{at}/state-changes", json={"state": "postponed", "reason": "Synthetic"})
    (event,) = read_events(await calendar_of(manager, f"editions/{edition['id']}"))
    assert (event["UID"], event["STATUS"]) == (made["id"], "TENTATIVE")
    await manager.post(f"{at}/state-changes", json={"state": "cancelled", "reason": "Synthetic"})
    (event,) = read_events(await calendar_of(manager, f"editions/{edition['id']}"))
    assert (event["UID"], event["STATUS"]) == (made["id"], "CANCELLED")
    closed = await manager.post(f"{at}/training-sessions", json=MEETING)
    assert (closed.status_code, closed.json()["code"]) == (409, "transition-refused")
    change = {"mandatory": False}
    version = (await manager.get(f"{at}/training-sessions")).json()["items"][0]["version"]
    path = f"/v1/training-sessions/{made['id']}"
    late = await manager.patch(path, json=change, headers={"If-Match": f'"{version}"'})
    assert late.json()["code"] == "transition-refused"


async def test_who_stands_in_for_whom_and_what_is_held_online_is_told(
    demonstration: Door, manager: httpx.AsyncClient, edition: dict[str, Any], lecturer: str
) -> None:
    stand_in = (await enter(manager, "/v1/lecturers", {"names": {"en": "Synthetic Stand-in"}}))["id"]
    made = await plan(manager, edition, lecturers=[{"lecturer_id": lecturer}])
    assert (made["modality"], made["lecturers"][0]["stands_in_for"]) == (None, None)
    path, version = f"/v1/training-sessions/{made['id']}", {"If-Match": f'"{made["version"]}"'}
    replacing = {"lecturer_id": stand_in, "stands_in_for": lecturer}
    for lecturers, status in (
        ([replacing, {"lecturer_id": lecturer}], 422),
        ([{"lecturer_id": lecturer, "stands_in_for": lecturer}], 422),
        ([replacing | {"stands_in_for": str(uuid4())}], 404),
    ):
        refused = await manager.patch(path, json={"lecturers": lecturers}, headers=version)
        assert refused.status_code == status, refused.text
    change = {"lecturers": [replacing], "modality": "online"}
    changed = await manager.patch(path, json=change, headers=version)
    assert changed.status_code == 200, changed.text
    query = select(outbox_event.c.data).where(
        outbox_event.c.kind == "programs.training_session.scheduled.v1",
        outbox_event.c.destination == "evaluation",
    )
    async with demonstration.app.state.sessions.reading() as session:
        told = (await session.scalars(query.order_by(outbox_event.c.id))).all()[-1]
    (teaching,) = told["lecturers"]
    assert (told["modality"], teaching["stands_in_for"]) == ("online", lecturer)
    cloning = {"code": "SYN-3", "title": {"en": "Next"}, "period": "2032-05-05/2032-05-07"}
    clone = await enter(manager, f"/v1/editions/{edition['id']}/clone", cloning | {"provenance": "synthetic"})
    (copied,) = (await manager.get(f"/v1/editions/{clone['id']}/training-sessions")).json()["items"]
    assert (copied["lecturers"][0]["lecturer_id"], copied["lecturers"][0]["stands_in_for"]) == (
        stand_in,
        None,
    )
