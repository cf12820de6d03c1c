"""What affiliations and the supervisors in them look like on the wire."""

from datetime import datetime
from typing import Self
from uuid import UUID

from pydantic import EmailStr, model_validator

from services.common.wire import Answer, Code, Id, Line, Request, Resource
from services.common.wire_codes import EdtfText, LanguageTag
from services.participants.domain.affiliations import PostLevel
from services.participants.domain.people import ConsentEvidence


class SupervisorWrite(Request):
    """Who can say what the course changed at work, and in which language to ask."""

    name: Line
    email: EmailStr
    preferred_language: LanguageTag


class AffiliationWrite(Request):
    """Where the person works; what is left out is not known."""

    organization_id: Id | None = None
    organization_name: Line | None = None
    """Where programs knows no such organization."""
    unit: Line | None = None
    post: Line | None = None
    level: PostLevel | None = None
    period: EdtfText | None = None
    """Since when (`2021-03`), or from when to when (`2019/2021-02`)."""
    supervisor: SupervisorWrite | None = None
    """Another name or address is another human being: what the former one agreed to is forgotten."""

    @model_validator(mode="after")
    def _somewhere(self) -> Self:
        if (self.organization_id is None) == (self.organization_name is None):
            raise ValueError("name the organization by its id or, where it has none, by its name")
        return self


class SupervisorConsent(Request):
    """How it can be shown that the supervisor agreed to be asked by e-mail."""

    text_version: Code
    evidence: ConsentEvidence
    file_id: Id | None = None
    """The signed paper or the signature, uploaded for `signed_consent`."""


class SupervisorRead(Answer):
    """The supervisor of an affiliation, and whether they may be asked."""

    name: str
    email: str
    preferred_language: str
    text_version: str | None
    evidence: ConsentEvidence | None
    agreed_at: datetime | None


class AffiliationRead(Resource):
    """Where a person works or worked."""

    person_id: UUID
    organization_id: UUID | None
    organization_name: str | None
    unit: str | None
    post: str | None
    level: PostLevel | None
    period: str | None
    supervisor: SupervisorRead | None
    supervisor_withdrawn_at: datetime | None
    """When the supervisor said that they want to be asked no more."""
