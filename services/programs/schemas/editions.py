"""Editions and their parts on the wire."""

from datetime import date, datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import AfterValidator, ConfigDict, Field, model_validator

from services.common.actions import Action
from services.common.clock import Provenance
from services.common.edtf import parse_edtf
from services.common.expressions import Expression
from services.common.i18n import InterfaceLanguage
from services.common.wire import (
    Answer,
    Code,
    Count,
    Day,
    Flag,
    Id,
    Instant,
    Line,
    Reference,
    Request,
    Resource,
    Texts,
)
from services.common.wire_codes import CountryCode, EdtfText, LanguageTag
from services.programs.domain.editions import STATED_STATES, EditionState, Modality
from services.programs.domain.eligibility import RuleSeverity
from services.programs.schemas import examples
from services.programs.schemas.edition_parts import AllocationRead, AllocationSettings
from services.programs.schemas.evidence import Citations, Sourced
from services.programs.schemas.programs import SectorRead, SectorWrite, Zone


def _bounded(text: str) -> str:
    edtf = parse_edtf(text)
    if edtf.earliest is None or edtf.latest is None:
        raise ValueError("expected a period with both ends")
    return text


Period = Annotated[EdtfText, AfterValidator(_bounded)]
Percent = Annotated[Count, Field(le=100)]


class HostPlace(Request):
    """Where an edition is held."""

    name: Line
    venue: Line | None = None
    country: CountryCode | None = None


class PlaceRead(Answer):
    """Where an edition is held."""

    name: str
    venue: str | None
    country: str | None


class EligibilityRule(Request):
    """A condition that is true where the rule is met, in the Common Expression Language.

    It speaks of the variables in docs/eligibility-variables.json.
    """

    id: Code
    expression: Expression
    severity: RuleSeverity
    message: Texts
    """What somebody who does not meet it is told, in Kazakh, Russian and English."""
    audience: Code | None = None
    """Whom it concerns; everybody if left out."""

    @model_validator(mode="after")
    def _told_to_everybody(self) -> Self:
        if not self.message.keys() >= set(InterfaceLanguage):
            raise ValueError("expected a message in kk, ru and en")
        return self


class StatedState(Request):
    """The state in which a source says the edition was, and the day on which the source knew."""

    state: EditionState
    as_of: Day

    @model_validator(mode="after")
    def _enterable(self) -> Self:
        if self.state not in STATED_STATES:
            raise ValueError("expected planned, running or completed")
        return self


class EditionFields(Request):
    """What an edition's record says apart from its keys."""

    title: Texts | None = None
    topic: Texts | None = None
    public_text: Texts | None = None
    duration_days: Count | None = None
    host_places: list[HostPlace] = Field(default_factory=list, max_length=10)
    modality: Modality | None = None
    languages: list[LanguageTag] = Field(default_factory=list, max_length=10)
    audience: Code | None = None
    sectors: list[SectorWrite] = Field(default_factory=list, max_length=20)
    coded_by: Code | None = None
    capacity_min: Count | None = None
    capacity_max: Count | None = None
    call_opens_at: Instant | None = None
    call_closes_at: Instant | None = None
    replacement_until: Instant | None = None
    form_version_id: Id | None = None
    eligibility_rules: list[EligibilityRule] | None = Field(default=None, max_length=50)
    allocation: AllocationSettings | None = None
    pass_mark_percent: Percent | None = None

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.call_opens_at and self.call_closes_at and self.call_opens_at >= self.call_closes_at:
            raise ValueError("the call closes before it opens")
        window = (self.call_opens_at, self.call_closes_at)
        if any(moment and (moment.second or moment.microsecond) for moment in window):
            raise ValueError("the call opens and closes to the minute")
        if (self.capacity_min or 0) > (self.capacity_max if self.capacity_max is not None else 2**31):
            raise ValueError("the minimum exceeds the capacity")
        rules = [rule.id for rule in self.eligibility_rules or ()]
        if len(rules) != len(set(rules)):
            raise ValueError("two eligibility rules have the same id")
        return self


class EditionCreate(EditionFields):
    """A new edition; a draft, unless sources state where it stands."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.EDITION]})

    program_id: Id
    component_id: Id | None = None
    predecessor_id: Id | None = None
    code: Code = Field(examples=["AVI-2025-C1"])
    ordinal: Count | None = None
    title: Texts
    period: Period
    zone: Zone = "Asia/Almaty"
    attendance_percent: Percent = 80
    pilot: Flag = False
    stated: StatedState | None = None
    provenance: Provenance = Provenance.REAL
    sources: Citations


class EditionChange(EditionFields):
    """What is to be different; what is left out stays as it is."""

    period: Period | None = None
    attendance_percent: Percent | None = None


class EditionItem(Resource):
    """An edition, as it stands in lists."""

    code: str
    program: Reference
    component_id: UUID | None
    predecessor_id: UUID | None
    ordinal: int | None
    title: dict[str, str]
    topic: dict[str, str] | None
    period: str
    earliest: date
    latest: date
    state: EditionState
    pilot: bool
    historic: bool
    provenance: Provenance


class EligibilityRuleRead(Answer):
    """A rule that applicants are checked against."""

    id: str
    expression: str
    severity: RuleSeverity
    message: dict[str, str]
    audience: str | None


class EditionRead(EditionItem, Sourced):
    """An edition with its sources and with what this caller may do to it."""

    public_text: dict[str, str] | None
    duration_days: int | None
    host_places: list[PlaceRead]
    modality: Modality | None
    zone: str
    languages: list[str]
    audience: str | None
    sectors: list[SectorRead]
    coded_by: str | None
    capacity_min: int | None
    capacity_max: int | None
    call_opens_at: datetime | None
    call_closes_at: datetime | None
    replacement_until: datetime | None
    form_version_id: UUID | None
    eligibility_rules: list[EligibilityRuleRead] | None
    eligibility_rules_version: int
    """Counts how often the rules were saved; 0 until they are."""
    allocation: AllocationRead | None
    attendance_percent: int
    pass_mark_percent: int | None
    stated_as_of: date | None
    state_reason: str | None
    actions: list[Action]


class EditionClone(Request):
    """A new edition like this one: its timetable and call move by as many days as its first day does."""

    code: Code
    title: Texts
    period: Period
    ordinal: Count | None = None
    capacity_max: Count | None = None
    """As now, if left out; seats that are rolled over must fit."""
    provenance: Provenance = Provenance.REAL
