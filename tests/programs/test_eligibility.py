"""Eligibility rules are data that is checked when it is saved (P10); synthetic only."""

from typing import Any

import httpx
import pytest

from tests.apps import Door
from tests.programs.demonstrations import PLAN

MESSAGE = {"kk": "Жасы сай емес", "ru": "Возраст не подходит", "en": "Not of the age"}
RULE = {"id": "age", "expression": "age_at_start >= 21", "severity": "block", "message": MESSAGE}


@pytest.fixture
def manager(demonstration: Door) -> httpx.AsyncClient:
    """Somebody of the agency."""
    return demonstration.as_("manager")


async def save(manager: httpx.AsyncClient, edition: dict[str, Any], *rules: dict[str, Any]) -> httpx.Response:
    at = f"/v1/editions/{edition['id']}"
    version = (await manager.get(at)).headers["etag"]
    return await manager.patch(at, json={"eligibility_rules": list(rules)}, headers={"If-Match": version})


async def test_a_sound_rule_is_saved_as_it_was_written(
    manager: httpx.AsyncClient, edition: dict[str, Any]
) -> None:
    warning = RULE | {"id": "cool-down", "severity": "warn", "audience": "officials"}
    warning["expression"] = "prior_trainings == 0 ||\n months_since_last_training >= 24"
    saved = await save(manager, edition, RULE, warning)
    assert saved.status_code == 200, saved.text
    assert saved.json()["eligibility_rules"] == [RULE | {"audience": None}, warning]


@pytest.mark.parametrize(
    ("expression", "code", "place"),
    [
        ("age_at_start >= 21 && nationalty == 'TJ'", "unknown_name", "Line 1, column 23"),
        ("age_at_start >= '21'", "wrong_type", "Line 1, column 14"),
        ("age_at_start >", "syntax", "Line 1, column 15"),
        ("age_at_start", "not_a_condition", "The expression"),
        ("(" * 40 + "true" + ")" * 40, "too_costly", "The expression"),
    ],
)
async def test_an_unsound_rule_is_refused_and_nothing_changes(
    manager: httpx.AsyncClient,
    program: dict[str, Any],
    edition: dict[str, Any],
    expression: str,
    code: str,
    place: str,
) -> None:
    unsound = RULE | {"id": "other", "expression": expression}
    entering = PLAN | {"code": "SYN-9", "program_id": program["id"], "eligibility_rules": [RULE, unsound]}
    refusals = [
        await save(manager, edition, RULE, unsound),
        await manager.post("/v1/editions", json=entering),
    ]
    for refused in refusals:
        assert (refused.status_code, refused.json()["code"]) == (422, "eligibility-rule-unsound")
        (error,) = refused.json()["errors"]
        assert (error["pointer"], error["code"]) == ("/eligibility_rules/1/expression", code)
        assert error["detail"].startswith(place)
    assert (await manager.get(f"/v1/editions/{edition['id']}")).json()["eligibility_rules"] == []
    assert (await manager.get("/v1/editions?code=SYN-9&provenance=synthetic")).json()["items"] == []


@pytest.mark.parametrize(
    "rules",
    [
        [RULE | {"message": {"en": "Not of the age"}}],
        [RULE | {"severity": "fatal"}],
        [RULE | {"expression": "age_at_start > 0 || " * 200 + "true"}],
        [RULE, RULE],
    ],
    ids=["a message in one language only", "an unknown severity", "too long", "the same id twice"],
)
async def test_a_rule_that_is_not_whole_is_refused(
    manager: httpx.AsyncClient, edition: dict[str, Any], rules: list[dict[str, Any]]
) -> None:
    assert (await save(manager, edition, *rules)).json()["code"] == "request-invalid"
