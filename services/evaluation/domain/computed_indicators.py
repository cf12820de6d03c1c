"""Indicators that this system computes from its own data, edition by edition.

Every edition adds a numerator and a denominator, so that figures roll up and each person counts once (E13). An
edition without data adds nothing, never zero (E11), and one whose figure is hidden adds nothing either (E3): why
is said beside the value.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Any, Final
from uuid import UUID

from services.evaluation.domain.action_plans import ItemProgress, PlanMoment
from services.evaluation.domain.indicators import TOTAL, Figure, IndicatorSource
from services.evaluation.domain.learning import NORMALIZED_GAIN
from services.evaluation.domain.outcomes import SEXES, THRESHOLD, UNSAID, hide_in_table
from services.evaluation.domain.statistics import LIKERT, NET_PROMOTER
from services.evaluation.domain.suppression import (
    DEFAULT_THRESHOLDS,
    Audience,
    SuppressionRule,
    hide_cells,
    withholding_rule,
)

PUBLIC_K: Final = DEFAULT_THRESHOLDS[Audience.PUBLIC]
"""What an approved indicator says is published, so the public's rules hold for each edition in it."""
COUNTED: Final = "counted-records@1"
POOLED: Final = "pooled-numerators@1"
"""Numerators and denominators of editions are added; percentages are never averaged."""
_PLANS: Final = "action-plans-begun@1"
METHODS: Final[Mapping[IndicatorSource, Sequence[str]]] = {
    IndicatorSource.SURVEY_SHARE: (POOLED, LIKERT),
    IndicatorSource.SURVEY_MEAN: (POOLED, LIKERT, NET_PROMOTER),
    IndicatorSource.GAIN: (POOLED, NORMALIZED_GAIN),
    IndicatorSource.ACTION_PLANS: (POOLED, _PLANS),
}
"""By source; the others count records."""
_APPLIED: Final = frozenset({ItemProgress.BEGUN, ItemProgress.DONE})
_EXACT: Final = Decimal("0.0001")


class Omission(StrEnum):
    """Why an edition adds nothing to a computed value."""

    HIDDEN = "hidden"
    """A rule hides its figure."""
    NOT_ASKED = "not_asked"
    """Its published result has no such question."""
    NOT_COMPARABLE = "not_comparable"
    """The question was asked on another scale, or by another kind of answer."""
    NOTHING_TO_GAIN = "nothing_to_gain"
    """All knew everything before."""


@dataclass(frozen=True)
class Part:
    """What one edition adds."""

    edition_id: UUID
    n: int
    """People it speaks of."""
    numerator: Decimal
    denominator: Decimal
    result_id: UUID | None = None
    """The published result that it was read from."""


@dataclass(frozen=True)
class LeftOut:
    """An edition that adds nothing, and why."""

    edition_id: UUID
    reason: Omission
    rule: SuppressionRule | None = None
    """Which rule hides it."""


@dataclass(frozen=True)
class Published:
    """What an edition's public survey result says, or the rule that withholds it."""

    edition_id: UUID
    result_id: UUID
    figures: Mapping[str, Any]
    rule: SuppressionRule | None


@dataclass(frozen=True)
class Wanted:
    """Which question of a survey is looked at, and which of its answers count; none named: the two best points."""

    source: IndicatorSource
    comparable_key: str
    answers: Sequence[str] = ()


def sum_parts(parts: Iterable[Part]) -> Figure | None:
    """Return the value of all editions together; None without any."""
    found = list(parts)
    if not found:
        return None
    numerator = sum((part.numerator for part in found), Decimal(0))
    return Figure(TOTAL, numerator, sum((part.denominator for part in found), Decimal(0)))


def read_surveys(results: Iterable[Published], wanted: Wanted) -> tuple[list[Part], list[LeftOut]]:
    """Return what published results add, the latest of each edition that shows the question.

    `results` come latest first. Only figures that the public may read are used, so the value tells nothing that
    they do not. Editions are pooled where the question had the same kind and scale as in the latest.
    """
    parts: dict[UUID, Part] = {}
    out: dict[UUID, LeftOut] = {}
    asked_as: tuple[str, Sequence[int]] | None = None
    for result in results:
        if result.edition_id in parts:
            continue
        found = _read_question(result, wanted)
        if isinstance(found, LeftOut):
            out.setdefault(result.edition_id, found)
            continue
        kind, points, part = found
        asked_as = asked_as or (kind, points)
        if (kind, points) == asked_as:
            parts[result.edition_id] = part
            out.pop(result.edition_id, None)
        else:
            out.setdefault(result.edition_id, LeftOut(result.edition_id, Omission.NOT_COMPARABLE))
    return list(parts.values()), list(out.values())


def _read_question(result: Published, wanted: Wanted) -> LeftOut | tuple[str, Sequence[int], Part]:
    if result.rule is not None:
        return LeftOut(result.edition_id, Omission.HIDDEN, result.rule)
    asked = (q for q in result.figures["questions"] if q["comparable_key"] == wanted.comparable_key)
    question = next(asked, None)
    if question is None:
        return LeftOut(result.edition_id, Omission.NOT_ASKED)
    cell = question["cell"]
    if cell["suppressed"]:
        return LeftOut(result.edition_id, Omission.HIDDEN, SuppressionRule(cell["rule"]))
    numerator = _count_answers(question, wanted)
    if numerator is None:
        return LeftOut(result.edition_id, Omission.NOT_COMPARABLE)
    part = Part(result.edition_id, cell["n"], Decimal(numerator), Decimal(cell["n"]), result.result_id)
    return question["kind"], question["points"], part


