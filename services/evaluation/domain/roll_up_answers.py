"""What a roll-up by country is made of: what each edition answered, and what readers were shown of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from services.evaluation.domain.results import RESPONDENTS

UNSAID: Final = ""
"""The group of those who did not say their country."""

Answers = Mapping[str, int]
"""How many gave each answer; where one may choose several, `RESPONDENTS` counts who answered at all."""


@dataclass(frozen=True)
class EditionAnswers:
    """What the people of one edition answered to the question."""

    campaign_id: UUID
    whole: Answers
    """In all; known."""
    people: Mapping[str, int]
    """How many of each country may have answered; of a country that is not named nobody was there. Known."""
    truth: Mapping[str, Answers]
    """By country, those who did not say theirs included: what is to be kept from readers."""


@dataclass(frozen=True)
class Release:
    """What readers were shown of these surveys together: the answers of each country that was not hidden."""

    campaigns: frozenset[UUID]
    countries: Mapping[str, Answers]


def count_people(answers: Answers) -> int:
    """Return how many people gave these answers."""
    return answers[RESPONDENTS] if RESPONDENTS in answers else sum(answers.values())


def count_unknowns(editions: Iterable[EditionAnswers]) -> int:
    """Return how many numbers a proof about these editions has to tell apart."""
    return sum((len(edition.people) + 1) * len(edition.whole) for edition in editions)
