"""The editor's way: drafts are written anew, reviewed, translated, tried, and fixed once published (E5)."""

from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.apps import Door

CONTENT: dict[str, Any] = {
    "questions": [
        {"code": "useful", "kind": "scale", "text": {"en": "Useful?", "ru": "Полезно?"}, "scale": {}},
        {
            "code": "why",
            "kind": "text",
            "text": {"en": "Why not?", "ru": "Почему нет?"},
            "section": "more",
            "required": True,
        },
        {"code": "clear", "kind": "nps", "text": {"en": "Clear?", "ru": "Ясно?"}, "subject": "session"},
    ],
    "sections": [{"code": "more", "title": {"en": "More", "ru": "Ещё"}, "relevance": "${useful} <= 2"}],
}


@pytest.fixture
async def staff(evaluation: Door) -> httpx.AsyncClient:
    return evaluation.as_("manager")


async def draft(staff: httpx.AsyncClient, content: dict[str, Any] | None = None) -> str:
    code = f"i-{uuid4().hex[:8]}"
    made = await staff.post("/v1/instruments", json={"code": code, "title": {"en": "End"}})
    at = f"/v1/instruments/{made.json()['id']}/versions"
    version = await staff.post(at, json=content or CONTENT)
    assert version.status_code == 201, version.text
    return f"{at}/1"


async def test_a_draft_is_written_anew_under_its_version_and_a_published_one_never(
    staff: httpx.AsyncClient,
) -> None:
    at = await draft(staff)
    read = await staff.get(at)
    assert read.json()["sections"][0]["code"] == "more"
    shorter = {"questions": CONTENT["questions"][:1]}
    assert (await staff.put(at, json=shorter)).status_code == 428
    written = await staff.put(at, json=shorter, headers={"If-Match": read.headers["etag"]})
    assert (written.status_code, len(written.json()["questions"])) == (200, 1)
    stale = await staff.put(at, json=CONTENT, headers={"If-Match": read.headers["etag"]})
    assert stale.status_code == 412
    current = {"If-Match": written.headers["etag"]}
    assert (await staff.post(f"{at}/submission")).json()["state"] == "in_review"
    assert (await staff.put(at, json=CONTENT, headers=current)).json()["code"] == "evaluation-state-refused"
    assert (await staff.post(f"{at}/return")).json()["state"] == "draft"
    assert (await staff.post(f"{at}/retirement")).status_code == 409
    assert (await staff.post(f"{at}/publication")).json()["state"] == "published"
    latest = {"If-Match": (await staff.get(at)).headers["etag"]}
    fixed = await staff.put(at, json=CONTENT, headers=latest)
    assert (fixed.status_code, fixed.json()["code"]) == (409, "instrument-version-published")
    assert len((await staff.get(at)).json()["questions"]) == 1


async def test_steps_are_told_with_the_version(evaluation: Door, staff: httpx.AsyncClient) -> None:
    at = await draft(staff)
    actions = {action["name"]: action["allowed"] for action in (await staff.get(at)).json()["actions"]}
    assert actions == {"in_review": True, "draft": False, "published": True, "retired": False}
    assert (await evaluation.as_("auditor").get(at)).json()["actions"] == []
    versions = (await staff.get(at.removesuffix("/1"))).json()["items"]
    assert [(version["number"], version["state"]) for version in versions] == [(1, "draft")]


async def test_a_translation_is_reviewed_when_it_is_complete_and_again_when_it_changes(
    staff: httpx.AsyncClient,
) -> None:
    at = await draft(staff)
    assert (await staff.post(f"{at}/translations/kk/review")).json()["code"] == "translation-missing"
    for tag in ("en", "ru", "ru"):
        reviewed = await staff.post(f"{at}/translations/{tag}/review")
    languages = reviewed.json()["languages"]
    assert languages["ru"] == {"state": "reviewed", "translated": 4, "total": 4}
    changed = CONTENT | {"sections": [CONTENT["sections"][0] | {"title": {"en": "More", "ru": "Больше"}}]}
    written = await staff.put(at, json=changed, headers={"If-Match": reviewed.headers["etag"]})
    states = {tag: language["state"] for tag, language in written.json()["languages"].items()}
    assert states == {"en": "reviewed", "ru": "complete"}
    assert (await staff.post(f"{at}/publication")).status_code == 200
    assert (await staff.post(f"{at}/translations/ru/review")).status_code == 409


async def test_what_is_complete_in_no_language_is_not_published(staff: httpx.AsyncClient) -> None:
    halves = [{"code": t, "kind": "text", "text": {t: t}} for t in ("en", "ru")]
    at = await draft(staff, {"questions": halves})
    refused = await staff.post(f"{at}/publication")
    assert (refused.status_code, refused.json()["code"]) == (409, "translation-missing")


async def test_faults_are_told_place_by_place_and_nothing_is_stored(staff: httpx.AsyncClient) -> None:
    at = (await draft(staff)).removesuffix("/1")
    wrong = CONTENT | {
        "sections": [CONTENT["sections"][0] | {"relevance": "${usefull} <= 2 and count(1) > 1"}]
    }
    refused = await staff.post(at, json=wrong)
    assert refused.status_code == 422
    (fault,) = refused.json()["errors"]
    assert (fault["pointer"], fault["code"]) == ("/sections/0/relevance", "condition_function")
    assert fault["detail"].startswith("At character 21: No such function")
    assert len((await staff.get(at)).json()["items"]) == 1


async def test_answers_can_be_tried(staff: httpx.AsyncClient) -> None:
    at = await draft(staff)
    tried = await staff.post(f"{at}/preview", json={"answers": {"useful": 2}})
    assert tried.json() == {
        "asked": ["useful", "why"],
        "counted": {"useful": 2},
        "dropped": 0,
        "errors": [{"pointer": "/answers/why", "code": "missing", "detail": "An answer is required."}],
    }
    fine = await staff.post(f"{at}/preview", json={"answers": {"useful": 3, "why": "?"}})
    assert (fine.json()["asked"], fine.json()["dropped"], fine.json()["errors"]) == (["useful"], 1, [])
    other = await staff.post(f"{at}/preview", json={"block": "session", "answers": {"clear": 11}})
    assert [error["pointer"] for error in other.json()["errors"]] == ["/answers/clear"]


async def test_frontends_get_each_block_as_a_form(staff: httpx.AsyncClient) -> None:
    at = await draft(staff)
    form = (await staff.get(f"{at}/schema", headers={"Accept-Language": "ru"})).json()
    assert form["module"] is None
    assert set(form["session"]["schema"]["properties"]) == {"clear"}
    assert form["edition"]["schema"]["required"] == []
    (section,) = form["edition"]["ui"]["sections"]
    assert section["title"] == "Ещё"
    assert section["relevance"]["text"] == "${useful} <= 2"
    assert section["relevance"]["tree"]["compare"] == "<="
    assert form["session"]["ui"]["sections"] == []
    blocks = (await staff.get(f"{at}/surveyjs")).json()["blocks"]
    assert set(blocks) == {"edition", "session"}
    assert blocks["edition"]["pages"][0]["elements"][1]["visibleIf"] == "{useful} <= 2"
