"""Approved figures travel from evaluation to programs, and nothing that is not approved (all synthetic)."""

from uuid import UUID, uuid4

import httpx

from services.programs.db.activities import list_indicator_periods
from tests.apps import Door
from tests.delivery import Deliver
from tests.evaluation.test_indicators import ACTUAL, set_up


async def published(programs: Door, indicator: httpx.Response) -> list[list[tuple[str, str | None, str]]]:
    """Return the figures of each period that programs may publish."""
    program_id = UUID(indicator.json()["program_id"])
    async with programs.app.state.sessions.reading() as session:
        periods = await list_indicator_periods(session, [program_id])
    return [
        [(figure["kind"], figure["country"], figure["value"]) for figure in period.figures]
        for period in periods.get(program_id, ())
    ]


async def test_what_is_approved_may_be_published_until_it_is_sent_back(
    programs: Door, evaluation: Door, deliver: Deliver
) -> None:
    target = {"numerator": "60", "denominator": "80"}
    reporter, at, period = await set_up(evaluation, {"period": "2025", "target": target}, provenance="real")
    indicator = await reporter.get(at)
    other = evaluation.as_("approver", subject=uuid4())
    assert (await reporter.post(f"{period}/report", json={"actual": ACTUAL})).status_code == 200
    await deliver()
    assert await published(programs, indicator) == []  # reported, not approved
    assert (await other.post(f"{period}/approval")).status_code == 200
    await deliver()
    (figures,) = await published(programs, indicator)
    assert set(figures) == {
        ("target", None, "75.0000"),
        ("actual", None, "52.5000"),
        ("actual", "KG", "60.0000"),
        ("actual", "TJ", "40.0000"),
    }
    assert (await other.post(f"{period}/return", json={"reason": "Count again."})).status_code == 200
    await deliver()
    assert await published(programs, indicator) == []


async def test_what_is_made_up_is_never_published(programs: Door, evaluation: Door, deliver: Deliver) -> None:
    reporter, at, period = await set_up(evaluation, {"period": "2025"})
    assert (await reporter.post(f"{period}/report", json={"actual": ACTUAL})).status_code == 200
    other = evaluation.as_("approver", subject=uuid4())
    assert (await other.post(f"{period}/approval")).status_code == 200
    await deliver()
    assert await published(programs, await reporter.get(at)) == []
