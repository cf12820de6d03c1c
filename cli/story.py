"""`qoldau story`: one synthetic edition from idea to evidence, over the public API."""

import asyncio
import os
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from uuid import UUID

import httpx

from cli.access import sign_in
from cli.acts.calendar import Calendar
from cli.acts.course import certify, complete_course, hold_course
from cli.acts.evidence import learn, settle, survey_cohort
from cli.acts.planning import open_call, plan_edition, refuse_second_time
from cli.acts.selection import answer_offers, nominate_cohort, select_cohort
from cli.acts.stage import Stage
from cli.clock import set_clock
from cli.errors import CommandError
from cli.home import find_address
from services.common.identity import Role


def story() -> None:
    """Play an edition with synthetic people from its plan to what the next one does differently.

    Demonstration mode only, and once; `qoldau demo --reset` makes room for another one.
    """
    address = find_address(os.environ)

    async def as_role(role: Role) -> str:
        return await sign_in(address, role)

    edition_id = asyncio.run(play_story(address, as_role, print))
    print(f"See {address}/v1/overviews/editions/{edition_id}")


async def play_story(
    address: str, sign_in: Callable[[Role], Awaitable[str]], say: Callable[[str], None]
) -> UUID:
    """Play the story in the system at `address` and return the edition's id.

    The system's home is that of this process's environment, for its demonstration clock is moved: from nine
    months ago, when the story begins, to the present. Raises `CommandError` where a step is refused, and at once
    if the story was played before.
    """
    try:
        async with Stage(address, sign_in, say) as stage:
            await refuse_second_time(await stage.voice(Role.MANAGER))
            try:
                return await _play(stage, Calendar.until(datetime.now(UTC)))
            finally:
                await set_clock(None)
    except httpx.TransportError as error:
        raise CommandError(f"the connection to {address} broke: {type(error).__name__}") from error


async def _play(stage: Stage, calendar: Calendar) -> UUID:
    plan = await plan_edition(stage, calendar)
    await open_call(stage, plan)
    applications = await nominate_cohort(stage, plan)
    await select_cohort(stage, plan, applications)
    await answer_offers(stage, plan, applications)
    await hold_course(stage, plan)
    await complete_course(stage, plan)
    await certify(stage, plan)
    await survey_cohort(stage, plan)
    await learn(stage, plan)
    await settle(stage, plan)
    return UUID(plan.edition_id)
