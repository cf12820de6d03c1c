"""Passwords: kept with argon2id, checked beside the event loop, never more than two at once."""

import asyncio
import secrets
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

# OWASP Password Storage Cheat Sheet: 19 MiB, two passes, one lane.
_HASHER: Final = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


class Passwords:
    """Hashes and checks passwords; one for the whole process, since it bounds the memory they take."""

    def __init__(self) -> None:
        self._turns = asyncio.Semaphore(2)
        self._nobodys = _HASHER.hash(secrets.token_urlsafe())

    async def keep(self, password: str) -> str:
        """Return what is to be stored of `password`."""
        async with self._turns:
            return await asyncio.to_thread(_HASHER.hash, password)

    async def check(self, kept: str | None, password: str) -> bool:
        """Say whether `password` is the one that is kept; takes as long where there is none."""
        async with self._turns:
            matches = await asyncio.to_thread(_matches, kept or self._nobodys, password)
        return matches and kept is not None


def _matches(kept: str, password: str) -> bool:
    try:
        return _HASHER.verify(kept, password)
    except (Argon2Error, InvalidHashError):
        return False
