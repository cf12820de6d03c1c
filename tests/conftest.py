"""The harness: real apps in this process, over a real database that is emptied after each test.

Tests commit, as production does: real roles, real transactions, real constraints (docs/adr/0004).
"""

import gc
from collections.abc import Generator

import pytest
from hypothesis import settings

from tests.canaries import CANARIES

pytest_plugins = ["tests.cluster", "tests.apps", "tests.delivery"]

# Nearly all that importing and collecting make lives to the end: looking through it again and again costs a fifth
# of the whole run.
gc.set_threshold(50_000, 20, 20)

# A busy machine takes long for any example: none is timed.
settings.register_profile("untimed", settings(), deadline=None)
settings.load_profile("untimed")


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
