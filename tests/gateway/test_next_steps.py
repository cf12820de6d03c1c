"""What follows from what concerns somebody; everybody here is synthetic."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest

from gateway.compositions.me import DECISIVE
from gateway.compositions.next_steps import (
    NextStep,
    SeenCall,
    SeenDesignTask,
    SeenOffer,
    SeenRecommendation,
    SeenSeatLine,
    concerns,
    find_next_steps,
)
from services.common.identity import Caller, Grant, GrantKind, Role

ID = UUID("01980000-0000-7000-8000-000000000001")
PROGRAM = UUID("01980000-0000-7000-8000-000000000002")
TODAY = date(2026, 3, 15)
SOON = datetime(2026, 3, 20, 12, tzinfo=UTC)
COUNTRY = Grant(Role.NOMINATOR, GrantKind.COUNTRY, "TJ")
ORGANIZATION = Grant(Role.NOMINATOR, GrantKind.ORGANIZATION, str(ID))


def steps_of(*roles: Role, grants: tuple[Grant, ...] = (), **parts: Any) -> list[tuple[str, str, object]]:
    caller = Caller(uuid4(), frozenset(roles), frozenset(grants))
    nothing: dict[str, Any] = dict.fromkeys(DECISIVE, ())
    found: list[NextStep] = find_next_steps(caller, TODAY, **(nothing | parts))
    return [(step.code, step.href, step.due) for step in found]


def call(state: str, *countries: str | None) -> SeenCall:
    lines = [SeenSeatLine(country=country) for country in countries]
    return SeenCall(id=ID, state=state, closes_at=SOON, seat_lines=lines)


def recommendation(state: str, due: str | None = None) -> SeenRecommendation:
    return SeenRecommendation(id=ID, state=state, due=due)


@pytest.mark.parametrize(
    ("state", "countries", "grants", "expected"),
    [
        ("open", ["TJ"], [COUNTRY], True),
        ("open", ["KG", "TJ"], [COUNTRY], True),
        ("open", ["KG"], [COUNTRY], False),
        ("open", [], [COUNTRY], False),
        ("open", [None], [COUNTRY], True),
        ("open", ["KG"], [ORGANIZATION], True),
        ("open", ["KG"], [ORGANIZATION, COUNTRY], True),
        ("open", ["KG"], [], True),
        ("upcoming", ["TJ"], [COUNTRY], False),
        ("closed", ["TJ"], [COUNTRY], False),
        ("cancelled", ["TJ"], [COUNTRY], False),
    ],
)
def test_a_call_concerns_who_has_seats_in_it(
    state: str, countries: list[str | None], grants: list[Grant], expected: bool
) -> None:
    nominator = Caller(uuid4(), frozenset({Role.NOMINATOR}), frozenset(grants))
    assert concerns(call(state, *countries), nominator) is expected


def test_an_open_call_is_to_be_used_until_it_closes() -> None:
    expected = [("nominate", f"/v1/calls/{ID}", SOON)]
    assert (
        steps_of(Role.NOMINATOR, grants=(COUNTRY,), calls=[call("open", "TJ"), call("closed", "TJ")])
        == expected
    )


def test_an_offer_is_to_be_answered() -> None:
    offer = SeenOffer(id=ID, reply_by=SOON)
    assert steps_of(Role.PARTICIPANT, offers=[offer]) == [("answer_offer", f"/v1/offers/{ID}", SOON)]


@pytest.mark.parametrize(("role", "codes"), [(Role.MANAGER, ["finish_design_task"]), (Role.EVALUATOR, [])])
def test_a_design_task_is_the_managers(role: Role, codes: list[str]) -> None:
    task = SeenDesignTask(id=ID, program_id=PROGRAM, due="2026-06")
    assert [code for code, *_ in steps_of(role, design_tasks=[task])] == codes


@pytest.mark.parametrize(
    ("role", "state", "due", "codes"),
    [
        (Role.MANAGER, "proposed", None, ["respond_to_recommendation"]),
        (Role.APPROVER, "proposed", None, ["respond_to_recommendation"]),
        (Role.EVALUATOR, "proposed", None, []),
        (Role.MANAGER, "agreed", "2026-03-14", ["follow_up_recommendation"]),
        (Role.MANAGER, "partly_agreed", "2026-02", ["follow_up_recommendation"]),
        (Role.MANAGER, "in_progress", "2025", ["follow_up_recommendation"]),
        (Role.MANAGER, "in_progress", "2026-03-15", []),
        (Role.MANAGER, "in_progress", "2026-03", []),
        (Role.MANAGER, "in_progress", "2026-01/..", []),
        (Role.MANAGER, "agreed", None, []),
        (Role.EVALUATOR, "agreed", "2025", []),
        (Role.EVALUATOR, "implemented", "2025", ["verify_recommendation"]),
        (Role.MANAGER, "implemented", "2025", []),
        (Role.MANAGER, "rejected", "2025", []),
        (Role.MANAGER, "lapsed", "2025", []),
        (Role.EVALUATOR, "verified", "2025", []),
    ],
)
def test_a_recommendation_waits_for_whoever_is_next(
    role: Role, state: str, due: str | None, codes: list[str]
) -> None:
    found = steps_of(role, recommendations=[recommendation(state, due)])
    assert found == [(code, f"/v1/recommendations/{ID}", due) for code in codes]


def test_the_most_urgent_comes_first_and_what_has_no_date_last() -> None:
    tasks = [
        SeenDesignTask(id=ID, program_id=PROGRAM, due=due) for due in ("2026", None, "2026-03-20", "2026-03")
    ]
    found = steps_of(
        Role.MANAGER,
        Role.NOMINATOR,
        design_tasks=tasks,
        calls=[call("open", "TJ")],
        recommendations=[recommendation("agreed", "2025-12")],
    )
    assert [due for *_, due in found] == ["2025-12", SOON, "2026-03-20", "2026-03", "2026", None]
