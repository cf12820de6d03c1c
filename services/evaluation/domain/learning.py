"""What people have learned: tests before and after, paired by person, and attitudes paired by codes of their own.

Only pairs count: who took one of the two says nothing of change (E9).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from statistics import fmean, stdev
from typing import Final

from services.evaluation.domain.intervals import Interval, t_interval, t_tail

NORMALIZED_GAIN: Final = "normalized-gain@1"
PAIRED_T: Final = "paired-t@1"
HEDGES_AV: Final = "hedges-g-av@1"
THEN_AND_NOW: Final = "retrospective-pre@1"
LEARNING_METHODS: Final = (NORMALIZED_GAIN, PAIRED_T, HEDGES_AV)
LIMITS_OF_THEN_AND_NOW: Final = {
    "en": "Both asked afterwards: people judge by what they know now (response shift), remember imperfectly and"
    " like to have changed. Not the same as asking before and after, and not to be compared with it.",
    "ru": "Оба вопроса заданы после курса: люди судят исходя из нынешних знаний (сдвиг оценки), помнят неточно"
    " и склонны видеть в себе перемены. Это не то же, что опрос до и после, и сравнивать их нельзя.",
    "kk": "Екі сұрақ та курстан кейін қойылған: адамдар қазіргі білімімен бағалайды (бағалау ығысуы), дәл есінде"
    " сақтамайды және өзгерісті көргісі келеді. Бұл курсқа дейінгі және кейінгі сауалнамамен бірдей емес,"
    " оларды салыстыруға болмайды.",
}
HIGHEST_SCORE: Final = 100.0
"""Tests are scored in percent of what was asked."""


class GainBand(StrEnum):
    """How large a normalized gain is (Hake 1998): high from 0.7, medium from 0.3."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class GainReason(StrEnum):
    """Why there is no gain to tell of."""

    NO_PAIRS = "no_pairs"
    NOTHING_TO_GAIN = "nothing_to_gain"
    """All knew everything before: the gain is undefined, and no figure is invented for it."""


@dataclass(frozen=True)
class PairedChange:
    """How the same people stood before and after."""

    n: int
    before: float
    after: float
    difference: float
    interval: Interval | None
    """Of the difference, at 95 percent; None for fewer than two pairs."""
    p_value: float | None
    effect_size: float | None
    """In average standard deviations, corrected for small samples; None where nobody differs from anybody."""


@dataclass(frozen=True)
class Gain:
    """The share of what could still be gained that was gained, on the means of those with both tests."""

    value: float | None
    band: GainBand | None
    reason: GainReason | None


def normalized_gain(before: float, after: float, highest: float = HIGHEST_SCORE) -> float | None:
    """Return (after - before) / (highest - before); None where nothing could be gained; negative for a loss.

    Method `normalized-gain@1`, on class means. Source: Hake (1998), American Journal of Physics 66:64-74.
    """
    return None if before >= highest else (after - before) / (highest - before)


def describe_gain(change: PairedChange | None) -> Gain:
    """Return the gain of a test, or why there is none (E9)."""
    if change is None:
        return Gain(None, None, GainReason.NO_PAIRS)
    value = normalized_gain(change.before, change.after)
    if value is None:
        return Gain(None, None, GainReason.NOTHING_TO_GAIN)
    band = GainBand.HIGH if value >= 0.7 else GainBand.MEDIUM if value >= 0.3 else GainBand.LOW
    return Gain(value, band, None)


def compare_pairs(before: Mapping[str, float], after: Mapping[str, float]) -> PairedChange | None:
    """Return how those who stand in both mappings changed; None if nobody does.

    Methods `paired-t@1` (Student 1908) and `hedges-g-av@1` (Lakens 2013, Frontiers in Psychology 4:863, eq. 10).
    """
    both = sorted(before.keys() & after.keys())
    return _compare([before[key] for key in both], [after[key] for key in both])


def _compare(first: Sequence[float], second: Sequence[float]) -> PairedChange | None:
    if not first:
        return None
    changes = [late - early for early, late in zip(first, second, strict=True)]
    n, mean = len(first), fmean(changes)
    return PairedChange(
        n=n,
        before=fmean(first),
        after=fmean(second),
        difference=mean,
        interval=t_interval(mean, stdev(changes), n) if n > 1 else None,
        p_value=_p_value(changes),
        effect_size=_effect_size(first, second),
    )


def compare_then_and_now(answers: Iterable[tuple[object, object, int]], k: int) -> PairedChange | None:
    """Return how people say that they have changed, each in one response; None where it would tell of few.

    `answers` are those to the question that looks back and to the one about now, with how many gave both. Fewer
    than `k` who answered one of the two only are told apart by subtraction from the results: then nothing is.
    Method `retrospective-pre@1`, with the figures of pairs. Source: Howard and Dailey (1979), Journal of Applied
    Psychology 64:144-150.
    """
    first: list[float] = []
    second: list[float] = []
    alone = [0, 0]
    for then, now, n in answers:
        if type(then) is int and type(now) is int:
            first += [float(then)] * n
            second += [float(now)] * n
            continue
        for side, value in enumerate((then, now)):
            alone[side] += n if type(value) is int else 0
    if len(first) < k or any(0 < n < k for n in alone):
        return None
    return _compare(first, second)


def _p_value(changes: Sequence[float]) -> float | None:
    """Return the two-sided p-value of no change; None where it cannot be told."""
    n = len(changes)
    deviation = stdev(changes) if n > 1 else 0.0
    if deviation == 0:
        return None
    return 2 * t_tail(abs(fmean(changes)) / (deviation / n**0.5), n - 1)


def _effect_size(first: Sequence[float], second: Sequence[float]) -> float | None:
    n = len(first)
    average = (stdev(first) + stdev(second)) / 2 if n > 1 else 0.0
    if average == 0:
        return None
    return (1 - 3 / (4 * (n - 1) - 1)) * (fmean(second) - fmean(first)) / average


def without_doubles(pairs: Sequence[tuple[bytes, Mapping[str, float]]]) -> dict[bytes, Mapping[str, float]]:
    """Return the answers by code, without codes that came more than once: nobody knows whose they are."""
    codes = [code for code, _ in pairs]
    return {code: answers for code, answers in pairs if codes.count(code) == 1}
