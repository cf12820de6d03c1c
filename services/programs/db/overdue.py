"""What should have happened by now and has not, over the whole portfolio."""

from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Select,
    Text,
    case,
    cast,
    func,
    literal,
    or_,
    select,
    tuple_,
    union_all,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute, aliased

from services.common.clock import Provenance
from services.common.pagination import PageRequest, SortKey, fetch_json_page
from services.programs.db.tables import (
    Citation,
    Delivery,
    DesignTask,
    Edition,
    Milestone,
    Risk,
    StatusReport,
)
from services.programs.domain.deliveries import BEFORE_HANDOVER, DesignTaskState
from services.programs.domain.evidence import SubjectKind
from services.programs.domain.monitoring import MilestoneState, OverdueKind, RiskState

_STATED = select(Citation.id).where(Citation.subject_id == Delivery.id, Citation.as_of.is_not(None)).exists()


async def list_overdue(
    session: AsyncSession,
    page: PageRequest,
    today: date,
    *,
    provenance: Provenance,
    kind: OverdueKind | None,
    subject_id: UUID | None,
) -> bytes:
    """Return a page of `OverdueItem`, the longest overdue first, as JSON.

    A delivery of which only a source of some day is known, and that nobody has touched since, is not overdue.
    A design task is due by its own day, or else before its edition begins; a report by the day that the latest one
    promised it for.
    """
    milestones = _one(OverdueKind.MILESTONE, Milestone, Milestone.latest).where(
        Milestone.state == MilestoneState.OPEN
    )
    risks = _one(OverdueKind.RISK, Risk, Risk.review_by).where(Risk.state != RiskState.CLOSED)
    deliveries = _one(OverdueKind.DELIVERY, Delivery, Delivery.latest).where(
        Delivery.state.in_(BEFORE_HANDOVER), or_(Delivery.version > 1, ~_STATED)
    )
    late = union_all(
        milestones.where(Milestone.latest < today, Milestone.provenance == provenance),
        risks.where(Risk.review_by < today, Risk.provenance == provenance),
        deliveries.where(Delivery.latest < today, Delivery.provenance == provenance),
        _late_tasks().where(today > _TASK_DUE, DesignTask.provenance == provenance),
        _late_reports().where(StatusReport.next_by < today, StatusReport.provenance == provenance),
    ).subquery("late")
    query = select(
        late.c.kind,
        late.c.id,
        late.c.href,
        late.c.title,
        func.json_build_object("kind", late.c.subject_kind, "id", late.c.subject_id).label("subject"),
        late.c.due,
    )
    if kind is not None:
        query = query.where(late.c.kind == kind)
    if subject_id is not None:
        query = query.where(late.c.subject_id == subject_id)
    return await fetch_json_page(session, query, page, SortKey(late.c.due), SortKey(late.c.id))


_TASK_DUE: Final = func.coalesce(DesignTask.latest, Edition.earliest - 1)
_newer: Final = aliased(StatusReport)
_REPORT_TITLE: Final = {
    "en": "Next status report",
    "ru": "Следующий отчёт о состоянии",
    "kk": "Жай-күй туралы келесі есеп",
}


def _late_tasks() -> Select[*tuple[Any, ...]]:
    """Return design tasks that nobody has answered."""
    return (
        select(
            literal(OverdueKind.DESIGN_TASK.value, Text).label("kind"),
            DesignTask.id,
            (literal("/v1/design-tasks/", Text) + cast(DesignTask.id, Text)).label("href"),
            DesignTask.title,
            case(
                (DesignTask.edition_id.is_(None), SubjectKind.PROGRAM.value),
                else_=SubjectKind.EDITION.value,
            ).label("subject_kind"),
            func.coalesce(DesignTask.edition_id, DesignTask.program_id).label("subject_id"),
            _TASK_DUE.label("due"),
        )
        .join(Edition, Edition.id == DesignTask.edition_id, isouter=True)
        .where(DesignTask.state == DesignTaskState.OPEN)
    )


def _late_reports() -> Select[*tuple[Any, ...]]:
    """Return the latest report of each subject, which promises the next one."""
    followed = (
        select(_newer.id)
        .where(
            _newer.subject_id == StatusReport.subject_id,
            tuple_(_newer.as_of, _newer.id) > tuple_(StatusReport.as_of, StatusReport.id),
        )
        .exists()
    )
    return select(
        literal(OverdueKind.STATUS_REPORT.value, Text).label("kind"),
        StatusReport.id,
        (literal("/v1/status-reports/", Text) + cast(StatusReport.id, Text)).label("href"),
        literal(_REPORT_TITLE, JSONB).label("title"),
        cast(StatusReport.subject_kind, Text).label("subject_kind"),
        StatusReport.subject_id,
        StatusReport.next_by.label("due"),
    ).where(~followed)


def _one(
    kind: OverdueKind,
    table: type[Milestone | Risk | Delivery],
    due: ColumnElement[Any] | InstrumentedAttribute[Any],
) -> Select[*tuple[Any, ...]]:
    place = {OverdueKind.MILESTONE: "milestones", OverdueKind.RISK: "risks"}.get(kind, "deliveries")
    subject: tuple[ColumnElement[str], ColumnElement[UUID] | InstrumentedAttribute[UUID]]
    if issubclass(table, Delivery):
        subject = (literal(SubjectKind.DELIVERY.value, Text), table.id)
    else:
        subject = (cast(table.subject_kind, Text), table.subject_id)
    return select(
        literal(kind.value, Text).label("kind"),
        table.id,
        (literal(f"/v1/{place}/", Text) + cast(table.id, Text)).label("href"),
        table.title,
        subject[0].label("subject_kind"),
        subject[1].label("subject_id"),
        due.label("due"),
    )
