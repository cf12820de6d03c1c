"""Routes of how many people took part."""

from itertools import groupby
from typing import Annotated
from uuid import UUID

from fastapi import Query

from services.common.clock import Provenance
from services.common.http.callers import Caller
from services.common.http.routes import house_router
from services.common.http.sessions import ReadSession
from services.participants.db import turnout as questions
from services.participants.schemas.turnout import (
    CountryTurnout,
    EditionTurnout,
    ProgramTurnout,
    Turnout,
    YearTurnout,
)

router = house_router("turnout", "")
Asked = Annotated[Provenance, Query(description="Synthetic people count only if staff ask for them by name.")]


@router.get("/turnout", response_model=Turnout)
async def read_turnout(session: ReadSession, caller: Caller, provenance: Asked = Provenance.REAL) -> Turnout:
    """Read how many people took part, by year and country; who gave the seat back is not among them."""
    counts = await questions.count_by_year(session, provenance, visible_to=caller)
    years = []
    for year, of_year in groupby(counts, key=lambda count: count.year):
        countries = _countries(list(of_year))
        years.append(YearTurnout(year=year, participants=_sum(countries), countries=countries))
    return Turnout(provenance=provenance, years=years)


@router.get("/programs/{program_id}/turnout", response_model=ProgramTurnout)
async def read_program_turnout(
    session: ReadSession, caller: Caller, program_id: UUID, provenance: Asked = Provenance.REAL
) -> ProgramTurnout:
    """Read how many people took part in each edition of a program, by country."""
    counts = await questions.count_by_edition(session, program_id, provenance, visible_to=caller)
    editions = []
    for edition_id, of_edition in groupby(counts, key=lambda count: count.edition_id):
        countries = _countries(list(of_edition))
        editions.append(
            EditionTurnout(edition_id=edition_id, participants=_sum(countries), countries=countries)
        )
    return ProgramTurnout(program_id=program_id, provenance=provenance, editions=editions)


def _countries(counts: list[questions.YearCount] | list[questions.EditionCount]) -> list[CountryTurnout]:
    return [CountryTurnout(country=count.country, participants=count.people) for count in counts]


def _sum(countries: list[CountryTurnout]) -> int:
    return sum(country.participants for country in countries)
