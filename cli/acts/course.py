"""Third act: the course is held, attended and certified."""

from typing import Any

from cli.acts.cohort import COUNTRIES, SEATS
from cli.acts.planning import Plan, step
from cli.acts.stage import Stage, until
from cli.clock import set_clock
from cli.errors import CommandError
from services.common.identity import Role


async def hold_course(stage: Stage, plan: Plan) -> list[str]:
    """Take attendance of both lectures; one participant misses one. Return the participations."""
    manager = await stage.voice(Role.MANAGER)
    await set_clock(plan.calendar.during_course)
    await step(manager, plan, "running")
    enrolled = await manager.items("/v1/participations", edition_id=plan.edition_id)
    ids = [str(one["id"]) for one in enrolled if one["state"] != "withdrawn"]
    if len(ids) != len(COUNTRIES) * SEATS:
        raise CommandError(f"the story stops: {len(ids)} people are enrolled")
    for meeting in plan.meetings:
        absent = ids[-1] if meeting == plan.meetings[-1] else None
        rows = [{"participation_id": one, "status": "absent" if one == absent else "present"} for one in ids]
        await manager.put(f"{plan.path}/attendance/{meeting}", {"rows": rows})
    stage.say(f"{len(ids)} took part; one missed a lecture")
    return ids


async def complete_course(stage: Stage, plan: Plan) -> None:
    """Wait until the clock has held the lectures and the course, and reckon attendance."""
    manager = await stage.voice(Role.MANAGER)
    await set_clock(plan.calendar.afterwards)
    await until(lambda: manager.get(plan.path), lambda read: read["state"] == "completed", "completed")
    await manager.post(f"{plan.path}/attendance-finalization")


async def certify(stage: Stage, plan: Plan) -> None:
    """Issue certificates to those who completed, and let the public verify one."""
    manager, public = await stage.voice(Role.MANAGER), await stage.voice(Role.PUBLIC)
    people = await manager.items("/v1/participations", edition_id=plan.edition_id)
    done = [one["id"] for one in people if one["state"] == "completed"]
    issued = await manager.post(f"{plan.path}/certificates", {"participation_ids": done})
    count = sum(row["done"] for row in issued["results"])
    certificate: Any = (await manager.items("/v1/certificates", edition_id=plan.edition_id))[0]
    verified = await public.get(f"/v1/certificates/{certificate['verify_token']}/verification")
    stage.say(f"{count} certificates issued; the public finds one {verified['verdict']}")
