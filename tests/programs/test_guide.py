"""The guide from plan to publication, played request by request, so that it cannot go stale."""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from services.common.jobs import run_due_jobs
from services.programs.operations.publications import PUBLISH, publish_due
from tests.apps import Door
from tests.instances import ROOT

GUIDE = ROOT / "docs" / "guides" / "from-plan-to-publication.md"
_BLOCK = re.compile(r"```http\n(.*?)```", re.DOTALL)
_HEAD = re.compile(r"(?P<role>\w+) (?P<method>[A-Z]+) (?P<path>\S+)(?: If-Match \{(?P<base>\w+)\})?")
_ANSWER = re.compile(r"→ (?P<status>\d{3})(?: (?P<fields>\{.*\}))?(?: as (?P<name>\w+))?", re.DOTALL)


@dataclass(frozen=True)
class Step:
    """One request of a guide, and what its answer must be."""

    role: str
    method: str
    path: str
    base: str | None
    body: str
    status: int
    fields: dict[str, Any]
    name: str | None


def read_steps(guide: Path) -> list[Step]:
    steps = []
    for block in _BLOCK.findall(guide.read_text(encoding="utf-8")):
        asked, arrow, answered = block.partition("→")
        line, _, body = asked.partition("\n")
        head, answer = _HEAD.fullmatch(line), _ANSWER.fullmatch((arrow + answered).strip())
        assert head is not None, line
        assert answer is not None, answered
        fields = json.loads(answer["fields"] or "{}")
        steps.append(
            Step(
                head["role"],
                head["method"],
                head["path"],
                head["base"],
                body.strip(),
                int(answer["status"]),
                fields,
                answer["name"],
            )
        )
    return steps


def id_of(answer: dict[str, Any]) -> str:
    """Return what a later request calls the answer by: its id, its operation's, or that of its first item."""
    if "items" in answer:
        return str(answer["items"][0]["id"])
    return str(answer.get("id") or answer["operation_id"])


async def test_the_guide_can_be_played(programs: Door) -> None:
    steps = read_steps(GUIDE)
    assert len(steps) > 15
    named: dict[str, str] = {}
    tags: dict[str, str] = {}
    for step in steps:
        client = programs.as_() if step.role == "public" else programs.as_(step.role, "administrator")
        headers = {"If-Match": tags[step.base]} if step.base else {}
        path, body = step.path, step.body
        for name, value in named.items():
            path, body = path.replace(f"{{{name}}}", value), body.replace(f"{{{name}}}", value)
        answer = await client.request(
            step.method, path, json=json.loads(body) if body else None, headers=headers
        )
        assert answer.status_code == step.status, f"{step.method} {path}: {answer.text[:500]}"
        if step.fields or step.name:
            found = answer.json()
            assert {key: found[key] for key in step.fields} == step.fields, step
        if step.name:
            named[step.name] = id_of(found)
            tags[step.name] = answer.headers.get("etag", "")
        await run_due_jobs(programs.app.state.sessions, {PUBLISH: publish_due})


@pytest.mark.parametrize("word", ["TODO", "agent", "session"])
def test_the_guide_speaks_to_its_reader(word: str) -> None:
    assert word not in GUIDE.read_text(encoding="utf-8")