def _count_answers(question: Mapping[str, Any], wanted: Wanted) -> int | None:
    """Return the numerator that a shown question gives; None where its kind has none."""
    counts: Mapping[str, int] = question["cell"]["statistics"]["counts"]
    kind, points = question["kind"], question["points"]
    if wanted.source is IndicatorSource.SURVEY_MEAN:
        if kind == "nps":
            return sum(n * (100 if int(p) >= 9 else -100 if int(p) <= 6 else 0) for p, n in counts.items())
        return sum(int(point) * n for point, n in counts.items()) if kind == "scale" else None
    # One who may choose several options would count more than once.
    if kind == "multiple" or not (points or wanted.answers):
        return None
    chosen = wanted.answers or [str(point) for point in points[-2:]]
    return sum(counts.get(answer, 0) for answer in chosen)


@dataclass(frozen=True)
class PairedScore:
    """The same person's tests before and after, by one form; shares of right answers from 0 to 1."""

    pseudonym: str
    before: Fraction
    after: Fraction


def measure_gain(edition_id: UUID, pairs: Sequence[PairedScore], cohort: int) -> Part | LeftOut:
    """Return how much of what could be gained was gained, in points: Hake's gain of class means, which pools.

    `cohort` counts those who took part. Method `normalized-gain@1`: the sum of (after - before) over the sum of
    (100 - before) equals the gain of the means.
    """
    people = len({pair.pseudonym for pair in pairs})
    if rule := _withheld(people, cohort):
        return LeftOut(edition_id, Omission.HIDDEN, rule)
    gained = 100 * sum((pair.after - pair.before for pair in pairs), Fraction(0))
    possible = 100 * sum((1 - pair.before for pair in pairs), Fraction(0))
    if possible <= 0:
        return LeftOut(edition_id, Omission.NOTHING_TO_GAIN)
    return Part(edition_id, people, _decimal(gained), _decimal(possible))


def measure_plans(
    edition_id: UUID, plans: Iterable[Sequence[Mapping[str, Any]]], moment: PlanMoment, cohort: int
) -> Part | LeftOut:
    """Return in how many plans that told of `moment` something was begun or done."""
    told = [
        {ItemProgress(item["progress"][moment]) for item in items if moment in item["progress"]}
        for items in plans
    ]
    told = [progress for progress in told if progress]
    if rule := _withheld(len(told), cohort):
        return LeftOut(edition_id, Omission.HIDDEN, rule)
    applied = sum(bool(progress & _APPLIED) for progress in told)
    return Part(edition_id, len(told), Decimal(applied), Decimal(len(told)))


def tell_sexes(counts: Mapping[str, int]) -> tuple[list[Figure], SuppressionRule | None]:
    """Return how many women and men, or the rule that hides either; `counts` may hold those who did not say."""
    unsaid = sum(n for sex, n in counts.items() if sex not in SEXES)
    line = {sex: counts.get(sex, 0) for sex in SEXES} | ({UNSAID: unsaid} if unsaid else {})
    rules = hide_cells(line, [list(line)], THRESHOLD, {UNSAID} & line.keys())
    figures = [Figure(TOTAL, Decimal(line[sex]), None, sex) for sex in SEXES if sex not in rules]
    return figures, next((rules[sex] for sex in SEXES if sex in rules), None)


@dataclass(frozen=True)
class Finish:
    """How people of one group fared: of one country, or of one sex."""

    certified: int = 0
    completed: int = 0
    """With or without a certificate."""
    people: int = 0

    def __add__(self, other: "Finish") -> "Finish":
        return Finish(
            self.certified + other.certified, self.completed + other.completed, self.people + other.people
        )


def tell_certified(groups: Mapping[str, Finish], withheld: Collection[str] = ()) -> dict[str, int]:
    """Return how many of each group are certified, of those groups of which it may be told.

    How many took part is public by group, so each figure speaks of those who are not certified as well. Who
    stated no group, and `withheld` ones, are not shown.
    """
    cells = {
        (group, part): n
        for group, finish in groups.items()
        for part, n in (("certified", finish.certified), ("not", finish.people - finish.certified))
    }
    hidden = hide_in_table(cells, [key for key in cells if key[0] == UNSAID or key[0] in withheld])
    return {
        group: finish.certified
        for group, finish in groups.items()
        if not {(group, "certified"), (group, "not")} & hidden.keys()
    }


def may_leave(rest: Finish) -> bool:
    """Say whether those who are left over, once a figure is taken from all of the same country, are nobody or many.

    Outcome cards tell how many of a country completed in a year over all programs.
    """
    return rest.people == 0 or min(rest.completed, rest.people - rest.completed) >= THRESHOLD


def tells_of_uncertified(finish: Finish) -> bool:
    """Say whether the card's completed less the certified would tell of a few who got no certificate."""
    return 0 < finish.completed - finish.certified < THRESHOLD


def _withheld(n: int, cohort: int) -> SuppressionRule | None:
    return withholding_rule(Audience.PUBLIC, PUBLIC_K, n, n / cohort if cohort else None)


def _decimal(number: Fraction) -> Decimal:
    return (Decimal(number.numerator) / Decimal(number.denominator)).quantize(_EXACT)
