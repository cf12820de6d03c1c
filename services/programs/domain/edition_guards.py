"""What must hold before an edition may take a step, and the steps that are due (design/programs.md, States)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

from services.common.problems import Fault
from services.programs.domain.editions import BY_CLOCK, EDITION_LIFE, EditionState
from services.programs.domain.programs import shares_are_whole

S = EditionState

REQUIRED_LANGUAGES: Final = frozenset({"kk", "ru", "en"})
"""The languages of public texts."""

_NEEDS_REASON: Final = frozenset({S.POSTPONED, S.CANCELLED, S.SUSPENDED})


@dataclass(frozen=True)
class EditionFacts:
    """What the guards look at; instants are aware, `starts_on` and `ends_on` days in the edition's zone."""

    state: EditionState
    zone: str
    has_title: bool
    starts_on: date | None
    ends_on: date | None
    recipients: int
    sector_shares: Sequence[Decimal | None]
    lead_partners: int
    text_languages: frozenset[str]
    call_opens_at: datetime | None
    call_closes_at: datetime | None
    seat_lines: int
    unclear_seat_lines: int
    """Lines that do not tell authorities their number, or until when a soft minimum of women binds."""
    has_basis: bool
    rules_published: bool
    form_published: bool
    places: int
    capacity_min: int | None
    accepted: int
    unheld_sessions: int
    results_settled: bool
    follow_up_settled: bool


@dataclass(frozen=True)
class Step:
    """A change of state that somebody asks for."""

    target: EditionState
    now: datetime
    reason: str | None = None


Guard = Callable[[EditionFacts, Step], list[Fault]]


def _unless(fulfilled: object, pointer: str, code: str, detail: str) -> list[Fault]:
    return [] if fulfilled else [Fault(pointer, code, detail)]


def local_day(now: datetime, zone: str) -> date:
    """Return the day that it is at `now` in `zone`."""
    return now.astimezone(ZoneInfo(zone)).date()


def _planned(facts: EditionFacts, _: Step) -> list[Fault]:
    return [
        *_unless(facts.has_title, "/title", "title_missing", "The edition needs a title."),
        *_unless(facts.recipients, "/countries", "recipient_missing", "Name at least one recipient."),
        *_unless(
            shares_are_whole(facts.sector_shares),
            "/sectors",
            "sector_shares",
            "The shares of the sectors must sum to 100.",
        ),
    ]


def _announced(facts: EditionFacts, _: Step) -> list[Fault]:
    return [
        *_unless(facts.lead_partners, "/partnerships", "lead_missing", "Name the lead partner."),
        *_unless(
            facts.text_languages >= REQUIRED_LANGUAGES,
            "/public_text",
            "public_text_missing",
            "The public text is needed in Kazakh, Russian and English.",
        ),
    ]


def _call_open(facts: EditionFacts, step: Step) -> list[Fault]:
    opens, closes = facts.call_opens_at, facts.call_closes_at
    return [
        *_unless(opens and closes, "/call", "call_window_missing", "Give the call window to the minute."),
        *_unless(
            opens is None or opens <= step.now,
            "/call/opens_at",
            "call_not_due",
            "The call opens at the time announced.",
        ),
        *_unless(facts.seat_lines, "/seat_lines", "seat_lines_missing", "Give the seats by owner."),
        *_unless(
            not facts.unclear_seat_lines,
            "/seat_lines",
            "seat_lines_unclear",
            "Each line needs its number, and a soft minimum of women the day and reason of its release.",
        ),
        *_unless(facts.has_basis, "/allocation", "basis_missing", "Say by what seats are given."),
        *_unless(facts.rules_published, "/eligibility_rules", "rules_missing", "Publish the rules."),
        *_unless(facts.form_published, "/form_version_id", "form_missing", "Publish the application form."),
    ]


def _selection(facts: EditionFacts, step: Step) -> list[Fault]:
    over = facts.call_closes_at is not None and facts.call_closes_at <= step.now
    return _unless(
        over or step.reason,
        "/reason",
        "call_window_open",
        "The call window is not over; closing it by hand needs a reason.",
    )


def _confirmed(facts: EditionFacts, step: Step) -> list[Fault]:
    enough = facts.accepted >= (facts.capacity_min or 0)
    return [
        *_unless(
            facts.starts_on and facts.ends_on,
            "/period",
            "period_not_precise",
            "The period must be known to the day.",
        ),
        *_unless(facts.places, "/host_places", "venue_missing", "Name the place."),
        *_unless(
            enough or step.reason,
            "/reason",
            "minimum_not_reached",
            "Fewer seats are accepted than the minimum; confirming all the same needs a reason.",
        ),
    ]


def _running(facts: EditionFacts, step: Step) -> list[Fault]:
    begun = facts.starts_on is not None and facts.starts_on <= local_day(step.now, facts.zone)
    return _unless(begun, "/period", "not_started", "The first day has not come.")


def _completed(facts: EditionFacts, step: Step) -> list[Fault]:
    ended = facts.ends_on is not None and facts.ends_on < local_day(step.now, facts.zone)
    return [
        *_unless(ended, "/period", "not_ended", "The last day is not over."),
        *_unless(
            not facts.unheld_sessions,
            "/training_sessions",
            "sessions_open",
            "Training sessions are neither held nor cancelled.",
        ),
    ]


def _evaluated(facts: EditionFacts, _: Step) -> list[Fault]:
    return _unless(
        facts.results_settled,
        "/results",
        "results_open",
        "The results must be frozen, and published or withheld by rule.",
    )


def _archived(facts: EditionFacts, step: Step) -> list[Fault]:
    return _unless(
        facts.follow_up_settled or step.reason,
        "/reason",
        "follow_up_open",
        "The follow-up is not closed; waiving it needs a reason.",
    )


def _reasoned(_: EditionFacts, step: Step) -> list[Fault]:
    return _unless(step.reason, "/reason", "reason_missing", "This change of state needs a reason.")


_GUARDS: Final[Mapping[EditionState, Guard]] = {
    S.PLANNED: _planned,
    S.ANNOUNCED: _announced,
    S.CALL_OPEN: _call_open,
    S.SELECTION: _selection,
    S.CONFIRMED: _confirmed,
    S.RUNNING: _running,
    S.COMPLETED: _completed,
    S.EVALUATED: _evaluated,
    S.ARCHIVED: _archived,
    **dict.fromkeys(_NEEDS_REASON, _reasoned),
}


def unmet_guards(facts: EditionFacts, step: Step) -> list[Fault]:
    """Return what stands in the way of `step`; nothing if it may be taken. Source: design/programs.md."""
    if not EDITION_LIFE.may_become(facts.state, step.target):
        return [
            Fault("/state", "no_such_step", f"An edition that is {facts.state} cannot become {step.target}.")
        ]
    return _GUARDS[step.target](facts, step)


def due_transition(facts: EditionFacts, now: datetime) -> EditionState | None:
    """Return the state that the clock brings at `now`, or None; a step whose guards are unmet waits."""
    target = BY_CLOCK.get(facts.state)
    return None if target is None or unmet_guards(facts, Step(target, now)) else target
