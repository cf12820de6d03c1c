"""Lists as screens use them: sorted, counted by facets, in parts; and what they cost the database."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
from fastapi.routing import APIRoute
from sqlalchemy import event

from services.common.sessions import HotReader
from services.common.wire import FacetedPage
from services.programs.schemas.editions import EditionItem
from services.programs.schemas.organizations import OrganizationItem
from tests.apps import Door
from tests.following import everything_told
from tests.programs.demonstrations import enter


@pytest.fixture
async def staff(reference: Door) -> httpx.AsyncClient:
    return reference.as_("manager", "finance")


async def read(client: httpx.AsyncClient, path: str, **params: Any) -> dict[str, Any]:
    answer = await client.get(f"/v1/{path}", params=params)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_hot_lists_say_what_their_models_say(staff: httpx.AsyncClient) -> None:
    """PostgreSQL builds these bytes, so only this test holds them against the models of the answer."""
    editions = await read(staff, "editions", limit=200, facets="state,program_id", count="true")
    parsed = FacetedPage[EditionItem].model_validate(editions)
    assert parsed.model_dump(mode="json") == editions
    assert parsed.total == len(parsed.items) > 10
    one = next(item for item in parsed.items if item.topic)
    single = await read(staff, f"editions/{one.id}")
    assert {name: single[name] for name in EditionItem.model_fields} == one.model_dump(mode="json")
    organizations = await read(staff, "organizations", limit=200)
    assert (
        FacetedPage[OrganizationItem].model_validate(organizations).model_dump(mode="json") == organizations
    )


async def test_facets_count_what_the_other_filters_leave(staff: httpx.AsyncClient) -> None:
    everything = (await read(staff, "editions", limit=200))["items"]
    found = await read(staff, "editions", state="completed", facets="state,program_id", limit=1)
    states = {one["value"]: one["count"] for one in found["facets"]["state"]}
    assert states == {s: sum(e["state"] == s for e in everything) for s in {e["state"] for e in everything}}
    completed = [e["program"]["id"] for e in everything if e["state"] == "completed"]
    programs = {one["value"]: one["count"] for one in found["facets"]["program_id"]}
    assert programs == {program: completed.count(program) for program in set(completed)}
    counts = [one["count"] for one in found["facets"]["program_id"]]
    assert counts == sorted(counts, reverse=True)
    assert (await read(staff, "editions", limit=1))["facets"] is None


@pytest.mark.parametrize("sort", ["-code", "state,-earliest", "earliest,-code"])
async def test_a_list_is_sorted_as_asked_and_read_in_parts(staff: httpx.AsyncClient, sort: str) -> None:
    whole = (await read(staff, "editions", sort=sort, limit=200))["items"]
    parts: list[Any] = []
    cursor: str | None = None
    while True:
        more: dict[str, str] = {"cursor": cursor} if cursor else {}
        part = await read(staff, "editions", sort=sort, limit=7, **more)
        parts += part["items"]
        if (cursor := part["next_cursor"]) is None:
            break
    assert parts == whole
    for name in reversed(sort.split(",")):
        expected = sorted(whole, key=lambda e: str(e[name.removeprefix("-")]), reverse=name.startswith("-"))
        whole_names = [e[name.removeprefix("-")] for e in whole]
        if name == sort.split(",", maxsplit=1)[0]:
            assert whole_names == [e[name.removeprefix("-")] for e in expected]


@pytest.mark.parametrize(
    "query",
    [
        "sort=nothing",
        "sort=code,-code",
        "sort=",
        "facets=code",
        "facets=state,state",
        "sort=code;drop table x",
    ],
)
async def test_only_what_is_offered_can_be_asked(programs: Door, query: str) -> None:
    refused = await programs.as_().get(f"/v1/editions?{query}")
    assert (refused.status_code, refused.json()["code"]) == (422, "request-invalid")
    assert refused.json()["errors"][0]["pointer"].startswith("/query/")


async def test_a_cursor_belongs_to_its_order(staff: httpx.AsyncClient) -> None:
    cursor = (await read(staff, "editions", limit=1, sort="code"))["next_cursor"]
    other = await staff.get("/v1/editions", params={"limit": 1, "sort": "-code", "cursor": cursor})
    assert (other.status_code, other.json()["code"]) == (400, "cursor-unusable")


async def test_the_short_way_checks_what_the_long_way_checks(programs: Door) -> None:
    reader = programs.as_()
    for query, status in (("limit=0", 422), ("unknown=1", 422), ("country=xx", 422), ("cursor=%00", 400)):
        assert (await reader.get(f"/v1/organizations?{query}")).status_code == status, query
    bad = await reader.get("/v1/organizations", headers={"Authorization": "Bearer nonsense"})
    assert bad.status_code == 401
    assert (await reader.head("/v1/organizations")).status_code == 200
    wrong = await reader.put("/v1/organizations")
    assert (wrong.status_code, wrong.headers["allow"]) == (405, "GET, HEAD, POST")
    answer = await reader.get("/v1/organizations")
    assert answer.headers["cache-control"] == "public, max-age=60"
    assert answer.headers["x-request-id"]


@contextmanager
def counted(door: Door, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """What is asked of the database for reading, by either way."""
    asked: list[str] = []
    engine = door.app.state.sessions.read_engine.sync_engine
    fetch = HotReader.fetch_row

    def note(_: object, __: object, statement: str, *___: object) -> None:
        asked.append(statement)

    async def note_hot(self: HotReader, sql: str, arguments: Any) -> Any:
        asked.append(sql)
        return await fetch(self, sql, arguments)

    event.listen(engine, "before_cursor_execute", note)
    with monkeypatch.context() as patched:
        patched.setattr(HotReader, "fetch_row", note_hot)
        try:
            yield asked
        finally:
            event.remove(engine, "before_cursor_execute", note)


async def test_statements_never_grow_with_rows(
    programs: Door, staff: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    lists = [
        route.path
        for route in programs.app.routes
        if isinstance(route, APIRoute) and route.methods == {"GET"} and "{" not in route.path
        if any(p.alias == "cursor" for d in route.dependant.dependencies for p in all_query(d))
    ]
    assert len(lists) > 10
    several = 0
    for path in lists:
        sizes = {}
        for limit in (1, 200):
            with counted(programs, monkeypatch) as asked:
                answer = await staff.get(path, params={"limit": limit})
            if answer.status_code == 403:
                break
            assert answer.status_code == 200, (path, answer.text)
            sizes[limit] = len(asked)
            several += limit == 200 and len(answer.json()["items"]) > 3
        assert len(set(sizes.values())) <= 1, (path, sizes)
    assert several >= 6


def all_query(dependant: Any) -> list[Any]:
    return [*dependant.query_params, *(p for below in dependant.dependencies for p in all_query(below))]


async def followed(client: httpx.AsyncClient, since: str, **wishes: Any) -> dict[str, Any]:
    return await read(client, "editions", updated_since=since, **wishes)


async def test_what_is_gone_is_told_to_those_who_see_everything(
    demonstration: Door, program: dict[str, Any]
) -> None:
    manager, public = demonstration.as_("manager"), demonstration.as_()
    draft = {"program_id": program["id"], "code": "draft", "ordinal": 1, "period": "2030-05"}
    draft |= {"title": {"en": "Draft"}, "provenance": "synthetic"}
    edition = await enter(manager, "/v1/editions", draft)
    own = {"provenance": "synthetic", "state": "draft"}
    await everything_told(demonstration)
    first, unseen = await followed(manager, "start", **own), await followed(public, "start")
    assert ([item["code"] for item in first["items"]], first["changes"]["gone"]) == (["draft"], [])
    assert unseen["items"] == []
    etag = (await manager.get(f"/v1/editions/{edition['id']}")).headers["etag"]
    gone = await manager.delete(f"/v1/editions/{edition['id']}", headers={"If-Match": etag})
    assert gone.status_code == 204, gone.text
    await everything_told(demonstration)
    assert (await followed(manager, first["changes"]["until"], **own))["changes"]["gone"] == [edition["id"]]
    told = await followed(public, unseen["changes"]["until"])
    assert told["changes"]["gone"] is None


async def test_programs_and_deliveries_are_counted_sorted_and_found(staff: httpx.AsyncClient) -> None:
    """Against what the whole lists say."""
    everything = (await read(staff, "deliveries", limit=200))["items"]
    found = await read(staff, "deliveries", country="TJ", facets="kind,country", sort="-code", limit=2)
    kinds = {one["value"]: one["count"] for one in found["facets"]["kind"]}
    mine = [one for one in everything if one["recipient_country"] == "TJ"]
    assert kinds == {kind: sum(one["kind"] == kind for one in mine) for kind in {one["kind"] for one in mine}}
    countries = {one["value"]: one["count"] for one in found["facets"]["country"]}
    assert countries["TJ"] == len(mine)
    assert sum(countries.values()) == len(everything)  # a filter does not narrow its own facet
    assert [one["code"] for one in found["items"]] == sorted((one["code"] for one in mine), reverse=True)[:2]
    dated = await read(staff, "deliveries", sort="earliest", limit=200)
    days = [one["earliest"] for one in dated["items"]]
    assert days == sorted(days, key=lambda day: day or "9999")
    assert None in days
    part = await read(staff, "deliveries", sort="earliest", limit=1)
    following = await read(staff, "deliveries", sort="earliest", limit=1, cursor=part["next_cursor"])
    assert following["items"] == dated["items"][1:2]
    vouchers = await read(staff, "deliveries", q="Tech Orda")
    assert {one["kind"] for one in vouchers["items"]} == {"voucher_scheme"}
    years = await read(staff, "deliveries", year=2023, limit=200)
    assert years["items"] == [
        one
        for one in everything
        if one["earliest"] and one["earliest"] <= "2023-12-31" and one["latest"] >= "2023"
    ]
    for sector in ("22040", "11330"):
        by_sector = (await read(staff, "deliveries", sector=sector, limit=200))["items"]
        own = [one for one in everything if sector in {s["code"] for s in one["sectors"]}]
        assert [one["code"] for one in own] == [one["code"] for one in by_sector if one["sectors"]]

    programs = await read(staff, "programs", facets="kind", count="true", limit=200)
    assert sum(one["count"] for one in programs["facets"]["kind"]) == programs["total"]
    for word in ("avicenna", "Авиценна"):
        assert [one["code"] for one in (await read(staff, "programs", q=word))["items"]] == ["avicenna"]
        assert (await read(staff, "editions", q=word))["items"]
    in_tajikistan = {one["code"] for one in (await read(staff, "programs", country="TJ"))["items"]}
    editions = (await read(staff, "editions", country="TJ", limit=200))["items"]
    assert {one["program"]["label"] for one in editions if one["state"] != "draft"}
    assert "avicenna" in in_tajikistan
    assert (await read(staff, "programs", country="BR"))["items"] == []
    assert (await read(staff, "programs", sdg_goal="17"))["items"]
    unknown = await staff.get("/v1/deliveries", params={"facets": "place"})
    assert unknown.status_code == 422
