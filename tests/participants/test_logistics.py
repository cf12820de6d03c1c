"""Logistics: lists for those who receive people, what a day gives, and passports under two pairs of eyes."""

import io
from datetime import timedelta
from typing import Any
from uuid import uuid4

import asyncpg
import openpyxl
import pytest

from services.participants.domain import logistics as rules
from services.participants.operations import logistics as operations
from tests.cluster import TestDatabase
from tests.documents import text_of
from tests.participants.courses import Course
from tests.participants.test_journey import broken

PASSPORT = "SYN1234567"


async def participant(course: Course, country: str = "TJ") -> tuple[str, str]:
    """Return the person and participation of somebody who accepted."""
    person, application = await course.nominee(country)
    await course.decide("eligible", application)
    await course.decide("selected", application)
    at = (await course.offer(application)).headers["location"]
    assert (await course.holder(person).post(f"{at}/acceptance")).status_code == 200
    (held,) = (await course.holder(person).get("/v1/participations")).json()["items"]
    return person, str(held["id"])


async def table(course: Course, kind: str) -> list[list[Any]]:
    answer = await course.manager.get(f"/v1/editions/{course.id}/logistics/{kind}")
    assert answer.status_code == 200, answer.text
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    assert sheet is not None
    return [list(row) for row in sheet.iter_rows(values_only=True)]


STAY = {
    # In Almaty (UTC+5): from the 1st, 01:30, to the 5th, 23:30.
    "arrives_at": "2026-12-31T20:30:00Z",
    "arrives_by": "=HYPERLINK(1)",
    "leaves_at": "2027-01-05T18:30:00Z",
    "room": "204",
    "diet": "halal",
}


async def test_lists_are_drawn_up_in_the_editions_own_time(course: Course, clean: TestDatabase) -> None:
    person, participation = await participant(course)
    await participant(course, "UZ")
    at = f"/v1/participations/{participation}/logistics"
    assert (await course.holder(person).get(at)).json()["code"] == "logistics-not-found"
    kept = await course.holder(person).put(at, json=STAY)
    assert kept.status_code == 200, kept.text
    assert (await course.holder(person).get(at)).json()["diet"] == "halal"
    assert (await course.holder(str(uuid4())).put(at, json=STAY)).status_code == 404
    assert (await course.officer("TJ").get(at)).status_code == 403
    backwards = await course.manager.put(at, json=STAY | {"leaves_at": "2026-12-01T00:00:00Z"})
    assert backwards.status_code == 422

    heading, first, _ = await table(course, "arrivals")
    assert heading == ["name", "country", "arrives", "by", "leaves", "leaves_by", "insured_until"]
    assert first[:5] == ["Synthetic Sample", "TJ", "2027-01-01 01:30", "=HYPERLINK(1)", "2027-01-05 23:30"]
    assert {row[2] for row in (await table(course, "rooming"))[1:]} == {"204", None}
    assert {row[2] for row in (await table(course, "meals"))[1:]} == {"halal", "any"}
    assert len(await table(course, "per_diem")) == 1
    rate = {"rate": {"amount": "12.35", "currency": "USD"}}
    per_diem = f"/v1/editions/{course.id}/per-diem"
    assert (await course.manager.get(per_diem)).status_code == 404
    assert (await course.manager.put(per_diem, json=rate)).json()["rate"] == rate["rate"]
    # Five days of the calendar, those of coming and going included: 5 x 12.35.
    _, paid = await table(course, "per_diem")
    assert [paid[0], paid[1], paid[2], float(paid[4]), paid[5]] == ["Synthetic Sample", "TJ", 5, 61.75, "USD"]
    assert (await course.officer("TJ").get(f"/v1/editions/{course.id}/logistics/arrivals")).status_code == 403
    assert await broken(clean) == []


async def reads_logged(database: TestDatabase) -> int:
    connection = await asyncpg.connect(database.admin)
    try:
        count: int = await connection.fetchval(
            "SELECT count(*) FROM participants.sensitive_read WHERE purpose = 'visa_support'"
        )
        return count
    finally:
        await connection.close()


async def test_passports_are_shown_to_two_people_for_a_day(
    course: Course, clean: TestDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    person, participation = await participant(course)
    kept = await course.holder(person).put(
        f"/v1/persons/{person}/sensitive-data", json={"passport_number": PASSPORT}
    )
    assert kept.status_code == 200, kept.text
    wanted = {"purpose": "Visa support for the course", "participation_ids": [participation]}
    at = f"/v1/editions/{course.id}/visa-exports"
    stranger = wanted | {"participation_ids": [str(uuid4())]}
    assert (await course.manager.post(at, json=stranger)).status_code == 404
    made = await course.manager.post(at, json=wanted)
    export = made.headers["location"]
    assert (await course.manager.get(f"{export}/list")).json()["code"] == "visa-export-expired"
    assert (await course.manager.post(f"{export}/approval")).json()["code"] == "second-person-needed"
    second = course.door.as_("manager")
    approved = await second.post(f"{export}/approval")
    assert approved.json()["expires_at"], approved.text
    assert (await second.post(f"{export}/approval")).json()["code"] == "step-refused"
    for client in (course.manager, second):
        shown = await client.get(f"{export}/list?language=en")
        assert PASSPORT in text_of(shown.content), shown.text[:300]
        assert made.json()["id"] in text_of(shown.content)
    letters = text_of((await second.get(f"{export}/letters?language=kk")).content)
    assert PASSPORT in letters
    assert "Визалық қолдау хаты" in letters
    assert await reads_logged(clean) == 3
    third = await course.door.as_("manager").get(f"{export}/list")
    assert third.json()["code"] == "visa-export-expired"
    assert PASSPORT not in (await course.manager.get(export)).text

    monkeypatch.setattr(operations, "VISA_EXPORT_KEPT", timedelta(0))
    again = (await course.manager.post(at, json=wanted)).headers["location"]
    await second.post(f"{again}/approval")
    assert (await second.get(f"{again}/list")).json()["code"] == "visa-export-expired"
    assert await reads_logged(clean) == 3
    assert timedelta(hours=24) == rules.VISA_EXPORT_KEPT
    assert (await course.officer("TJ").post(at, json=wanted)).status_code == 403
    assert await broken(clean) == []
