"""Scores composed of several questions: named, versioned weights, and the components always beside them.

A composite hides what it is made of, so it is made of questions only, by weights that were fixed before; criteria
of the OECD DAC and levels of Kirkpatrick are never averaged.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from services.common.states import LifeCycle

COMPOSITE: Final = "weighted-composite@1"


class CompositeState(StrEnum):
    """The life of a version of a composite."""

    DRAFT = "draft"
    PUBLISHED = "published"
    RETIRED = "retired"


COMPOSITE_LIFE: Final = LifeCycle(
    initial=CompositeState.DRAFT,
    transitions={
        CompositeState.DRAFT: frozenset({CompositeState.PUBLISHED}),
        CompositeState.PUBLISHED: frozenset({CompositeState.RETIRED}),
        CompositeState.RETIRED: frozenset(),
    },
)


class Lack(StrEnum):
    """Why a component has no value, and so the composite none."""

    NOT_ASKED = "not_asked"
    HIDDEN = "hidden"
    NO_VALUE = "no_value"
    """The question has no mean: options to choose from."""


@dataclass(frozen=True)
class Component:
    """One question in a composite."""

    comparable_key: str
    weight: int
    n: int | None
    value: float | None
    """From 0, the lowest point of its scale, to 100, the highest."""
    lack: Lack | None


@dataclass(frozen=True)
class Score:
    """A composite of one result, with what it is made of."""

    value: float | None
    """From 0 to 100; None where a component is missing: a score of other questions would be another score."""
    components: Sequence[Component]


def compose(weights: Sequence[tuple[str, int]], figures: Mapping[str, Any]) -> Score:
    """Return the weighted mean of the components, each turned to 0..100 by the ends of its scale.

    Method `weighted-composite@1`: linear aggregation of min-max normalized components.
    Source: OECD/JRC (2008), Handbook on Constructing Composite Indicators, steps 5 to 7.
    """
    asked = {question["comparable_key"]: question for question in figures.get("questions", [])}
    components = [_component(key, weight, asked.get(key)) for key, weight in weights]
    known = [(part.weight, part.value) for part in components if part.value is not None]
    if len(known) < len(components):
        return Score(None, components)
    return Score(sum(w * v for w, v in known) / sum(w for w, _ in known), components)


def _component(key: str, weight: int, question: Mapping[str, Any] | None) -> Component:
    if question is None:
        return Component(key, weight, None, None, Lack.NOT_ASKED)
    cell = question["cell"]
    if cell["suppressed"]:
        return Component(key, weight, None, None, Lack.HIDDEN)
    statistics = cell["statistics"]
    if statistics["kind"] == "nps":
        low, high, value = -100.0, 100.0, statistics.get("score")
    else:
        ends = question["points"] or [0, 0]
        low, high, value = float(ends[0]), float(ends[-1]), statistics.get("mean")
    if value is None:
        return Component(key, weight, cell["n"], None, Lack.NO_VALUE)
    return Component(key, weight, cell["n"], 100 * (value - low) / (high - low), None)
