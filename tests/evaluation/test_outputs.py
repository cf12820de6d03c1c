"""People by year and country as the public may see them: counted alone, against the rules (all synthetic)."""

from hypothesis import given
from hypothesis import strategies as st

from services.evaluation.domain.outcomes import CohortCount, OutputYear, count_outputs, without_countries
from services.evaluation.domain.results import hidden_cell
from services.evaluation.domain.suppression import SuppressionRule


def outputs(*counts: CohortCount, country: str = "TJ", this_year: int = 2026) -> list[OutputYear]:
    return count_outputs(counts, country, this_year)


def cohort(country: str, completed: int, failed: int, year: int | None = 2025) -> list[CohortCount]:
    return [
        CohortCount(year, country, "female", "certified", completed),
        CohortCount(year, country, "male", "incomplete", failed),
    ]


def test_groups_that_are_large_enough_are_shown() -> None:
    (year,) = outputs(*cohort("TJ", 20, 12), *cohort("KG", 15, 11))
    assert (year.year, year.participants) == (2025, 32)
    assert (year.completed.n, year.completed.rule) == (20, None)
    assert [(cell.group, cell.n) for cell in year.by_sex] == [("female", 20), ("male", 12)]


def test_two_failures_are_never_told_not_even_by_subtraction() -> None:
    (year,) = outputs(*cohort("TJ", 20, 2), *cohort("KG", 15, 11))
    assert year.participants == 22
    assert (year.completed.n, year.completed.suppressed) == (None, True)


def test_a_second_country_hides_what_would_tell_of_the_first() -> None:
    counts = [*cohort("TJ", 20, 2), *cohort("KG", 15, 11), *cohort("UZ", 30, 30)]
    assert outputs(*counts, country="KG")[0].completed.rule is SuppressionRule.COMPLEMENT
    assert outputs(*counts, country="UZ")[0].completed.n == 30


def test_the_present_year_and_unknown_years_tell_participants_only() -> None:
    counts: list[CohortCount] = []
    for year in (2025, 2026, None):
        counts += cohort("TJ", 20, 12, year) + cohort("KG", 20, 12, year)
    found = outputs(*counts)
    assert [(year.year, year.participants) for year in found] == [(2026, 32), (2025, 32), (None, 32)]
    assert [year.completed.rule for year in found] == [
        SuppressionRule.PERIOD_NOT_OVER,
        None,
        SuppressionRule.PERIOD_NOT_OVER,
    ]


def test_those_whose_sex_nobody_stated_are_in_no_group() -> None:
    unsaid = [CohortCount(2025, country, None, "certified", 12) for country in ("TJ", "KG")]
    (year,) = outputs(*cohort("TJ", 20, 15), *cohort("KG", 20, 15), *unsaid)
    assert year.participants == 47
    shown = [cell.n for cell in year.by_sex]
    assert shown.count(None) == 1
    assert all(cell.group for cell in year.by_sex)


def test_a_country_without_people_is_absent_never_zero() -> None:
    assert outputs(*cohort("KG", 20, 12)) == []


@given(
    st.dictionaries(
        st.sampled_from(["KG", "TJ", "UZ", "AF"]),
        st.tuples(st.integers(0, 40), st.integers(0, 40)),
        min_size=1,
    )
)
def test_what_all_countries_show_covers_nobody_alone(people: dict[str, tuple[int, int]]) -> None:
    counts = [count for country, (done, failed) in people.items() for count in cohort(country, done, failed)]
    shown = {c: year.completed for c in people for year in outputs(*counts, country=c)}
    told = [people[c] for c, cell in shown.items() if not cell.suppressed]
    hidden = [people[c] for c, cell in shown.items() if cell.suppressed]
    assert all(min(numbers) >= 10 for numbers in told)
    # Everybody who completed, less what is shown, is nobody, or two countries at least and ten people.
    rest = sum(done for done, _ in hidden)
    assert not told or not hidden or (len(hidden) >= 2 and rest >= 10)


def test_figures_lose_whatever_speaks_of_a_country() -> None:
    hidden = hidden_cell(SuppressionRule.COUNTRY_OF_ONE_EDITION)
    kept = {"code": "overall", "cell": {"n": 30, "rule": None}}
    by_sex = {"dimension": "sex", "cells": []}
    figures = {
        "n_answered": 30,
        "questions": [
            kept | {"breakdowns": [by_sex, {"dimension": "country", "cells": [{"group": "TJ"} | hidden]}]},
            {"code": "country", "cell": hidden, "breakdowns": []},
        ],
    }
    assert without_countries(figures) == {"n_answered": 30, "questions": [kept | {"breakdowns": [by_sex]}]}
