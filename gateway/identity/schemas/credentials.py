"""What tokens, API keys and links look like on the wire."""

from typing import Annotated, Any, Literal

from pydantic import Field, SecretStr

from gateway.identity.schemas.accounts import GrantableRole, Scope
from services.common.wire import Answer, Id, Instant, Line, Request, Resource

Secret = Annotated[SecretStr, Field(min_length=1, max_length=4096)]


class PasswordSignIn(Request):
    """Sign in with an account."""

    grant_type: Literal["password"]
    login: Annotated[str, Field(min_length=1, max_length=254)]
    password: Annotated[SecretStr, Field(min_length=1, max_length=200)]
    code: Annotated[SecretStr, Field(min_length=6, max_length=20)] | None = None
    """What the authenticator app shows now, or a recovery code, where the account has an app."""


class Refreshment(Request):
    """Exchange a refresh token for new tokens; each can be used once."""

    grant_type: Literal["refresh_token"]
    refresh_token: Secret


class LinkSignIn(Request):
    """Sign in with the token of a single-use link."""

    grant_type: Literal["link"]
    token: Secret


TokenRequest = PasswordSignIn | Refreshment | LinkSignIn


class TokenAnswer(Answer):
    """Tokens of a sign-in, named as in RFC 6749."""

    access_token: str
    token_type: Literal["Bearer"]
    expires_in: int
    """Seconds for which the access token can be used."""
    refresh_token: str


class Revocation(Request):
    """A token to be made useless, with every other token of the same sign-in."""

    token: Secret


class KeyGrant(Request):
    """A role of an API key, limited to a scope or not."""

    role: GrantableRole
    scope: Scope | None = None


class ApiKeyCreate(Request):
    """A new credential for a machine."""

    name: Line
    grants: Annotated[list[KeyGrant], Field(min_length=1, max_length=50)]
    days: Annotated[int, Field(strict=True, ge=1, le=366)] = 90
    """How long the key can be used."""


class ApiKeyItem(Resource):
    """A credential of a machine, in a list."""

    name: str
    grants: list[dict[str, str]]
    expires_at: Instant
    revoked_at: Instant | None


class ApiKeyRead(ApiKeyItem):
    """A credential of a machine."""

    secret: str | None
    """Told once, in the answer that makes the key; null ever after."""


class LinkCreate(Request):
    """A single-use link for a person without an account."""

    subject: Id
    grants: Annotated[list[KeyGrant], Field(min_length=1, max_length=20)]
    hours: Annotated[int, Field(strict=True, ge=1, le=24 * 60)] = 24 * 7


class LinkIssued(Answer):
    """The token of the new link; it belongs behind the `#` of an address, where no log sees it."""

    token: str
    expires_at: Instant


class IssuerMetadata(Answer):
    """Where tokens come from and how they are checked (OpenID Connect Discovery 1.0, RFC 8414)."""

    issuer: str
    token_endpoint: str
    revocation_endpoint: str
    jwks_uri: str
    grant_types_supported: list[str]
    response_types_supported: list[str]
    subject_types_supported: list[str]
    id_token_signing_alg_values_supported: list[str]


class SigningKeys(Answer):
    """The public keys that access tokens are signed with (RFC 7517)."""

    keys: list[dict[str, Any]]
