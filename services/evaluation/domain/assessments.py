"""What evaluators judge: plans, findings by criterion, outcomes that a third person substantiates."""

from enum import StrEnum
from typing import Final

from services.common.states import LifeCycle


class EvidenceStrength(StrEnum):
    """How well a finding is supported (UNEG norm on credibility); no number, because none could be averaged."""

    STRONG = "strong"
    MODERATE = "moderate"
    WEAK = "weak"
    NONE = "none"
    """Nothing is known yet, which is said rather than left out."""


class EvidenceKind(StrEnum):
    """What a finding rests on."""

    RESULT = "result"
    INDICATOR = "indicator"
    OUTCOME_EVIDENCE = "outcome_evidence"
    DOCUMENT = "document"
    INTERVIEW = "interview"


class EvaluationTiming(StrEnum):
    """When an evaluation takes place."""

    BASELINE = "baseline"
    MIDTERM = "midterm"
    FINAL = "final"
    EX_POST = "ex_post"


class OutcomeState(StrEnum):
    """The life of a claimed outcome."""

    CLAIMED = "claimed"
    SUBSTANTIATED = "substantiated"
    REFUTED = "refuted"
    WITHDRAWN = "withdrawn"


OUTCOME_LIFE: Final = LifeCycle(
    initial=OutcomeState.CLAIMED,
    transitions={
        OutcomeState.CLAIMED: frozenset(
            {OutcomeState.SUBSTANTIATED, OutcomeState.REFUTED, OutcomeState.WITHDRAWN}
        ),
        OutcomeState.SUBSTANTIATED: frozenset({OutcomeState.WITHDRAWN}),
        OutcomeState.REFUTED: frozenset(),
        OutcomeState.WITHDRAWN: frozenset(),
    },
)
"""Source: Wilson-Grau and Britt (2012), Outcome Harvesting, step 5: somebody independent substantiates."""
