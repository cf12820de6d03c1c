"""Questions asked of accounts and of what they are granted."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from gateway.identity.db.tables import Account, RoleGrant
from gateway.identity.domain.problems import AccountNotFound, GrantNotFound
from services.common.pagination import PageRequest, Rows, SortKey, fetch_page


async def get_account(session: AsyncSession, account_id: UUID, *, lock: bool = False) -> Account:
    """Return the account, locked for update if `lock`; raise `AccountNotFound`."""
    account = await session.get(Account, account_id, with_for_update=lock or None)
    if account is None:
        raise AccountNotFound("There is no such account.")
    return account


async def find_account(session: AsyncSession, login: str) -> Account | None:
    """Return the account with this login (in lower case)."""
    found: Account | None = await session.scalar(select(Account).where(Account.login == login))
    return found


async def list_accounts(session: AsyncSession, page: PageRequest) -> Rows:
    """Return accounts by login."""
    return await fetch_page(session, select(Account), page, SortKey(Account.login))


async def get_grant(session: AsyncSession, grant_id: UUID, *, lock: bool = False) -> RoleGrant:
    """Return the grant, locked for update if `lock`; raise `GrantNotFound`."""
    grant = await session.get(RoleGrant, grant_id, with_for_update=lock or None)
    if grant is None:
        raise GrantNotFound("There is no such grant.")
    return grant


async def list_grants(session: AsyncSession, page: PageRequest, *, account_id: UUID | None) -> Rows:
    """Return grants that hold, of one account or of all, in order of entry."""
    query = select(RoleGrant).where(*_holding())
    if account_id is not None:
        query = query.where(RoleGrant.account_id == account_id)
    return await fetch_page(session, query, page, SortKey(RoleGrant.id))


async def list_grants_of(session: AsyncSession, account_id: UUID) -> Sequence[RoleGrant]:
    """Return every grant that the account holds now."""
    query = select(RoleGrant).where(RoleGrant.account_id == account_id, *_holding())
    return (await session.scalars(query.order_by(RoleGrant.id))).all()


async def lock_expired_grants(session: AsyncSession, account_id: UUID) -> Sequence[RoleGrant]:
    """Return the grants of an account that have ended by themselves and were not withdrawn, locked."""
    ended = RoleGrant.withdrawn_at.is_(None), RoleGrant.expires_at <= func.clock_timestamp()
    query = select(RoleGrant).where(RoleGrant.account_id == account_id, *ended).order_by(RoleGrant.id)
    return (await session.scalars(query.with_for_update())).all()


def _holding() -> tuple[ColumnElement[bool], ...]:
    return (
        RoleGrant.withdrawn_at.is_(None),
        or_(RoleGrant.expires_at.is_(None), RoleGrant.expires_at > func.clock_timestamp()),
    )
