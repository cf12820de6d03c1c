"""What vouchers look like on the wire."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from services.common.actions import Action
from services.common.clock import Provenance
from services.common.wire import Answer, Count, Day, Id, Line, Request, Resource
from services.participants.domain.vouchers import VoucherState


class KnownVoucherScheme(Answer):
    """A voucher scheme as programs agreed it."""

    id: UUID
    code: str
    title: dict[str, str]
    state: str
    quantity: int | None
    provider_id: UUID | None
    valid_until: date | None
    provenance: Provenance


class VoucherBatchCreate(Request):
    """How many vouchers of a scheme an embassy or ministry gets."""

    scheme_id: Id
    authority_id: Id
    quantity: Annotated[Count, Field(ge=1, le=500)]
    valid_until: Day | None = None
    """The scheme's own last day unless said."""


class VoucherBatchRead(Answer):
    """The vouchers that were issued."""

    scheme_id: UUID
    vouchers: list[UUID]


class VoucherItem(Resource):
    """A voucher in a list."""

    scheme_id: UUID
    code: str
    authority_id: UUID | None
    person_id: UUID | None
    state: VoucherState
    valid_until: date | None
    redeemed_at: datetime | None
    provenance: Provenance


class VoucherRead(VoucherItem):
    """A voucher, with what this caller may do to it."""

    actions: list[Action]


class VoucherTransfer(Request):
    """To which authority a voucher goes."""

    authority_id: Id


class VoucherAssignment(Request):
    """Whose voucher it is."""

    person_id: Id


class VoucherRedemption(Request):
    """The code that somebody shows at the provider; groups and case do not count."""

    code: Line


class VoucherStep(Request):
    """What became of a voucher: `completed` or `failed` once redeemed, `void` before."""

    state: VoucherState


class VoucherExtension(Request):
    """Until when a voucher can be redeemed from now on, and why."""

    valid_until: Day
    reason: Line


class VoucherCountRead(Answer):
    """How many vouchers of a country's authorities are in a state."""

    country: str | None
    state: VoucherState
    vouchers: int


class VoucherReport(Answer):
    """How a scheme stands."""

    scheme_id: UUID
    quantity: int | None
    issued: int
    """Without what was voided."""
    counts: list[VoucherCountRead]
