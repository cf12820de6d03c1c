"""The finance officer's walk of docs/guides/money.md, played from top to bottom."""

import json
import re
from pathlib import Path
from typing import Any
from uuid import uuid4

from tests.programs.books import Books

GUIDE = Path(__file__).parents[2] / "docs" / "guides" / "money.md"
BLOCK = re.compile(r"^```(http|json)([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PLACE = re.compile(r"\{([a-z_]+(?:\.[a-z_0-9]+)*)\}")


def fill(text: str, known: dict[str, Any]) -> str:
    """Put ids in the places that the guide names: `{fund}`, `{award.instalments.0}`."""

    def find(found: re.Match[str]) -> str:
        name, *path = found[1].split(".")
        value = known[name]
        for step in path:
            value = value[int(step) if step.isdigit() else step]
        return str(value["id"] if isinstance(value, dict) else value)

    return PLACE.sub(find, text)


def holds(expected: Any, found: Any) -> bool:
    """Say whether all that the guide shows is in the answer; lists are shown whole."""
    if isinstance(expected, dict):
        return all(key in found and holds(value, found[key]) for key, value in expected.items())
    if isinstance(expected, list):
        return len(expected) == len(found) and all(map(holds, expected, found))
    return bool(expected == found)


async def test_the_walk_goes_as_the_guide_says(books: Books) -> None:
    await books.seat(TJ=4, KG=2, UZ=1)
    first, second = sorted(books.donors)
    known: dict[str, Any] = {
        "fund": books.fund,
        "edition": books.edition,
        "first_donor": first,
        "second_donor": second,
    }
    answer: Any = None
    played = 0
    for language, info, text in BLOCK.findall(GUIDE.read_text()):
        content = fill(text, known)
        if language == "json":
            assert holds(json.loads(content), answer), (content, answer)
            continue
        role, status, *name = info.split()
        head, _, body = content.partition("\n")
        method, path = head.split()
        read = await books.door.as_(role).request(
            method,
            path,
            json=json.loads(body) if body.strip() else None,
            headers={"Idempotency-Key": str(uuid4())} if method == "POST" else {},
        )
        assert read.status_code == int(status), (head, read.text)
        answer = read.json()
        known |= dict.fromkeys(name, answer)
        played += 1
    assert played == 23
