"""Consents: how they can be shown, what their withdrawal does and says before, and what partners see under them."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx
import pytest

from services.common.identity import Grant, GrantKind, Role
from services.common.invariants import audit_invariants
from services.participants.db.invariants import INVARIANTS
from services.participants.db.tables import Base
from tests.canaries import PASSPORT
from tests.cluster import TestDatabase
from tests.participants.courses import Course, tell
from tests.participants.test_affiliations import AGREED, enter, upload

CONSENT = {"text_version": "2026-1", "language_tag": "ru", "cross_border": True, "evidence": "electronic"}


@pytest.fixture
async def admin(clean: TestDatabase) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(clean.admin)
    await connection.execute("SET search_path TO participants")
    yield connection
    await connection.close()


async def agree(client: httpx.AsyncClient, person: str, purpose: str, **facts: Any) -> httpx.Response:
    return await client.post(f"/v1/persons/{person}/consents", json=CONSENT | {"purpose": purpose} | facts)


async def granted(client: httpx.AsyncClient, person: str, purpose: str, **facts: Any) -> str:
    made = await agree(client, person, purpose, **facts)
    assert made.status_code == 201, made.text
    return str(made.headers["location"])


async def consent_of(course: Course, person: str, purpose: str = "process_application") -> str:
    query = {"purpose": purpose, "person_id": person, "in_force": "true"}
    (one,) = (await course.manager.get("/v1/consents", params=query)).json()["items"]
    return f"/v1/persons/{person}/consents/{one['id']}"


async def withdraw(client: httpx.AsyncClient, at: str, **query: str) -> list[tuple[str, str | None]]:
    done = await client.post(f"{at}/withdrawal", params=query)
    assert done.status_code == 200, done.text
    assert done.json()["applied"] is (query.get("dry_run") != "true")
    return [(one["consequence"], one["subject_id"]) for one in done.json()["consequences"]]


async def require_order(admin: asyncpg.Connection) -> None:
    for name, statement in {**INVARIANTS, **audit_invariants(Base)}.items():
        assert await admin.fetch(statement) == [], name


async def test_evidence_is_a_screen_of_ones_own_a_paper_or_a_signature(course: Course) -> None:
    person = await course.person("TJ", consent=False)
    own, officer = course.holder(person), course.officer("TJ")
    assert (await agree(own, person, "publish_name")).status_code == 201
    spoken = await agree(officer, person, "publish_name")
    assert spoken.json()["errors"][0]["pointer"] == "/evidence"
    bare = await agree(own, person, "publish_name", evidence="digital_signature")
    assert bare.status_code == 422
    odd = await agree(own, person, "publish_name", file_id=str(uuid4()))
    assert odd.status_code == 422
    file = await upload(officer)
    scan = await granted(officer, person, "share_with_partner", evidence="paper_scan", file_id=file)
    assert (await officer.get(scan)).json()["file_id"] == file
    shown = await course.manager.get(f"{scan}/evidence")
    assert (shown.status_code, shown.content[:5]) == (200, b"%PDF-")
    again = await agree(officer, person, "share_with_partner", evidence="paper_scan", file_id=file)
    assert again.json()["code"] == "file-not-attachable"
    signed = await granted(
        own, person, "alumni_contact", evidence="digital_signature", file_id=await upload(own)
    )
    assert (await own.get(signed)).json()["evidence"] == "digital_signature"
    electronic = (await own.get(f"/v1/persons/{person}/consents")).json()["items"][0]
    nothing = await own.get(f"/v1/persons/{person}/consents/{electronic['id']}/evidence")
    assert nothing.json()["code"] == "file-not-found"
    stranger = course.officer("UZ")
    assert (await stranger.get(f"{scan}/evidence")).status_code == 404
    assert (await stranger.get("/v1/consents")).json()["items"] == []
    assert len((await officer.get("/v1/consents")).json()["items"]) == 3


async def test_a_consent_holds_for_its_time(course: Course, admin: asyncpg.Connection) -> None:
    person = await course.person("TJ", consent=False)
    own, soon = course.holder(person), datetime.now(UTC) + timedelta(days=3)
    late = await agree(own, person, "alumni_contact", valid_until="2020-01-01T00:00:00Z")
    assert late.json()["errors"][0]["pointer"] == "/valid_until"
    await granted(own, person, "alumni_contact", valid_until=soon.isoformat())
    ending = {"ends_before": (soon + timedelta(days=1)).isoformat()}
    assert len((await course.manager.get("/v1/consents", params=ending)).json()["items"]) == 1
    profile = {"shown_name": "Synthetic", "country": "TJ"}
    assert (await own.put(f"/v1/alumni/{person}", json=profile)).status_code == 200
    await admin.execute("UPDATE consent SET valid_until = now()")
    assert (await own.put(f"/v1/alumni/{person}", json=profile)).json()["code"] == "consent-missing"
    lapsed = {"in_force": "false", "purpose": "alumni_contact"}
    assert len((await course.manager.get("/v1/consents", params=lapsed)).json()["items"]) == 1


async def test_without_consent_an_application_ends_and_that_is_said_before(
    course: Course, admin: asyncpg.Connection
) -> None:
    person, application = await course.nominee("TJ")
    own = course.holder(person)
    kept = await own.put(f"/v1/persons/{person}/sensitive-data", json={"passport_number": PASSPORT})
    assert kept.status_code == 200
    await course.decide("eligible", application)
    await course.decide("selected", application)
    offer = (await course.offer(application)).headers["location"]
    at = await consent_of(course, person)
    expected = [
        ("application_withdrawn", application),
        ("sensitive_data_forgotten", None),
        ("messages_end", None),
    ]
    assert await withdraw(own, at, dry_run="true") == expected
    assert (await own.get(offer)).json()["state"] == "offered"
    assert (await own.get(at)).json()["withdrawn_at"] is None
    assert await withdraw(own, at) == expected
    assert await withdraw(own, at) == []
    assert (await own.get(f"/v1/applications/{application}")).json()["state"] == "withdrawn"
    assert (await own.get(offer)).json()["state"] == "withdrawn"
    assert await admin.fetchval("SELECT sensitive FROM person WHERE id = $1", UUID(person)) is None
    again = await course.nominate("TJ", person)
    assert again.json()["code"] == "consent-missing"
    await require_order(admin)


async def test_another_consent_to_the_same_keeps_everything(course: Course) -> None:
    person, application = await course.nominee("TJ")
    own = course.holder(person)
    second = await granted(own, person, "process_application")
    assert await withdraw(own, second, dry_run="true") == []
    assert await withdraw(own, second) == []
    assert (await own.get(f"/v1/applications/{application}")).json()["state"] == "nominated"


async def test_who_takes_part_goes_on_and_is_told_so(course: Course, admin: asyncpg.Connection) -> None:
    person, application = await course.nominee("TJ")
    own = course.holder(person)
    await own.put(f"/v1/persons/{person}/sensitive-data", json={"passport_number": PASSPORT})
    await course.decide("eligible", application)
    await course.decide("selected", application)
    offer = (await course.offer(application)).headers["location"]
    assert (await own.post(f"{offer}/acceptance")).status_code == 200
    (participation,) = (await own.get("/v1/participations")).json()["items"]
    assert await withdraw(own, await consent_of(course, person)) == [
        ("participation_stays", participation["id"]),
        ("messages_end", None),
    ]
    assert await admin.fetchval("SELECT sensitive FROM person WHERE id = $1", UUID(person)) is not None
    assert (await own.get(f"/v1/participations/{participation['id']}")).json()["state"] == "enrolled"
    await require_order(admin)


async def test_an_officer_hears_of_their_own_part_only(course: Course) -> None:
    """A person may be nominated by two countries' authorities in turn; the other's ids stay the other's."""
    person, application = await course.nominee("TJ")
    await course.authority("UZ")
    assert await withdraw(course.officer("TJ"), await consent_of(course, person), dry_run="true") == [
        ("application_withdrawn", application),
        ("messages_end", None),
    ]
    own_uz = await course.person("UZ")
    at = await consent_of(course, own_uz)
    assert await withdraw(course.officer("UZ"), at, dry_run="true") == [("messages_end", None)]
    assert (
        await course.officer("UZ").post(f"{await consent_of(course, person)}/withdrawal")
    ).status_code == 404


