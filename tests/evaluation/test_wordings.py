"""Wordings: what a questionnaire must be to be saved, its languages, and its form in SurveyJS."""

from typing import Any

import pytest

from services.evaluation.domain.forms import describe_block
from services.evaluation.domain.surveyjs import write_surveyjs
from services.evaluation.domain.wordings import Wording, check_wording, translations_of

SCALE = {"kind": "scale", "scale": {}}
CHOICE = {"kind": "single", "options": [{"code": c, "label": {"en": c}} for c in ("a", "b")]}


def asked(code: str, **more: Any) -> dict[str, Any]:
    return {"code": code, "kind": "text", "text": {"en": code}} | more


def scaled(code: str, **more: Any) -> dict[str, Any]:
    return asked(code, kind="scale", **{"scale": {}, **more})


@pytest.mark.parametrize(
    ("questions", "sections", "faults"),
    [
        ([asked("a"), asked("b")], [], []),
        ([asked("a"), asked("a")], [], ["/questions/1/code code_taken"]),
        ([asked("a", section="s"), asked("s")], [{"code": "s"}], ["/questions/1/code code_taken"]),
        (
            [asked("a", comparable_key="k"), asked("b", comparable_key="k")],
            [],
            ["/questions/1/comparable_key key_taken"],
        ),
        ([asked("a", section="s")], [], ["/questions/0/section no_section"]),
        ([scaled("n"), scaled("t", retrospective_pre_of="n")], [], []),
        (
            [
                scaled("n"),
                scaled("t", retrospective_pre_of="n"),
                scaled("u", retrospective_pre_of="n"),
                scaled("v", retrospective_pre_of="t"),
                scaled("w", retrospective_pre_of="gone"),
                scaled("x", retrospective_pre_of="y", scale={"high": 7}),
                scaled("y"),
                scaled("z", retrospective_pre_of="m", subject="lecturer"),
                scaled("m", subject="lecturer"),
                asked("o", retrospective_pre_of="p"),
                asked("p"),
            ],
            [],
            [
                "/questions/2/retrospective_pre_of asked_twice",
                "/questions/3/retrospective_pre_of no_question",
                "/questions/4/retrospective_pre_of no_question",
                "/questions/5/retrospective_pre_of not_comparable",
                "/questions/7/retrospective_pre_of not_comparable",
                "/questions/9/retrospective_pre_of not_comparable",
            ],
        ),
        ([asked("a")], [{"code": "s", "parent": "t"}, {"code": "t"}], ["/sections/0/parent no_section"]),
        ([asked("a")], [{"code": "s", "parent": "s"}], ["/sections/0/parent no_section"]),
        (
            [asked("a")],
            [{"code": "s"}, {"code": "p", "kind": "page", "parent": "s"}],
            ["/sections/1/parent page_inside"],
        ),
        (
            [asked("a")],
            [{"code": "m", "kind": "matrix"}, {"code": "s", "parent": "m"}],
            ["/sections/1/parent section_in_matrix"],
        ),
        (
            [asked("a")],
            [{"code": "s0"}] + [{"code": f"s{n}", "parent": f"s{n - 1}"} for n in range(1, 5)],
            ["/sections/4/parent too_deep"],
        ),
        (
            [asked("a", section="s"), asked("b"), asked("c", section="s")],
            [{"code": "s"}],
            ["/questions/2/section section_torn"],
        ),
        (
            [asked("a", section="t"), asked("b", section="s"), asked("c", section="t")],
            [{"code": "s"}, {"code": "t", "parent": "s"}],
            ["/questions/2/section section_torn"],
        ),
        (
            [asked("a", section="m", **SCALE), asked("b", section="m", **SCALE)],
            [{"code": "m", "kind": "matrix"}],
            [],
        ),
        (
            [asked("a", section="m", **SCALE), asked("b", section="m", **CHOICE), asked("c", section="m")],
            [{"code": "m", "kind": "matrix"}],
            ["/questions/1 matrix_row", "/questions/2 matrix_row"],
        ),
        ([asked("a", **CHOICE), asked("b", relevance="${a} = 'b'")], [], []),
        (
            [asked("a", **CHOICE), asked("b", relevance="${a} = 'x'", constraint="${c} = 1")],
            [],
            ["/questions/1/relevance condition_option", "/questions/1/constraint condition_name"],
        ),
        # What is asked about a lecturer is a response of its own: it cannot look at the edition's.
        (
            [asked("a", **CHOICE), asked("b", subject="lecturer", relevance="${a} = 'b'")],
            [],
            ["/questions/1/relevance condition_name"],
        ),
        (
            [asked("n", kind="note"), asked("b", relevance="${n} = 'b'")],
            [],
            ["/questions/1/relevance condition_name"],
        ),
        (
            [asked("a", **CHOICE), asked("b", section="s"), asked("c", section="s", subject="venue")],
            [{"code": "s", "relevance": "${a} ="}],
            ["/sections/0/relevance condition_syntax"],
        ),
        (
            [asked("a", relevance="${b} = 'x'"), asked("b", section="s")],
            [{"code": "s", "relevance": "${a} = 'x'"}],
            ["/questions/0/relevance condition_circle", "/questions/1/relevance condition_circle"],
        ),
    ],
)
def test_a_wording_makes_sense_or_is_refused_place_by_place(
    questions: list[dict[str, Any]], sections: list[dict[str, Any]], faults: list[str]
) -> None:
    wording = Wording.read(questions, sections)
    assert [f"{fault.pointer} {fault.code}" for fault in check_wording(wording)] == faults


