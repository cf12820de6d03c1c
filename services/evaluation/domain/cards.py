"""One view of what came of an edition, by Kirkpatrick's levels."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from services.evaluation.domain.instruments import KirkpatrickLevel


def levels_of(results: Iterable[tuple[UUID, str, Mapping[str, Any]]]) -> list[dict[str, Any]]:
    """Return the figures of published results by level, each level once, empty where nothing is known.

    `results` are (id, phase, figures). Levels are never added up: a mean of reactions says nothing of results.
    """
    by_level: dict[KirkpatrickLevel, list[dict[str, Any]]] = {level: [] for level in KirkpatrickLevel}
    for result_id, phase, figures in results:
        for question in figures["questions"]:
            if question["level"] is not None:
                by_level[KirkpatrickLevel(question["level"])].append(_figure(result_id, phase, question))
    return [{"level": level, "figures": figures} for level, figures in by_level.items()]


def _figure(result_id: UUID, phase: str, question: Mapping[str, Any]) -> dict[str, Any]:
    statistics = question["cell"]["statistics"] or {}
    return {
        "result_id": result_id,
        "phase": phase,
        "question": question["code"],
        "text": question["text"],
        "n": question["cell"]["n"],
        "mean": statistics.get("mean", statistics.get("score")),
        "top_two": statistics.get("top_two"),
        "suppressed": question["cell"]["suppressed"],
        "notes": [note["text"] for note in question["notes"]],
    }