async def test_alumni_and_supervisors_go_with_their_consents(
    course: Course, admin: asyncpg.Connection
) -> None:
    person = await course.person("TJ")
    own = course.holder(person)
    alumni = await granted(own, person, "alumni_contact")
    asked = await granted(own, person, "ask_supervisor")
    profile = {"shown_name": "Synthetic Alumna", "country": "TJ", "post": "Doctor", "listed": True}
    assert (await own.put(f"/v1/alumni/{person}", json=profile)).status_code == 200
    met = {"kind": "lecture", "happened_on": "2026-11-01", "note": "Spoke to students"}
    assert (await course.manager.post(f"/v1/alumni/{person}/engagements", json=met)).status_code == 201
    at = (await enter(own, person)).headers["location"]
    assert (await own.post(f"{at}/supervisor-consent", json=AGREED)).status_code == 200
    left = [name for name, _ in await withdraw(own, alumni)]
    assert left == ["profile_emptied", "engagement_note_forgotten"]
    row = await admin.fetchrow("SELECT shown_name, post, listed FROM alumni_profile")
    assert row is not None
    assert tuple(row) == ("", None, False)
    assert await admin.fetchval("SELECT note FROM alumni_engagement") is None
    assert [name for name, _ in await withdraw(own, asked)] == ["supervisor_forgotten"]
    assert (await own.get(at)).json()["supervisor"] is None
    for purpose, consequence in (
        ("link_across_editions", "linking_ends"),
        ("publish_name", "name_not_published"),
    ):
        assert await withdraw(own, await granted(own, person, purpose)) == [(consequence, None)]
    await require_order(admin)


