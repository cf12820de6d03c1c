"""The life of an application, and why somebody was or was not chosen."""

from collections.abc import Sequence
from datetime import timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from services.common.states import LifeCycle
from services.participants.domain.allocation import AllocationReason


class ApplicationState(StrEnum):
    """How far an application has come; what follows `selected` is told by its offer."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    NOMINATED = "nominated"
    NOT_NOMINATED = "not_nominated"
    SCREENING = "screening"
    ELIGIBLE = "eligible"
    INELIGIBLE = "ineligible"
    SELECTED = "selected"
    WAITLISTED = "waitlisted"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    VOID = "void"


class Channel(StrEnum):
    """How an application came in."""

    SELF = "self"
    AUTHORITY = "authority"
    IMPORT = "import"


class DocumentState(StrEnum):
    """How a paper of an application stands."""

    RECEIVED = "received"
    VERIFIED = "verified"
    REJECTED = "rejected"


class NomineePlace(StrEnum):
    """Whether a nominee is meant for a seat, or for the case that one becomes free."""

    PRINCIPAL = "principal"
    RESERVE = "reserve"


class Slot(StrEnum):
    """By what a nominee's seat is given: the common order, or the authority's own rank."""

    ORDINARY = "ordinary"
    DISCRETIONARY = "discretionary"


class ReasonCode(StrEnum):
    """Why a decision about an application was taken; every refusal names one (R6)."""

    MEETS_CRITERIA = "meets_criteria"
    SEATS_EXHAUSTED = "seats_exhausted"
    LOWER_RANK = "lower_rank"
    PROFILE_MISMATCH = "profile_mismatch"
    LANGUAGE_LEVEL = "language_level"
    INCOMPLETE_FILE = "incomplete_file"
    PRIOR_TRAINING = "prior_training"
    WAIVER = "waiver"
    DISCRETIONARY_SEAT = "discretionary_seat"
    WOMEN_MINIMUM = "women_minimum"
    POOLED_SEAT = "pooled_seat"
    RESERVE_PLACE = "reserve_place"
    CAPACITY = "capacity"
    COUNTRY_CAP = "country_cap"
    AUTHORITY_DECISION = "authority_decision"
    """The authority does not put the person forward."""
    FRAUD = "fraud"
    DUPLICATE = "duplicate"
    """The same human being stands there twice."""
    OTHER = "other"


class Decision(StrEnum):
    """What may be decided about an application, one by one or in bulk."""

    ELIGIBLE = "eligible"
    INELIGIBLE = "ineligible"
    SELECTED = "selected"
    WAITLISTED = "waitlisted"
    REJECTED = "rejected"


REASON_OF_PLACEMENT: Final = {
    AllocationReason.BY_ORDER: ReasonCode.MEETS_CRITERIA,
    AllocationReason.DISCRETIONARY_SEAT: ReasonCode.DISCRETIONARY_SEAT,
    AllocationReason.WOMEN_MINIMUM: ReasonCode.WOMEN_MINIMUM,
    AllocationReason.POOLED_SEAT: ReasonCode.POOLED_SEAT,
    AllocationReason.SEATS_EXHAUSTED: ReasonCode.SEATS_EXHAUSTED,
    AllocationReason.RESERVE_PLACE: ReasonCode.RESERVE_PLACE,
    AllocationReason.CAPACITY: ReasonCode.CAPACITY,
    AllocationReason.COUNTRY_CAP: ReasonCode.COUNTRY_CAP,
}
"""The reason of a decision that follows from an allocation."""

_STATE = ApplicationState
_ENDINGS: Final = frozenset({_STATE.WITHDRAWN, _STATE.VOID})

APPLICATION_LIFE: Final = LifeCycle(
    initial=_STATE.DRAFT,
    transitions={
        _STATE.DRAFT: _ENDINGS | {_STATE.SUBMITTED, _STATE.NOMINATED},
        _STATE.SUBMITTED: _ENDINGS
        | {_STATE.NOMINATED, _STATE.RETURNED, _STATE.NOT_NOMINATED, _STATE.SCREENING},
        _STATE.RETURNED: _ENDINGS | {_STATE.SUBMITTED},
        _STATE.NOMINATED: _ENDINGS | {_STATE.SCREENING},
        _STATE.NOT_NOMINATED: _ENDINGS,
        _STATE.SCREENING: _ENDINGS | {_STATE.ELIGIBLE, _STATE.INELIGIBLE},
        _STATE.ELIGIBLE: _ENDINGS | {_STATE.SELECTED, _STATE.WAITLISTED, _STATE.REJECTED},
        _STATE.INELIGIBLE: _ENDINGS | {_STATE.ELIGIBLE},
        _STATE.SELECTED: _ENDINGS,
        _STATE.WAITLISTED: _ENDINGS | {_STATE.SELECTED, _STATE.REJECTED},
        _STATE.REJECTED: _ENDINGS,
        _STATE.WITHDRAWN: frozenset({_STATE.VOID}),
        _STATE.VOID: frozenset(),
    },
)

NOT_SENT: Final = frozenset({_STATE.DRAFT, _STATE.RETURNED, _STATE.NOT_NOMINATED})
"""States in which an authority cannot stand by a nomination."""

EDITABLE: Final = frozenset({_STATE.DRAFT, _STATE.RETURNED})
"""States in which the applicant completes the file."""


def opens_screening(state: ApplicationState, *, awaits_authority: bool) -> bool:
    """Say whether screening begins when the rules are asked: for who is put forward, or needs nobody's word."""
    return state is _STATE.NOMINATED or (state is _STATE.SUBMITTED and not awaits_authority)


PURGE_UNCONFIRMED: Final = "application.purge_unconfirmed"
"""The job that forgets nominees of an edition who never confirmed."""

UNCONFIRMED_KEPT: Final = timedelta(days=7)
"""How long after their deadline nominees who never confirmed are kept: a deadline may still be extended."""

LIVE: Final = frozenset(ApplicationState) - _ENDINGS
"""States of which a person has at most one application per edition (R1)."""

REFUSED: Final = frozenset({_STATE.NOT_NOMINATED, _STATE.INELIGIBLE, _STATE.REJECTED})
"""States in which an application came to nothing by somebody's decision; its person is told."""

FILE_REMINDED_BEFORE: Final = timedelta(days=3)
"""How long before the deadline nominees who have not sent their file are reminded."""

NEEDS_REASON: Final = frozenset({Decision.INELIGIBLE, Decision.REJECTED})


def path_of_decision(state: ApplicationState, decision: Decision) -> list[ApplicationState]:
    """Return the states that `decision` leads through from `state`, the last being the result.

    Screening is opened by its result where nobody opened it before. Raises ValueError where the life-cycle
    has no such way.
    """
    target = ApplicationState(decision)
    opened = decision in {Decision.ELIGIBLE, Decision.INELIGIBLE} and APPLICATION_LIFE.may_become(
        state, ApplicationState.SCREENING
    )
    path = [ApplicationState.SCREENING, target] if opened else [target]
    APPLICATION_LIFE.require_transition(path[-2] if opened else state, target)
    return path


def require_permutation(ranked: Sequence[UUID], nominated: Sequence[UUID]) -> None:
    """Raise ValueError unless `ranked` names each of `nominated` exactly once (R3)."""
    if len(ranked) != len(nominated) or set(ranked) != set(nominated):
        raise ValueError("a rank order names each nomination exactly once")
