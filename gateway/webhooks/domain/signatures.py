"""Signatures of Standard Webhooks 1.0: HMAC-SHA256 over id, time and body, under a secret of the endpoint."""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Iterable
from datetime import datetime
from typing import Final

PREFIX: Final = "whsec_"
SECRET_BYTES: Final = 32
"""The specification asks for 24 to 64."""


def new_secret() -> bytes:
    """Return a new secret."""
    return secrets.token_bytes(SECRET_BYTES)


def write_secret(secret: bytes) -> str:
    """Return the secret as its owner is told it: `whsec_` and base64."""
    return PREFIX + base64.b64encode(secret).decode()


def sign(message_id: str, at: datetime, body: bytes, held: Iterable[bytes]) -> dict[str, str]:
    """Return the three headers of one attempt; one signature for each secret that is valid now."""
    timestamp = str(int(at.timestamp()))
    content = b"%b.%b.%b" % (message_id.encode(), timestamp.encode(), body)
    signatures = [
        "v1," + base64.b64encode(hmac.new(secret, content, hashlib.sha256).digest()).decode()
        for secret in held
    ]
    return {
        "webhook-id": message_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": " ".join(signatures),
    }
