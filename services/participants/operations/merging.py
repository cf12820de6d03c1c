"""Making two records of one human being one, and parting them again."""

from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.common.audit import record_change
from services.common.clock import real_now
from services.common.database import Versioned
from services.common.identity import Caller
from services.common.seal import decrypt, encrypt
from services.participants.db.matching import (
    count_shared_editions,
    find_candidates_of,
    get_merge,
    lock_rows_about,
    lock_rows_named,
    tables_about_persons,
)
from services.participants.db.matching_tables import DuplicateCandidate, Merge
from services.participants.db.people import get_person
from services.participants.db.tables import Person
from services.participants.domain.matching import REVERSIBLE, CandidateState
from services.participants.domain.people import context_of_sensitive_block
from services.participants.domain.problems import MergeFinal, MergeRefused
from services.participants.operations.awards import tell_recipients
from services.participants.operations.matching import index_persons

Keys = dict[UUID, bytes]
"""Person -> the key of their sensitive block."""


async def merge_persons(
    session: AsyncSession, caller: Caller, survivor_id: UUID, duplicate_id: UUID, *, keys: Keys
) -> Merge:
    """Let `survivor_id` have everything that `duplicate_id` has: applications, consents, certificates ...

    Each participation keeps the pseudonym it was told under. Raises `PersonNotFound` and, where both have a
    live application to one edition (R13) or one was merged already, `MergeRefused`.
    """
    survivor, duplicate = await _lock_pair(session, caller, survivor_id, duplicate_id)
    if await count_shared_editions(session, survivor.id, duplicate.id):
        raise MergeRefused("Both have a live application to one edition; end one of them first.")
    moved = {}
    for table in tables_about_persons():
        rows = await lock_rows_about(session, table, duplicate.id)
        if rows:
            moved[str(table.__tablename__)] = [str(row.id) for row in rows]
            await _move(session, caller, rows, survivor.id)
    merge = Merge(
        survivor_id=survivor.id,
        duplicate_id=duplicate.id,
        moved=moved,
        took_sensitive=survivor.sensitive is None and duplicate.sensitive is not None,
        merged_at=await real_now(session),
    )
    session.add(merge)
    duplicate.merged_into = survivor.id
    await record_change(session, caller, "person.merged", duplicate, ["merged_into"])
    await record_change(session, caller, "persons.merged", merge)
    if merge.took_sensitive:
        _take_sensitive(survivor, duplicate, keys)
    await index_persons(session, [survivor])
    await record_change(session, caller, "person.took_over", survivor, ["spellings"])
    await tell_recipients(session, [survivor.id])
    await _settle_pair(session, caller, survivor.id, duplicate.id, CandidateState.MERGED)
    return merge


async def part_persons(session: AsyncSession, caller: Caller, merge_id: UUID) -> Merge:
    """Undo a merge: each of its rows goes back to whose it was; what came since stays with the survivor.

    Raises `MergeFinal` after 90 days, and where it was undone already.
    """
    merge = await get_merge(session, merge_id, lock=True)
    now = await real_now(session)
    if merge.reversed_at is not None or now >= merge.merged_at + REVERSIBLE:
        raise MergeFinal("The merge was undone already, or its 90 days are over.")
    survivor = await session.get_one(Person, merge.survivor_id, with_for_update=True)
    duplicate = await session.get_one(Person, merge.duplicate_id, with_for_update=True)
    if survivor.erased_at is not None or survivor.merged_into is not None:
        raise MergeFinal("The record was erased or merged on since.")
    for table in tables_about_persons():
        named = merge.moved.get(str(table.__tablename__), [])
        rows = [row for row in await lock_rows_named(session, table, named) if row.person_id == survivor.id]
        await _move(session, caller, rows, duplicate.id)
    merge.reversed_at = now
    await record_change(session, caller, "persons.parted", merge, ["reversed_at"])
    duplicate.merged_into = None
    if merge.took_sensitive:
        survivor.sensitive = survivor.passport_index = None
    await index_persons(session, [survivor, duplicate])
    for person in (survivor, duplicate):
        await record_change(session, caller, "person.parted", person, ["merged_into", "spellings"])
    await tell_recipients(session, [survivor.id, duplicate.id])
    await _settle_pair(session, caller, survivor.id, duplicate.id, CandidateState.OPEN)
    return merge


async def _lock_pair(
    session: AsyncSession, caller: Caller, survivor_id: UUID, duplicate_id: UUID
) -> tuple[Person, Person]:
    if survivor_id == duplicate_id:
        raise MergeRefused("A person cannot be merged with themselves.")
    # In one order, whoever merges whom, so that nobody waits in a circle.
    found = {
        id_: await get_person(session, id_, visible_to=caller, lock=True)
        for id_ in sorted((survivor_id, duplicate_id))
    }
    survivor, duplicate = found[survivor_id], found[duplicate_id]
    if survivor.provenance is not duplicate.provenance:
        raise MergeRefused("A real and a synthetic record are not of one person.")
    return survivor, duplicate


async def _move(session: AsyncSession, caller: Caller, rows: Any, to: UUID) -> None:
    for row in rows:
        row.person_id = to
        if isinstance(row, Versioned):
            await record_change(session, caller, f"{row.__tablename__}.moved", row, ["person_id"])
    await session.flush()


def _take_sensitive(survivor: Person, duplicate: Person, keys: Keys) -> None:
    block = decrypt(keys[duplicate.id], duplicate.sensitive or b"", context_of_sensitive_block(duplicate.id))
    survivor.sensitive = encrypt(keys[survivor.id], block, context_of_sensitive_block(survivor.id))
    survivor.passport_index = duplicate.passport_index


async def _settle_pair(
    session: AsyncSession, caller: Caller, one: UUID, other: UUID, state: CandidateState
) -> None:
    pair: DuplicateCandidate | None = (await find_candidates_of(session, one)).get(other)
    if pair is not None and pair.state is not state:
        pair.state = state
        await record_change(session, caller, f"duplicate_candidate.{state}", pair, ["state"])
