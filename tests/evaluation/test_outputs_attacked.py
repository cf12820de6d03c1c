"""What an attacker can work out by linear programming from everything that is told of a year (all synthetic)."""

from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from services.evaluation.domain.outcomes import CohortCount, count_outputs

People = dict[str, tuple[int, int]]
PROTECTION = 10

PEOPLE = st.dictionaries(
    st.sampled_from(["AF", "KG", "TJ", "TM", "UZ"]),
    st.tuples(st.integers(0, 30), st.integers(0, 30)).filter(any),
    min_size=1,
)


def told(people: People) -> dict[str, int | None]:
    """Return how many of each country are told to have completed."""
    counts = [
        CohortCount(2025, country, None, state, n)
        for country, numbers in people.items()
        for state, n in zip(("certified", "incomplete"), numbers, strict=True)
    ]
    return {country: count_outputs(counts, country, 2026)[0].completed.n for country in people}


def range_of(country: str, people: People, known: dict[str, int | None]) -> float:
    """Return how wide the range is in which the attacker must leave `country`.

    The attacker knows how many enrolled per country, and how many completed in all.
    """
    names = sorted(people)
    bounds = [(0, sum(people[name])) if known[name] is None else (known[name], known[name]) for name in names]
    whole = sum(done for done, _ in people.values())
    goal = [float(name == country) for name in names]
    ends = [
        linprog([sign * g for g in goal], A_eq=[[1.0] * len(names)], b_eq=[whole], bounds=bounds).fun
        for sign in (1, -1)
    ]
    low, high = (end or 0.0 for end in ends)  # None where nothing is possible, which no test survives
    return -high - low


@settings(deadline=None, max_examples=150)
@given(PEOPLE)
def test_no_hidden_completion_can_be_bounded_within_the_protection(people: People) -> None:
    known = told(people)
    if all(n is None for n in known.values()):
        return  # nothing is told of the year
    for country, n in known.items():
        if n is None:
            assert range_of(country, people, known) >= min(PROTECTION, sum(people[country])) - 1e-6


def test_hiding_the_small_cell_alone_would_be_undone_by_subtraction() -> None:
    people = {"KG": (20, 15), "TJ": (20, 2), "UZ": (25, 25)}
    naive = {"KG": 20, "TJ": None, "UZ": 25}
    assert range_of("TJ", people, naive) == 0
    assert range_of("TJ", people, told(people)) >= PROTECTION


def test_what_is_told_is_true() -> None:
    assert told({"KG": (20, 15), "TJ": (12, 11)}) == {"KG": 20, "TJ": 12}


def test_a_tiny_country_does_not_pin_its_only_companion() -> None:
    assert told({"AF": (1, 0), "KG": (9, 10), "TJ": (10, 10)}) == {"AF": None, "KG": None, "TJ": None}
