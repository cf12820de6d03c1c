"""Parts of an edition: countries, letters, seats. Each changes the edition's own version too."""

from uuid import UUID

from sqlalchemy import func
from sqlalchemy.ext.asyncio import AsyncSession

from services.common.audit import record_change
from services.common.identity import Caller
from services.common.preconditions import require_version
from services.programs.db.editions import get_edition, get_seat_line
from services.programs.db.organizations import get_organization
from services.programs.db.tables import CountryInvitation, Edition, EditionCountry, SeatLine
from services.programs.domain.evidence import SubjectKind
from services.programs.operations.editions import record_edition, require_seats_within_capacity
from services.programs.operations.evidence import cite
from services.programs.schemas.editions import (
    CountryInvitationCreate,
    EditionCountryCreate,
    SeatLineChange,
    SeatLineCreate,
)


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
    await _count_change(session, caller, edition, "edition.country_added", "countries")
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


async def create_seat_line(
    session: AsyncSession, caller: Caller, edition_id: UUID, request: SeatLineCreate
) -> SeatLine:
    """Give seats to an owner; raises `SeatsExceedCapacity`."""
    edition = await get_edition(session, edition_id, lock=True)
    line = SeatLine(edition_id=edition.id, **request.model_dump())
    session.add(line)
    await record_change(session, caller, "seat_line.created", line)
    await require_seats_within_capacity(session, edition)
    await _count_change(session, caller, edition, "edition.seats_changed", "seat_lines")
    return line


async def change_seat_line(
    session: AsyncSession,
    caller: Caller,
    edition_id: UUID,
    seat_line_id: UUID,
    expected_version: int,
    request: SeatLineChange,
) -> SeatLine:
    """Change the seats of an owner; participants keep what is taken already."""
    edition = await get_edition(session, edition_id, lock=True)
    line = await get_seat_line(session, edition.id, seat_line_id)
    require_version(line, expected_version)
    changes = request.model_dump(exclude_unset=True)
    for field, value in changes.items():
        setattr(line, field, value)
    await record_change(session, caller, "seat_line.changed", line, changes)
    await require_seats_within_capacity(session, edition)
    await _count_change(session, caller, edition, "edition.seats_changed", "seat_lines")
    return line


async def _count_change(
    session: AsyncSession, caller: Caller, edition: Edition, action: str, part: str
) -> None:
    # The event carries the edition with its parts, so a change of a part counts its version up.
    edition.updated_at = func.clock_timestamp()
    await record_edition(session, caller, action, edition, [part])
