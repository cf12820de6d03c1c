"""Vouchers from the batch to the course's end, the people behind awards, and alumni who agreed to be found."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.common.identity import Grant, GrantKind, Role
from services.common.jobs import run_due_jobs
from services.participants.domain.vouchers import check_character, is_due, new_code, read_code
from services.participants.inbox.jobs import JOBS
from services.programs.domain.events import VoucherSchemeData
from tests.cluster import TestDatabase
from tests.participants.courses import Course, tell

PROVIDER = uuid4()


@pytest.fixture
async def admin(clean: TestDatabase) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(clean.admin)
    await connection.execute("SET search_path TO participants")
    yield connection
    await connection.close()


@dataclass
class Scheme:
    course: Course
    id: str

    async def issue(self, country: str, quantity: int, **changes: Any) -> httpx.Response:
        authority = await self.course.authority(country)
        body = {"scheme_id": self.id, "authority_id": authority["id"], "quantity": quantity} | changes
        key = {"Idempotency-Key": str(uuid4())}
        return await self.course.manager.post("/v1/vouchers/batches", json=body, headers=key)

    async def vouchers(self, country: str = "TJ") -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = (await self.course.officer(country).get("/v1/vouchers")).json()["items"]
        return found

    def provider(self, organization: UUID = PROVIDER) -> httpx.AsyncClient:
        grant = Grant(Role.VOUCHER_PROVIDER, GrantKind.ORGANIZATION, str(organization))
        return self.course.door.as_("voucher_provider", grants=frozenset({grant}))

    async def assign(self, voucher: dict[str, Any], person: str, country: str = "TJ") -> httpx.Response:
        officer = self.course.officer(country)
        return await officer.post(f"/v1/vouchers/{voucher['id']}/assignment", json={"person_id": person})


@pytest.fixture
async def scheme(course: Course) -> Scheme:
    facts = VoucherSchemeData(
        aggregate_id=uuid4(),
        aggregate_version=1,
        code="syn-tech",
        title={"en": "Synthetic vouchers"},
        program_id=None,
        kind="voucher_scheme",
        recipient_country=None,
        recipient_organization_id=None,
        quantity=3,
        unit="voucher",
        state="agreed",
        accepted_on=None,
        provenance="synthetic",
        provider_id=PROVIDER,
        training="Digital skills",
        valid_until=datetime.now(UTC).date() + timedelta(days=20),
    )
    await tell(course.door, "programs.voucher_scheme.agreed.v1", facts.model_dump(mode="json"))
    return Scheme(course, str(facts.aggregate_id))


async def test_a_voucher_travels_from_the_batch_to_the_end_of_the_course(
    scheme: Scheme, admin: asyncpg.Connection
) -> None:
    course = scheme.course
    assert (await scheme.issue("TJ", 2)).status_code == 201
    first, _ = await scheme.vouchers()
    person, other = await course.person("TJ"), await course.person("TJ")
    assigned = await scheme.assign(first, person)
    assert (assigned.status_code, assigned.json()["state"]) == (200, "assigned"), assigned.text
    again = await scheme.assign(first, other)
    assert again.json()["person_id"] == other
    assert (await course.holder(person).get(f"/v1/vouchers/{first['id']}")).status_code == 404
    own = (await course.holder(other).get(f"/v1/vouchers/{first['id']}")).json()
    states = await admin.fetch("SELECT state, turn FROM message ORDER BY turn")
    assert [row["state"] for row in states] == ["dropped", "queued"]
    typed = own["code"].lower().replace("-", " ")
    assert (
        await scheme.provider(uuid4()).post("/v1/vouchers/redemptions", json={"code": typed})
    ).status_code == 404
    redeemed = await scheme.provider().post("/v1/vouchers/redemptions", json={"code": typed})
    assert (redeemed.status_code, redeemed.json()["state"]) == (200, "redeemed"), redeemed.text
    twice = await scheme.provider().post("/v1/vouchers/redemptions", json={"code": typed})
    assert twice.json()["code"] == "step-refused"
    assert (await scheme.assign(first, person)).json()["code"] == "step-refused"
    path = f"/v1/vouchers/{first['id']}/state-changes"
    assert (await scheme.provider().post(path, json={"state": "expired"})).status_code == 409
    assert (await scheme.provider().post(path, json={"state": "completed"})).json()["state"] == "completed"
    report = (await course.manager.get(f"/v1/voucher-schemes/{scheme.id}/report")).json()
    assert (report["quantity"], report["issued"]) == (3, 2)
    assert {(row["country"], row["state"], row["vouchers"]) for row in report["counts"]} == {
        ("TJ", "completed", 1),
        ("TJ", "transferred", 1),
    }
    told = await admin.fetchval(
        "SELECT data FROM outbox_event WHERE kind = 'participants.voucher.redeemed.v1'"
        " AND destination = 'programs' ORDER BY (data->>'aggregate_version')::int DESC LIMIT 1"
    )
    assert '"completed": 1' in told
    assert '"redeemed": 1' in told


async def test_no_more_vouchers_are_issued_than_the_scheme_has(
    scheme: Scheme, admin: asyncpg.Connection
) -> None:
    answers = await asyncio.gather(*(scheme.issue("TJ", 1) for _ in range(6)))
    assert sorted(answer.status_code for answer in answers) == [201] * 3 + [409] * 3
    assert {answer.json()["code"] for answer in answers if answer.status_code == 409} == {
        "vouchers-exhausted"
    }
    assert await admin.fetchval("SELECT count(*) FROM voucher") == 3
    (voucher, *_) = await scheme.vouchers()
    void = {"state": "void"}
    path = f"/v1/vouchers/{voucher['id']}/state-changes"
    assert (await scheme.course.manager.post(path, json=void)).status_code == 200
    assert (await scheme.issue("UZ", 1)).status_code == 201
    authority = await scheme.course.authority("TJ")
    body = {"scheme_id": scheme.id, "authority_id": authority["id"], "quantity": 1}
    assert (await scheme.course.manager.post("/v1/vouchers/batches", json=body)).status_code == 400


async def test_a_person_has_one_live_voucher_of_a_scheme(scheme: Scheme) -> None:
    await scheme.issue("TJ", 2)
    first, second = await scheme.vouchers()
    person = await scheme.course.person("TJ")
    assert (await scheme.assign(first, person)).status_code == 200
    assert (await scheme.assign(second, person)).json()["code"] == "voucher-held"
    unwilling = await scheme.course.person("TJ", consent=False)
    assert (await scheme.assign(second, unwilling)).json()["code"] == "consent-missing"


async def test_two_countries_see_nothing_of_each_others_vouchers(scheme: Scheme) -> None:
    await scheme.issue("TJ", 1)
    (voucher,) = await scheme.vouchers("TJ")
    assert await scheme.vouchers("UZ") == []
    stranger = await scheme.course.person("UZ")
    assert (await scheme.assign(voucher, stranger, "UZ")).status_code == 404
    assert (await scheme.assign(voucher, stranger, "TJ")).status_code == 404
    uz = await scheme.course.authority("UZ")
    moved = {"authority_id": uz["id"]}
    path = f"/v1/vouchers/{voucher['id']}/transfer"
    assert (await scheme.course.officer("TJ").post(path, json=moved)).status_code == 404
    assert (await scheme.course.manager.post(path, json=moved)).json()["authority_id"] == uz["id"]
    assert await scheme.vouchers("TJ") == []


async def test_vouchers_expire_and_can_be_extended_before(scheme: Scheme, admin: asyncpg.Connection) -> None:
    await scheme.issue("TJ", 2)
    soon = (await scheme.course.officer("TJ").get("/v1/vouchers", params={"expiring": "true"})).json()[
        "items"
    ]
    assert len(soon) == 2
    first, second = soon
    later = {
        "valid_until": (datetime.now(UTC).date() + timedelta(days=90)).isoformat(),
        "reason": "The course was moved",
    }
    extended = await scheme.course.manager.post(f"/v1/vouchers/{first['id']}/extension", json=later)
    assert extended.json()["valid_until"] == later["valid_until"]
    assert (
        await scheme.course.manager.post(f"/v1/vouchers/{first['id']}/extension", json=later)
    ).status_code == 409
    person = await scheme.course.person("TJ")
    await admin.execute(
        "UPDATE voucher SET valid_until = now() - interval '3 days' WHERE id = $1", UUID(second["id"])
    )
    assert (await scheme.assign(second, person)).json()["code"] == "voucher-expired"
    await admin.execute(
        "INSERT INTO job (id, kind, subject, payload, provenance, due_at)"
        " VALUES (gen_random_uuid(), 'vouchers.expire', $1, '{}', 'real', now())",
        UUID(int=0),
    )
    works = {"vouchers.expire": JOBS["vouchers.expire"]}
    assert await run_due_jobs(scheme.course.door.app.state.sessions, works) == 1
    states = await admin.fetch("SELECT state FROM voucher ORDER BY state")
    assert [row["state"] for row in states] == ["expired", "transferred"]
    assert (
        await scheme.course.manager.post(f"/v1/vouchers/{second['id']}/extension", json=later)
    ).status_code == 409


async def test_a_person_stands_behind_an_award(course: Course) -> None:
    award, person, other = uuid4(), await course.person("TJ"), await course.person("TJ")
    path = f"/v1/awards/{award}/recipient"
    assert (await course.manager.get(path)).status_code == 404
    for one in (other, person):
        assert (await course.manager.put(path, json={"person_id": one})).status_code == 200
    assert (await course.holder(person).get(path)).json()["person_id"] == person
    assert (await course.holder(other).get(path)).status_code == 404


async def test_alumni_are_found_by_consent_only(course: Course) -> None:
    one, other = await course.person("TJ"), await course.person("UZ")
    profile = {"shown_name": "Synthetic Alumna", "country": "TJ", "post": "Doctor", "listed": True}
    own = course.holder(one)
    path = f"/v1/alumni/{one}"
    assert (await own.put(path, json=profile)).json()["code"] == "consent-missing"
    for person in (one, other):
        consent = {"purpose": "alumni_contact", "text_version": "1", "language_tag": "en"}
        given = await course.holder(person).post(
            f"/v1/persons/{person}/consents", json=consent | {"cross_border": True, "evidence": "electronic"}
        )
        assert given.status_code == 201, given.text
    assert (await own.put(path, json=profile)).status_code == 200
    assert (await course.holder(other).get("/v1/alumni")).json()["items"] == []
    listed = profile | {"shown_name": "Synthetic Alumnus", "country": "UZ"}
    assert (await course.holder(other).put(f"/v1/alumni/{other}", json=listed)).status_code == 200
    found = (await course.holder(other).get("/v1/alumni", params={"country": "TJ"})).json()["items"]
    assert [row["person_id"] for row in found] == [one]
    met = {"kind": "lecture", "happened_on": "2026-11-01", "note": "Spoke to students"}
    assert (await course.manager.post(f"{path}/engagements", json=met)).status_code == 201
    assert len((await course.manager.get(f"{path}/engagements")).json()["items"]) == 1
    assert (await own.get(f"{path}/engagements")).status_code == 403
    (given,) = (
        consent
        for consent in (await own.get(f"/v1/persons/{one}/consents")).json()["items"]
        if consent["purpose"] == "alumni_contact"
    )
    withdrawn = await own.post(f"/v1/persons/{one}/consents/{given['id']}/withdrawal")
    assert withdrawn.status_code == 200
    assert (await course.holder(other).get(path)).status_code == 404
    assert (await course.manager.get(path)).status_code == 404
    left = await course.holder(other).post(f"/v1/alumni/{other}/departure")
    assert (left.json()["shown_name"], left.json()["listed"]) == ("", False)


def test_the_check_character_is_that_of_iso_7064() -> None:
    """The example of the Global Release Identifier, which uses MOD 37,36."""
    assert check_character("A12425GABC1234002") == "M"


@given(st.integers(min_value=0, max_value=10), st.integers(min_value=1, max_value=35))
def test_a_wrong_character_is_noticed(place: int, shift: int) -> None:
    code = new_code()
    assert read_code(code.lower().replace("-", "")) == code
    characters = code.replace("-", "")
    alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    wrong = alphabet[(alphabet.index(characters[place]) + shift) % 36]
    assert read_code(characters[:place] + wrong + characters[place + 1 :]) is None
    assert read_code("short") is None
    assert read_code("ж" * 12) is None


def test_a_voucher_is_due_after_its_last_day() -> None:
    today = datetime(2026, 11, 30, tzinfo=UTC).date()
    assert not is_due(None, today)
    assert not is_due(today, today)
    assert is_due(today - timedelta(days=1), today)
