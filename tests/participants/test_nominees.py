"""Nominees complete their files by a link; authorities stand by their lists; who never confirms is forgotten."""

from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import httpx
import pytest

from services.common.clock import move_demonstration_clock
from services.common.jobs import run_due_jobs
from services.common.sessions import Sessions
from services.participants.inbox.jobs import JOBS
from tests.cluster import TestDatabase
from tests.participants.courses import Course
from tests.participants.test_journey import broken

ANSWERS = {"motivation": "To learn", "abroad": "no", "speaks": {"en": "B2"}, "years": 4}
CONSENT = {
    "purpose": "process_application",
    "text_version": "1",
    "language_tag": "ru",
    "cross_border": True,
    "evidence": "electronic",
}
PDF = b"%PDF-1.7\n%synthetic\n%%EOF\n"


async def upload(client: httpx.AsyncClient) -> str:
    sent = await client.post(
        "/v1/services/participants/files",
        files={"file": ("diploma.pdf", PDF)},
        data={"purpose": "application_document"},
    )
    assert sent.status_code == 201, sent.text
    return str(sent.json()["id"])


async def complete(course: Course, person: str, application: str) -> httpx.AsyncClient:
    """Let the nominee do everything but send the file."""
    nominee = course.holder(person)
    read = await nominee.get(f"/v1/persons/{person}")
    changed = await nominee.patch(
        f"/v1/persons/{person}",
        json={"birth_date": "1990-05-01", "sex": "female"},
        headers={"If-Match": read.headers["etag"]},
    )
    assert changed.status_code == 200, changed.text
    assert (await nominee.post(f"/v1/persons/{person}/consents", json=CONSENT)).status_code == 201
    at = f"/v1/applications/{application}"
    file = await nominee.get(f"{at}/file")
    answered = await nominee.put(
        f"{at}/answers", json={"answers": ANSWERS}, headers={"If-Match": file.headers["etag"]}
    )
    assert answered.status_code == 200, answered.text
    given = await nominee.put(f"{at}/documents/diploma", json={"file_id": await upload(nominee)})
    assert given.status_code == 200, given.text
    return nominee


async def test_a_nominee_completes_the_file_by_a_link(course: Course, clean: TestDatabase) -> None:
    await course.form()
    person, application = await course.invite("TJ")
    at = f"/v1/applications/{application}"
    nominee = course.holder(person)
    file = (await nominee.get(f"{at}/file")).json()
    lacking = {(one["pointer"], one["code"]) for one in file["missing"]}
    assert lacking == {
        ("/person/birth_date", "required"),
        ("/answers/motivation", "required"),
        ("/answers/abroad", "required"),
        ("/documents/diploma", "required"),
    }
    assert (file["complete"], file["possible_doubles"]) == (False, None)
    assert (await nominee.post(f"{at}/submission")).json()["code"] == "consent-missing"
    await complete(course, person, application)
    sent = await nominee.post(f"{at}/submission")
    assert (sent.status_code, sent.json()["state"]) == (200, "submitted")
    late = await nominee.put(f"{at}/answers", json={"answers": ANSWERS}, headers={"If-Match": '"9"'})
    assert late.status_code == 412
    (message,) = (await course.manager.get("/v1/messages")).json()["items"]
    assert message["template"] == "nominee_link"
    officer, authority = course.officer("TJ"), (await course.authority("TJ"))["id"]
    certified = await officer.post(f"/v1/authorities/{authority}/certifications/{course.id}")
    assert [row["done"] for row in certified.json()["results"]] == [True], certified.text
    assert (await officer.get(at)).json()["state"] == "nominated"
    paper = await officer.get(f"{at}/documents/diploma/content")
    assert (paper.status_code, paper.content) == (200, PDF)
    assert (await course.officer("UZ").get(f"{at}/documents/diploma/content")).status_code == 404
    assert await broken(clean) == []


async def test_nobody_completes_anothers_file(course: Course) -> None:
    await course.form()
    person, application = await course.invite("TJ")
    stranger, _ = await course.invite("TJ", "other@example.org")
    at = f"/v1/applications/{application}"
    for client, status in (
        (course.holder(stranger), 404),
        (course.officer("TJ"), 403),
        (course.manager, 403),
    ):
        assert (await client.post(f"{at}/submission")).status_code == status
        put = await client.put(f"{at}/answers", json={"answers": {}}, headers={"If-Match": '"1"'})
        assert put.status_code == status
    changed = await course.officer("TJ").patch(
        f"/v1/persons/{person}", json={"sex": "male"}, headers={"If-Match": '"1"'}
    )
    assert changed.status_code == 403


