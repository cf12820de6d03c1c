"""Suppression: what one published table must never give away."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.evaluation.domain.suppression import (
    Audience,
    SuppressionRule,
    breakdown_threshold,
    hide_cells,
    settle_thresholds,
    withholding_rule,
)

tables = st.lists(st.lists(st.integers(0, 30), min_size=3, max_size=3), min_size=2, max_size=5).map(
    lambda rows: {(r, c): n for r, row in enumerate(rows) for c, n in enumerate(row)}
)


def lines_of(table: dict[tuple[int, int], int]) -> list[list[tuple[int, int]]]:
    rows, columns = {r for r, _ in table}, {c for _, c in table}
    return [[(r, c) for c in columns] for r in rows] + [[(r, c) for r in rows] for c in columns]


@given(tables, st.integers(3, 12), st.sets(st.tuples(st.integers(0, 1), st.integers(0, 2))))
def test_no_line_gives_a_hidden_cell_away(
    table: dict[tuple[int, int], int], k: int, unanimous: set[tuple[int, int]]
) -> None:
    lines = lines_of(table)
    hidden = hide_cells(table, lines, k, unanimous)
    assert unanimous <= set(hidden)
    for line in lines:
        covered = [key for key in line if key in hidden]
        shown = [key for key in line if key not in hidden]
        assert len(covered) != 1
        assert all(table[key] >= k for key in shown)
        if shown and covered:  # the complement of what is shown
            assert sum(table[key] for key in covered) >= k


def test_primary_suppression_alone_would_give_it_away() -> None:
    """Negative control: hiding only what is too small leaves lines with one hidden cell."""
    table = {(0, 0): 2, (0, 1): 9, (1, 0): 9, (1, 1): 9}
    primary = {key for key, n in table.items() if n < 5}
    assert any(len([key for key in line if key in primary]) == 1 for line in lines_of(table))


def test_the_rules_say_why() -> None:
    hidden = hide_cells({"a": 2, "b": 8, "c": 20}, [["a", "b", "c"]], 5)
    assert hidden == {"a": SuppressionRule.TOO_FEW, "b": SuppressionRule.COMPLEMENT}
    assert hide_cells({"a": 8, "b": 8}, [["a", "b"]], 5, ["a"]) == {
        "a": SuppressionRule.UNANIMOUS,
        "b": SuppressionRule.COMPLEMENT,
    }
    assert hide_cells({"a": 8, "b": 8}, [["a", "b"]], 5) == {}


def test_thresholds_only_rise() -> None:
    assert settle_thresholds({Audience.PARTNER: 8}) == {
        Audience.INTERNAL: 3,
        Audience.LECTURER: 5,
        Audience.PARTNER: 8,
        Audience.PUBLIC: 10,
    }
    with pytest.raises(ValueError, match="only be raised"):
        settle_thresholds({Audience.PUBLIC: 9})
    assert (breakdown_threshold(3), breakdown_threshold(10)) == (5, 10)


@pytest.mark.parametrize(
    ("audience", "k", "answered", "rate", "rule"),
    [
        (Audience.INTERNAL, 3, 2, 1.0, SuppressionRule.TOO_FEW),
        (Audience.INTERNAL, 3, 3, 0.1, None),
        (Audience.PUBLIC, 10, 10, 0.499, SuppressionRule.RESPONSE_RATE),
        (Audience.PUBLIC, 10, 10, 0.5, None),
        (Audience.PUBLIC, 10, 10, None, SuppressionRule.RESPONSE_RATE),
    ],
)
def test_whole_results_are_withheld(
    audience: Audience, k: int, answered: int, rate: float | None, rule: SuppressionRule | None
) -> None:
    assert withholding_rule(audience, k, answered, rate) is rule
