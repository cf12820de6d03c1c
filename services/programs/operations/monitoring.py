"""Following programs, editions and deliveries."""

from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.common.audit import record_change
from services.common.clock import domain_now
from services.common.edtf import parse_edtf
from services.common.identity import Caller
from services.common.preconditions import require_version
from services.common.problems import Fault, RequestInvalid
from services.programs.db.monitoring import find_provenance, get_followed
from services.programs.db.tables import Milestone, Risk, StatusReport
from services.programs.domain.monitoring import (
    MILESTONE_LIFE,
    RISK_LIFE,
    MilestoneState,
    RiskState,
    rate_risk,
)
from services.programs.domain.problems import ActualInFuture, TransitionRefused
from services.programs.schemas.monitoring import (
    MilestoneChange,
    MilestoneCreate,
    RiskChange,
    RiskCreate,
    StatusReportCreate,
)


async def create_milestone(session: AsyncSession, caller: Caller, request: MilestoneCreate) -> Milestone:
    """Plan something to be reached by a day."""
    subject = request.subject
    milestone = Milestone(
        **request.model_dump(exclude={"subject"}),
        subject_kind=subject.kind,
        subject_id=subject.id,
        latest=_last_day(request.due),
        state=MILESTONE_LIFE.initial,
        provenance=await find_provenance(session, subject.kind, subject.id),
    )
    session.add(milestone)
    await record_change(session, caller, "milestone.created", milestone)
    return milestone


async def change_milestone(
    session: AsyncSession,
    caller: Caller,
    milestone_id: UUID,
    expected_version: int,
    request: MilestoneChange,
) -> Milestone:
    """Change what an open milestone says; raises `TransitionRefused` for another."""
    milestone = await get_followed(session, Milestone, milestone_id, lock=True)
    require_version(milestone, expected_version)
    if milestone.state is not MilestoneState.OPEN:
        raise TransitionRefused(f"The milestone is {milestone.state}.")
    changes = request.model_dump(exclude_unset=True)
    if request.due is not None:
        changes["latest"] = _last_day(request.due)
    for field, value in changes.items():
        setattr(milestone, field, value)
    await record_change(session, caller, "milestone.changed", milestone, changes)
    return milestone


async def achieve_milestone(
    session: AsyncSession, caller: Caller, milestone_id: UUID, achieved_on: date
) -> Milestone:
    """Record that the milestone was reached; raises `ActualInFuture` (invariant P7)."""
    milestone = await get_followed(session, Milestone, milestone_id, lock=True)
    _require_step(milestone, MilestoneState.ACHIEVED)
    now = await domain_now(session, milestone.provenance)
    if achieved_on > now.date():
        raise ActualInFuture("A milestone is not reached in the future.")
    milestone.state, milestone.achieved_on = MilestoneState.ACHIEVED, achieved_on
    await record_change(session, caller, "milestone.achieved", milestone, ["state", "achieved_on"])
    return milestone


async def cancel_milestone(
    session: AsyncSession, caller: Caller, milestone_id: UUID, reason: str
) -> Milestone:
    """Give the milestone up, with the reason."""
    milestone = await get_followed(session, Milestone, milestone_id, lock=True)
    _require_step(milestone, MilestoneState.CANCELLED)
    milestone.state, milestone.state_reason = MilestoneState.CANCELLED, reason
    await record_change(session, caller, "milestone.cancelled", milestone, ["state", "state_reason"])
    return milestone


def _require_step(milestone: Milestone, target: MilestoneState) -> None:
    if not MILESTONE_LIFE.may_become(milestone.state, target):
        raise TransitionRefused(f"A milestone that is {milestone.state} cannot become {target}.")


def _last_day(due: str) -> date:
    latest = parse_edtf(due).latest
    if latest is None:
        fault = Fault("/due", "open_end", "What is due has a last day.")
        raise RequestInvalid("The date has no end.", errors=[fault])
    return latest


async def create_risk(session: AsyncSession, caller: Caller, request: RiskCreate) -> Risk:
    """Enter what may go wrong."""
    subject = request.subject
    risk = Risk(
        **request.model_dump(exclude={"subject"}),
        subject_kind=subject.kind,
        subject_id=subject.id,
        rating=rate_risk(request.likelihood, request.impact),
        state=RISK_LIFE.initial,
        provenance=await find_provenance(session, subject.kind, subject.id),
    )
    session.add(risk)
    await record_change(session, caller, "risk.created", risk)
    return risk


async def change_risk(
    session: AsyncSession, caller: Caller, risk_id: UUID, expected_version: int, request: RiskChange
) -> Risk:
    """Rate the risk anew or answer it differently; raises `TransitionRefused` once it is closed."""
    risk = await get_followed(session, Risk, risk_id, lock=True)
    require_version(risk, expected_version)
    if risk.state is RiskState.CLOSED:
        raise TransitionRefused("The risk is closed.")
    changes = request.model_dump(exclude_unset=True)
    for field, value in changes.items():
        setattr(risk, field, value)
    if risk.likelihood and risk.impact:
        risk.rating = rate_risk(risk.likelihood, risk.impact)
    await record_change(session, caller, "risk.changed", risk, [*changes, "rating"])
    return risk


async def change_risk_state(
    session: AsyncSession, caller: Caller, risk_id: UUID, target: RiskState, reason: str
) -> Risk:
    """Record that the risk has occurred, or is past."""
    risk = await get_followed(session, Risk, risk_id, lock=True)
    if not RISK_LIFE.may_become(risk.state, target):
        raise TransitionRefused(f"A risk that is {risk.state} cannot become {target}.")
    risk.state, risk.state_reason = target, reason
    await record_change(session, caller, f"risk.{target}", risk, ["state", "state_reason"])
    return risk


async def create_status_report(
    session: AsyncSession, caller: Caller, request: StatusReportCreate
) -> StatusReport:
    """Report how a program, edition or delivery stood; raises `ActualInFuture` (invariant P7)."""
    subject = request.subject
    provenance = await find_provenance(session, subject.kind, subject.id)
    now = await domain_now(session, provenance)
    if request.as_of > now.date():
        raise ActualInFuture("Nobody knows yet how it will stand.")
    report = StatusReport(
        **request.model_dump(exclude={"subject"}),
        subject_kind=subject.kind,
        subject_id=subject.id,
        provenance=provenance,
    )
    session.add(report)
    await record_change(session, caller, "status_report.created", report)
    return report
