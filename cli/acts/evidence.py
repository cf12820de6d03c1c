"""Fourth act: what the course achieved, and what the next edition does differently."""

import asyncio
from datetime import timedelta
from typing import Any, Final
from uuid import uuid4

from cli.acts.cohort import COUNTRIES
from cli.acts.planning import CODE, NEXT_CODE, Plan, step
from cli.acts.questions import publish_questions
from cli.acts.stage import Stage, Voice, until
from services.common.identity import Role

SILENT: Final = 5
"""How many get a slip and do not answer."""

_QUESTIONS: Final[list[dict[str, Any]]] = [
    {
        "code": "overall",
        "kind": "scale",
        "text": {"en": "How useful was the course?", "ru": "Насколько полезен был курс?"},
        "scale": {},
        "required": True,
        "comparable_key": "overall",
        "level": "L1",
        "criterion": "relevance",
    },
    {
        "code": "advise",
        "kind": "nps",
        "text": {"en": "Would you advise it to a colleague?"},
        "comparable_key": "advise",
    },
    {"code": "better", "kind": "text", "text": {"en": "What should be better?", "ru": "Что улучшить?"}},
    {
        "code": "country",
        "kind": "single",
        "text": {"en": "Your country"},
        "dimension": "country",
        "options": [{"code": country, "label": {"en": country}} for country in COUNTRIES],
    },
    {
        "code": "clear",
        "kind": "scale",
        "text": {"en": "The lecturer was clear"},
        "scale": {},
        "subject": "lecturer",
    },
]
_WISH: Final = "More practice with telemedicine equipment"


async def survey_cohort(stage: Stage, plan: Plan) -> None:
    """Ask everybody by slips of paper, count the answers, and publish what may be published."""
    evaluator = await stage.voice(Role.EVALUATOR)
    version = await publish_questions(evaluator, f"{CODE.lower()}-end", "End of course", _QUESTIONS)
    campaign = await evaluator.post(
        "/v1/campaigns",
        {
            "edition_id": plan.edition_id,
            "instrument_id": version["instrument_id"],
            "version_number": version["number"],
            "phase": "end",
            "delivery": "slips",
        },
    )
    at = f"/v1/campaigns/{campaign['id']}"
    await evaluator.post(f"{at}/opening")
    slips = (await evaluator.post(f"{at}/slips"))["codes"]
    public = await stage.voice(Role.PUBLIC)
    await asyncio.gather(
        *(_answer(public, plan, slip, number) for number, slip in enumerate(slips[:-SILENT]))
    )
    await evaluator.post(f"{at}/closing")
    await until(
        lambda: evaluator.get(at), lambda read: read["state"] == "analysed", "the answers are counted"
    )
    for audience in ("internal", "public"):
        result = await _publish_result(evaluator, {"campaign_id": campaign["id"], "visibility": audience})
        stage.say(f"Results, {audience}: {result['state']}{_rule(result)}")
    for lecturer in plan.lecturers:
        about = {"campaign_id": campaign["id"], "visibility": "lecturer", "lecturer_id": lecturer}
        result = await _publish_result(evaluator, about)
        stage.say(f"Results, for the lecturer alone: {result['state']}{_rule(result)}")


async def learn(stage: Stage, plan: Plan) -> None:
    """Turn a suggestion into a recommendation that is agreed and changes the edition of the next year."""
    evaluator, manager = await stage.voice(Role.EVALUATOR), await stage.voice(Role.MANAGER)
    suggestion = await evaluator.post("/v1/suggestions", {"edition_id": plan.edition_id, "text": _WISH})
    wording = {"moderation": "internal", "shown": _WISH}
    await evaluator.post(f"/v1/suggestions/{suggestion['id']}/moderation", wording)
    recommendation = await evaluator.post(
        "/v1/recommendations",
        {
            "edition_id": plan.edition_id,
            "title": {"en": "Give a day of practice with telemedicine equipment"},
            "priority": "high",
            "suggestions": [suggestion["id"]],
        },
    )
    at = f"/v1/recommendations/{recommendation['id']}"
    agreed = {"verdict": "agreed", "reason": "The host has the equipment.", "owner": "Program manager"}
    await manager.post(f"{at}/management-response", agreed)
    task = await _find_task(manager, recommendation["id"])
    await _change_next_edition(manager, plan, at, task)
    stage.say(f"A suggestion became a recommendation; it is agreed, and {NEXT_CODE} is different by it")


async def settle(stage: Stage, plan: Plan) -> None:
    """Close the edition as evaluated, once its results are known to be settled."""
    manager = await stage.voice(Role.MANAGER)
    tried = f"{plan.path}/state-changes?dry_run=true"
    await until(
        lambda: manager.post(tried, {"state": "evaluated"}),
        lambda answer: not answer["unmet"],
        "the results are known to be settled",
    )
    await step(manager, plan, "evaluated")
    stage.say(f"{CODE} is evaluated")


async def _answer(public: Voice, plan: Plan, slip: str, number: int) -> None:
    answers: dict[str, object] = {
        "overall": 3 + number % 3,
        "advise": 6 + number % 5,
        "country": list(COUNTRIES)[number % len(COUNTRIES)],
    }
    if number == 0:
        answers["better"] = _WISH
    blocks: list[dict[str, object]] = [
        {"subject": {"kind": "edition", "id": plan.edition_id}, "answers": answers}
    ]
    blocks += [
        {"subject": {"kind": "lecturer", "id": lecturer}, "answers": {"clear": 4 + number % 2}}
        for lecturer in plan.lecturers
    ]
    await public.post("/v1/responses", {"nonce": str(uuid4()), "blocks": blocks}, {"Ballot-Token": slip})


async def _publish_result(evaluator: Voice, wanted: dict[str, Any]) -> Any:
    result = await evaluator.post("/v1/results", wanted)
    at = f"/v1/results/{result['id']}"
    await evaluator.post(f"{at}/freezing")
    return await evaluator.post(f"{at}/publication")


def _rule(result: Any) -> str:
    return f" by the rule {result['rule']}" if result["rule"] else ""


async def _find_task(manager: Voice, recommendation_id: str) -> Any:
    tasks = await until(
        lambda: manager.items("/v1/design-tasks", provenance="synthetic"),
        lambda found: any(task["recommendation_id"] == recommendation_id for task in found),
        "the recommendation is known to programs",
    )
    return next(task for task in tasks if task["recommendation_id"] == recommendation_id)


async def _change_next_edition(manager: Voice, plan: Plan, recommendation: str, task: Any) -> None:
    starts_on = plan.calendar.next_starts_on
    clone = {
        "code": NEXT_CODE,
        "title": {"en": f"Avicenna: Healthcare {starts_on.year}, students (synthetic)"},
        "period": f"{starts_on}/{starts_on + timedelta(days=5)}",
        "provenance": "synthetic",
    }
    following = await manager.post(f"{plan.path}/clone", clone)
    done = {"edition_id": following["id"], "how": {"en": "One day longer: practice with the equipment."}}
    await manager.post(f"/v1/design-tasks/{task['id']}/completion", done)
    # The change is recorded where the evidence is, as soon as the new edition is known there.
    await manager.post_when_known(f"{recommendation}/design-change", {"edition_id": following["id"]})
