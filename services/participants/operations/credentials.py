"""Certificates as Open Badges 3.0: signed W3C Verifiable Credentials, with a status list for those taken back.

A credential is a JWT (VC-JWT) whose claims are the credential itself; the key is this service's own, which the
issuer's profile publishes. The holder is named by a salted hash, so a credential that is passed on names nobody
to who does not know the name. Sources: 1EdTech Open Badges 3.0, W3C VC Data Model 2.0, Bitstring Status List 1.0.
"""

import warnings
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, Final

from joserfc import jwt
from joserfc.errors import SecurityWarning
from joserfc.jwk import OKPKey

from services.common.i18n import pick
from services.common.identity import TokenSigner
from services.participants.db.tables import Certificate
from services.participants.domain.certificates import encode_status_list

_CONTEXTS: Final = [
    "https://www.w3.org/ns/credentials/v2",
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
]
_ALGORITHM: Final = "EdDSA"
"""What verifiers of badges know; RFC 9864 has named it anew as Ed25519, which they do not read yet."""


Jwk = Mapping[str, Any]
"""A public key, as RFC 7517 writes it."""


def as_badge_key(key: Jwk) -> dict[str, Any]:
    """Return a token key as badges use it: without its algorithm's new name, which forbids the old one."""
    return {name: value for name, value in key.items() if name != "alg"}


def issuer_profile(keys: Sequence[Jwk], public_url: str, agency: str) -> dict[str, Any]:
    """Return who issues the badges, and the public keys that prove it, the newest first."""
    id_ = _address(public_url, "issuer")
    return {
        "@context": _CONTEXTS,
        "id": id_,
        "type": ["Profile"],
        "name": agency,
        "verificationMethod": [
            {
                "id": _key_address(key["kid"], public_url),
                "type": "JsonWebKey",
                "controller": id_,
                "publicKeyJwk": key,
            }
            for key in reversed(keys)
        ],
    }


def write_credential(
    signer: TokenSigner, certificate: Certificate, public_url: str, agency: str
) -> tuple[dict[str, Any], str]:
    """Return the credential of a certificate whose content stands, and the JWT that signs it."""
    content, language = certificate.content, "en"
    id_ = _address(public_url, f"{certificate.verify_token}/credential")
    status = _address(public_url, "status-list")
    title = pick(content["title"], language).text
    salt = certificate.content_hash[:16]
    hashed = sha256(f"{content['holder']}{salt}".encode()).hexdigest()
    credential = {
        "@context": _CONTEXTS,
        "id": id_,
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": title,
        "issuer": {"id": _address(public_url, "issuer"), "type": ["Profile"], "name": agency},
        "validFrom": certificate.issued_at.astimezone(UTC).isoformat(),
        "credentialSubject": {
            "type": ["AchievementSubject"],
            "identifier": [
                {
                    "type": "IdentityObject",
                    "identityType": "name",
                    "hashed": True,
                    "identityHash": f"sha256${hashed}",
                    "salt": salt,
                }
            ],
            "achievement": {
                "id": f"{public_url.rstrip('/')}/v1/editions/{certificate.edition_id}",
                "type": ["Achievement"],
                "achievementType": "CertificateOfCompletion"
                if certificate.kind != "attendance"
                else "Certificate",
                "name": title,
                "description": f"{title} ({content['edition']})",
                "criteria": {"narrative": f"The {certificate.kind} policy of the edition was met."},
            },
        },
        "credentialStatus": {
            "id": f"{status}#{certificate.status_index}",
            "type": "BitstringStatusListEntry",
            "statusPurpose": "revocation",
            "statusListIndex": str(certificate.status_index),
            "statusListCredential": status,
        },
    }
    return credential, _sign(signer, credential, certificate.issued_at, public_url)


def write_status_list(
    signer: TokenSigner, taken_back: Collection[int], now: datetime, public_url: str, agency: str
) -> str:
    """Return the signed list that says which certificates do not hold any more."""
    id_ = _address(public_url, "status-list")
    credential = {
        "@context": _CONTEXTS[:1],
        "id": id_,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": {"id": _address(public_url, "issuer"), "type": ["Profile"], "name": agency},
        "validFrom": now.astimezone(UTC).isoformat(),
        "credentialSubject": {
            "id": f"{id_}#list",
            "type": "BitstringStatusList",
            "statusPurpose": "revocation",
            "encodedList": encode_status_list(taken_back),
        },
    }
    return _sign(signer, credential, now, public_url)


def _sign(signer: TokenSigner, credential: dict[str, Any], since: datetime, public_url: str) -> str:
    claims = credential | {
        "iss": _address(public_url, "issuer"),
        "jti": credential["id"],
        "nbf": int(since.timestamp()),
    }
    # Open Badges 3.0, 8.2.4: `sub` is the id of the subject, and a holder who is named by a hash has none.
    if "id" in credential["credentialSubject"]:
        claims["sub"] = credential["credentialSubject"]["id"]
    header = {"alg": _ALGORITHM, "typ": "vc+jwt", "kid": _key_address(str(signer.key.kid), public_url)}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SecurityWarning)  # that the algorithm's name is an old one
        key = OKPKey.import_key(as_badge_key(signer.key.as_dict(private=True)))
        return jwt.encode(header, claims, key, algorithms=[_ALGORITHM])


def _key_address(key_id: str, public_url: str) -> str:
    """Return where the key that signs is read as a JWK (Open Badges 3.0, 8.2.2: `kid` leads to it)."""
    return f"{public_url.rstrip('/')}/v1/certificate-keys/{key_id}"


def _address(public_url: str, path: str) -> str:
    return f"{public_url.rstrip('/')}/v1/certificates/{path}"
