"""Attendance by badge, online or replayed; corrections keep what was said before."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.participants.domain.attendance import AttendanceStatus
from services.participants.domain.check_ins import (
    CheckInOutcome,
    Meeting,
    badge_of,
    read_badge,
    reckon_scan,
    refuse_scan,
)
from tests.participants.courses import Course, tell

NOON = datetime(2026, 11, 30, 12, tzinfo=UTC)
MEETING = Meeting(NOON, NOON + timedelta(minutes=90), cancelled=False)


@dataclass
class Lecture:
    course: Course
    id: str
    starts_at: datetime
    people: list[str]
    participations: list[str]

    async def scan(self, *scans: dict[str, Any]) -> list[dict[str, Any]]:
        path = f"/v1/editions/{self.course.id}/attendance/check-ins"
        answer = await self.course.manager.post(path, json={"scans": scans})
        assert answer.status_code == 200, answer.text
        results: list[dict[str, Any]] = answer.json()["results"]
        return results

    async def badge(self, place: int = 0) -> str:
        own = self.course.holder(self.people[place])
        answer = await own.get(f"/v1/participations/{self.participations[place]}/badge")
        assert answer.status_code == 200, answer.text
        assert answer.json()["qr"].startswith("<svg")
        return str(answer.json()["badge"])

    def shown(self, badge: str, minutes: int = 0, **changes: Any) -> dict[str, Any]:
        at = self.starts_at + timedelta(minutes=minutes)
        scan = {"nonce": str(uuid4()), "badge": badge, "training_session_id": self.id}
        return scan | {"scanned_at": at.isoformat()} | changes


@pytest.fixture
async def lecture(course: Course) -> Lecture:
    people, participations = [], []
    for _ in range(2):
        person, application = await course.nominee("TJ")
        await course.decide("eligible", application)
        await course.decide("selected", application)
        at = (await course.offer(application)).headers["location"]
        assert (await course.holder(person).post(f"{at}/acceptance")).status_code == 200
        (own,) = (await course.holder(person).get("/v1/participations")).json()["items"]
        people.append(person)
        participations.append(own["id"])
    starts_at = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=60)
    made = Lecture(course, str(uuid4()), starts_at, people, participations)
    await tell(course.door, "programs.training_session.scheduled.v1", facts_of_lecture(made))
    return made


def facts_of_lecture(lecture: Lecture, **changes: Any) -> dict[str, Any]:
    facts = {
        "aggregate_id": lecture.id,
        "aggregate_version": 1,
        "edition_id": lecture.course.id,
        "title": {"en": "Synthetic lecture"},
        "starts_at": lecture.starts_at.isoformat(),
        "ends_at": (lecture.starts_at + timedelta(minutes=90)).isoformat(),
        "state": "planned",
        "counts_for_attendance": True,
        "venue": "Hall 2 (synthetic)",
    }
    return facts | changes


async def test_a_scan_counts_once_however_often_it_is_sent(lecture: Lecture) -> None:
    scan = lecture.shown(await lecture.badge(), minutes=30)
    (first,) = await lecture.scan(scan)
    assert (first["outcome"], first["replayed"]) == ("checked_in", False)
    (again,) = await lecture.scan(scan)
    assert (again["outcome"], again["replayed"]) == ("checked_in", True)
    (other,) = await lecture.scan(lecture.shown(await lecture.badge(), minutes=40))
    assert other["outcome"] == "already_checked_in"
    (record,) = await records(lecture)
    assert (record["status"], record["minutes"], record["source"]) == ("late", 60, "check_in")


async def test_scans_made_offline_are_judged_by_their_own_time(lecture: Lecture) -> None:
    badge = await lecture.badge()
    results = await lecture.scan(
        lecture.shown(badge, minutes=-61),
        lecture.shown(badge, minutes=95),
        lecture.shown(badge, minutes=600),
        lecture.shown(badge, training_session_id=str(uuid4())),
        lecture.shown(badge[:-2] + "AA"),
        lecture.shown("not a badge"),
        lecture.shown(badge, minutes=5),
    )
    assert [one["outcome"] for one in results] == [
        "too_early",
        "in_future",
        "in_future",
        "session_unknown",
        "badge_unknown",
        "badge_unknown",
        "checked_in",
    ]
    (record,) = await records(lecture)
    assert (record["status"], record["minutes"]) == ("present", 90)


async def test_nobody_is_checked_in_who_left_or_at_a_cancelled_session(lecture: Lecture) -> None:
    badges = [await lecture.badge(0), await lecture.badge(1)]
    left = f"/v1/participations/{lecture.participations[0]}/state-changes"
    assert (await lecture.course.manager.post(left, json={"state": "withdrawn"})).status_code == 200
    (gone,) = await lecture.scan(lecture.shown(badges[0]))
    assert gone["outcome"] == "not_enrolled"
    cancelled = facts_of_lecture(lecture, state="cancelled", aggregate_version=2)
    await tell(lecture.course.door, "programs.training_session.cancelled.v1", cancelled)
    (void,) = await lecture.scan(lecture.shown(badges[1]))
    assert void["outcome"] == "session_cancelled"
    assert await records(lecture) == []


async def test_a_correction_keeps_what_was_said_before(lecture: Lecture) -> None:
    await lecture.scan(lecture.shown(await lecture.badge()))
    sheet = {
        "rows": [{"participation_id": lecture.participations[0], "status": "absent"}],
        "reason": "The badge was borrowed",
    }
    path = f"/v1/editions/{lecture.course.id}/attendance/{lecture.id}"
    assert (await lecture.course.manager.put(path, json=sheet)).status_code == 200
    (record,) = await records(lecture)
    changes = f"/v1/attendance-records/{record['id']}/changes"
    said = (await lecture.course.manager.get(changes)).json()["items"]
    assert [(one["status"], one["reason"]) for one in said] == [
        ("absent", "The badge was borrowed"),
        ("present", None),
    ]
    assert (await lecture.course.holder(lecture.people[1]).get(changes)).status_code == 404


async def test_the_sheet_lists_everybody_marked_or_not(lecture: Lecture) -> None:
    await lecture.scan(lecture.shown(await lecture.badge()))
    path = f"/v1/editions/{lecture.course.id}/attendance-sheet"
    table = await lecture.course.manager.get(path, params={"format": "csv"})
    rows = table.text.removeprefix("\ufeff").splitlines()
    assert len(rows) == 3
    assert rows[0].startswith("participation_id,name,country")
    assert sum(",present,90" in row for row in rows) == 1
    workbook = await lecture.course.manager.get(path)
    assert workbook.content.startswith(b"PK")
    assert (await lecture.course.holder(lecture.people[0]).get(path)).status_code == 403


async def test_a_participant_reads_their_own_calendar(lecture: Lecture) -> None:
    own = lecture.course.holder(lecture.people[0])
    path = f"/v1/participations/{lecture.participations[0]}/timetable.ics"
    calendar = (await own.get(path)).text
    assert "SUMMARY:Synthetic lecture" in calendar
    assert "LOCATION:Hall 2 (synthetic)" in calendar
    assert "TZID:Asia/Almaty" in calendar
    assert f"UID:{lecture.id}" in calendar
    assert (await lecture.course.holder(lecture.people[1]).get(path)).status_code == 404


async def records(lecture: Lecture) -> list[dict[str, Any]]:
    path = f"/v1/editions/{lecture.course.id}/attendance"
    found: list[dict[str, Any]] = (await lecture.course.manager.get(path)).json()["items"]
    return found


@pytest.mark.parametrize(
    ("minutes", "outcome"),
    [
        (-61, CheckInOutcome.TOO_EARLY),
        (-60, None),
        (0, None),
        (89, None),
        (90, CheckInOutcome.SESSION_OVER),
        (123, CheckInOutcome.IN_FUTURE),
    ],
)
def test_a_scan_counts_from_an_hour_before_to_the_end(minutes: int, outcome: CheckInOutcome | None) -> None:
    now = NOON + timedelta(minutes=120)
    assert refuse_scan(MEETING, NOON + timedelta(minutes=minutes), now) is outcome


def test_a_cancelled_session_counts_nothing() -> None:
    cancelled = Meeting(NOON, NOON + timedelta(minutes=90), cancelled=True)
    assert refuse_scan(cancelled, NOON, NOON) is CheckInOutcome.SESSION_CANCELLED


@pytest.mark.parametrize(
    ("minutes", "reckoned"),
    [
        (-30, (AttendanceStatus.PRESENT, 90)),
        (10, (AttendanceStatus.PRESENT, 90)),
        (11, (AttendanceStatus.LATE, 79)),
    ],
)
def test_minutes_run_from_the_scan_to_the_end(minutes: int, reckoned: tuple[AttendanceStatus, int]) -> None:
    assert reckon_scan(MEETING, NOON + timedelta(minutes=minutes)) == reckoned


def test_a_badge_is_read_by_the_key_that_wrote_it() -> None:
    named = UUID(int=7)
    badge = badge_of(b"k" * 32, named)
    assert len(badge) == 40
    assert read_badge(b"k" * 32, badge.lower()) == named
    assert read_badge(b"x" * 32, badge) is None
    assert read_badge(b"k" * 32, "AAAA") is None
    assert read_badge(b"k" * 32, "1!") is None
