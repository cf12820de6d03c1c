"""Results: from counters to figures that may be shown to an audience."""

from collections import Counter as Tally
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final

from services.common.states import LifeCycle
from services.evaluation.domain import statistics as st
from services.evaluation.domain.instruments import (
    COUNTED_KINDS,
    NOT_APPLICABLE,
    Dimension,
    Question,
    QuestionKind,
)
from services.evaluation.domain.intervals import (
    FINITE_POPULATION,
    STUDENT_T,
    WILSON,
    finite_population_correction,
)
from services.evaluation.domain.notes import NOTES, notes_on_question, notes_on_whole
from services.evaluation.domain.suppression import (
    Audience,
    SuppressionRule,
    breakdown_threshold,
    hide_cells,
)

CONFIDENCE: Final = 0.95
METHODS: Final = [st.LIKERT, st.NET_PROMOTER, st.RESPONSE_RATE, FINITE_POPULATION, WILSON, STUDENT_T, NOTES]
_UNCOUNTED: Final = frozenset(QuestionKind) - COUNTED_KINDS

_YES_NO: Final = {
    "True": {"en": "Yes", "ru": "Да", "kk": "Иә"},
    "False": {"en": "No", "ru": "Нет", "kk": "Жоқ"},
}

RESPONDENTS: Final = ""
"""In place of an answer: counts those who answered the question, which thresholds and shares look at."""

Counts = Mapping[tuple[str, str, str], Mapping[str, int]]
"""(dimension, group, question) -> answer -> n; the empty question counts responses."""


class SnapshotState(StrEnum):
    """The life of a snapshot."""

    DRAFT = "draft"
    FROZEN = "frozen"
    PUBLISHED = "published"
    WITHHELD = "withheld"
    WITHDRAWN = "withdrawn"


SNAPSHOT_LIFE: Final = LifeCycle(
    initial=SnapshotState.DRAFT,
    transitions={
        SnapshotState.DRAFT: frozenset({SnapshotState.FROZEN}),
        SnapshotState.FROZEN: frozenset({SnapshotState.PUBLISHED, SnapshotState.WITHHELD}),
        SnapshotState.PUBLISHED: frozenset({SnapshotState.WITHDRAWN}),
        SnapshotState.WITHHELD: frozenset({SnapshotState.WITHDRAWN}),
        SnapshotState.WITHDRAWN: frozenset(),
    },
)


class InferenceTarget(StrEnum):
    """What an interval speaks of."""

    THIS_COHORT = "this_cohort"
    SIMILAR_COHORTS = "similar_cohorts"


@dataclass(frozen=True)
class Survey:
    """How many were asked and answered, and for whom the figures are made."""

    invited: int
    answered: int
    audience: Audience
    k: int
    target: InferenceTarget
    cohort: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    """People of the cohort by dimension and group, where every group is large enough to be told of."""


def compute_figures(
    questions: Sequence[Question], counts: Counts, survey: Survey, countries: Sequence[str]
) -> dict[str, Any]:
    """Return the figures of one subject with everything hidden that this audience may not see.

    `countries` are those of the edition, a public fact: their cells are listed, and hidden by rule.
    """
    rates = st.response_rates(survey.invited, survey.answered)
    dimensions = _dimensions(questions, countries)
    figures: dict[str, Any] = {
        "n_invited": rates.invited,
        "n_eligible": rates.eligible,
        "n_answered": survey.answered if survey.answered >= survey.k else None,
        "response_rate": {"rr1": rates.rr1, "rr2": rates.rr2} if survey.answered >= survey.k else None,
        "threshold": survey.k,
        "confidence": CONFIDENCE,
        "inference_target": survey.target,
        "methods": METHODS,
        "questions": [
            _question(q, counts, survey, dimensions) for q in questions if q.kind not in _UNCOUNTED
        ],
    }
    return figures | {"notes": notes_on_whole(figures)}


