"""Parts of an edition: countries, letters, seats. Each changes the edition's own version too."""

from uuid import UUID

from sqlalchemy import func
from sqlalchemy.ext.asyncio import AsyncSession

from services.common.audit import record_change
from services.common.identity import Caller
from services.common.preconditions import require_version
from services.programs.db.editions import (
    get_country_invitation,
    get_edition,
    get_edition_country,
    get_seat_line,
)
from services.programs.db.organizations import get_organization
from services.programs.db.tables import CountryInvitation, Edition, EditionCountry, SeatLine
from services.programs.domain.editions import CALL_PASSED
from services.programs.domain.evidence import SubjectKind
from services.programs.domain.problems import SeatLineInconsistent, SettingsFixed
from services.programs.domain.seats import SeatFacts, seat_faults
from services.programs.operations.edition_records import record_edition, require_seats_within_capacity
from services.programs.operations.evidence import cite
from services.programs.schemas.edition_parts import (
    CountryInvitationCreate,
    EditionCountryChange,
    EditionCountryCreate,
    InvitationAnswer,
    SeatLineChange,
    SeatLineCreate,
)

_FIXED = frozenset({"discretionary", "minimum_women", "minimum_women_is_hard", "minimum_women_released_on"})


async def add_edition_country(
    session: AsyncSession, caller: Caller, edition_id: UUID, request: EditionCountryCreate
) -> EditionCountry:
    """Say what the edition has to do with a country, a region or an area."""
    edition = await get_edition(session, edition_id, lock=True)
    place = request.country or request.region or request.area
    row = EditionCountry(edition_id=edition.id, place=place, **request.model_dump(exclude={"sources"}))
    session.add(row)
    await session.flush()
    await cite(session, SubjectKind.EDITION_COUNTRY, row.id, request.sources)
    await count_change(session, caller, edition, "edition.country_added", "countries")
    return row


async def change_edition_country(
    session: AsyncSession,
    caller: Caller,
    edition_id: UUID,
    edition_country_id: UUID,
    expected_version: int,
    request: EditionCountryChange,
) -> EditionCountry:
    """Change what the edition has to do with a place; `expected_version` is the edition's, whose part it is.

    Raises `PortfolioItemExists` where the edition has just that to do with the place already.
    """
    edition = await get_edition(session, edition_id, lock=True)
    require_version(edition, expected_version)
    row = await get_edition_country(session, edition.id, edition_country_id)
    row.relation, row.head_count = request.relation, request.head_count
    await session.flush()
    await count_change(session, caller, edition, "edition.country_changed", "countries")
    return row


async def create_country_invitation(
    session: AsyncSession, caller: Caller, edition_id: UUID, request: CountryInvitationCreate
) -> CountryInvitation:
    """Record the letter by which an authority is asked to nominate."""
    edition = await get_edition(session, edition_id)
    if request.authority_id is not None:
        await get_organization(session, request.authority_id)
    invitation = CountryInvitation(edition_id=edition.id, **request.model_dump())
    session.add(invitation)
    await record_change(session, caller, "country_invitation.created", invitation)
    return invitation


async def answer_country_invitation(
    session: AsyncSession, caller: Caller, edition_id: UUID, invitation_id: UUID, request: InvitationAnswer
) -> CountryInvitation:
    """Record what the authority answered; a later answer replaces an earlier one."""
    invitation = await get_country_invitation(session, edition_id, invitation_id)
    fields = request.model_dump()
    for field, value in fields.items():
        setattr(invitation, field, value)
    await record_change(session, caller, "country_invitation.answered", invitation, fields)
    return invitation


async def create_seat_line(
    session: AsyncSession, caller: Caller, edition_id: UUID, request: SeatLineCreate
) -> SeatLine:
    """Give seats to an owner; raises `SeatsExceedCapacity`, `SeatLineInconsistent`."""
    edition = await get_edition(session, edition_id, lock=True)
    line = SeatLine(edition_id=edition.id, **request.model_dump())
    _require_consistent(line)
    session.add(line)
    await record_change(session, caller, "seat_line.created", line)
    await require_seats_within_capacity(session, edition)
    await count_change(session, caller, edition, "edition.seats_changed", "seat_lines")
    return line


async def change_seat_line(
    session: AsyncSession,
    caller: Caller,
    edition_id: UUID,
    seat_line_id: UUID,
    expected_version: int,
    request: SeatLineChange,
) -> SeatLine:
    """Change the seats of an owner; participants keep what is taken already.

    Raises `SettingsFixed` for the rules of a line that authorities have been told.
    """
    edition = await get_edition(session, edition_id, lock=True)
    line = await get_seat_line(session, edition.id, seat_line_id)
    require_version(line, expected_version)
    changes = {name: value for name, value in request.changes().items() if value != getattr(line, name)}
    if edition.state in CALL_PASSED and _FIXED & changes.keys():
        raise SettingsFixed("Authorities have been told what holds for the line.")
    for field, value in changes.items():
        setattr(line, field, value)
    _require_consistent(line)
    await record_change(session, caller, "seat_line.changed", line, changes)
    await require_seats_within_capacity(session, edition)
    await count_change(session, caller, edition, "edition.seats_changed", "seat_lines")
    return line


def facts_of(line: SeatLine) -> SeatFacts:
    """Return the numbers of a line, as the rules look at them."""
    return SeatFacts(**{name: getattr(line, name) for name in SeatFacts.__dataclass_fields__})


async def count_change(
    session: AsyncSession, caller: Caller, edition: Edition, action: str, part: str
) -> None:
    """Count a change of a part as one of the edition: its event carries the edition with its parts."""
    edition.updated_at = func.clock_timestamp()
    await record_edition(session, caller, action, edition, [part])


def _require_consistent(line: SeatLine) -> None:
    if faults := seat_faults(facts_of(line)):
        raise SeatLineInconsistent("The numbers of the seat line do not agree.", errors=faults)
