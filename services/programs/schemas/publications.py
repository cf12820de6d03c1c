"""Publication profiles, checks and records on the wire."""

from datetime import datetime
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import ConfigDict, Field, model_validator

from services.common.wire import Answer, Day, Flag, Line, Reference, Request, Resource, Text, Texts
from services.common.wire_codes import CountryCode, LanguageTag, RegionCode, current_code
from services.programs.domain.activities import ActivityKind
from services.programs.domain.publication_checks import Severity
from services.programs.domain.publications import PublicationChannel, PublicationState
from services.programs.schemas import examples
from services.programs.schemas.programs import SectorRead, SectorWrite, Share
from services.programs.schemas.publication_details import PublicationDetailsWrite

ScopeCode = Annotated[str, Field(max_length=1, examples=["2"]), current_code("ActivityScope")]
TargetCode = Annotated[str, Field(max_length=5, examples=["4.3"]), current_code("UNSDG-Targets")]
MarkerCode = Annotated[str, Field(max_length=2, examples=["1"]), current_code("PolicyMarker")]
SignificanceCode = Annotated[str, Field(max_length=1, examples=["1"]), current_code("PolicySignificance")]
FinanceType = Annotated[str, Field(max_length=4, examples=["110"]), current_code("FinanceType")]
TiedStatus = Annotated[str, Field(max_length=1, examples=["5"]), current_code("TiedStatus")]
ConditionType = Annotated[str, Field(max_length=1, examples=["2"]), current_code("ConditionType")]
IdentifierType = Annotated[str, Field(max_length=2, examples=["A1"]), current_code("OtherIdentifierType")]
DocumentCategory = Annotated[str, Field(max_length=3, examples=["A02"]), current_code("DocumentCategory")]
NotProvided = Annotated[str, Field(max_length=1, examples=["1"]), current_code("BudgetNotProvided")]
PublicUrl = Annotated[Line, Field(pattern=r"^https?://[^\s]+$", examples=["https://example.org/mou.pdf"])]
MediaType = Annotated[Line, Field(pattern=r"^[a-z]+/[a-z0-9][a-z0-9.+-]*$", examples=["application/pdf"])]


class RecipientShareWrite(Request):
    """A country or a region of several, and its share in percent; a single one needs none."""

    country: CountryCode | None = None
    region: RegionCode | None = None
    share: Share | None = None

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if (self.country is None) == (self.region is None):
            raise ValueError("expected either a country or a region")
        return self


class PolicyMarkerWrite(Request):
    """A policy marker (OECD DAC) with its significance."""

    code: MarkerCode
    significance: SignificanceCode


class OtherIdentifierWrite(Request):
    """What the activity is called elsewhere, or was called before."""

    ref: Line
    type: IdentifierType
    owner: Line | None = None


class ConditionWrite(Request):
    """What the activity depends on."""

    type: ConditionType
    text: Texts


class PublicDocumentWrite(Request):
    """A public document about the activity."""

    url: PublicUrl
    format: MediaType
    title: Texts
    category: DocumentCategory
    languages: list[LanguageTag] = Field(default_factory=list, max_length=10)
    dated: Day | None = None


class PublicationProfileWrite(Request):
    """What only publishing needs to know of a record, as a whole; what is left out says nothing."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.PUBLICATION_PROFILE]})

    withheld_reason: Text | None = None
    """Keeps the record, and what belongs to it, out of publications."""
    scope: ScopeCode | None = None
    humanitarian: Flag = False
    recipients: list[RecipientShareWrite] = Field(default_factory=list, max_length=100)
    sectors: list[SectorWrite] = Field(default_factory=list, max_length=20)
    sdg_targets: list[TargetCode] = Field(default_factory=list, max_length=30)
    policy_markers: list[PolicyMarkerWrite] = Field(default_factory=list, max_length=12)
    finance_type: FinanceType | None = None
    tied_status: TiedStatus | None = None
    budget_not_provided: NotProvided | None = None
    other_identifiers: list[OtherIdentifierWrite] = Field(default_factory=list, max_length=20)
    conditions: list[ConditionWrite] = Field(default_factory=list, max_length=20)
    documents: list[PublicDocumentWrite] = Field(default_factory=list, max_length=50)
    details: PublicationDetailsWrite | None = None

    def to_columns(self) -> dict[str, Any]:
        """Return the fields as the table keeps them: decimals and days in strings."""
        kept = self.model_dump(mode="json")
        for places in (kept["recipients"], kept["sectors"]):
            for place in places:
                place["share"] = None if place["share"] is None else str(place["share"])
        return kept


class RecipientShareRead(Answer):
    """A country or a region, and its share in percent."""

    country: str | None
    region: str | None
    share: str | None


class PublicationProfileRead(Resource):
    """What only publishing needs to know of a record."""

    subject_kind: ActivityKind
    subject_id: UUID
    withheld_reason: str | None
    scope: str | None
    humanitarian: bool
    recipients: list[RecipientShareRead]
    sectors: list[SectorRead]
    sdg_targets: list[str]
    policy_markers: list[dict[str, str]]
    finance_type: str | None
    tied_status: str | None
    budget_not_provided: str | None
    other_identifiers: list[dict[str, str | None]]
    conditions: list[dict[str, Any]]
    documents: list[dict[str, Any]]
    details: dict[str, Any] | None


class FindingRead(Answer):
    """One thing to mend, in the record that it points at; none: the agency's own record."""

    subject: Reference | None
    rule: str
    severity: Severity
    code: str
    detail: str


class PublicationCheckRead(Answer):
    """What the checks say of a file as it would be published now."""

    channel: PublicationChannel
    subjects: int
    errors: int
    warnings: int
    findings: list[FindingRead]
    """At most 500 errors and 500 warnings."""


class PublicationRequest(Request):
    """The file to publish."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.PUBLICATION]})

    channel: PublicationChannel = Field(examples=[PublicationChannel.IATI_ACTIVITIES])


class PublicationWithdrawal(Request):
    """Why a file is taken back; the public reads it."""

    reason: Line


class PublicationRecordRead(Resource):
    """One publication of one file."""

    channel: PublicationChannel
    address: str
    """Where the file stands, for good."""
    state: PublicationState
    sha256: str | None
    size: int | None
    subjects: int | None
    errors: int | None
    warnings: int | None
    created_at: datetime
    published_at: datetime | None
    withdrawn_at: datetime | None
    withdrawn_reason: str | None


class PublicationAccepted(Answer):
    """The operation that checks the file, or makes, checks and publishes it."""

    operation_id: UUID
    href: str
