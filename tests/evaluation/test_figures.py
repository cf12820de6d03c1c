"""Figures from counters: thresholds and shares look at respondents, whatever they chose (all synthetic)."""

from typing import Any
from uuid import uuid4

import pytest

from services.evaluation.domain.ballot_counting import tally
from services.evaluation.domain.instruments import QUESTIONS, Question
from services.evaluation.domain.results import InferenceTarget, Survey, compute_figures
from services.evaluation.domain.suppression import Audience

TOPICS = [{"code": code, "label": {"en": code}} for code in ("law", "water", "health")]
SEXES = [{"code": code, "label": {"en": code}} for code in ("female", "male")]
QUESTIONNAIRE = QUESTIONS.validate_python(
    [
        {
            "code": "topics",
            "kind": "multiple",
            "text": {"en": "Which topics?"},
            "options": TOPICS,
            "not_applicable": True,
        },
        {"code": "overall", "kind": "scale", "text": {"en": "Overall"}, "scale": {}, "not_applicable": True},
        {"code": "again", "kind": "consent", "text": {"en": "May we ask you again?"}},
        {"code": "sex", "kind": "single", "text": {"en": "Sex"}, "dimension": "sex", "options": SEXES},
    ]
)


def figures_of(
    answers: list[dict[str, Any]],
    k: int = 3,
    *,
    questions: list[Question] = QUESTIONNAIRE,
    target: InferenceTarget = InferenceTarget.THIS_COHORT,
    countries: tuple[str, ...] = (),
) -> dict[str, dict[str, Any]]:
    """Count the answers and return the figures of each question for 40 who were invited."""
    subject = {"kind": "edition", "id": str(uuid4())}
    counts: dict[tuple[str, str, str], dict[str, int]] = {}
    blocks = [{"subject": subject, "answers": given} for given in answers]
    for (_, _, dimension, group, code, answer), n in tally(questions, blocks).items():
        counts.setdefault((dimension, group, code), {})[answer] = n
    survey = Survey(40, len(answers), Audience.INTERNAL, k, target)
    figures = compute_figures(questions, counts, survey, countries)
    return {question["code"]: question for question in figures["questions"]}


def cells_of(question: dict[str, Any]) -> dict[str, tuple[int | None, str | None]]:
    (breakdown,) = question["breakdowns"]
    return {cell["group"]: (cell["n"], cell["rule"]) for cell in breakdown["cells"]}


def test_two_people_with_three_choices_each_are_two_respondents() -> None:
    everything = {"topics": ["law", "water", "health"]}
    cell = figures_of([everything, everything])["topics"]["cell"]
    assert (cell["suppressed"], cell["rule"], cell["n"]) == (True, "too_few_respondents", None)


def test_shares_of_choices_are_shares_of_respondents() -> None:
    given: list[Any] = [["law", "water"], ["law"], ["water", "law"], [], "not_applicable"]
    cell = figures_of([{"topics": topics} for topics in given])["topics"]["cell"]
    assert cell["n"] == 4  # "does not apply" is no answer, and none of the options is one
    assert cell["statistics"] == {
        "kind": "choices",
        "counts": {"law": 3, "water": 2},
        "shares": {"law": 0.75, "water": 0.5},
    }


def test_who_answers_nothing_is_no_respondent_of_the_question() -> None:
    figures = figures_of([{"overall": 4}, {"overall": 5}, {"overall": "not_applicable"}, {}])
    assert figures["overall"]["cell"]["rule"] == "too_few_respondents"
    assert figures["topics"]["cell"]["rule"] == "too_few_respondents"


def test_a_breakdown_counts_respondents_and_not_choices() -> None:
    women = [{"sex": "female", "topics": ["law"] if n else ["water"]} for n in range(6)]
    men = [{"sex": "male", "topics": ["law", "water", "health"]}, {"sex": "male", "topics": ["health"]}]
    figures = figures_of(women + men)
    assert figures["topics"]["cell"]["n"] == 8
    assert cells_of(figures["topics"]) == {
        "female": (None, "complement"),
        "male": (None, "too_few_respondents"),
    }


@pytest.mark.parametrize(
    ("topics", "hidden"),
    [
        ([["law"], ["law", "water"], ["law"], ["law", "health"], ["law"], ["law"]], True),
        ([[]] * 6, True),
        ([["law"], ["law"], ["law"], ["law"], ["law"], []], False),
    ],
)
def test_a_group_that_agrees_on_an_option_is_hidden(topics: list[list[str]], hidden: bool) -> None:
    women = [{"sex": "female", "topics": chosen} for chosen in topics]
    men = [{"sex": "male", "topics": ["law"] if n else []} for n in range(6)]
    cells = cells_of(figures_of(women + men)["topics"])
    assert cells["female"] == ((None, "unanimous_breakdown_cell") if hidden else (6, None))
    assert cells["male"] == ((None, "complement") if hidden else (6, None))


def test_a_group_of_which_nobody_answered_is_not_told_by_its_absence() -> None:
    cells = cells_of(figures_of([{"sex": "female", "overall": n % 5 + 1} for n in range(12)])["overall"])
    assert cells == {"female": (None, "complement"), "male": (None, "too_few_respondents")}


def test_those_who_did_not_say_protect_nobody_else() -> None:
    """One man who kept his sex to himself would be known from the total and the two groups."""
    women = [{"sex": "female", "overall": n % 5 + 1} for n in range(8)]
    men = [{"sex": "male", "overall": n % 5 + 1} for n in range(7)]
    cells = cells_of(figures_of([*women, *men, {"overall": 1}])["overall"])
    assert cells == {"female": (8, None), "male": (None, "complement")}


def test_the_sample_of_similar_cohorts_is_not_corrected_for_a_finite_one() -> None:
    answers = [{"overall": n % 5 + 1} for n in range(30)]
    here = figures_of(answers)["overall"]["cell"]["statistics"]["mean_interval"]
    there = figures_of(answers, target=InferenceTarget.SIMILAR_COHORTS)["overall"]["cell"]["statistics"]
    assert there["mean_interval"]["low"] < here["low"] < here["high"] < there["mean_interval"]["high"]


def test_a_reversed_scale_is_turned_before_it_is_described() -> None:
    question = {"code": "dull", "kind": "scale", "text": {"en": "Dull"}, "scale": {}, "reversed": True}
    figures = figures_of([{"dull": 1}] * 3 + [{"dull": 2}], questions=QUESTIONS.validate_python([question]))
    assert figures["dull"]["cell"]["statistics"]["mean"] == 4.75
    assert figures["dull"]["cell"]["statistics"]["counts"] == {"1": 0, "2": 0, "3": 0, "4": 1, "5": 3}


def test_countries_of_one_edition_are_hidden_by_rule() -> None:
    asked = QUESTIONS.validate_python(
        [{"code": "advise", "kind": "nps", "text": {"en": "Would you advise it?"}}]
    )
    figures = figures_of([{"advise": n % 11} for n in range(22)], questions=asked, countries=("TJ", "KG"))
    assert figures["advise"]["cell"]["statistics"]["counts"] == {str(point): 2 for point in range(11)}
    assert figures["advise"]["cell"]["statistics"]["score"] == pytest.approx(-500 / 11)
    assert cells_of(figures["advise"]) == {
        "KG": (None, "country_of_one_edition"),
        "TJ": (None, "country_of_one_edition"),
    }
