"""Certificates: what they say, and how a copy is told from an invention."""

import json
from collections.abc import Mapping
from enum import StrEnum
from hashlib import sha256
from typing import Any, Final

from services.common.states import LifeCycle


class CertificateKind(StrEnum):
    """What a certificate confirms."""

    ATTENDANCE = "attendance"
    COMPLETION = "completion"


class CertificateState(StrEnum):
    """Whether a certificate stands."""

    ISSUED = "issued"
    REVOKED = "revoked"
    SUPERSEDED = "superseded"


CERTIFICATE_LIFE: Final = LifeCycle(
    initial=CertificateState.ISSUED,
    transitions={
        CertificateState.ISSUED: frozenset({CertificateState.REVOKED, CertificateState.SUPERSEDED}),
        CertificateState.REVOKED: frozenset(),
        CertificateState.SUPERSEDED: frozenset(),
    },
)


class CertificateVerdict(StrEnum):
    """What the public verification answers."""

    GENUINE = "genuine"
    REVOKED = "revoked"
    SUPERSEDED = "superseded"
    ERASED = "erased"
    """Genuine, but its holder's data were erased."""
    UNKNOWN = "unknown"


VERDICTS: Mapping[CertificateState, CertificateVerdict] = {
    CertificateState.ISSUED: CertificateVerdict.GENUINE,
    CertificateState.REVOKED: CertificateVerdict.REVOKED,
    CertificateState.SUPERSEDED: CertificateVerdict.SUPERSEDED,
}


def verdict_of(state: CertificateState, content: Mapping[str, Any]) -> CertificateVerdict:
    """Return what the public is told of a certificate; an erasure empties its content and leaves its state."""
    if state is CertificateState.ISSUED and not content:
        return CertificateVerdict.ERASED
    return VERDICTS[state]


def hash_of_content(content: Mapping[str, Any]) -> str:
    """Return the SHA-256 of a certificate's content in its canonical form, as 64 hexadecimal digits.

    Canonical: JSON with sorted keys, no white space, UTF-8. RFC 8785 agrees for texts and integers, and the
    content holds nothing else.
    """
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return sha256(canonical.encode()).hexdigest()


def number_of(edition_code: str, ordinal: int) -> str:
    """Return the number printed on an edition's certificate: `AVI1-2025-0007`."""
    return f"{edition_code.upper()}-{ordinal:04}"
