"""Everything that refers to an organization, for when another takes its place."""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.common.database import Versioned
from services.programs.db.tables import (
    AgreementParty,
    AgreementSubject,
    Citation,
    CountryInvitation,
    Delivery,
    Lecturer,
    NeedsSurvey,
    Partnership,
    PartnershipSubject,
    SeatLine,
    StatementSubject,
    Venue,
)
from services.programs.domain.evidence import SubjectKind

_OWNERS: Final[Sequence[Any]] = (
    Partnership.organization_id,
    CountryInvitation.authority_id,
    SeatLine.organization_id,
    Lecturer.organization_id,
    Delivery.recipient_organization_id,
    Venue.organization_id,
    NeedsSurvey.authority_id,
)
"""Columns of versioned rows. Ledger entries stay as they were booked."""
_LINKS: Final[Sequence[tuple[Any, Any]]] = (
    (PartnershipSubject, PartnershipSubject.partnership_id),
    (StatementSubject, StatementSubject.statement_id),
    (AgreementSubject, AgreementSubject.agreement_id),
)
"""What concerns an organization, by whose row says so."""


async def list_editions_with_seats_of(session: AsyncSession, organization_id: UUID) -> Sequence[UUID]:
    """Return the editions in which the organization owns seats."""
    query = select(SeatLine.edition_id).where(SeatLine.organization_id == organization_id).distinct()
    return (await session.scalars(query.order_by(SeatLine.edition_id))).all()


async def repoint(session: AsyncSession, organization_id: UUID, into_id: UUID) -> None:
    """Let every row that refers to the organization refer to the other one."""
    for column in _OWNERS:
        table: type[Versioned] = column.class_
        counted = {table.version: table.version + 1, table.updated_at: func.clock_timestamp()}
        await session.execute(
            update(table).where(column == organization_id).values({column: into_id} | counted)
        )
    # Where the other is linked already, this one's link falls away.
    bound = select(AgreementParty.agreement_id).where(AgreementParty.organization_id == into_id)
    await _replace(session, AgreementParty, AgreementParty.organization_id, organization_id, into_id, bound)
    for link, owner in _LINKS:
        mine = (link.subject_kind == SubjectKind.ORGANIZATION) & (link.subject_id == organization_id)
        linked = select(owner).where(
            link.subject_kind == SubjectKind.ORGANIZATION, link.subject_id == into_id
        )
        await session.execute(delete(link).where(mine, owner.in_(linked)))
        await session.execute(update(link).where(mine).values(subject_id=into_id))
    await session.execute(
        update(Citation)
        .where(Citation.subject_kind == SubjectKind.ORGANIZATION, Citation.subject_id == organization_id)
        .values(subject_id=into_id)
    )


async def _replace(
    session: AsyncSession, table: Any, column: Any, organization_id: UUID, into_id: UUID, linked: Any
) -> None:
    await session.execute(delete(table).where(column == organization_id, table.agreement_id.in_(linked)))
    await session.execute(update(table).where(column == organization_id).values({column: into_id}))
