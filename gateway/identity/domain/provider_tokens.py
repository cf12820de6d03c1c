"""Access tokens of an identity provider of the agency: what must hold of them, and what their claims mean here."""

import base64
import binascii
from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID, uuid5

import orjson
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from pydantic import BaseModel, ConfigDict, Field, HttpUrl

from gateway.identity.domain.scopes import can_be
from services.common.identity import LEEWAY, Caller, Grant, GrantKind, Role
from services.common.problems import NotAuthenticated

ALGORITHMS: Final = (
    "RS256",
    "RS384",
    "RS512",
    "PS256",
    "PS384",
    "PS512",
    "ES256",
    "ES384",
    "EdDSA",
    "Ed25519",
)
"""Signatures by private keys only: with a shared secret, a public key could be passed off as one."""
ACCESS_TOKEN: Final = frozenset({"at+jwt", "application/at+jwt"})
"""RFC 9068; ID tokens bear another type."""
_NAMESPACE: Final = UUID("6f1d8a52-8b0c-5f0e-9d57-0f3f7f0c2b11")
_REFUSED: Final = "The credential is not valid, or not any more."
_NOT_HELD: Final = frozenset({Role.PUBLIC, Role.SERVICE})
_FORBIDDEN_HEADERS: Final = ("jku", "jwk", "x5u", "x5c", "crit")
"""By which a token would bring its own key."""


class Provider(BaseModel):
    """One identity provider that the installation trusts (`OIDC_ISSUERS`, a JSON list of these)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    issuer: HttpUrl
    audience: str = Field(min_length=1)
    """What its access tokens for this system name in `aud`."""
    roles_claim: str = "roles"
    """Where roles stand, by dots: `realm_access.roles` for Keycloak, `roles` for Entra."""
    roles: Mapping[str, Role] = Field(default_factory=dict)
    """A role there -> a role here; what is not named means nothing."""
    grants_claim: str | None = None
    """Where limits of roles stand, as texts `role:kind:id` in this system's words: `nominator:country:TJ`."""
    require_access_token_type: bool = True
    """Whether `typ` must say `at+jwt`; Keycloak and Entra say `JWT`, and are told apart by the audience alone."""

    @property
    def name(self) -> str:
        """The issuer as it stands in tokens, without a final slash."""
        return str(self.issuer).rstrip("/")


def read_issuer(token: str) -> str | None:
    """Return the issuer that an unverified token names, to find who verifies it; None if it names none."""
    return _text(_read_part(token, 1).get("iss"))


def read_key_id(token: str) -> str:
    """Return the id of the key that an unverified token says it is signed with; raises `NotAuthenticated`."""
    header = _read_part(token, 0)
    key_id = _text(header.get("kid"))
    if (
        header.get("alg") not in ALGORITHMS
        or not key_id
        or any(name in header for name in _FORBIDDEN_HEADERS)
    ):
        raise NotAuthenticated(_REFUSED)
    return key_id


def read_caller(provider: Provider, token: str, keys: KeySet) -> Caller:
    """Return whom the token speaks for, with the roles that its claims mean here; raises `NotAuthenticated`."""
    try:
        decoded = jwt.decode(token, keys, algorithms=list(ALGORITHMS))
        claims = dict(decoded.claims)
        jwt.JWTClaimsRegistry(
            leeway=LEEWAY,
            aud={"essential": True, "value": provider.audience},
            exp={"essential": True},
            sub={"essential": True},
        ).validate(claims)
    except (JoseError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise NotAuthenticated(_REFUSED) from error
    issuer, subject = _text(claims.get("iss")), _text(claims.get("sub"))
    if issuer is None or issuer.rstrip("/") != provider.name or not subject:
        raise NotAuthenticated(_REFUSED)
    if not _is_access_token(provider, decoded.header, claims):
        raise NotAuthenticated(_REFUSED)
    grants = _grants(provider, claims)
    roles = {
        provider.roles[name] for name in _texts(_find(claims, provider.roles_claim)) if name in provider.roles
    }
    return Caller(
        subject=uuid5(_NAMESPACE, f"{provider.name}\n{subject}"),
        roles=frozenset({Role.PUBLIC, *(roles - _NOT_HELD), *(grant.role for grant in grants)}),
        grants=grants,
    )


def _is_access_token(provider: Provider, header: Mapping[str, Any], claims: Mapping[str, Any]) -> bool:
    if str(header.get("typ", "")).lower() in ACCESS_TOKEN:
        return True
    # What only ID tokens hold (OpenID Connect Core 1.0, section 2), and Keycloak's own word for them.
    told = {"nonce", "at_hash", "c_hash", "s_hash"} & claims.keys() or claims.get("typ") in {"ID", "Refresh"}
    return not provider.require_access_token_type and not told


def _grants(provider: Provider, claims: Mapping[str, Any]) -> frozenset[Grant]:
    if provider.grants_claim is None:
        return frozenset()
    found = set()
    for text in _texts(_find(claims, provider.grants_claim)):
        role, _, rest = text.partition(":")
        kind, _, id_ = rest.partition(":")
        if role in set(Role) - _NOT_HELD and kind in set(GrantKind) and can_be(GrantKind(kind), id_):
            found.add(Grant(Role(role), GrantKind(kind), id_))
    return frozenset(found)


def _find(claims: Mapping[str, Any], path: str) -> object:
    if path in claims:  # names of claims may be addresses, dots and all
        return claims[path]
    found: object = claims
    for part in path.split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
    return found


def _texts(value: object) -> list[str]:
    if isinstance(value, str):
        return value.split()
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _read_part(token: str, place: int) -> Mapping[str, Any]:
    parts = token.split(".")
    try:
        raw = base64.urlsafe_b64decode(parts[place] + "=" * (-len(parts[place]) % 4))
        found = orjson.loads(raw)
    except (IndexError, ValueError, binascii.Error) as error:
        raise NotAuthenticated(_REFUSED) from error
    if len(parts) != 3 or not isinstance(found, dict):
        raise NotAuthenticated(_REFUSED)
    return found
