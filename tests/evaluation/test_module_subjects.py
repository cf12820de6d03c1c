"""A survey asks about the modules that programs has told of (all made up)."""

from typing import Any
from uuid import UUID

from tests.apps import Door
from tests.delivery import Deliver
from tests.evaluation.surveys import QUESTIONS, open_survey
from tests.evaluation.test_published_results import open_program
from tests.programs.demonstrations import enter

USEFUL = {"code": "useful", "kind": "scale", "scale": {}, "text": {"en": "Useful"}, "subject": "module"}


async def test_a_survey_asks_about_each_module(programs: Door, evaluation: Door, deliver: Deliver) -> None:
    program = await open_program(programs)
    manager = programs.as_("manager")
    (edition,) = (await manager.get("/v1/editions", params={"program_id": program})).json()["items"]
    at = f"/v1/editions/{edition['id']}"
    module = await enter(manager, f"{at}/modules", {"ordinal": 1, "title": {"en": "Basics"}})
    meeting = {
        "kind": "lecture",
        "title": {"en": "A lecture"},
        "starts_at": "2026-05-05T05:00:00Z",
        "ends_at": "2026-05-05T07:00:00Z",
        "venue": "Hall A",
        "module_id": module["id"],
    }
    await enter(manager, f"{at}/training-sessions", meeting)
    await deliver()
    known: dict[str, Any] = {"edition": UUID(edition["id"]), "program": UUID(program)}
    survey = await open_survey(evaluation, 3, questions=[QUESTIONS[0], USEFUL], **known)
    opened = await survey.staff.get(f"/v1/campaigns/{survey.campaign_id}")
    subjects = {(subject["kind"], subject["id"]) for subject in opened.json()["subjects"]}
    assert ("module", module["id"]) in subjects
