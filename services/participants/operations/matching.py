"""Keys of persons, the search for duplicates, and what a person decides about a pair."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.common.audit import record_change, record_changes
from services.common.clock import real_now
from services.common.identity import Caller
from services.common.jobs import schedule_job
from services.participants.db.matching import (
    find_alike,
    find_candidates_of,
    find_merged,
    find_pairs_of,
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
_BATCH: Final = 200

Match = tuple[Likeness, int, list[Feature]]
"""Somebody alike, the score, and what says so."""


async def index_persons(session: AsyncSession, persons: Sequence[Person]) -> None:
    """Make the keys of persons whose names, birth date, nationality, address or passport are new or changed.

    Whoever enters or changes a person calls this before auditing the change; a search for duplicates follows.
    """
    await _make_keys(session, persons)
    now = await real_now(session)
    for person in persons:
        await schedule_job(session, MATCH_PERSON, person.id, now)


async def index_remaining(session: AsyncSession) -> bool:
    """Index persons who were entered without keys, such as by an import; say whether more are left.

    Their duplicates are looked for at once and together: a job for each of a hundred thousand would keep the
    letters and deadlines of others waiting.
    """
    persons = await find_unindexed(session, _BATCH)
    if not persons:
        return False
    await _make_keys(session, persons)
    await record_changes(session, ROOM, "person.indexed", persons, ["spellings"])
    await _note_all_duplicates(session, persons)
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
        pair = _pair(person_id, other.id, score, features)
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


async def _make_keys(session: AsyncSession, persons: Sequence[Person]) -> None:
    """Let these persons be met under what they are called now, and those merged into them were."""
    called = {person.id: _spellings(person) for person in persons}
    for survivor_id, merged in await find_merged(session, list(called)):
        called[survivor_id] |= _spellings(merged)
    for person in persons:
        person.spellings = sorted(called[person.id])
    await session.flush()
    await put_keys(session, {person.id: match_keys(likeness_of(person)) for person in persons})


async def _note_all_duplicates(session: AsyncSession, persons: Sequence[Person]) -> None:
    """Enter the pairs that new persons make."""
    known, found = await find_pairs_of(session, [person.id for person in persons]), []
    for person in persons:
        for other, score, features in await find_matches(session, person):
            pair = _pair(person.id, other.id, score, features)
            if (pair.older_id, pair.newer_id) not in known:
                known.add((pair.older_id, pair.newer_id))
                found.append(pair)
    session.add_all(found)
    await record_changes(session, ROOM, "duplicate_candidate.found", found)


def _pair(one: UUID, other: UUID, score: int, features: Sequence[Feature]) -> DuplicateCandidate:
    older, newer = sorted((one, other))
    return DuplicateCandidate(
        older_id=older,
        newer_id=newer,
        score=score,
        features=[str(feature) for feature in features],
        state=CandidateState.OPEN,
    )


def _spellings(person: Person) -> set[str]:
    return {spell(name.get("given"), name.get("family"), name.get("mononym")) for name in person.names}
