"""Telling people what was decided about them: at the release, and of whatever is decided later."""

from collections.abc import Iterable

from sqlalchemy.ext.asyncio import AsyncSession

from services.participants.db.tables import Application, MirrorEdition
from services.participants.domain.applications import REFUSED, ApplicationState
from services.participants.domain.messages import MessageTemplate
from services.participants.operations.messages import drop_messages, queue_message


async def tell_decisions(
    session: AsyncSession, edition: MirrorEdition, applications: Iterable[Application]
) -> None:
    """Write to those who wait or were refused, each time they learn something new; nobody before the release.

    Who is offered a seat learns it by the offer.
    """
    if edition.decisions_released_at is None:
        return
    for application in applications:
        if application.state is ApplicationState.WAITLISTED:
            await _tell(session, application, MessageTemplate.DECISION_WAITLISTED)
        elif application.state in REFUSED:
            await drop_messages(session, application.id)  # that they wait need not be said any more
            await _tell(session, application, MessageTemplate.DECISION_REJECTED)


async def _tell(session: AsyncSession, application: Application, template: MessageTemplate) -> None:
    await queue_message(
        session, template, application.person_id, application.id, edition_id=application.edition_id
    )
