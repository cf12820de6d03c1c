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
        (Measure.RATIO, share(-3, 4), [], None),
        (Measure.RATIO, share(3, 0), [], "over something"),
        (Measure.RATIO, count(3), [], "needs a denominator"),
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
    assert rolled.value_as(Measure.PERCENTAGE) == 91
    assert share(1, 3).value_as(Measure.PERCENTAGE) == Decimal("33.3333")
    assert share(0, 0).value_as(Measure.PERCENTAGE) is None
    assert count(7).value_as(Measure.COUNT) == 7
    assert share(-1, 8).value_as(Measure.RATIO) == Decimal("-0.125")


def test_women_and_men_roll_up_apart_and_sum_to_the_whole() -> None:
    women, men = (Figure(TOTAL, Decimal(n), None, sex) for n, sex in ((3, "female"), (4, "male")))
    assert find_faults(Measure.COUNT, count(7), [count(7, "TJ")], [women, men]) == []
    assert find_faults(Measure.COUNT, count(8), [], [women, men]) == ["Women and men must sum to the whole."]
    assert find_faults(Measure.COUNT, count(6), [], [women, women]) == ["A sex stands once."]
    assert roll_up([women, men, women, count(7)]) == [
        count(7),
        Figure(TOTAL, Decimal(6), None, "female"),
        men,
    ]


@given(st.lists(st.tuples(st.sampled_from(["KG", "TJ", ""]), st.integers(0, 1000))))
def test_rolling_up_loses_nobody(counts: list[tuple[str, int]]) -> None:
    rolled = roll_up(count(n, country) for country, n in counts)
    assert sum(f.numerator for f in rolled) == sum(n for _, n in counts)
    assert [f.country for f in rolled] == sorted({country for country, _ in counts})


@pytest.mark.parametrize(
    ("figure", "measure", "told"),
    [
        (count(1), Measure.COUNT, True),
        *((share(10, 20), Measure.PERCENTAGE, True), (share(9, 20), Measure.PERCENTAGE, False)),
        (share(11, 20), Measure.PERCENTAGE, False),
        *((share(43, 10), Measure.RATIO, True), (share(43, 9), Measure.RATIO, False)),
    ],
)
def test_a_country_figure_of_too_few_is_not_told(figure: Figure, measure: Measure, told: bool) -> None:
    assert may_be_told(figure, measure) is told
