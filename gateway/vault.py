"""Secrets that must be read again, such as those that sign webhooks: kept encrypted, each bound to its owner."""

import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_NONCE_BYTES: Final = 12


class SecretUnreadableError(Exception):
    """A secret was sealed under another key, or for another owner."""


@dataclass(frozen=True)
class Vault:
    """Seals and opens secrets under one key."""

    key: AESGCM

    @classmethod
    def open(cls, file: Path) -> Self:
        """Derive the key from a file that is a secret itself."""
        derive = HKDF(hashes.SHA256(), length=32, salt=None, info=b"qoldau gateway secrets")
        return cls(AESGCM(derive.derive(file.read_bytes())))

    def seal(self, secret: bytes, owner: UUID) -> bytes:
        """Return `secret` encrypted, for this owner only."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return nonce + self.key.encrypt(nonce, secret, owner.bytes)

    def unseal(self, sealed: bytes, owner: UUID) -> bytes:
        """Return the secret; raise `SecretUnreadableError`."""
        try:
            return self.key.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], owner.bytes)
        except InvalidTag as error:
            raise SecretUnreadableError from error
