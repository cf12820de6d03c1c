"""Whatever can be entered can be read by its id, as it was answered; and venues and modules are changed."""

from typing import Any, Final
from uuid import uuid4

import httpx
from fastapi.routing import APIRoute

from tests.apps import Door
from tests.programs.demonstrations import enter

ELSEWHERE: Final = {
    "clone_edition": "an edition",
    "revise_budget": "a budget",
    "amend_agreement": "stands in its agreement",
    "create_exchange_rates": "many at once, listed",
    "reverse_transaction": "a transaction",
    "create_allocation": "a transaction",
    "create_contribution": "a transaction",
    "create_exchange": "two transactions",
    "create_programs_file_link": "a link for five minutes",
    "create_training_session": "/v1/training-sessions/{training_session_id}",
}
"""What has its id read at another address than where it was entered."""


def test_every_resource_that_is_entered_has_an_address(programs: Door) -> None:
    routes = [route for route in programs.app.routes if isinstance(route, APIRoute)]
    read = {route.path.rpartition("/{")[0] for route in routes if route.methods == {"GET"}}
    for route in routes:
        if route.methods == {"POST"} and route.status_code == 201 and route.operation_id not in ELSEWHERE:
            assert route.path in read, route.operation_id
    assert {route.operation_id for route in routes} >= ELSEWHERE.keys()


async def same(client: httpx.AsyncClient, path: str, entered: dict[str, Any], *left_out: str) -> None:
    """Read what was entered below `path`; it is as it was answered, with an ETag, and another id has nothing."""
    answer = await client.get(f"{path}/{entered['id']}")
    assert answer.status_code == 200, answer.text
    assert {k: v for k, v in answer.json().items() if k not in left_out} == {
        k: v for k, v in entered.items() if k not in left_out
    }
    assert ("version" in entered) is ("etag" in answer.headers)
    assert (await client.get(f"{path}/{uuid4()}")).status_code == 404


async def test_what_was_entered_is_read_again(
    demonstration: Door, edition: dict[str, Any], program: dict[str, Any]
) -> None:
    manager, at = demonstration.as_("manager"), f"/v1/editions/{edition['id']}"
    meeting = {
        "kind": "lecture",
        "title": {"en": "Synthetic"},
        "starts_at": "2031-05-05T05:00:00Z",
        "ends_at": "2031-05-05T07:00:00Z",
    }
    for path, row in (
        (f"{at}/countries", {"country": "UZ", "relation": "invited"}),
        (f"{at}/invitations", {"country": "UZ"}),
        (f"{at}/seats", {"country": "UZ", "seats": 2}),
        (f"{at}/modules", {"ordinal": 1, "title": {"en": "Basics"}}),
        (f"/v1/programs/{program['id']}/components", {"ordinal": 1, "title": {"en": "Students"}}),
        ("/v1/sources", {"code": "syn", "kind": "document", "title": "Synthetic"}),
        ("/v1/statements", {"code": "syn", "kind": "principle", "text": {"en": "Synthetic"}}),
        ("/v1/funds", {"code": "syn", "names": {"en": "Synthetic"}, "purpose": {"en": "Synthetic"}}),
    ):
        await same(manager, path, await enter(manager, path, row))
    entered = await enter(manager, f"{at}/training-sessions", meeting)
    await same(manager, "/v1/training-sessions", entered)
    assert entered["edition"] == {"id": edition["id"], "label": edition["code"], "href": at}
    assert entered["module"] is None
    delivery = {
        "code": "syn-school",
        "title": {"en": "Synthetic"},
        "details": {"kind": "construction", "object": "School"},
    }
    school = await enter(manager, "/v1/deliveries", delivery)
    photo = {"kind": "photo", "title": "Synthetic", "dated": "2026-01-02", "url": "https://example.org/a.jpg"}
    documents = f"/v1/deliveries/{school['id']}/documents"
    hidden = await enter(manager, documents, photo | {"public": False})
    await same(manager, documents, hidden)
    assert (await demonstration.as_().get(f"{documents}/{hidden['id']}")).status_code == 404
    finance, key = demonstration.as_("finance"), {"Idempotency-Key": str(uuid4())}
    closed = await finance.post("/v1/fiscal-closures", json={"through": "2020-12-31"}, headers=key)
    await same(finance, "/v1/fiscal-closures", closed.json())


