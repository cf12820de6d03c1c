"""Every operation of the room against every role: whoever is not in the matrix is refused before anything else."""

import re
from collections.abc import Iterator
from uuid import UUID

import httpx
import pytest
from fastapi.routing import APIRoute

from services.common.identity import Role
from services.programs.domain.permissions import PERMISSIONS
from tests.apps import Door

NOBODY = Role.PUBLIC
UNKNOWN = str(UUID(int=0))
PLACES = {"country_code": "TJ"}
UPLOADS = {"create_programs_file"}
"""What takes a form instead of JSON."""


def refused() -> Iterator[tuple[Role, str]]:
    for operation, entry in sorted(PERMISSIONS.items()):
        if NOBODY not in entry:
            yield from ((role, operation) for role in Role if role not in entry)


def request_of(door: Door, operation: str) -> tuple[str, str]:
    (route,) = (r for r in door.app.routes if isinstance(r, APIRoute) and r.operation_id == operation)
    (method,) = route.methods or set()
    path = re.sub(r"\{(\w+)\}", lambda found: PLACES.get(found[1], UNKNOWN), route.path)
    return method, path


def client_of(door: Door, role: Role) -> httpx.AsyncClient:
    return door.as_() if role is NOBODY else door.as_(role)


async def ask(door: Door, client: httpx.AsyncClient, operation: str) -> httpx.Response:
    method, path = request_of(door, operation)
    key = {"Idempotency-Key": operation} if method == "POST" else {}
    if operation in UPLOADS:
        return await client.request(method, path, files={"nothing": b""}, headers=key)
    return await client.request(method, path, json=None if method == "GET" else {}, headers=key)


@pytest.mark.parametrize("role", sorted({role for role, _ in refused()}))
async def test_a_role_without_entry_is_refused_before_anything_else(programs: Door, role: Role) -> None:
    client = client_of(programs, role)
    expected = 401 if role is NOBODY else 403
    answers = {
        operation: (await ask(programs, client, operation)).status_code
        for refused_role, operation in refused()
        if refused_role is role
    }
    assert set(answers.values()) == {expected}, answers


@pytest.mark.parametrize("role", sorted({role for entry in PERMISSIONS.values() for role in entry}))
async def test_a_role_with_an_entry_comes_as_far_as_its_request(programs: Door, role: Role) -> None:
    """Without this, a door that refuses everybody would pass."""
    client = client_of(programs, role)
    answers = {
        operation: (await ask(programs, client, operation)).status_code
        for operation, entry in sorted(PERMISSIONS.items())
        if role in entry
    }
    assert set(answers.values()) <= {200, 404, 422, 428}, answers
