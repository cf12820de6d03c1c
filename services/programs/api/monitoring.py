"""Routes of milestones, risks and status reports."""

from datetime import date
from typing import Final
from uuid import UUID

from fastapi import Response, status
from sqlalchemy.ext.asyncio import AsyncSession

from services.common.actions import Step, list_actions
from services.common.clock import Provenance, domain_now
from services.common.http.callers import Caller
from services.common.http.paging import Following, Paging
from services.common.http.preconditions import ExpectedVersion
from services.common.http.problem_responses import problems
from services.common.http.routes import house_router
from services.common.http.sessions import ReadSession, WriteSession
from services.common.identity import Caller as CallerIdentity
from services.common.wire import FollowedPage, Id, Page
from services.programs.db import monitoring as questions
from services.programs.db.overdue import list_overdue
from services.programs.db.tables import Milestone, Risk, StatusReport
from services.programs.domain.monitoring import (
    MILESTONE_LIFE,
    RISK_LIFE,
    MilestoneState,
    OverdueKind,
    RiskState,
)
from services.programs.domain.permissions import PERMISSIONS
from services.programs.domain.problems import (
    ActualInFuture,
    ReferenceUnknown,
    SubjectNotFound,
    TransitionRefused,
)
from services.programs.operations import monitoring as operations
from services.programs.schemas.monitoring import (
    MilestoneAchievement,
    MilestoneCancellation,
    MilestoneChange,
    MilestoneCreate,
    MilestoneItem,
    MilestoneRead,
    OverdueItem,
    RiskChange,
    RiskCreate,
    RiskItem,
    RiskRead,
    RiskStateChange,
    StatusReportCreate,
    StatusReportRead,
)

router = house_router("monitoring", "")
CREATED = status.HTTP_201_CREATED
_MILESTONE_STEPS: Final = (
    Step("achieve_milestone", "achievement", MilestoneState.ACHIEVED),
    Step("cancel_milestone", "cancellation", MilestoneState.CANCELLED),
)
_RISK_STEPS: Final = tuple(
    Step("change_risk_state", "state-changes", state) for state in (RiskState.OCCURRED, RiskState.CLOSED)
)


@router.post(
    "/milestones",
    response_model=MilestoneRead,
    status_code=CREATED,
    responses=problems(ReferenceUnknown),
)
async def create_milestone(
    session: WriteSession, caller: Caller, request: MilestoneCreate, response: Response
) -> MilestoneRead:
    """Plan something that a program, edition or delivery is to reach by a day."""
    milestone = await operations.create_milestone(session, caller, request)
    response.headers["Location"] = milestone.href
    return await _answer_milestone(session, caller, milestone)


@router.get("/milestones", response_model=FollowedPage[MilestoneItem])
async def list_milestones(
    session: ReadSession,
    page: Following,
    *,
    subject_id: Id | None = None,
    state: MilestoneState | None = None,
    overdue: bool = False,
    provenance: Provenance = Provenance.REAL,
) -> FollowedPage[MilestoneItem]:
    """List milestones by the last day they may be due; `overdue` asks for open ones that are past it."""
    today = await _today(session, provenance)
    rows = await questions.list_milestones(
        session, page, today, provenance=provenance, subject_id=subject_id, state=state, overdue=overdue
    )
    items = [MilestoneItem.of(row, overdue=_is_late(row, today)) for row in rows.items]
    return FollowedPage[MilestoneItem].of(rows, items=items)


@router.get("/milestones/{milestone_id}", response_model=MilestoneRead, responses=problems(SubjectNotFound))
async def read_milestone(session: ReadSession, caller: Caller, milestone_id: UUID) -> MilestoneRead:
    """Read one milestone."""
    milestone = await questions.get_followed(session, Milestone, milestone_id)
    return await _answer_milestone(session, caller, milestone)


@router.patch(
    "/milestones/{milestone_id}",
    response_model=MilestoneRead,
    responses=problems(SubjectNotFound, TransitionRefused),
)
async def change_milestone(
    session: WriteSession,
    caller: Caller,
    milestone_id: UUID,
    version: ExpectedVersion,
    request: MilestoneChange,
) -> MilestoneRead:
    """Change what an open milestone says."""
    milestone = await operations.change_milestone(session, caller, milestone_id, version, request)
    return await _answer_milestone(session, caller, milestone)


@router.post(
    "/milestones/{milestone_id}/achievement",
    response_model=MilestoneRead,
    responses=problems(SubjectNotFound, TransitionRefused, ActualInFuture),
)
async def achieve_milestone(
    session: WriteSession, caller: Caller, milestone_id: UUID, request: MilestoneAchievement
) -> MilestoneRead:
    """Record when the milestone was reached."""
    milestone = await operations.achieve_milestone(session, caller, milestone_id, request.achieved_on)
    return await _answer_milestone(session, caller, milestone)


@router.post(
    "/milestones/{milestone_id}/cancellation",
    response_model=MilestoneRead,
    responses=problems(SubjectNotFound, TransitionRefused),
)
async def cancel_milestone(
    session: WriteSession, caller: Caller, milestone_id: UUID, request: MilestoneCancellation
) -> MilestoneRead:
    """Give the milestone up."""
    milestone = await operations.cancel_milestone(session, caller, milestone_id, request.reason)
    return await _answer_milestone(session, caller, milestone)


