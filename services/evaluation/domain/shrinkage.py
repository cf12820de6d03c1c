"""Means of lecturers, drawn towards what all have in common as far as each says little (empirical Bayes)."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from math import sqrt
from typing import Final, Generic, TypeVar

SHRINKAGE: Final = "one-way-empirical-bayes@1"
ENOUGH_LECTURERS: Final = 8
"""With fewer, the variance between lecturers comes out 0 too often to mean anything (design, statistics)."""

Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True)
class Group:
    """Answers about one lecturer."""

    n: int
    mean: float
    squares: float
    """Sum of squared deviations from the mean."""


@dataclass(frozen=True)
class ShrunkMean:
    """What is to be expected of a lecturer, and how sure that is."""

    estimate: float
    deviation: float
    """Posterior standard deviation."""
    weight: float
    """How much of the estimate is the lecturer's own: from 0, all shared, to 1."""


@dataclass(frozen=True)
class Shrinkage(Generic[Key]):
    """Estimates by lecturer with what they rest on."""

    within: float
    """Mean square within lecturers."""
    between: float
    """Mean square between lecturers."""
    size: float
    """n0, the size of a group that unequal groups amount to."""
    variance: float
    """tau squared, the variance between lecturers beyond chance; 0 means: the data support no ranking."""
    correlation: float
    """Intraclass correlation."""
    center: float
    means: Mapping[Key, ShrunkMean]


def shrink_means(groups: Mapping[Key, Group]) -> Shrinkage[Key] | None:
    """Return shrunken means; None for fewer than two groups or where no group varies within.

    Raises ValueError for an empty group. Method `one-way-empirical-bayes@1`: MSW, MSB,
    n0 = (N - sum n^2 / N) / (K - 1), tau^2 = max(0, (MSB - MSW) / n0), B = tau^2 / (tau^2 + MSW / n).
    Source: Efron and Morris (1975), JASA 70:311-319; Searle, Casella and McCulloch (1992), ch. 3.
    It ignores that one strict respondent rates several lecturers; where whole cohorts rate all, that cancels.
    """
    if any(group.n < 1 for group in groups.values()):
        raise ValueError("a group without answers has no mean")
    everybody, k = sum(group.n for group in groups.values()), len(groups)
    if k < 2 or everybody <= k:
        return None
    grand = sum(group.n * group.mean for group in groups.values()) / everybody
    within = sum(group.squares for group in groups.values()) / (everybody - k)
    between = sum(group.n * (group.mean - grand) ** 2 for group in groups.values()) / (k - 1)
    if within == 0:
        return None
    size = (everybody - sum(group.n**2 for group in groups.values()) / everybody) / (k - 1)
    variance = max(0.0, (between - within) / size)
    weights = {key: variance / (variance + within / group.n) for key, group in groups.items()}
    center = (
        sum(weights[key] * group.mean for key, group in groups.items()) / sum(weights.values())
        if variance
        else grand
    )
    return Shrinkage(
        within,
        between,
        size,
        variance,
        variance / (variance + within),
        center,
        {
            key: ShrunkMean(
                center + weights[key] * (group.mean - center),
                sqrt(weights[key] * within / group.n),
                weights[key],
            )
            for key, group in groups.items()
        },
    )
