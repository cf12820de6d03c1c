"""What can be done to the records of persons and of their authorities."""

import json
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.common.audit import record_change
from services.common.context import request_id
from services.common.database import new_id
from services.common.file_records import attach_file, discard_files_of
from services.common.identity import Caller, Reach
from services.common.preconditions import require_version
from services.common.seal import blind_index, decrypt, encrypt
from services.participants.db.mirrors import find_extension, get_edition
from services.participants.db.people import get_authority, get_own_or_any, get_person
from services.participants.db.privacy_tables import SensitiveRead
from services.participants.db.tables import Authority, DeadlineExtension, Person
from services.participants.domain.people import ReadPurpose, context_of_sensitive_block
from services.participants.domain.problems import AuthorityNotFound, SensitiveDataNotFound
from services.participants.operations.matching import index_persons
from services.participants.operations.nominees import plan_purge_of_unconfirmed
from services.participants.schemas.nominees import Delegation
from services.participants.schemas.people import (
    AuthorityCreate,
    DeadlineExtensionWrite,
    PersonChange,
    PersonCreate,
    SensitiveData,
)


async def create_authority(session: AsyncSession, caller: Caller, request: AuthorityCreate) -> Authority:
    """Let an organization nominate for a country."""
    authority = Authority(**request.model_dump())
    session.add(authority)
    await record_change(session, caller, "authority.created", authority)
    return authority


async def extend_deadline(
    session: AsyncSession,
    caller: Caller,
    authority_id: UUID,
    edition_id: UUID,
    request: DeadlineExtensionWrite,
) -> DeadlineExtension:
    """Give one authority its own deadline in one call, or move it."""
    authority = await get_authority(session, authority_id, visible_to=caller, lock=True)
    edition = await get_edition(session, edition_id)
    extension = await find_extension(session, edition.id, authority.id)
    if extension is None:
        extension = DeadlineExtension(authority_id=authority.id, edition_id=edition.id)
        session.add(extension)
    extension.closes_at, extension.reason = request.closes_at, request.reason
    await record_change(session, caller, "deadline.extended", extension, ["closes_at", "reason"])
    await plan_purge_of_unconfirmed(session, edition.id)
    return extension


async def keep_delegation(
    session: AsyncSession, caller: Caller, authority_id: UUID, request: Delegation
) -> Authority:
    """Enter the document by which an authority nominates, in place of an earlier one."""
    authority = await get_authority(session, authority_id, visible_to=caller, lock=True)
    earlier = (authority.delegation or {}).get("file_id")
    authority.delegation = request.model_dump(mode="json")
    await record_change(session, caller, "authority.delegated", authority, ["delegation"])
    if request.file_id is not None and str(request.file_id) != earlier:
        await discard_files_of(session, caller, [authority.id])
        await attach_file(
            session,
            caller,
            request.file_id,
            purpose="delegation",
            kind="authority",
            subject_id=authority.id,
        )
    return authority


async def create_person(session: AsyncSession, caller: Caller, request: PersonCreate) -> Person:
    """Enter a person; an officer does it for one of their own authorities."""
    if request.authority_id is not None:
        await get_authority(session, request.authority_id, visible_to=caller)
    elif caller.reach is not Reach.ALL:
        raise AuthorityNotFound("Name the authority for which you enter the person.")
    person = Person(
        id=new_id(),
        **request.model_dump(exclude={"authority_id", "names"}),
        names=[name.model_dump() for name in request.names],
        entered_by=request.authority_id,
    )
    session.add(person)
    await index_persons(session, [person])
    await record_change(session, caller, "person.entered", person)
    return person


async def change_person(
    session: AsyncSession, caller: Caller, person_id: UUID, request: PersonChange, *, expected: int
) -> Person:
    """Change what is recorded of oneself; staff may do it for anybody, an officer for nobody."""
    await get_own_or_any(session, person_id, caller=caller)
    person = await get_person(session, person_id, visible_to=caller, lock=True)
    require_version(person, expected)
    changes = request.model_dump(exclude_none=True)
    for name, value in changes.items():
        setattr(person, name, value)
    await index_persons(session, [person])
    await record_change(session, caller, "person.changed", person, changes)
    return person


async def keep_sensitive_data(
    session: AsyncSession,
    caller: Caller,
    person_id: UUID,
    request: SensitiveData,
    *,
    key: bytes,
    index_key: bytes,
) -> Person:
    """Encrypt the sensitive block under the person's own `key`; the passport number is indexed blindly."""
    person = await get_own_or_any(session, person_id, caller=caller)
    context = context_of_sensitive_block(person.id)
    person.sensitive = encrypt(key, json.dumps(request.model_dump()).encode(), context)
    number = request.passport_number
    person.passport_index = None if number is None else blind_index(index_key, number)
    await index_persons(session, [person])
    await record_change(session, caller, "person.sensitive_data_kept", person, ["sensitive"])
    return person


async def read_sensitive_data(
    session: AsyncSession, caller: Caller, person_id: UUID, purpose: ReadPurpose, *, key: bytes
) -> dict[str, Any]:
    """Return the decrypted sensitive block, and log who read it and what for."""
    person = await get_own_or_any(session, person_id, caller=caller)
    if person.sensitive is None:
        raise SensitiveDataNotFound("The person has not given these data.")
    session.add(
        SensitiveRead(
            person_id=person.id, actor=caller.principal, purpose=purpose, request_id=request_id.get()
        )
    )
    block: dict[str, Any] = json.loads(decrypt(key, person.sensitive, context_of_sensitive_block(person.id)))
    return block
