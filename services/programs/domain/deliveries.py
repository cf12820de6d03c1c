"""What is given that is not a course, and its life."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

from services.common.problems import Fault
from services.common.states import LifeCycle
from services.programs.domain.programs import shares_are_whole


class DeliveryKind(StrEnum):
    """What is delivered."""

    TECHNICAL_GRANT = "technical_grant"
    SOFTWARE_TRANSFER = "software_transfer"
    EQUIPMENT = "equipment"
    VOUCHER_SCHEME = "voucher_scheme"
    CONSULTING = "consulting"
    CONSTRUCTION = "construction"
    EXPERT_MISSION = "expert_mission"
    MOBILITY = "mobility"


class DeliveryState(StrEnum):
    """How far a delivery has come."""

    PLANNED = "planned"
    AGREED = "agreed"
    IN_DELIVERY = "in_delivery"
    HANDED_OVER = "handed_over"
    ACCEPTED = "accepted"
    IN_SUPPORT = "in_support"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class DocumentKind(StrEnum):
    """What a document proves about a delivery."""

    AGREEMENT = "agreement"
    """What the parties agreed, signed."""
    PHOTO = "photo"
    """How it looked on its day."""
    DELIVERABLE = "deliverable"
    """What an adviser or an expert wrote."""
    ACCEPTANCE = "acceptance"
    """That the recipient has accepted it, signed."""
    OTHER = "other"


D = DeliveryState

DELIVERY_LIFE: Final = LifeCycle(
    initial=D.PLANNED,
    transitions={
        D.PLANNED: frozenset({D.AGREED, D.CANCELLED}),
        D.AGREED: frozenset({D.IN_DELIVERY, D.CANCELLED}),
        D.IN_DELIVERY: frozenset({D.HANDED_OVER, D.CANCELLED}),
        D.HANDED_OVER: frozenset({D.ACCEPTED}),
        D.ACCEPTED: frozenset({D.IN_SUPPORT, D.CLOSED}),
        D.IN_SUPPORT: frozenset({D.CLOSED}),
        D.CLOSED: frozenset(),
        D.CANCELLED: frozenset(),
    },
)

BEFORE_HANDOVER: Final = frozenset({D.PLANNED, D.AGREED, D.IN_DELIVERY})
"""What the recipient does not have yet."""

NEEDED_TO_AGREE: Final[Mapping[DeliveryKind, tuple[str, ...]]] = {
    DeliveryKind.TECHNICAL_GRANT: ("product",),
    DeliveryKind.SOFTWARE_TRANSFER: ("product", "license"),
    DeliveryKind.EQUIPMENT: ("items",),
    DeliveryKind.VOUCHER_SCHEME: ("provider_id", "training"),
    DeliveryKind.CONSULTING: ("days", "deliverable"),
    DeliveryKind.CONSTRUCTION: ("object",),
    DeliveryKind.EXPERT_MISSION: ("experts", "days"),
    DeliveryKind.MOBILITY: ("home_university_id", "host_university_id", "credits", "supervisor_id"),
}
"""The details that the parties must have settled before a delivery of the kind counts as agreed."""

_COUNTED: Final = frozenset({DeliveryKind.VOUCHER_SCHEME, DeliveryKind.MOBILITY})
"""Kinds that are agreed in a number of units: vouchers, students."""
_AGREED_IN_WRITING: Final = frozenset({DeliveryKind.CONSTRUCTION, DeliveryKind.MOBILITY})
_PROVED_BY: Final[Mapping[DeliveryKind, DocumentKind]] = {
    DeliveryKind.CONSTRUCTION: DocumentKind.PHOTO,
    DeliveryKind.CONSULTING: DocumentKind.DELIVERABLE,
}
"""What shows that a delivery of the kind is done."""
_ACCEPTED_IN_WRITING: Final = frozenset(
    {
        DeliveryKind.TECHNICAL_GRANT,
        DeliveryKind.SOFTWARE_TRANSFER,
        DeliveryKind.EQUIPMENT,
        DeliveryKind.CONSTRUCTION,
    }
)
"""Things that change hands: the recipient signs for them."""


@dataclass(frozen=True)
class DeliveryFacts:
    """What the guards look at."""

    state: DeliveryState
    kind: DeliveryKind
    details: Mapping[str, Any]
    has_recipient: bool
    quantity: int | None
    sector_shares: Sequence[Decimal | None]
    documents: frozenset[DocumentKind]
    open_milestones: int
    last_step_on: date | None
    """The day of the latest step that is known."""


@dataclass(frozen=True)
class DeliveryStep:
    """A change of state that somebody asks for, and the day on which it happened."""

    target: DeliveryState
    on: date
    today: date
    reason: str | None = None


def _unless(fulfilled: object, pointer: str, code: str, detail: str) -> list[Fault]:
    return [] if fulfilled else [Fault(pointer, code, detail)]


def _agreed(facts: DeliveryFacts, _: DeliveryStep) -> list[Fault]:
    missing = [name for name in NEEDED_TO_AGREE[facts.kind] if facts.details.get(name) in (None, [])]
    return [
        *_unless(facts.has_recipient, "/recipient_country", "recipient_missing", "Name the recipient."),
        *_unless(
            shares_are_whole(facts.sector_shares),
            "/sectors",
            "sector_shares",
            "The shares of the sectors must sum to 100.",
        ),
        *(
            Fault(f"/details/{name}", "detail_missing", "This must be settled before it is agreed.")
            for name in missing
        ),
        *_unless(
            facts.quantity or facts.kind not in _COUNTED,
            "/quantity",
            "quantity_missing",
            "Say how many are agreed.",
        ),
        *_unless(
            DocumentKind.AGREEMENT in facts.documents or facts.kind not in _AGREED_IN_WRITING,
            "/documents",
            "agreement_missing",
            "Attach the signed agreement.",
        ),
    ]


def _handed_over(facts: DeliveryFacts, _: DeliveryStep) -> list[Fault]:
    proof = _PROVED_BY.get(facts.kind)
    built = facts.kind is not DeliveryKind.CONSTRUCTION or facts.details.get("progress_percent") == 100
    return [
        *_unless(not facts.open_milestones, "/milestones", "milestones_open", "Milestones are still open."),
        *_unless(
            built,
            "/details/progress_percent",
            "not_complete",
            "The physical progress must have reached 100 percent.",
        ),
        *_unless(
            proof is None or proof in facts.documents,
            "/documents",
            f"{proof}_missing",
            f"Attach a document of kind {proof}.",
        ),
    ]


def _accepted(facts: DeliveryFacts, _: DeliveryStep) -> list[Fault]:
    return _unless(
        DocumentKind.ACCEPTANCE in facts.documents or facts.kind not in _ACCEPTED_IN_WRITING,
        "/documents",
        "acceptance_missing",
        "Attach the document by which the recipient accepts it.",
    )


def _cancelled(_: DeliveryFacts, step: DeliveryStep) -> list[Fault]:
    return _unless(step.reason, "/reason", "reason_missing", "Cancelling needs a reason.")


_GUARDS: Final[Mapping[DeliveryState, Callable[[DeliveryFacts, DeliveryStep], list[Fault]]]] = {
    D.AGREED: _agreed,
    D.HANDED_OVER: _handed_over,
    D.ACCEPTED: _accepted,
    D.CANCELLED: _cancelled,
}


def unmet_delivery_guards(facts: DeliveryFacts, step: DeliveryStep) -> list[Fault]:
    """Return what stands in the way of `step`; nothing if it may be taken. Source: design/programs.md."""
    if not DELIVERY_LIFE.may_become(facts.state, step.target):
        detail = f"A delivery that is {facts.state} cannot become {step.target}."
        return [Fault("/state", "no_such_step", detail)]
    guard = _GUARDS.get(step.target)
    return [
        *_unless(step.on <= step.today, "/on", "in_future", "What has happened is not dated in the future."),
        *_unless(
            facts.last_step_on is None or facts.last_step_on <= step.on,
            "/on",
            "before_last_step",
            "It cannot have happened before the step that came first.",
        ),
        *(guard(facts, step) if guard else []),
    ]


class DesignTaskState(StrEnum):
    """Whether a coming edition has taken a recommendation up."""

    OPEN = "open"
    DONE = "done"
