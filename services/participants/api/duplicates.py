"""Routes of matching: who may be the same human being, and making two records one."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from fastapi import Response, status

from services.common.actions import Step, list_actions
from services.common.http.callers import Caller
from services.common.http.paging import Paging
from services.common.http.problem_responses import problems
from services.common.http.routes import house_router
from services.common.http.sessions import ReadSession, WriteSession
from services.common.pagination import Rows
from services.common.wire import Page
from services.participants.api.keys import PERSON, Keys
from services.participants.db import matching as questions
from services.participants.db.matching_tables import DuplicateCandidate, Merge
from services.participants.db.people import get_person
from services.participants.domain.matching import CANDIDATE_LIFE, REVERSIBLE, CandidateState
from services.participants.domain.permissions import PERMISSIONS
from services.participants.domain.problems import (
    DuplicateCandidateNotFound,
    MergeFinal,
    MergeNotFound,
    MergeRefused,
    PersonNotFound,
    StepRefused,
)
from services.participants.operations import matching, merging
from services.participants.schemas.duplicates import (
    DuplicateCandidateItem,
    DuplicateCandidateRead,
    MergeCreate,
    MergeRead,
    PersonMatch,
)

router = house_router("duplicates", "")

_STEPS: Final = (Step("dismiss_duplicate", "dismissal", CandidateState.DISMISSED),)


@router.get(
    "/persons/{person_id}/matches", response_model=list[PersonMatch], responses=problems(PersonNotFound)
)
async def list_matches(session: ReadSession, caller: Caller, person_id: UUID) -> Sequence[PersonMatch]:
    """List who may be the same human being, the likeliest first, at most 50: across scripts and spellings."""
    person = await get_person(session, person_id, visible_to=caller)
    return [
        PersonMatch(person_id=other.id, score=score, features=features)
        for other, score, features in await matching.find_matches(session, person)
    ]


@router.get("/duplicate-candidates", response_model=Page[DuplicateCandidateItem])
async def list_duplicate_candidates(
    session: ReadSession, page: Paging, state: CandidateState = CandidateState.OPEN
) -> Rows:
    """List pairs of records that may be of one human being, the likeliest first."""
    return await questions.list_duplicate_candidates(session, page, state=state)


@router.post(
    "/duplicate-candidates/{duplicate_candidate_id}/dismissal",
    response_model=DuplicateCandidateRead,
    responses=problems(DuplicateCandidateNotFound, StepRefused),
)
async def dismiss_duplicate(
    session: WriteSession, caller: Caller, duplicate_candidate_id: UUID
) -> DuplicateCandidateRead:
    """Say that the two are different people; they are not proposed again."""
    return _answer(caller, await matching.dismiss_duplicate(session, caller, duplicate_candidate_id))


@router.post(
    "/persons/{person_id}/merge",
    response_model=MergeRead,
    status_code=status.HTTP_201_CREATED,
    responses=problems(PersonNotFound, MergeRefused),
)
async def merge_persons(
    session: WriteSession,
    caller: Caller,
    keys: Keys,
    person_id: UUID,
    request: MergeCreate,
    response: Response,
) -> MergeRead:
    """Make another record part of this one, with all its applications, consents and certificates.

    It can be undone for 90 days. Two records with live applications to one edition are not merged.
    """
    opened = {}
    for id_ in (person_id, request.duplicate_id):
        await get_person(session, id_, visible_to=caller)
        await keys.create_key(PERSON, str(id_))
        opened[id_] = await keys.open_key(PERSON, str(id_))
    merge = await merging.merge_persons(session, caller, person_id, request.duplicate_id, keys=opened)
    response.headers["Location"] = f"/v1/merges/{merge.id}"
    return _as_read(merge)


@router.get("/merges", response_model=Page[MergeRead])
async def list_merges(session: ReadSession, page: Paging) -> Rows:
    """List merges, the latest first."""
    rows = await questions.list_merges(session, page)
    return Rows([_as_read(merge) for merge in rows.items], rows.next_cursor, rows.total)


@router.get("/merges/{merge_id}", response_model=MergeRead, responses=problems(MergeNotFound))
async def read_merge(session: ReadSession, merge_id: UUID) -> MergeRead:
    """Read one merge."""
    return _as_read(await questions.get_merge(session, merge_id))


@router.post(
    "/merges/{merge_id}/reversal", response_model=MergeRead, responses=problems(MergeNotFound, MergeFinal)
)
async def part_persons(
    session: WriteSession, caller: Caller, merge_id: UUID, response: Response
) -> MergeRead:
    """Undo a merge within 90 days: each row goes back to whose it was."""
    response.headers["Content-Location"] = f"/v1/merges/{merge_id}"
    return _as_read(await merging.part_persons(session, caller, merge_id))


def _as_read(merge: Merge) -> MergeRead:
    return MergeRead.of(merge, reversible_until=merge.merged_at + REVERSIBLE)


def _answer(caller: Caller, pair: DuplicateCandidate) -> DuplicateCandidateRead:
    href = f"/v1/duplicate-candidates/{pair.id}"
    steps = list_actions(PERMISSIONS, caller, href, CANDIDATE_LIFE, pair.state, _STEPS)
    return DuplicateCandidateRead.of(pair, actions=steps)
