"""Who is calling: callers, their roles and grants, and the short tokens that carry them between apps.

The gateway exchanges what a person or a machine presents for a token of 60 seconds, addressed to one app
and signed with the gateway's key. An app that calls another signs a token of its own, which can only ever
carry the role `service`. So nobody but the gateway can speak for a person.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any, Final, Self
from uuid import UUID, uuid4

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, OKPKey

from services.common.problems import NotAuthenticated

LIFETIME: Final = timedelta(seconds=60)
RECALLED: Final = timedelta(seconds=20)
"""How long a token for the same caller and app is given out again."""
LEEWAY: Final = 120
"""Seconds that two clocks may differ (design: tokens tolerate two minutes)."""
GATEWAY: Final = "gateway"
CURRENT_KEYS: Final = 2
"""How many of an app's keys, the newest, its tokens may be signed with while they move from one to the next."""


class Role(StrEnum):
    """What somebody is to the agency; one person may hold several roles."""

    PUBLIC = "public"
    PARTICIPANT = "participant"
    NOMINATOR = "nominator"
    MANAGER = "manager"
    REVIEWER = "reviewer"
    LECTURER = "lecturer"
    EVALUATOR = "evaluator"
    PARTNER = "partner"
    APPROVER = "approver"
    COUNTRY_REPORTER = "country_reporter"
    VOUCHER_PROVIDER = "voucher_provider"
    FINANCE = "finance"
    AUDITOR = "auditor"
    DATA_PROTECTION_OFFICER = "data_protection_officer"
    ADMINISTRATOR = "administrator"
    IMPORTER = "importer"
    SERVICE = "service"


class Reach(StrEnum):
    """How far a caller reaches in the operation asked for; the query narrows the rows accordingly."""

    PUBLISHED = "published"
    """Rows and fields that are public facts."""
    OWN = "own"
    """Published rows, and those within the caller's grants or about the caller."""
    ALL = "all"
    """Every row of the room."""


class GrantKind(StrEnum):
    """Along which line a role is limited."""

    COUNTRY = "country"
    ORGANIZATION = "organization"
    PROGRAM = "program"
    EDITION = "edition"
    PERSON = "person"
    LECTURER = "lecturer"


@dataclass(frozen=True)
class Grant:
    """A role held within one scope: nominator of organization X, manager of program Y."""

    role: Role
    kind: GrantKind
    id: str


@dataclass(frozen=True)
class Caller:
    """The originating user of a request, as the gateway vouches for them."""

    subject: UUID | None
    """The account, key or person; None for the anonymous public."""
    roles: frozenset[Role] = frozenset({Role.PUBLIC})
    grants: frozenset[Grant] = frozenset()
    service: str | None = None
    """The calling app, where an app speaks for itself."""
    reach: Reach = Reach.PUBLISHED
    """Set at the edge from the permission matrix, for the operation being served."""

    @property
    def principal(self) -> str:
        """A stable name of who calls, for idempotency, cursors and rate limits."""
        return str(self.subject or self.service or "public")

    def granted(self, kind: GrantKind, *roles: Role) -> frozenset[str]:
        """Return the ids of `kind` that the caller is granted in any of `roles` (or in any role at all)."""
        return frozenset(g.id for g in self.grants if g.kind is kind and (not roles or g.role in roles))


ANONYMOUS: Final = Caller(subject=None)


def acting_service(app: str) -> Caller:
    """Return the caller that stands for `app` itself, in jobs and on events."""
    return Caller(subject=None, roles=frozenset({Role.SERVICE}), service=app, reach=Reach.ALL)


