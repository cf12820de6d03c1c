"""Keys of persons, the search for duplicates, and what a person decides about a pair."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.common.audit import record_change
from services.common.clock import real_now
from services.common.identity import Caller
from services.common.jobs import schedule_job
from services.participants.db.matching import (
    find_alike,
    find_candidates_of,
    find_merges_into,
    find_unindexed,
    get_duplicate_candidate,
    put_keys,
)
from services.participants.db.matching_tables import DuplicateCandidate
from services.participants.db.tables import Person
from services.participants.domain.matching import (
    CANDIDATE_LIFE,
    LIKELY,
    MATCH_PERSON,
    CandidateState,
    Feature,
    Likeness,
    compare,
    match_keys,
    spell,
)
from services.participants.domain.problems import StepRefused
from services.participants.operations.seats import ROOM

_SHOWN: Final = 50
_BATCH: Final = 500

Match = tuple[Likeness, int, list[Feature]]
"""Somebody alike, the score, and what says so."""


async def index_persons(session: AsyncSession, persons: Sequence[Person]) -> None:
    """Make the keys of persons whose names, birth date, nationality, address or passport are new or changed.

    Whoever enters or changes a person calls this before auditing the change; a search for duplicates follows.
    """
    now = await real_now(session)
    keys = {}
    for person in persons:
        merged = [
            await session.get_one(Person, m.duplicate_id) for m in await find_merges_into(session, person.id)
        ]
        person.spellings = sorted({spelling for one in (person, *merged) for spelling in _spellings(one)})
        keys[person.id] = match_keys(likeness_of(person))
        await schedule_job(session, MATCH_PERSON, person.id, now)
    await session.flush()
    await put_keys(session, keys)


async def index_remaining(session: AsyncSession) -> bool:
    """Index persons who were entered without keys, such as by an import; say whether more are left."""
    persons = await find_unindexed(session, _BATCH)
    if persons:
        await index_persons(session, persons)
        for person in persons:
            await record_change(session, ROOM, "person.indexed", person, ["spellings"])
    return len(persons) == _BATCH


async def find_matches(session: AsyncSession, person: Person) -> list[Match]:
    """Return who may be the same human being as `person`, the likeliest first; reads only."""
    own = likeness_of(person)
    alike = await find_alike(session, match_keys(own), person_id=person.id, provenance=person.provenance)
    scored = [(other, *compare(own, other)) for other in alike]
    likely = [match for match in scored if match[1] >= LIKELY]
    return sorted(likely, key=lambda match: (-match[1], match[0].id))[:_SHOWN]


async def note_duplicates(session: AsyncSession, person_id: UUID) -> None:
    """Enter the pairs that a new or changed person makes; what somebody decided about a pair stands."""
    person = await session.get(Person, person_id)
    if person is None or person.merged_into is not None or person.erased_at is not None:
        return
    known = await find_candidates_of(session, person_id)
    for other, score, features in await find_matches(session, person):
        if other.id in known:
            continue
        older, newer = sorted((person_id, other.id))
        pair = DuplicateCandidate(
            older_id=older,
            newer_id=newer,
            score=score,
            features=[str(feature) for feature in features],
            state=CandidateState.OPEN,
        )
        session.add(pair)
        await record_change(session, ROOM, "duplicate_candidate.found", pair)


async def dismiss_duplicate(session: AsyncSession, caller: Caller, id_: UUID) -> DuplicateCandidate:
    """Say that a pair is two people; raise `StepRefused` where they were merged."""
    pair = await get_duplicate_candidate(session, id_)
    if not CANDIDATE_LIFE.may_become(pair.state, CandidateState.DISMISSED):
        raise StepRefused(f"A pair that is {pair.state} cannot be dismissed.")
    pair.state = CandidateState.DISMISSED
    await record_change(session, caller, "duplicate_candidate.dismissed", pair, ["state"])
    return pair


def likeness_of(person: Person) -> Likeness:
    """Return what of a person is compared."""
    return Likeness(
        id=person.id,
        spellings=person.spellings,
        birth_date=person.birth_date,
        sex=person.sex,
        nationality=person.nationality,
        email=person.email,
        passport_index=person.passport_index,
    )


def _spellings(person: Person) -> set[str]:
    return {spell(name.get("given"), name.get("family"), name.get("mononym")) for name in person.names}
