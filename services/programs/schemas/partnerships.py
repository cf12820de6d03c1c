"""Who does what with whom, and the form of cooperation that makes, on the wire."""

from datetime import date
from typing import Self
from uuid import UUID

from pydantic import ConfigDict, Field, model_validator

from services.common.wire import Answer, Code, Day, Id, Line, Reference, Request
from services.common.wire_codes import EdtfText, OrganizationRole
from services.programs.domain.cooperation import CollaborationType, CooperationDoubt
from services.programs.domain.evidence import Confidence
from services.programs.domain.programs import CooperationForm, FunctionalRole, SupportKind, TriangularRole
from services.programs.schemas import examples
from services.programs.schemas.evidence import Citations, Sourced, SubjectRead, SubjectReference


class PartnershipFields(Request):
    """What a partnership's record says apart from whose it is and what for."""

    iati_role: OrganizationRole | None = None
    functional_role: FunctionalRole = FunctionalRole.PARTNER
    triangular_role: TriangularRole | None = None
    support_kind: SupportKind | None = None
    """How a facilitator supports the others."""
    period: EdtfText | None = None
    certainty: Confidence = Confidence.STATED


class PartnershipCreate(PartnershipFields):
    """What an organization does in one undertaking, or in several that no source takes apart."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.PARTNERSHIP]})

    code: Code
    organization_id: Id
    subjects: list[SubjectReference] = Field(min_length=1, max_length=50)
    sources: Citations

    @model_validator(mode="after")
    def _supported(self) -> Self:
        if self.support_kind is not None and self.triangular_role is not TriangularRole.FACILITATOR:
            raise ValueError("only a facilitator supports the others")
        return self


class PartnershipChange(PartnershipFields):
    """What is to be different; what is left out stays as it is."""


class PartnershipEnding(Request):
    """From which day on the organization is no longer part of it, and why."""

    ended_on: Day
    reason: Line


class PartnershipRead(Sourced):
    """What an organization does in one undertaking, or in several that no source takes apart."""

    code: str
    organization: Reference
    subjects: list[SubjectRead]
    iati_role: str | None
    functional_role: FunctionalRole
    triangular_role: TriangularRole | None
    support_kind: SupportKind | None
    period: str | None
    certainty: Confidence
    ended_on: date | None
    end_reason: str | None


class CooperationPartyRead(Answer):
    """Who plays a triangular role."""

    role: TriangularRole
    partnership_id: UUID
    organization: Reference
    country: str | None


class CooperationRead(Answer):
    """The form of cooperation of an undertaking: as stated, and as its parties make it now."""

    stated: CooperationForm | None
    """In the words of the source; never corrected."""
    collaboration_type: CollaborationType
    """IATI CollaborationType, derived from the parties."""
    doubts: list[CooperationDoubt]
    """What does not fit: roles that nobody plays, and contradictions with the stated form."""
    parties: list[CooperationPartyRead]
    recipients: list[str]
    """Countries that benefit, where no party is named as the one."""


class SubjectCooperation(Answer):
    """What a change makes of the cooperation in one edition or program."""

    subject: SubjectRead
    cooperation: CooperationRead


class PartnershipChanged(PartnershipRead):
    """A partnership that was entered or changed, with what that makes of the cooperation."""

    cooperation: list[SubjectCooperation]
