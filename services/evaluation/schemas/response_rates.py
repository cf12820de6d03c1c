"""How many of those who were asked answered, on the wire."""

from services.common.clock import Provenance
from services.common.wire import Answer
from services.evaluation.domain.campaigns import Phase


class PhaseResponseRate(Answer):
    """How many answered the surveys of one phase, all of them together."""

    phase: Phase
    campaigns: int
    invited: int
    answered: int
    percent: float | None
    """Of those invited, to one decimal; null where nobody was."""


class ResponseRates(Answer):
    """How many answered the surveys that were counted within a year."""

    provenance: Provenance
    phases: list[PhaseResponseRate]
