"""What a survey's answers say: distributions, net promoter score, response rate.

They are functions of counts per value, so a million answers cost as much as ten.
"""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import accumulate
from math import sqrt
from statistics import NormalDist
from typing import Final

from services.evaluation.domain.intervals import Interval, t_interval, wilson_interval

LIKERT: Final = "likert-distribution@1"
NET_PROMOTER: Final = "net-promoter-score@1"
RESPONSE_RATE: Final = "aapor-response-rate@1"


@dataclass(frozen=True)
class Distribution:
    """How answers on an ordered scale fall; what needs more answers than there are is None."""

    n: int
    counts: Mapping[int, int]
    shares: Mapping[int, float]
    mean: float | None
    deviation: float | None
    """Sample standard deviation (n - 1)."""
    median: float | None
    mean_interval: Interval | None
    mean_interval_clipped: bool
    """Whether the t interval left the scale and was cut at its end."""
    top_two: float | None
    top_two_interval: Interval | None


@dataclass(frozen=True)
class NetPromoter:
    """Net promoter score and its interval, in points from -100 to 100."""

    n: int
    score: float
    variance: float
    """Of one answer coded 1, 0, -1: p + d - (p - d)^2."""
    interval: Interval


@dataclass(frozen=True)
class ResponseRates:
    """Response rates of a closed list of people."""

    invited: int
    eligible: int
    rr1: float | None
    """Complete answers only."""
    rr2: float | None
    """Partial answers too."""


def describe_scale(
    counts: Mapping[int, int], low: int, high: int, confidence: float = 0.95, *, fpc: float = 1.0
) -> Distribution:
    """Describe answers on the scale from `low` to `high`; not-applicable and skipped are not among `counts`.

    The mean of an ordinal item is a convention, so the distribution stands beside it. Method
    `likert-distribution@1`. Source: Likert (1932), Archives of Psychology 140; Wilson and t intervals.
    """
    full = {point: counts.get(point, 0) for point in range(low, high + 1)}
    n = sum(full.values())
    if n == 0:
        return Distribution(
            0,
            full,
            {},
            None,
            None,
            None,
            None,
            mean_interval_clipped=False,
            top_two=None,
            top_two_interval=None,
        )
    mean = sum(point * count for point, count in full.items()) / n
    squares = sum(count * (point - mean) ** 2 for point, count in full.items())
    deviation = sqrt(squares / (n - 1)) if n > 1 else None
    raw = t_interval(mean, deviation, n, confidence, fpc=fpc) if deviation is not None else None
    clipped = Interval(max(low, raw.low), min(high, raw.high)) if raw else None
    top = full[high] + full[high - 1]
    return Distribution(
        n=n,
        counts=full,
        shares={point: count / n for point, count in full.items()},
        mean=mean,
        deviation=deviation,
        median=_median(full, n),
        mean_interval=clipped,
        mean_interval_clipped=clipped != raw,
        top_two=top / n,
        top_two_interval=wilson_interval(top, n, confidence, fpc=fpc),
    )


def describe_net_promoter(
    counts: Mapping[int, int], confidence: float = 0.95, *, fpc: float = 1.0
) -> NetPromoter | None:
    """Return the score of answers 0 to 10 (promoters 9-10, detractors 0-6); None without answers.

    Method `net-promoter-score@1`. Source: Reichheld (2003), Harvard Business Review 81(12); the variance is
    that of a trinomial difference. With 20 to 30 people the interval spans some 60 points.
    """
    n = sum(counts.values())
    if n == 0:
        return None
    promoters = sum(count for point, count in counts.items() if point >= 9) / n
    detractors = sum(count for point, count in counts.items() if point <= 6) / n
    net = promoters - detractors
    variance = promoters + detractors - net**2
    half = NormalDist().inv_cdf((1 + confidence) / 2) * fpc * sqrt(max(0.0, variance) / n)
    return NetPromoter(
        n, 100 * net, variance, Interval(100 * max(-1.0, net - half), 100 * min(1.0, net + half))
    )


def response_rates(invited: int, complete: int, partial: int = 0, ineligible: int = 0) -> ResponseRates:
    """Return AAPOR RR1 and RR2 of a closed list; None where nobody was eligible.

    Undeliverable addresses stay among the invited, as non-contact: dropping them would game a threshold.
    Raises ValueError if more answered than were eligible. Method `aapor-response-rate@1`.
    Source: AAPOR, Standard Definitions; a closed list has no unknown eligibility, so RR1 = RR5, RR2 = RR6.
    """
    eligible = invited - ineligible
    if complete + partial > eligible:
        raise ValueError("more answers than eligible people")
    if eligible == 0:
        return ResponseRates(invited, 0, None, None)
    return ResponseRates(invited, eligible, complete / eligible, (complete + partial) / eligible)


def _median(counts: Mapping[int, int], n: int) -> float:
    points = sorted(counts)
    reached = list(accumulate(counts[point] for point in points))
    lower, upper = (points[bisect_right(reached, rank)] for rank in ((n - 1) // 2, n // 2))
    return (lower + upper) / 2
