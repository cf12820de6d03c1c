"""The organization resource, through HTTP; and with it the furniture of every resource."""

import asyncio
from typing import Any
from uuid import uuid4

import asyncpg
import httpx
import pytest

from tests.apps import Door
from tests.cluster import TestDatabase

JICA = {
    "code": "jica",
    "names": {
        "en": "Japan International Cooperation Agency",
        "ru": "Японское агентство международного сотрудничества",
    },
    "acronym": "JICA",
    "kind": "10",
    "country": "JP",
    "identifiers": [{"scheme": "XM-DAC", "code": "701-8"}],
}


@pytest.fixture
def manager(programs: Door) -> httpx.AsyncClient:
    return programs.as_("manager")


async def create(client: httpx.AsyncClient, **changes: Any) -> httpx.Response:
    return await client.post("/v1/organizations", json=JICA | changes)


async def test_an_organization_is_entered_read_and_found_again(
    programs: Door, manager: httpx.AsyncClient
) -> None:
    created = await create(manager)
    assert created.status_code == 201
    assert created.json()["status"] == "proposed"
    location = created.headers["location"]

    read = await programs.as_().get(location)
    assert read.status_code == 200
    assert read.json() == created.json()
    assert read.headers["cache-control"] == "public, max-age=60"
    assert read.headers["etag"].startswith('"1-')

    found = await programs.as_().get("/v1/organizations", params={"q": "jic", "count": "true"})
    assert [item["code"] for item in found.json()["items"]] == ["jica"]
    assert found.json()["total"] == 1


async def test_names_that_cannot_be_resolved_are_kept_as_printed(manager: httpx.AsyncClient) -> None:
    created = await create(manager, code="iof", names={"en": "IOF"}, verbatim_name="IOF", unresolved=True)
    assert created.json()["status"] == "unresolved"
    assert created.json()["verbatim_name"] == "IOF"


async def test_the_same_code_twice_is_a_conflict_that_names_the_problem(manager: httpx.AsyncClient) -> None:
    await create(manager)
    again = await create(manager)
    assert again.status_code == 409
    assert again.headers["content-type"] == "application/problem+json"
    assert again.json()["type"] == "/problems/organization-exists"
    assert again.json()["instance"]


async def test_who_may_do_what(programs: Door) -> None:
    assert (await create(programs.as_())).status_code == 401
    assert (await create(programs.as_("participant"))).status_code == 403
    assert (await programs.as_("lecturer").get(f"/v1/organizations/{uuid4()}")).status_code == 404


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"kind": "999"}, "/kind"),
        ({"country": "XX"}, "/country"),
        ({"names": {}}, "/names"),
        ({"names": {"en": "Bad \u202e name"}}, "/names"),
        ({"names": {"en": "NUL \u0000"}}, "/names"),
        ({"names": {"qqq": "No such language"}}, "/names"),
        ({"code": 12}, "/code"),
        ({"code": "with space"}, "/code"),
        ({"acronym": True}, "/acronym"),
        ({"budget": 1}, "/budget"),
        ({"identifiers": [{"scheme": "XM-DAC"}]}, "/identifiers/0/code"),
    ],
)
async def test_invalid_requests_are_pointed_at_and_change_nothing(
    manager: httpx.AsyncClient, change: dict[str, Any], pointer: str
) -> None:
    refused = await create(manager, **change)
    assert refused.status_code == 422
    assert [fault["pointer"] for fault in refused.json()["errors"]] == [pointer]
    assert (await manager.get("/v1/organizations")).json()["items"] == []


async def test_a_rejected_value_never_comes_back(manager: httpx.AsyncClient) -> None:
    secret = "N12345678-canary"
    for change in ({"country": secret}, {"code": f" {secret}"}, {"kind": secret}, {secret: 1, "kind": "x"}):
        refused = await create(manager, **change)
        assert refused.status_code == 422
        assert secret not in refused.text.replace(f"/{secret}", "")  # a field's name is no value


