"""What can be done to vouchers: a batch for an embassy, a person, the provider's word, the end of their time."""

from collections.abc import Sequence
from datetime import UTC
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.common.audit import record_change
from services.common.clock import Provenance, domain_now
from services.common.database import new_id
from services.common.identity import Caller
from services.common.outbox import publish
from services.participants.db.consents import find_consents
from services.participants.db.people import get_authority, get_person
from services.participants.db.tables import Authority
from services.participants.db.voucher_tables import MirrorVoucherScheme, Voucher
from services.participants.db.vouchers import (
    count_vouchers,
    find_assigned,
    find_due,
    get_scheme,
    get_voucher,
    get_voucher_by_code,
    next_vouchers_version,
)
from services.participants.domain.events import VOUCHER_REDEEMED, VoucherCountData
from services.participants.domain.messages import MessageTemplate
from services.participants.domain.people import ConsentPurpose, is_in_force
from services.participants.domain.problems import ConsentMissing, StepRefused
from services.participants.domain.voucher_problems import (
    VoucherCodeUnknown,
    VoucherExpired,
    VouchersExhausted,
)
from services.participants.domain.vouchers import (
    OPEN,
    VOUCHER_LIFE,
    VoucherState,
    is_due,
    new_code,
    read_code,
)
from services.participants.operations.messages import drop_messages, queue_message
from services.participants.operations.seats import ROOM
from services.participants.schemas.vouchers import VoucherBatchCreate, VoucherExtension

_ENDED_SCHEMES = frozenset({"closed", "cancelled"})
_BATCH = 500


async def issue_vouchers(session: AsyncSession, caller: Caller, request: VoucherBatchCreate) -> list[UUID]:
    """Issue a batch to an authority; raise `VouchersExhausted` where the scheme has fewer left (R10)."""
    scheme = await get_scheme(session, request.scheme_id, lock=True)
    authority = await get_authority(session, request.authority_id, visible_to=caller)
    if scheme.state in _ENDED_SCHEMES:
        raise StepRefused(f"A scheme that is {scheme.state} issues no vouchers.")
    issued = sum(
        count.vouchers
        for count in await count_vouchers(session, scheme.id)
        if count.state is not VoucherState.VOID
    )
    if issued + request.quantity > (scheme.quantity or 0):
        raise VouchersExhausted(f"The scheme has {max((scheme.quantity or 0) - issued, 0)} vouchers left.")
    vouchers = [_new_voucher(scheme, authority, request) for _ in range(request.quantity)]
    session.add_all(vouchers)
    await session.flush()
    ids = [voucher.id for voucher in vouchers]
    for voucher in vouchers:
        await record_change(session, caller, "voucher.issued", voucher)
    await _report(session, scheme.id)
    return ids


async def transfer_voucher(
    session: AsyncSession, caller: Caller, voucher_id: UUID, authority_id: UUID
) -> Voucher:
    """Give a voucher that was not redeemed to an authority; whoever it was assigned to has it no more."""
    voucher = await get_voucher(session, voucher_id, visible_to=caller, lock=True)
    authority = await get_authority(session, authority_id, visible_to=caller)
    _require_step(voucher, VoucherState.TRANSFERRED)
    await drop_messages(session, voucher.id)
    voucher.state, voucher.authority_id, voucher.person_id = VoucherState.TRANSFERRED, authority.id, None
    await record_change(
        session, caller, "voucher.transferred", voucher, ["authority_id", "person_id", "state"]
    )
    await _report(session, voucher.scheme_id)
    return voucher


async def assign_voucher(session: AsyncSession, caller: Caller, voucher_id: UUID, person_id: UUID) -> Voucher:
    """Assign a voucher to a person, or to another one before it is redeemed.

    Raises `ConsentMissing` (R11), `VoucherExpired` and, where the person has one already, `VoucherHeld` (R10).
    """
    voucher = await get_voucher(session, voucher_id, visible_to=caller, lock=True)
    person = await get_person(session, person_id, visible_to=caller)
    _require_step(voucher, VoucherState.ASSIGNED)
    now = await domain_now(session, voucher.provenance)
    if is_due(voucher.valid_until, now.astimezone(UTC).date()):
        raise VoucherExpired("The voucher's last day lies behind.")
    consents = await find_consents(session, person.id, ConsentPurpose.PROCESS_APPLICATION)
    if not any(is_in_force(consent.granted_at, consent.valid_until, now) for consent in consents):
        raise ConsentMissing("The person has not agreed to the processing of their data.")
    await drop_messages(session, voucher.id)
    voucher.state, voucher.person_id = VoucherState.ASSIGNED, person.id
    await record_change(session, caller, "voucher.assigned", voucher, ["person_id", "state"])
    await queue_message(
        session,
        MessageTemplate.VOUCHER_ASSIGNED,
        person.id,
        voucher.id,
        facts={"code": voucher.code, "until": str(voucher.valid_until or "—")},
        turn=voucher.version,
    )
    await _report(session, voucher.scheme_id)
    return voucher


