"""The pure rules: reference examples, and properties over all there can be."""

import itertools
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.participants.domain.applications import (
    APPLICATION_LIFE,
    ApplicationState,
    Decision,
    path_of_decision,
    require_permutation,
)
from services.participants.domain.attendance import AttendanceStatus, Attended, has_completed, share_of
from services.participants.domain.calls import CallState, state_of_call, time_left, words_of_deadline
from services.participants.domain.certificates import hash_of_content
from services.participants.domain.offers import (
    OFFER_LIFE,
    OfferState,
    may_replace,
    reply_by_of_promotion,
)
from services.participants.domain.participations import PARTICIPATION_LIFE, ParticipationState

PRESENT, LATE, EXCUSED, ABSENT = (
    AttendanceStatus.PRESENT,
    AttendanceStatus.LATE,
    AttendanceStatus.EXCUSED,
    AttendanceStatus.ABSENT,
)

RECORDS = st.lists(
    st.builds(
        Attended,
        session_minutes=st.integers(1, 600),
        status=st.sampled_from(AttendanceStatus),
        minutes=st.integers(0, 600),
    ),
    max_size=20,
)


@pytest.mark.parametrize(
    ("sessions", "share"),
    [
        ([], None),
        ([Attended(90, PRESENT, 0)], Fraction(1)),
        ([Attended(90, PRESENT, 0), Attended(90, ABSENT, 0)], Fraction(1, 2)),
        ([Attended(90, LATE, 60)], Fraction(2, 3)),
        # An excuse takes its minutes out of the reckoning, up to a fifth of all minutes.
        ([Attended(80, PRESENT, 0), Attended(20, EXCUSED, 0)], Fraction(1)),
        ([Attended(50, PRESENT, 0), Attended(50, EXCUSED, 0)], Fraction(5, 8)),
        ([Attended(50, EXCUSED, 0)], Fraction(0)),
    ],
)
def test_share_of_reference_examples(sessions: list[Attended], share: Fraction | None) -> None:
    assert share_of(sessions) == share


@given(RECORDS)
def test_a_share_lies_between_nothing_and_all(sessions: list[Attended]) -> None:
    share = share_of(sessions)
    assert share is None or 0 <= share <= 1


@given(RECORDS)
def test_to_have_been_present_instead_never_lowers_the_share(sessions: list[Attended]) -> None:
    better = [Attended(one.session_minutes, PRESENT, 0) if one.status is ABSENT else one for one in sessions]
    assert (share_of(better) or 0) >= (share_of(sessions) or 0)


@pytest.mark.parametrize(
    ("share", "mark", "passed", "completed"),
    [
        (Fraction(4, 5), None, None, True),
        (Fraction(799, 1000), None, None, False),
        (None, None, None, False),
        (Fraction(1), 60, None, False),
        (Fraction(1), 60, False, False),
        (Fraction(1), 60, True, True),
        (Fraction(1, 2), 60, True, False),
    ],
)
def test_completion_follows_the_policy(
    share: Fraction | None, mark: int | None, passed: bool | None, completed: bool
) -> None:
    assert has_completed(share, 80, pass_mark_percent=mark, passed_test=passed) is completed


@given(
    st.lists(st.uuids(), unique=True, max_size=8).flatmap(
        lambda ids: st.tuples(st.just(ids), st.permutations(ids))
    )
)
def test_every_permutation_is_an_order(pair: tuple[list[UUID], list[UUID]]) -> None:
    ids, order = pair
    require_permutation(order, ids)


@given(st.lists(st.uuids(), min_size=1, unique=True, max_size=8), st.data())
def test_what_is_no_permutation_is_refused(ids: list[UUID], data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(ids) - 1))
    for wrong in (ids[:place] + ids[place + 1 :], [*ids, ids[place]], [*ids, UUID(int=0)]):
        with pytest.raises(ValueError, match="each nomination"):
            require_permutation(wrong, ids)


ALLOWED = {
    (ApplicationState.SUBMITTED, Decision.ELIGIBLE),
    (ApplicationState.SUBMITTED, Decision.INELIGIBLE),
    (ApplicationState.NOMINATED, Decision.ELIGIBLE),
    (ApplicationState.NOMINATED, Decision.INELIGIBLE),
    (ApplicationState.SCREENING, Decision.ELIGIBLE),
    (ApplicationState.SCREENING, Decision.INELIGIBLE),
    (ApplicationState.INELIGIBLE, Decision.ELIGIBLE),
    (ApplicationState.ELIGIBLE, Decision.SELECTED),
    (ApplicationState.ELIGIBLE, Decision.WAITLISTED),
    (ApplicationState.ELIGIBLE, Decision.REJECTED),
    (ApplicationState.WAITLISTED, Decision.SELECTED),
    (ApplicationState.WAITLISTED, Decision.REJECTED),
}


