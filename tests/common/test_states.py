from enum import StrEnum

import pytest

from services.common.states import LifeCycle


class Step(StrEnum):
    DRAFT = "draft"
    OPEN = "open"
    CLOSED = "closed"


CYCLE = LifeCycle(
    Step.DRAFT,
    {Step.DRAFT: frozenset({Step.OPEN}), Step.OPEN: frozenset({Step.CLOSED}), Step.CLOSED: frozenset()},
)


@pytest.mark.parametrize("current", Step)
@pytest.mark.parametrize("target", Step)
def test_only_what_the_table_says_may_follow(current: Step, target: Step) -> None:
    allowed = (current, target) in {(Step.DRAFT, Step.OPEN), (Step.OPEN, Step.CLOSED)}
    assert CYCLE.may_become(current, target) is allowed
    if allowed:
        CYCLE.require_transition(current, target)
    else:
        with pytest.raises(ValueError, match=f"^{current} cannot become {target}$"):
            CYCLE.require_transition(current, target)


def test_states_without_a_successor_are_terminal() -> None:
    assert CYCLE.terminal == {Step.CLOSED}


def test_a_state_left_out_of_the_table_is_an_error() -> None:
    with pytest.raises(ValueError, match=r"^Step: .*: closed$"):
        LifeCycle(Step.DRAFT, {Step.DRAFT: frozenset({Step.OPEN}), Step.OPEN: frozenset({Step.CLOSED})})


def test_a_state_that_nothing_reaches_is_an_error() -> None:
    with pytest.raises(ValueError, match=r"^Step: .*: closed$"):
        LifeCycle(
            Step.DRAFT,
            {
                Step.DRAFT: frozenset({Step.OPEN}),
                Step.OPEN: frozenset({Step.DRAFT}),
                Step.CLOSED: frozenset(),
            },
        )
