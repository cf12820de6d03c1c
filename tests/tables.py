"""Importing a table through HTTP, as a user does: upload, order, follow the operation."""

from typing import Any
from uuid import uuid4

import httpx

from services.common.http.app import works_of_imports
from services.common.jobs import run_due_jobs
from tests.apps import Door


async def upload_table(client: httpx.AsyncClient, room: str, content: bytes, name: str = "table.csv") -> str:
    answer = await client.post(
        f"/v1/services/{room}/files", files={"file": (name, content)}, data={"purpose": "import"}
    )
    assert answer.status_code == 201, answer.text
    made: str = answer.json()["id"]
    return made


async def order_import(
    client: httpx.AsyncClient, path: str, file_id: str, mode: str = "create", **options: Any
) -> httpx.Response:
    body = {"file_id": file_id, "mode": mode} | options
    return await client.post(f"/v1/{path}/imports", json=body, headers={"Idempotency-Key": str(uuid4())})


async def import_table(
    door: Door,
    client: httpx.AsyncClient,
    path: str,
    content: str | bytes,
    mode: str = "create",
    **options: Any,
) -> dict[str, Any]:
    """Import the table and return how its operation ended."""
    data = content.encode() if isinstance(content, str) else content
    file_id = options.pop("file_id", None) or await upload_table(client, door.name, data)
    accepted = await order_import(client, path, file_id, mode, **options)
    assert accepted.status_code == 202, accepted.text
    await run_imports(door)
    ended: dict[str, Any] = (await client.get(accepted.headers["location"])).json()
    assert ended["result"], ended
    return ended


async def run_imports(door: Door) -> int:
    """Carry out the imports that are waiting."""
    return await run_due_jobs(door.app.state.sessions, works_of_imports(door.app))
