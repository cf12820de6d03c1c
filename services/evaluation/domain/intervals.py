"""Intervals for proportions and means: pure functions of numbers, each with its method's id and version."""

from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist
from typing import Final

WILSON: Final = "wilson@1"
STUDENT_T: Final = "student-t@1"
FINITE_POPULATION: Final = "finite-population-correction@1"


@dataclass(frozen=True)
class Interval:
    """A two-sided confidence interval."""

    low: float
    high: float


def wilson_interval(k: float, n: int, confidence: float = 0.95, *, fpc: float = 1.0) -> Interval | None:
    """Return the score interval of a proportion `k` of `n`; None for n = 0.

    `fpc` is a finite-population correction, by which the standard error is multiplied. Method `wilson@1`.
    Source: Wilson (1927), JASA 22:209-212; Newcombe (1998), Statistics in Medicine 17:857-872.
    """
    if n == 0:
        return None
    if fpc == 0:
        return Interval(k / n, k / n)
    z = NormalDist().inv_cdf((1 + confidence) / 2) * fpc
    p, squared = k / n, z * z
    center = (p + squared / (2 * n)) / (1 + squared / n)
    half = z * sqrt(p * (1 - p) / n + squared / (4 * n * n)) / (1 + squared / n)
    low = 0.0 if k == 0 else max(0.0, center - half)
    return Interval(low, 1.0 if k == n else min(1.0, center + half))


def t_interval(
    mean: float, deviation: float, n: int, confidence: float = 0.95, *, fpc: float = 1.0
) -> Interval | None:
    """Return the interval of a mean with sample standard deviation `deviation`; None for n < 2.

    Method `student-t@1`. Source: Student (1908), Biometrika 6:1-25. It may leave the scale: clip and say so.
    """
    if n < 2:
        return None
    half = t_quantile((1 + confidence) / 2, n - 1) * fpc * deviation / sqrt(n)
    return Interval(mean - half, mean + half)


def finite_population_correction(n: int, population: int) -> float:
    """Return sqrt((N - n) / (N - 1)), the factor of standard errors about this cohort; 0 for a full census.

    Raises ValueError if more answered than there are. Method `finite-population-correction@1`.
    Source: Cochran (1977), Sampling Techniques, 3rd ed., section 2.6.
    """
    if n > population:
        raise ValueError("more answers than people")
    return sqrt((population - n) / (population - 1)) if population > 1 else 0.0


def t_quantile(probability: float, degrees: float) -> float:
    """Return the quantile of Student's t; `probability` within (0, 1), `degrees` above 0."""
    from scipy.special import stdtrit  # noqa: PLC0415  heavy: loaded where it is used

    return float(stdtrit(degrees, probability))


def t_tail(value: float, degrees: float) -> float:
    """Return the probability that Student's t exceeds `value`."""
    from scipy.special import stdtr  # noqa: PLC0415  heavy: loaded where it is used

    return float(stdtr(degrees, -value))


def f_quantile(probability: float, numerator: float, denominator: float) -> float:
    """Return the quantile of Fisher's F with these degrees of freedom; `probability` within (0, 1)."""
    from scipy.special import fdtri  # noqa: PLC0415  heavy: loaded where it is used

    return float(fdtri(numerator, denominator, probability))
