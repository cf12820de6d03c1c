"""The life of an edition: its guards as a table, and its steps through HTTP."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from services.programs.domain.edition_guards import EditionFacts, Step, due_transition, unmet_guards
from services.programs.domain.editions import EditionState
from services.programs.domain.permissions import PERMISSIONS
from tests.apps import Door

S = EditionState
NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
READY = EditionFacts(
    state=S.DRAFT,
    zone="Asia/Almaty",
    has_title=True,
    starts_on=date(2026, 5, 20),
    ends_on=date(2026, 5, 30),
    recipients=1,
    sector_shares=[Decimal(100)],
    lead_partners=1,
    text_languages=frozenset({"kk", "ru", "en"}),
    call_opens_at=datetime(2026, 3, 1, tzinfo=UTC),
    call_closes_at=datetime(2026, 4, 1, tzinfo=UTC),
    seat_lines=1,
    unclear_seat_lines=0,
    has_basis=True,
    rules_published=True,
    form_published=True,
    places=1,
    capacity_min=10,
    accepted=10,
    unheld_sessions=0,
    results_settled=True,
    follow_up_settled=True,
)


@pytest.mark.parametrize(
    ("state", "target", "lacking", "code"),
    [
        (S.DRAFT, S.PLANNED, {"has_title": False}, "title_missing"),
        (S.DRAFT, S.PLANNED, {"recipients": 0}, "recipient_missing"),
        (S.DRAFT, S.PLANNED, {"sector_shares": [Decimal("99.99")]}, "sector_shares"),
        (S.DRAFT, S.PLANNED, {"sector_shares": [None]}, "sector_shares"),
        (S.PLANNED, S.ANNOUNCED, {"lead_partners": 0}, "lead_missing"),
        (S.PLANNED, S.ANNOUNCED, {"text_languages": frozenset({"en"})}, "public_text_missing"),
        (S.ANNOUNCED, S.CALL_OPEN, {"call_closes_at": None}, "call_window_missing"),
        (S.ANNOUNCED, S.CALL_OPEN, {"call_opens_at": datetime(2026, 7, 1, tzinfo=UTC)}, "call_not_due"),
        (S.ANNOUNCED, S.CALL_OPEN, {"seat_lines": 0}, "seat_lines_missing"),
        (S.ANNOUNCED, S.CALL_OPEN, {"unclear_seat_lines": 1}, "seat_lines_unclear"),
        (S.ANNOUNCED, S.CALL_OPEN, {"has_basis": False}, "basis_missing"),
        (S.ANNOUNCED, S.CALL_OPEN, {"rules_published": False}, "rules_missing"),
        (S.ANNOUNCED, S.CALL_OPEN, {"form_published": False}, "form_missing"),
        (S.CALL_OPEN, S.SELECTION, {"call_closes_at": datetime(2026, 7, 1, tzinfo=UTC)}, "call_window_open"),
        (S.SELECTION, S.CONFIRMED, {"starts_on": None}, "period_not_precise"),
        (S.SELECTION, S.CONFIRMED, {"places": 0}, "venue_missing"),
        (S.SELECTION, S.CONFIRMED, {"accepted": 9}, "minimum_not_reached"),
        (S.CONFIRMED, S.RUNNING, {"starts_on": date(2026, 6, 2)}, "not_started"),
        (S.RUNNING, S.COMPLETED, {"ends_on": date(2026, 6, 1)}, "not_ended"),
        (S.RUNNING, S.COMPLETED, {"unheld_sessions": 1}, "sessions_open"),
        (S.COMPLETED, S.EVALUATED, {"results_settled": False}, "results_open"),
        (S.EVALUATED, S.ARCHIVED, {"follow_up_settled": False}, "follow_up_open"),
    ],
)
def test_each_guard_stops_its_step_and_nothing_else_does(
    state: EditionState, target: EditionState, lacking: dict[str, Any], code: str
) -> None:
    facts = replace(READY, state=state)
    assert unmet_guards(facts, Step(target, NOW)) == []
    assert [fault.code for fault in unmet_guards(replace(facts, **lacking), Step(target, NOW))] == [code]


def test_some_steps_need_a_reason_and_some_are_never_taken() -> None:
    facts = replace(READY, state=S.PLANNED)
    assert [f.code for f in unmet_guards(facts, Step(S.CANCELLED, NOW))] == ["reason_missing"]
    assert unmet_guards(facts, Step(S.CANCELLED, NOW, "No budget")) == []
    assert [f.code for f in unmet_guards(facts, Step(S.EVALUATED, NOW))] == ["no_such_step"]
    waived = replace(READY, state=S.EVALUATED, follow_up_settled=False)
    assert unmet_guards(waived, Step(S.ARCHIVED, NOW, "A cohort of three")) == []


def test_the_clock_takes_steps_that_are_due() -> None:
    assert due_transition(replace(READY, state=S.RUNNING), NOW) is S.COMPLETED
    assert due_transition(replace(READY, state=S.RUNNING, unheld_sessions=1), NOW) is None
    assert due_transition(READY, NOW) is None


async def test_a_step_is_tried_refused_and_taken(programs: Door) -> None:
    manager = programs.as_("manager")
    program = await manager.post(
        "/v1/programs",
        json={
            "code": "p",
            "title": {"en": "P"},
            "kind": "course_program",
            "sectors": [{"code": "12181", "share": "100"}],
        },
    )
    created = await manager.post(
        "/v1/editions",
        json={"code": "P-1", "program_id": program.json()["id"], "title": {"en": "P 1"}, "period": "2026-05"},
    )
    assert (created.status_code, created.json()["state"]) == (201, "draft")
    at = created.headers["location"]
    assert (await programs.as_().get(at)).status_code == 404

    tried = await manager.post(f"{at}/state-changes?dry_run=true", json={"state": "planned"})
    assert [b["code"] for b in tried.json()["unmet"]] == ["recipient_missing"]
    refused = await manager.post(f"{at}/state-changes", json={"state": "planned"})
    assert (refused.status_code, refused.json()["code"]) == (409, "guards-unmet")
    await manager.post(f"{at}/countries", json={"country": "TJ", "relation": "targeted"})
    taken = await manager.post(f"{at}/state-changes", json={"state": "planned"})
    assert (taken.status_code, taken.json()["applied"]) == (200, True)
    read = (await programs.as_().get(at)).json()
    assert (read["state"], read["actions"]) == ("planned", [])

    synthetic = {"code": "P-2", "title": {"en": "P 2"}, "period": "2027-05", "provenance": "synthetic"}
    assert (await manager.post(f"{at}/clone", json=synthetic)).status_code == 403
    cloned = await manager.post(f"{at}/clone", json=synthetic | {"provenance": "real"})
    assert (cloned.status_code, cloned.json()["predecessor_id"]) == (201, read["id"])


async def test_the_public_changes_nothing(programs: Door) -> None:
    internal = {operation for operation, entry in PERMISSIONS.items() if "public" not in entry}
    assert {"create_edition", "change_edition_state", "list_seat_lines", "put_agency"} <= internal
    for path in ("/v1/programs", "/v1/editions", "/v1/deliveries", "/v1/statements", "/v1/sources"):
        assert (await programs.as_().post(path, json={})).status_code == 401
        assert (await programs.as_("partner").post(path, json={})).status_code == 403