@router.post("/risks", response_model=RiskRead, status_code=CREATED, responses=problems(ReferenceUnknown))
async def create_risk(
    session: WriteSession, caller: Caller, request: RiskCreate, response: Response
) -> RiskRead:
    """Enter what may go wrong with a program, edition or delivery."""
    risk = await operations.create_risk(session, caller, request)
    response.headers["Location"] = risk.href
    return await _answer_risk(session, caller, risk)


@router.get("/risks", response_model=FollowedPage[RiskItem])
async def list_risks(
    session: ReadSession,
    page: Following,
    *,
    subject_id: Id | None = None,
    state: RiskState | None = None,
    overdue: bool = False,
    provenance: Provenance = Provenance.REAL,
) -> FollowedPage[RiskItem]:
    """List risks, the gravest first; `overdue` asks for those that should have been reviewed by now."""
    today = await _today(session, provenance)
    rows = await questions.list_risks(
        session, page, today, provenance=provenance, subject_id=subject_id, state=state, overdue=overdue
    )
    items = [RiskItem.of(row, overdue=_is_to_be_reviewed(row, today)) for row in rows.items]
    return FollowedPage[RiskItem].of(rows, items=items)


@router.get("/risks/{risk_id}", response_model=RiskRead, responses=problems(SubjectNotFound))
async def read_risk(session: ReadSession, caller: Caller, risk_id: UUID) -> RiskRead:
    """Read one risk."""
    return await _answer_risk(session, caller, await questions.get_followed(session, Risk, risk_id))


@router.patch(
    "/risks/{risk_id}", response_model=RiskRead, responses=problems(SubjectNotFound, TransitionRefused)
)
async def change_risk(
    session: WriteSession, caller: Caller, risk_id: UUID, version: ExpectedVersion, request: RiskChange
) -> RiskRead:
    """Rate a risk anew, or answer it differently."""
    risk = await operations.change_risk(session, caller, risk_id, version, request)
    return await _answer_risk(session, caller, risk)


@router.post(
    "/risks/{risk_id}/state-changes",
    response_model=RiskRead,
    responses=problems(SubjectNotFound, TransitionRefused),
)
async def change_risk_state(
    session: WriteSession, caller: Caller, risk_id: UUID, request: RiskStateChange
) -> RiskRead:
    """Record that the risk has occurred, or is past."""
    risk = await operations.change_risk_state(session, caller, risk_id, request.state, request.reason)
    return await _answer_risk(session, caller, risk)


@router.post(
    "/status-reports",
    response_model=StatusReportRead,
    status_code=CREATED,
    responses=problems(ReferenceUnknown, ActualInFuture),
)
async def create_status_report(
    session: WriteSession, caller: Caller, request: StatusReportCreate
) -> StatusReport:
    """Report how a program, edition or delivery stood on a day; a newer report corrects it."""
    return await operations.create_status_report(session, caller, request)


@router.get("/status-reports", response_model=FollowedPage[StatusReportRead])
async def list_status_reports(
    session: ReadSession,
    page: Following,
    subject_id: Id | None = None,
    provenance: Provenance = Provenance.REAL,
) -> object:
    """List status reports, the latest first."""
    return await questions.list_status_reports(session, page, provenance=provenance, subject_id=subject_id)


@router.get(
    "/status-reports/{status_report_id}",
    response_model=StatusReportRead,
    responses=problems(SubjectNotFound),
)
async def read_status_report(session: ReadSession, status_report_id: UUID) -> StatusReport:
    """Read how a program, edition or delivery stood on one day."""
    return await questions.get_status_report(session, status_report_id)


@router.get("/overdue-items", response_model=Page[OverdueItem])
async def list_overdue_items(
    session: ReadSession,
    page: Paging,
    kind: OverdueKind | None = None,
    subject_id: Id | None = None,
    provenance: Provenance = Provenance.REAL,
) -> Response:
    """List milestones, reviews of risks, handovers, design tasks and reports that are late, the longest first.

    Instalments have a list of their own, which tells amounts: `/v1/award-instalments?overdue=true`.
    """
    today = await _today(session, provenance)
    found = await list_overdue(session, page, today, provenance=provenance, kind=kind, subject_id=subject_id)
    return Response(found, media_type="application/json")


async def _today(session: AsyncSession, provenance: Provenance) -> date:
    return (await domain_now(session, provenance)).date()


def _is_late(milestone: Milestone, today: date) -> bool:
    return milestone.state is MilestoneState.OPEN and milestone.latest < today


def _is_to_be_reviewed(risk: Risk, today: date) -> bool:
    late = risk.review_by is not None and risk.review_by < today
    return late and risk.state is not RiskState.CLOSED


async def _answer_milestone(session: AsyncSession, caller: CallerIdentity, row: Milestone) -> MilestoneRead:
    overdue = _is_late(row, await _today(session, row.provenance))
    actions = list_actions(PERMISSIONS, caller, row.href, MILESTONE_LIFE, row.state, _MILESTONE_STEPS)
    return MilestoneRead.of(row, overdue=overdue, actions=actions)


async def _answer_risk(session: AsyncSession, caller: CallerIdentity, row: Risk) -> RiskRead:
    overdue = _is_to_be_reviewed(row, await _today(session, row.provenance))
    actions = list_actions(PERMISSIONS, caller, row.href, RISK_LIFE, row.state, _RISK_STEPS)
    return RiskRead.of(row, overdue=overdue, actions=actions)
