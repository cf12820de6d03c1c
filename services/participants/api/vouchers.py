"""Routes of vouchers: batches, people, the provider's word, extension and report."""

from typing import Final
from uuid import UUID

from fastapi import Depends, Response, status

from services.common.actions import Step, list_actions
from services.common.http.callers import Caller
from services.common.http.paging import Following, Paging
from services.common.http.problem_responses import problems
from services.common.http.replays import require_idempotency_key
from services.common.http.routes import house_router
from services.common.http.sessions import ReadSession, WriteSession
from services.common.wire import FollowedPage, Page
from services.participants.db import vouchers as questions
from services.participants.db.voucher_tables import Voucher
from services.participants.domain.permissions import PERMISSIONS
from services.participants.domain.problems import (
    AuthorityNotFound,
    ConsentMissing,
    PersonNotFound,
    StepRefused,
)
from services.participants.domain.voucher_problems import (
    VoucherCodeUnknown,
    VoucherExpired,
    VoucherHeld,
    VoucherNotFound,
    VoucherSchemeNotFound,
    VouchersExhausted,
)
from services.participants.domain.vouchers import VOUCHER_LIFE, VoucherState
from services.participants.operations import vouchers as operations
from services.participants.schemas.vouchers import (
    KnownVoucherScheme,
    VoucherAssignment,
    VoucherBatchCreate,
    VoucherBatchRead,
    VoucherCountRead,
    VoucherExtension,
    VoucherItem,
    VoucherRead,
    VoucherRedemption,
    VoucherReport,
    VoucherStep,
    VoucherTransfer,
)

router = house_router("vouchers", "")

_ONCE: Final = [Depends(require_idempotency_key)]
_STEPS: Final = (
    Step("transfer_voucher", "transfer", VoucherState.TRANSFERRED),
    Step("assign_voucher", "assignment", VoucherState.ASSIGNED),
    *(
        Step("change_voucher_state", "state-changes", state)
        for state in (VoucherState.COMPLETED, VoucherState.FAILED, VoucherState.VOID)
    ),
)


@router.get("/voucher-schemes", response_model=Page[KnownVoucherScheme])
async def list_voucher_schemes(session: ReadSession, page: Paging) -> object:
    """List the voucher schemes that programs agreed, by code."""
    return await questions.list_schemes(session, page)


@router.get(
    "/voucher-schemes/{scheme_id}/report",
    response_model=VoucherReport,
    responses=problems(VoucherSchemeNotFound),
)
async def read_voucher_report(session: ReadSession, scheme_id: UUID) -> VoucherReport:
    """Read how a scheme stands: vouchers by the country of who holds them and by state."""
    scheme = await questions.get_scheme(session, scheme_id)
    counts = await questions.count_vouchers(session, scheme.id)
    return VoucherReport(
        scheme_id=scheme.id,
        quantity=scheme.quantity,
        issued=sum(count.vouchers for count in counts if count.state is not VoucherState.VOID),
        counts=[VoucherCountRead.model_validate(count) for count in counts],
    )


@router.post(
    "/vouchers/batches",
    response_model=VoucherBatchRead,
    status_code=status.HTTP_201_CREATED,
    dependencies=_ONCE,
    responses=problems(VoucherSchemeNotFound, AuthorityNotFound, VouchersExhausted, StepRefused),
)
async def issue_vouchers(
    session: WriteSession, caller: Caller, request: VoucherBatchCreate, response: Response
) -> VoucherBatchRead:
    """Issue vouchers of a scheme to an embassy or ministry, never more than the scheme has."""
    made = await operations.issue_vouchers(session, caller, request)
    response.headers["Location"] = f"/v1/voucher-schemes/{request.scheme_id}/report"
    return VoucherBatchRead(scheme_id=request.scheme_id, vouchers=made)


@router.get("/vouchers", response_model=FollowedPage[VoucherItem])
async def list_vouchers(
    session: ReadSession,
    caller: Caller,
    page: Following,
    scheme_id: UUID | None = None,
    state: VoucherState | None = None,
    *,
    expiring: bool = False,
) -> object:
    """List vouchers: your authority's, your own, or those redeemed with you; `expiring` within 30 days."""
    return await questions.list_vouchers(
        session, page, scheme_id=scheme_id, state=state, expiring=expiring, visible_to=caller
    )


@router.get("/vouchers/{voucher_id}", response_model=VoucherRead, responses=problems(VoucherNotFound))
async def read_voucher(session: ReadSession, caller: Caller, voucher_id: UUID) -> VoucherRead:
    """Read one voucher."""
    return _answer(caller, await questions.get_voucher(session, voucher_id, visible_to=caller))


@router.post(
    "/vouchers/{voucher_id}/transfer",
    response_model=VoucherRead,
    responses=problems(VoucherNotFound, AuthorityNotFound, StepRefused),
)
async def transfer_voucher(
    session: WriteSession, caller: Caller, voucher_id: UUID, request: VoucherTransfer
) -> VoucherRead:
    """Give a voucher to another authority, or take it back from a person, before it is redeemed."""
    return _answer(
        caller, await operations.transfer_voucher(session, caller, voucher_id, request.authority_id)
    )


@router.post(
    "/vouchers/{voucher_id}/assignment",
    response_model=VoucherRead,
    responses=problems(
        VoucherNotFound, PersonNotFound, StepRefused, ConsentMissing, VoucherHeld, VoucherExpired
    ),
)
async def assign_voucher(
    session: WriteSession, caller: Caller, voucher_id: UUID, request: VoucherAssignment
) -> VoucherRead:
    """Assign a voucher to a person, or to another one before it is redeemed; they are written to."""
    return _answer(caller, await operations.assign_voucher(session, caller, voucher_id, request.person_id))


@router.post(
    "/vouchers/redemptions",
    response_model=VoucherRead,
    responses=problems(VoucherCodeUnknown, StepRefused, VoucherExpired),
)
async def redeem_voucher(
    session: WriteSession, caller: Caller, request: VoucherRedemption, response: Response
) -> VoucherRead:
    """Redeem the voucher that somebody shows at your organization, by its code."""
    redeemed = await operations.redeem_voucher(session, caller, request.code)
    response.headers["Content-Location"] = f"/v1/vouchers/{redeemed.id}"
    return _answer(caller, redeemed)


@router.post(
    "/vouchers/{voucher_id}/state-changes",
    response_model=VoucherRead,
    responses=problems(VoucherNotFound, StepRefused),
)
async def change_voucher_state(
    session: WriteSession, caller: Caller, voucher_id: UUID, request: VoucherStep
) -> VoucherRead:
    """State that the training was completed or not, or void a voucher that was not redeemed."""
    return _answer(caller, await operations.change_voucher_state(session, caller, voucher_id, request.state))


@router.post(
    "/vouchers/{voucher_id}/extension",
    response_model=VoucherRead,
    responses=problems(VoucherNotFound, StepRefused),
)
async def extend_voucher(
    session: WriteSession, caller: Caller, voucher_id: UUID, request: VoucherExtension
) -> VoucherRead:
    """Give a voucher more time before it expires."""
    return _answer(caller, await operations.extend_voucher(session, caller, voucher_id, request))


def _answer(caller: Caller, voucher: Voucher) -> VoucherRead:
    href = f"/v1/vouchers/{voucher.id}"
    return VoucherRead.of(
        voucher, actions=list_actions(PERMISSIONS, caller, href, VOUCHER_LIFE, voucher.state, _STEPS)
    )
