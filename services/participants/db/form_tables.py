"""Tables of application forms and of the papers that belong to applications."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.common.database import Versioned
from services.participants.db.base import Base
from services.participants.domain.applications import DocumentState
from services.participants.domain.forms import FormState


class Form(Versioned, Base):
    """One version of an application form; immutable once published."""

    __tablename__ = "form"
    __table_args__ = (UniqueConstraint("code", "number"),)

    code: Mapped[str]
    number: Mapped[int]
    """Counts the versions with this code, from 1."""
    title: Mapped[dict[str, str]]
    state: Mapped[FormState]
    fields: Mapped[list[dict[str, Any]]]
    documents: Mapped[list[dict[str, Any]]]


class ApplicationDocument(Versioned, Base):
    """One paper of an application's checklist."""

    __tablename__ = "application_document"
    __table_args__ = (
        UniqueConstraint("application_id", "code"),
        Index("ix_application_document_file_id", "file_id"),
    )

    application_id: Mapped[UUID] = mapped_column(ForeignKey("application.id"))
    code: Mapped[str]
    """Which paper of the form's checklist."""
    file_id: Mapped[UUID]
    state: Mapped[DocumentState]
    reason: Mapped[str | None]
    """Why it was rejected."""
    expires_on: Mapped[date | None]
