"""What can be done with awards: one person approves an instalment, another pays it."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.common.audit import record_change
from services.common.clock import domain_now
from services.common.identity import Caller, acting_service
from services.common.inbox import is_newer
from services.common.outbox import publish
from services.common.problems import Fault
from services.programs.db.awards import find_award, get_award, get_instalment, lock_instalments
from services.programs.db.money import get_fund
from services.programs.db.organizations import get_organization
from services.programs.db.tables import Award, Instalment, LedgerEntry
from services.programs.domain.awards import (
    INSTALMENT_LIFE,
    OPEN,
    InstalmentFacts,
    InstalmentState,
    unmet_to_approve,
    unmet_to_pay,
)
from services.programs.domain.events import AWARD_MADE, AwardData
from services.programs.domain.money import EntryKind
from services.programs.domain.problems import GuardsUnmet, TransitionRefused
from services.programs.operations.editions import require_demonstration
from services.programs.operations.money import book, require_purpose
from services.programs.schemas.awards import AwardCreate, InstalmentApproval, InstalmentPayment

PARTICIPANTS = acting_service("participants")
"""Who acts when participants has named the person behind an award."""


async def create_award(
    session: AsyncSession, caller: Caller, request: AwardCreate, *, demonstration: bool
) -> Award:
    """Award a grant or scholarship, with the schedule of its instalments."""
    require_demonstration(request.provenance, demonstration=demonstration)
    await get_fund(session, request.fund_id)
    await require_purpose(session, request)
    if request.organization_id is not None:
        await get_organization(session, request.organization_id)
    award = Award(
        **request.model_dump(exclude={"instalments"}), currency=request.instalments[0].money.currency
    )
    session.add(award)
    await record_change(session, caller, "award.created", award)
    for ordinal, part in enumerate(request.instalments, start=1):
        instalment = Instalment(
            award_id=award.id,
            ordinal=ordinal,
            amount=part.money.amount,
            due_on=part.due_on,
            condition=part.condition,
            state=INSTALMENT_LIFE.initial,
        )
        session.add(instalment)
        await record_change(session, caller, "instalment.created", instalment)
    await publish(session, AWARD_MADE, award_data(award))
    return await get_award(session, award.id, visible_to=caller)


async def note_recipient(
    session: AsyncSession, award_id: UUID, person_id: UUID | None, version: int, *, replay: bool
) -> None:
    """Keep whom participants names behind an award, if that is news; an organization's has nobody behind it."""
    award = await find_award(session, award_id)
    if award is None or award.organization_id is not None:
        return
    if is_newer(award.recipient_version, version, replay=replay):
        award.person_id, award.recipient_version = person_id, version
        await record_change(session, PARTICIPANTS, "award.recipient_noted", award, ["person_id"])


def award_data(award: Award) -> AwardData:
    """Return what participants is told of an award."""
    return AwardData(
        aggregate_id=award.id,
        aggregate_version=1,
        code=award.code,
        kind=award.kind,
        organization_id=award.organization_id,
        person_id=award.person_id,
        provenance=award.provenance,
    )


async def approve_instalment(
    session: AsyncSession, caller: Caller, award_id: UUID, instalment_id: UUID, request: InstalmentApproval
) -> Instalment:
    """Say that an instalment may be paid; raises `GuardsUnmet`, for one whose condition is not met."""
    instalment = await get_instalment(session, award_id, instalment_id)
    instalment.condition_met_on = request.condition_met_on
    now = await domain_now(session, instalment.award.provenance)
    _require(unmet_to_approve(facts_of(instalment), now.date()))
    instalment.state, instalment.approved_by = InstalmentState.APPROVED, caller.principal
    instalment.state_reason = None
    fields = ["state", "approved_by", "condition_met_on"]
    await record_change(session, caller, "instalment.approved", instalment, fields)
    return instalment


async def return_instalment(
    session: AsyncSession, caller: Caller, award_id: UUID, instalment_id: UUID, reason: str
) -> Instalment:
    """Take back that an instalment may be paid, with the reason."""
    instalment = await get_instalment(session, award_id, instalment_id)
    _move(instalment, InstalmentState.PLANNED, reason)
    instalment.approved_by = instalment.paid_by = instalment.condition_met_on = None
    await record_change(session, caller, "instalment.returned", instalment, ["state", "approved_by"])
    return instalment


async def pay_instalment(
    session: AsyncSession, caller: Caller, award_id: UUID, instalment_id: UUID, request: InstalmentPayment
) -> Instalment:
    """Book the payment of an instalment that somebody else has approved; raises `GuardsUnmet`.

    Raises `ActualInFuture` and `PeriodClosed` as any payment does.
    """
    award = await get_award(session, award_id, visible_to=caller)
    await get_fund(session, award.fund_id, lock=True)  # before the instalment, in the order of reversals
    instalment = await get_instalment(session, award_id, instalment_id)
    _require(unmet_to_pay(facts_of(instalment), caller.principal))
    paid = LedgerEntry(
        fund_id=award.fund_id,
        kind=EntryKind.DISBURSEMENT,
        organization_id=award.organization_id,
        edition_id=award.edition_id,
        delivery_id=award.delivery_id,
        amount=instalment.amount,
        currency=award.currency,
        dated=request.dated,
        note=request.note,
        provenance=award.provenance,
    )
    await book(session, caller, paid)
    instalment.state, instalment.paid_by = InstalmentState.PAID, caller.principal
    instalment.transaction_id = paid.id
    fields = ["state", "paid_by", "transaction_id"]
    await record_change(session, caller, "instalment.paid", instalment, fields)
    return instalment


async def cancel_instalment(
    session: AsyncSession, caller: Caller, award_id: UUID, instalment_id: UUID, reason: str
) -> Instalment:
    """Give an instalment up that is not paid; raises `TransitionRefused` for another."""
    instalment = await get_instalment(session, award_id, instalment_id)
    _move(instalment, InstalmentState.CANCELLED, reason)
    await record_change(session, caller, "instalment.cancelled", instalment, ["state", "state_reason"])
    return instalment


async def cancel_award(session: AsyncSession, caller: Caller, award_id: UUID, reason: str) -> Award:
    """Give up all that is still to be paid of an award; raises `TransitionRefused` if that is nothing."""
    await get_award(session, award_id, visible_to=caller)
    waiting = [part for part in await lock_instalments(session, award_id) if part.state in OPEN]
    if not waiting:
        raise TransitionRefused("Nothing of the award is still to be paid.")
    for instalment in waiting:
        _move(instalment, InstalmentState.CANCELLED, reason)
        await record_change(session, caller, "instalment.cancelled", instalment, ["state", "state_reason"])
    return await get_award(session, award_id, visible_to=caller)


def facts_of(instalment: Instalment) -> InstalmentFacts:
    """Return what the guards look at."""
    return InstalmentFacts(
        state=instalment.state,
        has_condition=instalment.condition is not None,
        condition_met_on=instalment.condition_met_on,
        approved_by=instalment.approved_by,
    )


def _move(instalment: Instalment, target: InstalmentState, reason: str) -> None:
    if not INSTALMENT_LIFE.may_become(instalment.state, target):
        raise TransitionRefused(f"An instalment that is {instalment.state} cannot become {target}.")
    instalment.state, instalment.state_reason = target, reason


def _require(faults: list[Fault]) -> None:
    if faults:
        raise GuardsUnmet("The instalment cannot take this step.", errors=faults)
