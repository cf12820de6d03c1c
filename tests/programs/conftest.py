"""The programs app in demonstration mode, and a synthetic edition in it."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from services.programs.app import create_app
from services.programs.settings import Settings
from tests.apps import Door, facts_of, open_door
from tests.cluster import TestDatabase
from tests.programs.books import Books
from tests.programs.demonstrations import PLAN, enter, step
from tests.programs.reference import _copy, reference

__all__ = ["_copy", "reference"]


@pytest.fixture
async def demonstration(clean: TestDatabase, keys: Path) -> AsyncIterator[Door]:
    """The programs app where synthetic rows may be entered."""
    facts = facts_of("programs", clean.programs, keys) | {"demonstration": True}
    async with open_door("programs", create_app(Settings(**facts)), keys) as door:
        yield door.over(clean)


@pytest.fixture
async def program(demonstration: Door) -> dict[str, Any]:
    """A program."""
    row = {"code": "syn", "title": {"en": "Synthetic"}, "kind": "course_program"}
    return await enter(demonstration.as_("manager"), "/v1/programs", row)


@pytest.fixture
async def edition(demonstration: Door, program: dict[str, Any]) -> dict[str, Any]:
    """A synthetic edition, planned, with a lead partner and seats for one country."""
    manager = demonstration.as_("manager")
    made = await enter(manager, "/v1/editions", PLAN | {"program_id": program["id"]})
    at = f"/v1/editions/{made['id']}"
    await enter(manager, f"{at}/countries", {"country": "TJ", "relation": "targeted"})
    await enter(manager, f"{at}/seats", {"country": "TJ", "seats": 10})
    lead = await enter(manager, "/v1/organizations", {"code": "syn-lead", "names": {"en": "Synthetic lead"}})
    partnership = {
        "code": "syn-lead",
        "organization_id": lead["id"],
        "functional_role": "lead",
        "certainty": "stated",
        "subjects": [{"kind": "edition", "id": made["id"]}],
    }
    await enter(manager, "/v1/partnerships", partnership)
    await step(manager, made, "planned")
    return made


@pytest.fixture
async def books(programs: Door) -> Books:
    """A fund of two donors, and an edition to pay for."""
    opened = Books(programs)
    await opened.open()
    return opened
