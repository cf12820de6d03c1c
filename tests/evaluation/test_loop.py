"""From a comment to a verified change two editions later, and what is read out of comments (all synthetic)."""

from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from services.common.identity import Grant, GrantKind, Role
from services.evaluation.domain.code_frames import count_themes
from services.evaluation.domain.recommendations import RecommendationState, is_overdue
from tests.apps import Door
from tests.evaluation.surveys import Survey, tell_of_edition
from tests.evaluation.test_results import answered

SHOWN = {"moderation": "public", "shown": "More time at the bedside", "language": "ru"}


async def texts_of(survey: Survey) -> list[dict[str, Any]]:
    read = await survey.staff.get("/v1/suggestions", params={"edition_id": str(survey.edition_id)})
    items: list[dict[str, Any]] = read.json()["items"]
    return items


async def recommended(survey: Survey, **more: Any) -> dict[str, Any]:
    body = {"edition_id": str(survey.edition_id), "title": {"en": "More practice"}} | more
    made = await survey.staff.post("/v1/recommendations", json=body)
    assert made.status_code == 201, made.text
    recommendation: dict[str, Any] = made.json()
    return recommendation


async def step(
    staff: httpx.AsyncClient, recommendation: dict[str, Any], path: str, body: Any = None
) -> httpx.Response:
    return await staff.post(f"/v1/recommendations/{recommendation['id']}/{path}", json=body)


AGREED = {"verdict": "agreed", "reason": "Two more days", "owner": "Course unit", "due": "2026-09"}


async def test_a_comment_changes_the_edition_after_next(evaluation: Door) -> None:
    survey = await answered(evaluation, 12, 10)
    text = (await texts_of(survey))[0]
    at = f"/v1/suggestions/{text['id']}"
    assert (await survey.staff.post(f"{at}/moderation", json=SHOWN)).status_code == 200
    translation = {"language": "en", "text": "More practice", "translator": "person"}
    translated = await survey.staff.post(f"{at}/translation", json=translation)
    assert (translated.json()["translation"], translated.json()["language"]) == (translation, "ru")
    recommendation = await recommended(survey, suggestions=[text["id"]], addressee="Course unit")
    approver = evaluation.as_("approver")
    assert (await step(approver, recommendation, "management-response", AGREED)).status_code == 200
    next_one = await tell_of_edition(evaluation, 12, "2027-05-04")
    after_next = await tell_of_edition(evaluation, 12, "2028-05-04")
    assert next_one["edition"] != after_next["edition"]
    change = {"edition_id": str(after_next["edition"])}
    assert (await step(survey.staff, recommendation, "design-change", change)).status_code == 200
    assert (await step(survey.staff, recommendation, "implementation")).status_code == 200
    later = await answered(evaluation, 12, 11)
    wrong = {"result_id": (await later.result("internal"))["id"]}
    assert (await step(survey.staff, recommendation, "verification", wrong)).status_code == 409
    await move_results(evaluation, later, after_next["edition"])
    verified = await step(survey.staff, recommendation, "verification", wrong)
    assert (verified.status_code, verified.json()["state"]) == (200, "verified")

    by_text = {"suggestion_id": text["id"], "provenance": "synthetic"}
    for params in (
        by_text,
        {"design_change_edition_id": change["edition_id"]},
        {"edition_id": str(survey.edition_id)},
    ):
        found = await survey.staff.get("/v1/recommendations", params=params)
        assert [each["id"] for each in found.json()["items"]] == [recommendation["id"]], params
    done = await survey.public.get(f"/v1/editions/{survey.edition_id}/you-said-we-did")
    (item,) = done.json()["items"]
    assert item["said"] == ["More time at the bedside"]
    assert item["changed_edition_id"] == change["edition_id"]
    assert item["verified"] is True
    assert "Course unit" not in done.text  # who owns it is the agency's affair


async def move_results(door: Door, survey: Survey, edition_id: UUID) -> None:
    """Let the survey's results be those of another edition."""
    async with door.app.state.sessions.transaction() as session:
        from sqlalchemy import text

        await session.execute(
            text("UPDATE evaluation.result_snapshot SET edition_id = :to WHERE edition_id = :from_"),
            {"to": edition_id, "from_": survey.edition_id},
        )


async def test_nothing_closes_without_a_response(evaluation: Door) -> None:
    survey = await answered(evaluation, 12, 10)
    recommendation = await recommended(survey)
    reason = {"reason": "The course has ended for good"}
    early = await step(survey.staff, recommendation, "lapse", reason)
    assert (early.status_code, early.json()["code"]) == (409, "evaluation-state-refused")
    assert (await step(survey.staff, recommendation, "implementation")).status_code == 409
    nobody_answered = await survey.public.get(f"/v1/editions/{survey.edition_id}/you-said-we-did")
    assert nobody_answered.json()["items"] == []
    assert (await step(survey.staff, recommendation, "management-response", AGREED)).status_code == 200
    lapsed = await step(survey.staff, recommendation, "lapse", reason)
    assert (lapsed.json()["state"], lapsed.json()["lapse_reason"]) == ("lapsed", reason["reason"])


async def test_what_is_late_is_listed(evaluation: Door) -> None:
    survey = await answered(evaluation, 12, 10)
    for due in ("2019", "2018-05", "2099"):
        made = await recommended(survey)
        await step(survey.staff, made, "management-response", AGREED | {"due": due})
    late = await survey.staff.get("/v1/overdue-recommendations", params={"provenance": "synthetic"})
    assert [each["due"] for each in late.json()] == ["2018-05", "2019"]
    assert (await survey.staff.get("/v1/overdue-recommendations")).json() == []
    assert (await survey.public.get("/v1/overdue-recommendations")).status_code == 401


