"""Guides of `docs/guides`, played request by request, so that they cannot go stale.

A request stands in a block of `http`: who asks what, the body, and after an arrow what must come back; `as name`
keeps the id of the answer for `{name}` in later requests.
"""

import json
import re
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from tests.apps import Door

GUIDES = Path(__file__).parents[1] / "docs" / "guides"
_BLOCK = re.compile(r"```http\n(.*?)```", re.DOTALL)
_HEAD = re.compile(r"(?P<role>\w+) (?P<method>[A-Z]+) (?P<path>\S+)(?: If-Match \{(?P<base>\w+)\})?")
_ANSWER = re.compile(r"(?P<status>\d{3})(?: (?P<fields>\{.*\}))?(?: as (?P<name>\w+))?", re.DOTALL)

Meanwhile = Callable[[dict[str, Any]], Awaitable[None]]
"""What others do after a request, given its answer."""


@dataclass(frozen=True)
class Step:
    """One request of a guide, and what its answer must be."""

    role: str
    method: str
    path: str
    base: str | None
    """The answer whose ETag is sent as If-Match."""
    body: str
    status: int
    fields: dict[str, Any]
    name: str | None


def read_steps(guide: str) -> Iterator[Step]:
    for block in _BLOCK.findall((GUIDES / guide).read_text(encoding="utf-8")):
        asked, _, answered = block.rpartition("→")
        line, _, body = asked.partition("\n")
        head, answer = _HEAD.fullmatch(line), _ANSWER.fullmatch(answered.strip())
        assert head is not None, line
        assert answer is not None, answered
        fields = json.loads(answer["fields"] or "{}")
        yield Step(
            **head.groupdict(),
            body=body.strip(),
            status=int(answer["status"]),
            fields=fields,
            name=answer["name"],
        )


async def play(
    door: Door,
    guide: str,
    known: Mapping[str, str] = MappingProxyType({}),
    *,
    also: tuple[str, ...] = (),
    meanwhile: Mapping[str, Meanwhile] = MappingProxyType({}),
    after_each: Callable[[], Awaitable[object]] | None = None,
) -> dict[str, str]:
    """Play a guide; return the ids that it names.

    `also` are roles that everybody but the public has besides the one that is named; `meanwhile` is keyed by the
    path as the guide writes it.
    """
    named, tags = dict(known), dict[str, str]()
    for step in read_steps(guide):
        client = door.as_() if step.role == "public" else door.as_(step.role, *also)
        path, body = step.path, step.body
        for name, value in named.items():
            path, body = path.replace(f"{{{name}}}", value), body.replace(f"{{{name}}}", value)
        headers = {"If-Match": tags[step.base]} if step.base else {}
        answer = await client.request(
            step.method, path, json=json.loads(body) if body else None, headers=headers
        )
        assert answer.status_code == step.status, f"{step.method} {step.path}: {answer.text}"
        told = answer.json() if "json" in answer.headers.get("content-type", "") else {}
        assert {field: told[field] for field in step.fields} == step.fields, step.path
        if step.name:
            named[step.name], tags[step.name] = id_of(told), answer.headers.get("etag", "")
        if step.path in meanwhile:
            await meanwhile[step.path](told)
        if after_each is not None:
            await after_each()
    return named


def id_of(answer: Mapping[str, Any]) -> str:
    """Return what a later request calls the answer by: its id, its operation's, or that of its first item."""
    if "items" in answer:
        return str(answer["items"][0]["id"])
    return str(answer.get("id") or answer["operation_id"])
