"""Two records of one human being: found across scripts, decided by a person, merged and parted again."""

from typing import Any
from uuid import UUID

import asyncpg
import pytest

from services.common.invariants import audit_invariants
from services.common.jobs import run_due_jobs
from services.participants.db.tables import Base
from services.participants.inbox.jobs import JOBS
from tests.apps import Door
from tests.cluster import TestDatabase
from tests.participants.courses import Course, edition_facts, line_facts, tell

PASSPORT = "N7700123"


@pytest.fixture
async def admin(clean: TestDatabase) -> Any:
    connection = await asyncpg.connect(clean.admin)
    await connection.execute("SET search_path TO participants")
    yield connection
    await connection.close()


async def enter(course: Course, country: str = "TJ", **changes: Any) -> str:
    authority = await course.authority(country)
    request = {
        "names": [
            {"language": "tg-Cyrl", "given": "Ҷамшед", "family": "Раҳмонов", "patronymic": "Каримович"}
        ],
        "sex": "male",
        "birth_date": "1990-04-12",
        "nationality": "TJ",
        "preferred_language": "ru",
        "provenance": "synthetic",
        "authority_id": authority["id"],
    }
    made = await course.officer(country).post("/v1/persons", json=request | changes)
    assert made.status_code == 201, made.text
    return str(made.json()["id"])


LATIN: dict[str, Any] = {"names": [{"language": "und-Latn", "given": "Jamshed", "family": "Rahmonov"}]}


async def look(door: Door) -> int:
    wanted = {kind: JOBS[kind] for kind in ("person.match", "persons.index")}
    return await run_due_jobs(door.app.state.sessions, wanted)


async def consent(course: Course, person: str, purpose: str = "process_application") -> None:
    given = {
        "purpose": purpose,
        "text_version": "1",
        "language_tag": "ru",
        "cross_border": True,
        "evidence": "paper_scan",
    }
    made = await course.officer("TJ").post(f"/v1/persons/{person}/consents", json=given)
    assert made.status_code == 201, made.text


async def test_a_duplicate_across_scripts_is_proposed_to_staff_and_to_nobody_else(course: Course) -> None:
    first, other = await enter(course), await enter(course, "UZ", **LATIN)
    await enter(course, names=[{"language": "und-Latn", "given": "Farrukh", "family": "Karimov"}])
    found = (await course.manager.get(f"/v1/persons/{other}/matches")).json()
    assert [(one["person_id"], one["score"] >= 90) for one in found] == [(first, True)]
    assert {"name_same", "birth_date_same", "nationality_same"} <= set(found[0]["features"])
    assert await look(course.door) == 3
    (pair,) = (await course.manager.get("/v1/duplicate-candidates")).json()["items"]
    assert {pair["older_id"], pair["newer_id"]} == {first, other}
    for path in (f"/v1/persons/{other}/matches", "/v1/duplicate-candidates", "/v1/merges"):
        assert (await course.officer("UZ").get(path)).status_code == 403
    assert (await course.officer("UZ").get(f"/v1/persons/{first}")).status_code == 404


async def test_a_dismissed_pair_is_not_proposed_again(course: Course) -> None:
    await enter(course), await enter(course, "UZ", **LATIN)
    await look(course.door)
    (pair,) = (await course.manager.get("/v1/duplicate-candidates")).json()["items"]
    path = f"/v1/duplicate-candidates/{pair['id']}/dismissal"
    done = await course.manager.post(path)
    assert (done.status_code, done.json()["state"]) == (200, "dismissed"), done.text
    assert (await course.manager.post(path)).status_code == 409
    await enter(course, **LATIN)
    await look(course.door)
    left = (await course.manager.get("/v1/duplicate-candidates")).json()["items"]
    assert pair["id"] not in {one["id"] for one in left}
    assert len(left) == 2


async def test_a_merge_moves_everything_and_can_be_undone(course: Course, admin: asyncpg.Connection) -> None:
    survivor, duplicate = await enter(course), await enter(course, **LATIN)
    await consent(course, survivor)
    await consent(course, duplicate, "publish_name")
    await consent(course, duplicate)
    block = {"passport_number": PASSPORT, "fit_to_travel_declared": True}
    kept = await course.holder(duplicate).put(f"/v1/persons/{duplicate}/sensitive-data", json=block)
    assert kept.status_code == 200, kept.text
    application = (await course.nominate("TJ", duplicate)).json()["application_id"]
    await look(course.door)
    made = await course.manager.post(f"/v1/persons/{survivor}/merge", json={"duplicate_id": duplicate})
    assert made.status_code == 201, made.text
    assert (await course.manager.get(f"/v1/persons/{duplicate}")).status_code == 404
    consents = (await course.manager.get(f"/v1/persons/{survivor}/consents")).json()["items"]
    assert len(consents) == 3
    # Who came by a link to the record that was merged reaches the one that it became.
    own = course.holder(duplicate)
    read = (await own.get(f"/v1/applications/{application}")).json()
    assert read["person_id"] == survivor
    query = {"purpose": "own_data"}
    shown = await own.get(f"/v1/persons/{survivor}/sensitive-data", params=query)
    assert shown.json()["passport_number"] == PASSPORT
    (pair,) = (await course.manager.get("/v1/duplicate-candidates", params={"state": "merged"})).json()[
        "items"
    ]
    assert {pair["older_id"], pair["newer_id"]} == {survivor, duplicate}
    assert len((await course.manager.get("/v1/merges")).json()["items"]) == 1

    at = made.headers["location"]
    undone = await course.manager.post(f"{at}/reversal")
    assert undone.status_code == 200, undone.text
    assert (await course.manager.post(f"{at}/reversal")).json()["code"] == "merge-final"
    assert (await course.manager.get(f"/v1/applications/{application}")).json()["person_id"] == duplicate
    assert len((await course.manager.get(f"/v1/persons/{survivor}/consents")).json()["items"]) == 1
    gone = await course.holder(survivor).get(f"/v1/persons/{survivor}/sensitive-data", params=query)
    assert gone.json()["code"] == "sensitive-data-not-found"
    for name, statement in audit_invariants(Base).items():
        assert await admin.fetch(statement) == [], name


