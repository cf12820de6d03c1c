"""Results: from counters to figures that may be shown to an audience."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, Final

from services.common.states import LifeCycle
from services.evaluation.domain import statistics as st
from services.evaluation.domain.instruments import NOT_APPLICABLE, Dimension, Question, QuestionKind
from services.evaluation.domain.intervals import (
    FINITE_POPULATION,
    STUDENT_T,
    WILSON,
    finite_population_correction,
)
from services.evaluation.domain.suppression import (
    Audience,
    SuppressionRule,
    breakdown_threshold,
    hide_cells,
)

CONFIDENCE: Final = 0.95
METHODS: Final = [st.LIKERT, st.NET_PROMOTER, st.RESPONSE_RATE, FINITE_POPULATION, WILSON, STUDENT_T]
_UNCOUNTED: Final = frozenset({QuestionKind.TEXT, QuestionKind.NOTE, QuestionKind.NUMBER})

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


def compute_figures(
    questions: Sequence[Question], counts: Counts, survey: Survey, countries: Sequence[str]
) -> dict[str, Any]:
    """Return the figures of one subject with everything hidden that this audience may not see.

    `countries` are those of the edition, a public fact: their cells are listed, and hidden by rule.
    """
    rates = st.response_rates(survey.invited, survey.answered)
    return {
        "n_invited": rates.invited,
        "n_eligible": rates.eligible,
        "n_answered": survey.answered if survey.answered >= survey.k else None,
        "response_rate": {"rr1": rates.rr1, "rr2": rates.rr2} if survey.answered >= survey.k else None,
        "threshold": survey.k,
        "confidence": CONFIDENCE,
        "inference_target": survey.target,
        "methods": METHODS,
        "questions": [_question(q, counts, survey, countries) for q in questions if q.kind not in _UNCOUNTED],
    }


def _question(question: Question, counts: Counts, survey: Survey, countries: Sequence[str]) -> dict[str, Any]:
    found = counts.get(("", "", question.code), {})
    answered = sum(n for answer, n in found.items() if answer != NOT_APPLICABLE)
    rule = SuppressionRule.TOO_FEW if answered < survey.k else None
    group_question = question.dimension is not None
    return {
        "code": question.code,
        "kind": question.kind,
        "text": question.text,
        "level": question.level,
        "criterion": question.criterion,
        "subject": question.subject,
        "cell": hidden_cell(SuppressionRule.COUNTRY_OF_ONE_EDITION)
        if question.dimension is Dimension.COUNTRY
        else _cell(question, found, rule, survey),
        "breakdowns": []
        if group_question
        else [_breakdown(question, d, counts, survey, countries) for d in _dimensions(counts, countries)],
    }


def _dimensions(counts: Counts, countries: Sequence[str]) -> list[str]:
    met = {dimension for dimension, _, _ in counts if dimension}
    return sorted(met | ({Dimension.COUNTRY} if countries else set()))


def _breakdown(
    question: Question, dimension: str, counts: Counts, survey: Survey, countries: Sequence[str]
) -> dict[str, Any]:
    if dimension == Dimension.COUNTRY:
        hidden = hidden_cell(SuppressionRule.COUNTRY_OF_ONE_EDITION)
        return {"dimension": dimension, "cells": [{"group": c} | hidden for c in sorted(countries)]}
    groups = {
        group: {a: n for a, n in found.items() if a != NOT_APPLICABLE}
        for (d, group, code), found in counts.items()
        if d == dimension and code == question.code
    }
    total = sum(n for a, n in counts.get(("", "", question.code), {}).items() if a != NOT_APPLICABLE)
    sizes = {group: sum(found.values()) for group, found in groups.items()}
    # Those who did not say to which group they belong are a cell of the same line, and never shown.
    unsaid = total - sum(sizes.values())
    line = {**sizes} | ({"": unsaid} if unsaid else {})
    unanimous = {group for group, found in groups.items() if len(found) == 1} | ({""} if unsaid else set())
    hidden = hide_cells(line, [list(line)], breakdown_threshold(survey.k), unanimous)
    return {
        "dimension": dimension,
        "cells": [
            {"group": group} | _cell(question, found, hidden.get(group), survey)
            for group, found in sorted(groups.items())
        ],
    }


def hidden_cell(rule: SuppressionRule) -> dict[str, Any]:
    """Return a cell that tells nothing but why."""
    return {"n": None, "statistics": None, "suppressed": True, "rule": rule}


def _cell(
    question: Question, found: Mapping[str, int], rule: SuppressionRule | None, survey: Survey
) -> dict[str, Any]:
    if rule is not None:
        return hidden_cell(rule)
    kept = {answer: n for answer, n in found.items() if answer != NOT_APPLICABLE}
    return {
        "n": sum(kept.values()),
        "statistics": _statistics(question, kept, survey),
        "suppressed": False,
        "rule": None,
    }


def _statistics(question: Question, found: Mapping[str, int], survey: Survey) -> dict[str, Any]:
    n = sum(found.values())
    if question.kind in (QuestionKind.SINGLE, QuestionKind.MULTIPLE, QuestionKind.CONSENT):
        return {"kind": "choices", "counts": dict(sorted(found.items()))}
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
