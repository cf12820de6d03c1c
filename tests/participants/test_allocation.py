"""Allocation: the example that the guide works by hand, and what holds of every field there can be."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from random import Random
from uuid import UUID, uuid5

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.participants.domain.allocation import (
    AllocationReason,
    AllocationSettings,
    Basis,
    Line,
    Nominee,
    Outcome,
    Placement,
    TieBreak,
    allocate,
    count_outcomes,
    fill_seats,
)

GUIDE = Path(__file__).parents[2] / "docs" / "guides" / "selection.md"
SPACE = UUID(int=0)


def id_of(name: str) -> UUID:
    return uuid5(SPACE, name)


def rows_under(*heading: str) -> list[list[str]]:
    """Return the rows of the guide's table with this heading."""
    lines = [line.strip("| ").split(" | ") for line in GUIDE.read_text().splitlines()]
    begin = lines.index(list(heading)) + 2
    end = next(n for n in range(begin, len(lines)) if len(lines[n]) != len(heading))
    return lines[begin:end]


def example() -> tuple[list[Nominee], list[Line]]:
    lines = []
    for name, seats, discretionary, women, pooled in rows_under(
        "line", "seats", "discretionary", "minimum of women", "pooled"
    ):
        minimum = int(women.partition(" ")[0])
        lines.append(
            Line(
                id_of(name), int(seats), int(discretionary), minimum, women.endswith("hard"), pooled == "yes"
            )
        )
    nominees = [
        Nominee(
            id_of(row[0]),
            line_id=id_of(row[0][:2]),
            country=row[0][:2],
            authority_id=id_of(row[0][:2]),
            rank=int(row[0][2:]),
            is_principal=row[1] == "principal",
            is_discretionary=row[2] == "discretionary",
            is_woman=row[3] == "w",
            score=100 * int(row[4]),
        )
        for row in nominee_rows()
    ]
    return nominees, lines


def nominee_rows() -> list[list[str]]:
    return rows_under("nominee", "place", "slot", "sex", "score", "outcome", "reason")


SETTINGS = AllocationSettings(
    Basis.SCORE, ties=(TieBreak.WOMEN_FIRST, TieBreak.AUTHORITY_RANK), capacity=12, country_cap=4
)


def told(placements: Sequence[Placement]) -> dict[str, tuple[str, str]]:
    names = {id_of(row[0]): row[0] for row in nominee_rows()}
    return {
        names[one.nominee_id]: (
            "selected" if one.outcome is Outcome.SELECTED else f"waits {one.waiting_rank}",
            str(one.reason),
        )
        for one in placements
    }


def test_the_guides_example_comes_out_as_worked_by_hand() -> None:
    expected = {row[0]: (row[5], row[6]) for row in nominee_rows()}
    assert len(expected) == 17
    assert told(allocate(*example(), SETTINGS)) == expected


def test_the_guides_what_if_comes_out_as_worked_by_hand() -> None:
    nominees, lines = example()
    placed = told(allocate(nominees, lines, replace(SETTINGS, capacity=14)))
    assert placed["UZ2"] == ("selected", "by_order")
    assert placed["TJ4"] == ("selected", "pooled_seat")
    (pooled,) = [
        one
        for one in allocate(nominees, lines, replace(SETTINGS, capacity=14))
        if one.reason == "pooled_seat"
    ]
    assert pooled.line_id == id_of("TM")
    capped = told(allocate(nominees, lines, replace(SETTINGS, capacity=14, country_cap=3)))
    waiting = {name: reason for name, (outcome, reason) in capped.items() if outcome != "selected"}
    assert waiting == dict.fromkeys(["AF3", "KG4", "TJ4", "UZ3"], "country_cap")


@pytest.mark.parametrize(
    ("basis", "weight", "first"),
    [
        # Ranks 1 and 2 of two nominees give 100 and 50 points; scores are 20 and 60.
        (Basis.AUTHORITY_RANK, 50, "a"),
        (Basis.SCORE, 50, "b"),
        (Basis.WEIGHTED, 50, "a"),  # 60 against 55
        (Basis.WEIGHTED, 60, "b"),  # 52 against 56
    ],
)
def test_the_basis_makes_the_order(basis: Basis, weight: int, first: str) -> None:
    line = Line(id_of("line"), 1)
    people = [
        Nominee(id_of("a"), line.id, "TJ", id_of("authority"), 1, score=2_000),
        Nominee(id_of("b"), line.id, "TJ", id_of("authority"), 2, score=6_000),
    ]
    placed = allocate(people, [line], AllocationSettings(basis, weight))
    assert [one.nominee_id for one in placed if one.outcome is Outcome.SELECTED] == [id_of(first)]