async def redeem_voucher(session: AsyncSession, caller: Caller, typed: str) -> Voucher:
    """Redeem the voucher of a code at its scheme's provider; raise `VoucherCodeUnknown`, `VoucherExpired`."""
    code = read_code(typed)
    if code is None:
        raise VoucherCodeUnknown("The code is mistyped.")
    voucher = await get_voucher_by_code(session, code, visible_to=caller)
    _require_step(voucher, VoucherState.REDEEMED)
    now = await domain_now(session, voucher.provenance)
    if is_due(voucher.valid_until, now.astimezone(UTC).date()):
        raise VoucherExpired("The voucher's last day lies behind.")
    voucher.state, voucher.redeemed_at = VoucherState.REDEEMED, now
    await record_change(session, caller, "voucher.redeemed", voucher, ["redeemed_at", "state"])
    await _report(session, voucher.scheme_id)
    return voucher


async def change_voucher_state(
    session: AsyncSession, caller: Caller, voucher_id: UUID, state: VoucherState
) -> Voucher:
    """State what became of a redeemed voucher, or void one that was not; raise `StepRefused`."""
    voucher = await get_voucher(session, voucher_id, visible_to=caller, lock=True)
    if state not in {VoucherState.COMPLETED, VoucherState.FAILED, VoucherState.VOID}:
        raise StepRefused(f"Nobody states that a voucher is {state}; it follows from what is done.")
    _require_step(voucher, state)
    await drop_messages(session, voucher.id)
    voucher.state = state
    await record_change(session, caller, f"voucher.{state}", voucher, ["state"])
    await _report(session, voucher.scheme_id)
    return voucher


async def extend_voucher(
    session: AsyncSession, caller: Caller, voucher_id: UUID, request: VoucherExtension
) -> Voucher:
    """Give a voucher that was not redeemed and has not expired more time."""
    voucher = await get_voucher(session, voucher_id, visible_to=caller, lock=True)
    if voucher.state not in OPEN:
        raise StepRefused(f"A voucher that is {voucher.state} gets no more time.")
    if voucher.valid_until is not None and request.valid_until <= voucher.valid_until:
        raise StepRefused("An extension ends later than what it extends.")
    voucher.valid_until = request.valid_until
    await record_change(session, caller, "voucher.extended", voucher, ["valid_until"])
    return voucher


async def expire_vouchers(session: AsyncSession) -> bool:
    """End the vouchers whose last day lies behind, each by its own clock; say whether more are left."""
    due = []
    for provenance in Provenance:
        today = (await domain_now(session, provenance)).astimezone(UTC).date()
        due += await find_due(session, today, provenance, _BATCH)
    for voucher in due:
        await drop_messages(session, voucher.id)
        voucher.state = VoucherState.EXPIRED
        await record_change(session, ROOM, "voucher.expired", voucher, ["state"])
    for scheme_id in sorted({voucher.scheme_id for voucher in due}):
        await _report(session, scheme_id)
    return len(due) >= _BATCH


async def release_vouchers(session: AsyncSession, persons: Sequence[UUID]) -> None:
    """Give vouchers that these persons did not redeem back to the authorities that hold them."""
    assigned = await find_assigned(session, persons)
    for voucher in assigned:
        voucher.state, voucher.person_id = VoucherState.TRANSFERRED, None
        await record_change(session, ROOM, "voucher.transferred", voucher, ["person_id", "state"])
    for scheme_id in sorted({voucher.scheme_id for voucher in assigned}):
        await _report(session, scheme_id)


def _new_voucher(scheme: MirrorVoucherScheme, authority: Authority, request: VoucherBatchCreate) -> Voucher:
    return Voucher(
        id=new_id(),
        scheme_id=scheme.id,
        code=new_code(),
        authority_id=authority.id,
        state=VoucherState.TRANSFERRED,
        valid_until=request.valid_until or scheme.valid_until,
        provenance=scheme.provenance,
    )


def _require_step(voucher: Voucher, target: VoucherState) -> None:
    if not VOUCHER_LIFE.may_become(voucher.state, target):
        raise StepRefused(f"A voucher that is {voucher.state} cannot become {target}.")


async def _report(session: AsyncSession, scheme_id: UUID) -> None:
    """Tell the others how the scheme's vouchers stand: counts, never who has them."""
    await session.flush()
    counts: dict[VoucherState, int] = dict.fromkeys(VoucherState, 0)
    for count in await count_vouchers(session, scheme_id):
        counts[count.state] += count.vouchers
    done = counts[VoucherState.COMPLETED] + counts[VoucherState.FAILED]
    data = VoucherCountData(
        aggregate_id=scheme_id,
        aggregate_version=await next_vouchers_version(session, scheme_id),
        issued=sum(counts.values()) - counts[VoucherState.VOID],
        assigned=counts[VoucherState.ASSIGNED],
        redeemed=counts[VoucherState.REDEEMED] + done,
        completed=counts[VoucherState.COMPLETED],
    )
    await publish(session, VOUCHER_REDEEMED, data)