async def test_the_public_reads_no_part_of_what_it_may_not_see(
    demonstration: Door, edition: dict[str, Any]
) -> None:
    manager, public, at = demonstration.as_("manager"), demonstration.as_(), f"/v1/editions/{edition['id']}"
    (country,) = (await manager.get(f"{at}/countries")).json()
    module = await enter(manager, f"{at}/modules", {"ordinal": 1, "title": {"en": "Basics"}})
    for path in (f"{at}/countries/{country['id']}", f"{at}/modules/{module['id']}"):
        assert (await manager.get(path)).status_code == 200
        assert (await public.get(path)).status_code == 404
    (line,) = (await manager.get(f"{at}/seats")).json()
    assert (await public.get(f"{at}/seats/{line['id']}")).status_code == 401


async def test_venues_and_modules_are_changed_with_their_version(
    demonstration: Door, edition: dict[str, Any]
) -> None:
    manager = demonstration.as_("manager")
    hall = {"code": "syn-hall", "names": {"en": "Hall"}, "country": "KZ", "capacity": 40}
    venue = await enter(manager, "/v1/venues", hall)
    at, renamed = f"/v1/venues/{venue['id']}", {"names": {"en": "Great hall", "kk": "Зал"}, "capacity": None}
    assert (await manager.patch(at, json=renamed)).status_code == 428
    changed = await manager.patch(at, json=renamed, headers={"If-Match": f'"{venue["version"]}"'})
    assert changed.status_code == 200, changed.text
    assert changed.json() == venue | renamed | {"version": venue["version"] + 1}
    stale = await manager.patch(at, json=renamed, headers={"If-Match": f'"{venue["version"]}"'})
    assert stale.status_code == 412
    version = {"If-Match": changed.headers["etag"]}
    whose = renamed | {"organization_id": str(uuid4())}
    unknown = await manager.patch(at, json=whose, headers=version)
    assert unknown.json()["code"] == "organization-not-found"
    assert (await manager.patch(at, json={"names": {}}, headers=version)).status_code == 422
    assert (await demonstration.as_().patch(at, json=renamed, headers=version)).status_code == 401

    modules = f"/v1/editions/{edition['id']}/modules"
    first = await enter(manager, modules, {"ordinal": 1, "title": {"en": "Basics"}})
    second = await enter(manager, modules, {"ordinal": 2, "title": {"en": "Practice"}})
    at, version = f"{modules}/{second['id']}", {"If-Match": f'"{second["version"]}"'}
    taken = await manager.patch(at, json={"ordinal": 1, "title": {"en": "Practice"}}, headers=version)
    assert taken.json()["code"] == "portfolio-item-exists"
    swapped = {"ordinal": 3, "title": {"en": "Practice", "ru": "Практика"}}
    changed = await manager.patch(at, json=swapped, headers=version)
    assert (changed.status_code, changed.json()["ordinal"]) == (200, 3)
    listed = (await manager.get(modules)).json()["items"]
    assert [module["id"] for module in listed] == [first["id"], second["id"]]


async def test_records_are_corrected_with_their_version_and_tell_what_happened(
    demonstration: Door, program: dict[str, Any]
) -> None:
    manager = demonstration.as_("manager")
    rows: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
        (
            f"/v1/programs/{program['id']}/components",
            {"ordinal": 1, "title": {"en": "Students"}},
            {"ordinal": 2, "title": {"en": "Students"}, "level": "undergraduate", "languages": ["ru"]},
        ),
        (
            "/v1/funds",
            {"code": "syn", "names": {"en": "Synthetic"}, "purpose": {"en": "Synthetic"}},
            {"names": {"en": "Renamed"}, "purpose": {"en": "Synthetic"}, "established": "2024"},
        ),
        (
            "/v1/sources",
            {"code": "syn", "kind": "document", "title": "Synthetic"},
            {"kind": "website", "title": "Synthetic", "url": "https://example.org"},
        ),
        (
            "/v1/statements",
            {"code": "syn", "kind": "principle", "text": {"en": "Synthetic"}},
            {
                "kind": "policy_frame",
                "text": {"en": "Synthetic"},
                "period": "2021/2025",
                "subjects": [{"kind": "program", "id": program["id"]}] * 2,
            },
        ),
    ]
    for path, row, change in rows:
        made = await enter(manager, path, row)
        at = f"{path}/{made['id']}"
        assert (await manager.patch(at, json=change)).status_code == 428
        changed = await manager.patch(at, json=change, headers={"If-Match": f'"{made["version"]}"'})
        assert changed.status_code == 200, changed.text
        expected = change | ({"subjects": change["subjects"][:1]} if "subjects" in change else {})
        assert {name: changed.json()[name] for name in expected} == expected
        stale = await manager.patch(at, json=change, headers={"If-Match": f'"{made["version"]}"'})
        assert stale.status_code == 412
        happened = (await manager.get(f"/v1/timelines/{made['id']}")).json()["items"]
        assert [entry["action"].rpartition(".")[2] for entry in happened] == ["changed", "created"]
        assert {"title", "names", "text"} & set(happened[0]["fields"])
        assert (await demonstration.as_().get(f"/v1/timelines/{made['id']}")).status_code == 401
    unknown = rows[3][2] | {"subjects": [{"kind": "fund", "id": program["id"]}]}
    statement = (await manager.get("/v1/statements")).json()["items"][0]
    version = {"If-Match": f'"{statement["version"]}"'}
    refused = await manager.patch(f"/v1/statements/{statement['id']}", json=unknown, headers=version)
    assert refused.json()["code"] == "reference-unknown"


