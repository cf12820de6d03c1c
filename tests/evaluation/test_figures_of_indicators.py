"""How figures of indicators add up."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.evaluation.domain.indicators import TOTAL, Figure, Measure, find_faults, roll_up
from services.evaluation.domain.outcomes import may_be_told


def count(n: int, country: str = TOTAL) -> Figure:
    return Figure(country, Decimal(n), None)


def share(part: int, whole: int, country: str = TOTAL) -> Figure:
    return Figure(country, Decimal(part), Decimal(whole))


@pytest.mark.parametrize(
    ("measure", "total", "countries", "fault"),
    [
        (Measure.COUNT, count(5), [], None),
        (Measure.COUNT, count(5), [count(2, "KG"), count(3, "TJ")], None),
        (Measure.PERCENTAGE, share(3, 4), [share(1, 2, "KG"), share(2, 2, "TJ")], None),
        (Measure.COUNT, share(3, 4), [], "has none"),
        (Measure.PERCENTAGE, count(3), [], "needs a denominator"),
        (Measure.PERCENTAGE, share(5, 4), [], "part of its denominator"),
        (Measure.PERCENTAGE, share(-1, 4), [], "part of its denominator"),
        (Measure.COUNT, count(-1), [], "never negative"),
        (Measure.COUNT, count(4), [count(2, "KG"), count(2, "KG")], "stands once"),
        (Measure.COUNT, count(5), [count(2, "KG"), count(2, "TJ")], "sum to the whole"),
        (Measure.PERCENTAGE, share(3, 4), [share(3, 3, "KG")], "sum to the whole"),
    ],
)
def test_a_figure_fits_its_measure_and_its_countries_sum_to_it(
    measure: Measure, total: Figure, countries: list[Figure], fault: str | None
) -> None:
    faults = find_faults(measure, total, countries)
    assert (fault in faults[0]) if fault else (faults == [])


def test_percentages_roll_up_by_their_parts_not_by_their_mean() -> None:
    (rolled,) = roll_up([share(1, 2), share(90, 98)])
    assert rolled == share(91, 100)
    assert rolled.value == 91
    assert share(1, 3).value == Decimal("33.3333")
    assert share(0, 0).value is None
    assert count(7).value == 7


@given(st.lists(st.tuples(st.sampled_from(["KG", "TJ", ""]), st.integers(0, 1000))))
def test_rolling_up_loses_nobody(counts: list[tuple[str, int]]) -> None:
    rolled = roll_up(count(n, country) for country, n in counts)
    assert sum(f.numerator for f in rolled) == sum(n for _, n in counts)
    assert [f.country for f in rolled] == sorted({country for country, _ in counts})


@pytest.mark.parametrize(
    ("figure", "told"),
    [(count(1), True), (share(10, 20), True), (share(9, 20), False), (share(11, 20), False)],
)
def test_a_country_percentage_of_too_few_is_not_told(figure: Figure, told: bool) -> None:
    assert may_be_told(figure) is told
