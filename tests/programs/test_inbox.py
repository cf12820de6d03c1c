"""What the other rooms tell: kept once, by version, in whatever order it comes."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.common.audit import record_change
from services.common.clock import move_demonstration_clock, real_now
from services.common.identity import acting_service
from services.common.inbox import Event, read_envelope, receive_event
from services.programs.db.editions import get_edition
from services.programs.db.tables import DesignTask
from services.programs.domain.editions import EditionState
from services.programs.inbox import design_tasks, mirrors
from tests.apps import Door
from tests.programs.demonstrations import PLAN, enter

CONSUMERS = {
    mirrors.SEATS_CHANGED: mirrors.mirror_seats,
    **dict.fromkeys(mirrors.RESULTS, mirrors.mirror_results),
    mirrors.CAMPAIGN_CLOSED: mirrors.mirror_campaign,
    design_tasks.RECOMMENDATION_AGREED: design_tasks.take_recommendation,
    design_tasks.DESIGN_CHANGE_RECORDED: design_tasks.take_design_change,
}
LINE = UUID(int=1)
RECOMMENDATION = UUID(int=2)


def told(kind: str, subject: UUID | str, version: int, *, replay: bool = False, **state: Any) -> Event:
    return read_envelope(
        {
            "specversion": "1.0",
            "id": str(uuid4()),
            "source": kind.partition(".")[0],
            "type": kind,
            "subject": str(subject),
            "time": "2031-01-02T03:04:05Z",
            "replay": replay,
            "data": {"aggregate_id": str(subject), "aggregate_version": version} | state,
        }
    )


def seats(edition: dict[str, Any], version: int, accepted: int, *, replay: bool = False) -> Event:
    line = {"seat_line_id": str(LINE), "taken": 9, "accepted": accepted, "waiting": 1, "overcommitted": 0}
    return told(mirrors.SEATS_CHANGED, edition["id"], version, replay=replay, lines=[line])


def results(edition: dict[str, Any], version: int, state: str, *, replay: bool = False) -> Event:
    return told(
        f"evaluation.results.{state}.v1",
        UUID(int=3),
        version,
        replay=replay,
        edition_id=edition["id"],
        phase="end",
        state=state,
        visibility="public",
        reason=None,
    )


def recommendation(evidence: dict[str, Any], version: int = 1) -> Event:
    return told(
        design_tasks.RECOMMENDATION_AGREED,
        RECOMMENDATION,
        version,
        edition_id=evidence["id"],
        program_id=evidence["program"]["id"],
        title={"en": "More practice"},
        state="agreed",
        due="2032",
        provenance="synthetic",
    )


def design_change(answering: dict[str, Any], version: int) -> Event:
    return told(
        design_tasks.DESIGN_CHANGE_RECORDED,
        RECOMMENDATION,
        version,
        recommendation_id=str(RECOMMENDATION),
        edition_id=answering["id"],
        state="in_progress",
    )


async def receive(door: Door, *events: Event) -> list[bool]:
    new = []
    for event in events:
        async with door.app.state.sessions.transaction() as session:
            new.append(await receive_event(session, CONSUMERS, event))
    return new


async def monitoring(door: Door, edition: dict[str, Any]) -> dict[str, Any]:
    answer = await door.as_("manager").get(f"/v1/editions/{edition['id']}/monitoring")
    read: dict[str, Any] = answer.json()
    return read


async def tasks(door: Door) -> list[dict[str, Any]]:
    listed = await door.as_("manager").get("/v1/design-tasks", params={"provenance": "synthetic"})
    items: list[dict[str, Any]] = listed.json()["items"]
    return items


@pytest.fixture
async def coming(demonstration: Door, edition: dict[str, Any]) -> dict[str, Any]:
    """The edition of the same program one year later."""
    later = {"code": "SYN-2", "period": "2032-05-05/2032-05-07", "program_id": edition["program"]["id"]}
    return await enter(demonstration.as_("manager"), "/v1/editions", PLAN | later)


async def test_the_newest_count_of_seats_stays(demonstration: Door, edition: dict[str, Any]) -> None:
    for version, accepted in ((2, 4), (5, 7), (1, 3), (3, 5)):
        assert await receive(demonstration, seats(edition, version, accepted)) == [True]
    (line,) = (await monitoring(demonstration, edition))["lines"]
    assert line == {
        "seat_line_id": str(LINE),
        "taken": 9,
        "accepted": 7,
        "waiting": 1,
        "overcommitted": 0,
    }


async def test_seats_told_twice_count_once(demonstration: Door, edition: dict[str, Any]) -> None:
    event = seats(edition, 1, 4)
    tampered = event.model_copy(update={"data": seats(edition, 9, 8).data})
    assert await receive(demonstration, event, tampered) == [True, False]
    assert [line["accepted"] for line in (await monitoring(demonstration, edition))["lines"]] == [4]


async def test_a_replay_repairs_an_equal_version(demonstration: Door, edition: dict[str, Any]) -> None:
    await receive(demonstration, seats(edition, 3, 4), seats(edition, 3, 5))
    assert [line["accepted"] for line in (await monitoring(demonstration, edition))["lines"]] == [4]
    await receive(demonstration, seats(edition, 3, 6, replay=True), seats(edition, 2, 1, replay=True))
    assert [line["accepted"] for line in (await monitoring(demonstration, edition))["lines"]] == [6]


async def test_results_stand_as_last_told(demonstration: Door, edition: dict[str, Any]) -> None:
    await receive(demonstration, results(edition, 2, "published"), results(edition, 1, "withheld"))
    (read,) = (await monitoring(demonstration, edition))["results"]
    assert read == {"phase": "end", "state": "published", "visibility": "public", "reason": None}
    withdrawn = results(edition, 3, "withdrawn")
    assert await receive(demonstration, withdrawn, withdrawn) == [True, False]
    assert [r["state"] for r in (await monitoring(demonstration, edition))["results"]] == ["withdrawn"]


@pytest.mark.parametrize(("phase", "settled"), [("end", False), ("six_months", True)])
async def test_archiving_waits_for_the_follow_up_and_learns_that_it_is_over(
    demonstration: Door, edition: dict[str, Any], phase: str, settled: bool
) -> None:
    """A survey that nobody answered has no results, and is over all the same."""
    manager = demonstration.as_("manager")
    async with demonstration.app.state.sessions.transaction() as session:
        row = await get_edition(session, UUID(edition["id"]), lock=True)
        row.state = EditionState.EVALUATED
        await record_change(session, acting_service("programs"), "edition.evaluated", row, ["state"])
    closed = told(
        mirrors.CAMPAIGN_CLOSED,
        UUID(int=4),
        5,
        edition_id=edition["id"],
        phase=phase,
        state="closed",
    )
    at = f"/v1/editions/{edition['id']}/state-changes?dry_run=true"
    before = (await manager.post(at, json={"state": "archived"})).json()
    assert [one["code"] for one in before["unmet"]] == ["follow_up_open"]
    assert await receive(demonstration, closed, closed) == [True, False]
    after = (await manager.post(at, json={"state": "archived"})).json()
    assert (after["unmet"] == []) is settled


async def test_a_recommendation_becomes_one_task_of_the_next_edition(
    demonstration: Door, edition: dict[str, Any], coming: dict[str, Any]
) -> None:
    event = recommendation(edition)
    assert await receive(demonstration, event, event, recommendation(edition, version=2)) == [
        True,
        False,
        True,
    ]
    (task,) = await tasks(demonstration)
    assert task["edition_id"] == coming["id"]
    assert (task["state"], task["title"], task["due"]) == ("open", {"en": "More practice"}, "2032")


async def test_without_a_next_edition_the_task_waits_for_a_design_change(
    demonstration: Door, edition: dict[str, Any]
) -> None:
    await receive(demonstration, recommendation(edition))
    assert [task["edition_id"] for task in await tasks(demonstration)] == [None]
    await receive(demonstration, design_change(edition, 2))
    assert [task["edition_id"] for task in await tasks(demonstration)] == [edition["id"]]


async def test_a_design_change_may_come_before_its_recommendation(
    demonstration: Door, edition: dict[str, Any], coming: dict[str, Any]
) -> None:
    """The next edition would be `coming`; what evaluation recorded counts more."""
    await receive(demonstration, design_change(edition, 4), design_change(coming, 3))
    assert await tasks(demonstration) == []
    await receive(demonstration, recommendation(coming))
    assert [task["edition_id"] for task in await tasks(demonstration)] == [edition["id"]]


async def test_a_task_is_overdue_when_its_day_or_its_edition_has_come(
    demonstration: Door, edition: dict[str, Any], coming: dict[str, Any]
) -> None:
    """Asked for by 2032; once the edition that takes it up has begun, nothing can be changed in it any more."""
    manager = demonstration.as_("manager")

    async def late(moment: str) -> list[tuple[str, str, str]]:
        async with demonstration.app.state.sessions.transaction() as session:
            target = datetime.fromisoformat(moment).replace(tzinfo=UTC)
            await move_demonstration_clock(session, target - await real_now(session))
        asked = {"kind": "design_task", "provenance": "synthetic"}
        rows = (await manager.get("/v1/overdue-items", params=asked)).json()["items"]
        return [(row["title"]["en"], row["subject"]["id"], row["due"]) for row in rows]

    await receive(demonstration, recommendation(edition))
    assert await late("2032-12-31") == []
    assert await late("2033-01-01") == [("More practice", coming["id"], "2032-12-31")]
    (task,) = await tasks(demonstration)
    assert (await manager.get(f"/v1/design-tasks/{task['id']}")).json() == task
    async with demonstration.app.state.sessions.transaction() as session:
        row = await session.get_one(DesignTask, UUID(task["id"]))
        row.due = row.latest = None
        await record_change(session, acting_service("programs"), "design_task.changed", row, ["due"])
    assert await late("2032-05-04") == []
    assert await late("2032-05-05") == [("More practice", coming["id"], "2032-05-04")]


async def test_a_finished_task_is_left_alone(
    demonstration: Door, edition: dict[str, Any], coming: dict[str, Any]
) -> None:
    await receive(demonstration, recommendation(edition))
    (task,) = await tasks(demonstration)
    done = await demonstration.as_("manager").post(
        f"/v1/design-tasks/{task['id']}/completion",
        json={"edition_id": coming["id"], "how": {"en": "Two days of practice"}},
    )
    assert done.status_code == 200, done.text
    await receive(demonstration, design_change(edition, 2))
    assert await tasks(demonstration) == [done.json()]
