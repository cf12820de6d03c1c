"""The people behind awards: said by programs when it makes one, or named here; both rooms say the same."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.common.audit import record_change
from services.common.identity import Caller
from services.common.outbox import publish
from services.participants.db.people import get_person
from services.participants.db.tables import Person
from services.participants.db.voucher_tables import AwardRecipient
from services.participants.db.vouchers import find_awards_of, find_recipient
from services.participants.domain.events import AWARD_RECIPIENT_NAMED, RecipientData
from services.participants.domain.voucher_problems import AwardForOrganization
from services.participants.operations.seats import ROOM


async def name_recipient(
    session: AsyncSession, caller: Caller, award_id: UUID, person_id: UUID
) -> AwardRecipient:
    """Say which person an award is for; another one replaces the first. Raises `AwardForOrganization`."""
    person = await get_person(session, person_id, visible_to=caller)
    recipient = await find_recipient(session, award_id, lock=True)
    if recipient is not None and recipient.organization_id is not None:
        raise AwardForOrganization("Programs has awarded it to an organization.")
    return await _name(session, caller, recipient or AwardRecipient(award_id=award_id), person.id)


async def note_award(
    session: AsyncSession, award_id: UUID, person_id: UUID | None, organization_id: UUID | None
) -> None:
    """Keep to whom programs awarded; whoever is named here already stays, unless it is an organization's."""
    recipient = await find_recipient(session, award_id, lock=True)
    if organization_id is not None:
        recipient = recipient or AwardRecipient(award_id=award_id)
        recipient.person_id, recipient.organization_id = None, organization_id
        session.add(recipient)
        await record_change(session, ROOM, "award_recipient.noted", recipient, ["organization_id"])
    elif person_id is not None and recipient is None:
        person = await session.get(Person, person_id)
        known = None
        if person is not None and person.erased_at is None:
            known = person.merged_into or person.id
        await _name(session, ROOM, AwardRecipient(award_id=award_id), known)


async def take_awards_back(session: AsyncSession, persons: Sequence[UUID]) -> None:
    """Let awards of people who are forgotten be nobody's."""
    for recipient in await find_awards_of(session, persons):
        await _name(session, ROOM, recipient, None)


async def tell_recipients(session: AsyncSession, persons: Sequence[UUID]) -> None:
    """Tell programs which awards are these persons' by now, after they were made one or parted."""
    for recipient in await find_awards_of(session, persons):
        await _tell(session, recipient)


async def _name(
    session: AsyncSession, caller: Caller, recipient: AwardRecipient, person_id: UUID | None
) -> AwardRecipient:
    recipient.person_id = person_id
    session.add(recipient)
    await record_change(session, caller, "award_recipient.named", recipient, ["person_id"])
    await _tell(session, recipient)
    return recipient


async def _tell(session: AsyncSession, recipient: AwardRecipient) -> None:
    data = RecipientData(
        aggregate_id=recipient.award_id,
        aggregate_version=recipient.version,
        person_id=recipient.person_id,
    )
    await publish(session, AWARD_RECIPIENT_NAMED, data)
