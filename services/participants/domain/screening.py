"""Screening: what is known of an applicant for the eligibility rules, and what the rules' outcomes add up to."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from services.common.expressions import Value, VariableType
from services.participants.domain.eligibility import ELIGIBILITY_VARIABLES
from services.participants.domain.forms import LEVELS


class Verdict(StrEnum):
    """What the rules say of an application."""

    PASS = "pass"  # noqa: S105  a verdict
    FAIL = "fail"
    UNKNOWN = "unknown"


BLOCKS: Final = "block"
"""The severity of a rule that refuses, unless it is waived; the others warn."""


@dataclass(frozen=True)
class PriorTraining:
    """An edition that the applicant completed before."""

    program_id: UUID | None
    ended_on: date | None


@dataclass(frozen=True)
class Applicant:
    """What is known of somebody without asking the form."""

    birth_date: date | None
    nationality: str
    residence: str | None
    country: str
    sex: str
    audience: str | None
    trainings: Sequence[PriorTraining]


def facts_of(
    applicant: Applicant, answered: Mapping[str, Any], *, starts_on: date | None, program_id: UUID | None
) -> dict[str, Value]:
    """Return the eligibility variables that are known: from the record, the form's answers, former editions.

    `answered` holds the answers by variable. What is not known is left out.
    """
    ended = [one.ended_on for one in applicant.trainings if one.ended_on is not None]
    last = max(ended, default=None)
    known: dict[str, Value | None] = {
        "nationality": applicant.nationality,
        "residence": applicant.residence,
        "country": applicant.country,
        "sex": applicant.sex,
        "audience": applicant.audience,
        "prior_trainings": len(applicant.trainings),
        "prior_trainings_in_program": sum(
            program_id is not None and one.program_id == program_id for one in applicant.trainings
        ),
        "last_training_ended_at": None if last is None else datetime.combine(last, time(), UTC),
    }
    if starts_on is not None:
        born = applicant.birth_date
        known["age_at_start"] = None if born is None else full_years(born, starts_on)
        known["months_since_last_training"] = None if last is None else full_months(last, starts_on)
    for variable, answer in answered.items():
        if ELIGIBILITY_VARIABLES[variable].type is VariableType.INTS_BY_STRING:
            known[variable] = {code: LEVELS.index(level) + 1 for code, level in answer.items()}
            known["languages"] = sorted(answer)
        else:
            known[variable] = answer
    return {name: value for name, value in known.items() if value is not None}


def full_years(since: date, until: date) -> int:
    """Return how many full years lie between two days; somebody born on 29 February is older on 1 March."""
    return until.year - since.year - ((until.month, until.day) < (since.month, since.day))


def full_months(since: date, until: date) -> int:
    """Return how many full months lie between two days."""
    return 12 * (until.year - since.year) + until.month - since.month - (until.day < since.day)


@dataclass(frozen=True)
class RuleResult:
    """What one rule says of one application."""

    rule_id: str
    severity: str
    holds: bool | None
    """None where it cannot be told."""
    is_waived: bool


def verdict_of(results: Iterable[RuleResult]) -> Verdict:
    """Return what blocking rules say together: one that is broken fails, one that is unknown leaves it open.

    A waived rule counts as met; warnings never decide.
    """
    blocking = [one.holds for one in results if one.severity == BLOCKS and not one.is_waived]
    if False in blocking:
        return Verdict.FAIL
    return Verdict.UNKNOWN if None in blocking else Verdict.PASS
