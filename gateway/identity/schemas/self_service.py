"""What people do to their own access, on the wire."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, SecretStr

from gateway.identity.domain.accounts import SignInMethod
from gateway.identity.schemas.accounts import Login, NewPassword
from gateway.identity.schemas.credentials import Secret
from services.common.identity import Role
from services.common.wire import Answer, Instant, Line, Request

Code = Annotated[SecretStr, Field(min_length=6, max_length=20)]


class PasswordResetRequest(Request):
    """Whose password is to be set anew."""

    login: Login


class PasswordSet(Request):
    """A new password, by the token of a letter."""

    token: Secret
    password: NewPassword


class AuthenticatorRead(Answer):
    """Whether a code of an authenticator app is asked for."""

    confirmed_at: Instant | None
    """Since when; null where none is asked for."""
    recovery_codes_left: int
    """Codes that stand for the app and were not used."""


class AuthenticatorCode(Request):
    """What the app shows now, or a recovery code."""

    code: Code


class AuthenticatorStarted(Answer):
    """The secret for an authenticator app; told once."""

    secret: str
    uri: str
    """`otpauth://...`, to be shown as a QR code."""


class RecoveryCodes(Answer):
    """Codes that each stand for the app once; told once."""

    codes: list[str]


class SignInItem(Answer):
    """One sign-in on one device, which holds."""

    id: UUID
    method: SignInMethod
    started_at: Instant
    expires_at: Instant


class SignIns(Answer):
    """Where somebody is signed in, the latest first."""

    items: list[SignInItem]


class GlassBreaking(Request):
    """A right that the caller takes for some hours in an emergency; auditors see it."""

    role: Literal[Role.MANAGER, Role.DATA_PROTECTION_OFFICER]
    reason: Line
    hours: Annotated[int, Field(strict=True, ge=1, le=4)] = 1
