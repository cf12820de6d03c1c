"""How many people took part: public facts, synthetic people for staff who ask (everybody here is synthetic)."""

from tests.participants.courses import Course

SYNTHETIC = {"provenance": "synthetic"}


async def take_part(course: Course, country: str) -> str:
    """Let somebody accept a seat; return their participation."""
    person, application = await course.nominee(country)
    await course.decide("eligible", application)
    await course.decide("selected", application)
    offer = (await course.offer(application)).json()
    accepted = await course.holder(person).post(f"/v1/offers/{offer['id']}/acceptance")
    assert accepted.status_code in {200, 201}, accepted.text
    listed = (await course.manager.get("/v1/participations")).json()["items"]
    return str(listed[-1]["id"])


async def test_who_took_part_is_counted_by_year_and_edition(course: Course) -> None:
    await course.change(starts_on="2026-12-01", ends_on="2026-12-05")
    for country in ("TJ", "TJ", "UZ"):
        await take_part(course, country)
    gone = await take_part(course, "UZ")
    step = await course.manager.post(f"/v1/participations/{gone}/state-changes", json={"state": "withdrawn"})
    assert step.status_code == 200, step.text

    countries = [{"country": "TJ", "participants": 2}, {"country": "UZ", "participants": 1}]
    told = (await course.manager.get("/v1/turnout", params=SYNTHETIC)).json()
    assert told["years"] == [{"year": 2026, "participants": 3, "countries": countries}]
    at = f"/v1/programs/{course.facts['program_id']}/turnout"
    program = (await course.manager.get(at, params=SYNTHETIC)).json()
    assert program["editions"] == [{"edition_id": course.id, "participants": 3, "countries": countries}]

    for client, params in ((course.manager, {}), (course.door.as_(), SYNTHETIC)):
        assert (await client.get("/v1/turnout", params=params)).json()["years"] == []
        assert (await client.get(at, params=params)).json()["editions"] == []


async def test_calls_that_are_open_to_a_country_are_found(course: Course) -> None:
    for country, found in (("TJ", 1), ("UZ", 1), ("AF", 0)):
        listed = (await course.manager.get("/v1/calls", params=SYNTHETIC | {"open_to": country})).json()
        assert len(listed["items"]) == found, country
    await course.change(seat_lines=[])
    assert (await course.manager.get("/v1/calls?open_to=XX")).status_code == 422
    await course.change("cancelled", state="cancelled")
    listed = (await course.manager.get("/v1/calls", params=SYNTHETIC | {"open_to": "TJ"})).json()
    assert listed["items"] == []
