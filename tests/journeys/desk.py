"""Somebody with every role, who looks things up and enters what the story leaves out."""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx

from services.common.identity import GrantKind, Role
from tests.instances import PATIENCE

Grants = Iterable[tuple[Role, GrantKind, str]]


@dataclass
class Desk:
    """A client with every role."""

    client: httpx.AsyncClient

    async def items(self, path: str, **parameters: str) -> list[dict[str, Any]]:
        answer = await self.client.get(path, params={"limit": "200", **parameters})
        assert answer.status_code == 200, f"{path}: {answer.text}"
        found: list[dict[str, Any]] = answer.json()["items"]
        return found

    async def read(self, path: str) -> dict[str, Any]:
        answer = await self.client.get(path)
        assert answer.status_code == 200, f"{path}: {answer.text}"
        told: dict[str, Any] = answer.json()
        return told

    async def post(self, path: str, body: object = None, credential: str | None = None) -> dict[str, Any]:
        """Return what is answered, to whoever holds `credential` where that is told."""
        headers = {"Idempotency-Key": str(uuid4())} | _as(credential)
        answer = await self.client.post(path, json=body, headers=headers)
        assert answer.is_success, f"{path}: {answer.text}"
        told: dict[str, Any] = answer.json()
        return told

    async def enter(self, path: str, body: Mapping[str, object]) -> str:
        return str((await self.post(path, body))["id"])

    async def put(self, path: str, body: Mapping[str, object], credential: str | None = None) -> None:
        answer = await self.client.put(path, json=body, headers=_as(credential))
        assert answer.is_success, f"{path}: {answer.text}"

    async def publish(self, path: str, body: Mapping[str, object]) -> str:
        """Enter what has to be frozen before it is published."""
        at = f"{path}/{await self.enter(path, body)}"
        await self.post(f"{at}/freezing")
        assert (await self.post(f"{at}/publication"))["state"] == "published", at
        return at.rpartition("/")[2]

    async def await_answer(self, path: str) -> None:
        """Wait until what is told from one service to another stands at `path`."""
        async with asyncio.timeout(PATIENCE):
            while (await self.client.get(path)).status_code == 404:  # noqa: ASYNC110  no bell rings over HTTP
                await asyncio.sleep(0.1)

    async def credential(self, name: str, grants: Grants) -> str:
        scopes = [{"role": role, "scope": {"kind": kind, "id": id_}} for role, kind, id_ in grants]
        made = await self.post("/v1/api-keys", {"name": f"{name} (synthetic)", "grants": scopes})
        return str(made["secret"])


def _as(credential: str | None) -> dict[str, str]:
    return {} if credential is None else {"Authorization": f"Bearer {credential}"}
