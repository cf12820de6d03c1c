"""The life of a participation: somebody who accepted a seat, until the course is over for them."""

from enum import StrEnum
from typing import Final

from services.common.states import LifeCycle


class ParticipationState(StrEnum):
    """How far a participant has come."""

    ENROLLED = "enrolled"
    ARRIVED = "arrived"
    ACTIVE = "active"
    COMPLETED = "completed"
    INCOMPLETE = "incomplete"
    CERTIFIED = "certified"
    WITHDRAWN = "withdrawn"
    DISMISSED = "dismissed"
    NO_SHOW = "no_show"


class ParticipationRole(StrEnum):
    """As what somebody takes part."""

    PARTICIPANT = "participant"
    OBSERVER = "observer"


_STATE = ParticipationState
_AWAY: Final = frozenset({_STATE.WITHDRAWN, _STATE.DISMISSED})
_RESULTS: Final = frozenset({_STATE.COMPLETED, _STATE.INCOMPLETE})

PARTICIPATION_LIFE: Final = LifeCycle(
    initial=_STATE.ENROLLED,
    transitions={
        # Online courses have no arrival, so their results follow from where the participant stands.
        _STATE.ENROLLED: _AWAY | _RESULTS | {_STATE.ARRIVED, _STATE.ACTIVE, _STATE.NO_SHOW},
        _STATE.ARRIVED: _AWAY | _RESULTS | {_STATE.ACTIVE},
        _STATE.ACTIVE: _AWAY | _RESULTS,
        _STATE.COMPLETED: frozenset({_STATE.CERTIFIED}),
        _STATE.INCOMPLETE: frozenset(),
        # By a revocation.
        _STATE.CERTIFIED: frozenset({_STATE.COMPLETED}),
        _STATE.WITHDRAWN: frozenset(),
        _STATE.DISMISSED: frozenset(),
        _STATE.NO_SHOW: frozenset(),
    },
)

PRESENT: Final = frozenset({_STATE.ENROLLED, _STATE.ARRIVED, _STATE.ACTIVE})
"""States in which attendance is taken (R8)."""

GIVES_SEAT_BACK: Final = frozenset({_STATE.WITHDRAWN, _STATE.NO_SHOW})
"""States that make the seat free again; who is dismissed has used theirs."""

SET_BY_PEOPLE: Final = frozenset({_STATE.ARRIVED, _STATE.ACTIVE, _STATE.NO_SHOW}) | _AWAY
"""States that somebody states; the others follow from attendance and certificates."""
