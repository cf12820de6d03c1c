"""Every table of the gateway schema."""

from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from gateway.identity.domain.accounts import AccountStatus, SignInMethod
from gateway.identity.domain.problems import GrantExists, LoginTaken
from services.common.database import TYPES, Versioned
from services.common.database_errors import translate_constraint
from services.common.house import room_metadata
from services.common.identity import GrantKind, Role

SCHEMA_REVISION: Final = "0003"
"""The revision of `migrations/gateway` that this code needs."""


class Base(DeclarativeBase):
    """Root of this room's mapping."""

    type_annotation_map = TYPES
    metadata = room_metadata("gateway")


class Account(Versioned, Base):
    """Somebody who can sign in with a password."""

    __tablename__ = "account"
    __table_args__ = (Index("uq_account_login", "login", unique=True),)

    login: Mapped[str]
    """An e-mail address in lower case."""
    display_name: Mapped[str]
    password_hash: Mapped[str]
    status: Mapped[AccountStatus]
    demonstration: Mapped[bool]
    """Made for demonstration mode, and usable only there."""


class RoleGrant(Versioned, Base):
    """A role that an account holds, everywhere or within one scope, until it is withdrawn."""

    __tablename__ = "role_grant"
    __table_args__ = (
        CheckConstraint("(scope_kind IS NULL) = (scope_id IS NULL)", name="whole_scope"),
        Index(
            "uq_role_grant_current",
            "account_id",
            "role",
            text("coalesce(scope_kind, '')"),
            text("coalesce(scope_id, '')"),
            unique=True,
            postgresql_where=text("withdrawn_at IS NULL"),
        ),
    )

    account_id: Mapped[UUID] = mapped_column(ForeignKey("gateway.account.id"))
    role: Mapped[Role]
    scope_kind: Mapped[GrantKind | None]
    scope_id: Mapped[str | None]
    withdrawn_at: Mapped[datetime | None]


class ApiKey(Versioned, Base):
    """A credential of a machine."""

    __tablename__ = "api_key"

    name: Mapped[str]
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    grants: Mapped[list[dict[str, str]]]
    """Each `{role}` or `{role, kind, id}`."""
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class SignIn(Versioned, Base):
    """One sign-in on one device, and with it the family of its refresh tokens."""

    __tablename__ = "sign_in"
    __table_args__ = (Index("ix_sign_in_account_id", "account_id"),)

    method: Mapped[SignInMethod]
    account_id: Mapped[UUID | None] = mapped_column(ForeignKey("gateway.account.id"))
    subject: Mapped[UUID]
    """The account, or the person whom a link was made for."""
    grants: Mapped[list[dict[str, str]]]
    """What the link gave; an account's own grants are asked afresh each time."""
    started_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class RefreshToken(Base):
    """A refresh token; each can be used once."""

    __tablename__ = "refresh_token"
    __table_args__ = (Index("ix_refresh_token_sign_in_id", "sign_in_id"),)

    digest: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    sign_in_id: Mapped[UUID] = mapped_column(ForeignKey("gateway.sign_in.id"))
    used_at: Mapped[datetime | None]


class Link(Versioned, Base):
    """A single-use link that signs a person in who has no account."""

    __tablename__ = "link"
    __table_args__ = (Index("uq_link_digest", "digest", unique=True),)

    digest: Mapped[bytes] = mapped_column(LargeBinary)
    subject: Mapped[UUID]
    grants: Mapped[list[dict[str, str]]]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


translate_constraint("uq_account_login", LoginTaken)
translate_constraint("uq_role_grant_current", GrantExists)
