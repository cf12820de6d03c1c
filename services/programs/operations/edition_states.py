"""Changes of an edition's state, asked for by people or brought by the clock."""

from collections.abc import Collection, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.common.actions import Action, blocked_by, post_action
from services.common.audit import record_change
from services.common.clock import domain_now
from services.common.edtf import parse_edtf
from services.common.events import EventKind
from services.common.identity import Caller, acting_service
from services.programs.db.editions import (
    count_lead_partners,
    find_seat_counts,
    get_edition,
    list_closed_phases,
    list_edition_countries,
    list_results,
    list_seat_lines,
)
from services.programs.db.tables import Edition, MirrorResults
from services.programs.db.timetables import count_open_sessions, list_timetable
from services.programs.domain import events
from services.programs.domain.edition_guards import EditionFacts, Step, due_transition, unmet_guards
from services.programs.domain.editions import EDITION_LIFE, SETTLED_RESULTS, EditionState
from services.programs.domain.permissions import permits
from services.programs.domain.problems import GuardsUnmet
from services.programs.domain.seats import is_shown_to_authorities
from services.programs.domain.training_sessions import OPEN_STATES, TrainingSessionState
from services.programs.operations.approval_policies import approval_faults
from services.programs.operations.edition_clock import plan_clock
from services.programs.operations.edition_parts import facts_of
from services.programs.operations.edition_records import day_bounds, record_edition
from services.programs.operations.editions import bounds_of
from services.programs.operations.timetable_moves import cancel_timetable, shift_timetable
from services.programs.operations.training_sessions import tell_training_session
from services.programs.schemas.edition_states import (
    EditionStateChange,
    EditionStateChangeResult,
)

CLOCK: Final = acting_service("programs")
"""Who acts when the clock does."""

_TOLD_AS: Final[dict[EditionState, EventKind]] = {
    EditionState.PLANNED: events.EDITION_PLANNED,
    EditionState.ANNOUNCED: events.EDITION_ANNOUNCED,
    EditionState.CALL_OPEN: events.EDITION_CALL_OPENED,
    EditionState.SELECTION: events.EDITION_CALL_CLOSED,
    EditionState.RUNNING: events.EDITION_STARTED,
    EditionState.COMPLETED: events.EDITION_COMPLETED,
    EditionState.POSTPONED: events.EDITION_POSTPONED,
    EditionState.CANCELLED: events.EDITION_CANCELLED,
}


async def change_edition_state(
    session: AsyncSession, caller: Caller, edition_id: UUID, request: EditionStateChange, *, dry_run: bool
) -> EditionStateChangeResult:
    """Change the edition's state, or say what stands in the way.

    Raises `GuardsUnmet` unless the change is a dry run, whose answer lists the same.
    """
    edition = await get_edition(session, edition_id, lock=True)
    now = await domain_now(session, edition.provenance)
    step = Step(request.state, now=now, reason=request.reason)
    faults = unmet_guards(await gather_facts(session, edition), step)
    faults += await approval_faults(session, edition, request.state)
    if faults and not dry_run:
        raise GuardsUnmet(f"The edition cannot become {request.state} yet.", errors=faults)
    came_from = edition.state
    if not dry_run:
        await enter_state(session, caller, edition, request.state, request.reason, request.period)
    return EditionStateChangeResult(
        edition_id=edition.id,
        from_state=came_from,
        to_state=request.state,
        applied=not dry_run,
        unmet=blocked_by(faults),
    )


async def list_actions(session: AsyncSession, caller: Caller, edition: Edition) -> list[Action]:
    """Return the steps that may follow, and for each what stands in this caller's way."""
    if not permits("change_edition_state", caller.roles):
        return []
    facts, now = await gather_facts(session, edition), await domain_now(session, edition.provenance)
    actions = []
    for target in sorted(EDITION_LIFE.transitions[edition.state]):
        blocking = unmet_guards(facts, Step(target, now)) + await approval_faults(session, edition, target)
        actions.append(post_action(target, f"{edition.href}/state-changes", blocking))
    return actions


async def follow_clock(session: AsyncSession, edition_id: UUID) -> EditionState | None:
    """Take the steps that are due by the edition's own clock; return the state reached, None if none was.

    Training sessions that have ended are held first, because completing waits for them.
    """
    edition = await get_edition(session, edition_id, lock=True)
    if edition.stated_as_of is not None:
        return None
    now = await domain_now(session, edition.provenance)
    await hold_ended_sessions(session, edition, now)
    reached = None
    while target := due_transition(await gather_facts(session, edition), now):
        await enter_state(session, CLOCK, edition, target)
        reached = target
        await hold_ended_sessions(session, edition, now)
    await plan_clock(session, edition, after=now)
    return reached


