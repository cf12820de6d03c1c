"""Sealing what many have answered; done in a child of the app, since it is nothing but computing."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from services.common.seal import seal

SMALLEST_SEAL: Final = 4096
"""Ballots up to this many bytes are of equal length when sealed."""
_LENGTH_BYTES: Final = 4

Content = tuple[UUID, bytes, bytes]
"""What is to be sealed: the campaign, its public key, and the answers."""


def seal_context(campaign_id: UUID) -> str:
    """Return what a ballot's seal is bound to."""
    return f"campaign:{campaign_id}:ballot"


def seal_content(content: Content) -> bytes:
    """Return a content sealed, under an ephemeral key of its own."""
    campaign_id, public_key, answers = content
    return seal(public_key, answers, seal_context(campaign_id), smallest=SMALLEST_SEAL)


def pack_contents(contents: Sequence[Content]) -> tuple[dict[str, Any], bytes]:
    """Return the contents as `seal_contents` reads them."""
    keys = {str(campaign_id): public_key.hex() for campaign_id, public_key, _ in contents}
    ballots = [(str(campaign_id), len(answers)) for campaign_id, _, answers in contents]
    return {"keys": keys, "ballots": ballots}, b"".join(answers for _, _, answers in contents)


def seal_contents(payload: Mapping[str, Any], data: bytes) -> bytes:
    """Seal what `pack_contents` gave, each under an ephemeral key of its own; return what `unpack_seals` reads."""
    keys = {campaign: (UUID(campaign), bytes.fromhex(key)) for campaign, key in payload["keys"].items()}
    seals, begin = [], 0
    for campaign, length in payload["ballots"]:
        sealed = seal_content((*keys[campaign], data[begin : begin + length]))
        seals.append(len(sealed).to_bytes(_LENGTH_BYTES) + sealed)
        begin += length
    return b"".join(seals)


def unpack_seals(packed: bytes) -> Iterator[bytes]:
    """Yield the seals one after another, in the order of their contents."""
    begin = 0
    while begin < len(packed):
        end = begin + _LENGTH_BYTES + int.from_bytes(packed[begin : begin + _LENGTH_BYTES])
        yield packed[begin + _LENGTH_BYTES : end]
        begin = end