async def test_a_voucher_goes_back_to_its_authority(course: Course, admin: asyncpg.Connection) -> None:
    person = await course.person("TJ")
    scheme: dict[str, Any] = {"aggregate_id": str(uuid4()), "aggregate_version": 1, "code": "syn"}
    scheme |= {"title": {"en": "Vouchers"}, "state": "agreed", "quantity": 5, "provenance": "synthetic"}
    scheme |= {"provider_id": None, "valid_until": None}
    await tell(course.door, "programs.voucher_scheme.agreed.v1", scheme)
    batch = {
        "scheme_id": scheme["aggregate_id"],
        "authority_id": course.authorities["TJ"]["id"],
        "quantity": 1,
    }
    issued = await course.manager.post(
        "/v1/vouchers/batches", json=batch, headers={"Idempotency-Key": "batch-1"}
    )
    assert issued.status_code == 201, issued.text
    (voucher,) = (await course.manager.get("/v1/vouchers")).json()["items"]
    at = f"/v1/vouchers/{voucher['id']}"
    assigned = await course.manager.post(f"{at}/assignment", json={"person_id": person})
    assert assigned.status_code == 200, assigned.text
    told = await withdraw(course.holder(person), await consent_of(course, person))
    assert ("voucher_returned", voucher["id"]) in told
    assert (await course.manager.get(at)).json()["state"] == "transferred"
    await require_order(admin)


async def partner_of(course: Course, code: str, country: str) -> tuple[str, httpx.AsyncClient]:
    id_ = str(uuid4())
    data = {"aggregate_id": id_, "code": code, "names": {"en": code}, "country": country}
    await tell(course.door, "programs.organization.changed.v1", data | {"status": "active"})
    grant = Grant(Role.PARTNER, GrantKind.ORGANIZATION, id_)
    return id_, course.door.as_("partner", grants=frozenset({grant}))


