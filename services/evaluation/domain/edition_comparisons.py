"""What differs between the published results of two editions, from what both show."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from math import sqrt
from typing import Any, Final

from services.evaluation.domain.comparisons import (
    HEDGES,
    HOLM,
    NEWCOMBE,
    RESPONSE_GAP,
    WELCH,
    Caveat,
    MeanDifference,
    Sample,
    adjust_by_holm,
    compare_means,
    compare_shares,
    moved_shares,
)
from services.evaluation.domain.intervals import Interval

METHODS: Final = [WELCH, HEDGES, HOLM, NEWCOMBE]
FEW: Final = 10
"""Answers below which a difference is told with the caveat that it rests on few."""


@dataclass(frozen=True)
class ShareChange:
    """How the share of one answer, or of the two best, moved."""

    answer: str
    difference: float
    low: float
    high: float


@dataclass(frozen=True)
class QuestionComparison:
    """One question in both editions."""

    key: str
    """The comparable key; it stays where wordings and codes change."""
    kind: str
    text: Mapping[str, str]
    """The later wording."""
    n_earlier: int
    n_later: int
    difference: float | None
    """Of means on the scale, or of net promoter scores in points; None for questions without a mean."""
    low: float | None
    high: float | None
    p_value: float | None
    adjusted_p_value: float | None
    """For the number of questions compared (Holm)."""
    effect_size: float | None
    """Hedges' g."""
    shares: Sequence[ShareChange]
    caveats: Sequence[Caveat]


def compare_editions(
    earlier: Mapping[str, Any],
    later: Mapping[str, Any],
    countries: tuple[Mapping[str, int], Mapping[str, int]],
) -> list[QuestionComparison]:
    """Return each question that both results show under the same comparable key and on the same scale.

    `countries` count the participants of both editions, which are public facts. No figure that either result
    hides is used, so a comparison tells nothing that its two results do not.
    """
    before = {q["comparable_key"]: q for q in earlier["questions"] if _may_compare(q)}
    pairs = [
        (before[q["comparable_key"]], q)
        for q in later["questions"]
        if _may_compare(q) and _alike(before.get(q["comparable_key"]), q)
    ]
    general = _general_caveats(earlier, later, countries)
    means = [_difference(was, now) for was, now in pairs]
    adjusted = iter(adjust_by_holm([found.p_value for found in means if found]))
    return [
        QuestionComparison(
            key=now["comparable_key"],
            kind=now["kind"],
            text=now["text"],
            n_earlier=was["cell"]["n"],
            n_later=now["cell"]["n"],
            difference=found.difference if found else None,
            low=found.interval.low if found else None,
            high=found.interval.high if found else None,
            p_value=found.p_value if found else None,
            effect_size=found.effect_size if found else None,
            adjusted_p_value=next(adjusted) if found else None,
            shares=_shares(was["cell"], now["cell"]),
            caveats=[*general, *_caveats(was, now)],
        )
        for (was, now), found in zip(pairs, means, strict=True)
    ]


def _may_compare(question: Mapping[str, Any]) -> bool:
    return bool(question["comparable_key"]) and not question["cell"]["suppressed"]


def _alike(was: Mapping[str, Any] | None, now: Mapping[str, Any]) -> bool:
    return was is not None and (was["kind"], was["points"]) == (now["kind"], now["points"])


def _general_caveats(
    earlier: Mapping[str, Any],
    later: Mapping[str, Any],
    countries: tuple[Mapping[str, int], Mapping[str, int]],
) -> list[Caveat]:
    caveats = [Caveat.COUNTRY_MIX_CHANGED] if moved_shares(*countries) else []
    before, after = ((side["response_rate"] or {}).get("rr1") for side in (earlier, later))
    if before is not None and after is not None and abs(after - before) >= RESPONSE_GAP:
        caveats.append(Caveat.RESPONSE_RATES_APART)
    return caveats


def _caveats(was: Mapping[str, Any], now: Mapping[str, Any]) -> list[Caveat]:
    caveats = [Caveat.WORDING_CHANGED] if was["text"] != now["text"] else []
    return caveats + ([Caveat.FEW_ANSWERS] if min(was["cell"]["n"], now["cell"]["n"]) < FEW else [])


def _difference(was: Mapping[str, Any], now: Mapping[str, Any]) -> MeanDifference | None:
    sides = [_sample(each["cell"]["statistics"]) for each in (was, now)]
    if sides[0] is None or sides[1] is None:
        return None
    found = compare_means(sides[0], sides[1])
    if found is None:
        return None
    if now["kind"] != "nps":
        return found
    points = Interval(100 * found.interval.low, 100 * found.interval.high)
    return replace(found, difference=100 * found.difference, interval=points)


def _sample(statistics: Mapping[str, Any]) -> Sample | None:
    """Return the mean of a scale, or of promoters as 1 and detractors as -1; None without one."""
    n = statistics.get("n", 0)
    if n < 2:
        return None
    if statistics["kind"] == "nps":
        return Sample(n, statistics["score"] / 100, sqrt(max(0.0, statistics["variance"]) * n / (n - 1)))
    return Sample(n, statistics["mean"], statistics["deviation"])


def _shares(was: Mapping[str, Any], now: Mapping[str, Any]) -> list[ShareChange]:
    before, after = was["statistics"], now["statistics"]
    if after["kind"] == "choices":
        counts = [(a, before["counts"].get(a, 0), n) for a, n in after["counts"].items()]
    elif after["kind"] == "scale":
        counts = [("top_two", *(round(side["top_two"] * side["n"]) for side in (before, after)))]
    else:
        return []
    changes = []
    for answer, k_before, k_after in counts:
        found = compare_shares((k_before, was["n"]), (k_after, now["n"]))
        if found:
            changes.append(ShareChange(answer, found.difference, **asdict(found.interval)))
    return changes
