"""What consents, their withdrawal and what partners are shown look like on the wire."""

from datetime import datetime
from typing import Any, Self
from uuid import UUID

from pydantic import Field, model_validator

from services.common.wire import Answer, Code, Flag, Id, Instant, Request, Resource
from services.common.wire_codes import LanguageTag
from services.participants.domain.consents import Consequence
from services.participants.domain.people import ConsentEvidence, ConsentPurpose


class ConsentCreate(Request):
    """What the person agreed to, in which version of the words, and how that can be shown."""

    purpose: ConsentPurpose
    text_version: Code
    language_tag: LanguageTag
    valid_until: Instant | None = None
    third_parties: list[Code] = Field(default_factory=list, max_length=20)
    """Codes of the organizations that may be told; empty: every partner of the edition."""
    cross_border: Flag
    published: Flag = False
    evidence: ConsentEvidence
    file_id: Id | None = None
    """The scanned paper or the signature, uploaded for `signed_consent`; a digital signature needs it."""

    @model_validator(mode="after")
    def _shown(self) -> Self:
        if self.evidence is ConsentEvidence.DIGITAL_SIGNATURE and self.file_id is None:
            raise ValueError("a digital signature is a file; upload it and name it here")
        if self.evidence is ConsentEvidence.ELECTRONIC and self.file_id is not None:
            raise ValueError("what was agreed to on a screen has no file")
        return self


class ConsentRead(Resource):
    """A consent as it was given, and withdrawn if it was."""

    person_id: UUID
    purpose: ConsentPurpose
    text_version: str
    language_tag: str
    granted_at: datetime
    valid_until: datetime | None
    withdrawn_at: datetime | None
    third_parties: list[str]
    cross_border: bool
    published: bool
    evidence: ConsentEvidence
    collected_by: str
    """The account that recorded it; the person's own id where they did so themselves."""
    file_id: UUID | None


class ConsequenceRead(Answer):
    """One thing that follows from a withdrawal."""

    consequence: Consequence
    subject_id: UUID | None
    """What it is about: an application, a voucher, an organization; null where that has no id."""


class ConsentWithdrawal(ConsentRead):
    """A withdrawn consent with what followed, or what would follow."""

    applied: bool
    """False: nothing was changed, it was only asked for."""
    consequences: list[ConsequenceRead]


class SharedParticipant(Answer):
    """What a partner is shown of a participant who agreed to it."""

    participation_id: UUID
    names: list[dict[str, Any]]
    country: str
    organization_id: UUID | None
    organization_name: str | None
    post: str | None
    email: str | None
