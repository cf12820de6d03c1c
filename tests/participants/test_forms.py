"""Application forms: what may be saved, which answers are taken, and that a published version never changes."""

from datetime import date
from typing import Any

import pytest

from services.participants.domain.forms import (
    FieldKind,
    FormField,
    check_fields,
    find_answer_faults,
    keep_relevant,
    schema_of,
)
from tests.participants.courses import FORM, Course

TODAY = date(2026, 3, 1)
CHOICE = FormField("abroad", FieldKind.CHOICE, required=True, choices=["yes", "no"])


@pytest.mark.parametrize(
    ("fields", "found"),
    [
        (
            [FormField("a", FieldKind.TEXT), FormField("a", FieldKind.TEXT)],
            [("/fields/1/code", "code_repeated")],
        ),
        ([FormField("a", FieldKind.CHOICE)], [("/fields/0/choices", "choices")]),
        ([FormField("a", FieldKind.TEXT, choices=["x"])], [("/fields/0/choices", "choices")]),
        ([FormField("a", FieldKind.TEXT, minimum=3, maximum=2)], [("/fields/0/minimum", "bounds")]),
        ([FormField("a", FieldKind.TEXT, variable="shoe_size")], [("/fields/0/variable", "variable")]),
        ([FormField("a", FieldKind.TEXT, variable="experience_years")], [("/fields/0/variable", "variable")]),
        ([FormField("a", FieldKind.TEXT, relevant="${b} = 1")], [("/fields/0/relevant", "condition_name")]),
        ([FormField("a", FieldKind.TEXT, relevant=". = 1")], [("/fields/0/relevant", "condition_name")]),
        (
            [FormField("a", FieldKind.INTEGER, constraint=". >")],
            [("/fields/0/constraint", "condition_syntax")],
        ),
        (
            [
                FormField("a", FieldKind.TICK, relevant="${b} = 'OK'"),
                FormField("b", FieldKind.TICK, relevant="${a} = 'OK'"),
            ],
            [("/fields", "relevance_cycle")],
        ),
        ([CHOICE, FormField("b", FieldKind.INTEGER, variable="experience_years", constraint=". < 60")], []),
    ],
)
def test_what_may_be_saved(fields: list[FormField], found: list[tuple[str, str]]) -> None:
    assert [(fault.pointer, fault.code) for fault in check_fields(fields)] == found


FIELDS = [
    CHOICE,
    FormField("where", FieldKind.COUNTRY, required=True, relevant="${abroad} = 'yes'"),
    FormField("why", FieldKind.TEXT, minimum=3, maximum=10),
    FormField("born", FieldKind.DATE),
    FormField("years", FieldKind.INTEGER, minimum=0, maximum=60, constraint=". != 13"),
    FormField("topics", FieldKind.CHOICES, choices=["x", "y", "z"], maximum=2),
    FormField("speaks", FieldKind.LANGUAGES),
    FormField("agrees", FieldKind.TICK, required=True),
]
GOOD: dict[str, Any] = {"abroad": "no", "agrees": True}


@pytest.mark.parametrize(
    ("answers", "found"),
    [
        ({}, []),
        ({"where": "KZ"}, []),
        ({"abroad": "perhaps"}, [("/answers/abroad", "enum")]),
        ({"why": "no"}, [("/answers/why", "minLength")]),
        ({"why": 5}, [("/answers/why", "type")]),
        ({"born": "2026-02-30"}, [("/answers/born", "format")]),
        ({"years": True}, [("/answers/years", "type")]),
        ({"years": 61}, [("/answers/years", "maximum")]),
        ({"years": 13}, [("/answers/years", "constraint")]),
        ({"topics": ["x", "y", "z"]}, [("/answers/topics", "maxItems")]),
        ({"topics": ["x", "x"]}, [("/answers/topics", "uniqueItems")]),
        ({"speaks": {"en": "B2", "kk": "C1"}}, []),
        ({"speaks": {"en": "D1"}}, [("/answers/speaks", "enum")]),
        ({"speaks": {"my secret": "B2"}}, [("/answers/speaks", "maxLength")]),
        ({"stranger": 1}, [("/answers", "additionalProperties")]),
    ],
)
def test_which_answers_are_taken(answers: dict[str, Any], found: list[tuple[str, str]]) -> None:
    faults = find_answer_faults(FIELDS, answers, TODAY, complete=False)
    assert [(fault.pointer, fault.code) for fault in faults] == found


@pytest.mark.parametrize(
    ("answers", "missing"),
    [
        (GOOD, []),
        ({"agrees": False, "abroad": "no"}, []),
        (GOOD | {"abroad": "yes"}, ["/answers/where"]),
        (GOOD | {"abroad": "yes", "where": "TR"}, []),
        ({"agrees": True}, ["/answers/abroad"]),
    ],
)
def test_what_a_complete_file_answers(answers: dict[str, Any], missing: list[str]) -> None:
    faults = find_answer_faults(FIELDS, answers, TODAY, complete=True)
    assert [fault.pointer for fault in faults if fault.code == "required"] == missing


def test_answers_to_questions_that_are_not_asked_are_not_kept() -> None:
    assert keep_relevant(FIELDS, GOOD | {"where": "TR"}, TODAY) == GOOD
    assert schema_of(FIELDS)["properties"]["topics"]["items"] == {"enum": ["x", "y", "z"]}


async def test_a_published_version_is_never_changed(course: Course) -> None:
    made = await course.manager.post("/v1/forms", json=FORM)
    at = made.headers["location"]
    assert (await course.door.as_().get(at)).status_code == 404
    content = {name: FORM[name] for name in ("title", "fields", "documents")}
    changed = await course.manager.put(
        at, json=content | {"documents": []}, headers={"If-Match": made.headers["etag"]}
    )
    assert (changed.status_code, changed.json()["documents"]) == (200, [])
    assert (await course.manager.post(f"{at}/publication")).json()["state"] == "published"
    refused = await course.manager.put(at, json=content, headers={"If-Match": '"3"'})
    assert refused.json()["code"] == "step-refused"
    assert (await course.door.as_().get(at)).json()["json_schema"]["additionalProperties"] is False
    second = await course.manager.post("/v1/forms", json=FORM)
    assert second.json()["number"] == 2
    assert (await course.manager.post(f"{at}/retirement")).json()["state"] == "retired"
    assert (await course.manager.post(f"{at}/publication")).json()["code"] == "step-refused"
    listed = (await course.door.as_().get("/v1/forms")).json()["items"]
    assert [one["state"] for one in listed] == ["retired"]
    assert len((await course.manager.get("/v1/forms?code=syn-form")).json()["items"]) == 2


async def test_a_faulty_form_is_refused_with_each_place(course: Course) -> None:
    wrong = FORM | {"fields": [{"code": "a", "kind": "text", "label": {"en": "A"}, "relevant": "${b} ="}]}
    refused = await course.manager.post("/v1/forms", json=wrong)
    assert refused.status_code == 422
    (fault,) = refused.json()["errors"]
    assert fault["pointer"] == "/fields/0/relevant"
    assert (await course.officer("TJ").post("/v1/forms", json=FORM)).status_code == 403