@dataclass(frozen=True)
class TokenSigner:
    """Signs this app's internal tokens."""

    app: str
    key: OKPKey
    _signed: dict[tuple[Caller, str], tuple[float, str]] = field(default_factory=dict, repr=False)

    @classmethod
    def read(cls, app: str, path: Path) -> Self:
        """Read the app's private key from a JWK file."""
        return cls(app, OKPKey.import_key(json.loads(path.read_text())))

    def sign(self, caller: Caller, *, audience: str, now: datetime | None = None) -> str:
        """Return a token that lets `audience` know `caller` for the next 60 seconds."""
        now = now or datetime.now(UTC)
        claims = {
            "iss": self.app,
            "aud": audience,
            "sub": str(caller.subject) if caller.subject else "",
            "iat": int(now.timestamp()),
            "exp": int((now + LIFETIME).timestamp()),
            "jti": str(uuid4()),
            "roles": sorted(caller.roles),
            "grants": sorted([g.role, g.kind, g.id] for g in caller.grants),
        }
        return jwt.encode({"alg": "Ed25519", "kid": self.key.kid}, claims, self.key, algorithms=["Ed25519"])

    def sign_or_recall(self, caller: Caller, *, audience: str) -> str:
        """Return a token as `sign` does, or the same again for `RECALLED`: who gets it has it checked already."""
        now = datetime.now(UTC)
        known = self._signed.get((caller, audience))
        if known is not None and known[0] > now.timestamp():
            return known[1]
        token = self.sign(caller, audience=audience, now=now)
        if len(self._signed) > 4096:
            self._signed.clear()
        self._signed[caller, audience] = ((now + RECALLED).timestamp(), token)
        return token

    def sign_as_service(self, *, audience: str) -> str:
        """Return a token with which this app calls another in its own name."""
        return self.sign(Caller(subject=None, roles=frozenset({Role.SERVICE})), audience=audience)


def read_public_keys(path: Path, app: str) -> list[dict[str, Any]]:
    """Return the public keys of `app` that everybody's JWKS file holds, the oldest first."""
    published: list[dict[str, Any]] = json.loads(path.read_text())["keys"]
    return [key for key in published if _app_of(key["kid"]) == app]


@dataclass(frozen=True)
class TokenVerifier:
    """Checks tokens addressed to this app; remembers those it has checked until they expire."""

    audience: str
    keys: KeySet
    _seen: dict[str, tuple[float, Caller]] = field(default_factory=dict, repr=False)

    @classmethod
    def read(cls, audience: str, path: Path) -> Self:
        """Read every app's current public keys from a JWKS file; older ones prove badges only."""
        apps = {_app_of(key["kid"]) for key in json.loads(path.read_text())["keys"]}
        current = [key for app in sorted(apps) for key in read_public_keys(path, app)[-CURRENT_KEYS:]]
        return cls(audience, KeySet.import_key_set({"keys": current}))

    def verify(self, token: str) -> Caller:
        """Return whom `token` speaks for.

        Raises `NotAuthenticated` for anything but a current token for this audience, signed with Ed25519 by
        the app that it names as issuer.
        """
        now = datetime.now(UTC).timestamp()
        if (known := self._seen.get(token)) and known[0] > now:
            return known[1]
        claims = self._decode(token)
        caller = _caller_of(claims)
        if len(self._seen) > 4096:
            self._seen.clear()
        self._seen[token] = (float(claims["exp"]), caller)
        return caller

    def _decode(self, token: str) -> dict[str, Any]:
        try:
            decoded = jwt.decode(token, self.keys, algorithms=["Ed25519"])
            jwt.JWTClaimsRegistry(
                leeway=LEEWAY,
                iss={"essential": True},
                aud={"essential": True, "value": self.audience},
                exp={"essential": True},
                iat={"essential": True},
            ).validate(decoded.claims)
        except (JoseError, ValueError, KeyError, TypeError) as error:
            raise NotAuthenticated("The internal token is not valid.") from error
        if _app_of(decoded.header.get("kid", "")) != decoded.claims["iss"]:
            raise NotAuthenticated("The internal token is not signed by its issuer.")
        return dict(decoded.claims)


def _app_of(key_id: object) -> str:
    """Return whose key it is: ids of keys begin with their app's name."""
    return str(key_id).partition(".")[0]


def _caller_of(claims: Mapping[str, Any]) -> Caller:
    # Of the gateway's tokens only those by which it speaks for itself name nobody and the role of a service.
    if claims["iss"] != GATEWAY or (claims["sub"], claims["roles"]) == ("", [Role.SERVICE]):
        return Caller(subject=None, roles=frozenset({Role.SERVICE}), service=claims["iss"])
    try:
        return Caller(
            subject=UUID(claims["sub"]) if claims["sub"] else None,
            roles=frozenset({Role.PUBLIC, *map(Role, claims["roles"])}),
            grants=frozenset(
                Grant(Role(role), GrantKind(kind), str(id_)) for role, kind, id_ in claims["grants"]
            ),
        )
    except (ValueError, KeyError, TypeError) as error:
        raise NotAuthenticated("The internal token names an unknown role or scope.") from error
