"""The life of a program: what may follow on which status, and what must hold before it does."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from services.common.problems import Fault
from services.common.states import LifeCycle
from services.programs.domain.programs import ProgramStatus

P = ProgramStatus

PROGRAM_LIFE: Final = LifeCycle(
    initial=P.IDEA,
    transitions={
        P.IDEA: frozenset({P.PILOT, P.ONE_OFF, P.CLOSED}),
        P.PILOT: frozenset({P.ANNUAL, P.ONE_OFF, P.CLOSED}),
        P.ANNUAL: frozenset({P.SUSPENDED, P.CLOSED}),
        P.ONE_OFF: frozenset({P.SUSPENDED, P.CLOSED}),
        P.SUSPENDED: frozenset({P.ANNUAL, P.CLOSED}),
        P.CLOSED: frozenset(),
    },
)


@dataclass(frozen=True)
class ProgramFacts:
    """What the guards look at."""

    status: ProgramStatus | None
    """None where no source states it: it may become anything whose guard holds."""
    completed_editions: int
    evaluated: bool
    """Whether evaluation has settled the results of one of its editions."""


@dataclass(frozen=True)
class StatusStep:
    """A change of status that somebody asks for."""

    target: ProgramStatus
    reason: str | None = None
    evaluation_reference: str | None = None
    """Where the evaluation stands, if it was not held here."""
    historic: bool = False
    """A fact that a source states; the guards of the step are waived."""
    has_source: bool = False


def _annual(facts: ProgramFacts, step: StatusStep) -> list[Fault]:
    if facts.status is P.SUSPENDED:
        return []
    faults = []
    if not facts.completed_editions:
        faults.append(
            Fault("/editions", "edition_missing", "An annual program has completed an edition as pilot.")
        )
    if not (facts.evaluated or step.evaluation_reference):
        faults.append(
            Fault("/evaluation_reference", "evaluation_missing", "Name the evaluation of the pilot.")
        )
    return faults


def _reasoned(_: ProgramFacts, step: StatusStep) -> list[Fault]:
    return (
        [] if step.reason else [Fault("/reason", "reason_missing", "This change of status needs a reason.")]
    )


_GUARDS: Final[Mapping[ProgramStatus, Callable[[ProgramFacts, StatusStep], list[Fault]]]] = {
    P.ANNUAL: _annual,
    P.SUSPENDED: _reasoned,
    P.CLOSED: _reasoned,
}


def unmet_program_guards(facts: ProgramFacts, step: StatusStep) -> list[Fault]:
    """Return what stands in the way of `step`; nothing if it may be taken. Source: design/programs.md, States."""
    if facts.status is not None and not PROGRAM_LIFE.may_become(facts.status, step.target):
        detail = f"A program that is {facts.status} cannot become {step.target}."
        return [Fault("/status", "no_such_step", detail)]
    if step.historic:
        missing = Fault("/sources", "source_missing", "Name the source that states it.")
        return [] if step.has_source else [missing]
    guard = _GUARDS.get(step.target)
    return guard(facts, step) if guard else []
