"""Certificates: what they say, and how a copy is told from an invention."""

import base64
import gzip
import json
import unicodedata
from collections.abc import Collection, Mapping
from enum import StrEnum
from hashlib import sha256
from typing import Any, Final

from services.common.states import LifeCycle
from services.participants.domain.participations import ParticipationState


class CertificateKind(StrEnum):
    """What a certificate confirms."""

    ATTENDANCE = "attendance"
    COMPLETION = "completion"
    DISTINCTION = "distinction"


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


EARNED_BY: Final[Mapping[CertificateKind, frozenset[ParticipationState]]] = {
    CertificateKind.ATTENDANCE: frozenset({ParticipationState.INCOMPLETE}),
    CertificateKind.COMPLETION: frozenset({ParticipationState.COMPLETED}),
    CertificateKind.DISTINCTION: frozenset({ParticipationState.COMPLETED, ParticipationState.CERTIFIED}),
}
"""Which participations a kind of certificate may be issued to (R9)."""

_PRINTED: Final = ("LATIN", "CYRILLIC", "ARABIC")


def is_printable(name: str) -> bool:
    """Say whether a name is in a script that documents are set in: Latin, Cyrillic or Arabic."""
    letters = [letter for letter in name if letter.isalpha()]
    return all(unicodedata.name(letter, "").startswith(_PRINTED) for letter in letters)


def is_drawable(png: bytes) -> bool:
    """Say whether a PNG states a size that a certificate can show: by its first chunk (W3C PNG, 11.2.1)."""
    if len(png) < 24 or png[12:16] != b"IHDR":
        return False
    width, height = int.from_bytes(png[16:20]), int.from_bytes(png[20:24])
    return 0 < width <= _MOST_PIXELS and 0 < height <= _MOST_PIXELS


_MOST_PIXELS: Final = 2_000
"""Along each side of a logo: 20 millimetres at far more than any printer shows."""


def encode_status_list(taken_back: Collection[int]) -> str:
    """Return the compressed list in which a bit stands for each certificate that does not hold any more.

    W3C Bitstring Status List 1.0: at least 131,072 bits, the first the most significant; GZIP, then base64url
    without padding behind the multibase letter `u`.
    """
    size = max(_LEAST_BITS, -(-(max(taken_back, default=0) + 1) // 8) * 8)
    bits = bytearray(size // 8)
    for index in taken_back:
        bits[index // 8] |= 0x80 >> (index % 8)
    return "u" + base64.urlsafe_b64encode(gzip.compress(bytes(bits), mtime=0)).decode().rstrip("=")


_LEAST_BITS: Final = 131_072