class TestPreconditions:
    async def test_a_change_names_the_version_it_is_based_on(self, manager: httpx.AsyncClient) -> None:
        created = await create(manager)
        at, etag = created.headers["location"], created.headers["etag"]
        assert (await manager.patch(at, json={"acronym": "J"})).status_code == 428
        changed = await manager.patch(at, json={"acronym": "J"}, headers={"If-Match": etag})
        assert changed.status_code == 200
        assert changed.json()["version"] == 2
        assert (await manager.patch(at, json={"acronym": "K"}, headers={"If-Match": etag})).status_code == 412
        assert (await manager.patch(at, json={"acronym": "K"}, headers={"If-Match": "*"})).status_code == 422

    async def test_of_many_changes_of_one_version_one_wins(self, manager: httpx.AsyncClient) -> None:
        created = await create(manager)
        changes = [
            manager.patch(created.headers["location"], json={"acronym": f"A{n}"}, headers={"If-Match": '"1"'})
            for n in range(8)
        ]
        statuses = sorted(response.status_code for response in await asyncio.gather(*changes))
        assert statuses == [200] + [412] * 7

    async def test_a_reader_who_has_it_gets_304(self, programs: Door, manager: httpx.AsyncClient) -> None:
        created = await create(manager)
        at, etag = created.headers["location"], created.headers["etag"]
        fresh = await programs.as_().get(at, headers={"If-None-Match": f'"other", {etag}'})
        assert (fresh.status_code, fresh.content) == (304, b"")
        assert (
            await programs.as_().get(at, headers={"If-None-Match": '"1-0000000000000000"'})
        ).status_code == 200


class TestIdempotency:
    async def test_a_repeat_gets_the_first_answer_and_has_no_second_effect(
        self, manager: httpx.AsyncClient
    ) -> None:
        headers = {"Idempotency-Key": "abc"}
        first = await manager.post("/v1/organizations", json=JICA, headers=headers)
        second = await manager.post("/v1/organizations", json=JICA, headers=headers)
        assert (first.status_code, second.status_code) == (201, 201)
        assert second.content == first.content
        assert second.headers["location"] == first.headers["location"]
        assert second.headers["idempotent-replayed"] == "true"
        assert "idempotent-replayed" not in first.headers

    async def test_thirty_at_once_have_one_effect(
        self, manager: httpx.AsyncClient, clean: TestDatabase
    ) -> None:
        answers = await asyncio.gather(
            *(
                manager.post("/v1/organizations", json=JICA, headers={"Idempotency-Key": "k"})
                for _ in range(30)
            )
        )
        statuses = {answer.status_code for answer in answers}
        assert 201 in statuses
        assert statuses <= {201, 409}
        assert all(a.headers["retry-after"] for a in answers if a.status_code == 409)
        connection = await asyncpg.connect(clean.admin)
        try:
            assert await connection.fetchval("SELECT count(*) FROM programs.organization") == 1
            assert await connection.fetchval("SELECT count(*) FROM programs.audit_entry") == 1
        finally:
            await connection.close()

    @pytest.mark.parametrize("body", [{}, {"json": {}}])
    async def test_a_request_that_needs_no_body_has_a_key_too(
        self, manager: httpx.AsyncClient, body: dict[str, Any]
    ) -> None:
        made = (await create(manager)).json()
        at, headers = f"/v1/organizations/{made['id']}/verification", {"Idempotency-Key": "synthetic"}
        first, again = [await manager.post(at, headers=headers, **body) for _ in range(2)]
        assert (first.status_code, again.status_code) == (200, 200), first.text
        assert again.headers["idempotent-replayed"] == "true"
        other = await manager.post(at, headers=headers, json={"something": "else"})
        assert (other.status_code, other.json()["code"]) == (422, "idempotency-key-reused")

    async def test_without_a_key_the_natural_key_still_guards(self, manager: httpx.AsyncClient) -> None:
        """The negative control of the test above: without a key, repeats are refused, not replayed."""
        answers = await asyncio.gather(*(create(manager) for _ in range(5)))
        assert sorted(a.status_code for a in answers) == [201, 409, 409, 409, 409]
        assert {a.json()["code"] for a in answers if a.status_code == 409} == {"organization-exists"}

    async def test_another_request_with_the_same_key_is_refused(self, manager: httpx.AsyncClient) -> None:
        headers = {"Idempotency-Key": "abc"}
        await manager.post("/v1/organizations", json=JICA, headers=headers)
        other = await manager.post("/v1/organizations", json=JICA | {"code": "koica"}, headers=headers)
        assert (other.status_code, other.json()["code"]) == (422, "idempotency-key-reused")

    async def test_a_refused_request_may_be_mended_under_its_key(self, manager: httpx.AsyncClient) -> None:
        headers = {"Idempotency-Key": "abc"}
        assert (await manager.post("/v1/organizations", json={}, headers=headers)).status_code == 422
        assert (await manager.post("/v1/organizations", json=JICA, headers=headers)).status_code == 201

    async def test_keys_of_two_callers_do_not_meet(self, programs: Door) -> None:
        headers = {"Idempotency-Key": "abc"}
        one, two = programs.as_("manager"), programs.as_("manager")
        assert (await one.post("/v1/organizations", json=JICA, headers=headers)).status_code == 201
        second = await two.post("/v1/organizations", json=JICA | {"code": "koica"}, headers=headers)
        assert second.status_code == 201


