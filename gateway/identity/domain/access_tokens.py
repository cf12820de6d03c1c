"""Access tokens: what a signed-in client sends, valid for ten minutes, checkable with the published JWKS."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final, Self
from uuid import UUID, uuid4

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, OKPKey

from services.common.identity import GATEWAY, LEEWAY
from services.common.problems import NotAuthenticated

LIFETIME: Final = timedelta(minutes=10)
LONGEST: Final = 4096
"""Characters; what is longer is refused unread."""
ALGORITHM: Final = "Ed25519"
_TYPE: Final = "at+jwt"


@dataclass(frozen=True)
class AccessTokens:
    """Signs and checks the access tokens of one installation."""

    issuer: str
    """The public address; also the audience."""
    key: OKPKey
    public: KeySet

    @classmethod
    def read(cls, issuer: str, signing_key: Path, public_keys: Path) -> Self:
        """Read the gateway's private key, and its public keys out of everybody's JWKS."""
        published = json.loads(public_keys.read_text())["keys"]
        ours = [key for key in published if str(key["kid"]).partition(".")[0] == GATEWAY]
        return cls(
            issuer,
            OKPKey.import_key(json.loads(signing_key.read_text())),
            KeySet.import_key_set({"keys": ours}),
        )

    def sign(self, *, subject: UUID, sign_in: UUID, now: datetime) -> str:
        """Return a token for `subject`, good until the sign-in is revoked, ten minutes at most."""
        claims = {
            "iss": self.issuer,
            "aud": self.issuer,
            "sub": str(subject),
            "sid": str(sign_in),
            "iat": int(now.timestamp()),
            "exp": int((now + LIFETIME).timestamp()),
            "jti": str(uuid4()),
        }
        header = {"alg": ALGORITHM, "typ": _TYPE, "kid": self.key.kid}
        return jwt.encode(header, claims, self.key, algorithms=[ALGORITHM])

    def verify(self, token: str) -> UUID:
        """Return the sign-in that `token` belongs to; whether that still holds is for the database to say.

        Raises `NotAuthenticated` for all but a current access token of this installation.
        """
        if len(token) > LONGEST:
            raise NotAuthenticated("The access token is not valid.")
        try:
            decoded = jwt.decode(token, self.public, algorithms=[ALGORITHM])
            jwt.JWTClaimsRegistry(
                leeway=LEEWAY,
                iss={"essential": True, "value": self.issuer},
                aud={"essential": True, "value": self.issuer},
                exp={"essential": True},
                iat={"essential": True},
                sid={"essential": True},
            ).validate(decoded.claims)
            if decoded.header.get("typ") != _TYPE:
                raise NotAuthenticated("The access token is not valid.")
            return UUID(decoded.claims["sid"])
        except (JoseError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise NotAuthenticated("The access token is not valid.") from error

    def published(self) -> dict[str, Any]:
        """Return the JWKS by which anybody can check these tokens."""
        return dict(self.public.as_dict(private=False))