def test_a_hard_minimum_keeps_its_seats_where_a_soft_one_lets_them_go() -> None:
    people = [Nominee(id_of(name), id_of("line"), "TJ", None, n) for n, name in enumerate("abc", start=1)]
    for is_hard, seats_taken, reason in ((True, 1, "women_minimum"), (False, 2, "seats_exhausted")):
        line = Line(id_of("line"), 2, minimum_women=1, is_hard=is_hard, is_pooled=True)
        placed = allocate(people, [line], AllocationSettings())
        assert count_outcomes(placed)[line.id] == {
            Outcome.SELECTED: seats_taken,
            Outcome.WAITLISTED: 3 - seats_taken,
        }
        assert placed[seats_taken].reason == reason


def test_equals_are_drawn_by_a_lot_that_is_stated_beforehand() -> None:
    line = Line(id_of("line"), 5)
    people = [Nominee(id_of(str(n)), line.id, "TJ", None, 1) for n in range(40)]

    def drawn(lot: str) -> frozenset[UUID]:
        placed = allocate(people, [line], AllocationSettings(lot=lot))
        return frozenset(one.nominee_id for one in placed if one.outcome is Outcome.SELECTED)

    assert drawn("a") == drawn("a")
    assert len({drawn(str(n)) for n in range(20)}) == 20


@pytest.mark.parametrize(
    "wrong",
    [
        [Nominee(id_of("a"), id_of("elsewhere"), "TJ", None, 1)],
        [Nominee(id_of("a"), id_of("line"), "TJ", None, 1)] * 2,
    ],
)
def test_strangers_and_doubles_are_refused(wrong: list[Nominee]) -> None:
    with pytest.raises(ValueError, match="unknown line"):
        allocate(wrong, [Line(id_of("line"), 1)], AllocationSettings())


LINE_IDS = [id_of(f"line {n}") for n in range(4)]


@st.composite
def fields(draw: st.DrawFn) -> tuple[list[Nominee], list[Line], AllocationSettings]:
    lines = [
        Line(
            id_,
            seats=draw(st.integers(0, 5)),
            discretionary=draw(st.integers(0, 3)),
            minimum_women=draw(st.integers(0, 4)),
            is_hard=draw(st.booleans()),
            is_pooled=draw(st.booleans()),
        )
        for id_ in LINE_IDS[: draw(st.integers(1, 4))]
    ]
    nominees = [
        Nominee(
            id_of(f"nominee {n}"),
            line_id=draw(st.sampled_from(lines)).id,
            country=draw(st.sampled_from(["AF", "TJ"])),
            authority_id=draw(st.sampled_from([None, SPACE])),
            rank=draw(st.integers(1, 6)),
            is_principal=draw(st.booleans()),
            is_discretionary=draw(st.booleans()),
            is_woman=draw(st.booleans()),
            score=draw(st.sampled_from([0, 5_000, 10_000])),
        )
        for n in range(draw(st.integers(0, 12)))
    ]
    settings = AllocationSettings(
        basis=draw(st.sampled_from(Basis)),
        score_weight=draw(st.integers(0, 100)),
        ties=tuple(draw(st.lists(st.sampled_from(TieBreak), unique=True))),
        capacity=draw(st.none() | st.integers(0, 12)),
        country_cap=draw(st.none() | st.integers(0, 6)),
        lot=draw(st.sampled_from(["", "x"])),
    )
    return nominees, lines, settings


Field = tuple[list[Nominee], list[Line], AllocationSettings]


@given(fields())
def test_everybody_is_placed_once_and_nothing_is_exceeded(field: Field) -> None:
    nominees, lines, settings = field
    placed = allocate(*field)
    assert sorted(one.nominee_id for one in placed) == sorted(one.id for one in nominees)
    counts = count_outcomes(placed)
    for line in lines:
        assert counts.get(line.id, Counter())[Outcome.SELECTED] <= line.seats
    selected = [one for one in placed if one.outcome is Outcome.SELECTED]
    assert settings.capacity is None or len(selected) <= settings.capacity
    countries = {one.id: one.country for one in nominees}
    pooled = Counter(
        countries[one.nominee_id] for one in selected if one.reason is AllocationReason.POOLED_SEAT
    )
    in_all = Counter(countries[one.nominee_id] for one in selected)
    assert settings.country_cap is None or all(in_all[country] <= settings.country_cap for country in pooled)