async def test_a_file_is_returned_corrected_and_sent_again(course: Course) -> None:
    await course.form()
    person, application = await course.invite("TJ")
    nominee = await complete(course, person, application)
    at = f"/v1/applications/{application}"
    await nominee.post(f"{at}/submission")
    judged = await course.manager.post(
        f"{at}/documents/diploma/judgment", json={"state": "rejected", "reason": "Not legible"}
    )
    assert judged.json()["state"] == "rejected", judged.text
    returned = await course.officer("TJ").post(f"{at}/return", json={"note": "A better scan, please"})
    assert returned.json()["state"] == "returned"
    file = (await nominee.get(f"{at}/file")).json()
    assert file["return_note"] == "A better scan, please"
    assert file["missing"][0]["code"] == "rejected"
    assert (await nominee.post(f"{at}/submission")).json()["code"] == "file-incomplete"
    await nominee.put(f"{at}/documents/diploma", json={"file_id": await upload(nominee)})
    assert (await nominee.post(f"{at}/submission")).json()["state"] == "submitted"
    refused = await course.officer("TJ").post(f"{at}/non-nomination")
    assert (refused.json()["state"], refused.json()["reason_code"]) == ("not_nominated", "authority_decision")


@pytest.mark.parametrize(
    ("request_", "pointer"),
    [({"state": "rejected"}, "/reason"), ({"state": "verified", "reason": "fine"}, "/reason")],
)
async def test_a_rejection_names_its_reason(course: Course, request_: dict[str, Any], pointer: str) -> None:
    await course.form()
    person, application = await course.invite("TJ")
    await complete(course, person, application)
    at = f"/v1/applications/{application}/documents"
    judged = await course.manager.post(f"{at}/diploma/judgment", json=request_)
    assert (judged.status_code, judged.json()["errors"][0]["pointer"]) == (422, pointer)
    assert (await course.manager.post(f"{at}/letter/judgment", json={"state": "verified"})).status_code == 404
    unknown = await course.holder(person).put(f"{at}/photo", json={"file_id": person})
    assert unknown.json()["code"] == "document-not-found"


async def test_the_deadline_holds_for_sending_and_an_extension_moves_it(course: Course) -> None:
    await course.form()
    person, application = await course.invite("TJ")
    nominee = await complete(course, person, application)
    past = (datetime.now(UTC) - timedelta(minutes=1)).isoformat()
    await course.change(call=course.facts["call"] | {"closes_at": past})
    at = f"/v1/applications/{application}/submission"
    assert (await nominee.post(at)).json()["code"] == "call-closed"
    authority = (await course.authority("TJ"))["id"]
    more = (datetime.now(UTC) + timedelta(days=2)).isoformat()
    await course.manager.put(
        f"/v1/authorities/{authority}/deadlines/{course.id}", json={"closes_at": more, "reason": "Holidays"}
    )
    seen = (await course.officer("TJ").get(f"/v1/authorities/{authority}/calls/{course.id}")).json()
    assert 0 < seen["seconds_left"] <= 2 * 86400
    assert (seen["seats"], seen["principals"], seen["principals_left"]) == (3, 1, 2)
    assert (await nominee.post(at)).json()["state"] == "submitted"


async def test_who_never_confirms_is_forgotten_after_the_deadline(
    course: Course, clean: TestDatabase
) -> None:
    await course.form()
    silent, forgotten = await course.invite("TJ", "silent@example.org")
    person, application = await course.invite("UZ")
    nominee = await complete(course, person, application)
    await nominee.post(f"/v1/applications/{application}/submission")
    sessions: Sessions = course.door.app.state.sessions
    for days, left in ((7, 2), (9, 1)):
        async with sessions.transaction() as session:
            await move_demonstration_clock(session, timedelta(days=days))
        await run_due_jobs(sessions, JOBS)
        assert len((await course.manager.get("/v1/applications")).json()["items"]) == left
    assert (await course.manager.get(f"/v1/persons/{silent}")).status_code == 404
    assert (await course.manager.get(f"/v1/persons/{person}")).status_code == 200
    assert await broken(clean) == []
    connection = await asyncpg.connect(clean.admin)
    try:
        told = await connection.fetch(
            "SELECT action FROM participants.audit_entry WHERE subject_id = $1 ORDER BY at", forgotten
        )
    finally:
        await connection.close()
    assert [row["action"] for row in told] == ["application.begun", "application.forgotten"]


async def test_one_applies_by_oneself_and_the_authority_takes_it_up(course: Course) -> None:
    await course.form()
    person = await course.person("TJ")
    applicant, authority = course.holder(person), (await course.authority("TJ"))["id"]
    made = await applicant.post("/v1/applications", json={"edition_id": course.id, "authority_id": authority})
    assert (made.status_code, made.json()["channel"], made.json()["state"]) == (201, "self", "draft")
    again = await applicant.post("/v1/applications", json={"edition_id": course.id})
    assert again.json()["code"] == "application-exists"
    await complete(course, person, made.json()["id"])
    assert (await applicant.post(f"{made.headers['location']}/submission")).json()["state"] == "submitted"
    nominated = await course.nominate("TJ", person)
    assert nominated.json()["application_id"] == made.json()["id"], nominated.text
    assert (await applicant.get(made.headers["location"])).json()["state"] == "nominated"


