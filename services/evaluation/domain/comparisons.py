"""Comparing two editions: differences with their intervals, adjusted for how many were asked at once.

Only questions with the same comparable key, scale and phase are compared; what else differs is said as a caveat.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import sqrt
from typing import Final

from services.evaluation.domain.intervals import Interval, t_quantile, t_tail, wilson_interval

NEWCOMBE: Final = "newcombe-hybrid@1"
WELCH: Final = "welch-t@1"
HEDGES: Final = "hedges-g@1"
HOLM: Final = "holm@1"
RESPONSE_GAP: Final = 0.20
"""Response rates this far apart make two cohorts hard to compare (design, statistics (j))."""
MIX_GAP: Final = 0.20
"""A share of a country that moved by as much, likewise."""


@dataclass(frozen=True)
class Sample:
    """What a difference of means needs to know of one side."""

    n: int
    mean: float
    deviation: float
    """Sample standard deviation (n - 1)."""


@dataclass(frozen=True)
class MeanDifference:
    """The later mean minus the earlier one, with Welch's interval and p-value, and Hedges' g beside it."""

    difference: float
    interval: Interval
    p_value: float
    degrees: float
    effect_size: float | None
    """In pooled standard deviations; None where nobody differs from anybody."""


@dataclass(frozen=True)
class ShareDifference:
    """The later share minus the earlier one, from -1 to 1."""

    difference: float
    interval: Interval


class Caveat(StrEnum):
    """Why a difference between two editions may not be one of the editions."""

    WORDING_CHANGED = "wording_changed"
    COUNTRY_MIX_CHANGED = "country_mix_changed"
    RESPONSE_RATES_APART = "response_rates_apart"
    FEW_ANSWERS = "few_answers"


def compare_shares(
    earlier: tuple[int, int], later: tuple[int, int], confidence: float = 0.95
) -> ShareDifference | None:
    """Return the difference of two independent proportions `(k, n)`; None where either side is empty.

    Not valid for the same people twice. Method `newcombe-hybrid@1`: hybrid of two Wilson intervals.
    Source: Newcombe (1998), Statistics in Medicine 17:873-890, method 10.
    """
    before = wilson_interval(*earlier, confidence)
    after = wilson_interval(*later, confidence)
    if before is None or after is None:
        return None
    was, is_now = earlier[0] / earlier[1], later[0] / later[1]
    difference = is_now - was
    below = sqrt((is_now - after.low) ** 2 + (before.high - was) ** 2)
    above = sqrt((after.high - is_now) ** 2 + (was - before.low) ** 2)
    return ShareDifference(difference, Interval(difference - below, difference + above))


def compare_means(earlier: Sample, later: Sample, confidence: float = 0.95) -> MeanDifference | None:
    """Return the difference of two independent means; None where a side has fewer than two answers.

    Methods `welch-t@1` (Welch 1947, Biometrika 34:28-35; degrees of freedom by Satterthwaite) and `hedges-g@1`
    (Hedges 1981, Journal of Educational Statistics 6:107-128, with J = 1 - 3 / (4 df - 1)).
    Where neither side varies there is no interval to speak of: None too.
    """
    if min(earlier.n, later.n) < 2:
        return None
    parts = [side.deviation**2 / side.n for side in (earlier, later)]
    error = sqrt(sum(parts))
    if error == 0:
        return None
    degrees = sum(parts) ** 2 / sum(
        part**2 / (side.n - 1) for part, side in zip(parts, (earlier, later), strict=True)
    )
    difference = later.mean - earlier.mean
    half = t_quantile((1 + confidence) / 2, degrees) * error
    return MeanDifference(
        difference=difference,
        interval=Interval(difference - half, difference + half),
        p_value=2 * t_tail(abs(difference) / error, degrees),
        degrees=degrees,
        effect_size=hedges_g(earlier, later),
    )


def hedges_g(earlier: Sample, later: Sample) -> float | None:
    """Return the standardized difference, corrected for small samples; None without any variation."""
    degrees = earlier.n + later.n - 2
    if degrees < 1:
        return None
    pooled = sqrt(sum((side.n - 1) * side.deviation**2 for side in (earlier, later)) / degrees)
    if pooled == 0:
        return None
    return (1 - 3 / (4 * degrees - 1)) * (later.mean - earlier.mean) / pooled


def adjust_by_holm(p_values: Sequence[float]) -> list[float]:
    """Return the p-values adjusted for their number, in the given order, each at most 1.

    Method `holm@1`. Source: Holm (1979), Scandinavian Journal of Statistics 6:65-70.
    """
    order = sorted(range(len(p_values)), key=lambda place: p_values[place])
    adjusted = [0.0] * len(p_values)
    reached = 0.0
    for rank, place in enumerate(order):
        reached = max(reached, min(1.0, (len(p_values) - rank) * p_values[place]))
        adjusted[place] = reached
    return adjusted


def moved_shares(earlier: Mapping[str, int], later: Mapping[str, int]) -> bool:
    """Say whether a group's share of the cohort moved by `MIX_GAP` or more; an empty side never does."""
    before, after = sum(earlier.values()), sum(later.values())
    if not before or not after:
        return False
    return any(
        abs(later.get(group, 0) / after - earlier.get(group, 0) / before) >= MIX_GAP
        for group in earlier.keys() | later.keys()
    )
