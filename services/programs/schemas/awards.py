"""Awards and their instalments on the wire."""

from datetime import date
from typing import Self
from uuid import UUID

from pydantic import Field, model_validator

from services.common.actions import Action
from services.common.clock import Provenance
from services.common.wire import Code, Day, Id, Line, Reference, Request, Resource, Texts
from services.common.wire_codes import MoneyRead
from services.programs.domain.awards import AwardKind, InstalmentState
from services.programs.schemas.money import ForOnePurpose, Payment


class InstalmentCreate(Request):
    """A part of the award, when it is due, and on which condition."""

    money: Payment
    due_on: Day
    condition: Texts | None = None


class AwardCreate(ForOnePurpose):
    """A grant or scholarship out of a fund, in instalments of one currency."""

    code: Code
    kind: AwardKind
    title: Texts
    fund_id: Id
    organization_id: Id | None = None
    person_id: Id | None = None
    """The person it is for, by the id that participants gave; names and accounts stand there."""
    instalments: list[InstalmentCreate] = Field(min_length=1, max_length=60)
    provenance: Provenance = Provenance.REAL

    @model_validator(mode="after")
    def _for_one(self) -> Self:
        if self.organization_id is not None and self.person_id is not None:
            raise ValueError("an award is for a person or an organization, not both")
        if len({part.money.currency for part in self.instalments}) > 1:
            raise ValueError("the instalments of an award are in one currency")
        return self


class InstalmentApproval(Request):
    """That the instalment may be paid, and when its condition was met, if it has one."""

    condition_met_on: Day | None = None


class InstalmentPayment(Request):
    """When it was paid."""

    dated: Day
    note: Line | None = None


class AwardReason(Request):
    """Why an instalment is sent back, or an award or instalment given up."""

    reason: Line


class InstalmentItem(Resource):
    """An instalment, as it stands in lists."""

    award: Reference
    ordinal: int
    money: MoneyRead
    due_on: date
    condition: dict[str, str] | None
    condition_met_on: date | None
    state: InstalmentState
    state_reason: str | None
    overdue: bool
    """It should be paid by now and is not."""
    approved_by: str | None
    """The account that approved it."""
    paid_by: str | None
    transaction_id: UUID | None


class InstalmentRead(InstalmentItem):
    """An instalment, with what the caller may do next."""

    actions: list[Action]


class AwardItem(Resource):
    """An award, as it stands in lists."""

    code: str
    kind: AwardKind
    title: dict[str, str]
    fund_id: UUID
    edition_id: UUID | None
    delivery_id: UUID | None
    organization_id: UUID | None
    person_id: UUID | None
    currency: str
    provenance: Provenance


class AwardRead(AwardItem):
    """An award with its instalments, and how much of it is open and paid; what was cancelled is neither."""

    open: MoneyRead
    paid: MoneyRead
    instalments: list[InstalmentRead]
