"""Statistics against published values (each with its source), and at their edges."""

from math import pi, sqrt, tan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.evaluation.domain.intervals import (
    Interval,
    finite_population_correction,
    t_interval,
    t_quantile,
    wilson_interval,
)
from services.evaluation.domain.statistics import describe_net_promoter, describe_scale, response_rates


@pytest.mark.parametrize(
    ("k", "n", "confidence", "low", "high", "digits"),
    [
        (3, 10, 0.95, 0.1077913, 0.6032219, 7),  # R prop.test, in scipy's test_ci_wilson_method
        (3, 10, 0.99, 0.07956632, 0.6799753, 7),
        (0, 10, 0.95, 0, 0.2775328, 7),
        (10, 10, 0.95, 0.7224672, 1, 7),
        (100, 200, 0.95, 0.4313609, 0.5686391, 7),  # R DescTools, in statsmodels' test_proportion
        (6, 32, 0.95, 0.08889545, 0.35309155, 8),
        (81, 263, 0.95, 0.2553, 0.3662, 4),  # Newcombe (1998)
        (15, 148, 0.95, 0.0624, 0.1605, 4),
        (0, 20, 0.95, 0, 0.1611, 4),
        (1, 29, 0.95, 0.0061, 0.1718, 4),
    ],
)
def test_wilson(k: int, n: int, confidence: float, low: float, high: float, digits: int) -> None:
    found = wilson_interval(k, n, confidence)
    assert found is not None
    assert found.low == pytest.approx(low, abs=0.6 * 10**-digits)
    assert found.high == pytest.approx(high, abs=0.6 * 10**-digits)


def test_wilson_of_nothing_and_of_a_census() -> None:
    assert wilson_interval(0, 0) is None
    assert wilson_interval(3, 4, fpc=0.0) == Interval(0.75, 0.75)


@pytest.mark.parametrize(
    ("probability", "degrees", "quantile"),
    [  # NIST/SEMATECH e-Handbook of Statistical Methods, 1.3.6.7.2
        (0.90, 1, 3.078),
        (0.95, 1, 6.314),
        (0.975, 1, 12.706),
        (0.995, 1, 63.657),
        (0.975, 2, 4.303),
        (0.90, 5, 1.476),
        (0.975, 9, 2.262),
        (0.995, 9, 3.250),
        (0.975, 10, 2.228),
        (0.95, 20, 1.725),
        (0.975, 30, 2.042),
        (0.995, 60, 2.660),
        (0.975, 100, 1.984),
    ],
)
def test_quantiles_of_t_are_those_of_printed_tables(
    probability: float, degrees: int, quantile: float
) -> None:
    assert t_quantile(probability, degrees) == pytest.approx(quantile, abs=6e-4)
    assert t_quantile(1 - probability, degrees) == pytest.approx(-quantile, abs=6e-4)


def test_t_has_its_closed_forms_and_its_limit() -> None:
    assert t_quantile(0.75, 1) == pytest.approx(1, abs=1e-12)
    assert t_quantile((1 + sqrt(2) / 2) / 2, 2) == pytest.approx(sqrt(2), abs=1e-12)
    assert t_quantile(0.5, 7) == pytest.approx(0, abs=1e-12)
    assert t_quantile(0.975, 1e8) == pytest.approx(1.959964, abs=1e-6)


@given(st.floats(0.001, 0.999))
def test_quantiles_of_one_and_two_degrees_are_those_of_their_formulas(probability: float) -> None:
    assert t_quantile(probability, 1) == pytest.approx(tan(pi * (probability - 0.5)), rel=1e-9, abs=1e-9)
    two = (2 * probability - 1) / sqrt(2 * probability * (1 - probability))
    assert t_quantile(probability, 2) == pytest.approx(two, rel=1e-9, abs=1e-9)


@given(st.floats(0.001, 0.999), st.integers(1, 2000))
def test_quantiles_of_t_are_symmetric(probability: float, degrees: int) -> None:
    assert t_quantile(1 - probability, degrees) == pytest.approx(
        -t_quantile(probability, degrees), rel=1e-9, abs=1e-9
    )


