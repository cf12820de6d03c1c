"""What programs knows of eligibility rules: that they compile. Participants evaluates them."""

from enum import StrEnum
from typing import Final

from services.common.expressions import Variables, VariableType


class RuleSeverity(StrEnum):
    """What follows where a rule is not met."""

    BLOCK = "block"
    """The application is not eligible, unless the rule is waived."""
    WARN = "warn"
    """Whoever screens is told."""


_INTS: Final = (
    "age_at_start",
    "education_level",
    "experience_years",
    "prior_trainings",
    "prior_trainings_in_program",
    "months_since_last_training",
)
_STRINGS: Final = ("nationality", "residence", "country", "sex", "audience", "employer_kind")

RULE_VARIABLES: Final[Variables] = {
    **dict.fromkeys(_INTS, VariableType.INT),
    **dict.fromkeys(_STRINGS, VariableType.STRING),
    "languages": VariableType.STRINGS,
    "language_levels": VariableType.INTS_BY_STRING,
    "last_training_ended_at": VariableType.TIMESTAMP,
}
"""What a rule may speak of; a test holds it against docs/eligibility-variables.json of participants."""
