"""What can be done to API keys, and how single-use links are made: secrets that are shown once."""

from datetime import timedelta
from uuid import UUID, uuid4

from sqlalchemy.ext.asyncio import AsyncSession

from gateway.identity.db.credentials import get_api_key
from gateway.identity.db.tables import ApiKey, Link
from gateway.identity.domain.credentials import LINK, digest, new_api_key, new_secret
from gateway.identity.schemas.credentials import (
    ApiKeyCreate,
    ApiKeyItem,
    ApiKeyRead,
    KeyGrant,
    LinkCreate,
    LinkIssued,
)
from services.common.audit import record_change
from services.common.clock import real_now
from services.common.identity import Caller


async def create_api_key(session: AsyncSession, caller: Caller, request: ApiKeyCreate) -> ApiKeyRead:
    """Make an API key; the answer is the only place where its secret stands."""
    key_id = uuid4()
    secret = new_api_key(key_id)
    key = ApiKey(
        id=key_id,
        name=request.name,
        digest=digest(secret),
        grants=[_kept(grant) for grant in request.grants],
        expires_at=await real_now(session) + timedelta(days=request.days),
        revoked_at=None,
    )
    session.add(key)
    await record_change(session, caller, "api_key.created", key)
    return ApiKeyRead(**ApiKeyItem.model_validate(key).model_dump(), secret=secret)


async def revoke_api_key(session: AsyncSession, caller: Caller, key_id: UUID) -> ApiKey:
    """Make an API key useless; one that is revoked stays as it is."""
    key = await get_api_key(session, key_id, lock=True)
    if key.revoked_at is None:
        key.revoked_at = await real_now(session)
        await record_change(session, caller, "api_key.revoked", key, ["revoked_at"])
    return key


async def mint_link(session: AsyncSession, caller: Caller, request: LinkCreate) -> LinkIssued:
    """Make a link that signs `subject` in once; the session it opens lasts 30 days on that device."""
    token = new_secret(LINK)
    link = Link(
        digest=digest(token),
        subject=request.subject,
        grants=[_kept(grant) for grant in request.grants],
        expires_at=await real_now(session) + timedelta(hours=request.hours),
        used_at=None,
    )
    session.add(link)
    await record_change(session, caller, "link.minted", link)
    return LinkIssued(token=token, expires_at=link.expires_at)


def _kept(grant: KeyGrant) -> dict[str, str]:
    scope = {"kind": str(grant.scope.kind), "id": grant.scope.id} if grant.scope else {}
    return {"role": str(grant.role)} | scope
