"""Sources, citations and statements on the wire."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import ConfigDict, Field

from services.common.wire import Answer, Code, Day, Id, Line, Request, Resource, Text, Texts
from services.common.wire_codes import CountryCode, EdtfText, RegionCode
from services.programs.domain.evidence import Confidence, SourceKind, StatementKind, SubjectKind
from services.programs.schemas import examples

WebAddress = Annotated[Line, Field(pattern=r"^https?://[^\s]+$")]


class SourceFields(Request):
    """What a source's record says apart from its code."""

    kind: SourceKind
    title: Line
    url: WebAddress | None = None
    published: EdtfText | None = None


class SourceCreate(SourceFields):
    """Something that facts are read from."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.SOURCE]})

    code: Code = Field(examples=["interview-2025"])


class SourceChange(SourceFields):
    """What the record is to say as a whole."""


class SourceRead(Resource):
    """Something that facts are read from."""

    code: str
    kind: SourceKind
    title: str
    url: str | None
    published: str | None


class CitationWrite(Request):
    """Where the facts of a row stand."""

    source_code: Code
    locator: Line | None = None
    note: Text | None = None
    confidence: Confidence = Confidence.STATED
    as_of: Day | None = None


Citations = Annotated[list[CitationWrite], Field(default_factory=list, max_length=20)]
"""The sources of what a request says."""


class CitationRead(Answer):
    """Where the facts of a row stand, and how sure they are."""

    source_id: UUID
    code: str
    title: str
    url: str | None
    locator: str | None
    note: str | None
    confidence: Confidence
    as_of: date | None


class Sourced(Resource):
    """A single resource that names its sources."""

    sources: list[CitationRead]


class SubjectReference(Request):
    """A row of the portfolio that something concerns."""

    kind: SubjectKind
    id: Id


class SubjectRead(Answer):
    """A row of the portfolio that something concerns."""

    kind: SubjectKind
    id: UUID


class StatementFields(Request):
    """What a statement says apart from its code and its sources."""

    kind: StatementKind
    text: Texts
    countries: list[CountryCode] = Field(default_factory=list, max_length=250)
    regions: list[RegionCode] = Field(default_factory=list, max_length=20)
    period: EdtfText | None = None
    subjects: list[SubjectReference] = Field(default_factory=list, max_length=50)


class StatementCreate(StatementFields):
    """What the agency states, or what a reader notes about its sources."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.STATEMENT]})

    code: Code
    sources: Citations


class StatementChange(StatementFields):
    """What the record is to say as a whole."""


class StatementRead(Sourced):
    """What the agency states, or what a reader notes about its sources."""

    code: str
    kind: StatementKind
    text: dict[str, str]
    countries: list[str]
    regions: list[str]
    period: str | None
    subjects: list[SubjectRead]
