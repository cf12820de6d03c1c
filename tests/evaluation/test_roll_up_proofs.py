"""What readers can work out of roll-ups by country who know who was there, in usual sizes (all synthetic)."""

import random
from collections import Counter as Tally
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog
from scipy.sparse import csr_array

from services.evaluation.domain.results import RESPONDENTS
from services.evaluation.domain.roll_up_answers import (
    UNSAID,
    EditionAnswers,
    Release,
    count_people,
    count_unknowns,
)
from services.evaluation.domain.roll_up_proofs import MOST_UNKNOWNS, find_exposed
from services.evaluation.domain.roll_up_walks import Walk

K = 5
MARKS = "12345"


def told(number: int, truth: dict[str, dict[str, int]], **absent: int) -> EditionAnswers:
    """Return an edition where everybody answered but `absent`, so many of a country."""
    whole: Tally[str] = Tally()
    for answers in truth.values():
        whole.update(answers)
    people = {c: count_people(answers) + absent.get(c, 0) for c, answers in truth.items() if c}
    return EditionAnswers(UUID(int=number), dict(whole), people, truth)


def show(editions: Sequence[EditionAnswers], countries: Sequence[str]) -> Release:
    """Return what readers see of these countries, whatever the rules say."""
    pooled: dict[str, Tally[str]] = {country: Tally() for country in countries}
    for edition in editions:
        for country in countries:
            pooled[country].update(edition.truth.get(country, {}))
    return Release(frozenset(e.campaign_id for e in editions), {c: dict(n) for c, n in pooled.items()})


def make_program(editions: int, countries: int, *, seed: int = 7) -> list[EditionAnswers]:
    """Return a program that two people of some countries came to each time, nine of ten of whom answered."""
    drawn = random.Random(seed)  # noqa: S311  repeatable
    made = []
    for number in range(editions):
        truth, absent = {}, {}
        for country in (f"C{n:02}" for n in range(countries)):
            if drawn.random() < 0.6:
                n = sum(drawn.random() < 0.9 for _ in range(2))
                truth[country] = dict(Tally(drawn.choices(MARKS, (1, 1, 2, 3, 4), k=n)))
                absent[country] = 2 - n
        made.append(told(number, truth, **absent))
    return made


def shown_of(editions: Sequence[EditionAnswers]) -> list[str]:
    """Return the countries of which enough people answered."""
    sizes: Tally[str] = Tally()
    for edition in editions:
        sizes.update({country: count_people(answers) for country, answers in edition.truth.items()})
    return sorted(country for country, n in sizes.items() if n >= K)


def test_who_was_in_one_edition_only_is_known_to_have_answered_there() -> None:
    """Twelve came, all to the first edition, as everybody knows: the sum over editions is that edition's."""
    home = {"1": 3, "2": 3, "3": 3}
    editions = [told(0, {"TJ": {"1": 4, "2": 4, "3": 4}, "KG": home, "UZ": home})]
    editions += [told(number, {"KG": home, "UZ": home}) for number in range(1, 4)]
    naive = show(editions, ["KG", "TJ", "UZ"])
    assert naive.countries["TJ"] == editions[0].truth["TJ"]  # what an attacker reads
    assert find_exposed(editions, [naive], K) == {"TJ"}
    assert find_exposed(editions, [show(editions, ["KG", "UZ"])], K) == set()


def test_options_are_kept_like_answers() -> None:
    """Of the only edition where somebody chose an option, the sum tells who did."""
    quiet = {RESPONDENTS: 3, "law": 2}
    editions = [told(0, {"TJ": {RESPONDENTS: 3, "water": 3, "law": 1}, "KG": quiet, "UZ": quiet})]
    editions += [told(number, {"TJ": quiet, "KG": quiet, "UZ": quiet}) for number in range(1, 4)]
    assert find_exposed(editions, [show(editions, ["TJ", "KG"])], 7) == {"TJ", "KG", "UZ"}
    alike = [
        told(number, {c: {RESPONDENTS: 3, "law": 2, "water": 1} for c in ("TJ", "KG", "UZ")})
        for number in range(4)
    ]
    assert find_exposed(alike, [show(alike, ["TJ", "KG", "UZ"])], K) == set()


def test_usual_sizes_are_shown_and_an_attacker_with_a_linear_program_finds_nobody() -> None:
    """Forty editions, 24 countries, two people each: what was refused before."""
    editions = make_program(40, 24)
    countries = shown_of(editions)
    assert len(countries) == 24
    before = show(editions[:20], shown_of(editions[:20]))
    releases = [before, show(editions, countries)]
    assert find_exposed(editions, releases, K) == set()
    drawn = random.Random(1)  # noqa: S311  repeatable
    for edition in drawn.sample(editions, 2):
        country = drawn.choice(sorted(edition.people))
        room = attack(editions, releases, edition, country)
        enough = sum(min(edition.people[country], n) for n in edition.whole.values())
        assert room >= min(K, 2 * edition.people[country], enough) - 1e-6


