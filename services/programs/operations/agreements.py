"""What can be done to agreements, and what the clock does to them."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.common.audit import record_change
from services.common.clock import domain_now, real_now
from services.common.identity import Caller, acting_service
from services.common.jobs import schedule_job
from services.common.preconditions import require_version
from services.programs.db.agreements import get_agreement, get_alert, list_raised, replace_links
from services.programs.db.evidence import require_subjects
from services.programs.db.organizations import get_organization
from services.programs.db.tables import Agreement, AgreementAlert, AgreementAmendment
from services.programs.domain.agreements import (
    AGREEMENT_LIFE,
    AgreementState,
    due_alerts,
    has_expired,
    next_look,
)
from services.programs.domain.problems import ActualInFuture, TransitionRefused
from services.programs.operations.editions import require_demonstration
from services.programs.schemas.agreements import AgreementChange, AgreementCreate, AmendmentCreate
from services.programs.schemas.evidence import SubjectReference

FOLLOW_EXPIRY: Final = "agreement.follow_expiry"
_CLOCK: Final = acting_service("programs")


async def create_agreement(
    session: AsyncSession, caller: Caller, request: AgreementCreate, *, demonstration: bool
) -> Agreement:
    """Enter a draft; raises `OrganizationNotFound`, `ReferenceUnknown`, `DemonstrationOnly`."""
    require_demonstration(request.provenance, demonstration=demonstration)
    agreement = Agreement(
        **request.model_dump(exclude={"party_ids", "subjects"}), state=AGREEMENT_LIFE.initial
    )
    session.add(agreement)
    await record_change(session, caller, "agreement.created", agreement)
    await _link(session, agreement, request.party_ids, request.subjects)
    return agreement


async def change_agreement(
    session: AsyncSession, caller: Caller, agreement_id: UUID, expected_version: int, request: AgreementChange
) -> Agreement:
    """Change what the record says; when it expires is changed by an amendment."""
    agreement = await get_agreement(session, agreement_id, lock=True)
    require_version(agreement, expected_version)
    changes = request.model_dump(exclude={"party_ids", "subjects"})
    for field, value in changes.items():
        setattr(agreement, field, value)
    agreement.updated_at = await real_now(session)
    await record_change(session, caller, "agreement.changed", agreement, [*changes, "parties", "subjects"])
    await _link(session, agreement, request.party_ids, request.subjects)
    return agreement


async def sign_agreement(
    session: AsyncSession, caller: Caller, agreement_id: UUID, signed_on: date
) -> Agreement:
    """Let the agreement bind from now on; raises `ActualInFuture`."""
    agreement = await get_agreement(session, agreement_id, lock=True)
    await _require_past(session, agreement, signed_on)
    if agreement.state is not AgreementState.DRAFT:
        raise TransitionRefused(f"An agreement that is {agreement.state} cannot be signed.")
    agreement.signed_on = signed_on
    await _enter(session, caller, agreement, AgreementState.IN_FORCE, ["signed_on"])
    await follow_expiry(session, agreement.id)
    return agreement


async def amend_agreement(
    session: AsyncSession, caller: Caller, agreement_id: UUID, request: AmendmentCreate
) -> Agreement:
    """Record a document that changes the agreement; one that prolongs it lets an expired one bind again."""
    agreement = await get_agreement(session, agreement_id, lock=True)
    await _require_past(session, agreement, request.signed_on)
    if agreement.state not in (AgreementState.IN_FORCE, AgreementState.EXPIRED):
        raise TransitionRefused(f"An agreement that is {agreement.state} cannot be amended.")
    amendment = AgreementAmendment(agreement_id=agreement.id, **request.model_dump())
    session.add(amendment)
    await record_change(session, caller, "agreement_amendment.created", amendment)
    if request.expires_on is not None:
        agreement.expires_on = request.expires_on
        today = await _today(session, agreement)
        prolonged = not has_expired(request.expires_on, today)
        if agreement.state is AgreementState.EXPIRED and prolonged:
            agreement.state = AgreementState.IN_FORCE
    agreement.updated_at = await real_now(session)
    await record_change(session, caller, "agreement.amended", agreement, ["amendments", "expires_on"])
    await follow_expiry(session, agreement.id)
    return agreement


async def terminate_agreement(
    session: AsyncSession, caller: Caller, agreement_id: UUID, reason: str
) -> Agreement:
    """Let the agreement bind nobody any more."""
    agreement = await get_agreement(session, agreement_id, lock=True)
    if not AGREEMENT_LIFE.may_become(agreement.state, AgreementState.TERMINATED):
        raise TransitionRefused(f"An agreement that is {agreement.state} cannot be terminated.")
    agreement.state_reason = reason
    await _enter(session, caller, agreement, AgreementState.TERMINATED, ["state_reason"])
    return agreement


async def acknowledge_agreement_alert(
    session: AsyncSession, caller: Caller, alert_id: UUID
) -> AgreementAlert:
    """Take note that an agreement expires; a second time changes nothing."""
    alert = await get_alert(session, alert_id)
    if alert.acknowledged_by is None:
        alert.acknowledged_by = caller.principal
        await record_change(session, caller, "agreement_alert.acknowledged", alert, ["acknowledged_by"])
    return alert


async def follow_expiry(session: AsyncSession, agreement_id: UUID, *, today: date | None = None) -> None:
    """Raise the alerts that are due, let the agreement expire, and plan the next look. `today` is for tests."""
    agreement = await get_agreement(session, agreement_id, lock=True)
    today = today or await _today(session, agreement)
    expires_on = agreement.expires_on
    if agreement.state is not AgreementState.IN_FORCE or expires_on is None:
        return
    for days in due_alerts(expires_on, today, await list_raised(session, agreement.id, expires_on)):
        alert = AgreementAlert(agreement_id=agreement.id, expires_on=expires_on, days=days)
        session.add(alert)
        await record_change(session, _CLOCK, "agreement_alert.raised", alert)
    if has_expired(expires_on, today):
        await _enter(session, _CLOCK, agreement, AgreementState.EXPIRED, [])
    elif (day := next_look(expires_on, today)) is not None:
        due = datetime.combine(day, time(), UTC)
        await schedule_job(session, FOLLOW_EXPIRY, agreement.id, due, provenance=agreement.provenance)


async def _enter(
    session: AsyncSession, caller: Caller, agreement: Agreement, state: AgreementState, fields: Sequence[str]
) -> None:
    agreement.state = state
    await record_change(session, caller, f"agreement.{state}", agreement, ["state", *fields])


async def _link(
    session: AsyncSession,
    agreement: Agreement,
    party_ids: Sequence[UUID],
    subjects: Sequence[SubjectReference],
) -> None:
    for party_id in party_ids:
        await get_organization(session, party_id)
    named = [(subject.kind, subject.id) for subject in subjects]
    await require_subjects(session, named)
    await replace_links(session, agreement.id, set(party_ids), set(named))


async def _require_past(session: AsyncSession, agreement: Agreement, day: date) -> None:
    if day > await _today(session, agreement):
        raise ActualInFuture("A signature cannot be dated in the future.")


async def _today(session: AsyncSession, agreement: Agreement) -> date:
    return (await domain_now(session, agreement.provenance)).date()