def find_unsaid(counts: Counts) -> set[tuple[str, str]]:
    """Return (question, dimension) where somebody answered without saying to which group they belong."""
    grouped: Tally[tuple[str, str]] = Tally()
    for (dimension, _, question), answers in counts.items():
        if dimension and question:
            grouped[question, dimension] += _respondents(answers)
    return {place for place, n in grouped.items() if n < _respondents(counts.get(("", "", place[0]), {}))}


def _question(
    question: Question, counts: Counts, survey: Survey, dimensions: Mapping[str, Sequence[str]]
) -> dict[str, Any]:
    found = counts.get(("", "", question.code), {})
    rule = SuppressionRule.TOO_FEW if _respondents(found) < survey.k else None
    breakdowns: list[dict[str, Any]] = []
    if question.dimension is Dimension.COUNTRY:
        cell = hidden_cell(SuppressionRule.COUNTRY_OF_ONE_EDITION)
    elif question.dimension is not None:
        cell = _group_sizes(question, found, rule, survey)
    else:
        cell = _cell(question, found, rule, survey)
        breakdowns = [_breakdown(question, d, groups, counts, survey) for d, groups in dimensions.items()]
    described = describe_question(question) | {
        "comparable_key": question.comparable_key,
        "level": question.level,
        "criterion": question.criterion,
        "subject": question.subject,
        "dimension": question.dimension,
        "cell": cell,
        "breakdowns": breakdowns,
    }
    answered = survey.answered if survey.answered >= survey.k else None
    labels = {option.code: option.label for option in question.options}
    return described | {"notes": notes_on_question(described, answered, survey.cohort, labels)}


def describe_question(question: Question) -> dict[str, Any]:
    """Return what was asked, as it stands beside figures."""
    return {
        "code": question.code,
        "kind": question.kind,
        "text": question.text,
        "points": list(question.points),
        "labels": _labels(question),
    }


def count_given(question: Question, found: Mapping[str, int]) -> dict[str, int]:
    """Return how often each answer was given, as figures count it: without "does not apply", a scale turned."""
    survey = Survey(0, 0, Audience.INTERNAL, 0, InferenceTarget.SIMILAR_COHORTS)
    counts: dict[str, int] = _statistics(question, _answers(found), _respondents(found), survey)["counts"]
    return counts


def _labels(question: Question) -> dict[str, dict[str, str]]:
    """Return what the options, or the points that are named, are called."""
    if question.kind is QuestionKind.CONSENT:
        return _YES_NO
    named = question.scale.labels if question.scale else {}
    return {option.code: option.label for option in question.options} | {str(p): t for p, t in named.items()}


def _group_sizes(
    question: Question, found: Mapping[str, int], rule: SuppressionRule | None, survey: Survey
) -> dict[str, Any]:
    """Return how many of each group answered, without the groups whose answers are hidden for their size."""
    cell = _cell(question, found, rule, survey)
    if rule is None:
        sizes = {option.code: found.get(option.code, 0) for option in question.options}
        hidden = hide_cells(sizes, [list(sizes)], breakdown_threshold(survey.k))
        for part in ("counts", "shares"):
            kept = {g: n for g, n in cell["statistics"][part].items() if g not in hidden}
            cell["statistics"][part] = kept
    return cell


def _dimensions(questions: Sequence[Question], countries: Sequence[str]) -> dict[str, list[str]]:
    """Return the groups of each breakdown, those that nobody belongs to included: absence would tell."""
    asked = {q.dimension: sorted(o.code for o in q.options) for q in questions if q.dimension}
    return dict(sorted((asked | ({Dimension.COUNTRY: sorted(countries)} if countries else {})).items()))


def _respondents(found: Mapping[str, int]) -> int:
    return found.get(RESPONDENTS, 0)


def _breakdown(
    question: Question, dimension: str, groups: Sequence[str], counts: Counts, survey: Survey
) -> dict[str, Any]:
    if dimension == Dimension.COUNTRY:
        hidden = hidden_cell(SuppressionRule.COUNTRY_OF_ONE_EDITION)
        return {"dimension": dimension, "cells": [{"group": group} | hidden for group in groups]}
    found = {group: counts.get((dimension, group, question.code), {}) for group in groups}
    whole = counts.get(("", "", question.code), {})
    return {"dimension": dimension, "cells": tell_groups(question, found, whole, survey)}


