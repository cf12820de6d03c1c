"""What a caller may do to a resource next, told with it so that a screen needs no rules of its own."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic

from services.common.identity import Caller
from services.common.permissions import Matrix
from services.common.problems import Fault
from services.common.states import LifeCycle, State
from services.common.wire import Answer


class BlockedBy(Answer):
    """One thing that stands in the way."""

    code: str
    detail: str
    pointer: str


class Action(Answer):
    """What this caller may do next."""

    name: str
    method: str
    href: str
    allowed: bool
    blocked_by: list[BlockedBy]


@dataclass(frozen=True)
class Step(Generic[State]):
    """One way to move a resource on: by whose permission, where it is posted, and what the state becomes."""

    operation: str
    path: str
    """Below the resource's own address."""
    target: State


def blocked_by(faults: Sequence[Fault]) -> list[BlockedBy]:
    """Return what stands in the way, as it is told."""
    return [BlockedBy(code=fault.code, detail=fault.detail, pointer=fault.pointer) for fault in faults]


def post_action(name: str, href: str, faults: Sequence[Fault]) -> Action:
    """Return the action of posting to `href`, which `faults` stand in the way of."""
    return Action(name=name, method="POST", href=href, allowed=not faults, blocked_by=blocked_by(faults))


def list_actions(
    matrix: Matrix,
    caller: Caller,
    href: str,
    life: LifeCycle[State],
    state: State,
    steps: Sequence[Step[State]],
) -> list[Action]:
    """Return the `steps` that the caller's roles include, each blocked where it cannot follow on `state`."""
    return [
        post_action(
            step.target,
            f"{href}/{step.path}",
            [] if life.may_become(state, step.target) else [_not_now(state)],
        )
        for step in steps
        if not caller.roles.isdisjoint(matrix[step.operation])
    ]


def _not_now(state: str) -> Fault:
    return Fault("/state", "not_in_this_state", f"It is {state}.")
