"""Secrets that are shown once and kept as digests only.

They are random and long, so a plain SHA-256 keeps them; passwords, which people choose, need argon2id.
"""

import hashlib
import re
import secrets
from typing import Final
from uuid import UUID

REFRESH_TOKEN: Final = "qr_"  # noqa: S105  a prefix
LINK: Final = "ql_"
_API_KEY: Final = re.compile(r"qk_([0-9a-f]{32})_[A-Za-z0-9_-]{43}")


def new_secret(prefix: str) -> str:
    """Return `prefix` and 256 random bits."""
    return prefix + secrets.token_urlsafe(32)


def new_api_key(key_id: UUID) -> str:
    """Return `qk_<id>_<secret>`."""
    return new_secret(f"qk_{key_id.hex}_")


def read_api_key(credential: str) -> UUID | None:
    """Return the id that an API key names, None if `credential` is no API key."""
    match = _API_KEY.fullmatch(credential)
    return UUID(match[1]) if match else None


def digest(secret: str) -> bytes:
    """Return what is kept of a secret."""
    return hashlib.sha256(secret.encode()).digest()
