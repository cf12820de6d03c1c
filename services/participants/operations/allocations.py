"""Allocating seats: runs that can be repeated, what-ifs, and making a run's outcome the decisions."""

from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.common.audit import record_change
from services.common.clock import domain_now
from services.common.identity import Caller
from services.participants.db.allocations import Competing, find_competing, find_settings, get_seat_allocation
from services.participants.db.applications import lock_applications
from services.participants.db.mirrors import find_seat_lines, get_edition
from services.participants.db.rounds import find_totals, get_round
from services.participants.db.seats import Held, count_held
from services.participants.db.selection_tables import SeatAllocation, SelectionSettings
from services.participants.db.tables import MirrorEdition, MirrorSeatLine
from services.participants.domain.allocation import (
    ALGORITHM_VERSION,
    AllocationSettings,
    Basis,
    Line,
    Nominee,
    Outcome,
    Placement,
    TieBreak,
    allocate,
)
from services.participants.domain.applications import (
    REASON_OF_PLACEMENT,
    ApplicationState,
    NomineePlace,
    Slot,
)
from services.participants.domain.people import Sex
from services.participants.domain.problems import StepRefused
from services.participants.domain.rounds import mean_of
from services.participants.domain.selection_problems import AllocationRefused
from services.participants.operations.notices import tell_decisions
from services.participants.operations.seats import fill_edition, report_seats
from services.participants.schemas.selection import SeatAllocationCreate, SelectionSettingsWrite, WhatIf


async def keep_selection_settings(
    session: AsyncSession, caller: Caller, edition_id: UUID, request: SelectionSettingsWrite
) -> SelectionSettings:
    """State how an edition selects; raise `StepRefused` once its call has opened."""
    edition = await get_edition(session, edition_id, lock=True)
    now = await domain_now(session, edition.provenance)
    if edition.call_opens_at is not None and edition.call_opens_at <= now:
        raise StepRefused("The call has opened: what the authorities were shown holds.")
    settings = await find_settings(session, edition_id, lock=True)
    if settings is None:
        settings = SelectionSettings(edition_id=edition_id)
        session.add(settings)
    for name, value in request.model_dump().items():
        setattr(settings, name, value)
    await record_change(session, caller, "selection_settings.stated", settings, type(request).model_fields)
    return settings


async def allocate_seats(
    session: AsyncSession, caller: Caller, edition_id: UUID, request: SeatAllocationCreate
) -> SeatAllocation:
    """Run the allocation on everybody who competes now, and keep it with its inputs; nobody is decided about yet.

    Raises `AllocationRefused` where scores are needed and the round is not locked or somebody has none.
    """
    edition = await get_edition(session, edition_id, lock=True)
    settings = await _settings_of(session, edition, await find_settings(session, edition_id))
    lines = await _lines_of(session, edition)
    nominees = await _nominees_of(session, caller, edition, settings, request.round_id)
    allocation = SeatAllocation(
        edition_id=edition_id,
        round_id=request.round_id,
        algorithm=ALGORITHM_VERSION,
        settings=_kept(settings),
        lines=[_kept(line) for line in lines],
        nominees=[_kept(nominee) for nominee in nominees],
        placements=[_kept(placement) for placement in allocate(nominees, lines, settings)],
    )
    session.add(allocation)
    await record_change(session, caller, "seat_allocation.made", allocation)
    return allocation


async def suppose_allocation(
    session: AsyncSession, caller: Caller, edition_id: UUID, request: WhatIf
) -> tuple[list[Placement], list[Placement]]:
    """Return the allocation as things are and as supposed; writes nothing."""
    edition = await get_edition(session, edition_id)
    settings = await _settings_of(session, edition, await find_settings(session, edition_id))
    lines = await _lines_of(session, edition)
    nominees = await _nominees_of(session, caller, edition, settings, request.round_id)
    supposed = (
        settings if request.settings is None else await _settings_of(session, edition, request.settings)
    )
    if request.capacity is not None:
        supposed = replace(supposed, capacity=request.capacity)
    changes = {one.seat_line_id: one for one in request.lines}
    then = [_suppose(line, changes[line.id]) if line.id in changes else line for line in lines]
    return allocate(nominees, lines, settings), allocate(nominees, then, supposed)


def repeat_seat_allocation(allocation: SeatAllocation) -> bool:
    """Say whether the stored inputs give the stored list again."""
    again = allocate(
        [_nominee_from(kept) for kept in allocation.nominees],
        [_line_from(kept) for kept in allocation.lines],
        _settings_from(allocation.settings),
    )
    return [_kept(placement) for placement in again] == allocation.placements


async def confirm_seat_allocation(
    session: AsyncSession, caller: Caller, allocation_id: UUID
) -> SeatAllocation:
    """Make the outcome of a run the decisions about its applications, each with its reason (R6).

    Raises `StepRefused` for a run that was confirmed, or once somebody it placed is decided about otherwise.
    """
    allocation = await get_seat_allocation(session, allocation_id)
    edition = await get_edition(session, allocation.edition_id, lock=True)
    allocation = await get_seat_allocation(session, allocation_id, lock=True)
    if allocation.confirmed_at is not None:
        raise StepRefused("The allocation was confirmed before.")
    placed = {UUID(one["nominee_id"]): one for one in allocation.placements}
    applications = await lock_applications(session, allocation.edition_id, list(placed))
    competing = {
        one.application.id
        for one in await find_competing(session, edition.id)
        if one.application.state is not ApplicationState.SELECTED
    }
    undecided = {ApplicationState.ELIGIBLE, ApplicationState.WAITLISTED}
    if competing != placed.keys() or any(one.state not in undecided for one in applications.values()):
        raise StepRefused("Since then somebody came, left or was decided about: run the allocation again.")
    for application_id, placement in placed.items():
        application = applications[application_id]
        is_selected = placement["outcome"] == Outcome.SELECTED
        application.state = ApplicationState.SELECTED if is_selected else ApplicationState.WAITLISTED
        application.waiting_rank = placement["waiting_rank"]
        application.seat_line_id = UUID(placement["line_id"])
        application.reason_code = REASON_OF_PLACEMENT[placement["reason"]]
        await record_change(
            session,
            caller,
            f"application.{application.state}",
            application,
            ["state", "waiting_rank", "seat_line_id", "reason_code"],
        )
    allocation.confirmed_at = await domain_now(session, edition.provenance)
    await record_change(session, caller, "seat_allocation.confirmed", allocation, ["confirmed_at"])
    await fill_edition(session, edition.id, caller)
    await tell_decisions(session, edition, applications.values())
    await report_seats(session, edition.id)
    return allocation


