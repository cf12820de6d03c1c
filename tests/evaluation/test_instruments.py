"""Questionnaires: which questions may be asked, which answers fit them, and the form that frontends get."""

from datetime import date
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from pydantic import ValidationError

from services.evaluation.domain.answers import fits, mark_answers, settle_answers
from services.evaluation.domain.forms import describe_block
from services.evaluation.domain.instruments import Question, blocks_of, is_test, questions_about
from services.evaluation.domain.wordings import Wording

TODAY = date(2026, 5, 4)
OPTIONS = [{"code": code, "label": {"en": code, "ru": f"{code}-ru"}} for code in ("a", "b", "c")]


def question(kind: str, **more: Any) -> Question:
    shape: dict[str, Any] = {"code": "q", "kind": kind, "text": {"en": "Question", "ru": "Вопрос"}}
    if kind in ("single", "multiple", "rank"):
        shape["options"] = OPTIONS
    if kind == "scale":
        shape["scale"] = {}
    return Question.model_validate(shape | more)


@pytest.mark.parametrize(
    ("kind", "more", "why"),
    [
        ("single", {"options": []}, "has options"),
        ("text", {"options": OPTIONS}, "has options"),
        ("single", {"options": [OPTIONS[0], OPTIONS[0]]}, "different codes"),
        ("multiple", {"options": [{"code": "not_applicable", "label": {"en": "None"}}]}, "not by an option"),
        ("scale", {"scale": None}, "has a scale"),
        ("nps", {"scale": {}}, "has a scale"),
        ("scale", {"scale": {"labels": {"6": {"en": "Six"}}}}, "belong to a point"),
        ("nps", {"reversed": True}, "can be reversed"),
        ("multiple", {"dimension": "sex"}, "optional single choice"),
        ("single", {"dimension": "sex", "required": True}, "optional single choice"),
        ("single", {"dimension": "sex", "subject": "lecturer"}, "optional single choice"),
        ("rank", {"options": []}, "has options"),
        ("scale", {"whole": True}, "can be whole"),
        ("number", {"multiline": True}, "several lines"),
        ("note", {"required": True}, "takes no answer"),
        ("note", {"constraint": ". > 1"}, "takes no answer"),
        ("single", {"correct": ["a", "b"]}, "right answer"),
        ("single", {"correct": ["x"]}, "right answer"),
        ("rank", {"correct": ["a"]}, "right answer"),
    ],
)
def test_questions_that_make_no_sense_are_refused(kind: str, more: dict[str, Any], why: str) -> None:
    with pytest.raises(ValidationError, match=why):
        question(kind, **more)


ANSWERS: list[tuple[Question, object, bool]] = [
    (question("scale"), 5, True),
    (question("scale"), 6, False),
    (question("scale"), True, False),
    (question("scale", not_applicable=True), "not_applicable", True),
    (question("scale"), "not_applicable", False),
    (question("nps"), 0, True),
    (question("nps"), 11, False),
    (question("number"), 3.5, True),
    (question("number"), -7, True),
    (question("number"), 1e12, False),
    (question("number"), True, False),
    (question("consent"), False, True),
    (question("consent", required=True), True, True),
    (question("consent", required=True), False, False),
    (question("consent"), 1, False),
    (question("single"), "a", True),
    (question("single"), "x", False),
    (question("single"), ["a"], False),
    (question("multiple"), ["a", "c"], True),
    (question("multiple"), [], True),
    (question("multiple"), ["a", "a"], False),
    (question("multiple"), ["a", "x"], False),
    (question("multiple"), ["a", 1], False),
    (question("multiple"), "a", False),
    (question("text"), "More practice", True),
    (question("text"), " ", False),
    (question("text"), 4, False),
    (question("note"), "anything", False),
    (question("number", whole=True), 3, True),
    (question("number", whole=True), 3.5, False),
    (question("rank"), ["b", "a", "c"], True),
    (question("rank"), ["b", "a"], False),
    (question("rank"), ["b", "a", "a"], False),
    (question("date"), "2026-02-28", True),
    (question("date"), "2026-02-30", False),
    (question("date"), "28.02.2026", False),
    (question("date"), 20260228, False),
    (question("time"), "23:59", True),
    (question("time"), "24:60", False),
    (question("datetime"), "2026-02-28T23:59", True),
    (question("datetime"), "2026-02-28", False),
    (question("datetime"), "2026-02-28T23:61", False),
]


@pytest.mark.parametrize(("asked", "answer", "good"), ANSWERS)
def test_an_answer_fits_its_question_or_not(asked: Question, answer: object, good: bool) -> None:
    assert fits(asked, answer) is good


@pytest.mark.parametrize(("asked", "answer", "good"), [row for row in ANSWERS if row[0].kind != "note"])
def test_the_form_takes_every_answer_that_fits(asked: Question, answer: object, good: bool) -> None:
    form: Any = describe_block(Wording([asked]), "en")["schema"]
    Draft202012Validator.check_schema(form)
    if good:
        assert Draft202012Validator(form).is_valid({"q": answer})


