"""Computing what an indicator reached in a period, from what this room keeps of editions."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.common.clock import domain_now
from services.common.edtf import parse_edtf
from services.evaluation.db import indicator_data as data
from services.evaluation.db.tables import Indicator, IndicatorPeriod
from services.evaluation.domain.action_plans import PlanMoment
from services.evaluation.domain.computed_indicators import (
    COUNTED,
    METHODS,
    PUBLIC_K,
    Finish,
    LeftOut,
    Part,
    Wanted,
    may_leave,
    measure_gain,
    measure_plans,
    read_surveys,
    sum_parts,
    tell_certified,
    tell_sexes,
    tells_of_uncertified,
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
    """Count people; who took part is a public fact by country, who was certified is told where that is of many.

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
        return await _count_certified(session, indicator, span, counts)
    figures = _by_country((country, n) for country, _, _, n in counts)
    sexes, rule = tell_sexes(_tally((sex or "", n) for _, sex, _, n in counts))
    return Computed([*figures, *sexes], hidden={"sex": rule} if rule else {})


async def _count_certified(
    session: AsyncSession,
    indicator: Indicator,
    span: data.Span,
    counts: Sequence[tuple[str | None, str | None, str, int]],
) -> Computed:
    """Count who holds a certificate, by sex and by country where nobody can be told apart (E3).

    By group only once the period is over: a figure that moved with each certificate would tell of its holder.
    """
    whole = sum((_finish(state, n) for *_, state, n in counts), Finish())
    total = Figure(TOTAL, Decimal(whole.certified), None)
    if span.latest >= (await domain_now(session, indicator.provenance)).date():
        rule = SuppressionRule.PERIOD_NOT_OVER
        return Computed([total], hidden={"country": rule, "sex": rule})
    by_sex = _group((sex or TOTAL, state, n) for _, sex, state, n in counts)
    by_country = _group((country or TOTAL, state, n) for country, _, state, n in counts)
    withheld = await _find_leftovers(session, indicator, span, by_country)
    sexes, countries = tell_certified(by_sex), tell_certified(by_country, withheld)
    hidden = {
        name: SuppressionRule.DIFFERENCING if name == "country" and withheld else SuppressionRule.TOO_FEW
        for name, groups, shown in (("sex", by_sex, sexes), ("country", by_country, countries))
        if groups.keys() - shown.keys()
    }
    parts = [Figure(TOTAL, Decimal(n), None, sex) for sex, n in sorted(sexes.items())]
    parts += [Figure(country, Decimal(n), None) for country, n in sorted(countries.items())]
    return Computed([total, *parts], hidden=hidden)


async def _find_leftovers(
    session: AsyncSession, indicator: Indicator, span: data.Span, own: Mapping[str, Finish]
) -> set[str]:
    """Return the countries of whose other people the outcome card, less what indicators tell, would leave few.

    The card counts years over all programs; what is told of other programs is taken off it too.
    """
    years = (span.earliest.year, span.latest.year)
    told = [
        (program, parse_edtf(period), country)
        for program, period, country in await data.list_told_of_countries(session, indicator)
    ]
    rests: dict[str, Finish] = defaultdict(Finish)
    for program, day, country, state, n in await data.count_finishes(session, indicator, years):
        mine = program == indicator.program_id and span.earliest <= day <= span.latest
        others = any(
            (program, country) == (theirs, there)
            and (dates.earliest or date.min) <= day <= (dates.latest or date.max)
            for theirs, dates, there in told
        )
        if not mine and not others:
            rests[country] += _finish(state, n)
    return {
        country
        for country, finish in own.items()
        if tells_of_uncertified(finish) or not may_leave(rests[country])
    }


def _finish(state: str, n: int) -> Finish:
    certified = n if state == _CERTIFIED else 0
    return Finish(certified, n if state in COMPLETED_STATES else 0, n)


def _group(counts: Iterable[tuple[str, str, int]]) -> dict[str, Finish]:
    groups: dict[str, Finish] = defaultdict(Finish)
    for group, state, n in counts:
        groups[group] += _finish(state, n)
    return dict(groups)


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
