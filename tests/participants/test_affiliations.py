"""Affiliations: who enters where a person works, whose consent a supervisor's is, and when it is forgotten."""

from collections.abc import AsyncIterator
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx
import pytest

from services.common.jobs import run_due_jobs
from services.participants.db.invariants import INVARIANTS
from services.participants.domain.affiliations import is_current
from services.participants.inbox.consumers import CONSUMERS
from tests.cluster import TestDatabase
from tests.events import arriving
from tests.participants.courses import Course

SUPERVISOR = {"name": "Synthetic Head", "email": "head@example.org", "preferred_language": "tg"}
AGREED = {"text_version": "supervisor-1", "evidence": "paper_scan"}
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


@pytest.fixture
async def admin(clean: TestDatabase) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(clean.admin)
    await connection.execute("SET search_path TO participants")
    yield connection
    await connection.close()


async def enter(client: httpx.AsyncClient, person: str, **facts: Any) -> httpx.Response:
    body = {"organization_name": "Synthetic clinic", "supervisor": SUPERVISOR} | facts
    return await client.post(f"/v1/persons/{person}/affiliations", json=body)


async def upload(client: httpx.AsyncClient, purpose: str = "signed_consent") -> str:
    kept = await client.post(
        "/v1/services/participants/files", data={"purpose": purpose}, files={"file": ("c.pdf", PDF)}
    )
    assert kept.status_code == 201, kept.text
    return str(kept.json()["id"])


async def test_people_enter_where_they_work_and_officers_read_it(course: Course) -> None:
    person = await course.person("TJ")
    own, officer = course.holder(person), course.officer("TJ")
    made = await enter(own, person, unit="Ward 3", post="Surgeon", level="specialist", period="2021-03")
    assert made.status_code == 201, made.text
    at = made.headers["location"]
    assert (await own.get(at)).json() == made.json()
    assert made.json()["supervisor"] == SUPERVISOR | {
        "text_version": None,
        "evidence": None,
        "agreed_at": None,
    }
    assert (await enter(officer, person)).status_code == 403
    (listed,) = (await officer.get(f"/v1/persons/{person}/affiliations")).json()["items"]
    assert listed["post"] == "Surgeon"
    change = {"organization_name": "Another clinic", "period": "2021-03/2026-01"}
    assert (await own.put(at, json=change)).status_code == 428
    changed = await own.put(at, json=change, headers={"If-Match": made.headers["etag"]})
    assert (changed.status_code, changed.json()["post"], changed.json()["supervisor"]) == (200, None, None)
    stale = await own.put(at, json=change, headers={"If-Match": made.headers["etag"]})
    assert stale.status_code == 412
    told = (await own.get(f"/v1/persons/{person}/subject-data")).json()
    assert told["tables"]["affiliation"][0]["organization_name"] == "Another clinic"


@pytest.mark.parametrize(
    "wrong",
    [
        {"organization_name": None},
        {"organization_id": str(uuid4())},
        {"organization_name": None, "organization_id": str(uuid4())},
        {"period": "lately"},
        {"level": "king"},
        {"supervisor": SUPERVISOR | {"email": "nobody"}},
    ],
)
async def test_what_is_no_affiliation_is_refused(course: Course, wrong: dict[str, Any]) -> None:
    person = await course.person("TJ")
    refused = await enter(course.holder(person), person, **wrong)
    assert refused.status_code == 422
    assert (await course.manager.get(f"/v1/persons/{person}/affiliations")).json()["items"] == []


async def test_an_organization_of_programs_is_named_by_its_id(course: Course) -> None:
    person = await course.person("TJ")
    data = {"aggregate_id": str(uuid4()), "code": "clinic", "names": {"en": "Clinic"}}
    data |= {"country": "TJ", "status": "active"}
    async with course.door.app.state.sessions.transaction() as session:
        kind = "programs.organization.changed.v1"
        await CONSUMERS[kind](session, arriving(kind, data))
    named = {"organization_name": None, "organization_id": data["aggregate_id"]}
    made = await enter(course.manager, person, **named)
    assert (made.status_code, made.json()["organization_id"]) == (201, data["aggregate_id"])


