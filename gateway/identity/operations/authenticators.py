"""Authenticator apps (RFC 6238): a second proof beside the password, for whoever wants it, with recovery codes."""

import secrets
from typing import Final
from uuid import UUID

import pyotp
from sqlalchemy.ext.asyncio import AsyncSession

from gateway.identity.db.accounts import get_account
from gateway.identity.db.admissions import count_recovery_codes, find_recovery_code, forget_recovery_codes
from gateway.identity.db.tables import Account, RecoveryCode
from gateway.identity.domain.credentials import digest
from gateway.identity.domain.problems import AuthenticatorKnown, CodeRefused
from gateway.identity.operations.accounts import end_sign_ins
from gateway.identity.schemas.self_service import AuthenticatorRead, AuthenticatorStarted, RecoveryCodes
from gateway.vault import Vault
from services.common.audit import record_change
from services.common.clock import real_now
from services.common.identity import Caller
from services.common.problems import NotAuthenticated

RECOVERY_CODES: Final = 10
_PERIOD_SECONDS: Final = 30
_ISSUER: Final = "Qoldau"


async def start_authenticator(session: AsyncSession, caller: Caller, vault: Vault) -> AuthenticatorStarted:
    """Return a new secret for the caller's app, asked for once confirmed. Raises `AuthenticatorKnown`."""
    account = await _own_account(session, caller)
    if account.authenticator_since is not None:
        raise AuthenticatorKnown("Remove the one you have first.")
    secret = pyotp.random_base32()
    account.sealed_authenticator = vault.seal(secret.encode(), account.id)
    await record_change(session, caller, "account.authenticator_started", account, ["sealed_authenticator"])
    address = pyotp.TOTP(secret).provisioning_uri(name=account.login, issuer_name=_ISSUER)
    return AuthenticatorStarted(secret=secret, uri=address)


async def confirm_authenticator(
    session: AsyncSession, caller: Caller, vault: Vault, code: str
) -> RecoveryCodes:
    """Let the app be asked for from now on; the answer is the only place where the recovery codes stand."""
    account = await _own_account(session, caller)
    if account.authenticator_since is not None:
        raise AuthenticatorKnown("It is confirmed already.")
    if account.sealed_authenticator is None or not await takes_code(session, vault, account, code):
        raise CodeRefused("The code is not the one that the app shows now.")
    account.authenticator_since = await real_now(session)
    await forget_recovery_codes(session, account.id)
    codes = [f"{secrets.token_hex(4)}-{secrets.token_hex(4)}" for _ in range(RECOVERY_CODES)]
    session.add_all(RecoveryCode(account_id=account.id, digest=digest(code), used_at=None) for code in codes)
    await record_change(session, caller, "account.authenticator_confirmed", account, ["authenticator_since"])
    return RecoveryCodes(codes=codes)


async def read_authenticator(session: AsyncSession, caller: Caller) -> AuthenticatorRead:
    """Return whether the caller's app is asked for, and how many recovery codes are left."""
    account = await _own_account(session, caller, lock=False)
    left = await count_recovery_codes(session, account.id)
    return AuthenticatorRead(confirmed_at=account.authenticator_since, recovery_codes_left=left)


async def reset_authenticator(session: AsyncSession, caller: Caller, account_id: UUID) -> Account:
    """Ask an account for no app any more, whose owner has lost it and the recovery codes; ends its sign-ins.

    One's own is removed with a code only: raises `CodeRefused`.
    """
    if account_id == caller.subject:
        raise CodeRefused(
            "Remove your own authenticator with one of its codes, or let somebody else reset it."
        )
    account = await get_account(session, account_id, lock=True)
    await _forget_authenticator(session, account)
    await end_sign_ins(session, account.id)
    await record_change(session, caller, "account.authenticator_reset", account, ["authenticator_since"])
    return account


async def remove_authenticator(session: AsyncSession, caller: Caller, vault: Vault, code: str) -> None:
    """Ask for no app any more; needs one of its codes, or a recovery code. Raises `CodeRefused`."""
    account = await _own_account(session, caller)
    if account.sealed_authenticator is None or not await takes_code(session, vault, account, code):
        raise CodeRefused("The code is not valid.")
    await _forget_authenticator(session, account)
    await record_change(session, caller, "account.authenticator_removed", account, ["authenticator_since"])


async def takes_code(session: AsyncSession, vault: Vault, account: Account, code: str) -> bool:
    """Say whether `code` proves the locked account's app, or is a recovery code of it; uses it up."""
    if account.sealed_authenticator is None:
        return False
    now = await real_now(session)
    code = "".join(code.split())  # apps show "123 456"
    recovery = await find_recovery_code(session, account.id, digest(code.lower()))
    if recovery is not None:
        recovery.used_at = now
        return True
    app = pyotp.TOTP(vault.unseal(account.sealed_authenticator, account.id).decode())
    current = int(now.timestamp()) // _PERIOD_SECONDS
    for step in (current - 1, current, current + 1):
        fresh = account.authenticator_step is None or step > account.authenticator_step
        if fresh and secrets.compare_digest(app.generate_otp(step), code):
            account.authenticator_step = step
            return True
    return False


async def _forget_authenticator(session: AsyncSession, account: Account) -> None:
    account.sealed_authenticator = account.authenticator_since = account.authenticator_step = None
    await forget_recovery_codes(session, account.id)


async def _own_account(session: AsyncSession, caller: Caller, *, lock: bool = True) -> Account:
    if caller.subject is None:
        raise NotAuthenticated("This operation needs a signed-in caller.")
    return await get_account(session, caller.subject, lock=lock)
