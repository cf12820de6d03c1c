"""Telling again what the other rooms keep of this one."""

from collections.abc import AsyncIterator, Sequence
from typing import Final, TypeVar

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.common.events import EventData
from services.common.replays import Replayers
from services.programs.db.awards import list_all_awards
from services.programs.db.deliveries import list_told_voucher_schemes
from services.programs.db.tables import Edition, Lecturer, Organization, TrainingSession
from services.programs.domain import events
from services.programs.operations.awards import award_data
from services.programs.operations.deliveries import voucher_scheme_data
from services.programs.operations.edition_records import edition_data
from services.programs.operations.organizations import organization_data
from services.programs.operations.programs import lecturer_data
from services.programs.operations.training_sessions import training_session_data

Row = TypeVar("Row", Edition, Lecturer, Organization, TrainingSession)


async def _replay_editions(session: AsyncSession) -> AsyncIterator[EventData]:
    for edition in await _every(session, Edition):
        yield await edition_data(session, edition)


async def _replay_training_sessions(session: AsyncSession) -> AsyncIterator[EventData]:
    for meeting in await _every(session, TrainingSession):
        yield training_session_data(meeting)


async def _replay_organizations(session: AsyncSession) -> AsyncIterator[EventData]:
    for organization in await _every(session, Organization):
        yield organization_data(organization)


async def _replay_lecturers(session: AsyncSession) -> AsyncIterator[EventData]:
    for lecturer in await _every(session, Lecturer):
        yield lecturer_data(lecturer)


async def _replay_voucher_schemes(session: AsyncSession) -> AsyncIterator[EventData]:
    for scheme in await list_told_voucher_schemes(session):
        yield voucher_scheme_data(scheme)


async def _replay_awards(session: AsyncSession) -> AsyncIterator[EventData]:
    for award in await list_all_awards(session):
        yield award_data(award)


async def _every(session: AsyncSession, kind: type[Row]) -> Sequence[Row]:
    return (await session.scalars(select(kind).order_by(kind.id))).all()


REPLAYERS: Final[Replayers] = {
    events.ORGANIZATION_CHANGED.name: _replay_organizations,
    events.LECTURER_CHANGED.name: _replay_lecturers,
    events.EDITION_CHANGED.name: _replay_editions,
    events.TRAINING_SESSION_SCHEDULED.name: _replay_training_sessions,
    events.VOUCHER_SCHEME_AGREED.name: _replay_voucher_schemes,
    events.AWARD_MADE.name: _replay_awards,
}
"""Each carries the whole state, whatever changed it last: one kind of event per kind of thing is enough."""
