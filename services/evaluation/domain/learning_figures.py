"""What is told of learning in an edition: settled when surveys have been counted, and read as it was settled.

Whoever could ask again after one person's answers were forgotten, or had come late, would subtract and know them.
So a figure that was told stays until enough people have joined it (E3).
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from services.evaluation.domain.learning import (
    LIMITS_OF_THEN_AND_NOW,
    THEN_AND_NOW,
    PairedChange,
    compare_pairs,
    compare_then_and_now,
    describe_gain,
)
from services.evaluation.domain.suppression import DEFAULT_THRESHOLDS, Audience

SETTLE_LEARNING: Final = "learning.settle"
"""Kind of the job; its subject is the edition."""
K: Final = DEFAULT_THRESHOLDS[Audience.INTERNAL]
"""Pairs below which nothing is told, and by which a figure must have grown to be told anew."""


class LearningKind(StrEnum):
    """How learning was measured; never mixed."""

    TEST = "test"
    ATTITUDE = "attitude"
    RETROSPECTIVE = "retrospective"


@dataclass(frozen=True)
class LearningFigure:
    """What is told of one comparison."""

    kind: LearningKind
    subject: UUID
    """The version of the questionnaire; of `retrospective` the survey."""
    question: str
    """Its code; empty for a whole test."""
    n: int
    """Pairs that were told of; 0 where nothing was."""
    figures: dict[str, Any]


def tell_test(form: UUID, before: Mapping[str, float], after: Mapping[str, float]) -> LearningFigure:
    """Return what is told of a test; `before` and `after` are scores in percent by person."""
    change = compare_pairs(before, after)
    hidden = change is not None and change.n < K
    shown = [len(side) if len(side) >= K else None for side in (before, after)]
    figures = {
        "instrument_version_id": str(form),
        "n_before": shown[0],
        "n_after": shown[1],
        "suppressed": hidden,
        "change": _plain(None if hidden else change),
        "gain": None if hidden else asdict(describe_gain(change)),
    }
    return LearningFigure(LearningKind.TEST, form, "", 0 if hidden or change is None else change.n, figures)


def tell_attitude(
    form: UUID, question: str, before: Mapping[str, float], after: Mapping[str, float]
) -> LearningFigure:
    """Return what is told of a question whose answers are paired by codes of their authors' own."""
    change = compare_pairs(before, after)
    told = change if change is not None and change.n >= K else None
    unmatched = len(after.keys() - before.keys())
    # One person who came alone must not be told apart either.
    shown = told is not None and (unmatched == 0 or unmatched >= K)
    figures = {
        "instrument_version_id": str(form),
        "question_code": question,
        "unmatched_share": unmatched / len(after) if shown else None,
        "suppressed": told is None,
        "change": _plain(told),
    }
    return LearningFigure(LearningKind.ATTITUDE, form, question, told.n if told else 0, figures)


@dataclass(frozen=True)
class LookingBack:
    """A question that looks back, in one survey."""

    campaign: UUID
    phase: str
    form: UUID
    then: str
    now: str
    k: int
    """The survey's own threshold."""


def tell_retrospective(asked: LookingBack, answers: Iterable[tuple[object, object, int]]) -> LearningFigure:
    """Return what is told of it; `answers` are those to `then` and to `now`, with how many gave both."""
    told = compare_then_and_now(answers, max(K, asked.k))
    figures = {
        "campaign_id": str(asked.campaign),
        "phase": asked.phase,
        "instrument_version_id": str(asked.form),
        "question_code": asked.now,
        "retrospective_code": asked.then,
        "method": THEN_AND_NOW,
        "limits": LIMITS_OF_THEN_AND_NOW,
        "suppressed": told is None,
        "change": _plain(told),
    }
    n = told.n if told else 0
    return LearningFigure(LearningKind.RETROSPECTIVE, asked.campaign, asked.then, n, figures)


def _plain(change: PairedChange | None) -> dict[str, Any] | None:
    return asdict(change) if change else None
