"""Life-cycles as tables: which state may follow which."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

State = TypeVar("State", bound=StrEnum)


@dataclass(frozen=True)
class LifeCycle(Generic[State]):
    """The states of a resource, each with those that may follow; it must name every state and reach it.

    Raises ValueError when made from a table that does not, so a wrong table stops the start.
    """

    initial: State
    transitions: Mapping[State, frozenset[State]]

    def __post_init__(self) -> None:
        states = set(type(self.initial))
        reached, found = set[State](), {self.initial}
        while found:
            reached |= found
            found = {after for state in found for after in self.transitions.get(state, ())} - reached
        if self.transitions.keys() != states or reached != states:
            lost = ", ".join(sorted(states - (reached & self.transitions.keys())))
            raise ValueError(f"{type(self.initial).__name__}: not in the table, or not reached: {lost}")

    @property
    def terminal(self) -> frozenset[State]:
        """The states that nothing follows."""
        return frozenset(state for state, following in self.transitions.items() if not following)

    def may_become(self, current: State, target: State) -> bool:
        """Say whether `target` may follow `current`."""
        return target in self.transitions[current]

    def require_transition(self, current: State, target: State) -> None:
        """Raise ValueError unless `target` may follow `current`."""
        if not self.may_become(current, target):
            raise ValueError(f"{current} cannot become {target}")
