"""Routes of persons and their sensitive data, and of nominating authorities."""

from typing import Any
from uuid import UUID

from fastapi import Response, status

from services.common.audit import AuditEntryRead, AuditFilter, fetch_entries
from services.common.file_records import FileNotAttachable
from services.common.http.callers import Caller
from services.common.http.paging import Following, Paging
from services.common.http.preconditions import ExpectedVersion
from services.common.http.problem_responses import problems
from services.common.http.routes import house_router
from services.common.http.sessions import ReadSession, WriteSession
from services.common.wire import FollowedPage, Page
from services.participants.api.keys import PASSPORT_INDEX, PERSON, Keys, open_room_key
from services.participants.db import people as questions
from services.participants.db.personal import find_ids_about
from services.participants.db.tables import Authority, DeadlineExtension, Person
from services.participants.domain.people import ReadPurpose
from services.participants.domain.problems import (
    AuthorityExists,
    AuthorityNotFound,
    CallNotFound,
    PersonNotFound,
    SensitiveDataNotFound,
)
from services.participants.operations import people as operations
from services.participants.schemas.nominees import Delegation
from services.participants.schemas.people import (
    AuthorityCreate,
    AuthorityRead,
    DeadlineExtensionRead,
    DeadlineExtensionWrite,
    PersonChange,
    PersonCreate,
    PersonItem,
    PersonRead,
    SensitiveData,
    SensitiveDataRead,
)

router = house_router("persons", "")


@router.post(
    "/authorities",
    response_model=AuthorityRead,
    status_code=status.HTTP_201_CREATED,
    responses=problems(AuthorityExists),
)
async def create_authority(
    session: WriteSession, caller: Caller, request: AuthorityCreate, response: Response
) -> Authority:
    """Let an organization nominate for a country; its officers are named by grants."""
    authority = await operations.create_authority(session, caller, request)
    response.headers["Location"] = f"/v1/authorities/{authority.id}"
    return authority


@router.get("/authorities", response_model=FollowedPage[AuthorityRead])
async def list_authorities(session: ReadSession, caller: Caller, page: Following) -> object:
    """List the nominating authorities that you may see, by country."""
    return await questions.list_authorities(session, page, visible_to=caller)


@router.get(
    "/authorities/{authority_id}", response_model=AuthorityRead, responses=problems(AuthorityNotFound)
)
async def read_authority(session: ReadSession, caller: Caller, authority_id: UUID) -> Authority:
    """Read one nominating authority."""
    return await questions.get_authority(session, authority_id, visible_to=caller)


@router.put(
    "/authorities/{authority_id}/deadlines/{edition_id}",
    response_model=DeadlineExtensionRead,
    responses=problems(AuthorityNotFound, CallNotFound),
)
async def extend_deadline(
    session: WriteSession,
    caller: Caller,
    authority_id: UUID,
    edition_id: UUID,
    request: DeadlineExtensionWrite,
) -> DeadlineExtension:
    """Give one authority its own deadline in one call."""
    return await operations.extend_deadline(session, caller, authority_id, edition_id, request)


@router.put(
    "/authorities/{authority_id}/delegation",
    response_model=AuthorityRead,
    responses=problems(AuthorityNotFound, FileNotAttachable),
)
async def keep_delegation(
    session: WriteSession, caller: Caller, authority_id: UUID, request: Delegation
) -> Authority:
    """Enter the document by which your authority nominates."""
    return await operations.keep_delegation(session, caller, authority_id, request)


@router.post(
    "/persons",
    response_model=PersonRead,
    status_code=status.HTTP_201_CREATED,
    responses=problems(AuthorityNotFound),
)
async def create_person(
    session: WriteSession, caller: Caller, request: PersonCreate, response: Response
) -> Person:
    """Enter a person, with each name as its document writes it."""
    person = await operations.create_person(session, caller, request)
    response.headers["Location"] = f"/v1/persons/{person.id}"
    return person


@router.get("/persons", response_model=FollowedPage[PersonItem])
async def list_persons(session: ReadSession, caller: Caller, page: Following) -> object:
    """List the persons that you entered or are."""
    return await questions.list_persons(session, page, visible_to=caller)


@router.get("/persons/{person_id}", response_model=PersonRead, responses=problems(PersonNotFound))
async def read_person(session: ReadSession, caller: Caller, person_id: UUID) -> Person:
    """Read one person, without the sensitive block."""
    return await questions.get_person(session, person_id, visible_to=caller)


@router.patch("/persons/{person_id}", response_model=PersonRead, responses=problems(PersonNotFound))
async def change_person(
    session: WriteSession, caller: Caller, person_id: UUID, request: PersonChange, version: ExpectedVersion
) -> Person:
    """Change what is recorded of you."""
    return await operations.change_person(session, caller, person_id, request, expected=version)


@router.get(
    "/persons/{person_id}/history", response_model=Page[AuditEntryRead], responses=problems(PersonNotFound)
)
async def read_person_history(
    session: ReadSession, caller: Caller, page: Paging, person_id: UUID
) -> Response:
    """Read who changed what about a person, from the first entry to the last certificate; never the values."""
    person = await questions.get_own_or_any(session, person_id, caller=caller)
    ids = await find_ids_about(session, [person.id])
    about = AuditFilter(subjects=frozenset(id_ for rows in ids.values() for id_ in rows))
    return Response(await fetch_entries(session, about, page), media_type="application/json")


@router.put(
    "/persons/{person_id}/sensitive-data", response_model=PersonRead, responses=problems(PersonNotFound)
)
async def keep_sensitive_data(
    session: WriteSession, caller: Caller, keys: Keys, person_id: UUID, request: SensitiveData
) -> Person:
    """Keep your own sensitive data, encrypted under a key that erasure destroys."""
    await questions.get_own_or_any(session, person_id, caller=caller)
    await keys.create_key(PERSON, str(person_id))
    key = await keys.open_key(PERSON, str(person_id))
    index_key = await open_room_key(keys, PASSPORT_INDEX)
    return await operations.keep_sensitive_data(
        session, caller, person_id, request, key=key, index_key=index_key
    )


@router.get(
    "/persons/{person_id}/sensitive-data",
    response_model=SensitiveDataRead,
    responses=problems(PersonNotFound, SensitiveDataNotFound),
)
async def read_sensitive_data(
    session: WriteSession, caller: Caller, keys: Keys, person_id: UUID, purpose: ReadPurpose
) -> dict[str, Any]:
    """Read a person's sensitive data for a purpose; the reading is logged in the same transaction."""
    await questions.get_own_or_any(session, person_id, caller=caller)
    await keys.create_key(PERSON, str(person_id))
    key = await keys.open_key(PERSON, str(person_id))
    return await operations.read_sensitive_data(session, caller, person_id, purpose, key=key)