@given(fields(), st.randoms(use_true_random=False))
def test_the_order_of_the_input_does_not_matter(field: Field, chance: Random) -> None:
    nominees, lines, settings = field
    once = allocate(nominees, lines, settings)
    assert allocate(nominees, lines, settings) == once
    shuffled = [chance.sample(one, len(one)) for one in (nominees, lines)]
    assert allocate(shuffled[0], shuffled[1], settings) == once  # type: ignore[arg-type]  # sample keeps what it is given


PASSES = {
    AllocationReason.DISCRETIONARY_SEAT,
    AllocationReason.WOMEN_MINIMUM,
    AllocationReason.POOLED_SEAT,
}
"""Rules by which somebody may have a seat while somebody higher in the same line waits."""


@given(fields())
def test_nobody_is_passed_over_without_a_recorded_rule(field: Field) -> None:
    nominees, _, _ = field
    home = {one.id: one.line_id for one in nominees}
    lines: dict[UUID, list[Placement]] = defaultdict(list)
    for one in allocate(*field):
        lines[home[one.nominee_id]].append(one)
    for placed in lines.values():
        placed.sort(key=lambda one: one.position)
        assert [one.position for one in placed] == list(range(1, len(placed) + 1))
        waiting = [one for one in placed if one.outcome is Outcome.WAITLISTED]
        assert [one.waiting_rank for one in waiting] == list(range(1, len(waiting) + 1))
        for one in waiting:
            ahead = [two for two in placed if two.position > one.position and two.outcome is Outcome.SELECTED]
            recorded = one.reason is AllocationReason.WOMEN_MINIMUM
            assert recorded or {two.reason for two in ahead} <= PASSES


@given(fields())
def test_a_free_seat_is_free_by_a_rule(field: Field) -> None:
    """Who waits beside a free seat of the own line waits for the capacity, the cap or the women's minimum."""
    nominees, lines, settings = field
    placed = allocate(*field)
    counts = count_outcomes(placed)
    home = {one.id: one.line_id for one in nominees}
    free = {line.id for line in lines if counts.get(line.id, Counter())[Outcome.SELECTED] < line.seats}
    full = settings.capacity is not None and settings.capacity <= sum(
        count[Outcome.SELECTED] for count in counts.values()
    )
    hard = {line.id for line in lines if line.is_hard}
    for one in placed:
        if one.outcome is Outcome.WAITLISTED and home[one.nominee_id] in free:
            assert full or home[one.nominee_id] in hard


@given(fields())
def test_the_minimum_of_women_is_met_as_far_as_there_are_women(field: Field) -> None:
    nominees, lines, _ = field
    women = {one.id for one in nominees if one.is_woman}
    settings = AllocationSettings()
    placed = allocate(nominees, [replace(line, is_pooled=False) for line in lines], settings)
    for line in lines:
        here = [one for one in nominees if one.line_id == line.id]
        by_rank = sum(not one.is_woman for one in here if one.is_discretionary)
        possible = min(
            line.minimum_women,
            len(women & {one.id for one in here}),
            line.seats - min(line.discretionary, by_rank),
        )
        got = sum(
            one.line_id == line.id and one.outcome is Outcome.SELECTED and one.nominee_id in women
            for one in placed
        )
        assert got >= possible


@given(fields())
def test_more_women_wanted_never_costs_a_woman_of_the_line_her_seat(field: Field) -> None:
    nominees, lines, _ = field
    settings = AllocationSettings()

    def women_of(minimum: int) -> set[UUID]:
        wanted = [replace(line, minimum_women=minimum, is_pooled=False) for line in lines]
        women = {one.id for one in nominees if one.is_woman}
        return {
            one.nominee_id
            for one in allocate(nominees, wanted, settings)
            if one.outcome is Outcome.SELECTED and one.nominee_id in women
        }

    assert women_of(1) <= women_of(2)


@given(fields(), st.integers(0, 8), st.integers(0, 8), st.booleans())
def test_seats_filled_keep_the_order_and_the_number(field: Field, free: int, due: int, is_hard: bool) -> None:
    queue = field[0]
    given_ = fill_seats(queue, free, women_due=due, is_hard=is_hard)
    assert given_ == [one for one in queue if one in given_]
    women = sum(one.is_woman for one in queue)
    kept = max(0, min(due, free) - women) if is_hard else 0
    assert len(given_) == min(len(queue), free - kept)
    assert sum(one.is_woman for one in given_) >= min(due, free, women)
