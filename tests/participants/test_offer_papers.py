"""Offers in bulk, their letters, what people are written, and promotion left to staff."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.cluster import TestDatabase
from tests.documents import text_of
from tests.participants.courses import Course, line_facts
from tests.participants.test_journey import broken
from tests.participants.test_selection import eligible, settle

REPLY_BY = (datetime.now(UTC) + timedelta(days=5)).isoformat()


async def templates_about(course: Course, subject: str) -> dict[str, str]:
    messages = (await course.manager.get("/v1/messages?limit=200")).json()["items"]
    return {one["template"]: one["state"] for one in messages if one["subject_id"] == subject}


async def test_seats_are_offered_in_bulk_with_a_result_per_row(course: Course, clean: TestDatabase) -> None:
    await course.change(seat_lines=[line_facts("TJ", 3), line_facts("UZ", 1)], capacity_max=3)
    chosen = await eligible(course, "TJ", "TJ", "TJ", "UZ")
    await course.decide("selected", *chosen[:3])
    rows = {"application_ids": [*chosen, course.id], "reply_by": REPLY_BY, "benefits": ["travel", "meals"]}
    made = await course.manager.post(f"/v1/editions/{course.id}/offers", json=rows)
    assert [row["code"] for row in made.json()["results"]] == [
        None,
        None,
        None,
        "step-refused",
        "application-not-found",
    ]
    await course.decide("selected", chosen[3])
    full = await course.manager.post(
        f"/v1/editions/{course.id}/offers", json=rows | {"application_ids": [chosen[3]]}
    )
    assert [row["code"] for row in full.json()["results"]] == ["no-free-seat"]
    offers = (await course.manager.get("/v1/offers")).json()["items"]
    assert [(one["number"], one["benefits"]) for one in offers] == [
        (n, ["travel", "meals"]) for n in (1, 2, 3)
    ]
    assert await broken(clean) == []


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (
            "en",
            [
                "Offer of a seat",
                "Synthetic Sample",
                "Travel, Meals",
                "SYN-1-O-0001",
                "2027-01-10 – 2027-01-20",
            ],
        ),
        ("ru", ["Предложение места", "Синтетика Намунаева", "Проезд, Питание"]),
        ("kk", ["Орын ұсынысы", "Жол, Тамақ"]),
    ],
)
async def test_an_offer_has_a_letter_in_three_languages(
    course: Course, language: str, words: list[str]
) -> None:
    await course.change(starts_on="2027-01-10", ends_on="2027-01-20")
    (chosen,) = await eligible(course, "TJ")
    await course.decide("selected", chosen)
    request = {"application_id": chosen, "reply_by": REPLY_BY, "benefits": ["travel", "meals"]}
    at = (await course.manager.post("/v1/offers", json=request)).headers["location"]
    letter = await course.officer("TJ").get(f"{at}/letter?language={language}")
    assert letter.headers["content-type"] == "application/pdf"
    said = text_of(letter.content)
    assert [word for word in words if word.lower() not in said.lower()] == []
    assert (await course.officer("UZ").get(f"{at}/letter")).status_code == 404


async def test_people_are_written_to_about_their_offers(course: Course) -> None:
    await course.change(seat_lines=[line_facts("TJ", 2, reserve=1)])
    person, one = await course.nominee("TJ")
    _, other = await course.nominee("TJ")
    _, waiting = await course.nominee("TJ", place="reserve")
    await course.decide("eligible", one, other, waiting)
    await course.decide("selected", one, other)
    await course.decide("waitlisted", waiting)
    first, second = [(await course.offer(id_)).headers["location"] for id_ in (one, other)]
    ids = [at.rpartition("/")[2] for at in (first, second)]
    assert await templates_about(course, ids[0]) == {"offer_made": "queued", "offer_reminder": "queued"}
    await course.manager.post(f"/v1/editions/{course.id}/decision-release")
    assert await templates_about(course, waiting) == {"decision_waitlisted": "queued"}
    declined = await course.holder(person).post(f"{first}/decline", json={"reason": "dates"})
    assert declined.json()["decline_reason"] == "dates", declined.text
    assert await templates_about(course, ids[0]) == {"offer_made": "dropped", "offer_reminder": "dropped"}
    await course.manager.post(f"{second}/withdrawal")
    assert (await templates_about(course, ids[1]))["offer_withdrawn"] == "queued"


async def test_what_is_decided_after_the_release_is_told_once(course: Course) -> None:
    person, gone = await course.nominee("TJ")
    _, waiting = await course.nominee("TJ")
    _, later = await course.nominee("TJ")
    _, unfit = await course.nominee("UZ")
    await course.decide("eligible", gone, waiting, later)
    await course.decide("waitlisted", gone, waiting)
    assert await templates_about(course, waiting) == {}
    await course.change(seat_lines=[line_facts("TJ", 0, reserve=3), line_facts("UZ", 1)])
    for _ in range(2):
        await course.manager.post(f"/v1/editions/{course.id}/decision-release")
    assert await templates_about(course, waiting) == {"decision_waitlisted": "queued"}
    assert await templates_about(course, later) == {}
    for _ in range(2):
        await course.decide("rejected", waiting, later, reason_code="lower_rank")
        await course.decide("ineligible", unfit, reason_code="language_level")
    told = {"decision_rejected": "queued"}
    assert await templates_about(course, waiting) == told | {"decision_waitlisted": "dropped"}
    assert await templates_about(course, later) == told
    assert await templates_about(course, unfit) == told
    await course.holder(person).post(f"/v1/applications/{gone}/withdrawal")
    assert await templates_about(course, gone) == {"decision_waitlisted": "dropped"}


async def test_promotion_left_to_staff_passes_nobody_over(course: Course, clean: TestDatabase) -> None:
    await settle(course, promotion="propose")
    await course.change(seat_lines=[line_facts("TJ", 1, reserve=2)])
    (chosen,) = await eligible(course, "TJ")
    waiting = [(await course.nominee("TJ", place="reserve"))[1] for _ in range(2)]
    await course.decide("eligible", *waiting)
    await course.decide("selected", chosen)
    await course.decide("waitlisted", *waiting)
    offer = (await course.offer(chosen)).headers["location"]
    at = f"/v1/editions/{course.id}/promotions"
    await course.manager.post(f"/v1/editions/{course.id}/decision-release")
    assert (await course.manager.get(at)).json() == {"promotions": []}
    await course.manager.post(f"{offer}/withdrawal")
    (next_,) = (await course.manager.get(at)).json()["promotions"]
    assert next_["application_id"] == waiting[0]
    promoted = await course.manager.post(at, json={"application_ids": waiting[::-1]})
    assert [row["done"] for row in promoted.json()["results"]] == [False, True]
    (offered,) = (await course.manager.get("/v1/offers?state=offered")).json()["items"]
    assert offered["application_id"] == waiting[0]
    assert (await course.officer("TJ").get(at)).status_code == 403
    assert await broken(clean) == []