def test_t_interval_of_the_sleep_data() -> None:
    """R's `sleep`, paired: 95 % interval (-2.4598858, -0.7001142) of the mean difference."""
    differences = [-1.2, -2.4, -1.3, -1.3, 0.0, -1.0, -1.8, -0.8, -4.6, -1.4]
    mean = sum(differences) / 10
    deviation = sqrt(sum((d - mean) ** 2 for d in differences) / 9)
    found = t_interval(mean, deviation, 10)
    assert found is not None
    assert found.low == pytest.approx(-2.4598858, abs=6e-8)
    assert found.high == pytest.approx(-0.7001142, abs=6e-8)
    assert t_interval(1.0, 0.0, 1) is None


def test_the_distribution_of_insteval() -> None:
    """InstEval of lme4, the whole file."""
    found = describe_scale({1: 10186, 2: 12951, 3: 17609, 4: 16921, 5: 15754}, 1, 5)
    assert found.n == 73421
    assert found.mean == pytest.approx(3.205744950354803, rel=1e-15)
    assert found.median == 3
    assert found.deviation == pytest.approx(1.3333311489922763, rel=1e-13)
    assert found.top_two == pytest.approx(0.4450361613162447, rel=1e-15)


def test_scales_at_their_edges() -> None:
    nothing = describe_scale({}, 1, 5)
    assert (nothing.n, nothing.mean, nothing.median, nothing.top_two_interval) == (0, None, None, None)
    one = describe_scale({4: 1}, 1, 5)
    assert (one.mean, one.deviation, one.median, one.mean_interval) == (4, None, 4, None)
    two = describe_scale({2: 1, 5: 1}, 1, 5)
    assert (two.mean, two.median) == (3.5, 3.5)
    assert two.mean_interval == Interval(1, 5)
    assert two.mean_interval_clipped
    alike = describe_scale({5: 30}, 1, 5)
    assert (alike.deviation, alike.mean_interval) == (0, Interval(5, 5))
    assert not alike.mean_interval_clipped


def test_an_interval_never_leaves_the_scale() -> None:
    found = describe_scale({5: 4, 4: 1}, 1, 5)
    assert found.mean_interval is not None
    assert found.mean_interval.high == 5
    assert found.mean_interval_clipped
    assert (raw := t_interval(4.8, sqrt(0.2), 5)) is not None
    assert raw.high == pytest.approx(5.36, abs=5e-3)


def test_net_promoter_score() -> None:
    found = describe_net_promoter({10: 3, 8: 2, 5: 1})
    assert found is not None
    assert found.score == pytest.approx(100 / 3)
    assert found.variance == pytest.approx(5 / 9)
    large = describe_net_promoter({9: 162, 7: 108, 0: 54})
    assert large is not None
    error = 100 * sqrt(large.variance / large.n)
    assert error == pytest.approx(4.14, abs=5e-3)
    third = describe_net_promoter({9: 1000, 7: 1000, 6: 1000})
    assert third is not None
    width = (third.interval.high - third.interval.low) * sqrt(3000)
    assert width == pytest.approx(320.06, abs=5e-3)
    assert describe_net_promoter({}) is None
    assert (alike := describe_net_promoter({10: 2})) is not None
    assert alike.interval == Interval(100, 100)


def test_response_rates_keep_those_who_could_not_be_reached() -> None:
    assert response_rates(40, 31).rr1 == 0.775
    assert response_rates(42, 30, partial=1, ineligible=2).rr2 == 0.775
    assert response_rates(5, 0, ineligible=5).rr1 is None
    with pytest.raises(ValueError, match="more answers"):
        response_rates(3, 4)


def test_finite_population() -> None:
    assert finite_population_correction(36, 40) == pytest.approx(0.3202563)  # about a third
    assert finite_population_correction(40, 40) == 0
    assert finite_population_correction(1, 1) == 0
    with pytest.raises(ValueError, match="more answers"):
        finite_population_correction(2, 1)
