"""Forgetting the access of a person: accounts under their address, sign-ins, links, letters.

The address comes as a digest under a key of its own, so that no event carries it; the account of somebody who
works for the agency too is forgotten with it, for an address is a person's whatever they do with it.
"""

import asyncio
import hmac
from contextlib import suppress
from dataclasses import dataclass, field
from email import policy
from email.parser import BytesHeaderParser
from email.utils import parseaddr
from hashlib import sha256
from pathlib import Path
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from gateway.identity.db.admissions import forget_admissions, forget_recovery_codes
from gateway.identity.db.erasures import (
    end_links,
    find_accounts_of,
    list_letters,
    list_logins,
    lock_accounts,
    lock_grants,
)
from gateway.identity.db.tables import Account
from gateway.identity.domain.accounts import AccountStatus
from gateway.identity.operations.accounts import end_sign_ins
from services.common.audit import record_change
from services.common.clock import real_now
from services.common.identity import GATEWAY, acting_service

_ROOM: Final = acting_service(GATEWAY)
NOBODY: Final = "erased.invalid"
"""The domain of logins that are nobody's any more (RFC 6761)."""


@dataclass(frozen=True)
class Forgotten:
    """Who is to be forgotten: ids of their records, and digests of their addresses."""

    persons: frozenset[UUID]
    key: bytes = field(repr=False)
    digests: frozenset[str] = field(repr=False)

    def names(self, address: str) -> bool:
        """Say whether this is an address of theirs."""
        return hmac.new(self.key, address.lower().encode(), sha256).hexdigest() in self.digests


async def erase_access(session: AsyncSession, forgotten: Forgotten, letters: Path | None) -> None:
    """Forget every account of the person, end what they opened, and delete letters to them; may be repeated."""
    ids = {id_ for id_, login in await list_logins(session) if forgotten.names(login)}
    ids.update(await find_accounts_of(session, forgotten.persons))
    for account in await lock_accounts(session, ids):
        await _forget_account(session, account)
    await end_links(session, forgotten.persons | ids)
    for letter in await list_letters(session):
        if forgotten.names(letter.login):
            await session.delete(letter)
    if letters is not None:
        await asyncio.to_thread(_delete_letters, letters, forgotten)


async def _forget_account(session: AsyncSession, account: Account) -> None:
    """Leave an account that nobody can use and that names nobody."""
    account.login, account.display_name = f"{account.id}@{NOBODY}", ""
    account.password_hash = account.sealed_authenticator = None
    account.authenticator_since = account.authenticator_step = None
    account.status = AccountStatus.DISABLED
    await record_change(session, _ROOM, "account.erased", account, ["login", "display_name", "status"])
    await forget_admissions(session, account.id)
    await forget_recovery_codes(session, account.id)
    await end_sign_ins(session, account.id)
    now = await real_now(session)
    for grant in await lock_grants(session, account.id):
        if grant.withdrawn_at is None or grant.reason is not None:
            grant.withdrawn_at, grant.reason = grant.withdrawn_at or now, None
            await record_change(session, _ROOM, "grant.withdrawn", grant, ["withdrawn_at", "reason"])


def _delete_letters(folder: Path, forgotten: Forgotten) -> None:
    """Delete the letters to a person; participants may keep its own in the same folder, and deletes them too."""
    headers = BytesHeaderParser(policy=policy.default)
    for file in folder.glob("*.eml"):
        with suppress(FileNotFoundError), file.open("rb") as letter:
            if forgotten.names(parseaddr(str(headers.parse(letter)["To"]))[1]):
                file.unlink()
