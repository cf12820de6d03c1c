"""Notes by rule, editions side by side, lecturers among lecturers (all synthetic)."""

from typing import Any
from uuid import UUID, uuid5

import pytest

from services.evaluation.domain.ballot_counting import tally
from services.evaluation.domain.edition_comparisons import compare_editions
from services.evaluation.domain.instruments import QUESTIONS
from services.evaluation.domain.lecturers import (
    Taught,
    describe_teaching,
    group_of,
    notes_on_teaching,
    place_among,
    set_among_lecturers,
)
from services.evaluation.domain.notes import NoteCode, note
from services.evaluation.domain.results import InferenceTarget, Survey, compute_figures
from services.evaluation.domain.suppression import Audience

SUBJECT = {"kind": "edition", "id": "019b0000-0000-7000-8000-000000000001"}


def asked(**changes: Any) -> list[Any]:
    return QUESTIONS.validate_python(
        [
            {
                "code": "overall",
                "kind": "scale",
                "text": {"en": "Overall"},
                "scale": {},
                "comparable_key": "overall",
            }
            | changes,
            {"code": "advise", "kind": "nps", "text": {"en": "Advise?"}, "comparable_key": "advise"},
            {"code": "again", "kind": "consent", "text": {"en": "Again?"}, "comparable_key": "again"},
            {"code": "own", "kind": "scale", "text": {"en": "Only here"}, "scale": {}},
            {
                "code": "sex",
                "kind": "single",
                "text": {"en": "Sex"},
                "dimension": "sex",
                "options": [
                    {"code": "female", "label": {"en": "Women", "ru": "Женщины"}},
                    {"code": "male", "label": {"en": "Men"}},
                ],
            },
        ]
    )


def figures(
    answers: list[dict[str, Any]],
    *,
    invited: int = 40,
    cohort: dict[str, dict[str, int]] | None = None,
    **changes: Any,
) -> dict[str, Any]:
    questions = asked(**changes)
    counts: dict[tuple[str, str, str], dict[str, int]] = {}
    blocks = [{"subject": SUBJECT, "answers": given} for given in answers]
    for (_, _, dimension, group, code, answer), n in tally(questions, blocks).items():
        counts.setdefault((dimension, group, code), {})[answer] = n
    survey = Survey(
        invited, len(answers), Audience.INTERNAL, 3, InferenceTarget.SIMILAR_COHORTS, cohort or {}
    )
    return compute_figures(questions, counts, survey, ())


def codes(notes: list[dict[str, Any]]) -> list[str]:
    return [str(each["code"]) for each in notes]


