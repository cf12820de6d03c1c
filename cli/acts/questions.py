"""Questionnaires: the application form and the survey."""

from typing import Any

from cli.acts.stage import Voice


async def publish_questions(evaluator: Voice, code: str, title: str, questions: list[dict[str, Any]]) -> Any:
    """Return the published first version of a new questionnaire."""
    instrument = await evaluator.post("/v1/instruments", {"code": code, "title": {"en": title}})
    at = f"/v1/instruments/{instrument['id']}/versions"
    await evaluator.post(at, {"questions": questions})
    return await evaluator.post(f"{at}/1/publication")
