"""Files that are not sent in time, and applications that are struck out."""

from datetime import UTC, datetime, timedelta

from tests.participants.courses import Course, line_facts
from tests.participants.test_nominees import CONSENT
from tests.participants.test_offer_papers import templates_about


async def test_who_has_not_sent_the_file_is_reminded_before_the_deadline(course: Course) -> None:
    closes = datetime.now(UTC) + timedelta(days=10)
    await course.change(call=course.facts["call"] | {"closes_at": closes.isoformat()})
    person, application = await course.invite("TJ")
    _, silent = await course.invite("TJ", email="other@example.org")
    nominee = course.holder(person)
    read = await nominee.get(f"/v1/persons/{person}")
    await nominee.patch(
        f"/v1/persons/{person}", json={"birth_date": "1990-05-01"}, headers={"If-Match": read.headers["etag"]}
    )
    assert (await nominee.post(f"/v1/persons/{person}/consents", json=CONSENT)).status_code == 201
    sent = await nominee.post(f"/v1/applications/{application}/submission")
    assert sent.status_code == 200, sent.text
    assert (await templates_about(course, application))["file_reminder"] == "dropped"
    assert (await templates_about(course, silent))["file_reminder"] == "queued"


async def test_a_forged_application_is_struck_out_and_its_seat_goes_on(course: Course) -> None:
    await course.change(seat_lines=[line_facts("TJ", 1, reserve=2)])
    person, forged = await course.nominee("TJ")
    _, waiting = await course.nominee("TJ", place="reserve")
    await course.decide("eligible", forged, waiting)
    await course.decide("selected", forged)
    await course.decide("waitlisted", waiting)
    offer = (await course.offer(forged)).headers["location"]
    await course.manager.post(f"/v1/editions/{course.id}/decision-release")
    at = f"/v1/applications/{forged}/voiding"
    assert (await course.holder(person).post(at, json={"reason": "fraud"})).status_code == 403
    assert (await course.manager.post(at, json={"reason": "other"})).status_code == 422
    done = await course.manager.post(at, json={"reason": "fraud"})
    assert (done.json()["state"], done.json()["reason_code"]) == ("void", "fraud")
    assert (await course.manager.post(at, json={"reason": "fraud"})).json()["code"] == "step-refused"
    assert (await course.manager.get(offer)).json()["state"] == "withdrawn"
    assert (await course.manager.get(f"/v1/applications/{waiting}")).json()["state"] == "selected"
    (offered,) = (await course.manager.get("/v1/offers?state=offered")).json()["items"]
    holder = course.holder(offered["person_id"])
    assert (await holder.post(f"/v1/offers/{offered['id']}/acceptance")).status_code == 200
    taken = await course.manager.post(
        f"/v1/applications/{offered['application_id']}/voiding", json={"reason": "duplicate"}
    )
    assert taken.json()["code"] == "step-refused"
