"""What an eligibility rule may speak of: the catalogue of variables that applicants are known by.

Rules are saved in programs and evaluated here. The catalogue is published as `docs/eligibility-variables.json`
(by `qoldau openapi`), against which programs' own declaration is tested.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from services.common.expressions import VariableType


@dataclass(frozen=True)
class EligibilityVariable:
    """One thing that is known of an applicant at the time of screening; left out where it is not known."""

    type: VariableType
    meaning: str
    """With unit, range and codes."""
    example: str
    """A rule that uses it."""


_V, _T = EligibilityVariable, VariableType

ELIGIBILITY_VARIABLES: Final[Mapping[str, EligibilityVariable]] = {
    "age_at_start": _V(
        _T.INT,
        "Full years of age on the first day of the edition (the earliest it may be, where that is not known).",
        "age_at_start >= 21 && age_at_start <= 45",
    ),
    "nationality": _V(_T.STRING, "Country of citizenship, ISO 3166-1 alpha-2.", "nationality != 'KZ'"),
    "residence": _V(
        _T.STRING, "Country of residence, ISO 3166-1 alpha-2.", "residence in ['KG', 'TJ', 'UZ']"
    ),
    "country": _V(
        _T.STRING,
        "Country whose seats are applied for (of the nominating authority, or else of citizenship), "
        "ISO 3166-1 alpha-2.",
        "country in ['AF', 'KG', 'TJ', 'TM', 'UZ']",
    ),
    "sex": _V(_T.STRING, "As in the travel document: female, male or unspecified.", "sex == 'female'"),
    "audience": _V(
        _T.STRING, "Code of the group that the applicant says to belong to.", "audience == 'academic_staff'"
    ),
    "languages": _V(
        _T.STRINGS, "Languages that the applicant speaks, BCP 47 without region.", "'ru' in languages"
    ),
    "language_levels": _V(
        _T.INTS_BY_STRING,
        "Level of each language by the Common European Framework: 1 = A1, 2 = A2, 3 = B1, 4 = B2, 5 = C1, 6 = C2; "
        "a language whose level is not known is left out.",
        "'en' in language_levels && language_levels['en'] >= 4",
    ),
    "education_level": _V(
        _T.INT, "Highest level completed, ISCED 2011: 0 to 8; 6 is a bachelor's.", "education_level >= 6"
    ),
    "experience_years": _V(
        _T.INT, "Full years of work in the field of the edition.", "experience_years >= 3"
    ),
    "employer_kind": _V(
        _T.STRING,
        "Kind of the present employer, IATI OrganisationType: 10 government, 70 private sector, 80 academic.",
        "employer_kind in ['10', '11', '80']",
    ),
    "prior_trainings": _V(
        _T.INT, "How many editions of the agency the applicant has completed.", "prior_trainings == 0"
    ),
    "prior_trainings_in_program": _V(
        _T.INT,
        "How many editions of the same program the applicant has completed.",
        "prior_trainings_in_program == 0",
    ),
    "last_training_ended_at": _V(
        _T.TIMESTAMP,
        "End of the last edition completed; left out where there is none.",
        "prior_trainings == 0 || last_training_ended_at < timestamp('2025-01-01T00:00:00Z')",
    ),
    "months_since_last_training": _V(
        _T.INT,
        "Full months from the end of the last edition completed to the first day of this one (a cool-down); "
        "left out where there is none.",
        "prior_trainings == 0 || months_since_last_training >= 24",
    ),
}

VARIABLE_TYPES: Final = {name: variable.type for name, variable in ELIGIBILITY_VARIABLES.items()}
"""What an expression is compiled against."""


def describe_variables() -> dict[str, Any]:
    """Return the catalogue as it is published; names and types may be added, and never change."""
    return {
        "language": "Common Expression Language (cel.dev), an expression that is true where the rule is met",
        "unknown": "A variable without a known value is left out: a rule that needs it is neither met nor broken.",
        "variables": [
            {"name": name, "type": variable.type, "meaning": variable.meaning, "example": variable.example}
            for name, variable in ELIGIBILITY_VARIABLES.items()
        ],
    }
