"""The fixtures of this folder: processes over the worker's database, and a course to fill it with."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.chaos.processes import House, open_house
from tests.cluster import TestDatabase
from tests.participants.courses import _keyed, course, participants

__all__ = ["_keyed", "course", "house", "participants"]


@pytest.fixture
async def house(clean: TestDatabase, keys: Path) -> AsyncIterator[House]:
    """A house without processes yet."""
    async with open_house(clean, keys) as opened:
        yield opened
