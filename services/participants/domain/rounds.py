"""Selection rounds: criteria with weights, and what reviewers' points add up to."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True)
class Criterion:
    """What is scored, from 0 to `maximum` points, and how much it counts."""

    code: str
    weight: int
    maximum: int


def total_of(criteria: Sequence[Criterion], points: Mapping[str, int]) -> int:
    """Return one reviewer's score: the weighted mean of the shares reached, in hundredths of a point (0 to 10,000).

    Rounded half up. Raises ValueError unless every criterion has its points and none more than its maximum.
    """
    if points.keys() != {one.code for one in criteria}:
        raise ValueError("each criterion is scored, and nothing else")
    if any(not 0 <= points[one.code] <= one.maximum for one in criteria):
        raise ValueError("points lie between 0 and the maximum")
    reached = sum((Fraction(one.weight * points[one.code], one.maximum) for one in criteria), Fraction(0))
    return _half_up(10_000 * reached / sum(one.weight for one in criteria))


def mean_of(totals: Iterable[int]) -> int | None:
    """Return the mean of reviewers' scores, rounded half up; None where nobody scored."""
    given = list(totals)
    return _half_up(Fraction(sum(given), len(given))) if given else None


def _half_up(value: Fraction) -> int:
    return int(value + Fraction(1, 2))
