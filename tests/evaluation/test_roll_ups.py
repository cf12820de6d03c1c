"""Answers by country over editions: what an attacker gains from releases, alone and together (all synthetic)."""

import asyncio
from collections import Counter as Tally
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.common.identity import Grant, GrantKind, Role
from services.evaluation.domain.instruments import QUESTIONS as READ
from services.evaluation.domain.results import RESPONDENTS, InferenceTarget, Survey, tell_groups
from services.evaluation.domain.roll_up_answers import (
    EditionAnswers,
    Release,
    count_people,
    count_unknowns,
)
from services.evaluation.domain.roll_up_proofs import find_exposed
from services.evaluation.domain.roll_ups import (
    Cells,
    Readers,
    find_stale,
    release_of,
    settle_cells,
)
from services.evaluation.domain.suppression import Audience, SuppressionRule
from tests.apps import Door
from tests.evaluation.surveys import QUESTIONS, open_survey
from tests.evaluation.surveys import Survey as Asked

K = 5
(OVERALL,) = READ.validate_python(
    [{"code": "overall", "kind": "scale", "text": {"en": "Overall"}, "scale": {"low": 1, "high": 3}}]
)
Edition = Mapping[str, Sequence[int]]
"""Country -> the marks that its people gave."""


def edition(number: int, people: Edition) -> EditionAnswers:
    """Return what everybody knows of an edition: its answers in all, and how many of each country were there."""
    truth = {country: dict(Tally(map(str, given))) for country, given in people.items()}
    whole = Tally(str(mark) for given in people.values() for mark in given)
    return EditionAnswers(
        UUID(int=number), dict(whole), {c: len(given) for c, given in people.items()}, truth
    )


def pool(editions: Sequence[Edition]) -> dict[str, dict[str, int]]:
    """Return answers by country, with respondents, as counters hold them; the empty country is everybody."""
    found: dict[str, Tally[str]] = {"": Tally()}
    for people in editions:
        for country, marks in people.items():
            answers = Tally(str(mark) for mark in marks) + Tally({RESPONDENTS: len(marks)})
            found.setdefault(country, Tally()).update(answers)
            found[""].update(answers)
    return {country: dict(answers) for country, answers in found.items()}


def roll_up(editions: Sequence[Edition], earlier: Sequence[Release] = (), k: int = K) -> Cells:
    pooled = pool(editions)
    whole = pooled.pop("")
    survey = Survey(0, whole[RESPONDENTS], Audience.PARTNER, k, InferenceTarget.SIMILAR_COHORTS)

    def tell(withheld: Mapping[str, SuppressionRule]) -> Cells:
        return tell_groups(OVERALL, pooled, whole, survey, withheld)

    known = [edition(number, people) for number, people in enumerate(editions)]
    return settle_cells(tell, [e.campaign_id for e in known], known, [Readers(earlier, k)], of_many=False)


def shown(cells: Cells) -> dict[str, int]:
    return {cell["group"]: cell["n"] for cell in cells if not cell["suppressed"]}


def released(editions: Sequence[Edition], countries: Sequence[str]) -> Release:
    """Return the naive release: these countries, whatever the rules say."""
    pooled = pool(editions)
    told = {c: {a: n for a, n in pooled[c].items() if a != RESPONDENTS} for c in countries}
    return Release(frozenset(UUID(int=number) for number in range(len(editions))), told)


COURSE: Edition = {"TJ": [1, 3, 2], "KG": [2, 3, 1], "UZ": [3, 1, 2], "AF": [1, 2, 3]}


def test_a_country_shows_once_enough_people_of_several_editions_answered() -> None:
    assert shown(roll_up([COURSE])) == {}
    assert shown(roll_up([COURSE] * 4)) == dict.fromkeys(COURSE, 12)


def test_the_country_of_one_edition_comes_out_by_subtracting_two_releases() -> None:
    """Negative control: six more of a country joined, but all in one edition, whose answers are then known."""
    before, after = [COURSE] * 4, [*[COURSE] * 4, {"TJ": [3] * 6, "KG": [1, 2, 3] * 2}]
    first = release_of(map(UUID, ()), roll_up(before), of_many=False)
    first = Release(frozenset(UUID(int=n) for n in range(4)), first.countries)
    naive = released(after, ["TJ", "KG", "UZ", "AF"])
    known = [edition(number, people) for number, people in enumerate(after)]
    difference = {mark: naive.countries["TJ"][mark] - first.countries["TJ"][mark] for mark in "123"}
    assert difference == {"1": 0, "2": 0, "3": 6}  # what an attacker reads: all six gave 3
    assert "TJ" in find_exposed(known, [first, naive], K)
    assert find_exposed(known, [naive], K) == set()
    cells = roll_up(after, [first])
    assert shown(cells) == {}
    assert {cell["rule"] for cell in cells} >= {SuppressionRule.FEW_NEW_RESPONDENTS}


