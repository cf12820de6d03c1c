"""Computing what an indicator reached in a period, from what this room keeps of editions."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.common.edtf import parse_edtf
from services.evaluation.db import indicator_data as data
from services.evaluation.db.tables import Indicator, IndicatorPeriod
from services.evaluation.domain.action_plans import PlanMoment
from services.evaluation.domain.computed_indicators import (
    COUNTED,
    METHODS,
    PUBLIC_K,
    LeftOut,
    Part,
    Wanted,
    measure_gain,
    measure_plans,
    read_surveys,
    sum_parts,
    tell_sexes,
)
from services.evaluation.domain.indicators import OF_SURVEYS, TOTAL, Figure, IndicatorSource, roll_up
from services.evaluation.domain.outcomes import COMPLETED_STATES
from services.evaluation.domain.problems import IndicatorNotComputable
from services.evaluation.domain.suppression import SuppressionRule

_CERTIFIED = "certified"


@dataclass
class Computed:
    """A value with all it rests on."""

    figures: list[Figure]
    parts: Sequence[Part] = ()
    left_out: Sequence[LeftOut] = ()
    hidden: dict[str, SuppressionRule] = field(default_factory=dict)
    """Breakdowns that are not told in full, by the rule that hides them."""

    def basis(self, source: IndicatorSource) -> dict[str, Any]:
        """Return what the value rests on, to be kept beside it."""
        return {
            "methods": list(METHODS.get(source, (COUNTED,))),
            "respondents": sum(part.n for part in self.parts) if self.parts else None,
            "editions": [_plain(asdict(part)) for part in self.parts],
            "left_out": [_plain(asdict(each)) for each in self.left_out],
            "hidden": [{"dimension": name, "rule": rule} for name, rule in self.hidden.items()],
        }


async def compute(session: AsyncSession, indicator: Indicator, period: IndicatorPeriod) -> Computed:
    """Return what this system's own data say of a period; raise `IndicatorNotComputable` where they say nothing.

    Editions and their surveys, tests and plans belong to the period in which the edition began; deliveries and
    vouchers to that of their day. Synthetic indicators are made of synthetic editions, and no others (P11).
    """
    dates = parse_edtf(period.period)
    span = data.Span(dates.earliest or date.min, dates.latest or date.max)
    if indicator.source is IndicatorSource.DELIVERIES:
        return Computed(_by_country(await data.count_deliveries(session, indicator, span)))
    if indicator.source is IndicatorSource.VOUCHERS:
        schemes = await data.count_vouchers(session, indicator, span)
        if not schemes:
            raise IndicatorNotComputable("No agreed voucher scheme of the program is known.")
        return Computed(_by_country(schemes))
    if indicator.source in OF_SURVEYS:
        return _sum(*await _read_surveys(session, indicator, span))
    if indicator.source in (IndicatorSource.GAIN, IndicatorSource.ACTION_PLANS):
        return _sum(*await _measure(session, indicator, span))
    return await _count_people(session, indicator, span)


async def _count_people(session: AsyncSession, indicator: Indicator, span: data.Span) -> Computed:
    """Count people; participants by country are a public fact, whoever finished is told in all and by sex only.

    People of an unknown country count in the whole alone.
    """
    counts = await data.count_people(session, indicator, span)
    everybody = sum(n for *_, n in counts)
    if not everybody:
        raise IndicatorNotComputable("Nobody is known to have taken part in an edition that began then.")
    if indicator.source is IndicatorSource.COMPLETION:
        completed = sum(n for _, _, state, n in counts if state in COMPLETED_STATES)
        return Computed([Figure(TOTAL, Decimal(completed), Decimal(everybody))])
    if indicator.source is IndicatorSource.CERTIFIED:
        counts = [count for count in counts if count[2] == _CERTIFIED]
        figures = [Figure(TOTAL, Decimal(sum(n for *_, n in counts)), None)]
    else:
        figures = _by_country((country, n) for country, _, _, n in counts)
    sexes, rule = tell_sexes(_tally((sex or "", n) for _, sex, _, n in counts))
    return Computed([*figures, *sexes], hidden={"sex": rule} if rule else {})


async def _read_surveys(
    session: AsyncSession, indicator: Indicator, span: data.Span
) -> tuple[list[Part], list[LeftOut]]:
    assert indicator.phase is not None and indicator.comparable_key is not None  # noqa: S101, PT018  of its source
    results = await data.list_published(session, indicator, span, indicator.phase)
    wanted = Wanted(indicator.source, indicator.comparable_key, indicator.counted_answers)
    return read_surveys(results, wanted)


async def _measure(
    session: AsyncSession, indicator: Indicator, span: data.Span
) -> tuple[list[Part], list[LeftOut]]:
    """Return what tests or plans of each edition tell; what was told before stays until enough people joined."""
    cohorts = await data.count_cohort_sizes(session, indicator, span)
    found: list[Part | LeftOut]
    if indicator.source is IndicatorSource.GAIN:
        pairs = await data.list_pairs(session, indicator, span)
        found = [measure_gain(edition, tests, cohorts.get(edition, 0)) for edition, tests in pairs.items()]
    else:
        assert indicator.phase is not None  # noqa: S101  of its source
        moment = PlanMoment(indicator.phase)
        plans = await data.list_plans(session, indicator, span)
        found = [
            measure_plans(edition, items, moment, cohorts.get(edition, 0)) for edition, items in plans.items()
        ]
    parts = [each for each in found if isinstance(each, Part)]
    measure = f"{indicator.source}:{indicator.phase}" if indicator.phase else str(indicator.source)
    told = await data.tell_measures(session, measure, parts, {each.edition_id for each in found}, PUBLIC_K)
    standing = {part.edition_id for part in told}
    return told, [each for each in found if isinstance(each, LeftOut) and each.edition_id not in standing]


def _sum(parts: Sequence[Part], left_out: Sequence[LeftOut]) -> Computed:
    figure = sum_parts(parts)
    if figure is None:
        reasons = sorted({str(each.rule or each.reason) for each in left_out})
        detail = (
            f"Every edition was left out: {', '.join(reasons)}." if reasons else "No edition has such data."
        )
        raise IndicatorNotComputable(detail)
    return Computed([figure], parts, left_out)


def _by_country(counts: Iterable[tuple[str | None, int]]) -> list[Figure]:
    tally = _tally((country or TOTAL, n) for country, n in counts)
    known = roll_up(Figure(country, Decimal(n), None) for country, n in tally.items() if country)
    return [Figure(TOTAL, Decimal(tally.total()), None), *known]


def _tally(counts: Iterable[tuple[str, int]]) -> Counter[str]:
    tally: Counter[str] = Counter()
    for group, n in counts:
        tally[group] += n
    return tally


def _plain(fields: dict[str, Any]) -> dict[str, Any]:
    """Return fields as JSON holds them."""
    return {
        name: str(value) if isinstance(value, UUID | Decimal) else value for name, value in fields.items()
    }
