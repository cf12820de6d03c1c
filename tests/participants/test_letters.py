"""Letters in which authorities put people forward: a file of the officer's, for the authority and staff."""

import asyncpg
import httpx

from services.common.file_records import file
from services.common.sessions import Sessions
from services.participants.operations.nominees import purge_unconfirmed
from tests.cluster import TestDatabase
from tests.participants.courses import Course, as_id

PDF = b"%PDF-1.7\n%synthetic letter\n%%EOF\n"


async def upload(
    client: httpx.AsyncClient, content: bytes = PDF, *, purpose: str = "nomination_letter"
) -> httpx.Response:
    return await client.post(
        "/v1/services/participants/files",
        files={"file": ("letter.pdf", content)},
        data={"purpose": purpose},
    )


async def hand_in(officer: httpx.AsyncClient, nomination: str, content: bytes = PDF) -> httpx.Response:
    """Upload a letter and let the nomination keep it."""
    sent = await upload(officer, content)
    assert sent.status_code == 201, sent.text
    return await officer.put(f"/v1/nominations/{nomination}/letter", json={"file_id": sent.json()["id"]})


async def nominated(course: Course) -> tuple[str, str]:
    """Return a new nomination of Tajikistan's and its person."""
    person = await course.person("TJ")
    made = await course.nominate("TJ", person)
    assert (made.status_code, made.json()["letter_file_id"]) == (201, None), made.text
    return str(made.json()["id"]), person


async def test_a_letter_is_read_by_its_authority_and_staff(course: Course) -> None:
    nomination, person = await nominated(course)
    at, officer = f"/v1/nominations/{nomination}", course.officer("TJ")
    assert (await officer.get(f"{at}/letter")).json()["code"] == "file-not-found"
    kept = await hand_in(officer, nomination)
    assert (kept.status_code, kept.json()["version"]) == (200, 2), kept.text
    reference = kept.json()["letter_file_id"]
    assert (await officer.get(at)).json()["letter_file_id"] == reference
    for reader in (officer, course.manager, course.door.as_("auditor")):
        shown = await reader.get(f"{at}/letter")
        assert (shown.status_code, shown.content) == (200, PDF)
        assert shown.headers["content-type"] == "application/pdf"
    assert (await course.holder(person).get(f"{at}/letter")).status_code == 403
    assert (await course.officer("UZ").get(f"{at}/letter")).status_code == 404
    assert (await course.door.as_().get(f"{at}/letter")).status_code == 401
    by_itself = f"/v1/services/participants/files/{reference}/content"
    assert (await course.manager.get(by_itself)).status_code == 404


async def test_a_letter_is_a_pdf_or_a_picture_that_the_officer_uploaded_for_it(course: Course) -> None:
    nomination, _ = await nominated(course)
    officer = course.officer("TJ")
    assert (await upload(officer, b"Dear colleagues")).json()["code"] == "file-type-refused"
    at = f"/v1/nominations/{nomination}/letter"
    others = (await upload(course.manager)).json()["id"]
    elsewhere = (await upload(officer, purpose="delegation")).json()["id"]
    for id_ in (others, elsewhere):
        refused = await officer.put(at, json={"file_id": id_})
        assert (refused.status_code, refused.json()["code"]) == (422, "file-not-attachable")
    assert (await officer.get(f"/v1/nominations/{nomination}")).json()["letter_file_id"] is None
    strangers = await hand_in(course.officer("UZ"), nomination)
    assert (strangers.status_code, strangers.json()["code"]) == (404, "application-not-found")


async def test_a_letter_may_be_replaced_until_the_list_is_certified(course: Course) -> None:
    (first, _), (second, _) = await nominated(course), await nominated(course)
    officer, authority = course.officer("TJ"), (await course.authority("TJ"))["id"]
    assert (await hand_in(officer, first)).status_code == 200
    assert (await hand_in(officer, first, PDF + b"%second\n")).json()["version"] == 3
    shown = await officer.get(f"/v1/nominations/{first}/letter")
    assert shown.content.endswith(b"%second\n")
    certified = await officer.post(f"/v1/authorities/{authority}/certifications/{course.id}")
    assert [row["done"] for row in certified.json()["results"]] == [True, True]
    assert (await hand_in(officer, first)).json()["code"] == "step-refused"
    assert (await hand_in(officer, second)).status_code == 200  # the list was certified without it
    application = (await officer.get(f"/v1/nominations/{second}")).json()["application_id"]
    await officer.post(f"/v1/applications/{application}/withdrawal")
    assert (await hand_in(officer, second)).json()["code"] == "step-refused"


async def test_a_letter_goes_with_a_nominee_who_never_confirmed(course: Course, clean: TestDatabase) -> None:
    await course.form()
    _, application = await course.invite("TJ")
    (nomination,) = (await course.manager.get("/v1/nominations")).json()["items"]
    letter = (await hand_in(course.officer("TJ"), nomination["id"])).json()["letter_file_id"]
    connection = await asyncpg.connect(clean.admin)
    try:
        await connection.execute(
            "UPDATE participants.mirror_edition SET call_closes_at = now() - interval '8 days'"
        )
    finally:
        await connection.close()
    sessions: Sessions = course.door.app.state.sessions
    async with sessions.transaction() as session:
        await purge_unconfirmed(session, as_id(course.id))
    async with sessions.transaction() as session:
        row = (await session.execute(file.select().where(file.c.id == as_id(letter)))).one()
        assert row.kept_until is not None  # the next purge deletes what it holds
    assert (await course.manager.get(f"/v1/applications/{application}")).status_code == 404
