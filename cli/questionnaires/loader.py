"""Loads the ready questionnaires over the public API; what is there already is left as it is."""

from typing import Any, Final

import httpx

from cli.questionnaires.learning import BASELINE, KNOWLEDGE
from cli.questionnaires.outcomes import (
    ALUMNI,
    COUNTRY,
    SIX_MONTHS,
    SUPERVISOR,
    THREE_MONTHS,
    TWELVE_MONTHS,
)
from cli.questionnaires.reactions import COURSE, LECTURERS

LIBRARY: Final = (
    *(COURSE, LECTURERS, BASELINE, KNOWLEDGE, THREE_MONTHS, SIX_MONTHS, TWELVE_MONTHS),
    *(SUPERVISOR, COUNTRY, ALUMNI),
)
_FOLLOW_UP: Final = {"open_days": 30, "reminder_days": [7, 21]}
TEMPLATES: Final[tuple[tuple[str, dict[str, Any]], ...]] = (
    ("ready.baseline", {"phase": "baseline", "opens_after_days": -10, "open_days": 10, "reminder_days": [5]}),
    ("ready.course", {"phase": "end", "opens_after_days": 0, "open_days": 14, "reminder_days": [3, 9]}),
    ("ready.follow-up-3", {"phase": "three_months", "opens_after_days": 91} | _FOLLOW_UP),
    ("ready.follow-up-6", {"phase": "six_months", "opens_after_days": 183} | _FOLLOW_UP),
    (
        "ready.supervisor",
        {"phase": "supervisor", "opens_after_days": 183, "anonymity": "identified"} | _FOLLOW_UP,
    ),
    ("ready.follow-up-12", {"phase": "twelve_months", "opens_after_days": 365} | _FOLLOW_UP),
)
"""Code of a questionnaire -> how every edition is asked it."""


async def load_questionnaires(client: httpx.AsyncClient) -> int:
    """Enter and publish what is missing, with the rights of an evaluator; return how many were entered.

    Templates are set for phases that have none. Raises `httpx.HTTPStatusError` if the API refuses a row.
    """
    known = {row["code"]: row["id"] for row in await _items(client, "/v1/instruments")}
    entered = 0
    for questionnaire in LIBRARY:
        if questionnaire["code"] in known:
            continue
        row = {"code": questionnaire["code"], "title": questionnaire["title"]}
        known[questionnaire["code"]] = (await _post(client, "/v1/instruments", row))["id"]
        at = f"/v1/instruments/{known[questionnaire['code']]}/versions"
        await _post(client, at, {name: questionnaire[name] for name in ("questions", "sections")})
        for tag in ("en", "ru", "kk"):
            await _post(client, f"{at}/1/translations/{tag}/review")
        await _post(client, f"{at}/1/publication")
        entered += 1
    phases = {template["phase"] for template in await _items(client, "/v1/campaign-templates")}
    for code, template in TEMPLATES:
        if template["phase"] not in phases:
            await _post(client, "/v1/campaign-templates", template | {"instrument_id": known[code]})
    return entered


async def _items(client: httpx.AsyncClient, path: str) -> list[dict[str, Any]]:
    answer = await client.get(path, params={"limit": 200})
    items: list[dict[str, Any]] = answer.raise_for_status().json()["items"]
    return items


async def _post(client: httpx.AsyncClient, path: str, row: dict[str, Any] | None = None) -> Any:
    answer = await client.post(path, json=row)
    return answer.raise_for_status().json()