class TestPaging:
    async def test_a_list_is_read_in_parts_that_hold_every_row_once(
        self, programs: Door, manager: httpx.AsyncClient
    ) -> None:
        for n in range(7):
            await create(manager, code=f"org-{n}")
        reader, codes, cursor = programs.as_(), [], None
        while True:
            part = (
                await reader.get(
                    "/v1/organizations", params={"limit": 3} | ({"cursor": cursor} if cursor else {})
                )
            ).json()
            codes += [item["code"] for item in part["items"]]
            assert part["total"] is None
            if (cursor := part["next_cursor"]) is None:
                break
        assert codes == [f"org-{n}" for n in range(7)]

    async def test_the_next_part_is_linked(self, programs: Door, manager: httpx.AsyncClient) -> None:
        for n in range(3):
            await create(manager, code=f"org-{n}")
        reader = programs.as_()
        first = await reader.get("/v1/organizations?limit=2&q=org")
        assert first.links["next"]["url"].startswith("/v1/organizations?limit=2&q=org&cursor=")
        last = await reader.get(first.links["next"]["url"])
        assert [item["code"] for item in last.json()["items"]] == ["org-2"]
        assert "link" not in last.headers

    async def test_a_cursor_works_for_its_list_filters_and_reader_only(
        self, programs: Door, manager: httpx.AsyncClient
    ) -> None:
        for n in range(3):
            await create(manager, code=f"org-{n}")
        cursor = (await manager.get("/v1/organizations?limit=1")).json()["next_cursor"]
        assert (await manager.get(f"/v1/organizations?limit=1&cursor={cursor}")).status_code == 200
        for client, query in [
            (manager, f"country=JP&cursor={cursor}"),
            (programs.as_(), f"cursor={cursor}"),
            (manager, "cursor=zzz"),
        ]:
            refused = await client.get(f"/v1/organizations?{query}")
            assert (refused.status_code, refused.json()["code"]) == (400, "cursor-unusable")

    @pytest.mark.parametrize(
        "query", ["limit=0", "limit=201", "limit=x", "unknown=1", "status=new", "country=tj", "q=%00"]
    )
    async def test_bad_parameters_are_refused(self, programs: Door, query: str) -> None:
        assert (await programs.as_().get(f"/v1/organizations?{query}")).status_code == 422

    async def test_like_wildcards_are_letters(self, programs: Door, manager: httpx.AsyncClient) -> None:
        await create(manager)
        assert (await programs.as_().get("/v1/organizations", params={"q": "%"})).json()["items"] == []
