"""Country priorities, needs surveys, and how the plan meets them, on the wire."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from services.common.actions import Action
from services.common.clock import Provenance
from services.common.wire import Answer, Code, Count, Id, Line, Reference, Request, Resource, Text, Texts
from services.common.wire_codes import CountryCode, EdtfText, SectorCode
from services.programs.domain.needs import NeedsSurveyState, SectorMatch
from services.programs.schemas.evidence import Citations, Sourced

Year = Annotated[Count, Field(ge=1900, le=2200)]
Importance = Annotated[Count, Field(ge=1, le=3)]
"""1 (most wanted) to 3."""


class CountryPriorityFields(Request):
    """What the country's document says."""

    country: CountryCode
    document: Line
    theme: Texts
    sectors: list[SectorCode] = Field(min_length=1, max_length=20)
    period: EdtfText


class CountryPriorityCreate(CountryPriorityFields):
    """An aim that a partner country states in a document of its own."""

    code: Code
    provenance: Provenance = Provenance.REAL
    """Synthetic ones are possible in demonstration mode only, and stand in no list that does not ask for them."""
    sources: Citations


class CountryPriorityChange(CountryPriorityFields):
    """What the record is to say as a whole."""


class CountryPriorityRead(Sourced):
    """An aim that a partner country states in a document of its own."""

    code: str
    country: str
    document: str
    theme: dict[str, str]
    sectors: list[str]
    period: str
    earliest: date | None
    latest: date | None
    provenance: Provenance


class Need(Request):
    """One thing that a country asks for."""

    topic: Texts
    sector: SectorCode
    importance: Importance = 2
    audience: Code | None = None
    participants: Count | None = None
    note: Text | None = None


class NeedRead(Answer):
    """One thing that a country asks for."""

    topic: dict[str, str]
    sector: str
    importance: int
    audience: str | None
    participants: int | None
    note: str | None


class NeedsSurveyCreate(Request):
    """A country is asked what it needs in a year."""

    country: CountryCode
    year: Year
    authority_id: Id | None = None
    """The nominating authority that is asked."""
    provenance: Provenance = Provenance.REAL
    """Synthetic ones are possible in demonstration mode only, and stand in no list that does not ask for them."""


class NeedsWrite(Request):
    """Everything that the country asks for, as a whole."""

    needs: list[Need] = Field(max_length=100)


class NeedsSurveyItem(Resource):
    """A needs survey, as it stands in lists."""

    country: str
    year: int
    authority_id: UUID | None
    state: NeedsSurveyState
    submitted_at: datetime | None
    provenance: Provenance


class NeedsSurveyRead(NeedsSurveyItem):
    """A needs survey with what the country asks for."""

    needs: list[NeedRead]
    submitted_by: str | None
    actions: list[Action]


class MatchedEdition(Answer):
    """An edition of the plan that meets a need or a priority."""

    edition: Reference
    match: SectorMatch
    for_the_audience: bool | None
    """Whether it is meant for the audience asked for; null where nobody says."""


class MatchedPriority(Answer):
    """A priority, and the editions that meet it."""

    priority_id: UUID
    code: str
    theme: dict[str, str]
    editions: list[MatchedEdition]


class MatchedNeed(NeedRead):
    """A need, and the editions that meet it."""

    survey_id: UUID
    editions: list[MatchedEdition]


class PlanMatch(Answer):
    """How the plan of a year meets what a country aims at and asks for."""

    country: str
    year: int
    priorities: list[MatchedPriority]
    needs: list[MatchedNeed]
    unmet_needs: int
    unasked: list[Reference]
    """Editions of the plan that meet neither."""
