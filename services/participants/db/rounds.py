"""Questions asked of selection rounds, reviewers, conflicts and scores."""

from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, exists, func, or_, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from services.common.identity import Caller, Reach
from services.common.pagination import PageRequest, Rows, SortKey, fetch_page
from services.participants.db.form_tables import Form
from services.participants.db.selection_tables import ConflictOfInterest, RoundReviewer, Score, SelectionRound
from services.participants.db.tables import Application, Authority, Person
from services.participants.domain.applications import ApplicationState
from services.participants.domain.selection_problems import RoundNotFound

SCORED = (
    ApplicationState.ELIGIBLE,
    ApplicationState.SELECTED,
    ApplicationState.WAITLISTED,
    ApplicationState.REJECTED,
)
"""States in which an application has a place in a round; scores are entered in the first."""


def _mine(caller: Caller) -> ColumnElement[bool]:
    """Return the condition for rounds in which the caller scores, or for all."""
    if caller.reach is Reach.ALL:
        return true()
    return exists().where(
        RoundReviewer.round_id == SelectionRound.id, RoundReviewer.account_id == caller.subject
    )


async def get_round(
    session: AsyncSession, round_id: UUID, *, visible_to: Caller, lock: bool = False
) -> SelectionRound:
    """Return a round in which the caller scores, or any to staff; raise `RoundNotFound`."""
    query = select(SelectionRound).where(SelectionRound.id == round_id, _mine(visible_to))
    found = (await session.scalars(query.with_for_update() if lock else query)).one_or_none()
    if found is None:
        raise RoundNotFound("There is no such selection round.")
    return found


async def list_rounds(
    session: AsyncSession, page: PageRequest, *, edition_id: UUID | None, visible_to: Caller
) -> Rows:
    """Return the rounds in which the caller scores, in the order of their making."""
    query = select(SelectionRound).where(_mine(visible_to))
    if edition_id is not None:
        query = query.where(SelectionRound.edition_id == edition_id)
    return await fetch_page(session, query, page, SortKey(SelectionRound.id))


async def find_reviewers(session: AsyncSession, round_id: UUID) -> list[RoundReviewer]:
    """Return the reviewers of a round."""
    query = select(RoundReviewer).where(RoundReviewer.round_id == round_id).order_by(RoundReviewer.account_id)
    return list(await session.scalars(query))


async def lock_reviewer(session: AsyncSession, round_id: UUID, account_id: UUID | None) -> RoundReviewer:
    """Return the caller's place among the reviewers, locked; raise `RoundNotFound`."""
    query = select(RoundReviewer).where(
        RoundReviewer.round_id == round_id, RoundReviewer.account_id == account_id
    )
    found = (await session.scalars(query.with_for_update())).one_or_none()
    if found is None:
        raise RoundNotFound("You are no reviewer of this round.")
    return found


async def has_conflict(
    session: AsyncSession, round_id: UUID, account_id: UUID | None, application_id: UUID
) -> bool:
    """Say whether the reviewer has declared a conflict with this applicant."""
    query = select(
        exists().where(
            ConflictOfInterest.round_id == round_id,
            ConflictOfInterest.account_id == account_id,
            ConflictOfInterest.application_id == application_id,
        )
    )
    return bool(await session.scalar(query))


async def find_score(
    session: AsyncSession, round_id: UUID, account_id: UUID | None, application_id: UUID
) -> Score | None:
    """Return the reviewer's own score of an application, locked, or None."""
    query = select(Score).where(
        Score.round_id == round_id, Score.account_id == account_id, Score.application_id == application_id
    )
    return (await session.scalars(query.with_for_update())).one_or_none()


async def list_scores(
    session: AsyncSession, page: PageRequest, round_: SelectionRound, *, visible_to: Caller
) -> Rows:
    """Return scores by application: to a reviewer the own ones only, until the round is locked (R5)."""
    query = select(Score).where(Score.round_id == round_.id)
    if visible_to.reach is not Reach.ALL and round_.locked_at is None:
        query = query.where(Score.account_id == visible_to.subject)
    return await fetch_page(session, query, page, SortKey(Score.application_id), SortKey(Score.id))


async def find_totals(session: AsyncSession, round_id: UUID) -> dict[UUID, list[int]]:
    """Return every application's scores, in one statement."""
    query = select(Score.application_id, func.array_agg(Score.total)).where(Score.round_id == round_id)
    return {row[0]: list(row[1]) for row in await session.execute(query.group_by(Score.application_id))}


class ReviewFile(NamedTuple):
    """An application as reviewers work on it."""

    application: Application
    person: Person
    authority_country: str | None
    form: Form | None
    own_score: int | None
    has_conflict: bool


async def find_review_files(
    session: AsyncSession, round_: SelectionRound, *, account_id: UUID | None
) -> list[ReviewFile]:
    """Return the round's applications with what the reviewer has done, in one statement."""
    conflict = exists().where(
        ConflictOfInterest.round_id == round_.id,
        ConflictOfInterest.account_id == account_id,
        ConflictOfInterest.application_id == Application.id,
    )
    query = (
        select(Application, Person, Authority.country, Form, Score.total, conflict)
        .join(Person, Person.id == Application.person_id)
        .outerjoin(Authority, Authority.id == Application.authority_id)
        .outerjoin(Form, Form.id == Application.form_id)
        .outerjoin(
            Score,
            (Score.application_id == Application.id)
            & (Score.round_id == round_.id)
            & (Score.account_id == account_id),
        )
        .where(Application.edition_id == round_.edition_id, Application.state.in_(SCORED))
        # Not by id: ids are in the order of entry, which would tell a blind reviewer something.
        .order_by(func.md5(func.concat(str(round_.id), Application.id)))
    )
    return [ReviewFile(*row) for row in await session.execute(query)]


async def find_scorable(
    session: AsyncSession, round_: SelectionRound, application_id: UUID
) -> Application | None:
    """Return an eligible application of the round's edition, or None."""
    query = select(Application).where(
        Application.id == application_id,
        Application.edition_id == round_.edition_id,
        or_(Application.state == ApplicationState.ELIGIBLE, Application.state == ApplicationState.WAITLISTED),
    )
    return (await session.scalars(query)).one_or_none()
