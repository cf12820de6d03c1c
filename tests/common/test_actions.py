"""What a caller may do next: only what their roles include, and why it is not possible now."""

from enum import StrEnum
from uuid import uuid4

from services.common.actions import Step, list_actions
from services.common.identity import Caller, Reach, Role
from services.common.permissions import only
from services.common.states import LifeCycle


class Door(StrEnum):
    OPEN = "open"
    SHUT = "shut"


LIFE = LifeCycle(initial=Door.OPEN, transitions={Door.OPEN: frozenset({Door.SHUT}), Door.SHUT: frozenset()})
MATRIX = {"shut": only(manager=Reach.ALL)}
STEPS = (Step("shut", "shutting", Door.SHUT),)


def actions(role: Role, state: Door) -> list[tuple[str, str, bool, list[str]]]:
    caller = Caller(subject=uuid4(), roles=frozenset({role}))
    found = list_actions(MATRIX, caller, "/v1/doors/1", LIFE, state, STEPS)
    return [(one.name, one.href, one.allowed, [why.code for why in one.blocked_by]) for one in found]


def test_a_step_that_may_follow_is_allowed() -> None:
    assert actions(Role.MANAGER, Door.OPEN) == [("shut", "/v1/doors/1/shutting", True, [])]


def test_a_step_that_cannot_follow_says_why() -> None:
    assert actions(Role.MANAGER, Door.SHUT) == [
        ("shut", "/v1/doors/1/shutting", False, ["not_in_this_state"])
    ]


def test_a_step_of_others_is_not_told() -> None:
    assert actions(Role.PARTICIPANT, Door.OPEN) == []
