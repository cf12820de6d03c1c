"""Signing in, staying signed in, and signing out.

These operations open their own transactions: a stolen refresh token must end its family *and* be refused,
and no password is hashed while a connection is held.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from gateway.identity.db.accounts import find_account, get_account
from gateway.identity.db.credentials import find_link, find_refresh_token, find_sign_in
from gateway.identity.db.tables import Account, RefreshToken, SignIn
from gateway.identity.domain.access_tokens import LIFETIME, AccessTokens
from gateway.identity.domain.accounts import AccountStatus, SignInMethod
from gateway.identity.domain.credentials import REFRESH_TOKEN, digest, new_secret
from gateway.identity.domain.problems import SecondFactorRequired, SignInRefused
from gateway.identity.operations.attempts import Attempts
from gateway.identity.operations.authenticators import takes_code
from gateway.identity.operations.passwords import Passwords
from gateway.identity.schemas.credentials import LinkSignIn, PasswordSignIn, Refreshment, TokenAnswer
from gateway.vault import Vault
from services.common.audit import record_change
from services.common.clock import real_now
from services.common.identity import Caller
from services.common.problems import NotAuthenticated
from services.common.sessions import Sessions

SESSION: Final = timedelta(days=30)
_REFUSED: Final = "The credentials are not valid."


@dataclass(frozen=True)
class Reception:
    """What signing in needs; one for the whole process."""

    sessions: Sessions
    access_tokens: AccessTokens
    passwords: Passwords
    attempts: Attempts
    demonstration: bool
    vault: Vault

    def admits(self, account: Account | None) -> bool:
        """Say whether an account can be used in this installation at all."""
        return (
            account is not None
            and account.status is AccountStatus.ACTIVE
            and (self.demonstration or not account.demonstration)
        )


async def sign_in_with_password(reception: Reception, request: PasswordSignIn) -> TokenAnswer:
    """Return tokens; raise `TooManyAttempts` or `SignInRefused`, the same for whatever is wrong."""
    await reception.attempts.count_login(request.login)
    async with reception.sessions.reading() as reading:
        account = await find_account(reading, request.login.lower())
    known = account if reception.admits(account) else None
    password = request.password.get_secret_value()
    if not await reception.passwords.check(known.password_hash if known else None, password) or known is None:
        raise SignInRefused(_REFUSED)
    async with reception.sessions.transaction() as session:
        current = await get_account(session, known.id, lock=True)
        if current.password_hash != known.password_hash or not reception.admits(current):
            raise SignInRefused(_REFUSED)
        if current.authenticator_since is not None:
            await _require_code(session, reception, current, request)
        now = await real_now(session)
        entered = SignIn(
            method=SignInMethod.PASSWORD,
            account_id=known.id,
            subject=known.id,
            grants=[],
            started_at=now,
            expires_at=now + SESSION,
            revoked_at=None,
        )
        return await _enter(session, reception, entered, now)


async def _require_code(
    session: AsyncSession, reception: Reception, account: Account, request: PasswordSignIn
) -> None:
    """Raise `SecondFactorRequired` without a code, and `SignInRefused` for a wrong one."""
    if request.code is None:
        raise SecondFactorRequired("Send the code that the authenticator app shows.")
    if not await takes_code(session, reception.vault, account, request.code.get_secret_value()):
        raise SignInRefused(_REFUSED)
    await record_change(session, Caller(account.id), "account.code_taken", account, ["authenticator_step"])


async def sign_in_with_link(reception: Reception, request: LinkSignIn) -> TokenAnswer:
    """Return tokens for the person whom the link was made for, and use it up; raise `SignInRefused`."""
    async with reception.sessions.transaction() as session:
        link = await find_link(session, digest(request.token.get_secret_value()))
        now = await real_now(session)
        if link is None or link.used_at is not None or link.expires_at <= now:
            raise SignInRefused(_REFUSED)
        link.used_at = now
        await record_change(session, Caller(link.subject), "link.used", link, ["used_at"])
        entered = SignIn(
            method=SignInMethod.LINK,
            account_id=None,
            subject=link.subject,
            grants=link.grants,
            started_at=now,
            expires_at=now + SESSION,
            revoked_at=None,
        )
        return await _enter(session, reception, entered, now)


async def refresh(reception: Reception, request: Refreshment) -> TokenAnswer:
    """Return new tokens for a refresh token and use it up.

    A token that comes a second time was copied: its whole sign-in ends. Raises `SignInRefused`.
    """
    renewed: TokenAnswer | None = None
    async with reception.sessions.transaction() as session:
        token = await find_refresh_token(session, digest(request.refresh_token.get_secret_value()))
        sign_in = await find_sign_in(session, token.sign_in_id, lock=True) if token else None
        if token is not None and sign_in is not None:
            now = await real_now(session)
            if token.used_at is not None:
                await _revoke(session, sign_in, "sign_in.revoked_on_reuse")
            elif await _still_holds(session, reception, sign_in, now):
                token.used_at = now
                renewed = _tokens(session, reception, sign_in, now)
    if renewed is None:
        raise SignInRefused(_REFUSED)
    return renewed


async def sign_out(reception: Reception, token: str) -> None:
    """End the sign-in that a refresh or access token belongs to; says nothing of tokens it does not know."""
    async with reception.sessions.transaction() as session:
        sign_in_id = await _family_of(session, reception, token)
        sign_in = await find_sign_in(session, sign_in_id, lock=True) if sign_in_id else None
        if sign_in is not None:
            await _revoke(session, sign_in, "sign_in.revoked")


async def _revoke(session: AsyncSession, sign_in: SignIn, action: str) -> None:
    if sign_in.revoked_at is None:
        sign_in.revoked_at = await real_now(session)
        await record_change(session, Caller(sign_in.subject), action, sign_in, ["revoked_at"])


async def _family_of(session: AsyncSession, reception: Reception, token: str) -> UUID | None:
    if token.startswith(REFRESH_TOKEN):
        known = await find_refresh_token(session, digest(token))
        return known.sign_in_id if known else None
    try:
        return reception.access_tokens.verify(token)
    except NotAuthenticated:
        return None


async def _still_holds(session: AsyncSession, reception: Reception, sign_in: SignIn, now: datetime) -> bool:
    if sign_in.revoked_at is not None or sign_in.expires_at <= now:
        return False
    return sign_in.account_id is None or reception.admits(await get_account(session, sign_in.account_id))


async def _enter(session: AsyncSession, reception: Reception, sign_in: SignIn, now: datetime) -> TokenAnswer:
    session.add(sign_in)
    await record_change(session, Caller(sign_in.subject), "sign_in.started", sign_in)
    return _tokens(session, reception, sign_in, now)


def _tokens(session: AsyncSession, reception: Reception, sign_in: SignIn, now: datetime) -> TokenAnswer:
    secret = new_secret(REFRESH_TOKEN)
    session.add(RefreshToken(digest=digest(secret), sign_in_id=sign_in.id, used_at=None))
    access = reception.access_tokens.sign(subject=sign_in.subject, sign_in=sign_in.id, now=now)
    return TokenAnswer(
        access_token=access,
        token_type="Bearer",  # noqa: S106  the name of a scheme
        expires_in=int(LIFETIME.total_seconds()),
        refresh_token=secret,
    )
