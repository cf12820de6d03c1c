"""Questions asked of, and writes to, the mirrors of programs' facts."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import case, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.common.clock import Provenance
from services.common.identity import Caller, Reach
from services.common.pagination import PageRequest, Rows, SortKey, fetch_page
from services.participants.db.tables import (
    DeadlineExtension,
    MirrorEdition,
    MirrorOrganization,
    MirrorSeatLine,
    MirrorTrainingSession,
)
from services.participants.domain.calls import CANCELLED_EDITION
from services.participants.domain.problems import CallNotFound, TrainingSessionUnknown


async def get_edition(session: AsyncSession, edition_id: UUID, *, lock: bool = False) -> MirrorEdition:
    """Return the edition as this room knows it; raise `CallNotFound`."""
    query = select(MirrorEdition).where(MirrorEdition.id == edition_id)
    query = query.execution_options(populate_existing=True)
    edition = (await session.scalars(query.with_for_update(key_share=True) if lock else query)).one_or_none()
    if edition is None:
        raise CallNotFound("No such edition is known here.")
    return edition


async def list_editions(
    session: AsyncSession,
    page: PageRequest,
    *,
    provenance: Provenance,
    visible_to: Caller,
    open_to: tuple[str, datetime] | None = None,
) -> Rows:
    """Return editions with a call by deadline, latest first; the public sees real ones unless it asks by name.

    `open_to` narrows to calls that are open at a moment, and have seats for a country or for all of them.
    """
    query = select(MirrorEdition).where(
        MirrorEdition.call_closes_at.is_not(None), MirrorEdition.provenance == provenance
    )
    if visible_to.reach is Reach.PUBLISHED:
        query = query.where(MirrorEdition.state != "planned")
    if open_to is not None:
        country, now = open_to
        seats = select(MirrorSeatLine.edition_id).where(
            or_(MirrorSeatLine.country == country, MirrorSeatLine.country.is_(None))
        )
        query = query.where(
            MirrorEdition.call_opens_at <= now,
            MirrorEdition.call_closes_at > now,
            MirrorEdition.state != CANCELLED_EDITION,
            MirrorEdition.id.in_(seats),
        )
    return await fetch_page(
        session,
        query,
        page,
        SortKey(MirrorEdition.call_closes_at, descending=True),
        SortKey(MirrorEdition.id),
    )


async def find_seat_lines(session: AsyncSession, edition_ids: Sequence[UUID]) -> list[MirrorSeatLine]:
    """Return the seat lines of the editions, in a steady order, in one statement."""
    query = select(MirrorSeatLine).where(MirrorSeatLine.edition_id.in_(edition_ids))
    query = query.order_by(MirrorSeatLine.edition_id, MirrorSeatLine.country, MirrorSeatLine.id)
    return list(await session.scalars(query.execution_options(populate_existing=True)))


async def find_line_of(
    session: AsyncSession, edition_id: UUID, *, organization_id: UUID | None, country: str
) -> MirrorSeatLine | None:
    """Return the seats of an authority, its own or else those of its country; of a country where there is none."""
    query = select(MirrorSeatLine).where(
        MirrorSeatLine.edition_id == edition_id,
        # An equality with null would be asked as IS NULL and find any country's line.
        MirrorSeatLine.organization_id.in_([organization_id] if organization_id else [])
        | (MirrorSeatLine.organization_id.is_(None) & (MirrorSeatLine.country == country)),
    )
    # Lines that programs took away stay here without seats: they come last.
    query = query.order_by(
        MirrorSeatLine.organization_id.is_(None),
        func.coalesce(MirrorSeatLine.stated_seats, 0) == 0,
        MirrorSeatLine.id,
    ).limit(1)
    return (await session.scalars(query)).one_or_none()


async def find_extension(
    session: AsyncSession, edition_id: UUID, authority_id: UUID
) -> DeadlineExtension | None:
    """Return the authority's own deadline, if it has one."""
    query = select(DeadlineExtension).where(
        DeadlineExtension.edition_id == edition_id, DeadlineExtension.authority_id == authority_id
    )
    return (await session.scalars(query)).one_or_none()