def by_code(found: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {question["code"]: question for question in found["questions"]}


def test_the_whole_says_how_many_answered_and_of_whom_it_speaks() -> None:
    found = figures([{"overall": 3}] * 12)
    assert codes(found["notes"]) == ["answered", "few_answered", "similar_cohorts"]
    assert found["notes"][0]["text"] == {
        "en": "12 of 40 answered (30 %).",
        "ru": "Ответили 12 из 40 (30 %).",
        "kk": "40 адамның 12 жауап берді (30 %).",
    }
    assert codes(figures([{"overall": 3}] * 2)["notes"]) == ["similar_cohorts"]  # two are not told of
    assert codes(figures([{"overall": 3}] * 30)["notes"]) == ["answered", "similar_cohorts"]


def test_a_question_says_what_weakens_its_figures() -> None:
    people = [{"overall": 5, "advise": n % 11, "sex": "female" if n < 18 else "male"} for n in range(20)]
    people += [{"sex": "female"}] * 5
    cohort = {"sex": {"female": 20, "male": 20}}
    found = by_code(figures(people, cohort=cohort))
    assert codes(found["overall"]["notes"]) == ["skipped", "hidden_groups"]
    assert codes(found["advise"]["notes"])[0] == "wide"
    assert codes(found["own"]["notes"]) == ["hidden"]
    assert found["sex"]["cell"]["statistics"]["counts"] == {}  # two men are not counted beside the whole
    assert (
        codes(by_code(figures([{"overall": 5}] * 4 + [{"overall": 4}]))["overall"]["notes"])[0] == "clipped"
    )


def test_who_answered_is_set_beside_the_cohort() -> None:
    people = [{"sex": "female"}] * 18 + [{"sex": "male"}] * 6
    notes = by_code(figures(people, cohort={"sex": {"female": 20, "male": 20}}))["sex"]["notes"]
    assert codes(notes) == ["mix", "mix"]
    assert notes[0]["text"]["ru"] == "Женщины: 75 % ответов, 50 % группы."
    assert by_code(figures(people, cohort={"sex": {"female": 30, "male": 10}}))["sex"]["notes"] == []


def test_a_note_takes_any_language_there_is() -> None:
    assert note(NoteCode.MIX, group={"tg": "Занон"}, answers=1, cohort=2)["text"]["en"].startswith("Занон")


def test_editions_are_compared_by_key_and_scale() -> None:
    earlier = figures([{"overall": 1 + n % 5, "advise": n % 11, "again": n % 2 == 0} for n in range(30)])
    later = figures(
        [{"overall": 4 + n % 2, "advise": 9 + n % 2, "again": True} for n in range(39)], text={"en": "In all"}
    )
    found = {each.key: each for each in compare_editions(earlier, later, ({"TJ": 15, "KG": 15}, {"TJ": 39}))}
    assert set(found) == {"overall", "advise", "again"}
    overall = found["overall"]
    assert overall.difference is not None
    assert overall.difference == pytest.approx(4 + 19 / 39 - 3)
    assert overall.low is not None
    assert overall.high is not None
    assert overall.low < 1.5 < overall.high
    assert [str(caveat) for caveat in overall.caveats] == [
        "country_mix_changed",
        "response_rates_apart",
        "wording_changed",
    ]
    assert overall.shares[0].answer == "top_two"
    assert overall.shares[0].difference == pytest.approx(1 - 12 / 30)
    assert overall.adjusted_p_value is not None
    assert overall.p_value is not None
    assert overall.adjusted_p_value >= overall.p_value
    assert found["advise"].difference == pytest.approx(100 - 100 * (6 - 18) / 30, abs=20)
    assert found["again"].difference is None
    assert {each.answer for each in found["again"].shares} == {"True"}


def test_what_cannot_be_compared_is_left_out() -> None:
    few = figures([{"overall": 3}] * 2)
    many = figures([{"overall": 3}] * 9)
    assert compare_editions(few, many, ({}, {})) == []
    other = figures([{"overall": 3}] * 9, scale={"low": 1, "high": 7})
    assert compare_editions(other, many, ({}, {})) == []
    (same,) = compare_editions(many, many, ({}, {}))
    assert (same.difference, same.caveats) == (None, ["few_answers"])  # nobody differs from anybody


def test_a_share_of_nobody_is_not_compared() -> None:
    asked_many = {"overall": 3, "again": True}
    only = by_code(figures([asked_many] * 6))["again"]
    empty = {**only, "cell": {"n": 0, "suppressed": False, "statistics": {"kind": "choices", "counts": {}}}}
    whole = {"response_rate": None, "questions": [empty]}
    found = compare_editions(whole, {"response_rate": None, "questions": [only]}, ({}, {}))
    assert [each.shares for each in found] == [[]]


def lecturers(means: list[float]) -> dict[str, Any]:
    """Groups of 20 answers around each mean."""
    spread = ({-1: 2, 0: 16, 1: 2}, {0: 10, 1: 10})
    groups = {}
    for n, mean in enumerate(means):
        groups[f"l{n}"] = group_of({int(mean) + step: k for step, k in spread[bool(mean % 1)].items()})
    return groups


def test_lecturers_are_set_among_others_and_never_ranked() -> None:
    groups = lecturers([3, 3.5, 3, 3.5, 3, 3.5, 3, 5])
    found = place_among("l7", groups, sessions=2)
    assert isinstance(found, dict)
    assert (found["band"], found["lecturers"]) == ("above", 8)
    assert found["estimate"] < 5
    low = place_among("l0", groups | {"l7": groups["l0"], "l0": group_of({1: 20})}, sessions=2)
    assert isinstance(low, dict)
    assert low["band"] == "below"
    middle = place_among("l1", groups, sessions=2)
    assert isinstance(middle, dict)
    assert middle["band"] == "around"
    assert place_among("l7", groups, sessions=1) is NoteCode.FEW_LECTURERS
    assert place_among("l6", {k: groups[k] for k in ("l6", "l7")}, sessions=2) is NoteCode.FEW_LECTURERS
    assert place_among("l0", lecturers([3] * 8), sessions=2) is NoteCode.NO_RANKING
    assert group_of({}) is None


def test_a_result_of_a_lecturer_says_how_far_it_may_be_read() -> None:
    names = [uuid5(UUID(int=0), str(n)) for n in range(8)]
    own = figures([{"overall": n % 2 + 4, "again": True} for n in range(12)])
    pooled = {
        "overall": {name: {"3": 10, "2": 10, "": 20} for name in names[1:]}
        | {names[0]: {"5": 6, "4": 6, "": 12}}
    }
    found = by_code(set_among_lecturers(own, str(names[0]), pooled, sessions=3))
    among = found["overall"]["cell"]["statistics"]["among_lecturers"]
    assert among["band"] == "above"
    assert "among_lecturers" not in found["again"]["cell"]["statistics"]
    alone = by_code(set_among_lecturers(own, str(names[0]), {}, sessions=3))["overall"]
    assert alone["cell"]["statistics"]["among_lecturers"] is None
    assert codes(alone["notes"])[-1] == "few_lecturers"
    flipped = figures([{"overall": n % 2 + 1} for n in range(12)], reversed=True)
    turned = {"overall": {name: {"3": 10, "4": 10} for name in names[1:]} | {names[0]: {"1": 6, "2": 6}}}
    there = by_code(set_among_lecturers(flipped, str(names[0]), turned, sessions=3))["overall"]
    assert there["cell"]["statistics"]["among_lecturers"]["estimate"] > 4


def test_how_a_lecturer_taught() -> None:
    taught = [
        Taught(["a", "b"], interpreted=["a"], language="ru"),
        Taught(["a"], language="en", modality="on_site"),
        Taught(["b"], stand_ins=["b"], language="kk", modality="online"),
    ]
    assert describe_teaching(taught, "a") == {
        "sessions": 2,
        "languages": ["en", "ru"],
        "co_taught": True,
        "interpreted": True,
        "replaced": True,
        "stood_in": False,
        "online": False,
    }
    assert [each["code"] for each in notes_on_teaching(describe_teaching(taught, "a"))] == [
        "co_taught",
        "interpreted",
        "replaced",
    ]
    stand_in = describe_teaching([Taught(["b"], ["c"], ["b"], None, "hybrid")], "b")
    assert {name for name, is_so in stand_in.items() if is_so is True} == {"stood_in", "online"}
    notes = notes_on_teaching(stand_in)
    assert [each["code"] for each in notes] == ["stood_in", "online"]
    assert all(each["text"].keys() == {"en", "ru", "kk"} for each in notes)
