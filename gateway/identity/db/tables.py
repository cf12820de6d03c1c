"""Every table of the gateway schema."""

from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from gateway.identity.domain.accounts import AccountStatus, LetterPurpose, SignInMethod
from gateway.identity.domain.problems import GrantExists, LoginTaken
from services.common.database import TYPES, Versioned, new_id
from services.common.database_errors import translate_constraint
from services.common.house import room_metadata
from services.common.identity import GrantKind, Role

SCHEMA_REVISION: Final = "0005"
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
    password_hash: Mapped[str | None]
    """Null until whoever was invited has set a password."""
    status: Mapped[AccountStatus]
    demonstration: Mapped[bool]
    """Made for demonstration mode, and usable only there."""
    sealed_authenticator: Mapped[bytes | None] = mapped_column(LargeBinary)
    """The secret of the authenticator app, encrypted."""
    authenticator_since: Mapped[datetime | None]
    """When it was confirmed; only then it is asked for."""
    authenticator_step: Mapped[int | None]
    """The period of the last code that was taken: no code is taken twice."""


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
    expires_at: Mapped[datetime | None]
    """When it ends by itself; null for most."""
    reason: Mapped[str | None]
    """Why somebody broke the glass; null for grants that were given."""


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


class RecoveryCode(Base):
    """A code that stands for the authenticator app once."""

    __tablename__ = "recovery_code"

    account_id: Mapped[UUID] = mapped_column(ForeignKey("gateway.account.id"), primary_key=True)
    digest: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    used_at: Mapped[datetime | None]


class Letter(Base):
    """A letter to somebody with an account that waits to be sent; gone when it is."""

    __tablename__ = "letter"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    purpose: Mapped[LetterPurpose]
    login: Mapped[str]
    """As it was told: whether there is such an account is seen when the letter is sent."""
    language: Mapped[str]


class Admission(Base):
    """A token, sent by letter, that lets its reader set a password once."""

    __tablename__ = "admission"
    __table_args__ = (Index("ix_admission_account_id", "account_id"),)

    digest: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("gateway.account.id"))
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


translate_constraint("uq_account_login", LoginTaken)
translate_constraint("uq_role_grant_current", GrantExists)
