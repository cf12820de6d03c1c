"""Sign-off on the wire."""

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, model_validator

from services.common.actions import Action
from services.common.identity import Role
from services.common.wire import Answer, Count, Flag, Id, Line, Reference, Request, Resource, Text
from services.common.wire_codes import MoneyRead, MoneyWrite
from services.programs.domain.approvals import APPROVABLE, SIGNING_ROLES, ApprovalState
from services.programs.domain.editions import EditionState


class ApprovalStage(Request):
    """One round of signatures; the next begins when it is complete."""

    role: Role
    number: Annotated[Count, Field(ge=1, le=10)] = 1
    """How many people have to sign."""
    deputies: list[Id] = Field(default_factory=list, max_length=20)
    """Accounts that may sign without holding the role."""
    from_amount: MoneyWrite | None = None
    """The round is held only where at least so much is allocated to the edition."""

    @model_validator(mode="after")
    def _may_sign(self) -> Self:
        if self.role not in SIGNING_ROLES:
            raise ValueError(f"expected one of {', '.join(SIGNING_ROLES)}")
        return self


class ApprovalPolicyCreate(Request):
    """Who must sign before editions enter a state; a program's own policy goes before the one for all."""

    target: EditionState
    program_id: Id | None = None
    stages: list[ApprovalStage] = Field(min_length=1, max_length=10)

    @model_validator(mode="after")
    def _approvable(self) -> Self:
        if self.target not in APPROVABLE:
            raise ValueError("the clock brings this state, it cannot wait for approval")
        return self


class ApprovalPolicyChange(Request):
    """What is to be different; requests made already keep their rounds."""

    stages: list[ApprovalStage] | None = Field(default=None, min_length=1, max_length=10)
    active: Flag | None = None


class ApprovalStageRead(Answer):
    """One round of signatures."""

    role: Role
    number: int
    deputies: list[UUID]
    from_amount: MoneyRead | None


class ApprovalPolicyRead(Resource):
    """Who must sign before editions enter a state."""

    target: EditionState
    program_id: UUID | None
    stages: list[ApprovalStageRead]
    active: bool


class ApprovalRequest(Request):
    """The change of state that is asked for, and why where the step needs a reason."""

    edition_id: Id
    state: EditionState
    reason: Line | None = None


class ApprovalSignature(Request):
    """Words that go with a signature."""

    comment: Text | None = None


class ApprovalReturn(Request):
    """What has to be different before it can be approved."""

    comment: Text


class SignatureRead(Answer):
    """Who signed, in which round (from 0)."""

    stage: int
    by: str
    """The id of an account."""
    at: datetime
    comment: str | None


class ApprovalItem(Resource):
    """A change of state that waits, or waited, for signatures."""

    edition_id: UUID
    target: EditionState
    reason: str | None
    requested_by: str
    created_at: datetime
    state: ApprovalState
    comment: str | None
    """Why it was returned."""


class ApprovalRead(ApprovalItem):
    """A request with its rounds and signatures, and with what this caller may do about it."""

    edition: Reference
    stages: list[ApprovalStageRead]
    signatures: list[SignatureRead]
    actions: list[Action]
