"""Questions asked for screening: whom to check, what they completed before, what was found and waived."""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.participants.db.form_tables import Form
from services.participants.db.selection_tables import EligibilityResult, Waiver
from services.participants.db.tables import Application, Authority, MirrorEdition, Participation, Person
from services.participants.domain.applications import ApplicationState
from services.participants.domain.participations import ParticipationState
from services.participants.domain.screening import PriorTraining

_S = ApplicationState
SCREENED = (_S.SUBMITTED, _S.NOMINATED, _S.SCREENING, _S.ELIGIBLE, _S.INELIGIBLE)
_COMPLETED = (ParticipationState.COMPLETED, ParticipationState.CERTIFIED)


class Screened(NamedTuple):
    """An application with what the rules are told of it."""

    application: Application
    person: Person
    authority_country: str | None
    form: Form | None


async def find_screened(
    session: AsyncSession, edition_id: UUID, application_ids: Sequence[UUID] | None = None
) -> list[Screened]:
    """Return the edition's applications that rules are asked about, in one statement."""
    query = (
        select(Application, Person, Authority.country, Form)
        .join(Person, Person.id == Application.person_id)
        .outerjoin(Authority, Authority.id == Application.authority_id)
        .outerjoin(Form, Form.id == Application.form_id)
        .where(Application.edition_id == edition_id, Application.state.in_(SCREENED))
        .order_by(Application.id)
    )
    if application_ids is not None:
        query = query.where(Application.id.in_(application_ids))
    return [Screened(*row) for row in await session.execute(query)]


async def find_trainings(
    session: AsyncSession, edition_id: UUID, person_ids: Sequence[UUID]
) -> dict[UUID, list[PriorTraining]]:
    """Return which other editions each person completed, in one statement."""
    query = (
        select(Participation.person_id, MirrorEdition.program_id, MirrorEdition.ends_on)
        .join(MirrorEdition, MirrorEdition.id == Participation.edition_id)
        .where(
            Participation.person_id.in_(person_ids),
            Participation.edition_id != edition_id,
            Participation.state.in_(_COMPLETED),
        )
    )
    found: dict[UUID, list[PriorTraining]] = {}
    for person_id, program_id, ends_on in await session.execute(query):
        found.setdefault(person_id, []).append(PriorTraining(program_id, ends_on))
    return found


async def find_waivers(session: AsyncSession, application_ids: Sequence[UUID]) -> dict[UUID, list[Waiver]]:
    """Return the waivers of each application, in one statement."""
    query = select(Waiver).where(Waiver.application_id.in_(application_ids)).order_by(Waiver.rule_id)
    found: dict[UUID, list[Waiver]] = {}
    for waiver in await session.scalars(query):
        found.setdefault(waiver.application_id, []).append(waiver)
    return found


async def find_results(
    session: AsyncSession, application_ids: Sequence[UUID], *, lock: bool = False
) -> dict[UUID, EligibilityResult]:
    """Return what the rules said of each application, in one statement."""
    query = select(EligibilityResult).where(EligibilityResult.application_id.in_(application_ids))
    query = query.order_by(EligibilityResult.id)
    found = await session.scalars(query.with_for_update() if lock else query)
    return {result.application_id: result for result in found}