async def hold_ended_sessions(session: AsyncSession, edition: Edition, now: datetime) -> None:
    """Mark training sessions as held at their end; people may say later that one was not."""
    if edition.state not in (EditionState.RUNNING, EditionState.COMPLETED):
        return
    for meeting in await list_timetable(session, [edition.id]):
        if meeting.state in OPEN_STATES and meeting.ends_at <= now and not meeting.set_back:
            meeting.state = TrainingSessionState.HELD
            await record_change(session, CLOCK, "training_session.held", meeting, ["state"])
            await tell_training_session(session, meeting, events.TRAINING_SESSION_HELD)


async def gather_facts(session: AsyncSession, edition: Edition) -> EditionFacts:
    """Return what the guards look at."""
    starts_on, ends_on = day_bounds(parse_edtf(edition.period))
    counts = await find_seat_counts(session, edition.id)
    lines = await list_seat_lines(session, edition.id)
    results = await list_results(session, edition.id)
    return EditionFacts(
        state=edition.state,
        zone=edition.zone,
        has_title=bool(edition.title),
        starts_on=starts_on,
        ends_on=ends_on,
        recipients=len(await list_edition_countries(session, edition.id)),
        sector_shares=_shares(edition.sectors or edition.program.sectors),
        lead_partners=await count_lead_partners(session, edition),
        text_languages=frozenset(edition.public_text or ()),
        call_opens_at=edition.call_opens_at,
        call_closes_at=edition.call_closes_at,
        seat_lines=len(lines),
        unclear_seat_lines=sum(not is_shown_to_authorities(facts_of(line)) for line in lines),
        has_basis=edition.allocation is not None,
        rules_published=edition.eligibility_rules is not None,
        form_published=edition.form_version_id is not None,
        places=len(edition.host_places),
        capacity_min=edition.capacity_min,
        accepted=sum(line["accepted"] for line in counts.lines) if counts else 0,
        unheld_sessions=await count_open_sessions(session, edition.id),
        results_settled=_settled(results, END_OF_COURSE),
        follow_up_settled=_settled(results, FOLLOW_UP)
        or bool(await list_closed_phases(session, edition.id) & FOLLOW_UP),
    )


async def enter_state(
    session: AsyncSession,
    caller: Caller,
    edition: Edition,
    target: EditionState,
    reason: str | None = None,
    period: str | None = None,
) -> None:
    """Let the edition be in `target`, whose guards were asked; a new `period` takes call and timetable along.

    Meetings that are still to come are cancelled with their edition. Raises `SessionOutsideEdition`.
    """
    edition.state = target
    edition.state_reason = reason
    fields = ["state", "state_reason"]
    if period is not None:
        fields += await _reschedule(session, caller, edition, period)
    if target is EditionState.CANCELLED:
        await cancel_timetable(session, caller, edition)
    kind = _TOLD_AS.get(target, events.EDITION_CHANGED)
    await record_edition(session, caller, f"edition.{target}", edition, fields, kind)


async def _reschedule(session: AsyncSession, caller: Caller, edition: Edition, period: str) -> list[str]:
    """Move the edition, its call and its timetable by as many days as its earliest day moves."""
    before = edition.earliest
    edition.period = period
    for column, day in bounds_of(period).items():
        setattr(edition, column, day)
    shift = edition.earliest - before
    moments = [name for name in _MOMENTS if getattr(edition, name) is not None]
    for name in moments:
        setattr(edition, name, getattr(edition, name) + shift)
    await shift_timetable(session, caller, edition, shift)
    return ["period", *moments]


def _shares(sectors: Sequence[dict[str, str | None]]) -> list[Decimal | None]:
    return [None if sector["share"] is None else Decimal(sector["share"]) for sector in sectors]


def _settled(results: Sequence[MirrorResults], phases: Collection[str]) -> bool:
    return any(result.phase in phases and result.state in SETTLED_RESULTS for result in results)


_MOMENTS: Final = ("call_opens_at", "call_closes_at", "replacement_until")
END_OF_COURSE: Final = frozenset({"end"})
FOLLOW_UP: Final = frozenset({"three_months", "six_months", "twelve_months"})