async def test_where_nobody_nominates_one_applies_to_the_countrys_seats(course: Course) -> None:
    person = await course.person("UZ")
    applicant = course.holder(person)
    made = await applicant.post("/v1/applications", json={"edition_id": course.id})
    assert made.json()["authority_id"] is None
    assert made.json()["seat_line_id"] == course.facts["seat_lines"][1]["id"]
    assert (await course.officer("UZ").get(made.headers["location"])).status_code == 404
    read = await applicant.get(f"/v1/persons/{person}")
    await applicant.patch(
        f"/v1/persons/{person}", json={"birth_date": "1990-05-01"}, headers={"If-Match": read.headers["etag"]}
    )
    assert (await applicant.post(f"{made.headers['location']}/submission")).json()["state"] == "submitted"
    (row,) = await course.decide("eligible", made.json()["id"])
    assert row["done"]
    pipeline = (await course.manager.get(f"/v1/editions/{course.id}/pipeline")).json()
    assert pipeline["applications"] == [{"country": "UZ", "state": "eligible", "people": 1}]
    elsewhere = await course.person("KG")
    refused = await course.holder(elsewhere).post("/v1/applications", json={"edition_id": course.id})
    assert refused.json()["code"] == "seat-line-refused"


async def test_a_certified_list_stands(course: Course) -> None:
    await course.form()
    _, draft = await course.invite("TJ")
    nomination = (await course.manager.get("/v1/nominations")).json()["items"][0]
    officer, authority = course.officer("TJ"), (await course.authority("TJ"))["id"]
    await course.nominee("TJ")
    at = f"/v1/authorities/{authority}"
    results = (await officer.post(f"{at}/certifications/{course.id}")).json()["results"]
    assert [(row["done"], row["code"]) for row in results] == [(False, "file-incomplete"), (True, None)]
    order = [row["id"] for row in results][::-1]
    ranked = await officer.put(f"{at}/rank-orders/{course.id}", json={"nomination_ids": order})
    assert ranked.json()["code"] == "step-refused"
    change = {"place": "reserve", "slot": "ordinary", "justification": "Later"}
    changed = await officer.patch(
        f"/v1/nominations/{nomination['id']}", json=change, headers={"If-Match": '"1"'}
    )
    assert (changed.status_code, changed.json()["place"]) == (200, "reserve")
    certified = results[1]["id"]
    refused = await officer.patch(f"/v1/nominations/{certified}", json=change, headers={"If-Match": '"2"'})
    assert refused.json()["code"] == "step-refused"
    assert draft


async def test_discretionary_places_are_counted(course: Course) -> None:
    line = course.facts["seat_lines"][0] | {"discretionary": 1}
    await course.change(seat_lines=[line, course.facts["seat_lines"][1]])
    await course.invite("TJ", slot="discretionary")
    second = await course.nominate("TJ", await course.person("TJ"), slot="discretionary")
    assert second.json()["code"] == "seat-line-refused"


async def test_an_expired_delegation_stops_nominating(course: Course) -> None:
    authority = (await course.authority("TJ"))["id"]
    officer = course.officer("TJ")
    paper = {"number": "12/3", "dated_on": "2020-01-01", "valid_until": "2021-01-01"}
    kept = await officer.put(f"/v1/authorities/{authority}/delegation", json=paper)
    assert kept.json()["delegation"]["number"] == "12/3"
    assert (await course.nominate("TJ", await course.person("TJ"))).json()["code"] == "delegation-expired"
    await officer.put(f"/v1/authorities/{authority}/delegation", json=paper | {"valid_until": "2999-01-01"})
    assert (await course.nominate("TJ", await course.person("TJ"))).status_code == 201
    other = await course.officer("UZ").put(f"/v1/authorities/{authority}/delegation", json=paper)
    assert other.status_code == 404


async def test_a_new_link_is_sent_without_telling_whether_there_is_one(course: Course) -> None:
    await course.form()
    await course.invite("TJ", "known@example.org")
    public = course.door.as_()
    for email in ("KNOWN@example.org", "known@example.org", "unknown@example.org"):
        answer = await public.post("/v1/nominee-links", json={"email": email})
        assert (answer.status_code, answer.content) == (204, b"")
    sent = (await course.manager.get("/v1/messages")).json()["items"]
    assert [one["template"] for one in sent] == ["nominee_link"] * 2
    (nomination,) = (await course.manager.get("/v1/nominations")).json()["items"]
    for _ in range(2):
        renewed = await course.officer("TJ").post(f"/v1/nominations/{nomination['id']}/invitation")
        assert renewed.status_code == 200, renewed.text
    assert len((await course.manager.get("/v1/messages")).json()["items"]) == 3


async def test_staff_are_told_who_may_be_entered_twice(course: Course) -> None:
    _, one = await course.invite("TJ", "same@example.org")
    _, other = await course.invite("UZ", "Same@example.org")
    file = (await course.manager.get(f"/v1/applications/{one}/file")).json()
    assert file["possible_doubles"] == [other]
    assert (await course.officer("TJ").get(f"/v1/applications/{one}/file")).json()["possible_doubles"] is None
