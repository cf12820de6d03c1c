"""Intervals for proportions and means: pure functions of numbers, each with its method's id and version."""

from dataclasses import dataclass
from math import erf, exp, lgamma, log, log1p, sqrt
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
    """Return the quantile of Student's t; `probability` within (0, 1), `degrees` above 0.

    Inverts the distribution function by bisection to the last digits of a double.
    """
    if probability < 0.5:
        return -t_quantile(1 - probability, degrees)
    low, high = 0.0, 1.0
    while t_distribution(high, degrees) < probability:
        low, high = high, 2 * high
    for _ in range(200):
        middle = (low + high) / 2
        if middle in (low, high):
            break
        low, high = (middle, high) if t_distribution(middle, degrees) < probability else (low, middle)
    return (low + high) / 2


def t_distribution(t: float, degrees: float) -> float:
    """Return P(T <= t) of Student's t with `degrees` of freedom.

    Source: NIST DLMF 8.17 (regularized incomplete beta function), Abramowitz and Stegun 26.7.1.
    """
    if degrees > 1e7:
        return (1 + erf(t / sqrt(2))) / 2
    tail = _regularized_beta(degrees / (degrees + t * t), degrees / 2, 0.5) / 2
    return 1 - tail if t > 0 else tail


def _regularized_beta(x: float, a: float, b: float) -> float:
    if x in (0.0, 1.0):
        return x
    front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x))
    if x < (a + 1) / (a + b + 2):
        return front * _beta_fraction(x, a, b) / a
    return 1 - front * _beta_fraction(1 - x, b, a) / b


def _beta_fraction(x: float, a: float, b: float) -> float:
    """Return the continued fraction of DLMF 8.17.22, evaluated by Lentz's method."""
    c, d = 1.0, 1 / (1 - (a + b) * x / (a + 1))
    fraction = d
    for m in range(1, 500):
        for term in (
            m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
            -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
        ):
            c, d = 1 + term / c, 1 / (1 + term * d)
            fraction *= c * d
        if abs(c * d - 1) < 1e-15:
            break
    return fraction
