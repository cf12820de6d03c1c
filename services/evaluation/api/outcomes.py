"""Routes of what came of an edition, and of what came of all editions to a country."""

from collections.abc import Iterable
from uuid import UUID

from services.common.clock import Provenance, domain_now
from services.common.http.callers import Caller
from services.common.http.routes import house_router
from services.common.http.sessions import ReadSession
from services.common.identity import Reach
from services.common.wire_codes import CountryCode
from services.evaluation.db import outcomes as questions
from services.evaluation.db.assessments import list_outcome_evidence
from services.evaluation.db.roll_ups import list_public_roll_ups
from services.evaluation.db.tables import CountryRollUp, Indicator, IndicatorPeriod, IndicatorValue
from services.evaluation.domain.campaigns import Phase
from services.evaluation.domain.indicators import Figure
from services.evaluation.domain.outcomes import count_outputs, may_be_told, without_countries
from services.evaluation.schemas.assessments import OutcomeEvidenceRead
from services.evaluation.schemas.indicators import CountryFigure
from services.evaluation.schemas.outcomes import (
    CountryIndicator,
    CountryOutcomes,
    CountryOutputYear,
    CountryRecommendation,
    CountryResult,
    CountryRollUpCell,
    EditionResults,
    WordingResults,
)
from services.evaluation.schemas.results import ResultRead

router = house_router("outcomes", "")


@router.get("/countries/{country_code}/outcomes", response_model=CountryOutcomes)
async def read_country_outcomes(
    session: ReadSession,
    caller: Caller,
    country_code: CountryCode,
    provenance: Provenance = Provenance.REAL,
) -> CountryOutcomes:
    """Read what came of everything done with a country: people by year, indicators, public results.

    The latest 100 of each are listed. Synthetic editions show only to staff who ask for them by `provenance`.
    Completion and sex obey the public's threshold, in years that are over; the country's part in the answers
    of one edition never shows.
    """
    now = await domain_now(session, provenance)
    counts = await questions.count_cohorts(session, provenance, visible_to=caller)
    results = await questions.list_country_results(session, country_code, provenance, visible_to=caller)
    values = await questions.list_country_values(session, country_code, provenance, visible_to=caller)
    claimed = await list_outcome_evidence(
        session, visible_to=caller, country=country_code, provenance=provenance
    )
    recommendations = None
    if caller.reach is Reach.ALL:
        recommendations = [
            CountryRecommendation.of(row, edition_title=edition.title)
            for row, edition in await questions.list_country_recommendations(
                session, country_code, provenance
            )
        ]
    return CountryOutcomes(
        country=country_code,
        provenance=provenance,
        outputs=[
            CountryOutputYear.model_validate(year) for year in count_outputs(counts, country_code, now.year)
        ],
        indicators=[_indicator(*row) for row in values],
        results=[
            CountryResult.of(result, edition_title=edition.title, figures=without_countries(result.figures))
            for result, edition in results
        ],
        roll_ups=_roll_ups(await list_public_roll_ups(session, provenance), country_code)
        if provenance is Provenance.REAL or caller.reach is Reach.ALL
        else [],
        outcome_evidence=[OutcomeEvidenceRead.model_validate(each) for each in claimed],
        recommendations=recommendations,
    )


@router.get("/editions/{edition_id}/results", response_model=EditionResults)
async def list_edition_results(session: ReadSession, caller: Caller, edition_id: UUID) -> EditionResults:
    """Read an edition's published results by instrument; lecturers see their own beside the public's."""
    found = await questions.list_edition_results(session, edition_id, visible_to=caller)
    return EditionResults(
        edition_id=edition_id,
        instruments=[
            WordingResults(
                instrument_id=instrument.id,
                instrument_code=instrument.code,
                instrument_title=instrument.title,
                version_number=version.number,
                results=[ResultRead.model_validate(result) for result in results],
            )
            for instrument, version, results in found
        ],
    )


def _roll_ups(published: Iterable[CountryRollUp], country: str) -> list[CountryRollUpCell]:
    """Return the country's part in roll-ups, of each question the latest that shows it."""
    latest: dict[tuple[UUID, Phase, str], CountryRollUpCell] = {}
    for roll_up in published:
        for cell in roll_up.figures["cells"]:
            if cell["group"] == country and not cell["suppressed"]:
                shown = CountryRollUpCell.of(
                    roll_up,
                    roll_up_id=roll_up.id,
                    text=roll_up.figures["question"]["text"],
                    editions=len(roll_up.campaigns),
                    n=cell["n"],
                    statistics=cell["statistics"],
                )
                place = (roll_up.program_id, roll_up.phase, roll_up.comparable_key)
                latest.setdefault(place, shown)
    return list(latest.values())


def _indicator(indicator: Indicator, period: IndicatorPeriod, value: IndicatorValue) -> CountryIndicator:
    figure = Figure(value.country, value.numerator, value.denominator)
    told = may_be_told(figure, indicator.measure)
    return CountryIndicator(
        indicator_id=indicator.id,
        code=indicator.code,
        title=indicator.title,
        unit=indicator.unit,
        measure=indicator.measure,
        level=indicator.level,
        criterion=indicator.criterion,
        period=period.period,
        state=period.state,
        suppressed=not told,
        actual=CountryFigure.of(figure, value=figure.value_as(indicator.measure)) if told else None,
    )
