"""Routes of an edition's parts: countries, letters, seats."""

from uuid import UUID

from fastapi import status

from services.common.http.callers import Caller
from services.common.http.paging import Paging
from services.common.http.preconditions import ExpectedVersion
from services.common.http.problem_responses import problems
from services.common.http.routes import house_router
from services.common.http.sessions import ReadSession, WriteSession
from services.common.wire import Page
from services.programs.db import editions as questions
from services.programs.db.tables import CountryInvitation, EditionCountry, SeatLine
from services.programs.domain.problems import (
    PortfolioItemExists,
    ReferenceUnknown,
    SeatLineInconsistent,
    SeatsExceedCapacity,
    SettingsFixed,
    SubjectNotFound,
)
from services.programs.operations import edition_parts
from services.programs.schemas.edition_parts import (
    CountryInvitationCreate,
    CountryInvitationRead,
    EditionCountryChange,
    EditionCountryCreate,
    EditionCountryRead,
    InvitationAnswer,
    SeatLineChange,
    SeatLineCreate,
    SeatLineRead,
)

router = house_router("editions", "/editions")
CREATED = status.HTTP_201_CREATED


@router.post(
    "/{edition_id}/countries",
    response_model=EditionCountryRead,
    status_code=CREATED,
    responses=problems(SubjectNotFound, PortfolioItemExists, ReferenceUnknown),
)
async def add_edition_country(
    session: WriteSession, caller: Caller, edition_id: UUID, request: EditionCountryCreate
) -> EditionCountry:
    """Say what an edition has to do with a country, a region or an area."""
    return await edition_parts.add_edition_country(session, caller, edition_id, request)


@router.get(
    "/{edition_id}/countries",
    response_model=list[EditionCountryRead],
    responses=problems(SubjectNotFound),
)
async def list_edition_countries(session: ReadSession, caller: Caller, edition_id: UUID) -> object:
    """List the countries, regions and areas that an edition has to do with."""
    await questions.get_edition(session, edition_id, visible_to=caller)
    return await questions.list_edition_countries(session, edition_id)


@router.get(
    "/{edition_id}/countries/{edition_country_id}",
    response_model=EditionCountryRead,
    responses=problems(SubjectNotFound),
)
async def read_edition_country(
    session: ReadSession, caller: Caller, edition_id: UUID, edition_country_id: UUID
) -> EditionCountry:
    """Read what an edition has to do with one country, region or area."""
    await questions.get_edition(session, edition_id, visible_to=caller)
    return await questions.get_edition_country(session, edition_id, edition_country_id)


@router.patch(
    "/{edition_id}/countries/{edition_country_id}",
    response_model=EditionCountryRead,
    responses=problems(SubjectNotFound, PortfolioItemExists),
)
async def change_edition_country(
    session: WriteSession,
    caller: Caller,
    edition_id: UUID,
    edition_country_id: UUID,
    version: ExpectedVersion,
    request: EditionCountryChange,
) -> EditionCountry:
    """Correct what an edition has to do with a place; `If-Match` names the version of the edition."""
    return await edition_parts.change_edition_country(
        session, caller, edition_id, edition_country_id, version, request
    )


@router.post(
    "/{edition_id}/invitations",
    response_model=CountryInvitationRead,
    status_code=CREATED,
    responses=problems(SubjectNotFound, PortfolioItemExists),
)
async def create_country_invitation(
    session: WriteSession, caller: Caller, edition_id: UUID, request: CountryInvitationCreate
) -> CountryInvitation:
    """Record the letter by which an authority of a country is asked to nominate."""
    return await edition_parts.create_country_invitation(session, caller, edition_id, request)


@router.get(
    "/{edition_id}/invitations",
    response_model=Page[CountryInvitationRead],
    responses=problems(SubjectNotFound),
)
async def list_country_invitations(session: ReadSession, page: Paging, edition_id: UUID) -> object:
    """List the letters of an edition by country."""
    await questions.get_edition(session, edition_id)
    return await questions.list_country_invitations(session, page, edition_id)


@router.get(
    "/{edition_id}/invitations/{invitation_id}",
    response_model=CountryInvitationRead,
    responses=problems(SubjectNotFound),
)
async def read_country_invitation(
    session: ReadSession, edition_id: UUID, invitation_id: UUID
) -> CountryInvitation:
    """Read one letter of an edition."""
    return await questions.read_invitation(session, edition_id, invitation_id)


@router.post(
    "/{edition_id}/invitations/{invitation_id}/answer",
    response_model=CountryInvitationRead,
    responses=problems(SubjectNotFound),
)
async def answer_country_invitation(
    session: WriteSession, caller: Caller, edition_id: UUID, invitation_id: UUID, request: InvitationAnswer
) -> CountryInvitation:
    """Record what an authority answered to its letter; a later answer replaces an earlier one."""
    return await edition_parts.answer_country_invitation(session, caller, edition_id, invitation_id, request)


@router.post(
    "/{edition_id}/seats",
    response_model=SeatLineRead,
    status_code=CREATED,
    responses=problems(SubjectNotFound, PortfolioItemExists, SeatsExceedCapacity, SeatLineInconsistent),
)
async def create_seat_line(
    session: WriteSession, caller: Caller, edition_id: UUID, request: SeatLineCreate
) -> SeatLine:
    """Give seats of an edition to a country, an authority or a partner."""
    return await edition_parts.create_seat_line(session, caller, edition_id, request)


@router.get("/{edition_id}/seats", response_model=list[SeatLineRead], responses=problems(SubjectNotFound))
async def list_seat_lines(session: ReadSession, edition_id: UUID) -> object:
    """List the seat lines of an edition."""
    await questions.get_edition(session, edition_id)
    return await questions.list_seat_lines(session, edition_id)


@router.get(
    "/{edition_id}/seats/{seat_line_id}", response_model=SeatLineRead, responses=problems(SubjectNotFound)
)
async def read_seat_line(session: ReadSession, edition_id: UUID, seat_line_id: UUID) -> SeatLine:
    """Read one seat line of an edition."""
    return await questions.read_line(session, edition_id, seat_line_id)


@router.patch(
    "/{edition_id}/seats/{seat_line_id}",
    response_model=SeatLineRead,
    responses=problems(SubjectNotFound, SeatsExceedCapacity, SeatLineInconsistent, SettingsFixed),
)
async def change_seat_line(
    session: WriteSession,
    caller: Caller,
    edition_id: UUID,
    seat_line_id: UUID,
    version: ExpectedVersion,
    request: SeatLineChange,
) -> SeatLine:
    """Change the seats of one owner."""
    return await edition_parts.change_seat_line(session, caller, edition_id, seat_line_id, version, request)