async def test_two_live_applications_to_one_edition_are_never_joined(course: Course) -> None:
    survivor, duplicate = await enter(course), await enter(course, **LATIN)
    for one in (survivor, duplicate):
        await consent(course, one)
        assert (await course.nominate("TJ", one)).status_code == 201
    body = {"duplicate_id": duplicate}
    refused = await course.manager.post(f"/v1/persons/{survivor}/merge", json=body)
    assert (refused.status_code, refused.json()["code"]) == (409, "merge-refused")
    themselves = await course.manager.post(f"/v1/persons/{survivor}/merge", json={"duplicate_id": survivor})
    assert themselves.status_code == 409
    (own,) = (await course.holder(duplicate).get("/v1/applications")).json()["items"]
    assert (
        await course.holder(duplicate).post(f"/v1/applications/{own['id']}/withdrawal")
    ).status_code == 200
    assert (await course.manager.post(f"/v1/persons/{survivor}/merge", json=body)).status_code == 201
    assert (await course.manager.post(f"/v1/persons/{survivor}/merge", json=body)).status_code == 404


async def test_both_pseudonyms_stay_with_a_merged_person(course: Course, admin: asyncpg.Connection) -> None:
    """Evaluation knows each participation by the pseudonym it was told; a merge tells it nothing."""
    other = Course(course.door, edition_facts(seat_lines=[line_facts("TJ", 2)], code="syn-2"), course.manager)
    other.authorities = course.authorities
    await tell(course.door, "programs.edition.announced.v1", other.facts)
    people = [await enter(course), await enter(course, **LATIN)]
    for one, edition in zip(people, (course, other), strict=True):
        await consent(course, one)
        application = (await edition.nominate("TJ", one)).json()["application_id"]
        await edition.decide("eligible", application)
        await edition.decide("selected", application)
        at = (await edition.offer(application)).headers["location"]
        assert (await edition.holder(one).post(f"{at}/acceptance")).status_code == 200
    before = {row["pseudonym"] for row in await admin.fetch("SELECT pseudonym FROM participation")}
    merged = await course.manager.post(f"/v1/persons/{people[0]}/merge", json={"duplicate_id": people[1]})
    assert merged.status_code == 201, merged.text
    rows = await admin.fetch("SELECT pseudonym, person_id FROM participation")
    assert {row["pseudonym"] for row in rows} == before
    assert {row["person_id"] for row in rows} == {UUID(people[0])}


async def test_a_merge_is_final_after_its_days(course: Course, admin: asyncpg.Connection) -> None:
    survivor, duplicate = await enter(course), await enter(course, **LATIN)
    made = await course.manager.post(f"/v1/persons/{survivor}/merge", json={"duplicate_id": duplicate})
    await admin.execute("UPDATE merge SET merged_at = merged_at - interval '91 days'")
    late = await course.manager.post(f"{made.headers['location']}/reversal")
    assert (late.status_code, late.json()["code"]) == (409, "merge-final")


async def test_people_entered_without_keys_are_indexed_daily(
    course: Course, admin: asyncpg.Connection
) -> None:
    first, other = await enter(course), await enter(course, "UZ", **LATIN)
    await admin.execute("DELETE FROM person_key; UPDATE person SET spellings = '[]'; DELETE FROM job")
    assert (await course.manager.get(f"/v1/persons/{other}/matches")).json() == []
    await admin.execute(
        "INSERT INTO job (id, kind, subject, payload, provenance, due_at)"
        " VALUES (gen_random_uuid(), 'persons.index', $1, '{}', 'real', now())",
        UUID(int=0),
    )
    assert await look(course.door) == 1
    (found,) = (await course.manager.get(f"/v1/persons/{other}/matches")).json()
    assert found["person_id"] == first
    (pair,) = (await course.manager.get("/v1/duplicate-candidates")).json()["items"]
    assert {pair["older_id"], pair["newer_id"]} == {first, other}
    await admin.execute(
        "UPDATE person SET spellings = '[]'; UPDATE job SET due_at = now() WHERE done_at IS NULL"
    )
    assert await look(course.door) == 1
    assert len((await course.manager.get("/v1/duplicate-candidates")).json()["items"]) == 1


async def test_cyrillic_letters_in_a_passport_number_are_refused_and_not_repeated(course: Course) -> None:
    person = await enter(course)
    own = course.holder(person)
    lookalike = "А7700123"
    refused = await own.put(f"/v1/persons/{person}/sensitive-data", json={"passport_number": lookalike})
    assert refused.status_code == 422
    assert lookalike not in refused.text


async def test_a_passport_number_known_already_tells_nobody(course: Course) -> None:
    """Keys are no oracle: the second country's person learns nothing, staff find the pair."""
    first = await enter(course)
    second = await enter(course, "UZ", names=[{"language": "und-Latn", "mononym": "Nobody"}], birth_date=None)
    answers = []
    for one in (first, second):
        path = f"/v1/persons/{one}/sensitive-data"
        answers.append(await course.holder(one).put(path, json={"passport_number": PASSPORT}))
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].json().keys() == answers[1].json().keys()
    (found,) = (await course.manager.get(f"/v1/persons/{first}/matches")).json()
    assert (found["person_id"], "passport_same" in found["features"]) == (second, True)
