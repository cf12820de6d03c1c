"""The harness: real apps in this process, over a real database that is emptied after each test.

Tests commit, as production does: real roles, real transactions, real constraints (docs/adr/0004).
"""

import gc
from collections.abc import Generator

import pytest
from hypothesis import settings
from xdist.remote import Producer
from xdist.scheduler import LoadFileScheduling, Scheduling

from tests.canaries import CANARIES

pytest_plugins = ["tests.cluster", "tests.apps", "tests.delivery"]

JOURNEYS = "tests/journeys/"

# Nearly all that importing and collecting make lives to the end: looking through it again and again costs a fifth
# of the whole run.
gc.set_threshold(50_000, 20, 20)

# A busy machine takes long for any example: none is timed.
settings.register_profile("untimed", settings(), deadline=None)
settings.load_profile("untimed")


class LongFilesFirst(LoadFileScheduling):  # type: ignore[misc]  # xdist is not typed
    """Gives a worker file after file in the order of collection, and all journeys at once: they share a story."""

    def _split_scope(self, nodeid: str) -> str:
        return JOURNEYS if nodeid.startswith(JOURNEYS) else str(super()._split_scope(nodeid))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Scheduling | None:
    """Schedule `--dist loadfile` in our own way: no long file comes last, while the other workers have ended."""
    if config.option.dist != "loadfile":
        return None
    config.option.loadscopereorder = False
    return LongFilesFirst(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with files that start processes: they are the long ones."""
    long = {item.path for item in items if item.get_closest_marker("process")}
    items.sort(key=lambda item: item.path not in long)


def pytest_collection_finish() -> None:
    """Leave what was collected out of every later search for garbage."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Fail a test that let a canary into what was printed or logged, whatever else it found."""
    report = yield
    let_out = sorted({canary for canary in CANARIES for _, printed in report.sections if canary in printed})
    if let_out and report.outcome == "passed":
        report.outcome = "failed"
        report.longrepr = f"personal values were printed or logged: {', '.join(let_out)}"
    return report
