"""The guide from plan to publication, played request by request, so that it cannot go stale."""

from services.common.jobs import run_due_jobs
from services.programs.operations.publications import PUBLISH, publish_due
from tests.apps import Door
from tests.guides import play


async def test_the_guide_can_be_played(programs: Door) -> None:
    async def publish() -> None:
        await run_due_jobs(programs.app.state.sessions, {PUBLISH: publish_due})

    named = await play(programs, "from-plan-to-publication.md", also=("administrator",), after_each=publish)
    assert len(named) > 5