@pytest.mark.parametrize("state", list(ApplicationState))
@pytest.mark.parametrize("decision", list(Decision))
def test_which_decision_follows_which_state(state: ApplicationState, decision: Decision) -> None:
    if (state, decision) not in ALLOWED:
        with pytest.raises(ValueError, match="cannot become"):
            path_of_decision(state, decision)
        return
    path = [state, *path_of_decision(state, decision)]
    assert path[-1] is ApplicationState(decision)
    assert all(APPLICATION_LIFE.may_become(one, next_) for one, next_ in itertools.pairwise(path))


OFFER_STEPS = {
    (OfferState.OFFERED, OfferState.ACCEPTED),
    (OfferState.OFFERED, OfferState.DECLINED),
    (OfferState.OFFERED, OfferState.EXPIRED),
    (OfferState.OFFERED, OfferState.WITHDRAWN),
}


@pytest.mark.parametrize("current", list(OfferState))
@pytest.mark.parametrize("target", list(OfferState))
def test_which_state_of_an_offer_follows_which(current: OfferState, target: OfferState) -> None:
    assert OFFER_LIFE.may_become(current, target) is ((current, target) in OFFER_STEPS)


PARTICIPATION_STEPS = {
    "enrolled": "arrived active completed incomplete withdrawn dismissed no_show",
    "arrived": "active completed incomplete withdrawn dismissed",
    "active": "completed incomplete withdrawn dismissed",
    "completed": "certified",
    "certified": "completed",  # by a revocation
}


@pytest.mark.parametrize("current", list(ParticipationState))
@pytest.mark.parametrize("target", list(ParticipationState))
def test_which_state_of_a_participation_follows_which(
    current: ParticipationState, target: ParticipationState
) -> None:
    expected = target in PARTICIPATION_STEPS.get(current, "").split()
    assert PARTICIPATION_LIFE.may_become(current, target) is expected


NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
TICK = timedelta(microseconds=1)
WEEK = timedelta(days=7)


@pytest.mark.parametrize(
    ("opens", "closes", "cancelled", "state"),
    [
        (NOW - WEEK, NOW + TICK, False, CallState.OPEN),
        (NOW, NOW + TICK, False, CallState.OPEN),
        (NOW - WEEK, NOW, False, CallState.CLOSED),
        (NOW + TICK, NOW + WEEK, False, CallState.UPCOMING),
        (None, NOW + WEEK, False, CallState.NOT_PLANNED),
        (NOW - WEEK, None, False, CallState.NOT_PLANNED),
        (NOW - WEEK, NOW + WEEK, True, CallState.CANCELLED),
    ],
)
def test_how_a_call_stands(
    opens: datetime | None, closes: datetime | None, cancelled: bool, state: CallState
) -> None:
    assert state_of_call(opens, closes, cancelled=cancelled, now=NOW) is state


@pytest.mark.parametrize(
    ("closes", "left"), [(None, None), (NOW + WEEK, WEEK), (NOW, timedelta(0)), (NOW - WEEK, timedelta(0))]
)
def test_the_time_to_a_deadline_is_never_negative(closes: datetime | None, left: timedelta | None) -> None:
    assert time_left(closes, NOW) == left


@pytest.mark.parametrize(
    ("at", "words"),
    [
        # Almaty went from UTC+6 to UTC+5 on 1 March 2024.
        (datetime(2024, 2, 29, 12, tzinfo=UTC), "2024-02-29 18:00 (UTC+06:00)"),
        (datetime(2024, 3, 1, 12, tzinfo=UTC), "2024-03-01 17:00 (UTC+05:00)"),
    ],
)
def test_a_deadline_is_told_in_the_zone_of_the_call(at: datetime, words: str) -> None:
    assert words_of_deadline(at, "Asia/Almaty") == words


@pytest.mark.parametrize(
    ("until", "reply_by"),
    [(None, NOW + WEEK), (NOW + TICK, NOW + TICK), (NOW + 2 * WEEK, NOW + WEEK)],
)
def test_a_promoted_person_has_a_week_at_most(until: datetime | None, reply_by: datetime) -> None:
    assert reply_by_of_promotion(NOW, until) == reply_by


@pytest.mark.parametrize(
    ("released", "until", "replaces"),
    [(None, None, False), (NOW, None, True), (NOW, NOW + TICK, True), (NOW, NOW, False)],
)
def test_seats_are_given_on_from_release_to_the_replacement_deadline(
    released: datetime | None, until: datetime | None, replaces: bool
) -> None:
    assert may_replace(released, until, NOW) is replaces


def test_the_hash_does_not_depend_on_the_order_of_fields() -> None:
    assert hash_of_content({"a": 1, "b": "Ә"}) == hash_of_content({"b": "Ә", "a": 1})
    assert hash_of_content({"a": 1}) != hash_of_content({"a": 2})