async def test_a_country_of_an_edition_is_corrected_with_the_editions_version(
    demonstration: Door, edition: dict[str, Any]
) -> None:
    manager, at = demonstration.as_("manager"), f"/v1/editions/{edition['id']}"
    (country,) = (await manager.get(f"{at}/countries")).json()
    path, seen = f"{at}/countries/{country['id']}", {"relation": "took_part", "head_count": 12}
    stale = await manager.patch(path, json=seen, headers={"If-Match": '"1"'})
    assert stale.status_code == 412
    version = {"If-Match": (await manager.get(at)).headers["etag"]}
    changed = await manager.patch(path, json=seen, headers=version)
    assert (changed.status_code, changed.json()) == (200, country | seen)
    twice = await enter(manager, f"{at}/countries", {"country": "TJ", "relation": "targeted"})
    version = {"If-Match": (await manager.get(at)).headers["etag"]}
    again = await manager.patch(f"{at}/countries/{twice['id']}", json=seen, headers=version)
    assert again.json()["code"] == "portfolio-item-exists"
    history = (await manager.get(f"{at}/history")).json()["items"]
    assert [one["action"] for one in history[:2]] == ["edition.country_added", "edition.country_changed"]


async def test_the_agency_has_offices_and_programs_a_cadence(programs: Door) -> None:
    office = {
        "code": "ast",
        "names": {"en": "Astana"},
        "country": "KZ",
        "city": "Astana",
        "zone": "Asia/Almaty",
    }
    agency = {"names": {"en": "A synthetic agency"}, "country": "KZ", "offices": [office]}
    administrator = programs.as_("administrator")
    put = await administrator.put("/v1/agency", json=agency)
    assert (put.status_code, put.json()["offices"]) == (200, [office])
    nowhere = agency | {"offices": [office | {"zone": "Asia/Nowhere"}]}
    refused = await administrator.put("/v1/agency", json=nowhere, headers={"If-Match": put.headers["etag"]})
    assert refused.status_code == 422
    row = {"code": "p", "title": {"en": "P"}, "kind": "course_program", "cadence": "annual"}
    made = await enter(
        programs.as_("manager"), "/v1/programs", row | {"mandate": {"en": "By law (synthetic)"}}
    )
    assert (made["cadence"], made["mandate"]) == ("annual", {"en": "By law (synthetic)"})


async def test_a_delivery_names_what_it_belongs_to(
    demonstration: Door, edition: dict[str, Any], program: dict[str, Any]
) -> None:
    manager = demonstration.as_("manager")
    school = {"code": "syn-school", "names": {"en": "Synthetic school"}, "provenance": "synthetic"}
    recipient = await enter(manager, "/v1/organizations", school)
    row = {
        "code": "syn-grant",
        "title": {"en": "A synthetic grant"},
        "details": {"kind": "technical_grant", "product": "Software"},
        "program_id": program["id"],
        "predecessor_edition_id": edition["id"],
        "recipient_organization_id": recipient["id"],
        "provenance": "synthetic",
    }
    grant = await enter(manager, "/v1/deliveries", row)
    assert (grant["program"]["label"], grant["program"]["href"]) == (
        "Synthetic",
        f"/v1/programs/{program['id']}",
    )
    assert grant["predecessor"]["href"] == f"/v1/editions/{edition['id']}"
    assert grant["recipient_organization"]["label"] == "Synthetic school"
    consulting = {
        "code": "syn-consulting",
        "title": {"en": "Synthetic consulting"},
        "details": {"kind": "consulting"},
        "predecessor_id": grant["id"],
        "provenance": "synthetic",
    }
    later = await enter(manager, "/v1/deliveries", consulting)
    assert later["predecessor"] == {"id": grant["id"], "label": "A synthetic grant", "href": grant_at(grant)}
    assert (later["program"], later["recipient_organization"]) == (None, None)


def grant_at(grant: dict[str, Any]) -> str:
    return f"/v1/deliveries/{grant['id']}"