def test_new_people_in_several_editions_may_be_shown() -> None:
    before, after = [COURSE] * 4, [COURSE] * 8
    first = Release(frozenset(UUID(int=n) for n in range(4)), released(before, list(COURSE)).countries)
    assert shown(roll_up(after, [first])) == dict.fromkeys(COURSE, 24)


def test_who_joined_is_too_few_to_be_told_of() -> None:
    first = Release(frozenset({UUID(int=0)}), {"TJ": {"1": 6, "3": 6}, "KG": {"2": 6}})
    second = Release(frozenset({UUID(int=0), UUID(int=1)}), {"TJ": {"1": 7, "3": 6}, "AF": {"2": 9}})
    assert find_stale(second, Readers([first], K)) == {"TJ"}
    assert find_stale(first, Readers([first], K)) == set()
    assert find_stale(second, Readers([], K)) == set()
    assert find_stale(Release(frozenset({UUID(int=2)}), second.countries), Readers([first], K)) == set()


def test_an_edition_where_most_of_a_country_were_is_not_given_away() -> None:
    """Twelve of thirteen came to one edition: the other's single person leaves the attacker hardly in doubt."""
    lopsided: list[Edition] = [{"TJ": [1, 2, 3] * 4, "KG": [1]}, {"TJ": [2], "KG": [1]}]
    naive = released(lopsided, ["TJ"])
    known = [edition(number, people) for number, people in enumerate(lopsided)]
    assert find_exposed(known, [naive], K) >= {"TJ"}
    assert "TJ" not in shown(roll_up(lopsided))


def test_what_contradicts_itself_was_never_shown() -> None:
    lie = Release(frozenset({UUID(int=0)}), {"TJ": {"1": 99}})
    with pytest.raises(ValueError, match="contradicts"):
        find_exposed([edition(0, COURSE)], [lie], K)


def test_a_release_tells_how_many_answered_and_to_whom_it_did_not_apply() -> None:
    cells = [{"group": "TJ", "n": 7, "statistics": {"counts": {"a": 5, "b": 1}}, "suppressed": False}]
    assert release_of([], cells, of_many=True).countries == {"TJ": {RESPONDENTS: 7, "a": 5, "b": 1}}
    assert release_of([], cells, of_many=False).countries == {"TJ": {"a": 5, "b": 1, "not_applicable": 1}}


def test_a_hidden_country_that_what_is_shown_gives_away_hides_all() -> None:
    """Those who hide together are few: what is left of each edition after the shown ones would tell of them."""
    editions = [{"TJ": [1, 2, 3] * 2, "KG": [1, 2, 3] * 2, "UZ": [2], "AF": [1]} for _ in range(3)]
    cells = roll_up(editions)
    known = [edition(number, people) for number, people in enumerate(editions)]
    release = release_of((e.campaign_id for e in known), cells, of_many=False)
    assert find_exposed(known, [release], K) == set() or not shown(cells)


MARKS = st.lists(st.integers(1, 3), max_size=5)
EDITIONS = st.lists(
    st.fixed_dictionaries(dict.fromkeys(("AF", "KG", "TJ"), MARKS)), min_size=2, max_size=5
).filter(lambda editions: any(any(people.values()) for people in editions))


@settings(deadline=None, max_examples=20)
@given(EDITIONS, EDITIONS)
def test_no_two_releases_give_a_country_of_one_edition_away(
    first: list[Edition], more: list[Edition]
) -> None:
    before = roll_up(first)
    known = [edition(number, people) for number, people in enumerate([*first, *more])]
    ids = [each.campaign_id for each in known]
    seen = release_of(ids[: len(first)], before, of_many=False)
    after = release_of(ids, roll_up([*first, *more], [seen]), of_many=False)
    if seen.countries or after.countries:
        assert find_exposed(known, [seen, after], K) == set() or not after.countries
    for country in seen.countries.keys() & after.countries.keys():
        gained = count_people(after.countries[country]) - count_people(seen.countries[country])
        assert gained >= K


# Through HTTP


KEYED = [QUESTIONS[0] | {"comparable_key": "satisfaction"}, *QUESTIONS[1:]]
ROLL_UPS = "/v1/country-roll-ups"


