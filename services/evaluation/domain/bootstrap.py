"""Intervals by resampling, for what has no formula: medians, skewed values, means at the end of a scale."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Final

from services.evaluation.domain.intervals import Interval

BOOTSTRAP: Final = "bootstrap-bca@1"
SEED: Final = 20_250_418
"""Recorded with each result: the same answers give the same interval."""
RESAMPLES: Final = 9_999


class Resampled(StrEnum):
    """What is computed of each resample."""

    MEAN = "mean"
    MEDIAN = "median"


def bootstrap_interval(
    values: Sequence[float],
    statistic: Resampled = Resampled.MEAN,
    confidence: float = 0.95,
    *,
    resamples: int = RESAMPLES,
    seed: int = SEED,
) -> Interval | None:
    """Return the bias-corrected and accelerated interval; it never leaves the range of the values.

    None for fewer than two values or where all are equal. Method `bootstrap-bca@1`.
    Source: Efron (1987), JASA 82:171-185.
    """
    if len(values) < 2 or len(set(values)) == 1:
        return None
    import numpy as np  # noqa: PLC0415  heavy: loaded where it is used
    from scipy.stats import bootstrap  # noqa: PLC0415

    found = bootstrap(
        (np.asarray(values, dtype=float),),
        np.mean if statistic is Resampled.MEAN else np.median,
        n_resamples=resamples,
        confidence_level=confidence,
        method="BCa",
        rng=np.random.default_rng(seed),
        batch=max(1, 2_000_000 // len(values)),
    ).confidence_interval
    return Interval(float(found.low), float(found.high))
