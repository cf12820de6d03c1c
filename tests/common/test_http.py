"""What holds for every route of the house, seen through one of them."""

from typing import Any

import asyncpg
import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from services.common.sessions import Sessions
from tests.apps import Door
from tests.cluster import TestDatabase

BODY = b'{"code": "jica", "names": {"en": "JICA"}}'
JSON = {"Content-Type": "application/json"}


@pytest.fixture
def manager(programs: Door) -> httpx.AsyncClient:
    return programs.as_("manager")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b'{"code": "a", "code": "b"}',
        b'{"code": NaN}',
        b'{"code": Infinity}',
        b'{"code": 1e999}',
        b'{"code": ' + b"9" * 400 + b"}",
        b'{"code": "\\ud800"}',
        b'{"code": "\xff"}',
        b'{"a":' * 40 + b"1" + b"}" * 40,
        b"[" * 100_000,
    ],
    ids=[
        "empty",
        "cut",
        "duplicate",
        "nan",
        "infinity",
        "overflow",
        "long",
        "surrogate",
        "utf8",
        "deep",
        "very-deep",
    ],
)
async def test_what_is_not_i_json_is_unreadable(manager: httpx.AsyncClient, body: bytes) -> None:
    refused = await manager.post("/v1/organizations", content=body, headers=JSON)
    assert refused.status_code == (422 if body == b"" else 400)
    assert refused.headers["content-type"] == "application/problem+json"


async def test_other_media_types_are_not_read(manager: httpx.AsyncClient) -> None:
    for media_type in ("text/plain", "application/x-www-form-urlencoded", ""):
        refused = await manager.post("/v1/organizations", content=BODY, headers={"Content-Type": media_type})
        assert refused.status_code == 415


async def test_framework_errors_are_problems_too(programs: Door) -> None:
    missing = await programs.as_().get("/v1/nothing")
    assert (missing.status_code, missing.json()["code"]) == (404, "not-found")
    wrong = await programs.as_().delete("/v1/organizations")
    assert (wrong.status_code, wrong.headers["allow"]) == (405, "GET, HEAD, POST")


async def test_head_is_get_without_its_body(programs: Door) -> None:
    head = await programs.as_().head("/v1/organizations")
    assert (head.status_code, head.content) == (200, b"")
    assert int(head.headers["content-length"]) > 0


@pytest.mark.parametrize(
    ("language", "title"), [("ru", "Не найдено"), ("kk-KZ, en;q=0.1", "Табылмады"), ("fr", None)]
)
async def test_titles_speak_the_readers_language(programs: Door, language: str, title: str | None) -> None:
    answer = await programs.as_().get("/v1/nothing", headers={"Accept-Language": language})
    assert title is None or answer.json()["title"] == title


@pytest.mark.parametrize("token", ["Basic abc", "Bearer", "Bearer x", "Bearer a.b.c", "Bearer " + "x" * 8000])
async def test_bad_credentials_are_not_anonymous(programs: Door, token: str) -> None:
    answer = await programs.as_().post(
        "/v1/organizations", content=BODY, headers=JSON | {"Authorization": token}
    )
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")


async def test_a_failing_commit_is_never_reported_as_success(
    manager: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch, clean: TestDatabase
) -> None:
    async def fail(_: AsyncSession) -> None:
        raise RuntimeError("the disk is gone")

    monkeypatch.setattr(AsyncSession, "commit", fail)
    answer = await manager.post("/v1/organizations", content=BODY, headers=JSON)
    assert (answer.status_code, answer.json()["code"]) == (500, "internal-error")
    assert "disk" not in answer.text
    assert await count(clean, "organization") == 0


async def test_a_change_without_its_audit_entry_is_undone(programs: Door, clean: TestDatabase) -> None:
    from services.common.sessions import UnauditedChangeError
    from services.programs.db.tables import Organization

    sessions: Sessions = programs.app.state.sessions
    facts: dict[str, Any] = {
        "code": "x",
        "names": {"en": "X"},
        "identifiers": [],
        "status": "proposed",
        "provenance": "real",
    }
    with pytest.raises(UnauditedChangeError):
        async with sessions.transaction() as session:
            session.add(Organization(**facts))
    assert await count(clean, "organization") == 0


async def test_every_terminated_connection_is_a_503_and_heals(
    manager: httpx.AsyncClient, clean: TestDatabase
) -> None:
    assert (await manager.get("/v1/organizations")).status_code == 200
    admin = await asyncpg.connect(clean.admin)
    try:
        await admin.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename LIKE $1",
            f"{clean.name}_programs%",
        )
    finally:
        await admin.close()
    reads = [(await manager.get("/v1/organizations")).status_code for _ in range(6)]
    writes = [
        (await manager.post("/v1/organizations", json={"code": f"o{n}", "names": {"en": "O"}})).status_code
        for n in range(6)
    ]
    assert set(reads) <= {200, 503}
    assert set(writes) <= {201, 503}
    assert (reads[-1], writes[-1]) == (200, 201)


async def count(database: TestDatabase, table: str) -> int:
    connection = await asyncpg.connect(database.admin)
    try:
        return int(await connection.fetchval(f"SELECT count(*) FROM programs.{table}"))  # noqa: S608  our own name
    finally:
        await connection.close()


async def test_an_app_counts_its_requests_by_template(programs: Door) -> None:
    await programs.as_().get("/v1/organizations/01890000-0000-7000-8000-000000000000")
    metrics = (await programs.as_().get("/metrics")).text
    assert 'route="/v1/organizations/{organization_id}",status="404"' in metrics
    assert "01890000" not in metrics


async def test_every_answer_names_its_request(programs: Door) -> None:
    answer = await programs.as_().get("/v1/nothing")
    assert answer.json()["instance"] == f"urn:uuid:{answer.headers['x-request-id']}"


async def test_metrics_tell_how_much_waits(programs: Door, manager: httpx.AsyncClient) -> None:
    assert "qoldau_outbox_due 0.0" in (await programs.as_().get("/metrics")).text
    created = await manager.post("/v1/organizations", content=BODY, headers=JSON)
    assert created.status_code == 201
    metrics = (await programs.as_().get("/metrics")).text
    assert "qoldau_outbox_due 3.0" in metrics  # one for each room that acts on it
    assert "qoldau_outbox_dead 0.0" in metrics
    assert "qoldau_jobs_overdue 0.0" in metrics
