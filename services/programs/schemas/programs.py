"""Programs, components, partnerships, funds and the agency on the wire."""

from decimal import Decimal
from typing import Annotated, Final
from uuid import UUID
from zoneinfo import available_timezones

from pydantic import AfterValidator, ConfigDict, Field

from services.common.actions import BlockedBy
from services.common.wire import (
    Amount,
    Answer,
    Code,
    Count,
    Flag,
    Id,
    Line,
    Request,
    Resource,
    Texts,
)
from services.common.wire_codes import (
    CountryCode,
    EdtfText,
    LanguageTag,
    SectorCode,
    current_code,
)
from services.programs.domain.programs import (
    Cadence,
    CooperationForm,
    ProgramKind,
    ProgramStatus,
)
from services.programs.schemas import examples
from services.programs.schemas.evidence import Citations, Sourced

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


ZONES: Final = available_timezones()


def _zone(name: str) -> str:
    if name not in ZONES:
        raise ValueError("expected a time zone of the IANA database")
    return name


Zone = Annotated[str, Field(max_length=50, examples=["Asia/Almaty"]), AfterValidator(_zone)]


class Office(Request):
    """A place where the agency works; hours and deadlines there are told in its zone."""

    code: Code
    names: Texts
    country: CountryCode
    city: Line | None = None
    zone: Zone


class OfficeRead(Answer):
    """A place where the agency works."""

    code: str
    names: dict[str, str]
    country: str
    city: str | None
    zone: str


class AgencyWrite(Request):
    """The agency's own record, whole."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.AGENCY]})

    names: Texts
    acronym: Line | None = None
    legal_form: Texts | None = None
    mandate: Texts | None = None
    offices: list[Office] = Field(default_factory=list, max_length=100)
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
    offices: list[OfficeRead]
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
    cadence: Cadence | None = None
    mandate: Texts | None = None
    """By which decision, law or agreement the agency carries it out."""


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


class ProgramStatusChange(Request):
    """The status that is wanted, and what the step asks for."""

    status: ProgramStatus
    reason: Line | None = None
    evaluation_reference: Line | None = None
    """Where the evaluation of the pilot stands, if it was not held here."""
    historic: Flag = False
    """A fact that the sources state: the conditions of the step are waived."""
    sources: Citations


class ProgramStatusChangeResult(Answer):
    """What the change did, or would do."""

    program_id: UUID
    from_status: ProgramStatus | None
    to_status: ProgramStatus
    applied: bool
    unmet: list[BlockedBy]


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
    cadence: Cadence | None


class ProgramRead(ProgramItem, Sourced):
    """A program with its sources."""

    mandate: dict[str, str] | None
    status_reason: str | None
    evaluation_reference: str | None


class ComponentFields(Request):
    """What a component's record says."""

    ordinal: Count
    title: Texts
    audience: Code | None = None
    level: Code | None = None
    """Of what its audience has learned so far, such as `undergraduate`."""
    languages: list[LanguageTag] = Field(default_factory=list, max_length=10)


class ComponentCreate(ComponentFields):
    """A part of a program for one audience."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.COMPONENT]})

    sources: Citations


class ComponentChange(ComponentFields):
    """What the record is to say as a whole."""


class ComponentRead(Sourced):
    """A part of a program for one audience."""

    program_id: UUID
    ordinal: int
    title: dict[str, str]
    audience: str | None
    level: str | None
    languages: list[str]


class FundFields(Request):
    """What a fund's record says apart from its code."""

    names: Texts
    established: EdtfText | None = None
    purpose: Texts


class FundCreate(FundFields):
    """Money of several donors for one purpose."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.FUND]})

    code: Code
    sources: Citations


class FundChange(FundFields):
    """What the record is to say as a whole; its money is told by the ledger."""


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
