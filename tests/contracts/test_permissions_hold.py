"""The permission matrix as it is published, against the running system: every operation, every role.

What is expected is read from `docs/permissions.md`, which reviewers see; what happens comes from the apps. A line
that goes missing in the code, or a route that forgets to ask, shows as a difference.
"""

import json
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import httpx
import pytest

from gateway.app import create_room
from gateway.settings import Settings
from services.common.identity import Role
from tests.apps import Door, facts_of, open_door
from tests.cluster import TestDatabase
from tests.gateways import NOWHERE

PAGE: Final = Path(__file__).parents[2] / "docs" / "permissions.md"
_ROW: Final = re.compile(r"\| `(?P<name>\w+)` \| `(?P<method>[A-Z]+) (?P<path>\S+)` \| (?P<roles>.*) \|")
MERGED: Final = json.loads((PAGE.parent / "openapi" / "merged.json").read_text())
UPLOADS: Final = frozenset(
    operation["operationId"]
    for item in MERGED["paths"].values()
    for operation in item.values()
    if "multipart/form-data" in operation.get("requestBody", {}).get("content", {})
)
REFUSED: Final = {401, 403}
PEOPLE: Final = tuple(role for role in Role if role is not Role.PUBLIC)


def published(room: str) -> list[tuple[str, str, str, frozenset[str]]]:
    """Return name, method, path and roles of each operation of `room`, as the page tells them."""
    _, _, section = PAGE.read_text().partition(f"## {room}\n")
    rows = _ROW.finditer(section.partition("\n## ")[0])
    return [
        (
            row["name"],
            row["method"],
            row["path"],
            frozenset(part.partition(":")[0] for part in row["roles"].split(", ")),
        )
        for row in rows
    ]


def address(path: str) -> str:
    """Return the path with something plausible in each of its places."""
    return re.sub(r"\{(\w+)\}", lambda place: "TJ" if place[1] == "country_code" else str(uuid4()), path)


async def ask(client: httpx.AsyncClient, name: str, method: str, path: str) -> int:
    """Return the status of a request that is formed as the operation wants it, and says nothing."""
    headers = {"Idempotency-Key": str(uuid4())} if method == "POST" else {}
    body: dict[str, Any] = {} if method in {"GET", "DELETE"} else {"json": {}}
    if name in UPLOADS:
        body = {"files": {"nothing": ("nothing.txt", b"nothing")}}
    return (await client.request(method, address(path), headers=headers, **body)).status_code


async def differences(door: Door, only: str | None = None) -> list[str]:
    """Return each operation (or `only` one) and role for which the app does something else than the page says."""
    found = []
    clients = {role: door.as_(role) for role in PEOPLE}
    public = door.as_()
    operations = published(door.name)
    assert {name for name, *_ in operations} == set(door.app.state.permissions)
    for name, method, path, roles in operations:
        if only not in {None, name}:
            continue
        status = await ask(public, name, method, path)
        if (status in REFUSED) == ("public" in roles) and name not in SELF_REFUSING:
            found.append(f"{name}: public gets {status}")
        for role, client in clients.items():
            status = await ask(client, name, method, path)
            expected = role in roles or "public" in roles
            if (status in REFUSED) == expected and name not in SELF_REFUSING:
                found.append(f"{name}: {role} gets {status}")
    return found


SELF_REFUSING: Final = frozenset({"issue_token", "set_password"})
"""Operations whose own answer to a credential that is not valid is 401."""


@pytest.fixture
async def gateway_room(clean: TestDatabase, keys: Path) -> AsyncIterator[Door]:
    urls: dict[str, Any] = dict.fromkeys(("programs_url", "participants_url", "evaluation_url"), NOWHERE)
    app = create_room(Settings(**facts_of("gateway", clean.gateway, keys), **urls))
    async with open_door("gateway", app, keys) as door:
        yield door.over(clean)


async def miss_a_line(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    """Take a role off the first list that the public may not read; fail unless that is found."""
    name, roles = next(
        (name, roles)
        for name, method, path, roles in published(door.name)
        if method == "GET" and "{" not in path and "public" not in roles
    )
    matrix, missing = door.app.state.permissions, min(roles)
    line = {role: reach for role, reach in matrix[name].items() if role != missing}
    monkeypatch.setitem(matrix, name, line)
    assert await differences(door, name) == [f"{name}: {missing} gets 403"]


async def test_programs(programs: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    assert await differences(programs) == []
    await miss_a_line(programs, monkeypatch)


async def test_participants(participants: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    assert await differences(participants) == []
    await miss_a_line(participants, monkeypatch)


async def test_evaluation(evaluation: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    assert await differences(evaluation) == []
    await miss_a_line(evaluation, monkeypatch)


async def test_gateway(gateway_room: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    assert await differences(gateway_room) == []
    await miss_a_line(gateway_room, monkeypatch)
