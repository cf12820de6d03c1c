"""What a lecturer's mean says beside those of others: drawn towards them, never ranked among them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from statistics import NormalDist
from typing import Any, Final
from uuid import UUID

from services.evaluation.domain.notes import NoteCode, note
from services.evaluation.domain.shrinkage import ENOUGH_LECTURERS, SHRINKAGE, Group, shrink_means

MINIMUM_SESSIONS: Final = 2
"""Below, a mean is of a day rather than of a lecturer (design, evaluation)."""
_FROM_AFAR: Final = frozenset({"online", "hybrid"})
"""Modalities in which some, or all, did not sit in the lecturer's room."""


class Band(StrEnum):
    """Where a lecturer's interval lies; overlapping ones share a band."""

    BELOW = "below"
    AROUND = "around"
    ABOVE = "above"


def group_of(counts: Mapping[int, int]) -> Group | None:
    """Return the answers of one lecturer, by point of the scale; None without any."""
    n = sum(counts.values())
    if not n:
        return None
    mean = sum(point * k for point, k in counts.items()) / n
    return Group(n, mean, sum(k * (point - mean) ** 2 for point, k in counts.items()))


@dataclass(frozen=True)
class Taught:
    """One session that a lecturer gave, or was to give."""

    lecturers: Sequence[str]
    """Who gave it."""
    interpreted: Sequence[str] = ()
    """Those of them who were heard through an interpreter."""
    stand_ins: Sequence[str] = ()
    """Those of them who stood in for others."""
    language: str | None = None
    modality: str | None = None


def describe_teaching(sessions: Sequence[Taught], lecturer: str) -> dict[str, Any]:
    """Return how a lecturer taught: how often, in which languages, and what else stood between them and the marks.

    Among `sessions` are those in which others stood in for the lecturer; they count as taught by those.
    """
    taught = [session for session in sessions if lecturer in session.lecturers]
    return {
        "sessions": len(taught),
        "languages": sorted({session.language for session in taught if session.language}),
        "co_taught": any(len(session.lecturers) > 1 for session in taught),
        "interpreted": any(lecturer in session.interpreted for session in taught),
        "replaced": len(taught) < len(sessions),
        "stood_in": any(lecturer in session.stand_ins for session in taught),
        "online": any(session.modality in _FROM_AFAR for session in taught),
    }


def notes_on_teaching(teaching: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return in plain words what must be known of how a lecturer taught."""
    codes = (NoteCode.CO_TAUGHT, NoteCode.INTERPRETED, NoteCode.REPLACED, NoteCode.STOOD_IN, NoteCode.ONLINE)
    return [note(code) for code in codes if teaching[code]]


def set_among_lecturers(
    figures: Mapping[str, Any],
    lecturer: str,
    pooled: Mapping[str, Mapping[UUID, Mapping[str, int]]],
    sessions: int,
) -> dict[str, Any]:
    """Return the figures with each shown mean set beside those of all lecturers, or a note why it is not.

    `pooled` is question -> lecturer -> answer -> n over the editions of the program, for those who taught in the
    same languages.
    """
    questions = []
    for question in figures["questions"]:
        statistics = question["cell"]["statistics"]
        if not statistics or statistics["kind"] != "scale":
            questions.append(question)
            continue
        groups = {
            str(name): group
            for name, answers in pooled.get(question["code"], {}).items()
            if (group := group_of(_on_scale(answers, question, flipped=statistics["reversed"])))
        }
        found = place_among(lecturer, groups, sessions)
        notes = [*question["notes"], note(found)] if isinstance(found, NoteCode) else question["notes"]
        among = None if isinstance(found, NoteCode) else found
        cell = {**question["cell"], "statistics": statistics | {"among_lecturers": among}}
        questions.append({**question, "cell": cell, "notes": notes})
    return {**figures, "questions": questions, "methods": [*figures["methods"], SHRINKAGE]}


def _on_scale(answers: Mapping[str, int], question: Mapping[str, Any], *, flipped: bool) -> dict[int, int]:
    points = question["points"]
    counts = {point: answers.get(str(point), 0) for point in points}
    return {points[0] + points[-1] - point: n for point, n in counts.items()} if flipped else counts


def place_among(
    lecturer: str, groups: Mapping[str, Group], sessions: int, confidence: float = 0.95
) -> dict[str, Any] | NoteCode:
    """Return a lecturer's shrunken mean with its interval and band, or why there is none.

    Only with `ENOUGH_LECTURERS` in the pool and `MINIMUM_SESSIONS` taught; where lecturers do not differ
    beyond chance nobody is placed (method `one-way-empirical-bayes@1`).
    """
    if len(groups) < ENOUGH_LECTURERS or sessions < MINIMUM_SESSIONS or lecturer not in groups:
        return NoteCode.FEW_LECTURERS
    found = shrink_means(groups)
    if found is None or found.variance == 0:
        return NoteCode.NO_RANKING
    own = found.means[lecturer]
    half = NormalDist().inv_cdf((1 + confidence) / 2) * own.deviation
    low, high = own.estimate - half, own.estimate + half
    band = Band.BELOW if high < found.center else Band.ABOVE if low > found.center else Band.AROUND
    return {
        "estimate": own.estimate,
        "interval": {"low": low, "high": high},
        "weight": own.weight,
        "center": found.center,
        "lecturers": len(groups),
        "band": band,
    }
