"""One running system with the reference portfolio, which the tests of this folder ask from outside."""

import asyncio
from collections.abc import Iterator

import pytest

from cli.loading import load_into
from tests.instances import UNLIMITED, Instance, empty_home, running_instance


@pytest.fixture(scope="session")
def portfolio() -> Iterator[Instance]:
    """A demonstration without the story: the portfolio is enough, the story takes longer."""
    with empty_home() as home:
        (home / "demonstration.ready").touch()
        with running_instance(home, UNLIMITED | {"QOLDAU_DEMO": "1"}) as instance:
            asyncio.run(load_into(instance.url))
            yield instance
