"""What somebody has to do next, as it follows from the lists of what concerns them; no clock, no I/O."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time
from enum import StrEnum
from typing import Final
from uuid import UUID

from gateway.compositions.parts import Seen
from services.common.edtf import parse_edtf
from services.common.identity import Caller, GrantKind, Role
from services.common.wire import Answer, Instant
from services.common.wire_codes import EdtfText

OPEN: Final = "open"
RESPONDERS: Final = frozenset({Role.MANAGER, Role.APPROVER})
"""Who answers for the agency to a recommendation, and for what was agreed on."""
AGREED: Final = frozenset({"agreed", "partly_agreed", "in_progress"})
UNSETTLED: Final = AGREED | {"proposed", "implemented"}
"""The states in which a recommendation waits for somebody."""


class SeenOffer(Seen):
    """An offer of a seat that waits for an answer."""

    id: UUID
    reply_by: Instant


class SeenSeatLine(Seen):
    """The seats of one country, or of all (null)."""

    country: str | None


class SeenCall(Seen):
    """An edition that takes nominations, or did, or will."""

    id: UUID
    state: str
    closes_at: Instant | None
    seat_lines: list[SeenSeatLine]


class SeenDesignTask(Seen):
    """What a coming edition is asked to do better."""

    id: UUID
    program_id: UUID
    due: EdtfText | None


class SeenRecommendation(Seen):
    """What an evaluation recommends."""

    id: UUID
    state: str
    due: EdtfText | None


class SeenApproval(Seen):
    """A change of state that waits for signatures."""

    id: UUID


class SeenNeedsSurvey(Seen):
    """What an authority is asked about its country's needs."""

    id: UUID


class SeenOverdueItem(Seen):
    """Something that should have happened by now."""

    href: str
    due: EdtfText | None


class NextStepCode(StrEnum):
    """What is to be done."""

    ANSWER_OFFER = "answer_offer"
    NOMINATE = "nominate"
    FILL_NEEDS_SURVEY = "fill_needs_survey"
    SIGN_APPROVAL = "sign_approval"
    CATCH_UP = "catch_up"
    """A milestone, a review of a risk, or a delivery is late."""
    FINISH_DESIGN_TASK = "finish_design_task"
    RESPOND_TO_RECOMMENDATION = "respond_to_recommendation"
    FOLLOW_UP_RECOMMENDATION = "follow_up_recommendation"
    """What was agreed on should have been done by now."""
    VERIFY_RECOMMENDATION = "verify_recommendation"


class NextStep(Answer):
    """One thing to do, and where."""

    code: NextStepCode
    href: str
    due: Instant | EdtfText | None
    """The moment from which it is too late, else a day or period as precisely as it is known."""


def concerns(call: SeenCall, caller: Caller) -> bool:
    """Say whether `call` is open and has seats for a country that the caller nominates for.

    Who nominates for an organization is asked about every open call: its country is not known here.
    """
    countries = caller.granted(GrantKind.COUNTRY, Role.NOMINATOR)
    elsewhere = countries and not caller.granted(GrantKind.ORGANIZATION, Role.NOMINATOR)
    return call.state == OPEN and (
        not elsewhere or any(line.country is None or line.country in countries for line in call.seat_lines)
    )


def find_next_steps(
    caller: Caller,
    today: date,
    *,
    offers: Iterable[SeenOffer],
    calls: Iterable[SeenCall],
    design_tasks: Iterable[SeenDesignTask],
    recommendations: Iterable[SeenRecommendation],
    approvals: Iterable[SeenApproval],
    needs_surveys: Iterable[SeenNeedsSurvey],
    overdue_items: Iterable[SeenOverdueItem],
) -> list[NextStep]:
    """Return what `caller` has to do, the most urgent first, and last what has no date."""
    steps = [
        *(_step(NextStepCode.ANSWER_OFFER, f"/v1/offers/{offer.id}", offer.reply_by) for offer in offers),
        *(
            _step(NextStepCode.NOMINATE, f"/v1/calls/{call.id}", call.closes_at)
            for call in calls
            if concerns(call, caller)
        ),
        *(
            _step(NextStepCode.FILL_NEEDS_SURVEY, f"/v1/needs-surveys/{survey.id}", None)
            for survey in needs_surveys
        ),
        *(_step(NextStepCode.SIGN_APPROVAL, f"/v1/approvals/{one.id}", None) for one in approvals),
        *(_step(NextStepCode.CATCH_UP, item.href, item.due) for item in overdue_items),
    ]
    if Role.MANAGER in caller.roles:
        steps += [
            _step(
                NextStepCode.FINISH_DESIGN_TASK,
                f"/v1/design-tasks?program_id={task.program_id}&state={OPEN}",
                task.due,
            )
            for task in design_tasks
        ]
    steps += [
        _step(code, f"/v1/recommendations/{one.id}", one.due)
        for one in recommendations
        if (code := _owed_to(one, caller, today)) is not None
    ]
    return sorted(steps, key=lambda step: _deadline(step.due))


def _owed_to(one: SeenRecommendation, caller: Caller, today: date) -> NextStepCode | None:
    """Return what the caller owes to a recommendation."""
    if RESPONDERS & caller.roles:
        if one.state == "proposed":
            return NextStepCode.RESPOND_TO_RECOMMENDATION
        if one.state in AGREED and _deadline(one.due).date() < today:
            return NextStepCode.FOLLOW_UP_RECOMMENDATION
    if Role.EVALUATOR in caller.roles and one.state == "implemented":
        return NextStepCode.VERIFY_RECOMMENDATION
    return None


def _step(code: NextStepCode, href: str, due: datetime | str | None) -> NextStep:
    return NextStep(code=code, href=href, due=due)


def _deadline(due: datetime | str | None) -> datetime:
    """Return the last moment of `due`; the end of time where there is none."""
    if isinstance(due, datetime):
        return due
    latest = parse_edtf(due).latest if due else None
    return datetime.combine(latest or date.max, time.max, UTC)