def test_each_language_is_as_far_as_its_texts() -> None:
    label = {"en": "Best", "ru": "Лучше"}
    wording = Wording.read(
        [
            asked("a", text={"en": "A", "ru": "А"}, hint={"en": "h", "kk": "к"}),
            asked("b", text={"en": "B", "ru": "Б"}, kind="scale", scale={"labels": {"5": label}}),
        ],
        [{"code": "s", "title": {"en": "S", "ru": "С"}}, {"code": "t"}],
    )
    found = translations_of(wording, ["en"])
    assert {tag: (t.state, t.translated, t.total) for tag, t in found.items()} == {
        "en": ("reviewed", 5, 5),
        "kk": ("partial", 1, 5),
        "ru": ("partial", 4, 5),
    }
    assert translations_of(wording)["en"].state == "complete"


def test_surveyjs_gets_pages_panels_and_expressions() -> None:
    wording = Wording.read(
        [
            asked("hello", kind="note", relevance="not(${ok})"),
            asked("ok", kind="consent", required=True, hint={"en": "Tick"}),
            asked(
                "topics",
                section="p",
                kind="multiple",
                options=CHOICE["options"],
                constraint="selected(., 'a')",
            ),
            asked("row1", section="m", **SCALE),
            asked("row2", section="m", **SCALE),
            asked("place", section="g", kind="nps", relevance="selected(${topics}, 'a') and ${ok} = 'OK'"),
            asked(
                "own", section="g", kind="scale", scale={"labels": {"1": {"en": "Bad"}}}, not_applicable=True
            ),
            asked(
                "why",
                multiline=True,
                relevance="(mean(${row1}, ${row2}) < 3 or ${place} != 5) and ${topics} != '' and ${pick} = 'a'",
                constraint="regex(., 'a+') and . != ${place}",
                constraint_message={"en": "No", "kk": "Жоқ"},
            ),
            asked("pick", **CHOICE, relevance="selected(${row1}, '2')"),
        ],
        [
            {"code": "p", "kind": "page", "title": {"en": "Page"}, "relevance": "${ok}"},
            {"code": "m", "kind": "matrix", "parent": "p"},
            {"code": "g", "parent": "p"},
        ],
    )
    assert check_wording(wording) == []
    survey = write_surveyjs(wording, {"ru": "Опрос"})
    assert survey["title"] == {"default": "Опрос", "ru": "Опрос"}
    first, page, last = survey["pages"]
    assert (first["name"], page["name"], last["name"]) == ("page1", "p", "page3")
    assert page["visibleIf"] == "{ok} = true"
    hello, ok = first["elements"]
    assert (hello["type"], hello["visibleIf"]) == ("html", "!({ok} = true)")
    assert (ok["type"], ok["isRequired"], ok["description"]["en"]) == ("boolean", True, "Tick")
    topics, matrix, group = page["elements"]
    assert [choice["value"] for choice in topics["choices"]] == ["a", "b"]
    assert topics["validators"][0]["expression"] == "{topics} empty or ({topics} contains 'a')"
    assert [row["name"] for row in matrix["elements"]] == ["row1", "row2"]
    assert (matrix["type"], matrix["elements"][0]["rateMax"]) == ("panel", 5)
    place, own = group["elements"]
    assert place["visibleIf"] == "({topics} contains 'a') and ({ok} = true)"
    assert [choice["value"] for choice in own["choices"]] == [1, 2, 3, 4, 5, "not_applicable"]
    why, pick = last["elements"]
    assert why["type"] == "comment"
    assert why["visibleIf"] == (
        "((avg({row1}, {row2}) < 3) or ({place} <> 5)) and ({topics} notempty) and ({pick} = 'a')"
    )
    assert why["validators"] == [
        {
            "type": "expression",
            "expression": "{why} empty or ((regex({why}, 'a+')) and ({why} <> {place}))",
            "text": {"default": "No", "en": "No", "kk": "Жоқ"},
        }
    ]
    assert pick["visibleIf"] == "{row1} = '2'"


def test_a_question_that_looks_back_says_so_in_every_form() -> None:
    looking = scaled("then", retrospective_pre_of="now")
    wording = Wording.read([scaled("now"), looking], [])
    ui: Any = describe_block(wording, "en")["ui"]
    marks = {code: hints["retrospective_pre_of"] for code, hints in ui["questions"].items()}
    assert marks == {"now": None, "then": "now"}
    (page,) = write_surveyjs(wording, {"en": "Survey"})["pages"]
    assert [each.get("retrospectivePreOf") for each in page["elements"]] == [None, "now"]
