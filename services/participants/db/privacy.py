"""Questions asked of erasures, holds, the read log and what has been kept long enough."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.common.clock import Provenance
from services.common.identity import Caller, Reach
from services.common.pagination import PageRequest, Rows, SortKey, fetch_page
from services.participants.db.matching_tables import Merge
from services.participants.db.privacy_tables import Disclosure, Erasure, LegalHold, SensitiveRead
from services.participants.db.scopes import about
from services.participants.db.tables import (
    Application,
    MirrorEdition,
    Offer,
    Participation,
    Person,
)
from services.participants.domain.applications import LIVE
from services.participants.domain.erasures import ErasureState
from services.participants.domain.inventory import READS_KEPT, SENSITIVE_KEPT, UNUSED_KEPT
from services.participants.domain.matching import REVERSIBLE
from services.participants.domain.problems import ErasureNotFound, LegalHoldNotFound


async def get_erasure(
    session: AsyncSession, erasure_id: UUID, *, visible_to: Caller, lock: bool = False
) -> Erasure:
    """Return an erasure in the caller's reach; raise `ErasureNotFound`."""
    query = select(Erasure).where(Erasure.id == erasure_id)
    if visible_to.reach is not Reach.ALL:
        query = query.where(about(visible_to, Erasure.person_id))
    found = (await session.scalars(query.with_for_update() if lock else query)).one_or_none()
    if found is None:
        raise ErasureNotFound("There is no such erasure.")
    return found


async def find_erasure(session: AsyncSession, erasure_id: UUID) -> Erasure | None:
    """Return the erasure, locked, or None."""
    return await session.get(Erasure, erasure_id, with_for_update=True)


async def list_erasures(
    session: AsyncSession, page: PageRequest, *, state: ErasureState | None, visible_to: Caller
) -> Rows:
    """Return the erasures in the caller's reach, the latest first."""
    query = select(Erasure)
    if visible_to.reach is not Reach.ALL:
        query = query.where(about(visible_to, Erasure.person_id))
    if state is not None:
        query = query.where(Erasure.state == state)
    return await fetch_page(
        session, query, page, SortKey(Erasure.created_at, descending=True), SortKey(Erasure.id)
    )


async def find_records_of(session: AsyncSession, person_id: UUID) -> list[Person]:
    """Return a person's record and those that were merged into it, locked in a steady order."""
    query = select(Person).where(or_(Person.id == person_id, Person.merged_into == person_id))
    return list(await session.scalars(query.order_by(Person.id).with_for_update()))


@dataclass(frozen=True)
class Identities:
    """By what the other apps may know a person."""

    persons: list[str]
    """Ids of the record, and of those that were merged into it."""
    addresses: list[str]
    pseudonyms: list[str]


async def find_identities(session: AsyncSession, person_id: UUID) -> Identities:
    """Return by what the other apps may know the person; nothing is locked."""
    records = select(Person.id, Person.email).where(
        or_(Person.id == person_id, Person.merged_into == person_id)
    )
    known = list(await session.execute(records.order_by(Person.id)))
    ids = [row[0] for row in known]
    part = select(Participation.pseudonym).where(Participation.person_id.in_(ids))
    pseudonyms = await session.scalars(part.order_by(Participation.id))
    return Identities(
        persons=[str(id_) for id_ in ids],
        addresses=sorted({row[1].lower() for row in known if row[1]}),
        pseudonyms=[str(name) for name in pseudonyms],
    )


async def find_pseudonyms(session: AsyncSession, persons: Sequence[UUID]) -> list[Participation]:
    """Return the participations of these persons, locked: each has a pseudonym that others know."""
    query = select(Participation).where(Participation.person_id.in_(persons)).order_by(Participation.id)
    return list(await session.scalars(query.with_for_update()))


async def find_unanswered(session: AsyncSession, persons: Sequence[UUID]) -> list[UUID]:
    """Return the persons' live applications that led to no participation."""
    took_part = select(Offer.id).join(Participation, Participation.offer_id == Offer.id)
    query = select(Application.id).where(
        Application.person_id.in_(persons),
        Application.state.in_(LIVE),
        ~took_part.where(Offer.application_id == Application.id).exists(),
    )
    return list(await session.scalars(query.order_by(Application.id)))


async def list_legal_holds(session: AsyncSession, page: PageRequest, *, person_id: UUID) -> Rows:
    """Return a person's holds, released ones included."""
    query = select(LegalHold).where(LegalHold.person_id == person_id)
    return await fetch_page(session, query, page, SortKey(LegalHold.id))


