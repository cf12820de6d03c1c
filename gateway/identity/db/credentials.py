"""Questions asked of credentials: API keys, sign-ins, refresh tokens, links."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from gateway.identity.db.tables import ApiKey, Link, RefreshToken, SignIn
from gateway.identity.domain.problems import ApiKeyNotFound
from services.common.pagination import PageRequest, Rows, SortKey, fetch_page


async def get_api_key(session: AsyncSession, key_id: UUID, *, lock: bool = False) -> ApiKey:
    """Return the API key, locked for update if `lock`; raise `ApiKeyNotFound`."""
    key = await session.get(ApiKey, key_id, with_for_update=lock or None)
    if key is None:
        raise ApiKeyNotFound("There is no such API key.")
    return key


async def list_api_keys(session: AsyncSession, page: PageRequest) -> Rows:
    """Return API keys by name."""
    return await fetch_page(session, select(ApiKey), page, SortKey(ApiKey.name), SortKey(ApiKey.id))


async def find_sign_in(session: AsyncSession, sign_in_id: UUID, *, lock: bool = False) -> SignIn | None:
    """Return the sign-in, locked for update if `lock`."""
    return await session.get(SignIn, sign_in_id, with_for_update=lock or None)


async def list_sign_ins(session: AsyncSession, subject: UUID, *, lock: bool = False) -> Sequence[SignIn]:
    """Return the sign-ins of `subject` that hold, the latest first, locked for update if `lock`."""
    current = (
        SignIn.subject == subject,
        SignIn.revoked_at.is_(None),
        SignIn.expires_at > func.clock_timestamp(),
    )
    query = select(SignIn).where(*current).order_by(SignIn.id.desc()).limit(200)
    return (await session.scalars(query.with_for_update() if lock else query)).all()


async def find_refresh_token(session: AsyncSession, digest: bytes) -> RefreshToken | None:
    """Return the refresh token, locked: of two uses at the same time one is the second."""
    found: RefreshToken | None = await session.scalar(
        select(RefreshToken).where(RefreshToken.digest == digest).with_for_update()
    )
    return found


async def find_link(session: AsyncSession, digest: bytes) -> Link | None:
    """Return the link, locked."""
    found: Link | None = await session.scalar(select(Link).where(Link.digest == digest).with_for_update())
    return found
