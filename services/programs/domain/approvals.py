"""Sign-off: which changes of state need approval, by whom, in which order."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final

from services.common.identity import Role
from services.common.problems import Fault
from services.common.states import LifeCycle
from services.programs.domain.editions import BY_CLOCK, EditionState


class ApprovalState(StrEnum):
    """What became of a request."""

    PENDING = "pending"
    APPROVED = "approved"
    RETURNED = "returned"
    """Sent back with a comment; whoever asked may ask anew."""
    WITHDRAWN = "withdrawn"


A = ApprovalState

APPROVAL_LIFE: Final = LifeCycle(
    initial=A.PENDING,
    transitions={
        A.PENDING: frozenset({A.APPROVED, A.RETURNED, A.WITHDRAWN}),
        A.APPROVED: frozenset(),
        A.RETURNED: frozenset(),
        A.WITHDRAWN: frozenset(),
    },
)

APPROVABLE: Final = frozenset(EditionState) - set(BY_CLOCK.values()) - {EditionState.DRAFT}
"""What may be made to wait for approval: not what the clock brings."""

SIGNING_ROLES: Final = (Role.APPROVER, Role.MANAGER, Role.FINANCE, Role.ADMINISTRATOR)
"""Who may be asked to sign."""


@dataclass(frozen=True)
class Stage:
    """One round of signatures; the next begins when it is complete."""

    role: Role
    number: int
    """How many people have to sign, from 1."""
    deputies: frozenset[str] = frozenset()
    """Accounts that may sign without holding the role."""
    from_amount: Decimal | None = None
    """The round is held only where the edition disposes of at least so much, in `currency`."""
    currency: str | None = None


@dataclass(frozen=True)
class Signature:
    """Who has signed, in which round (from 0)."""

    stage: int
    by: str


def applying_stages(stages: Sequence[Stage], at_stake: Mapping[str, Decimal]) -> list[Stage]:
    """Return the rounds that an edition needs which disposes of these amounts, by currency."""
    return [
        stage
        for stage in stages
        if stage.from_amount is None or at_stake.get(stage.currency or "", Decimal(0)) >= stage.from_amount
    ]


def current_stage(stages: Sequence[Stage], signatures: Sequence[Signature]) -> int:
    """Return the place of the round that waits for a signature, the number of rounds where all are complete."""
    signed = Counter(signature.stage for signature in signatures)
    waiting = (place for place, stage in enumerate(stages) if signed[place] < stage.number)
    return next(waiting, len(stages))


def signing_faults(
    stage: Stage, signatures: Sequence[Signature], requested_by: str, signer: str, roles: frozenset[Role]
) -> list[Fault]:
    """Return why somebody may not sign this round: four eyes, one signature each, the role or a deputy."""
    faults = []
    if signer == requested_by:
        faults.append(Fault("/requested_by", "own_request", "Nobody approves what they asked for."))
    if any(signature.by == signer for signature in signatures):
        faults.append(Fault("/signatures", "signed_already", "Everybody signs once."))
    if stage.role not in roles and signer not in stage.deputies:
        faults.append(Fault("/stages", "not_asked", f"This round is signed by the role {stage.role}."))
    return faults
