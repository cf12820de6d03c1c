"""Questions asked of how many people took part."""

from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Integer, cast, extract, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.common.clock import Provenance
from services.common.identity import Caller, Reach
from services.participants.db.tables import MirrorEdition, Participation
from services.participants.domain.participations import GIVES_SEAT_BACK


class YearCount(NamedTuple):
    """How many people of a country took part in editions that began in a year."""

    year: int | None
    country: str
    people: int


class EditionCount(NamedTuple):
    """How many people of a country took part in an edition."""

    edition_id: UUID
    country: str
    people: int


async def count_by_year(
    session: AsyncSession, provenance: Provenance, *, visible_to: Caller
) -> list[YearCount]:
    """Return how many took part by year and country, the latest year first, unknown days last."""
    year: ColumnElement[int | None] = cast(extract("year", MirrorEdition.starts_on), Integer)
    query = (
        select(year, Participation.country, func.count())
        .join(MirrorEdition, MirrorEdition.id == Participation.edition_id)
        .where(*_took_part(provenance, visible_to))
        .group_by(year, Participation.country)
        .order_by(year.desc().nulls_last(), Participation.country)
    )
    return [YearCount(*row) for row in await session.execute(query)]


async def count_by_edition(
    session: AsyncSession, program_id: UUID, provenance: Provenance, *, visible_to: Caller
) -> list[EditionCount]:
    """Return how many took part in each edition of a program, by country."""
    query = (
        select(Participation.edition_id, Participation.country, func.count())
        .join(MirrorEdition, MirrorEdition.id == Participation.edition_id)
        .where(MirrorEdition.program_id == program_id, *_took_part(provenance, visible_to))
        .group_by(Participation.edition_id, Participation.country)
        .order_by(Participation.edition_id, Participation.country)
    )
    return [EditionCount(*row) for row in await session.execute(query)]


def _took_part(provenance: Provenance, visible_to: Caller) -> list[ColumnElement[bool]]:
    """Return what narrows participations to those that count, synthetic ones for staff alone (invariant P11)."""
    public = [MirrorEdition.provenance == Provenance.REAL] if visible_to.reach is Reach.PUBLISHED else []
    return [MirrorEdition.provenance == provenance, Participation.state.not_in(GIVES_SEAT_BACK), *public]