def tell_groups(
    question: Question,
    found: Mapping[str, Mapping[str, int]],
    whole: Mapping[str, int],
    survey: Survey,
    withheld: Mapping[str, SuppressionRule] = MappingProxyType({}),
) -> list[dict[str, Any]]:
    """Return a cell for each group of respondents, hidden where it or what is left over would tell of few.

    `found` and `whole` are answers with their numbers, of each group and of everybody; `withheld` are groups that
    another rule hides already.
    """
    sizes = {group: _respondents(answers) for group, answers in found.items()}
    # Those who did not say to which group they belong are a cell of the same line, and never shown.
    unsaid = _respondents(whole) - sum(sizes.values())
    line = sizes | ({"": unsaid} if unsaid else {})
    rest = Tally(whole)
    for answers in found.values():
        rest.subtract(answers)
    everybody = {**found, "": rest}
    unanimous = {group for group, answers in found.items() if _tells_of_each(answers)}

    def agree(covered: Collection[str]) -> bool:
        return _tells_of_each(sum((Tally(everybody[group]) for group in covered), Tally()))

    hidden = unanimous | ({""} & line.keys()) | withheld.keys()
    rules = hide_cells(line, [list(line)], breakdown_threshold(survey.k), hidden, agree) | dict(withheld)
    return [{"group": g} | _cell(question, found[g], rules.get(g), survey) for g in found]


def _tells_of_each(found: Mapping[str, int]) -> bool:
    """Say whether all gave one answer or chose one option, or all chose none: so each of them is known."""
    kept = _answers(found)
    return max(kept.values(), default=_respondents(found)) == _respondents(found)


def _answers(found: Mapping[str, int]) -> dict[str, int]:
    return {answer: n for answer, n in found.items() if answer not in (RESPONDENTS, NOT_APPLICABLE)}


def hidden_cell(rule: SuppressionRule) -> dict[str, Any]:
    """Return a cell that tells nothing but why."""
    return {"n": None, "statistics": None, "suppressed": True, "rule": rule}


def _cell(
    question: Question, found: Mapping[str, int], rule: SuppressionRule | None, survey: Survey
) -> dict[str, Any]:
    if rule is not None:
        return hidden_cell(rule)
    n = _respondents(found)
    return {
        "n": n,
        "statistics": _statistics(question, _answers(found), n, survey),
        "suppressed": False,
        "rule": None,
    }


def _statistics(question: Question, found: Mapping[str, int], n: int, survey: Survey) -> dict[str, Any]:
    if question.kind in (QuestionKind.SINGLE, QuestionKind.MULTIPLE, QuestionKind.CONSENT):
        chosen = dict(sorted(found.items()))
        return {"kind": "choices", "counts": chosen, "shares": {a: k / n for a, k in chosen.items()}}
    fpc = 1.0
    if survey.target is InferenceTarget.THIS_COHORT:
        fpc = finite_population_correction(n, survey.invited)
    counts = {int(answer): k for answer, k in found.items()}
    if question.kind is QuestionKind.NPS:
        score = st.describe_net_promoter(counts, CONFIDENCE, fpc=fpc)
        return {"kind": "nps", "counts": _keyed(counts)} | (asdict(score) if score else {})
    low, high = question.points[0], question.points[-1]
    if question.reversed:
        counts = {low + high - point: k for point, k in counts.items()}
    scale = asdict(st.describe_scale(counts, low, high, CONFIDENCE, fpc=fpc))
    scale["counts"], scale["shares"] = _keyed(scale["counts"]), _keyed(scale["shares"])
    return {"kind": "scale", "reversed": question.reversed} | scale


def _keyed(counts: Mapping[int, Any]) -> dict[str, Any]:
    return {str(point): n for point, n in counts.items()}
