"""What accounts and their grants look like on the wire."""

from typing import Annotated, Self
from uuid import UUID

from pydantic import AfterValidator, EmailStr, Field, SecretStr, StringConstraints, model_validator

from gateway.identity.domain.accounts import AccountStatus
from gateway.identity.domain.scopes import can_be
from services.common.identity import GrantKind, Role
from services.common.wire import Answer, Code, Id, Instant, Line, Request, Resource

Login = Annotated[EmailStr, StringConstraints(to_lower=True, max_length=254)]
NewPassword = Annotated[SecretStr, Field(min_length=12, max_length=200)]
"""Length is what makes a password strong (NIST SP 800-63B section 3.1.1); no other rule is set."""


def _grantable(role: Role) -> Role:
    if role in {Role.PUBLIC, Role.SERVICE}:
        raise ValueError("expected a role that can be granted")
    return role


GrantableRole = Annotated[Role, AfterValidator(_grantable)]


class AccountCreate(Request):
    """A new account; it can do nothing until roles are granted to it."""

    login: Login = Field(examples=["aigerim@example.org"])
    display_name: Line
    password: NewPassword | None = None
    """Without one, a letter invites the person to set it."""


class AccountChange(Request):
    """What is to be different; a new password or a disabled account ends every sign-in."""

    display_name: Line | None = None
    password: NewPassword | None = None
    status: AccountStatus | None = None


class AccountItem(Resource):
    """Somebody who can sign in."""

    login: str
    display_name: str
    status: AccountStatus
    demonstration: bool
    authenticator_since: Instant | None
    """Since when a code is asked for beside the password; null where none is."""


class AccountRead(AccountItem):
    """Somebody who can sign in."""


class Scope(Request):
    """The one country, organization, program, edition, person or lecturer that a role is limited to."""

    kind: GrantKind
    id: Code

    @model_validator(mode="after")
    def _possible(self) -> Self:
        if not can_be(self.kind, self.id):
            raise ValueError("expected a country of ISO 3166-1 alpha-2, or the id of what else it is")
        return self


class GrantCreate(Request):
    """A role for an account; without a scope it holds everywhere."""

    account_id: Id
    role: GrantableRole
    scope: Scope | None = None


class GrantRead(Resource):
    """A role that an account holds."""

    account_id: UUID
    role: Role
    scope_kind: GrantKind | None
    scope_id: str | None
    withdrawn_at: Instant | None
    expires_at: Instant | None
    """When it ends by itself; null for most."""
    reason: str | None
    """Why somebody took it in an emergency; null for grants that were given."""


class HeldScope(Answer):
    """A role that the caller holds within one scope."""

    role: Role
    kind: GrantKind
    id: str
