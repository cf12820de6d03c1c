"""Questions asked of keys, pairs and merges."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import delete, func, or_, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.common.clock import Provenance
from services.common.database import Identified
from services.common.pagination import PageRequest, Rows, SortKey, fetch_page
from services.participants.db.base import Base
from services.participants.db.matching_tables import DuplicateCandidate, Merge, PersonKey
from services.participants.db.tables import Application, Person
from services.participants.domain.applications import LIVE
from services.participants.domain.matching import CandidateState, Likeness
from services.participants.domain.problems import DuplicateCandidateNotFound, MergeNotFound

MOST_COMPARED: Final = 2_000
"""Records that share a key with one person are compared up to this number."""


_COMPARED: Final = (
    Person.id,
    Person.spellings,
    Person.birth_date,
    Person.sex,
    Person.nationality,
    Person.email,
    Person.passport_index,
)
"""What a `Likeness` holds, in its order."""
_STANDING: Final = Person.merged_into.is_(None) & Person.erased_at.is_(None)


async def put_keys(session: AsyncSession, keys: Mapping[UUID, Iterable[int]]) -> None:
    """Let these persons be met under these keys and no others."""
    await session.execute(delete(PersonKey).where(PersonKey.person_id.in_(keys)))
    rows = [{"key": key, "person_id": person_id} for person_id, own in keys.items() for key in sorted(own)]
    if rows:
        await session.execute(insert(PersonKey), rows)


async def find_alike(
    session: AsyncSession, keys: Iterable[int], *, person_id: UUID, provenance: Provenance
) -> list[Likeness]:
    """Return the standing persons who share a key with `person_id`, in one statement."""
    met = select(PersonKey.person_id).where(PersonKey.key.in_(list(keys)))
    query = select(*_COMPARED).where(
        Person.id.in_(met), Person.id != person_id, Person.provenance == provenance, _STANDING
    )
    return [Likeness(*row) for row in (await session.execute(query.limit(MOST_COMPARED)))]


async def find_unindexed(session: AsyncSession, limit: int) -> list[Person]:
    """Return persons who have no keys yet, locked."""
    query = select(Person).where(text("spellings = '[]'"), Person.erased_at.is_(None)).limit(limit)
    return list(await session.scalars(query.with_for_update(skip_locked=True)))


async def find_pairs_of(session: AsyncSession, ids: Sequence[UUID]) -> set[tuple[UUID, UUID]]:
    """Return the pairs, older and newer, that any of these persons is in."""
    older, newer = DuplicateCandidate.older_id, DuplicateCandidate.newer_id
    found = await session.execute(select(older, newer).where(or_(older.in_(ids), newer.in_(ids))))
    return {(row[0], row[1]) for row in found}


async def find_candidates_of(session: AsyncSession, person_id: UUID) -> dict[UUID, DuplicateCandidate]:
    """Return the pairs that the person is in, by the other one; locked."""
    query = select(DuplicateCandidate).where(
        or_(DuplicateCandidate.older_id == person_id, DuplicateCandidate.newer_id == person_id)
    )
    found = await session.scalars(query.order_by(DuplicateCandidate.id).with_for_update())
    return {pair.newer_id if pair.older_id == person_id else pair.older_id: pair for pair in found}


async def list_duplicate_candidates(
    session: AsyncSession, page: PageRequest, *, state: CandidateState
) -> Rows:
    """Return pairs in this state, the likeliest first."""
    query = select(DuplicateCandidate).where(DuplicateCandidate.state == state)
    return await fetch_page(
        session,
        query,
        page,
        SortKey(DuplicateCandidate.score, descending=True),
        SortKey(DuplicateCandidate.id),
    )


async def get_duplicate_candidate(session: AsyncSession, id_: UUID) -> DuplicateCandidate:
    """Return a pair, locked; raise `DuplicateCandidateNotFound`."""
    found = await session.get(DuplicateCandidate, id_, with_for_update=True)
    if found is None:
        raise DuplicateCandidateNotFound("There is no such pair.")
    return found


async def list_merges(session: AsyncSession, page: PageRequest) -> Rows:
    """Return merges, the latest first."""
    return await fetch_page(
        session, select(Merge), page, SortKey(Merge.merged_at, descending=True), SortKey(Merge.id)
    )


async def get_merge(session: AsyncSession, merge_id: UUID, *, lock: bool = False) -> Merge:
    """Return a merge; raise `MergeNotFound`."""
    found = await session.get(Merge, merge_id, with_for_update=lock or None)
    if found is None:
        raise MergeNotFound("There is no such merge.")
    return found


async def find_merged(session: AsyncSession, ids: Sequence[UUID]) -> list[tuple[UUID, Person]]:
    """Return the persons who were merged into these and still are, each after whom they became part of."""
    query = (
        select(Merge.survivor_id, Person)
        .join(Person, Person.id == Merge.duplicate_id)
        .where(Merge.survivor_id.in_(ids), Merge.reversed_at.is_(None))
    )
    return [(row[0], row[1]) for row in await session.execute(query.order_by(Merge.id))]


async def count_shared_editions(session: AsyncSession, one: UUID, other: UUID) -> int:
    """Return to how many editions both persons have a live application (R13)."""
    live = select(Application.edition_id).where(Application.state.in_(LIVE))
    both = live.where(Application.person_id == one).intersect(live.where(Application.person_id == other))
    return (await session.execute(select(func.count()).select_from(both.subquery()))).scalar_one()


def tables_about_persons() -> list[type[Any]]:
    """Return every mapped table whose rows have an id and are about one person."""
    mapped = (mapper.class_ for mapper in Base.registry.mappers)
    found = [table for table in mapped if issubclass(table, Identified) and hasattr(table, "person_id")]
    return sorted(found, key=lambda table: str(table.__tablename__))


async def lock_rows_about(session: AsyncSession, table: type[Any], person_id: UUID) -> Sequence[Any]:
    """Return the rows of a table that are about the person, locked in a steady order."""
    query = select(table).where(table.person_id == person_id).order_by(table.id)
    return (await session.scalars(query.with_for_update())).all()


async def lock_rows_named(session: AsyncSession, table: type[Any], ids: Sequence[str]) -> Sequence[Any]:
    """Return these rows of a table, locked in a steady order."""
    query = select(table).where(table.id.in_([UUID(id_) for id_ in ids])).order_by(table.id)
    return (await session.scalars(query.with_for_update())).all()


async def forget_keys(session: AsyncSession, person_id: UUID) -> None:
    """Let the person be met under no key any more."""
    await session.execute(delete(PersonKey).where(PersonKey.person_id == person_id))