async def hold(
    door: Door,
    people: Mapping[str, Sequence[int]],
    program: UUID | None,
    questions: Sequence[dict[str, Any]] = KEYED,
    **told: Any,
) -> Asked:
    """Let an edition be asked at its end, and counted."""
    size = sum(len(marks) for marks in people.values())
    known = told if program is None else told | {"program": program}
    survey = await open_survey(door, size, questions=questions, **known)
    answers = [(country, mark) for country, marks in people.items() for mark in marks]
    sent = [
        survey.submit(token, overall=mark, country=country)
        for token, (country, mark) in zip(survey.slips, answers, strict=True)
    ]
    assert {answer.status_code for answer in await asyncio.gather(*sent)} == {204}
    await survey.count()
    return survey


def test_hiding_ends_after_some_rounds_with_nothing_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Mapping[str, SuppressionRule]] = []

    def tell(withheld: Mapping[str, SuppressionRule]) -> Cells:
        asked.append(dict(withheld))
        counts = {"counts": {"1": 9}}
        return [
            {"group": country, "n": 9, "suppressed": country in withheld, "statistics": counts}
            for country in "ABCDEFG"
        ]

    def find_one(*args: Any) -> set[str]:
        release: Release = args[1]
        return {min(release.countries)}

    monkeypatch.setattr("services.evaluation.domain.roll_ups._find_hiding", find_one)
    known = [edition(number, COURSE) for number in range(4)]
    assert shown(settle_cells(tell, [], known, [Readers((), K)], of_many=False)) == {}
    assert [len(withheld) for withheld in asked] == [0, 1, 2, 3, 7]


def test_a_proof_grows_with_editions_countries_and_answers() -> None:
    # 5 editions, 4 countries and the unsaid, 3 marks.
    assert count_unknowns([edition(number, COURSE) for number in range(5)]) == 75


