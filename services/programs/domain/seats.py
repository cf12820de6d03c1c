"""Seats of an edition: whose they are, by what they are given, and what becomes of those that nobody took."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from services.common.problems import Fault


class AllocationBasis(StrEnum):
    """By what ordinary seats of a line are given."""

    AUTHORITY_RANK = "authority_rank"
    SCORE = "score"
    WEIGHTED = "weighted"


class TieRule(StrEnum):
    """Who comes first of two who are equal; what comes in first never decides."""

    AUTHORITY_RANK = "authority_rank"
    WOMEN_FIRST = "women_first"
    FEWER_PRIOR_TRAININGS = "fewer_prior_trainings"
    LOT = "lot"
    """A lot that anyone can draw again from the ids."""


class RollOver(StrEnum):
    """What becomes of seats that nobody took."""

    NONE = "none"
    NEXT_EDITION = "next_edition"


@dataclass(frozen=True)
class SeatFacts:
    """A seat line, as far as its numbers must agree."""

    seats: int | None
    """None on historic rows whose number nobody stated."""
    discretionary: int
    minimum_women: int
    minimum_women_is_hard: bool
    minimum_women_released_on: date | None
    minimum_women_release_reason: str | None
    roll_over: RollOver
    roll_over_until: date | None


def seat_faults(line: SeatFacts) -> list[Fault]:
    """Return what does not agree in a seat line."""
    inside = line.seats is None or max(line.discretionary, line.minimum_women) <= line.seats
    released = line.minimum_women_released_on or line.minimum_women_release_reason
    checks = (
        (
            inside,
            "/seats",
            "more_than_seats",
            "Discretionary seats and the minimum of women lie inside the seats.",
        ),
        (
            not (line.minimum_women_is_hard and released),
            "/minimum_women_released_on",
            "hard_minimum",
            "A hard minimum of women is never released.",
        ),
        (
            line.roll_over is RollOver.NEXT_EDITION or line.roll_over_until is None,
            "/roll_over_until",
            "not_rolled_over",
            "Only seats that are rolled over have a last day for it.",
        ),
    )
    return [Fault(pointer, code, detail) for holds, pointer, code, detail in checks if not holds]


def is_shown_to_authorities(line: SeatFacts) -> bool:
    """Say whether authorities can know what holds for the line: its number, and until when a minimum binds."""
    settled = line.minimum_women == 0 or line.minimum_women_is_hard
    released = line.minimum_women_released_on is not None and bool(line.minimum_women_release_reason)
    return line.seats is not None and (settled or released)


def seats_rolled_over(line: SeatFacts, taken: int | None, starts_on: date) -> int:
    """Return how many unused seats go into an edition whose earliest day is `starts_on`.

    None where the line does not say so, where its last day for it is past, or where nobody knows what was taken.
    """
    late = line.roll_over_until is not None and line.roll_over_until < starts_on
    if line.roll_over is RollOver.NONE or line.seats is None or taken is None or late:
        return 0
    return max(line.seats - taken, 0)


def sum_seats(lines: Iterable[int | None]) -> int:
    """Return the sum of the known numbers."""
    return sum(seats or 0 for seats in lines)


def exceeds_capacity(lines: Sequence[int | None], capacity_max: int | None) -> bool:
    """Say whether seat lines hold more than the edition takes (invariant P4); without a capacity never."""
    return capacity_max is not None and sum_seats(lines) > capacity_max