async def deadline_of(session: AsyncSession, edition: MirrorEdition, authority_id: UUID) -> datetime | None:
    """Return until when this authority may nominate."""
    extension = await find_extension(session, edition.id, authority_id)
    return extension.closes_at if extension else edition.call_closes_at


async def get_organization(session: AsyncSession, organization_id: UUID) -> MirrorOrganization | None:
    """Return the organization as this room knows it, or None."""
    return await session.get(MirrorOrganization, organization_id)


async def get_training_session(
    session: AsyncSession, edition_id: UUID, training_session_id: UUID
) -> MirrorTrainingSession:
    """Return a training session of the edition; raise `TrainingSessionUnknown`."""
    found = await session.get(MirrorTrainingSession, training_session_id)
    if found is None or found.edition_id != edition_id:
        raise TrainingSessionUnknown("The edition has no such training session.")
    return found


async def put_versioned(
    session: AsyncSession, table: Any, columns: Mapping[str, Any], *, replay: bool
) -> bool:
    """Keep a mirrored row unless as new a one is held (with `replay`, a newer one); say whether it was kept."""
    row = insert(table).values(**columns)
    kept = row.on_conflict_do_update(
        index_elements=[table.id],
        set_={name: row.excluded[name] for name in columns if name != "id"},
        where=_is_superseded(table.aggregate_version, row.excluded.aggregate_version, replay=replay),
    )
    return (await session.execute(kept.returning(table.id))).one_or_none() is not None


async def put_edition(session: AsyncSession, columns: Mapping[str, Any], *, replay: bool) -> bool:
    """Keep an edition as `put_versioned` does; its capacity never falls below what is taken."""
    columns = dict(columns)
    row = insert(MirrorEdition).values(**columns, capacity=columns["stated_capacity"])
    kept = row.on_conflict_do_update(
        index_elements=[MirrorEdition.id],
        set_={name: row.excluded[name] for name in columns if name != "id"}
        | {
            # No stated capacity stays no limit, whatever is taken.
            "capacity": case(
                (
                    row.excluded.stated_capacity.is_not(None),
                    func.greatest(row.excluded.stated_capacity, MirrorEdition.taken),
                )
            )
        },
        where=_is_superseded(MirrorEdition.aggregate_version, row.excluded.aggregate_version, replay=replay),
    )
    return (await session.execute(kept.returning(MirrorEdition.id))).one_or_none() is not None


async def put_seat_lines(session: AsyncSession, edition_id: UUID, lines: Sequence[Mapping[str, Any]]) -> None:
    """Keep the edition's seat lines; a line that is gone has no seats but those that are taken."""
    gone = update(MirrorSeatLine).where(
        MirrorSeatLine.edition_id == edition_id, MirrorSeatLine.id.not_in([line["id"] for line in lines])
    )
    await session.execute(
        gone.values(stated_seats=0, seats=MirrorSeatLine.taken).execution_options(synchronize_session=False)
    )
    if not lines:
        return
    rows = [
        {**line, "edition_id": edition_id, "stated_seats": line["seats"]}
        for line in sorted(lines, key=lambda line: str(line["id"]))
    ]
    row = insert(MirrorSeatLine).values(rows)
    await session.execute(
        row.on_conflict_do_update(
            index_elements=[MirrorSeatLine.id],
            set_={name: row.excluded[name] for name in (*_LINE_FACTS, "stated_seats")}
            | {"seats": _at_least_taken(row.excluded.stated_seats, MirrorSeatLine.taken)},
        )
    )


_LINE_FACTS: Final = (
    "owner",
    "country",
    "organization_id",
    "reserve",
    "discretionary",
    "minimum_women",
    "minimum_women_is_hard",
    "reallocation_on",
)


def _is_superseded(held: Any, arriving: Any, *, replay: bool) -> Any:
    """Return the condition of services.common.inbox.is_newer, in SQL."""
    return held <= arriving if replay else held < arriving


def _at_least_taken(stated: Any, taken: Any) -> Any:
    """Return the limit that holds; `greatest` ignores nulls, so none stays none unless seats are taken."""
    return func.greatest(stated, func.nullif(taken, 0))