def test_faults_name_the_question_and_never_the_answer() -> None:
    asked = Wording(
        [
            question("scale", code="overall", required=True),
            question("text", code="better"),
            question("single", code="sex"),
            question("note", code="hello"),
        ]
    )
    given = {"sex": "canary", "hello": "canary", "x": 1}
    _, faults = settle_answers(asked, given, TODAY, "/blocks/0/answers")
    assert sorted((fault.pointer, fault.code) for fault in faults) == [
        ("/blocks/0/answers/hello", "unknown_question"),
        ("/blocks/0/answers/overall", "missing"),
        ("/blocks/0/answers/sex", "answer"),
        ("/blocks/0/answers/x", "unknown_question"),
    ]
    assert "canary" not in repr(faults)
    assert settle_answers(asked, {"overall": 4}, TODAY, "")[1] == []


CONDITIONAL = Wording.read(
    [
        question("consent", code="attended").model_dump(),
        question(
            "scale", code="useful", section="abroad", required=True, not_applicable=True, constraint=". > 1"
        ).model_dump(),
        question(
            "text", code="why", section="abroad", relevance="${useful} <= 2", required=True
        ).model_dump(),
    ],
    [{"code": "abroad", "relevance": "${attended}"}],
)


@pytest.mark.parametrize(
    ("given", "kept", "dropped", "wrong"),
    [
        ({}, {}, 0, []),
        ({"attended": False, "useful": 2, "why": 7}, {"attended": False}, 2, []),
        ({"useful": 99}, {}, 1, []),
        ({"attended": True}, {"attended": True}, 0, ["/useful missing"]),
        ({"attended": True, "useful": 4, "why": "?"}, {"attended": True, "useful": 4}, 1, []),
        ({"attended": True, "useful": 2}, {"attended": True, "useful": 2}, 0, ["/why missing"]),
        ({"attended": True, "useful": 1, "why": "?"}, None, 0, ["/useful constraint"]),
        ({"attended": True, "useful": "not_applicable"}, None, 0, []),
    ],
)
def test_what_was_not_to_be_asked_is_dropped_and_counted(
    given: dict[str, Any], kept: dict[str, Any] | None, dropped: int, wrong: list[str]
) -> None:
    settled, faults = settle_answers(CONDITIONAL, given, TODAY, "")
    assert [f"{fault.pointer} {fault.code}" for fault in faults] == wrong
    assert settled.dropped == dropped
    assert settled.answers == (given if kept is None else kept)


def test_a_test_is_marked_by_its_right_answers() -> None:
    asked = Wording(
        [
            question("single", code="one", correct=["b"]),
            question("multiple", code="two", correct=["a", "c"]),
            question("text", code="why"),
        ]
    )
    assert is_test(asked.questions)
    assert not is_test(asked.questions[2:])
    assert mark_answers(asked, {"one": "b", "two": ["c", "a"], "why": "?"}) == (2, 2)
    assert mark_answers(asked, {"one": "b", "two": ["a"]}) == (1, 2)
    assert mark_answers(asked, {}) == (0, 2)
    shown = str(describe_block(asked, "en"))
    assert "correct" not in shown


def test_the_form_speaks_the_language_that_is_asked_for() -> None:
    asked = [
        question(
            "scale", code="overall", required=True, scale={"labels": {"5": {"en": "Best", "ru": "Лучше"}}}
        ),
        question("note", code="hello"),
        question("single", code="pick", not_applicable=True),
        question("consent", code="ok", required=True),
    ]
    form: Any = describe_block(Wording(asked), "ru")
    assert form["schema"]["required"] == ["overall", "ok"]
    assert form["ui"]["order"] == ["overall", "hello", "pick", "ok"]
    assert form["ui"]["questions"]["overall"]["labels"] == {"5": "Лучше"}
    assert form["ui"]["questions"]["pick"]["labels"] == {}
    properties = form["schema"]["properties"]
    assert properties["overall"] == {"title": "Вопрос", "type": "integer", "minimum": 1, "maximum": 5}
    assert properties["ok"] == {"title": "Вопрос", "const": True}
    choice, inapplicable = properties["pick"]["anyOf"]
    assert choice["oneOf"][0] == {"const": "a", "title": "a-ru"}
    assert inapplicable == {"const": "not_applicable"}
    assert "hello" not in properties


def test_questions_about_the_lecturer_stand_apart() -> None:
    asked = [
        question("scale", code="clear", subject="lecturer"),
        question("scale", code="venue", subject="venue"),
    ]
    assert [q.code for q in questions_about(asked, "lecturer")] == ["clear"]
    assert [q.code for q in questions_about(asked, "edition")] == ["venue"]
    assert list(question("text").points) == []
    assert blocks_of(asked) == ["edition", "lecturer"]
    assert blocks_of([question("scale", subject="session")]) == ["edition", "session"]
