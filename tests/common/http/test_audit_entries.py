"""Reading the audit log: who may, which entries, in which order."""

from typing import Any
from uuid import uuid4

import pytest

from tests.apps import Door

PATH = "/v1/programs/audit-entries"


async def enter(programs: Door, *codes: str) -> list[dict[str, Any]]:
    manager = programs.as_("manager")
    made = [
        await manager.post("/v1/organizations", json={"code": code, "names": {"en": f"Synthetic {code}"}})
        for code in codes
    ]
    assert {answer.status_code for answer in made} == {201}, made[0].text
    return [answer.json() for answer in made]


async def entries(programs: Door, **filters: str) -> list[dict[str, Any]]:
    answer = await programs.as_("auditor").get(PATH, params=filters)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


async def test_an_entry_names_who_did_what_and_no_value(programs: Door) -> None:
    (made,) = await enter(programs, "one")
    (entry,) = await entries(programs)
    assert (entry["action"], entry["subject_kind"]) == ("organization.created", "organization")
    assert (entry["subject_id"], entry["subject_version"]) == (made["id"], 1)
    assert "Synthetic" not in str(entry)


async def test_the_latest_stands_first_and_pages_are_whole(programs: Door) -> None:
    made = await enter(programs, "one", "two", "three")
    auditor = programs.as_("auditor")
    first = (await auditor.get(PATH, params={"limit": "2", "count": "true"})).json()
    rest = (await auditor.get(PATH, params={"limit": "2", "cursor": first["next_cursor"]})).json()
    seen = [entry["subject_id"] for entry in first["items"] + rest["items"]]
    assert seen == [one["id"] for one in reversed(made)]
    assert (first["total"], rest["next_cursor"]) == (3, None)


async def test_each_filter_narrows(programs: Door) -> None:
    first, second = await enter(programs, "one", "two")
    newest, oldest = await entries(programs)
    assert [entry["subject_id"] for entry in await entries(programs, subject=first["id"])] == [first["id"]]
    assert await entries(programs, actor=str(uuid4())) == []
    assert len(await entries(programs, actor=oldest["actor"])) == 2
    assert await entries(programs, action="organization.verified") == []
    assert await entries(programs, before=newest["id"]) == [oldest]
    assert await entries(programs, to=newest["at"]) == [oldest]
    assert [entry["subject_id"] for entry in await entries(programs, **{"from": newest["at"]})] == [
        second["id"]
    ]


@pytest.mark.parametrize(("role", "status"), [("auditor", 200), ("administrator", 200), ("manager", 403)])
async def test_only_who_watches_may_read_it(programs: Door, role: str, status: int) -> None:
    assert (await programs.as_(role).get(PATH)).status_code == status


@pytest.mark.parametrize("query", ["from=2026-01-01", "before=1", "actor=%00"])
async def test_a_malformed_filter_is_refused(programs: Door, query: str) -> None:
    assert (await programs.as_("auditor").get(f"{PATH}?{query}")).status_code == 422
