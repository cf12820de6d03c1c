"""Questionnaires: which questions may be asked, which answers fit them, and the form that frontends get."""

from typing import Any

import pytest
from jsonschema import Draft202012Validator
from pydantic import ValidationError

from services.evaluation.domain.instruments import (
    QUESTIONS,
    Question,
    describe_block,
    find_faults,
    fits,
    questions_about,
)

OPTIONS = [{"code": code, "label": {"en": code, "ru": f"{code}-ru"}} for code in ("a", "b", "c")]


def question(kind: str, **more: Any) -> Question:
    shape: dict[str, Any] = {"code": "q", "kind": kind, "text": {"en": "Question", "ru": "Вопрос"}}
    if kind in ("single", "multiple"):
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
]


@pytest.mark.parametrize(("asked", "answer", "good"), ANSWERS)
def test_an_answer_fits_its_question_or_not(asked: Question, answer: object, good: bool) -> None:
    assert fits(asked, answer) is good


@pytest.mark.parametrize(("asked", "answer", "good"), [row for row in ANSWERS if row[0].kind != "note"])
def test_the_form_takes_every_answer_that_fits(asked: Question, answer: object, good: bool) -> None:
    form: Any = describe_block([asked], "en")["schema"]
    Draft202012Validator.check_schema(form)
    if good:
        assert Draft202012Validator(form).is_valid({"q": answer})


def test_faults_name_the_question_and_never_the_answer() -> None:
    asked = QUESTIONS.validate_python(
        [
            question("scale", code="overall", required=True),
            question("text", code="better"),
            question("single", code="sex"),
            question("note", code="hello"),
        ]
    )
    faults = find_faults(asked, {"sex": "canary", "hello": "canary", "x": 1}, "/blocks/0/answers")
    assert sorted((fault.pointer, fault.code) for fault in faults) == [
        ("/blocks/0/answers/hello", "unknown_question"),
        ("/blocks/0/answers/overall", "missing"),
        ("/blocks/0/answers/sex", "answer"),
        ("/blocks/0/answers/x", "unknown_question"),
    ]
    assert "canary" not in repr(faults)
    assert find_faults(asked, {"overall": 4}, "") == []


def test_the_form_speaks_the_language_that_is_asked_for() -> None:
    asked = [
        question(
            "scale", code="overall", required=True, scale={"labels": {"5": {"en": "Best", "ru": "Лучше"}}}
        ),
        question("note", code="hello"),
        question("single", code="pick", not_applicable=True),
        question("consent", code="ok", required=True),
    ]
    form: Any = describe_block(asked, "ru")
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