async def test_a_supervisor_agrees_for_themselves_and_can_take_it_back(course: Course) -> None:
    person = await course.person("TJ")
    own = course.holder(person)
    at = (await enter(own, person)).headers["location"]
    evidence = AGREED | {"file_id": await upload(own)}
    agreed = await own.post(f"{at}/supervisor-consent", json=evidence)
    assert agreed.status_code == 200, agreed.text
    assert agreed.json()["supervisor"]["agreed_at"]
    again = await own.post(f"{at}/supervisor-consent", json=evidence)
    assert again.json()["code"] == "file-not-attachable"
    # Somebody else is somebody else: the former one's word does not count for them.
    other = {"organization_name": "Synthetic clinic", "supervisor": SUPERVISOR | {"email": "new@example.org"}}
    tag = {"If-Match": agreed.headers["etag"]}
    changed = await own.put(at, json=other, headers=tag)
    assert changed.json()["supervisor"]["agreed_at"] is None
    assert (await own.post(f"{at}/supervisor-consent", json=AGREED)).status_code == 200
    for _ in range(2):
        gone = await course.manager.post(f"{at}/supervisor-withdrawal")
        assert (gone.status_code, gone.json()["supervisor"]) == (200, None)
        assert gone.json()["supervisor_withdrawn_at"]
    refused = await own.post(f"{at}/supervisor-consent", json=AGREED)
    assert refused.json()["code"] == "supervisor-missing"


async def test_affiliations_follow_a_merge_and_go_with_an_erasure(
    course: Course, admin: asyncpg.Connection
) -> None:
    one, other = await course.person("TJ"), await course.person("TJ")
    at = (await enter(course.holder(other), other, unit="Ward 3")).headers["location"]
    await course.manager.post(f"{at}/supervisor-consent", json=AGREED)
    merged = await course.manager.post(f"/v1/persons/{one}/merge", json={"duplicate_id": other})
    assert merged.status_code == 201, merged.text
    (moved,) = (await course.holder(one).get(f"/v1/persons/{one}/affiliations")).json()["items"]
    assert (moved["person_id"], moved["unit"]) == (one, "Ward 3")
    asking, approving = (course.door.as_("data_protection_officer", subject=uuid4()) for _ in range(2))
    erasure = (await asking.post("/v1/erasures", json={"person_id": one})).headers["location"]
    assert (await approving.post(f"{erasure}/approval")).status_code == 200
    left = await admin.fetchval("SELECT string_agg(a::text, '') FROM affiliation a")
    for value in ("Synthetic", "Ward 3", "head@example.org", "supervisor-1"):
        assert value not in left
    broken = [name for name, sql in INVARIANTS.items() if await admin.fetch(sql)]
    assert broken == []


async def test_supervisors_are_forgotten_in_time(course: Course, admin: asyncpg.Connection) -> None:
    lapsed, recent = [(await course.nominee("TJ"))[0] for _ in range(2)]
    for person in (lapsed, recent):
        assert (await enter(course.holder(person), person)).status_code == 201
    await admin.execute("UPDATE person SET provenance = 'real'")
    await admin.execute("UPDATE mirror_edition SET ends_on = now() - interval '551 days'")
    await admin.execute(
        "UPDATE affiliation SET updated_at = now() - interval '551 days' WHERE person_id = $1", UUID(lapsed)
    )
    await admin.execute(
        "INSERT INTO job (id, kind, subject, payload, provenance, due_at)"
        " VALUES (gen_random_uuid(), 'persons.retain', $1, '{}', 'real', now())",
        UUID(int=0),
    )
    await run_due_jobs(course.door.app.state.sessions, course.door.app.state.jobs)
    rows = await admin.fetch("SELECT person_id, supervisor_email, supervisor_withdrawn_at FROM affiliation")
    found = {str(row["person_id"]): row["supervisor_email"] for row in rows}
    assert found == {lapsed: None, recent: "head@example.org"}
    assert {row["supervisor_withdrawn_at"] for row in rows} == {None}


async def test_who_never_confirmed_is_forgotten_with_where_they_work(
    course: Course, admin: asyncpg.Connection
) -> None:
    person, _ = await course.invite("TJ")
    assert (await enter(course.holder(person), person)).status_code == 201
    await admin.execute("UPDATE mirror_edition SET call_closes_at = now() - interval '8 days'")
    await admin.execute("DELETE FROM message")
    await admin.execute("UPDATE job SET due_at = now() - interval '1 day' WHERE kind LIKE '%unconfirmed%'")
    await run_due_jobs(course.door.app.state.sessions, course.door.app.state.jobs)
    assert await admin.fetchval("SELECT count(*) FROM affiliation") == 0
    assert await admin.fetchval("SELECT count(*) FROM person") == 0


@pytest.mark.parametrize(
    ("period", "current"),
    [
        (None, True),
        ("2021", True),
        ("2027-01", False),
        ("2021-03/..", True),
        ("2021-03/", True),
        ("../2026-11", True),
        ("../2026-10", False),
        ("2019/2025-06", False),
        ("2026-12/2027", False),
        ("2026-11-30", True),
        ("2026-12-01", False),
    ],
)
def test_a_period_says_whether_somebody_works_there_now(period: str | None, current: bool) -> None:
    assert is_current(period, date(2026, 11, 30)) is current
