"""Whether several items measure one thing, and whether two readers read alike."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from statistics import mean, variance
from typing import Any, Final

from services.evaluation.domain.instruments import Question, QuestionKind
from services.evaluation.domain.intervals import Interval, f_quantile

CRONBACH: Final = "cronbach-alpha-listwise@1"
KAPPA: Final = "cohen-kappa@1"
ENOUGH_FOR_ALPHA: Final = 20
"""Below as many complete answers the interval is shown or nothing (design, statistics (h))."""
MOST_FOR_ALPHA: Final = 100_000
"""Respondents up to whom it is computed: it takes every answer, and a request some tenths of a second."""


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


def group_items(questions: Sequence[Question]) -> dict[str, list[Question]]:
    """Return the questions that are to measure one thing, by its name: those on one scale with the same facet."""
    found: dict[str, list[Question]] = {}
    for question in questions:
        if question.kind is QuestionKind.SCALE and question.facet is not None:
            found.setdefault(question.facet, []).append(question)
    return {
        facet: items
        for facet, items in found.items()
        if len(items) > 1 and len({item.points for item in items}) == 1
    }


def tell_consistency(
    facet: str, answered: Mapping[str, int], n: int, within: float, total: float, k: int
) -> dict[str, Any]:
    """Return the consistency of a facet's questions as it may be told.

    `answered` counts who answered each of them, `n` who answered all; `within` and `total` are the variances of
    these (see `alpha_of`). Nothing is told of few, nor where few answered some of the questions only.
    """
    lone = any(0 < each - n < k for each in answered.values())
    told = n >= max(k, ENOUGH_FOR_ALPHA) and not lone and total > 0
    alpha = alpha_of(len(answered), within, total) if told else None
    return {
        "facet": facet,
        "questions": list(answered),
        "method": CRONBACH,
        "n": n if told else None,
        "alpha": alpha,
        "interval": None if alpha is None else asdict(feldt_interval(alpha, len(answered), n)),
        "suppressed": not told,
    }


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
