"""Selection over HTTP: reviewers, blind rounds, allocation that repeats, minutes and letters, promotion."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.common.identity import Grant, GrantKind, Role
from services.participants.domain.rounds import Criterion, mean_of, total_of
from tests.cluster import TestDatabase
from tests.documents import text_of
from tests.participants.courses import Course, line_facts
from tests.participants.test_journey import broken
from tests.participants.test_nominees import complete

CRITERIA = [Criterion("motivation", 2, 10), Criterion("profile", 1, 5)]


@pytest.mark.parametrize(
    ("points", "total"),
    [
        # (2 * 7/10 + 1 * 3/5) / 3 = 0.6666...
        ({"motivation": 7, "profile": 3}, 6_667),
        ({"motivation": 0, "profile": 0}, 0),
        ({"motivation": 10, "profile": 5}, 10_000),
        ({"motivation": 10, "profile": 0}, 6_667),
    ],
)
def test_points_are_weighed(points: dict[str, int], total: int) -> None:
    assert total_of(CRITERIA, points) == total


@pytest.mark.parametrize("points", [{}, {"motivation": 1}, {"motivation": 11, "profile": 0}, {"x": 1}])
def test_incomplete_points_are_refused(points: dict[str, int]) -> None:
    with pytest.raises(ValueError, match=r"criterion|points"):
        total_of(CRITERIA, points)


@given(st.lists(st.integers(0, 10_000), max_size=6))
def test_a_mean_lies_between_the_scores(totals: list[int]) -> None:
    mean = mean_of(totals)
    assert (mean is None) is (not totals)
    assert mean is None or min(totals) <= mean <= max(totals)


ROUND = {
    "title": {"en": "First review"},
    "criteria": [
        {"code": "motivation", "label": {"en": "Motivation"}, "weight": 2, "maximum": 10},
        {"code": "profile", "label": {"en": "Profile"}, "weight": 1, "maximum": 5},
    ],
}


def reviewer(course: Course, account: UUID) -> httpx.AsyncClient:
    grant = Grant(Role.REVIEWER, GrantKind.EDITION, course.id)
    return course.door.as_("reviewer", subject=account, grants=frozenset({grant}))


async def eligible(course: Course, *countries: str, sexes: str = "") -> list[str]:
    found = []
    for place, country in enumerate(countries):
        person, application = await course.nominee(country)
        if sexes[place : place + 1] == "m":
            read = await course.manager.get(f"/v1/persons/{person}")
            await course.manager.patch(
                f"/v1/persons/{person}", json={"sex": "male"}, headers={"If-Match": read.headers["etag"]}
            )
        found.append(application)
    await course.decide("eligible", *found)
    return found


async def settle(course: Course, **settings: Any) -> None:
    """State the settings as one does before the call opens, and open it."""
    call = course.facts["call"]
    later = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    await course.change(call=call | {"opens_at": later})
    stated = await course.manager.put(f"/v1/editions/{course.id}/selection-settings", json=settings)
    assert stated.status_code == 200, stated.text
    await course.change(call=call)


async def test_settings_are_fixed_when_the_call_opens(course: Course) -> None:
    at = f"/v1/editions/{course.id}/selection-settings"
    assert (await course.door.as_().get(at)).json()["stated"] is False
    assert (await course.manager.put(at, json={})).json()["code"] == "step-refused"
    await settle(course, basis="weighted", score_weight=70, ties=["women_first"], country_cap=3)
    read = (await course.officer("TJ").get(at)).json()
    assert (read["basis"], read["score_weight"], read["ties"]) == ("weighted", 70, ["women_first"])
    doubled = await course.manager.put(at, json={"ties": ["score", "score"]})
    assert doubled.status_code == 422


async def test_a_blind_round_hides_who_it_is_and_what_others_think(
    course: Course, clean: TestDatabase
) -> None:
    await course.form()
    person, application = await course.invite("TJ")
    nominee = await complete(course, person, application)
    await nominee.post(f"/v1/applications/{application}/submission")
    (other,) = await eligible(course, "TJ")
    await course.decide("eligible", application)
    one, two = uuid4(), uuid4()
    request = ROUND | {"edition_id": course.id, "is_blind": True, "reviewers": [str(one), str(two)]}
    made = await course.manager.post("/v1/selection-rounds", json=request)
    assert made.status_code == 201, made.text
    at = made.headers["location"]
    first, second, stranger = (reviewer(course, account) for account in (one, two, uuid4()))
    assert (await stranger.get(at)).status_code == 404
    files = (await first.get(f"{at}/files")).json()["files"]
    assert {file["application_id"] for file in files} == {application, other}
    assert all(file["names"] is None and file["country"] is None for file in files)
    points = {"points": {"motivation": 7, "profile": 3}}
    scored = await first.put(f"{at}/scores/{application}", json=points)
    assert scored.json()["total"] == 6_667, scored.text
    assert (await second.get(f"{at}/scores")).json()["items"] == []
    wrong = await second.put(f"{at}/scores/{application}", json={"points": {"motivation": 11, "profile": 3}})
    assert wrong.status_code == 422
    assert (await second.put(f"{at}/scores/{uuid4()}", json=points)).status_code == 404

    await second.put(f"{at}/scores/{application}", json=points)
    conflict = {"application_id": application, "reason": "A former colleague"}
    assert (await second.post(f"{at}/conflicts", json=conflict)).status_code == 201
    assert (await second.put(f"{at}/scores/{application}", json=points)).json()["code"] == "score-refused"
    assert len((await course.manager.get(f"{at}/scores")).json()["items"]) == 1
    assert (await second.post(f"{at}/conflicts", json=conflict)).status_code == 409

    assert (await course.manager.post(f"{at}/lock")).json()["code"] == "step-refused"
    for client in (first, second):
        assert (await client.post(f"{at}/completion")).json()["locked_at"]
    assert (await first.put(f"{at}/scores/{other}", json=points)).json()["code"] == "score-refused"
    assert (await course.manager.post(f"{at}/lock")).json()["locked_at"]
    assert len((await second.get(f"{at}/scores")).json()["items"]) == 1
    reviewers = (await course.manager.get(f"{at}/reviewers")).json()["reviewers"]
    assert all(one["locked_at"] for one in reviewers)
    unscored = await course.manager.post(
        f"/v1/editions/{course.id}/seat-allocations", json={"round_id": made.json()["id"]}
    )
    assert unscored.json()["code"] == "allocation-refused"
    assert await broken(clean) == []


async def test_an_allocation_is_repeated_confirmed_and_told(course: Course, clean: TestDatabase) -> None:
    await course.change(seat_lines=[line_facts("TJ", 4), line_facts("UZ", 2)], capacity_max=3)
    applications = await eligible(course, "TJ", "TJ", "UZ", "TJ")
    at = f"/v1/editions/{course.id}"
    # One seat of three is left to the second round: TJ's second, since TJ2 and nobody of UZ wants it.
    made = await course.manager.post(f"{at}/seat-allocations", json={})
    assert made.status_code == 201, made.text
    run = made.json()
    outcome = {one["application_id"]: (one["outcome"], one["reason"]) for one in run["placements"]}
    assert outcome == {
        applications[0]: ("selected", "by_order"),
        applications[1]: ("selected", "by_order"),
        applications[2]: ("selected", "by_order"),
        applications[3]: ("waitlisted", "capacity"),
    }
    supposed = await course.manager.post(f"{at}/what-ifs", json={"capacity": 4})
    (change,) = supposed.json()["changes"]
    assert (change["application_id"], change["then"]["outcome"]) == (applications[3], "selected")
    here = made.headers["location"]
    assert (await course.manager.get(f"{here}/repetition")).json() == {"algorithm": "1", "same": True}
    assert (await course.officer("TJ").get(here)).status_code == 403
    early = await course.officer("TJ").get(
        f"/v1/authorities/{course.authorities['TJ']['id']}/decision-letters/{course.id}"
    )
    assert early.json()["code"] == "step-refused"

    late = (await course.nominee("UZ"))[1]
    await course.decide("eligible", late)
    assert (await course.manager.post(f"{here}/confirmation")).json()["code"] == "step-refused"
    await course.manager.post(f"/v1/applications/{late}/withdrawal")
    assert (await course.manager.post(f"{here}/confirmation")).status_code == 200
    assert (await course.manager.post(f"{here}/confirmation")).json()["code"] == "step-refused"
    fourth = (await course.manager.get(f"/v1/applications/{applications[3]}")).json()
    assert (fourth["state"], fourth["reason_code"], fourth["waiting_rank"]) == ("waitlisted", "capacity", 1)

    minutes = await course.manager.get(f"{here}/minutes?language=en")
    assert minutes.headers["content-type"] == "application/pdf"
    said = text_of(minutes.content)
    assert said.count("Synthetic Sample") == 4
    assert "No room left in the edition" in said
    in_kazakh = text_of((await course.manager.get(f"{here}/minutes?language=kk")).content)
    assert "Іріктеу хаттамасы" in in_kazakh
    assert "Синтетика Намунаева" in in_kazakh
    assert "Квота: Тәжікстан" in in_kazakh

    await course.manager.post(f"{at}/decision-release")
    authority = course.authorities["TJ"]["id"]
    letter = await course.officer("TJ").get(
        f"/v1/authorities/{authority}/decision-letters/{course.id}?language=en"
    )
    told = text_of(letter.content)
    assert told.count("Synthetic Sample") == 3
    assert "No room left in the edition" in told
    stranger = await course.officer("UZ").get(f"/v1/authorities/{authority}/decision-letters/{course.id}")
    assert stranger.status_code == 404
    assert await broken(clean) == []


async def test_scores_decide_where_the_settings_say_so(course: Course) -> None:
    await settle(course, basis="score")
    await course.change(seat_lines=[line_facts("TJ", 1, reserve=1)])
    _, low = await course.nominee("TJ")
    _, high = await course.nominee("TJ", place="reserve")
    await course.decide("eligible", low, high)
    account = uuid4()
    request = ROUND | {"edition_id": course.id, "reviewers": [str(account)]}
    made = (await course.manager.post("/v1/selection-rounds", json=request)).json()
    at = f"/v1/selection-rounds/{made['id']}"
    allocations = f"/v1/editions/{course.id}/seat-allocations"
    assert (await course.manager.post(allocations, json={})).json()["code"] == "allocation-refused"
    for application, motivation in ((low, 1), (high, 10)):
        points = {"points": {"motivation": motivation, "profile": 0}}
        await reviewer(course, account).put(f"{at}/scores/{application}", json=points)
    open_round = await course.manager.post(allocations, json={"round_id": made["id"]})
    assert open_round.json()["code"] == "allocation-refused"
    await reviewer(course, account).post(f"{at}/completion")
    await course.manager.post(f"{at}/lock")
    run = (await course.manager.post(allocations, json={"round_id": made["id"]})).json()
    # A reserve comes after the principals, whatever the score.
    assert [(one["application_id"], one["reason"]) for one in run["placements"]] == [
        (low, "by_order"),
        (high, "reserve_place"),
    ]


async def test_a_hard_minimum_of_women_holds_for_promotion_too(course: Course, clean: TestDatabase) -> None:
    line = line_facts("TJ", 2, reserve=2) | {"minimum_women": 1, "minimum_women_is_hard": True}
    await course.change(seat_lines=[line])
    woman, *_ = await eligible(course, "TJ", "TJ", sexes="wm")
    _, man_waiting = await course.nominee("TJ", place="reserve")
    person = (await course.manager.get(f"/v1/applications/{man_waiting}")).json()["person_id"]
    read = await course.manager.get(f"/v1/persons/{person}")
    await course.manager.patch(
        f"/v1/persons/{person}", json={"sex": "male"}, headers={"If-Match": read.headers["etag"]}
    )
    _, woman_waiting = await course.nominee("TJ", place="reserve")
    await course.decide("eligible", man_waiting, woman_waiting)
    run = await course.manager.post(f"/v1/editions/{course.id}/seat-allocations", json={})
    await course.manager.post(f"{run.headers['location']}/confirmation")
    offer = (await course.offer(woman)).headers["location"]
    await course.manager.post(f"/v1/editions/{course.id}/decision-release")
    await course.manager.post(f"{offer}/withdrawal")
    (offered,) = (await course.manager.get("/v1/offers?state=offered")).json()["items"]
    assert offered["application_id"] == woman_waiting
    await course.manager.post(f"/v1/offers/{offered['id']}/withdrawal")
    assert (await course.manager.get("/v1/offers?state=offered")).json()["items"] == []
    still = (await course.manager.get(f"/v1/applications/{man_waiting}")).json()["state"]
    assert still == "waitlisted"
    assert await broken(clean) == []


async def test_where_promotion_is_proposed_nobody_is_offered_a_seat_by_itself(
    course: Course, clean: TestDatabase
) -> None:
    await settle(course, promotion="propose")
    await course.change(seat_lines=[line_facts("TJ", 1, reserve=1)])
    (chosen,) = await eligible(course, "TJ")
    _, waiting = await course.nominee("TJ", place="reserve")
    await course.decide("eligible", waiting)
    await course.decide("selected", chosen)
    await course.decide("waitlisted", waiting)
    offer = (await course.offer(chosen)).headers["location"]
    await course.manager.post(f"/v1/editions/{course.id}/decision-release")
    await course.manager.post(f"{offer}/withdrawal")
    assert (await course.manager.get("/v1/offers?state=offered")).json()["items"] == []
    assert await broken(clean) == []


async def test_seats_left_free_are_pooled_after_their_date_by_another_run(
    course: Course, clean: TestDatabase
) -> None:
    await settle(course, country_cap=3, ties=["authority_rank"])
    free = line_facts("UZ", 2) | {"reallocation_on": "2020-01-01"}
    await course.change(seat_lines=[line_facts("TJ", 1, reserve=2), free])
    (chosen,) = await eligible(course, "TJ")
    waiting = [(await course.nominee("TJ", place="reserve"))[1] for _ in range(2)]
    await course.decide("eligible", *waiting)
    await course.decide("selected", chosen)
    await course.offer(chosen)
    run = await course.manager.post(f"/v1/editions/{course.id}/seat-allocations", json={})
    assert {(one["application_id"], one["reason"]) for one in run.json()["placements"]} == {
        (waiting[0], "pooled_seat"),
        (waiting[1], "pooled_seat"),
    }
    confirmed = await course.manager.post(f"{run.headers['location']}/confirmation")
    assert confirmed.status_code == 200, confirmed.text
    first = (await course.manager.get(f"/v1/applications/{waiting[0]}")).json()
    assert (first["state"], first["seat_line_id"]) == ("selected", free["id"])
    assert (await course.offer(waiting[0])).status_code == 201
    assert await broken(clean) == []