async def find_legal_holds(session: AsyncSession, persons: Sequence[UUID]) -> list[LegalHold]:
    """Return the holds on these persons that were not released."""
    query = select(LegalHold).where(LegalHold.person_id.in_(persons), LegalHold.released_at.is_(None))
    return list(await session.scalars(query))


async def get_legal_hold(session: AsyncSession, legal_hold_id: UUID) -> LegalHold:
    """Return a hold, locked; raise `LegalHoldNotFound`."""
    found = await session.get(LegalHold, legal_hold_id, with_for_update=True)
    if found is None:
        raise LegalHoldNotFound("There is no such hold.")
    return found


async def list_sensitive_reads(
    session: AsyncSession,
    page: PageRequest,
    *,
    person_id: UUID | None,
    actor: str | None,
    earliest: datetime | None,
    latest: datetime | None,
    visible_to: Caller,
) -> Rows:
    """Return who read which sensitive block, the latest first."""
    query = select(SensitiveRead)
    if visible_to.reach is not Reach.ALL:
        query = query.where(about(visible_to, SensitiveRead.person_id))
    if person_id is not None:
        query = query.where(SensitiveRead.person_id == person_id)
    if actor is not None:
        query = query.where(SensitiveRead.actor == actor)
    if earliest is not None:
        query = query.where(SensitiveRead.created_at >= earliest)
    if latest is not None:
        query = query.where(SensitiveRead.created_at < latest)
    return await fetch_page(
        session, query, page, SortKey(SensitiveRead.created_at, descending=True), SortKey(SensitiveRead.id)
    )


async def find_lapsed_blocks(session: AsyncSession, limit: int) -> list[Person]:
    """Return real persons whose last edition ended so long ago that their sensitive block is due, locked."""
    over = func.clock_timestamp() - SENSITIVE_KEPT
    recent = (
        select(Application.person_id)
        .join(MirrorEdition, MirrorEdition.id == Application.edition_id)
        .where(
            Application.person_id == Person.id,
            Application.state.in_(LIVE),
            or_(MirrorEdition.ends_on.is_(None), MirrorEdition.ends_on > func.date(over)),
        )
    )
    query = select(Person).where(
        Person.provenance == Provenance.REAL,
        Person.sensitive.is_not(None),
        Person.merged_into.is_(None),
        Person.created_at < over,
        ~recent.exists(),
    )
    return list(await session.scalars(query.limit(limit).with_for_update(skip_locked=True)))


async def find_unused(session: AsyncSession, limit: int) -> list[Person]:
    """Return real persons who never took part, whose last application is old, and who are not held; locked."""
    over = func.clock_timestamp() - UNUSED_KEPT
    active = select(Application.id).where(Application.person_id == Person.id, Application.updated_at >= over)
    took_part = select(Participation.id).where(Participation.person_id == Person.id)
    standing = select(Erasure.id).where(
        Erasure.person_id == Person.id,
        Erasure.state.in_([ErasureState.REQUESTED, ErasureState.RUNNING]),
    )
    held = select(LegalHold.id).where(LegalHold.person_id == Person.id, LegalHold.released_at.is_(None))
    query = select(Person).where(
        Person.provenance == Provenance.REAL,
        Person.erased_at.is_(None),
        Person.merged_into.is_(None),
        Person.updated_at < over,
        *(~condition.exists() for condition in (active, took_part, standing, held)),
    )
    return list(await session.scalars(query.limit(limit).with_for_update(skip_locked=True)))


async def find_final_merges(session: AsyncSession, limit: int) -> list[tuple[Person, Person]]:
    """Return (duplicate, survivor) of merges that cannot be undone any more and still hold names; locked."""
    survivor = select(Person).subquery()
    query = (
        select(Person.id, survivor.c.id)
        .join(Merge, Merge.duplicate_id == Person.id)
        .join(survivor, survivor.c.id == Person.merged_into)
        .where(
            Merge.reversed_at.is_(None),
            Merge.merged_at < func.clock_timestamp() - REVERSIBLE,
            func.jsonb_array_length(Person.names) > 0,
        )
        .limit(limit)
    )
    pairs = (await session.execute(query)).all()
    return [
        (
            await session.get_one(Person, duplicate, with_for_update=True),
            await session.get_one(Person, kept, with_for_update=True),
        )
        for duplicate, kept in pairs
    ]


async def forget_old_reads(session: AsyncSession) -> None:
    """Delete what is known of readings and of showings to partners past their time."""
    for log in (SensitiveRead, Disclosure):
        await session.execute(delete(log).where(log.created_at < func.clock_timestamp() - READS_KEPT))
