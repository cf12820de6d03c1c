"""What can be done to accounts and to what they are granted."""

from uuid import UUID

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from gateway.identity.db.accounts import get_account, get_grant, lock_expired_grants
from gateway.identity.db.tables import Account, RoleGrant, SignIn
from gateway.identity.domain.accounts import AccountStatus
from gateway.identity.operations.passwords import Passwords
from gateway.identity.schemas.accounts import AccountChange, AccountCreate, GrantCreate
from services.common.audit import record_change
from services.common.clock import real_now
from services.common.identity import GATEWAY, Caller, acting_service
from services.common.preconditions import require_version


async def create_account(
    session: AsyncSession,
    caller: Caller,
    passwords: Passwords,
    request: AccountCreate,
    *,
    demonstration: bool = False,
) -> Account:
    """Enter an account, without a password if none is told; raises `LoginTaken` when it is written."""
    account = Account(
        login=request.login,
        display_name=request.display_name,
        password_hash=await passwords.keep(request.password.get_secret_value()) if request.password else None,
        status=AccountStatus.ACTIVE,
        demonstration=demonstration,
        sealed_authenticator=None,
        authenticator_since=None,
        authenticator_step=None,
    )
    session.add(account)
    await record_change(session, caller, "account.created", account)
    return account


async def change_account(
    session: AsyncSession,
    caller: Caller,
    passwords: Passwords,
    account_id: UUID,
    expected_version: int,
    request: AccountChange,
) -> Account:
    """Change an account; a new password or a disabled account ends every sign-in."""
    account = await get_account(session, account_id, lock=True)
    require_version(account, expected_version)
    if request.display_name is not None:
        account.display_name = request.display_name
    if request.status is not None:
        account.status = request.status
    if request.password is not None:
        account.password_hash = await passwords.keep(request.password.get_secret_value())
    if request.password is not None or request.status is AccountStatus.DISABLED:
        await end_sign_ins(session, account_id)
    await record_change(session, caller, "account.changed", account, request.model_fields_set)
    return account


async def create_grant(session: AsyncSession, caller: Caller, request: GrantCreate) -> RoleGrant:
    """Grant a role, everywhere or within one scope; raises `GrantExists` for one that is held already."""
    account = await get_account(session, request.account_id)
    await close_expired_grants(session, account.id)
    grant = RoleGrant(
        account_id=account.id,
        role=request.role,
        scope_kind=request.scope.kind if request.scope else None,
        scope_id=request.scope.id if request.scope else None,
        withdrawn_at=None,
        expires_at=None,
        reason=None,
    )
    session.add(grant)
    await record_change(session, caller, "grant.created", grant)
    return grant


async def close_expired_grants(session: AsyncSession, account_id: UUID) -> None:
    """Record that grants of an account have ended, so that they stand in nobody's way."""
    for grant in await lock_expired_grants(session, account_id):
        grant.withdrawn_at = grant.expires_at
        await record_change(session, acting_service(GATEWAY), "grant.expired", grant, ["withdrawn_at"])


async def withdraw_grant(session: AsyncSession, caller: Caller, grant_id: UUID) -> RoleGrant:
    """End a grant; one that has ended already stays as it is."""
    grant = await get_grant(session, grant_id, lock=True)
    if grant.withdrawn_at is None:
        grant.withdrawn_at = await real_now(session)
        await record_change(session, caller, "grant.withdrawn", grant, ["withdrawn_at"])
    return grant


async def end_sign_ins(session: AsyncSession, account_id: UUID) -> None:
    """End every sign-in of an account."""
    current = SignIn.account_id == account_id, SignIn.revoked_at.is_(None)
    await session.execute(update(SignIn).where(*current).values(revoked_at=await real_now(session)))
