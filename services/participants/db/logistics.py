"""Questions asked of logistics, and the lists that are drawn up from it."""

from collections.abc import Sequence
from typing import Any, Final, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Date, Select, String, cast, func, literal_column, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.participants.db.logistics_tables import Logistics, PerDiem, VisaExport
from services.participants.db.tables import MirrorEdition, Participation, Person
from services.participants.domain.logistics import LogisticsList
from services.participants.domain.participations import GIVES_SEAT_BACK, ParticipationState
from services.participants.domain.selection_problems import VisaExportNotFound

_GONE: Final = GIVES_SEAT_BACK | {ParticipationState.DISMISSED}


async def find_logistics(
    session: AsyncSession, participation_id: UUID, *, lock: bool = False
) -> Logistics | None:
    """Return what is known of one participant's coming and going, or None."""
    query = select(Logistics).where(Logistics.participation_id == participation_id)
    return (await session.scalars(query.with_for_update() if lock else query)).one_or_none()


async def find_per_diem(session: AsyncSession, edition_id: UUID, *, lock: bool = False) -> PerDiem | None:
    """Return what a day of the edition gives, or None where nobody said."""
    query = select(PerDiem).where(PerDiem.edition_id == edition_id)
    return (await session.scalars(query.with_for_update() if lock else query)).one_or_none()


def list_query(edition: MirrorEdition, kind: LogisticsList) -> Select[*tuple[Any, ...]]:
    """Return the query of one of the edition's lists; its labels are the heading, times are the edition's."""
    there = {
        name: func.to_char(func.timezone(edition.zone, column), "YYYY-MM-DD HH24:MI")
        for name, column in (("arrives", Logistics.arrives_at), ("leaves", Logistics.leaves_at))
    }
    columns: dict[LogisticsList, list[ColumnElement[Any]]] = {
        LogisticsList.ARRIVALS: [
            there["arrives"].label("arrives"),
            Logistics.arrives_by.label("by"),
            there["leaves"].label("leaves"),
            Logistics.leaves_by.label("leaves_by"),
            Logistics.insured_until.label("insured_until"),
        ],
        LogisticsList.ROOMING: [
            Logistics.room.label("room"),
            cast(Person.sex, String).label("sex"),
            there["arrives"].label("arrives"),
            there["leaves"].label("leaves"),
        ],
        LogisticsList.MEALS: [
            cast(func.coalesce(cast(Logistics.diet, String), "any"), String).label("diet"),
            there["arrives"].label("arrives"),
            there["leaves"].label("leaves"),
        ],
        LogisticsList.PER_DIEM: [
            _days(edition).label("days"),
            PerDiem.amount.label("rate"),
            (_days(edition) * PerDiem.amount).label("amount"),
            PerDiem.currency.label("currency"),
        ],
    }
    query = (
        select(_PRINTED.label("name"), Participation.country.label("country"), *columns[kind])
        .join(Person, Person.id == Participation.person_id)
        .outerjoin(Logistics, Logistics.participation_id == Participation.id)
        .where(Participation.edition_id == edition.id, Participation.state.not_in(_GONE))
    )
    if kind is LogisticsList.PER_DIEM:
        query = query.join(PerDiem, PerDiem.edition_id == Participation.edition_id).where(
            Logistics.arrives_at.is_not(None), Logistics.leaves_at.is_not(None)
        )
    order = Logistics.arrives_at if kind is LogisticsList.ARRIVALS else _PRINTED
    return query.order_by(order, Participation.id)


_LATIN: Final[ColumnElement[Any]] = literal_column(
    "coalesce(jsonb_path_query_first(person.names, '$[*] ? (@.language like_regex \"Latn$\")'), person.names->0)"
)
_PRINTED: Final = func.coalesce(
    _LATIN.op("->>")("mononym"), func.concat_ws(" ", _LATIN.op("->>")("given"), _LATIN.op("->>")("family"))
)
"""The name as the passport writes it, or else the first that was given."""


def _days(edition: MirrorEdition) -> ColumnElement[Any]:
    """Return how many days of the edition's calendar a stay touches, those of coming and going included."""
    last = cast(func.timezone(edition.zone, Logistics.leaves_at), Date)
    first = cast(func.timezone(edition.zone, Logistics.arrives_at), Date)
    return last - first + 1


async def get_visa_export(session: AsyncSession, export_id: UUID, *, lock: bool = False) -> VisaExport:
    """Return an export for visa support; raise `VisaExportNotFound`."""
    query = select(VisaExport).where(VisaExport.id == export_id)
    found = (await session.scalars(query.with_for_update() if lock else query)).one_or_none()
    if found is None:
        raise VisaExportNotFound("There is no such export.")
    return found


class VisaSubject(NamedTuple):
    """A participant whose passport is to be shown."""

    participation: Participation
    person: Person
    logistics: Logistics | None


async def find_visa_subjects(
    session: AsyncSession, edition_id: UUID, participation_ids: Sequence[UUID]
) -> list[VisaSubject]:
    """Return these participants of the edition who still take part, by name."""
    query = (
        select(Participation, Person, Logistics)
        .join(Person, Person.id == Participation.person_id)
        .outerjoin(Logistics, Logistics.participation_id == Participation.id)
        .where(
            Participation.edition_id == edition_id,
            Participation.id.in_(participation_ids),
            Participation.state.not_in(_GONE),
        )
        .order_by(_PRINTED, Participation.id)
    )
    return [VisaSubject(*row) for row in await session.execute(query)]
