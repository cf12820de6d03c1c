"""Questions asked when a person is to be forgotten, or asks what is held about them."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from gateway.identity.db.tables import Account, Letter, Link, RoleGrant, SignIn
from services.common.identity import GrantKind


async def list_logins(session: AsyncSession) -> Sequence[tuple[UUID, str]]:
    """Return id and login of every account."""
    rows = await session.execute(select(Account.id, Account.login).order_by(Account.id))
    return [(row[0], row[1]) for row in rows]


async def list_letters(session: AsyncSession) -> Sequence[Letter]:
    """Return the letters that wait to be sent."""
    return (await session.scalars(select(Letter).order_by(Letter.id))).all()


async def find_accounts_of(session: AsyncSession, persons: Collection[UUID]) -> Sequence[UUID]:
    """Return the accounts that act for one of these persons."""
    query = select(RoleGrant.account_id).where(
        RoleGrant.scope_kind == GrantKind.PERSON,
        RoleGrant.scope_id.in_([str(person) for person in persons]),
    )
    return (await session.scalars(query.distinct())).all()


async def lock_accounts(session: AsyncSession, ids: Collection[UUID]) -> Sequence[Account]:
    """Return these accounts, locked in one order."""
    query = select(Account).where(Account.id.in_(ids)).order_by(Account.id)
    return (await session.scalars(query.with_for_update())).all()


async def lock_grants(session: AsyncSession, account_id: UUID) -> Sequence[RoleGrant]:
    """Return every grant of an account, withdrawn ones included, locked."""
    query = select(RoleGrant).where(RoleGrant.account_id == account_id).order_by(RoleGrant.id)
    return (await session.scalars(query.with_for_update())).all()


async def end_links(session: AsyncSession, persons: Collection[UUID]) -> None:
    """Delete the links that were made for these persons, and end what they opened."""
    now = func.clock_timestamp()
    await session.execute(delete(Link).where(Link.subject.in_(persons)))
    current = SignIn.subject.in_(persons), SignIn.revoked_at.is_(None)
    await session.execute(update(SignIn).where(*current).values(revoked_at=now))


async def list_accounts_told(
    session: AsyncSession, persons: Collection[UUID], logins: Collection[str]
) -> Sequence[tuple[Account, Sequence[RoleGrant]]]:
    """Return the accounts of these persons or logins, each with every grant it has or had."""
    own = await find_accounts_of(session, persons)
    query = select(Account).where(or_(Account.id.in_(own), Account.login.in_(logins)))
    told = []
    for account in (await session.scalars(query.order_by(Account.id))).all():
        held = select(RoleGrant).where(RoleGrant.account_id == account.id).order_by(RoleGrant.id)
        told.append((account, (await session.scalars(held)).all()))
    return told


async def list_all_sign_ins(session: AsyncSession, subjects: Collection[UUID]) -> Sequence[SignIn]:
    """Return every sign-in of these persons and accounts, ended ones included."""
    mine: ColumnElement[Any] = SignIn.subject.in_(subjects)
    return (await session.scalars(select(SignIn).where(mine).order_by(SignIn.id))).all()