async def _lines_of(session: AsyncSession, edition: MirrorEdition) -> list[Line]:
    today = (await domain_now(session, edition.provenance)).date()
    held = await count_held(session, edition.id)
    lines = await find_seat_lines(session, [edition.id])
    return [_line_of(line, held.get(line.id, Held()), today) for line in lines]


def _line_of(line: MirrorSeatLine, held: Held, today: date) -> Line:
    """Return what is left of a line to be given: seats that somebody holds are gone, with what they count for."""
    return Line(
        id=line.id,
        seats=max((line.seats or 0) - held.seats, 0),
        discretionary=max(line.discretionary - held.discretionary, 0),
        minimum_women=max(line.minimum_women - held.women, 0),
        is_hard=line.minimum_women_is_hard,
        is_pooled=line.reallocation_on is not None and line.reallocation_on <= today,
    )


async def _nominees_of(
    session: AsyncSession,
    caller: Caller,
    edition: MirrorEdition,
    settings: AllocationSettings,
    round_id: UUID | None,
) -> list[Nominee]:
    scores = await _scores_of(session, caller, edition, settings, round_id)
    return [
        _nominee_of(one, scores.get(one.application.id, 0))
        for one in await find_competing(session, edition.id)
        if one.application.state is not ApplicationState.SELECTED
    ]


async def _scores_of(
    session: AsyncSession,
    caller: Caller,
    edition: MirrorEdition,
    settings: AllocationSettings,
    round_id: UUID | None,
) -> dict[UUID, int]:
    if round_id is None:
        if settings.basis is not Basis.AUTHORITY_RANK:
            raise AllocationRefused("The edition selects by scores: name the round that gives them.")
        return {}
    round_ = await get_round(session, round_id, visible_to=caller)
    if round_.edition_id != edition.id or round_.locked_at is None:
        raise AllocationRefused("The round is another edition's, or not locked yet.")
    means = {id_: mean_of(totals) for id_, totals in (await find_totals(session, round_id)).items()}
    waiting = [one for one in await find_competing(session, edition.id) if one.application.id not in means]
    if any(one.application.state is not ApplicationState.SELECTED for one in waiting):
        raise AllocationRefused(f"{len(waiting)} applications have no score in the round.")
    return {id_: mean for id_, mean in means.items() if mean is not None}


def _nominee_of(one: Competing, score: int) -> Nominee:
    nomination = one.nomination
    return Nominee(
        id=one.application.id,
        line_id=one.application.seat_line_id,
        country=one.country or one.person.nationality,
        authority_id=one.application.authority_id,
        rank=nomination.rank if nomination else 1,
        is_principal=nomination is None or nomination.place is NomineePlace.PRINCIPAL,
        is_discretionary=nomination is not None and nomination.slot is Slot.DISCRETIONARY,
        is_woman=one.person.sex is Sex.FEMALE,
        score=score,
    )


async def _settings_of(
    session: AsyncSession, edition: MirrorEdition, stated: SelectionSettings | SelectionSettingsWrite | None
) -> AllocationSettings:
    room = None
    if edition.capacity is not None:
        held = await count_held(session, edition.id)
        room = max(edition.capacity - sum(one.seats for one in held.values()), 0)
    if stated is None:
        return AllocationSettings(capacity=room, lot=str(edition.id))
    return AllocationSettings(
        basis=stated.basis,
        score_weight=stated.score_weight,
        ties=tuple(TieBreak(rule) for rule in stated.ties),
        capacity=room,
        country_cap=stated.country_cap,
        lot=str(edition.id),
    )


def _suppose(line: Line, change: Any) -> Line:
    given = {
        "seats": change.seats,
        "minimum_women": change.minimum_women,
        "is_hard": change.minimum_women_is_hard,
    }
    return replace(line, **{name: value for name, value in given.items() if value is not None})


def _kept(one: Line | Nominee | Placement | AllocationSettings) -> dict[str, Any]:
    """Return what is stored of an input or an outcome: JSON values, ids as strings."""
    return {name: str(value) if isinstance(value, UUID) else value for name, value in asdict(one).items()}


def _line_from(kept: dict[str, Any]) -> Line:
    return Line(**kept | {"id": UUID(kept["id"])})


def _nominee_from(kept: dict[str, Any]) -> Nominee:
    authority_id = kept["authority_id"] and UUID(kept["authority_id"])
    ids = {"id": UUID(kept["id"]), "line_id": UUID(kept["line_id"]), "authority_id": authority_id}
    return Nominee(**kept | ids)


def _settings_from(kept: dict[str, Any]) -> AllocationSettings:
    rules: Sequence[str] = kept["ties"]
    return AllocationSettings(
        **kept | {"basis": Basis(kept["basis"]), "ties": tuple(TieBreak(rule) for rule in rules)}
    )
