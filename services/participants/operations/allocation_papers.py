"""What minutes and letters say of an allocation: every name with its outcome and the reason."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.common.codelists.iso import country_name
from services.common.i18n import InterfaceLanguage
from services.participants.db.allocations import Placed, find_decided, find_placed
from services.participants.db.mirrors import find_seat_lines, get_edition, get_organization
from services.participants.db.selection_tables import SeatAllocation
from services.participants.db.tables import Authority, MirrorEdition, MirrorSeatLine
from services.participants.domain.allocation import Outcome
from services.participants.domain.calls import words_of_deadline
from services.participants.domain.enumerations import label_of
from services.participants.operations.papers import name_to_print, text_in, words_in


async def write_minutes(
    session: AsyncSession, allocation: SeatAllocation, language: InterfaceLanguage
) -> dict[str, Any]:
    """Return what the minutes of a run say, line by line, in the order of the seats."""
    words = words_in(language)
    edition = await get_edition(session, allocation.edition_id)
    people = await find_placed(session, [UUID(one["nominee_id"]) for one in allocation.placements])
    nominees = {one["id"]: one for one in allocation.nominees}
    lines: dict[str, list[dict[str, str]]] = {line["id"]: [] for line in allocation.lines}
    for placement in sorted(allocation.placements, key=_by_outcome):
        nominee = nominees[placement["nominee_id"]]
        placed = people[UUID(placement["nominee_id"])]
        lines[nominee["line_id"]].append(
            {
                "place": str(placement["position"]),
                "name": name_to_print(placed.person.names, language),
                "rank": str(nominee["rank"]),
                "score": f"{nominee['score'] / 100:.2f}" if allocation.round_id else "–",
                "outcome": _outcome(placement, words, language),
                "reason": label_of("allocation_reason", placement["reason"], language),
            }
        )
    mirrored = {str(line.id): line for line in await find_seat_lines(session, [edition.id])}
    return {
        "title": words["minutes"],
        "words": dict(words),
        "facts": _facts(edition, allocation, words, language),
        "lines": [
            {
                "title": await _title_of(session, mirrored[line["id"]], words, language),
                "note": _note_of(line, words),
                "people": lines[line["id"]],
            }
            for line in allocation.lines
            if lines[line["id"]]
        ],
    }


async def write_authority_letter(
    session: AsyncSession, edition: MirrorEdition, authority: Authority, language: InterfaceLanguage
) -> dict[str, Any]:
    """Return what an authority is told: the outcome and its reason for each of its nominees."""
    words = words_in(language)
    organization = await get_organization(session, authority.organization_id)
    released = edition.decisions_released_at
    return {
        "title": words["letter"],
        "words": dict(words),
        "authority": text_in(organization.names, language)
        if organization
        else country_name(authority.country, language),
        "edition": text_in(edition.title, language),
        "people": [
            _told(one, words, language) for one in await find_decided(session, edition.id, authority.id)
        ],
        "made": words_of_deadline(released, edition.zone) if released else "",
    }


def _told(one: Placed, words: Mapping[str, str], language: InterfaceLanguage) -> dict[str, str]:
    application = one.application
    outcome = label_of("application_state", application.state, language)
    if application.waiting_rank is not None:
        outcome = f"{words['waits']} {application.waiting_rank}"
    reason = application.reason_code
    return {
        "rank": str(one.nomination.rank) if one.nomination else "–",
        "name": name_to_print(one.person.names, language),
        "outcome": outcome,
        "reason": label_of("decision_reason", reason, language) if reason else "–",
    }


def _facts(
    edition: MirrorEdition, allocation: SeatAllocation, words: Mapping[str, str], language: InterfaceLanguage
) -> list[dict[str, str]]:
    settings, confirmed = allocation.settings, allocation.confirmed_at
    ties = [label_of("tie_rule", rule, language) for rule in settings["ties"]]

    def limit(name: str) -> str:
        return words["no_limit"] if settings[name] is None else str(settings[name])

    told = {
        "edition": f"{text_in(edition.title, language)} ({edition.code})",
        "number": f"{allocation.id} · {allocation.algorithm}",
        "made": words_of_deadline(allocation.created_at, edition.zone),
        "confirmed": words_of_deadline(confirmed, edition.zone) if confirmed else words["not_confirmed"],
        "basis": label_of("selection_basis", settings["basis"], language),
        "ties": ", ".join([*ties, words["lot"]]),
        "capacity": limit("capacity"),
        "country_cap": limit("country_cap"),
    }
    return [{"label": words[name], "value": value} for name, value in told.items()]


def _outcome(placement: dict[str, Any], words: Mapping[str, str], language: InterfaceLanguage) -> str:
    if placement["outcome"] == Outcome.SELECTED:
        return label_of("application_state", "selected", language)
    return f"{words['waits']} {placement['waiting_rank']}"


def _by_outcome(placement: dict[str, Any]) -> tuple[bool, int]:
    return placement["outcome"] != Outcome.SELECTED, placement["position"]


async def _title_of(
    session: AsyncSession, line: MirrorSeatLine, words: Mapping[str, str], language: InterfaceLanguage
) -> str:
    organization = await get_organization(session, line.organization_id) if line.organization_id else None
    if organization is not None:
        return f"{words['line']}: {text_in(organization.names, language)}"
    return f"{words['line']}: {country_name(line.country, language) if line.country else line.owner}"


def _note_of(line: dict[str, Any], words: Mapping[str, str]) -> str:
    parts = [f"{line['seats']} {words['seats']}"]
    if line["discretionary"]:
        parts.append(f"{line['discretionary']} {words['of_them_discretionary']}")
    if line["minimum_women"]:
        parts.append(f"{words['minimum_women']}: {line['minimum_women']}")
    return " · ".join(parts)