async def test_a_partner_sees_those_who_agreed_to_it_and_each_showing_is_known(
    course: Course, admin: asyncpg.Connection
) -> None:
    people = []
    for _ in range(3):
        person, application = await course.nominee("TJ")
        await course.decide("eligible", application)
        await course.decide("selected", application)
        offer = (await course.offer(application)).headers["location"]
        assert (await course.holder(person).post(f"{offer}/acceptance")).status_code == 200
        people.append(person)
    koica, partner = await partner_of(course, "KOICA", "KR")
    home, hospital = await partner_of(course, "HOSPITAL", "KZ")
    path = f"/v1/editions/{course.id}/shared-participants"

    async def seen(client: httpx.AsyncClient, organization: str) -> list[str]:
        listed = await client.get(path, params={"organization_id": organization})
        assert listed.status_code == 200, listed.text
        rows = await admin.fetch("SELECT id, person_id FROM participation")
        known = {str(row["id"]): str(row["person_id"]) for row in rows}
        return [known[item["participation_id"]] for item in listed.json()["items"]]

    assert await seen(partner, koica) == []
    assert await admin.fetchval("SELECT count(*) FROM disclosure") == 0
    first = await granted(course.holder(people[0]), people[0], "share_with_partner", third_parties=["KOICA"])
    await granted(course.holder(people[1]), people[1], "share_with_partner", cross_border=False)
    assert (await enter(course.holder(people[0]), people[0], post="Surgeon")).status_code == 201
    assert await seen(partner, koica) == [people[0]]
    assert await seen(hospital, home) == [people[1]]
    (shown,) = (await course.manager.get(path, params={"organization_id": koica})).json()["items"]
    assert (shown["country"], shown["post"]) == ("TJ", "Surgeon")
    other = await partner.get(path, params={"organization_id": home})
    assert other.json()["code"] == "organization-unknown"
    unknown = await course.manager.get(path, params={"organization_id": str(uuid4())})
    assert unknown.status_code == 404
    assert (await course.officer("TJ").get(path, params={"organization_id": koica})).status_code == 403
    told = (await course.holder(people[0]).get(f"/v1/persons/{people[0]}/subject-data")).json()["tables"]
    assert {row["organization_id"] for row in told["disclosure"]} == {koica}
    assert await withdraw(course.holder(people[0]), first) == [
        ("sharing_ends", None),
        ("partner_knows", koica),
    ]
    assert await seen(partner, koica) == []
    asked = await course.holder(people[1]).post("/v1/erasures", json={"person_id": people[1]})
    approving = course.door.as_("data_protection_officer")
    assert (await approving.post(f"{asked.headers['location']}/approval")).status_code == 200
    assert await seen(hospital, home) == []


async def test_who_is_forgotten_or_left_stands_in_no_list_of_alumni(course: Course) -> None:
    profile = {"shown_name": "Synthetic Alumna", "country": "TJ", "listed": True}
    people = [await course.person("TJ") for _ in range(3)]
    for person in people:
        await granted(course.holder(person), person, "alumni_contact")
        kept = await course.holder(person).put(f"/v1/alumni/{person}", json=profile)
        assert kept.status_code == 200, kept.text
    left, forgotten, stays = people
    assert (await course.holder(left).post(f"/v1/alumni/{left}/departure")).status_code == 200
    asked = await course.holder(forgotten).post("/v1/erasures", json={"person_id": forgotten})
    approving = course.door.as_("data_protection_officer")
    assert (await approving.post(f"{asked.headers['location']}/approval")).status_code == 200
    for reader in (course.manager, course.holder(stays)):
        listed = (await reader.get("/v1/alumni")).json()["items"]
        assert [one["person_id"] for one in listed] == [stays]


async def test_the_history_of_a_person_names_fields_and_never_values(course: Course) -> None:
    person, _ = await course.nominee("TJ")
    own = course.holder(person)
    await own.put(f"/v1/persons/{person}/sensitive-data", json={"passport_number": PASSPORT})
    history = await own.get(f"/v1/persons/{person}/history")
    actions = [entry["action"] for entry in history.json()["items"]]
    assert actions[0] == "person.sensitive_data_kept"
    assert actions[-1] == "person.entered"
    assert {"consent.recorded", "nomination.made", "application.nominated"} <= set(actions)
    assert PASSPORT not in history.text
    stranger = course.holder(await course.person("UZ"))
    assert (await stranger.get(f"/v1/persons/{person}/history")).status_code == 404
    assert (await course.officer("TJ").get(f"/v1/persons/{person}/history")).status_code == 403
