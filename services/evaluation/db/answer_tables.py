"""Tables of who may read single answers, and who did (E14)."""

from datetime import date
from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from services.common.database import Identified, Versioned
from services.common.database_errors import translate_constraint
from services.evaluation.db.base import Base
from services.evaluation.domain.problems import AnswerReaderExists


class AnswerReader(Versioned, Base):
    """An account that somebody else has named to read one survey's answers, and why."""

    __tablename__ = "answer_reader"
    __table_args__ = (
        Index(
            "uq_answer_reader_account",
            *("campaign_id", "account_id"),
            unique=True,
            postgresql_where=text("NOT ended"),
        ),
    )

    campaign_id: Mapped[UUID] = mapped_column(ForeignKey("evaluation.campaign.id"))
    account_id: Mapped[UUID]
    reason: Mapped[str]
    named_by: Mapped[str]
    until: Mapped[date]
    """The last day on which the account may read."""
    ended: Mapped[bool]


class AnswerRead(Identified, Base):
    """A named reader read single answers; never changed."""

    __tablename__ = "answer_read"
    __table_args__ = (Index("ix_answer_read_campaign_id", "campaign_id", "created_at"),)

    campaign_id: Mapped[UUID] = mapped_column(ForeignKey("evaluation.campaign.id"))
    answer_reader_id: Mapped[UUID] = mapped_column(ForeignKey("evaluation.answer_reader.id"))
    actor: Mapped[str]
    answers: Mapped[int]
    """How many were read."""
    request_id: Mapped[UUID | None]


translate_constraint("uq_answer_reader_account", AnswerReaderExists)
