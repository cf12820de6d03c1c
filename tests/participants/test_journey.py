"""From nomination to certificate, through HTTP."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import asyncpg
import pytest

from services.participants.db.invariants import INVARIANTS
from tests.apps import Door
from tests.cluster import TestDatabase
from tests.participants.courses import Course, tell


async def broken(database: TestDatabase) -> list[str]:
    """Return the names of the invariants that do not hold."""
    connection = await asyncpg.connect(database.admin)
    try:
        await connection.execute("SET search_path TO participants")
        return [name for name, statement in INVARIANTS.items() if await connection.fetch(statement)]
    finally:
        await connection.close()


async def test_a_nominee_becomes_a_certified_participant(course: Course, clean: TestDatabase) -> None:
    person, application = await course.nominee("TJ")
    assert [row["done"] for row in await course.decide("eligible", application)] == [True]
    await course.decide("selected", application)
    made = await course.offer(application)
    assert made.status_code == 201, made.text
    accepted = await course.holder(person).post(f"{made.headers['location']}/acceptance")
    assert (accepted.status_code, accepted.json()["state"]) == (200, "accepted")
    meeting = str(uuid4())
    starts = datetime.now(UTC) - timedelta(minutes=100)
    facts = {
        "aggregate_id": meeting,
        "aggregate_version": 1,
        "edition_id": course.id,
        "title": {"en": "Lecture"},
        "starts_at": starts.isoformat(),
        "ends_at": (starts + timedelta(minutes=90)).isoformat(),
        "state": "scheduled",
        "counts_for_attendance": True,
    }
    await tell(course.door, "programs.training_session.scheduled.v1", facts)
    held = (await course.manager.get("/v1/participations")).json()["items"][0]["id"]
    rows = [
        {"participation_id": held, "status": "present"},
        {"participation_id": str(uuid4()), "status": "absent"},
    ]
    sheet = await course.manager.put(f"/v1/editions/{course.id}/attendance/{meeting}", json={"rows": rows})
    assert [row["done"] for row in sheet.json()["results"]] == [True, False]
    final = await course.manager.post(f"/v1/editions/{course.id}/attendance-finalization")
    assert [one["state"] for one in final.json()] == ["completed"], final.text
    issue = {"participation_ids": [held]}
    issued = await course.manager.post(f"/v1/editions/{course.id}/certificates", json=issue)
    assert issued.json()["results"][0]["done"], issued.text
    certificate = (await course.holder(person).get("/v1/certificates")).json()["items"][0]
    at = f"/v1/certificates/{certificate['verify_token']}/verification"
    verified = (await course.door.as_().get(at)).json()
    assert (verified["verdict"], verified["holder"]) == ("genuine", "Synthetic Sample")
    own = f"/v1/certificates/{certificate['id']}"
    await course.manager.post(f"{own}/revocation-request", json={"reason": "Issued by mistake"})
    assert (await course.manager.post(f"{own}/revocation")).json()["code"] == "second-person-needed"
    assert (await course.door.as_("manager").post(f"{own}/revocation")).status_code == 200
    assert (await course.door.as_().get(at)).json()["verdict"] == "revoked"
    unknown = (await course.door.as_().get("/v1/certificates/x/verification")).json()
    assert (unknown["verdict"], unknown["holder"]) == ("unknown", None)
    assert await broken(clean) == []


async def test_a_second_attendance_certificate_refuses_its_row_only(course: Course) -> None:
    for _ in range(2):
        person, application = await course.nominee("TJ")
        await course.decide("eligible", application)
        await course.decide("selected", application)
        at = (await course.offer(application)).headers["location"]
        assert (await course.holder(person).post(f"{at}/acceptance")).status_code == 200
    final = await course.manager.post(f"/v1/editions/{course.id}/attendance-finalization")
    one, other = [row["id"] for row in final.json()]
    at = f"/v1/editions/{course.id}/certificates"
    for ids, done in (([one], [True]), ([one, other, other], [False, True, False])):
        request = {"participation_ids": ids, "kind": "attendance"}
        issued = await course.manager.post(at, json=request)
        assert [row["done"] for row in issued.json()["results"]] == done, issued.text
    assert len((await course.manager.get("/v1/certificates")).json()["items"]) == 2


async def test_a_declined_seat_goes_to_the_first_who_waits(course: Course, clean: TestDatabase) -> None:
    holders = [await course.nominee("UZ") for _ in range(2)]
    await course.change(
        seat_lines=[*course.facts["seat_lines"][:1], course.facts["seat_lines"][1] | {"reserve": 2}]
    )
    waiting = [await course.nominee("UZ", place="reserve") for _ in range(2)]
    everybody = [application for _, application in (*holders, *waiting)]
    await course.decide("eligible", *everybody)
    await course.decide("selected", *everybody[:2])
    await course.decide("waitlisted", *everybody[2:])
    made = [await course.offer(application) for application in everybody[:2]]
    assert (await course.manager.post(f"/v1/editions/{course.id}/decision-release")).status_code == 200
    declined = await course.holder(holders[0][0]).post(f"{made[0].headers['location']}/decline")
    assert declined.status_code == 200, declined.text
    offered = (await course.manager.get("/v1/offers?state=offered")).json()["items"]
    assert {offer["application_id"] for offer in offered} == {everybody[1], everybody[2]}
    assert await broken(clean) == []


async def test_a_cancelled_edition_stops_offers_and_the_call(course: Course, clean: TestDatabase) -> None:
    _, application = await course.nominee("TJ")
    await course.decide("eligible", application)
    await course.decide("selected", application)
    offer = await course.offer(application)
    await course.change("cancelled", state="cancelled")
    assert (await course.manager.get(offer.headers["location"])).json()["state"] == "withdrawn"
    assert (await course.nominate("TJ", await course.person("TJ"))).json()["code"] == "call-closed"
    assert await broken(clean) == []


async def test_another_countrys_officer_learns_nothing(course: Course) -> None:
    person, application = await course.nominee("TJ")
    stranger = course.officer("UZ")
    for path in (f"/v1/persons/{person}", f"/v1/applications/{application}"):
        assert (await stranger.get(path)).status_code == 404
    for path in ("/v1/persons", "/v1/applications", "/v1/nominations", "/v1/offers", "/v1/authorities"):
        assert (await stranger.get(path)).json()["items"] == []
    authority = (await course.authority("TJ"))["id"]
    order = await stranger.put(
        f"/v1/authorities/{authority}/rank-orders/{course.id}", json={"nomination_ids": []}
    )
    assert order.status_code == 404
    pipeline = (await stranger.get(f"/v1/editions/{course.id}/pipeline")).json()
    assert pipeline["applications"] == []


async def test_nobody_accepts_for_another(course: Course) -> None:
    person, application = await course.nominee("TJ")
    await course.decide("eligible", application)
    await course.decide("selected", application)
    at = (await course.offer(application)).headers["location"]
    assert (await course.holder(str(uuid4())).post(f"{at}/acceptance")).status_code == 404
    assert (await course.officer("TJ").post(f"{at}/acceptance")).status_code == 403
    assert (await course.holder(person).post(f"{at}/acceptance")).status_code == 200
    assert (await course.holder(person).post(f"{at}/acceptance")).json()["code"] == "step-refused"


@pytest.mark.parametrize("closes", [-1, None])
async def test_rules_of_a_nomination(course: Course, closes: int | None) -> None:
    without = await course.nominate("TJ", await course.person("TJ", consent=False))
    assert without.json()["code"] == "consent-missing"
    person, _ = await course.nominee("TJ")
    assert (await course.nominate("TJ", person)).json()["code"] == "application-exists"
    if closes is not None:
        ends = (datetime.now(UTC) + timedelta(hours=closes)).isoformat()
        await course.change(call=course.facts["call"] | {"closes_at": ends})
        assert (await course.nominate("TJ", await course.person("TJ"))).json()["code"] == "call-closed"
    for _ in range(2):
        person = await course.person("TJ")
        answer = await course.nominate("TJ", person)
        assert answer.status_code == (201 if closes is None else 409)
    refused = await course.nominate("TJ", await course.person("TJ"))
    assert refused.json()["code"] == ("seat-line-refused" if closes is None else "call-closed")


async def test_ranks_are_put_as_a_whole(course: Course) -> None:
    made = [await course.nominate("TJ", await course.person("TJ")) for _ in range(3)]
    ids = [answer.json()["id"] for answer in made]
    at = f"/v1/authorities/{(await course.authority('TJ'))['id']}/rank-orders/{course.id}"
    done = await course.officer("TJ").put(at, json={"nomination_ids": ids[::-1]})
    assert done.status_code == 200, done.text
    listed = (await course.officer("TJ").get("/v1/nominations")).json()["items"]
    assert [item["id"] for item in listed] == ids[::-1]
    for wrong in (ids[:2], [*ids[:2], ids[0]], [*ids[:2], str(uuid4())]):
        refused = await course.officer("TJ").put(at, json={"nomination_ids": wrong})
        assert refused.json()["code"] == "rank-order-invalid"


async def test_a_passport_number_stands_in_clear_nowhere(
    course: Course, clean: TestDatabase, capsys: pytest.CaptureFixture[str]
) -> None:
    canary = "ZCANARY99817"
    person, _ = await course.nominee("TJ")
    own = course.holder(person)
    kept = await own.put(f"/v1/persons/{person}/sensitive-data", json={"passport_number": canary})
    assert kept.status_code == 200, kept.text
    refused = await own.put(f"/v1/persons/{person}/sensitive-data", json={"passport_number": canary + "А"})
    assert (refused.status_code, canary in refused.text) == (422, False)
    read = await course.manager.get(f"/v1/persons/{person}/sensitive-data?purpose=visa_support")
    assert read.json()["passport_number"] == canary
    assert (
        await course.officer("TJ").get(f"/v1/persons/{person}/sensitive-data?purpose=emergency")
    ).status_code == 403
    for path in ("/v1/persons", f"/v1/persons/{person}"):
        assert canary not in (await course.manager.get(path)).text
    connection = await asyncpg.connect(clean.admin)
    try:
        assert await connection.fetchval("SELECT count(*) FROM participants.sensitive_read") == 1
        for table in ("person", "audit_entry", "outbox_event", "sensitive_read", "idempotency_key"):
            found = f"SELECT count(*) FROM participants.{table} AS t WHERE t::text LIKE '%{canary}%'"  # noqa: S608  our own names
            assert await connection.fetchval(found) == 0
    finally:
        await connection.close()
    assert canary not in "".join(capsys.readouterr())


async def test_every_enumeration_has_its_words(participants: Door) -> None:
    answer = (await participants.as_().get("/v1/participants/enumerations")).json()
    words = {one["name"]: one["values"] for one in answer["items"]}
    assert {"kk", "ru", "en"} == set(words["offer_state"][0]["label"])
