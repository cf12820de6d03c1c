"""Questions asked about nominees: who has not confirmed, whose e-mail it is, who may be entered twice."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from services.participants.db.affiliation_tables import Affiliation
from services.participants.db.form_tables import ApplicationDocument
from services.participants.db.matching_tables import DuplicateCandidate, Merge, PersonKey
from services.participants.db.message_tables import Message
from services.participants.db.privacy_tables import Consent, Disclosure, SensitiveRead
from services.participants.db.tables import (
    Application,
    DeadlineExtension,
    MirrorEdition,
    Nomination,
    Participation,
    Person,
)
from services.participants.domain.applications import LIVE, ApplicationState, Channel


async def find_submitted(
    session: AsyncSession, edition_id: UUID, person_id: UUID, authority_id: UUID
) -> Application | None:
    """Return the person's own application that waits for this authority's word, locked, or None."""
    query = select(Application).where(
        Application.edition_id == edition_id,
        Application.person_id == person_id,
        Application.authority_id == authority_id,
        Application.state == ApplicationState.SUBMITTED,
        ~exists().where(Nomination.application_id == Application.id),
    )
    return (await session.scalars(query.with_for_update())).one_or_none()


async def find_nominated(
    session: AsyncSession, edition_id: UUID, authority_id: UUID
) -> list[tuple[Nomination, Application]]:
    """Return the authority's live nominations with their applications by rank, locked."""
    query = (
        select(Nomination, Application)
        .join(Application, Application.id == Nomination.application_id)
        .where(
            Nomination.edition_id == edition_id,
            Nomination.authority_id == authority_id,
            Application.state.in_(LIVE),
        )
        .order_by(Nomination.rank, Nomination.id)
    )
    return [(row[0], row[1]) for row in await session.execute(query.with_for_update())]


async def find_open_by_email(session: AsyncSession, email: str) -> list[Application]:
    """Return the applications that people with this address still complete, or that await their answer."""
    query = (
        select(Application)
        .join(Person, Person.id == Application.person_id)
        .where(func.lower(Person.email) == email.lower(), Application.state.in_(LIVE))
        .order_by(Application.id.desc())
        .limit(5)
    )
    return list(await session.scalars(query))


async def find_unconfirmed(
    session: AsyncSession, edition_id: UUID, before: datetime
) -> list[tuple[UUID, UUID]]:
    """Return (application, person) of nominees who never sent their file and whose deadline was before `before`."""
    deadline = func.coalesce(DeadlineExtension.closes_at, MirrorEdition.call_closes_at)
    query = (
        select(Application.id, Application.person_id)
        .join(MirrorEdition, MirrorEdition.id == Application.edition_id)
        .outerjoin(
            DeadlineExtension,
            (DeadlineExtension.edition_id == Application.edition_id)
            & (DeadlineExtension.authority_id == Application.authority_id),
        )
        .where(
            Application.edition_id == edition_id,
            Application.channel == Channel.AUTHORITY,
            Application.state == ApplicationState.DRAFT,
            Application.submitted_at.is_(None),
            deadline < before,
        )
        .order_by(Application.id)
        .with_for_update(of=Application)
    )
    return [(row[0], row[1]) for row in await session.execute(query)]


async def find_last_deadline(session: AsyncSession, edition_id: UUID) -> datetime | None:
    """Return the latest deadline of the call, extensions included."""
    extended = select(func.max(DeadlineExtension.closes_at)).where(DeadlineExtension.edition_id == edition_id)
    query = select(func.greatest(MirrorEdition.call_closes_at, extended.scalar_subquery())).where(
        MirrorEdition.id == edition_id
    )
    return (await session.execute(query)).scalar_one_or_none()


async def find_papers(session: AsyncSession, application_ids: Sequence[UUID]) -> list[UUID]:
    """Return the ids of what files of these applications are attached to: their documents and nominations."""
    found: list[UUID] = []
    for table in (ApplicationDocument, Nomination):
        found += await session.scalars(select(table.id).where(table.application_id.in_(application_ids)))
    return found


async def forget_applications(session: AsyncSession, application_ids: Sequence[UUID]) -> None:
    """Delete these draft applications with what belongs to them."""
    for table in (ApplicationDocument, Nomination):
        await session.execute(delete(table).where(table.application_id.in_(application_ids)))
    await session.execute(delete(Message).where(Message.subject_id.in_(application_ids)))
    await session.execute(delete(Application).where(Application.id.in_(application_ids)))


async def forget_strangers(session: AsyncSession, person_ids: Sequence[UUID]) -> None:
    """Delete those of the persons who have no application, no participation and no message left."""
    gone = list(
        await session.scalars(
            select(Person.id).where(
                Person.id.in_(person_ids),
                ~exists().where(Application.person_id == Person.id),
                ~exists().where(Participation.person_id == Person.id),
                ~exists().where(Message.person_id == Person.id),
                ~exists().where(or_(Merge.survivor_id == Person.id, Merge.duplicate_id == Person.id)),
            )
        )
    )
    for table in (SensitiveRead, Disclosure, Consent, Affiliation, PersonKey):
        await session.execute(delete(table).where(table.person_id.in_(gone)))
    pairs = or_(DuplicateCandidate.older_id.in_(gone), DuplicateCandidate.newer_id.in_(gone))
    await session.execute(delete(DuplicateCandidate).where(pairs))
    await session.execute(delete(Person).where(Person.id.in_(gone)))


async def find_doubles(session: AsyncSession, application: Application) -> list[UUID]:
    """Return live applications to the same edition that may be the same human being's, by document or birth date.

    For staff only: to anybody else it would tell whom others nominated.
    """
    own, other = aliased(Person), aliased(Person)
    query = (
        select(Application.id)
        .join(other, other.id == Application.person_id)
        .join(own, own.id == application.person_id)
        .where(
            Application.edition_id == application.edition_id,
            Application.id != application.id,
            Application.state.in_(LIVE),
            or_(
                other.passport_index == own.passport_index,
                (func.lower(other.email) == func.lower(own.email)),
                (other.birth_date == own.birth_date)
                & (other.nationality == own.nationality)
                & (other.sex == own.sex),
            ),
        )
        .order_by(Application.id)
        .limit(20)
    )
    return list(await session.scalars(query))
