"""Allocation: 10,000 nominees over 60 seat lines, by each basis; pure computation: no ceiling, but a goal."""

import random
import statistics
import time
from typing import Final
from uuid import UUID

from benchmarks.harness import say_goal
from services.participants.domain.allocation import (
    AllocationSettings,
    Basis,
    Line,
    Nominee,
    TieBreak,
    allocate,
)

NOMINEES: Final = 10_000
LINES: Final = 60
ROUNDS: Final = 5


def field() -> tuple[list[Nominee], list[Line]]:
    """Return a made-up field: four authorities in a line, scores with many ties, pooled and short lines."""
    chance = random.Random(20261130)  # noqa: S311  repeatable, nothing secret
    lines = [
        Line(
            UUID(int=n),
            seats=100,
            discretionary=10,
            minimum_women=40,
            is_hard=n % 3 == 0,
            is_pooled=n % 2 == 0,
        )
        for n in range(LINES)
    ]
    nominees = [
        Nominee(
            UUID(int=chance.getrandbits(128)),
            line_id=UUID(int=n % LINES),
            country=f"{n % 30:02}",
            authority_id=UUID(int=n % (4 * LINES)),
            rank=n // (4 * LINES) + 1,
            is_principal=chance.random() < 0.8,
            is_discretionary=chance.random() < 0.1,
            is_woman=chance.random() < 0.4,
            score=100 * chance.randrange(101),
        )
        for n in range(NOMINEES)
    ]
    return nominees, lines


def main() -> None:
    """Print the median time of each basis."""
    nominees, lines = field()
    for basis in Basis:
        settings = AllocationSettings(
            basis=basis, ties=tuple(TieBreak), capacity=5_000, country_cap=250, lot="benchmark"
        )
        times = []
        for _ in range(ROUNDS):
            begun = time.perf_counter()
            placed = allocate(nominees, lines, settings)
            times.append(time.perf_counter() - begun)
        assert len(placed) == NOMINEES
        what = f"Allocation of {NOMINEES:,} nominees over {LINES} lines by {basis}"
        say_goal(what, statistics.median(times) * 1000, 1_000, unit=" ms", at_most=True)


if __name__ == "__main__":
    main()
