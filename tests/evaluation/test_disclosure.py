"""What an attacker gains from several releases about the same answers (all synthetic)."""

from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.evaluation.domain.ballot_counting import tally
from services.evaluation.domain.disclosure import (
    Disclosed,
    Range,
    Shown,
    feasible_range,
    find_disclosed,
    find_narrow,
)
from services.evaluation.domain.instruments import QUESTIONS, Question
from services.evaluation.domain.results import InferenceTarget, Survey, compute_figures, find_unsaid
from services.evaluation.domain.suppression import READS, Audience, breakdown_threshold

SUBJECT = {"kind": "edition", "id": "019b0000-0000-7000-8000-000000000001"}
GROUPS = ("students", "faculty", "officials")
ASKED: list[Question] = QUESTIONS.validate_python(
    [
        {"code": "overall", "kind": "scale", "text": {"en": "Overall"}, "scale": {"low": 1, "high": 3}},
        {
            "code": "topics",
            "kind": "multiple",
            "text": {"en": "Topics"},
            "options": [{"code": c, "label": {"en": c}} for c in ("law", "water")],
        },
        {
            "code": "audience",
            "kind": "single",
            "text": {"en": "Audience"},
            "dimension": "audience",
            "options": [{"code": c, "label": {"en": c}} for c in GROUPS],
        },
    ]
)
Person = tuple[str | None, int, frozenset[str]]
PEOPLE = st.lists(
    st.tuples(
        st.sampled_from([*GROUPS, None]),
        st.integers(1, 3),
        st.frozensets(st.sampled_from(["law", "water"])),
    ),
    min_size=1,
    max_size=60,
)


def count(people: Iterable[Person]) -> dict[tuple[str, str, str], dict[str, int]]:
    blocks = [
        {
            "subject": SUBJECT,
            "answers": {"overall": point, "topics": sorted(topics)} | ({"audience": group} if group else {}),
        }
        for group, point, topics in people
    ]
    found: dict[tuple[str, str, str], dict[str, int]] = {}
    for (_, _, dimension, group, code, answer), n in tally(ASKED, blocks).items():
        found.setdefault((dimension, group, code), {})[answer] = n
    return found


def release(people: list[Person], audience: Audience, k: int) -> dict[str, Any]:
    survey = Survey(len(people), len(people), audience, k, InferenceTarget.SIMILAR_COHORTS)
    return compute_figures(ASKED, count(people), survey, ())


THRESHOLDS = {Audience.INTERNAL: 3, Audience.LECTURER: 5, Audience.PARTNER: 5, Audience.PUBLIC: 10}


@settings(deadline=None, max_examples=150)
@given(PEOPLE)
def test_all_that_a_class_of_readers_sees_gives_nobody_away(people: list[Person]) -> None:
    unsaid = find_unsaid(count(people))
    for readers, seen in READS.items():
        releases = [release(people, audience, THRESHOLDS[audience]) for audience in sorted(seen)]
        assert find_disclosed(releases, breakdown_threshold(THRESHOLDS[readers]), unsaid) == []


def three(students: list[int], faculty: list[int], officials: list[int]) -> list[Person]:
    return [
        (group, point, frozenset({"law"}) if n % 2 else frozenset({"water"}))
        for group, points in zip(GROUPS, (students, faculty, officials), strict=True)
        for n, point in enumerate(points)
    ]


def show(figures: dict[str, Any], groups: Iterable[str], people: list[Person]) -> dict[str, Any]:
    """Return a naive release: it shows these groups whatever the rules say."""
    counts = count(people)
    for question in figures["questions"]:
        for breakdown in question["breakdowns"]:
            for cell in breakdown["cells"]:
                if cell["group"] in groups:
                    answers = dict(counts.get(("audience", cell["group"], question["code"]), {}))
                    n = answers.pop("", 0)
                    cell |= {"n": n, "statistics": {"counts": answers}}
    return figures


def test_one_hidden_group_is_the_whole_minus_the_others() -> None:
    """Negative control: two reports, each with two groups hidden, together leave one."""
    people = three([1, 2, 3, 1], [1, 2, 3] * 4, [3, 2, 1] * 5)
    first = show(release(people, Audience.INTERNAL, 40), ["faculty"], people)
    second = show(release(people, Audience.INTERNAL, 40), ["officials"], people)
    for figures in (first, second):  # the whole of both is shown
        for question in figures["questions"]:
            answers = dict(count(people).get(("", "", question["code"]), {}))
            question["cell"] = {"n": answers.pop("", 0), "statistics": {"counts": answers}}
    assert find_disclosed([first], 5) == find_disclosed([second], 5) == []
    together = find_disclosed([first, second], 5)
    assert Disclosed("overall", "audience", "students") in together
    assert Disclosed("topics", "audience", "students") in together


def test_those_hidden_together_are_never_of_one_mind() -> None:
    """Four students and six of the faculty all said 3: what is left over would say so of each."""
    people = three([3] * 4, [3] * 6, [1, 2, 3] * 5)
    naive = show(release(people, Audience.PARTNER, 5), ["officials"], people)
    assert {d.group for d in find_disclosed([naive], 5) if d.question == "overall"} == {"students", "faculty"}
    ours = release(people, Audience.PARTNER, 5)["questions"][0]["breakdowns"][0]["cells"]
    assert all(cell["suppressed"] for cell in ours)


def test_the_range_of_a_sum() -> None:
    shown = [Shown(frozenset("ab"), 10), Shown(frozenset("bc"), 4)]
    assert feasible_range("a", shown) == Range(6, 10)
    assert feasible_range("c", shown).width == 4
    assert feasible_range("d", []).high == float("inf")
    assert feasible_range("a", shown, {"b": 1}) == Range(9, 10)
    assert find_narrow({"first": "a", "both": "ab"}, shown, 5) == ["first", "both"]
    with pytest.raises(ValueError, match="contradicts"):
        feasible_range("a", [Shown(frozenset("a"), 1), Shown(frozenset("a"), 2)])
