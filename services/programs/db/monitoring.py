"""Questions asked of milestones, risks and status reports."""

from datetime import date
from typing import TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.common.clock import Provenance
from services.common.pagination import PageRequest, Rows, SortKey, fetch_page
from services.programs.db.base import get_one
from services.programs.db.tables import Delivery, Edition, Milestone, Program, Risk, StatusReport
from services.programs.domain.evidence import SubjectKind
from services.programs.domain.monitoring import MilestoneState, RiskState
from services.programs.domain.problems import ReferenceUnknown, SubjectNotFound

Followed = TypeVar("Followed", Milestone, Risk)


async def find_provenance(session: AsyncSession, kind: SubjectKind, subject_id: UUID) -> Provenance:
    """Return whether the program, edition or delivery is real; raise `ReferenceUnknown`.

    A program is real whatever is tried out in its editions.
    """
    if kind is SubjectKind.PROGRAM:
        found = Provenance.REAL if await session.get(Program, subject_id) else None
    else:
        table = Edition if kind is SubjectKind.EDITION else Delivery
        found = await session.scalar(select(table.provenance).where(table.id == subject_id))
    if found is None:
        raise ReferenceUnknown(f"There is no such {kind}.")
    return found


async def get_followed(
    session: AsyncSession, table: type[Followed], row_id: UUID, *, lock: bool = False
) -> Followed:
    """Return the milestone or risk, locked for update if `lock`; raise `SubjectNotFound`."""
    row = await session.get(table, row_id, with_for_update=lock or None)
    if row is None:
        raise SubjectNotFound(f"There is no such {table.__tablename__}.")
    return row


async def list_milestones(
    session: AsyncSession,
    page: PageRequest,
    today: date,
    *,
    provenance: Provenance,
    subject_id: UUID | None,
    state: MilestoneState | None,
    overdue: bool,
) -> Rows:
    """Return milestones by the last day they may be due; with `overdue` those that are past it and open."""
    query = select(Milestone).where(*_about(Milestone, provenance, subject_id))
    if state is not None:
        query = query.where(Milestone.state == state)
    if overdue:
        query = query.where(Milestone.state == MilestoneState.OPEN, Milestone.latest < today)
    return await fetch_page(session, query, page, SortKey(Milestone.latest), SortKey(Milestone.id))


async def list_risks(
    session: AsyncSession,
    page: PageRequest,
    today: date,
    *,
    provenance: Provenance,
    subject_id: UUID | None,
    state: RiskState | None,
    overdue: bool,
) -> Rows:
    """Return risks, the gravest first; with `overdue` those that should have been reviewed by now."""
    query = select(Risk).where(*_about(Risk, provenance, subject_id))
    if state is not None:
        query = query.where(Risk.state == state)
    if overdue:
        query = query.where(Risk.state != RiskState.CLOSED, Risk.review_by < today)
    return await fetch_page(session, query, page, SortKey(Risk.rating, descending=True), SortKey(Risk.id))


async def list_status_reports(
    session: AsyncSession, page: PageRequest, *, provenance: Provenance, subject_id: UUID | None
) -> Rows:
    """Return status reports, the latest first."""
    query = select(StatusReport).where(*_about(StatusReport, provenance, subject_id))
    latest = SortKey(StatusReport.as_of, descending=True)
    return await fetch_page(session, query, page, latest, SortKey(StatusReport.id, descending=True))


async def get_status_report(session: AsyncSession, report_id: UUID) -> StatusReport:
    """Return the report; raise `SubjectNotFound`."""
    return await get_one(session, select(StatusReport).where(StatusReport.id == report_id), "status report")


async def find_latest_report(session: AsyncSession, subject_id: UUID) -> StatusReport | None:
    """Return how the subject stood when it was last reported."""
    query = select(StatusReport).where(StatusReport.subject_id == subject_id)
    latest = query.order_by(StatusReport.as_of.desc(), StatusReport.id.desc()).limit(1)
    return (await session.scalars(latest)).one_or_none()


async def count_pending(session: AsyncSession, subject_id: UUID, today: date) -> dict[str, int]:
    """Return how many milestones of the subject are overdue, and how many risks are not closed."""
    overdue = select(func.count()).where(
        Milestone.subject_id == subject_id, Milestone.state == MilestoneState.OPEN, Milestone.latest < today
    )
    pending = select(func.count()).where(Risk.subject_id == subject_id, Risk.state != RiskState.CLOSED)
    query = select(
        overdue.scalar_subquery().label("overdue_milestones"), pending.scalar_subquery().label("open_risks")
    )
    return dict((await session.execute(query)).one()._mapping)


async def count_open_milestones(session: AsyncSession, subject_id: UUID) -> int:
    """Return how many milestones of the subject are neither reached nor given up."""
    query = select(func.count()).where(
        Milestone.subject_id == subject_id, Milestone.state == MilestoneState.OPEN
    )
    return (await session.execute(query)).scalar_one()


def _about(
    table: type[Milestone | Risk | StatusReport], provenance: Provenance, subject_id: UUID | None
) -> list[ColumnElement[bool]]:
    """Return what narrows rows to a provenance (invariant P11), and to a subject if one is named."""
    subject = [] if subject_id is None else [table.subject_id == subject_id]
    return [table.provenance == provenance, *subject]
