"""Programs, components, partnerships, funds and the agency on the wire."""

from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, ConfigDict, Field

from services.common.wire import (
    Amount,
    Answer,
    Code,
    Count,
    Flag,
    Id,
    Line,
    Reference,
    Request,
    Resource,
    Texts,
)
from services.common.wire_codes import (
    CountryCode,
    EdtfText,
    LanguageTag,
    OrganizationRole,
    SectorCode,
    current_code,
)
from services.programs.domain.evidence import Confidence
from services.programs.domain.programs import (
    CooperationForm,
    FunctionalRole,
    ProgramKind,
    ProgramStatus,
    TriangularRole,
)
from services.programs.schemas import examples
from services.programs.schemas.evidence import Citations, Sourced, SubjectRead, SubjectReference

SdgGoal = Annotated[str, Field(max_length=2, examples=["3"]), current_code("UNSDG-Goals")]
AidType = Annotated[str, Field(max_length=3, examples=["E01"]), current_code("AidType")]


def _positive_share(share: Decimal) -> Decimal:
    if not 0 < share <= 100:
        raise ValueError("expected a percentage above 0 and at most 100")
    return share


Share = Annotated[Amount, AfterValidator(_positive_share)]


class SectorWrite(Request):
    """A sector (OECD DAC purpose code) and its share in percent, where somebody states one."""

    code: SectorCode
    share: Share | None = None


class SectorRead(Answer):
    """A sector and its share in percent."""

    code: str
    share: Decimal | None


class AgencyWrite(Request):
    """The agency's own record, whole."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.AGENCY]})

    names: Texts
    acronym: Line | None = None
    legal_form: Texts | None = None
    mandate: Texts | None = None
    founded: EdtfText | None = None
    ministry: Texts | None = None
    chair: Line | None = None
    country: CountryCode
    reporting_identifier: Code | None = None
    sources: Citations


class AgencyRead(Sourced):
    """The agency that this installation serves."""

    names: dict[str, str]
    acronym: str | None
    legal_form: dict[str, str] | None
    mandate: dict[str, str] | None
    founded: str | None
    ministry: dict[str, str] | None
    chair: str | None
    country: str
    reporting_identifier: str | None


class ProgramFields(Request):
    """What a program's record says apart from its keys."""

    objectives: Texts | None = None
    form_as_stated: CooperationForm | None = None
    aid_type: AidType | None = None
    sdg_goals: list[SdgGoal] = Field(default_factory=list, max_length=17)
    sectors: list[SectorWrite] = Field(default_factory=list, max_length=20)
    coded_by: Code | None = None
    audiences: list[Code] = Field(default_factory=list, max_length=20)


class ProgramCreate(ProgramFields):
    """A new program."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.PROGRAM]})

    code: Code = Field(examples=["avicenna"])
    title: Texts
    kind: ProgramKind
    status: ProgramStatus | None = None
    sources: Citations


class ProgramChange(ProgramFields):
    """What is to be different; what is left out stays as it is."""

    title: Texts | None = None
    status: ProgramStatus | None = None


class ProgramItem(Resource):
    """A program, as it stands in lists."""

    code: str
    title: dict[str, str]
    kind: ProgramKind
    status: ProgramStatus | None
    objectives: dict[str, str] | None
    form_as_stated: CooperationForm | None
    aid_type: str | None
    sdg_goals: list[str]
    sectors: list[SectorRead]
    coded_by: str | None
    audiences: list[str]


class ProgramRead(ProgramItem, Sourced):
    """A program with its sources."""


class ComponentCreate(Request):
    """A part of a program for one audience."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.COMPONENT]})

    ordinal: Count
    title: Texts
    audience: Code | None = None
    languages: list[LanguageTag] = Field(default_factory=list, max_length=10)
    sources: Citations


class ComponentRead(Sourced):
    """A part of a program for one audience."""

    program_id: UUID
    ordinal: int
    title: dict[str, str]
    audience: str | None
    languages: list[str]


class PartnershipCreate(Request):
    """What an organization does in one undertaking, or in several that no source takes apart."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.PARTNERSHIP]})

    code: Code
    organization_id: Id
    subjects: list[SubjectReference] = Field(min_length=1, max_length=50)
    iati_role: OrganizationRole | None = None
    functional_role: FunctionalRole = FunctionalRole.PARTNER
    triangular_role: TriangularRole | None = None
    certainty: Confidence = Confidence.STATED
    sources: Citations


class PartnershipRead(Sourced):
    """What an organization does in one undertaking, or in several that no source takes apart."""

    code: str
    organization: Reference
    subjects: list[SubjectRead]
    iati_role: str | None
    functional_role: FunctionalRole
    triangular_role: TriangularRole | None
    certainty: Confidence


class FundCreate(Request):
    """Money of several donors for one purpose."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.FUND]})

    code: Code
    names: Texts
    established: EdtfText | None = None
    purpose: Texts
    sources: Citations


class FundRead(Sourced):
    """Money of several donors for one purpose."""

    code: str
    names: dict[str, str]
    established: str | None
    purpose: dict[str, str]


class LecturerCreate(Request):
    """Somebody who teaches; shown to the public only with consent."""

    names: Texts
    consents_to_be_shown: Flag = False
    organization_id: Id | None = None
    expertise: list[Line] = Field(default_factory=list, max_length=30)


class LecturerChange(Request):
    """What is to be different; what is left out stays as it is."""

    names: Texts | None = None
    organization_id: Id | None = None
    expertise: list[Line] | None = Field(default=None, max_length=30)
    consents_to_be_shown: Flag | None = None


class LecturerRead(Resource):
    """Somebody who teaches."""

    names: dict[str, str]
    organization_id: UUID | None
    expertise: list[str]
    consents_to_be_shown: bool
