"""Questions asked of agreements."""

from collections.abc import Collection, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.common.clock import Provenance
from services.common.pagination import PageRequest, Rows, SortKey, fetch_page
from services.programs.db.base import get_one
from services.programs.db.tables import (
    Agreement,
    AgreementAlert,
    AgreementAmendment,
    AgreementParty,
    AgreementSubject,
    Organization,
)
from services.programs.domain.agreements import AgreementState
from services.programs.domain.evidence import SubjectKind
from services.programs.domain.problems import SubjectNotFound


async def get_agreement(session: AsyncSession, agreement_id: UUID, *, lock: bool = False) -> Agreement:
    """Return the agreement, locked for update if `lock`; raise `SubjectNotFound`."""
    agreement = await session.get(Agreement, agreement_id, with_for_update=lock or None)
    if agreement is None:
        raise SubjectNotFound("There is no such agreement.")
    return agreement


async def list_agreements(
    session: AsyncSession,
    page: PageRequest,
    *,
    provenance: Provenance,
    code: str | None,
    state: AgreementState | None,
    organization_id: UUID | None,
    subject_id: UUID | None,
    expires_by: date | None,
) -> Rows:
    """Return agreements by code; `expires_by` asks for those in force whose last day is no later.

    Synthetic ones only if asked for by name (invariant P11).
    """
    query = select(Agreement).where(Agreement.provenance == provenance)
    if code is not None:
        query = query.where(Agreement.code == code)
    if state is not None:
        query = query.where(Agreement.state == state)
    if organization_id is not None:
        bound = select(AgreementParty.agreement_id).where(AgreementParty.organization_id == organization_id)
        query = query.where(Agreement.id.in_(bound))
    if subject_id is not None:
        about = select(AgreementSubject.agreement_id).where(AgreementSubject.subject_id == subject_id)
        query = query.where(Agreement.id.in_(about))
    if expires_by is not None:
        query = query.where(Agreement.state == AgreementState.IN_FORCE, Agreement.expires_on <= expires_by)
    return await fetch_page(session, query, page, SortKey(Agreement.code))


async def list_parties(session: AsyncSession, agreement_id: UUID) -> Sequence[Organization]:
    """Return whom the agreement binds, by code."""
    query = (
        select(Organization)
        .join(AgreementParty, AgreementParty.organization_id == Organization.id)
        .where(AgreementParty.agreement_id == agreement_id)
        .order_by(Organization.code)
    )
    return (await session.scalars(query)).all()


async def list_amendments(session: AsyncSession, agreement_id: UUID) -> Sequence[AgreementAmendment]:
    """Return what changed the agreement, in order."""
    query = select(AgreementAmendment).where(AgreementAmendment.agreement_id == agreement_id)
    return (await session.scalars(query.order_by(AgreementAmendment.number))).all()


async def list_raised(session: AsyncSession, agreement_id: UUID, expires_on: date) -> Collection[int]:
    """Return how many days before this last day alerts were raised already."""
    query = select(AgreementAlert.days).where(
        AgreementAlert.agreement_id == agreement_id, AgreementAlert.expires_on == expires_on
    )
    return set(await session.scalars(query))


async def get_alert(session: AsyncSession, alert_id: UUID) -> AgreementAlert:
    """Return the alert, locked; raise `SubjectNotFound`."""
    alert = await session.get(AgreementAlert, alert_id, with_for_update=True)
    if alert is None:
        raise SubjectNotFound("There is no such alert.")
    return alert


async def read_alert(session: AsyncSession, alert_id: UUID) -> AgreementAlert:
    """Return the alert to read it; raise `SubjectNotFound`."""
    return await get_one(session, select(AgreementAlert).where(AgreementAlert.id == alert_id), "alert")


async def list_alerts(
    session: AsyncSession, page: PageRequest, *, provenance: Provenance, is_open: bool | None
) -> Rows:
    """Return alerts by the day on which the agreement expires."""
    concerned = select(Agreement.id).where(Agreement.provenance == provenance)
    query = select(AgreementAlert).where(AgreementAlert.agreement_id.in_(concerned))
    if is_open is not None:
        column = AgreementAlert.acknowledged_by
        query = query.where(column.is_(None) if is_open else column.is_not(None))
    return await fetch_page(
        session, query, page, SortKey(AgreementAlert.expires_on), SortKey(AgreementAlert.id)
    )


async def replace_links(
    session: AsyncSession,
    agreement_id: UUID,
    party_ids: Collection[UUID],
    subjects: Collection[tuple[SubjectKind, UUID]],
) -> None:
    """Let the agreement bind these parties about these subjects, and no others."""
    for table in (AgreementParty, AgreementSubject):
        await session.execute(delete(table).where(table.agreement_id == agreement_id))
    session.add_all(AgreementParty(agreement_id=agreement_id, organization_id=one) for one in party_ids)
    session.add_all(
        AgreementSubject(agreement_id=agreement_id, subject_kind=kind, subject_id=one)
        for kind, one in subjects
    )
    await session.flush()
