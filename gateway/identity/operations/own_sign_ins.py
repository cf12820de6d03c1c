"""What people do to their own sign-ins, and the emergency by which an administrator takes another role."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from gateway.identity.db.accounts import get_account
from gateway.identity.db.credentials import find_sign_in, list_sign_ins
from gateway.identity.db.tables import RoleGrant, SignIn
from gateway.identity.domain.problems import SignInNotFound
from gateway.identity.operations.accounts import close_expired_grants
from gateway.identity.schemas.self_service import GlassBreaking
from services.common.audit import record_change
from services.common.clock import real_now
from services.common.identity import Caller
from services.common.problems import NotAuthenticated

log = structlog.get_logger()


def own_subject(caller: Caller) -> UUID:
    """Return who the caller is; raises `NotAuthenticated` for the public."""
    if caller.subject is None:
        raise NotAuthenticated("This operation needs a signed-in caller.")
    return caller.subject


async def revoke_sign_in(session: AsyncSession, caller: Caller, sign_in_id: UUID) -> None:
    """End one sign-in of the caller's; raises `SignInNotFound`, for those of others too."""
    sign_in = await find_sign_in(session, sign_in_id, lock=True)
    if sign_in is None or sign_in.subject != own_subject(caller):
        raise SignInNotFound("There is no such sign-in.")
    await _revoke(session, caller, [sign_in])


async def sign_out_everywhere(session: AsyncSession, caller: Caller) -> None:
    """End every sign-in of the caller's, this one too."""
    await _revoke(session, caller, await list_sign_ins(session, own_subject(caller), lock=True))


async def break_glass(session: AsyncSession, caller: Caller, request: GlassBreaking) -> RoleGrant:
    """Give the caller a role for some hours, and leave a word of it in log and audit."""
    account = await get_account(session, own_subject(caller))
    await close_expired_grants(session, account.id)
    grant = RoleGrant(
        account_id=account.id,
        role=request.role,
        scope_kind=None,
        scope_id=None,
        withdrawn_at=None,
        expires_at=await real_now(session) + timedelta(hours=request.hours),
        reason=request.reason,
    )
    session.add(grant)
    await record_change(session, caller, "glass.broken", grant, ["role", "expires_at", "reason"])
    log.warning("glass_broken", account_id=str(account.id), code=request.role.value)
    return grant


async def _revoke(session: AsyncSession, caller: Caller, sign_ins: Sequence[SignIn]) -> None:
    now = await real_now(session)
    for sign_in in sign_ins:
        if sign_in.revoked_at is None:
            sign_in.revoked_at = now
            await record_change(session, caller, "sign_in.revoked", sign_in, ["revoked_at"])
