"""Lists that are followed: whoever asks again learns of every change, and of what is gone; and sparse answers."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import httpx
import pytest
from fastapi.routing import APIRoute

from services.common.changes import START, Position, read_told
from services.common.identity import Role, acting_service
from services.common.problems import CursorUnusable
from services.common.wire import FollowedPage
from services.programs.operations.organizations import create_organization
from services.programs.schemas.organizations import OrganizationCreate
from tests.apps import Door
from tests.following import everything_told
from tests.programs.demonstrations import enter

EVERYBODY = [str(role) for role in Role if role not in {Role.PUBLIC, Role.SERVICE}]


def organization(code: str) -> dict[str, Any]:
    return {"code": code, "names": {"en": code.upper()}, "country": "KZ"}


async def follow(
    client: httpx.AsyncClient, since: str = START, path: str = "/v1/organizations", **wishes: Any
) -> dict[str, Any]:
    answer = await client.get(path, params=wishes | {"updated_since": since})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def codes(found: dict[str, Any]) -> list[str]:
    return [item["code"] for item in found["items"]]


async def test_a_reader_is_told_everything_once_and_then_what_changed(programs: Door) -> None:
    manager = programs.as_("manager")
    made = [await enter(manager, "/v1/organizations", organization(f"o{n}")) for n in range(5)]
    await everything_told(programs)
    first = await follow(manager, limit=2)
    second = await follow(manager, limit=2, cursor=first["next_cursor"])
    third = await follow(manager, first["changes"]["until"], limit=2)
    assert (codes(first), codes(second)) == (["o0", "o1"], ["o2", "o3"])
    assert codes(third) == codes(second)
    last = await follow(manager, limit=2, cursor=second["next_cursor"], count="true", facets="country")
    assert (codes(last), last["next_cursor"], last["total"]) == (["o4"], None, 5)
    assert last["facets"] == {"country": [{"value": "KZ", "count": 5}]}
    quiet = await follow(manager, last["changes"]["until"])
    assert (quiet["items"], quiet["changes"]["gone"]) == ([], [])
    for acronym in ("A", "B"):
        one = (await manager.get(f"/v1/organizations/{made[1]['id']}")).headers["etag"]
        await manager.patch(
            f"/v1/organizations/{made[1]['id']}", json={"acronym": acronym}, headers={"If-Match": one}
        )
    await everything_told(programs)
    changed = await follow(manager, quiet["changes"]["until"])
    assert [(item["code"], item["acronym"]) for item in changed["items"]] == [("o1", "B")]


@asynccontextmanager
async def slow_entry(programs: Door, code: str) -> AsyncIterator[None]:
    """A transaction that has entered an organization and ends when the block does."""
    async with programs.app.state.sessions.transaction() as session:
        request = OrganizationCreate.model_validate(organization(code) | {"sources": []})
        await create_organization(session, acting_service("programs"), request, demonstration=False)
        yield


async def test_what_takes_long_is_told_later_and_never_missed(programs: Door) -> None:
    manager = programs.as_("manager")
    begun = await follow(manager)
    async with slow_entry(programs, "slow"):
        await enter(manager, "/v1/organizations", organization("quick"))
        meanwhile = await follow(manager, begun["changes"]["until"])
    await everything_told(programs)
    after = await follow(manager, meanwhile["changes"]["until"])
    assert {*codes(meanwhile), *codes(after)} == {"slow", "quick"}
    # The control: whoever goes by the time of the latest change that was seen never sees the other.
    async with programs.app.state.sessions.hot_reading() as reader:
        (missed,) = await reader.fetch_row(
            "SELECT array_agg(code) FROM organization WHERE updated_at >"
            " (SELECT updated_at FROM organization WHERE code = 'quick')",
            [],
        )
    assert missed is None


async def test_lists_of_rows_tell_what_is_gone_too(programs: Door) -> None:
    manager = programs.as_("manager")
    made = await enter(
        manager, "/v1/programs", {"code": "p1", "title": {"en": "P"}, "kind": "course_program"}
    )
    await everything_told(programs)
    first = await follow(manager, path="/v1/programs", code="p1", count="true")
    assert (codes(first), first["changes"]["gone"], first["total"]) == (["p1"], [], 1)
    other = await follow(manager, path="/v1/programs", code="p2")
    await programs.as_("manager").patch(
        f"/v1/programs/{made['id']}",
        json={"objectives": {"en": "More"}},
        headers={"If-Match": '"1"'},
    )
    await everything_told(programs)
    now = await follow(manager, first["changes"]["until"], path="/v1/programs", code="p1")
    assert codes(now) == ["p1"]
    elsewhere = await follow(manager, other["changes"]["until"], path="/v1/programs", code="p2")
    assert (elsewhere["items"], elsewhere["changes"]["gone"]) == ([], [made["id"]])


async def test_positions_belong_to_one_list_and_one_database(programs: Door) -> None:
    manager = programs.as_("manager")
    until = (await follow(manager))["changes"]["until"]
    for wishes in ({"updated_since": "2026-01-01T00:00:00Z"}, {"updated_since": until, "country": "TJ"}):
        answer = await manager.get("/v1/organizations", params=wishes)
        assert (answer.status_code, answer.json()["code"]) == (400, "cursor-unusable")
    sorted_ = await manager.get("/v1/organizations", params={"updated_since": START, "sort": "code"})
    assert sorted_.status_code == 422
    elsewhere = Position("7:16384", 12, UUID(int=0), first=False)
    with pytest.raises(CursorUnusable, match="restored"):
        read_told(["7:16385", 3, None, None], elsewhere, 50)


async def test_every_list_that_says_so_can_be_followed(
    programs: Door, participants: Door, evaluation: Door
) -> None:
    for door in (programs, participants, evaluation):
        everybody = door.as_(*EVERYBODY)
        followed = 0
        for route in door.app.routes:
            model = route.response_model if isinstance(route, APIRoute) else None
            if isinstance(model, type) and issubclass(model, FollowedPage):
                assert isinstance(route, APIRoute)
                found = await follow(everybody, path=route.path)
                assert (found["items"], found["changes"]["gone"]) == ([], []), route.path
                followed += 1
        assert followed >= 5


async def test_answers_hold_the_fields_that_were_asked_for(programs: Door) -> None:
    manager = programs.as_("manager")
    made = await enter(manager, "/v1/organizations", organization("one"))
    hot = (await manager.get("/v1/organizations?fields=id,code")).json()
    assert hot["items"] == [{"id": made["id"], "code": "one"}]
    await enter(manager, "/v1/programs", {"code": "p1", "title": {"en": "P"}, "kind": "course_program"})
    assert (await manager.get("/v1/programs?fields=code")).json()["items"] == [{"code": "p1"}]
    single = await manager.get(f"/v1/organizations/{made['id']}", params={"fields": "country"})
    assert single.json() == {"country": "KZ"}
    whole = await manager.get(f"/v1/organizations/{made['id']}")
    assert single.headers["etag"] != whole.headers["etag"]
    again = await manager.get(
        f"/v1/organizations/{made['id']}?fields=country", headers={"If-None-Match": single.headers["etag"]}
    )
    assert again.status_code == 304
    unknown = await manager.get("/v1/organizations?fields=id,password")
    assert unknown.status_code == 422
    assert "acronym" in unknown.json()["errors"][0]["detail"]
    assert (await manager.get("/v1/agency/nothing?fields=id")).status_code == 404


async def test_parts_of_a_list_may_hold_other_fields(programs: Door) -> None:
    manager = programs.as_("manager")
    for code in ("a", "b"):
        await enter(manager, "/v1/organizations", organization(code))
    first = await manager.get("/v1/organizations?limit=1&fields=code")
    assert "fields=code" in first.headers["link"]
    cursor = first.json()["next_cursor"]
    second = (await manager.get("/v1/organizations", params={"limit": 1, "cursor": cursor})).json()
    assert len(second["items"][0]) > 5