@pytest.mark.parametrize(
    ("state", "due", "late"),
    [
        ("agreed", "2026-09", True),
        ("agreed", "2026-10", False),
        ("agreed", None, False),
        ("agreed", "2026-09/..", False),
        ("implemented", "2025", False),
    ],
)
def test_a_day_has_passed_when_its_last_possible_day_has(state: str, due: str | None, late: bool) -> None:
    from datetime import date

    assert is_overdue(RecommendationState(state), due, date(2026, 10, 31)) is late


async def test_a_text_for_the_lecturer_is_read_by_nobody_else_outside(evaluation: Door) -> None:
    survey = await answered(evaluation, 12, 10)
    text = (await texts_of(survey))[0]
    moderation = SHOWN | {"moderation": "lecturer_only"}
    refused = await survey.staff.post(f"/v1/suggestions/{text['id']}/moderation", json=moderation)
    assert refused.status_code == 422
    async with evaluation.app.state.sessions.transaction() as session:
        from sqlalchemy import text as sql

        await session.execute(
            sql(
                "UPDATE evaluation.suggestion SET subject_kind = 'lecturer', subject_id = :id WHERE id = :text"
            ),
            {"id": survey.lecturer_id, "text": UUID(text["id"])},
        )
    assert (
        await survey.staff.post(f"/v1/suggestions/{text['id']}/moderation", json=moderation)
    ).status_code == 200
    params = {"edition_id": str(survey.edition_id)}

    async def read_by(lecturer: UUID) -> list[dict[str, Any]]:
        grant = frozenset({Grant(Role.LECTURER, GrantKind.LECTURER, str(lecturer))})
        read = await evaluation.as_("lecturer", grants=grant).get("/v1/suggestions", params=params)
        items: list[dict[str, Any]] = read.json()["items"]
        return items

    (own,) = await read_by(survey.lecturer_id)
    assert (own["shown"], own["original"]) == ("More time at the bedside", None)
    assert await read_by(uuid4()) == []
    assert (await survey.public.get("/v1/suggestions", params=params)).json()["items"] == []


FRAME = {
    "code": "course-comments",
    "themes": [{"code": "practice", "label": {"en": "Practice"}}, {"code": "pace", "label": {"en": "Pace"}}],
}


async def test_two_coders_sort_an_editions_texts(evaluation: Door) -> None:
    survey = await answered(evaluation, 12, 10)
    made = await survey.staff.post("/v1/code-frames", json=FRAME)
    assert (made.status_code, made.json()["number"]) == (201, 1)
    frame = made.json()["id"]
    texts = await texts_of(survey)
    first, second = evaluation.as_("evaluator"), evaluation.as_("evaluator")
    reading = {"code_frame_id": frame, "themes": ["practice"]}
    early = await first.post(f"/v1/suggestions/{texts[0]['id']}/codings", json=reading)
    assert early.status_code == 409
    assert (await survey.staff.post(f"/v1/code-frames/{frame}/publication")).status_code == 200
    for n, text in enumerate(texts[:6]):
        for coder, themes in (
            (first, ["practice"]),
            (second, ["practice", "pace"] if n < 2 else ["practice"]),
        ):
            done = await coder.post(
                f"/v1/suggestions/{text['id']}/codings", json={"code_frame_id": frame, "themes": themes}
            )
            assert done.status_code == 200, done.text
    again = await first.post(
        f"/v1/suggestions/{texts[0]['id']}/codings", json={"code_frame_id": frame, "themes": ["pace"]}
    )
    assert again.json()["themes"] == ["pace"]
    found = await survey.staff.get(
        f"/v1/code-frames/{frame}/themes", params={"edition_id": str(survey.edition_id)}
    )
    practice, pace = found.json()["themes"]
    assert (found.json()["texts"], practice["n"], pace["n"]) == (6, 5, None)
    assert pace["agreement"]["n"] == 6
    stranger = {"code_frame_id": frame, "themes": ["weather"]}
    assert (await first.post(f"/v1/suggestions/{texts[0]['id']}/codings", json=stranger)).status_code == 422
    assert (await survey.staff.post(f"/v1/code-frames/{frame}/retirement")).status_code == 200
    assert (await survey.staff.post(f"/v1/code-frames/{frame}/publication")).status_code == 409
    assert (await survey.staff.post("/v1/code-frames", json=FRAME)).json()["number"] == 2
    listed = (await survey.staff.get("/v1/code-frames")).json()["items"]
    assert [each["number"] for each in listed] == [2, 1]
    assert (await survey.staff.get(f"/v1/code-frames/{frame}")).json()["state"] == "retired"
    assert (await survey.staff.get(f"/v1/code-frames/{uuid4()}")).status_code == 404


async def test_who_is_evaluated_moderates_and_codes_nothing(evaluation: Door) -> None:
    """E12: the manager of an edition touches no text of its participants."""
    survey = await answered(evaluation, 12, 10)
    text = (await texts_of(survey))[0]["id"]
    manager = evaluation.as_("manager")
    for path, body in (
        ("moderation", SHOWN),
        ("translation", {"language": "en", "text": "x", "translator": "person"}),
        ("codings", {"code_frame_id": str(uuid4()), "themes": []}),
    ):
        assert (await manager.post(f"/v1/suggestions/{text}/{path}", json=body)).status_code == 403


def test_themes_found_in_too_few_texts_are_hidden() -> None:
    read = {str(n): [frozenset({"a"} | ({"b"} if n < 2 else set()))] for n in range(5)}
    whole = {each.theme: each.n for each in count_themes(["a", "b", "c"], read, 3)}
    assert whole == {"a": 5, "b": None, "c": None}
    assert all(each.agreement is None for each in count_themes(["a"], read, 3))