async def test_what_is_too_large_to_be_proved_is_refused_and_changes_nothing(
    evaluation: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = {"TJ": [1, 5, 4], "KG": [5, 4, 1], "UZ": [4, 1, 5]}
    first = await hold(evaluation, people, None)
    for _ in range(3):
        await hold(evaluation, people, first.program_id)
    wanted = {"program_id": str(first.program_id), "phase": "end", "comparable_key": "satisfaction"}
    wanted |= {"visibility": "internal", "provenance": "synthetic"}
    made = await first.staff.post(ROLL_UPS, json=wanted | {"visibility": "partner"})
    assert made.status_code == 201, made.text
    monkeypatch.setattr("services.evaluation.operations.roll_ups.MOST_UNKNOWNS", 10)
    refused = await first.staff.post(ROLL_UPS, json=wanted)
    assert (refused.status_code, refused.json()["code"]) == (409, "roll-up-too-large")
    kept = await first.staff.post(f"{made.headers['location']}/publication")
    assert (kept.status_code, kept.json()["code"]) == (409, "roll-up-too-large")
    params = {"program_id": str(first.program_id)}
    assert len((await first.staff.get(ROLL_UPS, params=params)).json()["items"]) == 1


async def test_a_program_is_rolled_up_by_country_and_shown_on_the_countrys_card(evaluation: Door) -> None:
    people = {"TJ": [1, 5, 4], "KG": [5, 4, 1], "UZ": [4, 1, 5]}
    first = await hold(evaluation, people, None, provenance="real")
    program = first.program_id
    wanted = {"program_id": str(program), "phase": "end", "comparable_key": "satisfaction"}
    staff = first.staff
    early = await staff.post(ROLL_UPS, json=wanted | {"visibility": "public"})
    assert (early.status_code, early.json()["code"]) == (409, "nothing-to-roll-up")
    for _ in range(3):
        await hold(evaluation, people, program, provenance="real")
    made = await staff.post(ROLL_UPS, json=wanted | {"visibility": "public"})
    assert made.status_code == 201, made.text
    at = made.headers["location"]
    figures = made.json()["figures"]
    assert [(cell["group"], cell["n"], cell["suppressed"]) for cell in figures["cells"]] == [
        ("KG", 12, False),
        ("TJ", 12, False),
        ("UZ", 12, False),
    ]
    tajikistan = figures["cells"][1]["statistics"]
    assert (tajikistan["mean"], tajikistan["counts"]["1"]) == (pytest.approx(10 / 3), 4)
    assert (len(figures["editions"]), figures["n_answered"], figures["threshold"]) == (4, 36, 10)
    public, card = evaluation.as_(), "/v1/countries/TJ/outcomes"
    assert (await public.get(at)).status_code == 404
    assert (await public.get(card)).json()["roll_ups"] == []
    assert (await staff.post(f"{at}/publication")).json()["state"] == "published"
    assert (await public.get(at)).status_code == 200
    assert len((await public.get(ROLL_UPS)).json()["items"]) == 1
    (row,) = (await public.get(card)).json()["roll_ups"]
    assert (row["editions"], row["n"], row["text"]) == (4, 12, {"en": "Overall"})
    assert (await public.get("/v1/countries/AF/outcomes")).json()["roll_ups"] == []

    # One more edition: what its people from one country answered would be the difference.
    await hold(evaluation, {"TJ": [5] * 12, "KG": [1, 2, 3, 4] * 3}, program, provenance="real")
    again = await staff.post(ROLL_UPS, json=wanted | {"visibility": "public"})
    assert {cell["n"] for cell in again.json()["figures"]["cells"]} == {None}
    withheld = await staff.post(f"{again.headers['location']}/publication")
    assert (withheld.json()["state"], withheld.json()["figures"]) == ("withheld", None)
    assert (await staff.post(f"{at}/withdrawal")).json()["state"] == "withdrawn"
    assert (await public.get(card)).json()["roll_ups"] == []
    assert (await staff.post(f"{at}/withdrawal")).status_code == 409
    assert (await staff.post(f"{ROLL_UPS}/{uuid4()}/withdrawal")).status_code == 404


async def test_partners_see_roll_ups_of_their_programs_and_nobody_what_is_made_up(evaluation: Door) -> None:
    people = {"TJ": [1, 5, 4], "KG": [5, 4, 1], "UZ": [4, 1, 5]}
    first = await hold(evaluation, people, None)
    for _ in range(3):
        await hold(evaluation, people, first.program_id)
    program = str(first.program_id)
    wanted = {"program_id": program, "phase": "end", "comparable_key": "satisfaction"}
    wanted |= {"visibility": "partner", "provenance": "synthetic"}
    made = await first.staff.post(ROLL_UPS, json=wanted)
    at = made.headers["location"]
    draft = await first.staff.post(ROLL_UPS, json=wanted)  # the same surveys again: nothing new is told
    assert {cell["n"] for cell in draft.json()["figures"]["cells"]} == {12}
    assert (await first.staff.post(f"{at}/publication")).json()["state"] == "published"
    own = frozenset({Grant(Role.PARTNER, GrantKind.PROGRAM, program)})
    assert (await evaluation.as_("partner", grants=own).get(at)).status_code == 200
    assert (await evaluation.as_("partner").get(at)).status_code == 404
    listed = await evaluation.as_("partner", grants=own).get(ROLL_UPS)
    assert listed.json()["items"] == []
    by_program = await evaluation.as_("partner", grants=own).get(ROLL_UPS, params={"program_id": program})
    assert len(by_program.json()["items"]) == 1
    lecturer = await first.staff.post(ROLL_UPS, json=wanted | {"visibility": "lecturer"})
    assert lecturer.status_code == 422
    other = await first.staff.post(ROLL_UPS, json=wanted | {"comparable_key": "other"})
    assert other.json()["code"] == "nothing-to-roll-up"


async def test_a_scale_that_changed_begins_anew_and_what_was_shown_of_the_old_one_counts(
    evaluation: Door,
) -> None:
    people = {"TJ": [1, 5, 4], "KG": [5, 4, 1], "UZ": [4, 1, 5]}
    first = await hold(evaluation, people, None)
    for _ in range(3):
        await hold(evaluation, people, first.program_id)
    wanted = {"program_id": str(first.program_id), "phase": "end", "comparable_key": "satisfaction"}
    wanted |= {"visibility": "partner", "provenance": "synthetic"}
    made = await first.staff.post(ROLL_UPS, json=wanted)
    assert (await first.staff.post(f"{made.headers['location']}/publication")).json()["state"] == "published"
    wider = [KEYED[0] | {"scale": {"low": 1, "high": 7}}, *KEYED[1:]]
    for _ in range(4):
        await hold(evaluation, people, first.program_id, wider)
    anew = await first.staff.post(ROLL_UPS, json=wanted)
    assert anew.status_code == 201, anew.text
    figures = anew.json()["figures"]
    assert (len(figures["editions"]), figures["question"]["points"][-1]) == (4, 7)
    assert {cell["n"] for cell in figures["cells"]} == {12}
    assert (await first.staff.post(f"{anew.headers['location']}/publication")).json()["state"] == "published"
