"""Encryption, sealing, blind indexes and pseudonyms: bytes in, bytes out, no keys of its own.

`context` says what a ciphertext is and whose it is, such as `person:<id>:passport`. It is authenticated, not
stored: a ciphertext moved to another row or column does not open.
"""

import hmac
import os
import unicodedata
from collections.abc import Callable
from functools import lru_cache
from hashlib import sha256
from typing import ClassVar, Final
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from services.common.problems import Problem, Title, title

KEY_BYTES: Final = 32

_ENCRYPTED: Final = b"\x01"
_SEALED: Final = b"\x81"
_NONCE_BYTES: Final = 12
_PADDING_MARK: Final = b"\x80"
_HPKE: Final = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)


class Undecipherable(Problem):
    """A ciphertext was changed, cut, made for another context, or belongs to another key."""

    status: ClassVar[int] = 500
    slug: ClassVar[str] = "undecipherable"
    title: ClassVar[Title] = title(
        en="Stored data cannot be decrypted",
        ru="Сохранённые данные не расшифровываются",
        kk="Сақталған деректердің шифрын ашу мүмкін емес",
    )


def new_key() -> bytes:
    """Return a random key of 32 bytes for `encrypt`, `blind_index` or `pseudonym`."""
    return os.urandom(KEY_BYTES)


def encrypt(key: bytes, plaintext: bytes, context: str) -> bytes:
    """Encrypt with a key of 32 bytes; about 2 microseconds, 29 bytes longer than the plaintext.

    AES-256-GCM (NIST SP 800-38D) under a random 96-bit nonce: at most 2**32 messages for one key. The first
    byte is the version of this format.
    """
    nonce = os.urandom(_NONCE_BYTES)
    return _ENCRYPTED + nonce + AESGCM(key).encrypt(nonce, plaintext, _ENCRYPTED + context.encode())


def decrypt(key: bytes, ciphertext: bytes, context: str) -> bytes:
    """Return what was encrypted under `key` for `context`; raise Undecipherable for anything else."""
    version, nonce, body = ciphertext[:1], ciphertext[1 : 1 + _NONCE_BYTES], ciphertext[1 + _NONCE_BYTES :]
    if version != _ENCRYPTED or len(nonce) != _NONCE_BYTES:
        raise Undecipherable("The ciphertext is not of a known format.")
    try:
        return AESGCM(key).decrypt(nonce, body, _ENCRYPTED + context.encode())
    except InvalidTag as error:
        raise Undecipherable("The ciphertext does not belong to this key and context.") from error


def new_key_pair() -> tuple[bytes, bytes]:
    """Return a fresh X25519 (private, public) pair, 32 bytes each."""
    private = X25519PrivateKey.generate()
    return private.private_bytes_raw(), private.public_key().public_bytes_raw()


def seal(public_key: bytes, plaintext: bytes, context: str, *, smallest: int = 256) -> bytes:
    """Seal for the holder of the private key; whoever seals cannot open it again.

    RFC 9180 (HPKE, base mode, DHKEM X25519, HKDF-SHA256, AES-256-GCM) with `context` as its `info`. The
    plaintext is first padded to `smallest` bytes or the next power of two above, because the length of an
    answer can tell whose it is.
    """
    padded = plaintext + _PADDING_MARK
    padded = padded.ljust(max(smallest, 1 << (len(padded) - 1).bit_length()), b"\0")
    return _SEALED + _HPKE.encrypt(padded, _recipient(public_key), info=_SEALED + context.encode())


@lru_cache(maxsize=256)
def _recipient(public_key: bytes) -> X25519PublicKey:
    return X25519PublicKey.from_public_bytes(public_key)


def unseal(private_key: bytes, sealed: bytes, context: str) -> bytes:
    """Return what was sealed to the public half of `private_key`; raise Undecipherable for anything else."""
    return unsealer(private_key, context)(sealed)


def unsealer(private_key: bytes, context: str) -> Callable[[bytes], bytes]:
    """Return `unseal` for many seals of one key and context: to read the key costs a third of opening a seal."""
    holder, info = X25519PrivateKey.from_private_bytes(private_key), _SEALED + context.encode()

    def opened(sealed: bytes) -> bytes:
        if sealed[:1] != _SEALED:
            raise Undecipherable("The seal is not of a known format.")
        try:
            padded = _HPKE.decrypt(sealed[1:], holder, info=info)
        except InvalidTag as error:
            raise Undecipherable("The seal does not belong to this key and context.") from error
        return padded[: padded.rindex(_PADDING_MARK)]

    return opened


def blind_index(key: bytes, text: str) -> bytes:
    """Return 32 bytes equal for equal texts, so that an encrypted column can be searched for equality.

    HMAC-SHA256 over `canonical(text)`. Use one key per column. Raises ValueError if nothing is left to
    compare, since all blanks would be equal.
    """
    compared = canonical(text)
    if not compared:
        raise ValueError("a blank text has no blind index")
    return hmac.digest(key, compared.encode(), sha256)


def canonical(text: str) -> str:
    """Return the form in which two spellings of one identifier are equal.

    Compatibility forms, case, spaces, dashes and invisible characters do not count; decimal digits of any
    script are ASCII digits (Afghan documents use Persian ones).
    """
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    kept = "".join(
        str(unicodedata.decimal(character, character))
        for character in folded
        if unicodedata.category(character) not in {"Zs", "Cc", "Cf", "Pd"}
    )
    return unicodedata.normalize("NFKC", kept)


def pseudonym(key: bytes, person_id: UUID, edition_id: UUID) -> UUID:
    """Return the id under which a person is known in one edition, and in no other.

    HMAC-SHA256 of both ids, as a UUIDv8 (RFC 9562, 5.8): 122 bits that only the holder of `key` can repeat.
    """
    digest = hmac.digest(key, person_id.bytes + edition_id.bytes, sha256)
    number = int.from_bytes(digest[:16])
    return UUID(int=number & ~(0xF << 76) & ~(0x3 << 62) | (0x8 << 76) | (0x2 << 62))