def attack(
    editions: Sequence[EditionAnswers], releases: Sequence[Release], target: EditionAnswers, country: str
) -> float:
    """Return the room that a linear program leaves to a group, written anew from what is public."""
    groups = [(e.campaign_id, c) for e in editions for c in (*e.people, UNSAID)]
    places = {key: n for n, key in enumerate((*group, answer) for group in groups for answer in MARKS)}

    def rows(sums: Sequence[tuple[list[tuple[UUID, str, str]], int]]) -> tuple[Any, list[int]]:
        listed = [([places[key] for key in keys if key in places], n) for keys, n in sums]
        at = [(row, place) for row, (found, _) in enumerate(listed) for place in found]
        shape, ones = (len(listed), len(places)), np.ones(len(at))
        return csr_array((ones, tuple(zip(*at, strict=True))), shape=shape), [n for _, n in listed]

    wholes = [
        ([(e.campaign_id, c, a) for c in (*e.people, UNSAID)], e.whole.get(a, 0))
        for e in editions
        for a in MARKS
    ]
    shown = [
        ([(id_, country, a) for id_ in release.campaigns], counts.get(a, 0))
        for release in releases
        for country, counts in release.countries.items()
        for a in MARKS
    ]
    there = [([(e.campaign_id, c, a) for a in MARKS], n) for e in editions for c, n in e.people.items()]
    (a_eq, b_eq), (a_ub, b_ub) = rows(wholes + shown), rows(there)
    room = 0.0
    for place in (places[target.campaign_id, country, answer] for answer in MARKS):
        for sign in (1.0, -1.0):
            goal = np.zeros(len(places))
            goal[place] = sign
            found = linprog(goal, A_eq=a_eq, b_eq=b_eq, A_ub=a_ub, b_ub=b_ub, method="highs-ipm")
            assert found.fun is not None
            room -= found.fun
    return room


def test_the_largest_program_is_as_large_as_is_said() -> None:
    assert count_unknowns(
        [told(n, {f"C{c}": dict.fromkeys(MARKS, 1) for c in range(24)}) for n in range(40)]
    ) <= (MOST_UNKNOWNS)


def test_what_cannot_be_proved_in_time_counts_as_given_away(monkeypatch: pytest.MonkeyPatch) -> None:
    editions = make_program(4, 6)
    releases = [show(editions, shown_of(editions))]
    for name in ("_MOST_WORK", "_STEPS"):
        monkeypatch.setattr(f"services.evaluation.domain.roll_up_proofs.{name}", 0)
    assert find_exposed(editions, releases, K) == {
        country for edition in editions for country in edition.people
    }


def test_programs_decide_where_no_exchange_does(monkeypatch: pytest.MonkeyPatch) -> None:
    editions = make_program(6, 6)
    releases = [show(editions, shown_of(editions))]
    found = find_exposed(editions, releases, K)
    for name in ("_STEPS", "_SWEEPS"):
        monkeypatch.setattr(f"services.evaluation.domain.roll_up_proofs.{name}", 0)
        assert find_exposed(editions, releases, K) == found


def test_more_people_of_a_country_than_were_there_were_never_shown() -> None:
    edition = EditionAnswers(
        UUID(int=0),
        {"1": 6, "2": 6},
        {"TJ": 3, "KG": 5},
        {"TJ": {"1": 2, "2": 1}, "KG": {"1": 2, "2": 3}, UNSAID: {"1": 2, "2": 2}},
    )
    lie = Release(frozenset({edition.campaign_id}), {"TJ": {"1": 2, "2": 2}})
    with pytest.raises(ValueError, match="contradicts"):
        find_exposed([edition], [lie], K)


GROUP = st.dictionaries(st.sampled_from("123"), st.integers(1, 3), max_size=3)
EDITIONS = st.lists(
    st.dictionaries(st.sampled_from(["AF", "KG", "TJ", UNSAID]), GROUP, min_size=1), min_size=2, max_size=4
)


@settings(deadline=None, max_examples=60)
@given(
    EDITIONS.filter(lambda editions: any(g for e in editions for g in e.values())), st.booleans(), st.data()
)
def test_no_step_changes_what_readers_know(
    truths: list[dict[str, dict[str, int]]], of_many: bool, data: st.DataObject
) -> None:
    if of_many:
        truths = [
            {c: a | {RESPONDENTS: max(a.values(), default=1)} for c, a in truth.items()} for truth in truths
        ]
    editions = [told(number, truth, AF=1) for number, truth in enumerate(truths)]
    part = editions[: data.draw(st.integers(1, len(editions)))]
    releases = [show(part, ["TJ"]), show(editions, ["KG", "TJ"])]
    keys = [(e.campaign_id, c, a) for e in editions for c in (*e.people, UNSAID) for a in e.whole]
    low, high = np.zeros(len(keys)), np.zeros(len(keys))
    walk = Walk(editions, releases, {key: place for place, key in enumerate(keys)}, low, high)
    for _ in range(200):
        walk.step()
    now = dict(zip(keys, walk.counts, strict=True))
    assert all(low[place] <= n <= high[place] for place, n in enumerate(walk.counts))
    for edition in editions:
        groups = (*edition.people, UNSAID)
        for answer, n in edition.whole.items():
            assert sum(now[edition.campaign_id, c, answer] for c in groups) == n
        for country, people in edition.people.items():
            answers = {a: now[edition.campaign_id, country, a] for a in edition.whole}
            assert count_people(answers) <= people
            assert not of_many or max(answers.values(), default=0) == answers.get(RESPONDENTS, 0)
    for release in releases:
        for country, counts in release.countries.items():
            for answer, n in counts.items():
                assert sum(now.get((id_, country, answer), 0) for id_ in release.campaigns) == n
