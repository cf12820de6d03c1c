"""Whether several items measure one thing, and whether two readers read alike."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import mean, variance
from typing import Final

from services.evaluation.domain.intervals import Interval, f_quantile

CRONBACH: Final = "cronbach-alpha-listwise@1"
KAPPA: Final = "cohen-kappa@1"
ENOUGH_FOR_ALPHA: Final = 20
"""Below as many complete answers the interval is shown or nothing (design, statistics (h))."""


@dataclass(frozen=True)
class Alpha:
    """Cronbach's alpha with Feldt's interval; alpha may be negative."""

    items: int
    n: int
    """Respondents who answered every item."""
    alpha: float
    interval: Interval


@dataclass(frozen=True)
class Agreement:
    """How far two coders agree beyond chance."""

    n: int
    observed: float
    expected: float
    kappa: float | None
    """None where both use one code for everything: chance explains all."""


def cronbach_alpha(rows: Sequence[Sequence[float | None]], confidence: float = 0.95) -> Alpha | None:
    """Return the internal consistency of items, one row a respondent, reverse-keyed items flipped before.

    Who left an item out is left out (listwise). None for fewer than two items or complete rows, or without
    any variation. Method `cronbach-alpha-listwise@1`. Source: Cronbach (1951), Psychometrika 16:297-334.
    """
    complete = [[value for value in row if value is not None] for row in rows if None not in row]
    n, k = len(complete), len(complete[0]) if complete else 0
    if k < 2 or n < 2:
        return None
    total = variance([sum(row) for row in complete])
    if total == 0:
        return None
    within = sum(variance(column) for column in zip(*complete, strict=True))
    alpha = alpha_of(k, within, total)
    return Alpha(k, n, alpha, feldt_interval(alpha, k, n, confidence))


def alpha_of(items: int, within: float, total: float) -> float:
    """Return alpha from the sum of the items' variances and the variance of their sum, which is not 0."""
    return items / (items - 1) * (1 - within / total)


def feldt_interval(alpha: float, items: int, n: int, confidence: float = 0.95) -> Interval:
    """Return the interval of an alpha of `n` respondents. Source: Feldt (1965), Psychometrika 30:357-370."""
    tail = (1 - confidence) / 2
    degrees = (n - 1, (n - 1) * (items - 1))
    low, high = (1 - (1 - alpha) * f_quantile(p, *degrees) for p in (1 - tail, tail))
    return Interval(low, high)


def cohen_kappa(pairs: Sequence[tuple[str, str]]) -> Agreement | None:
    """Return the agreement of two coders over the same texts; None without any.

    Method `cohen-kappa@1`. Source: Cohen (1960), Educational and Psychological Measurement 20:37-46.
    """
    n = len(pairs)
    if n == 0:
        return None
    observed = mean(float(one == other) for one, other in pairs)
    first, second = Counter(one for one, _ in pairs), Counter(other for _, other in pairs)
    expected = sum(first[code] * second[code] for code in first) / n**2
    kappa = (observed - expected) / (1 - expected) if expected < 1 else None
    return Agreement(n, observed, expected, kappa)
