"""No lost update: a change names the version it is based on, and a reader need not fetch what it has."""

import hashlib
import re
from typing import Final

from services.common.database import Versioned
from services.common.problems import Fault, PreconditionFailed, PreconditionRequired, RequestInvalid

_IF_MATCH: Final = re.compile(r'"([0-9]{1,9})(-[0-9a-f]{16})?"')


def make_etag(version: int, body: bytes) -> str:
    """Return the strong ETag of a resource: its row's version and a hash of the bytes sent.

    Bodies hold labels and actions that change without the row; `If-Match` compares the version alone.
    """
    return f'"{version}-{hashlib.blake2b(body, digest_size=8).hexdigest()}"'


def read_if_match(value: str | None) -> int:
    """Return the version that `If-Match` names.

    Raises `PreconditionRequired` if it is missing and `RequestInvalid` if it is not an ETag of ours
    (`*` and lists included: a change is based on exactly one version).
    """
    if value is None:
        raise PreconditionRequired("Send the ETag of the version that your change is based on in If-Match.")
    match = _IF_MATCH.fullmatch(value)
    if match is None:
        raise RequestInvalid(
            "If-Match is not valid.",
            errors=[Fault("/header/if-match", "etag", "Expected one ETag of this resource.")],
        )
    return int(match[1])


def is_fresh(if_none_match: str | None, etag: str) -> bool:
    """Say whether the reader has these bytes already (weak comparison, RFC 9110 section 13.1.2)."""
    if if_none_match is None:
        return False
    known = [tag.strip().removeprefix("W/") for tag in if_none_match.split(",")]
    return etag in known or known == ["*"]


def require_version(row: Versioned, expected: int) -> None:
    """Raise `PreconditionFailed` unless `row`, read with its lock, is at the version the change is based on."""
    if row.version != expected:
        raise PreconditionFailed(
            f"The resource is at version {row.version}; read it again before changing it."
        )
