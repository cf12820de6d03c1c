"""Rules are saved in one room and evaluated in another: both must speak of the same variables."""

import json
from typing import Any

import pytest

from services.common.expressions import check_expressions
from services.common.worker import WorkerPool
from services.participants.domain.eligibility import ELIGIBILITY_VARIABLES, VARIABLE_TYPES
from services.programs.domain.eligibility import RULE_VARIABLES
from tests.instances import ROOT


@pytest.fixture
def published() -> list[dict[str, Any]]:
    """The catalogue as participants publishes it."""
    document = json.loads((ROOT / "docs" / "eligibility-variables.json").read_text(encoding="utf-8"))
    variables: list[dict[str, Any]] = document["variables"]
    return variables


def test_programs_checks_rules_against_what_participants_evaluates(published: list[dict[str, Any]]) -> None:
    assert {one["name"]: one["type"] for one in published} == dict(RULE_VARIABLES) == VARIABLE_TYPES


async def test_every_example_of_the_catalogue_is_a_sound_rule() -> None:
    examples = {f"/{name}": variable.example for name, variable in ELIGIBILITY_VARIABLES.items()}
    async with WorkerPool() as pool:
        assert await check_expressions(pool, RULE_VARIABLES, examples) == []
