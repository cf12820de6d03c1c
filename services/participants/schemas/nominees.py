"""What invitations of nominees, applications by oneself and application files look like on the wire."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import EmailStr, Field, StrictInt

from services.common.wire import Answer, Code, Day, Flag, Id, Line, Request, Resource, Text
from services.common.wire_codes import LanguageTag
from services.participants.domain.applications import DocumentState, NomineePlace, Slot
from services.participants.schemas.people import PersonName


class NomineeInvitation(Request):
    """Somebody whom an authority puts forward, and where to reach them; they complete the file themselves."""

    edition_id: Id
    authority_id: Id
    name: PersonName
    email: EmailStr
    preferred_language: LanguageTag
    place: NomineePlace = NomineePlace.PRINCIPAL
    slot: Slot = Slot.ORDINARY
    justification: Text | None = None


class NominationChange(Request):
    """What is to be different in a nomination."""

    place: NomineePlace
    slot: Slot
    justification: Text | None


class NominationLetter(Request):
    """An uploaded file as the letter in which the authority puts the person forward."""

    file_id: Id


class LinkRequest(Request):
    """The address under which somebody applied."""

    email: EmailStr


class ApplicationCreate(Request):
    """One's own application; to an authority's seats, where one is named."""

    edition_id: Id
    authority_id: Id | None = None


Whole = Annotated[StrictInt, Field(ge=-(2**31), le=2**31 - 1)]
FormAnswer = Text | Flag | Whole | Annotated[list[Code], Field(max_length=200)] | dict[Code, Code]
"""What a question may be answered with; the form says which question takes what."""


class AnswersWrite(Request):
    """Answers by question code, complete or not; what is left out is unanswered."""

    answers: dict[Code, FormAnswer] = Field(max_length=200)


class ReturnWrite(Request):
    """What the applicant is to correct."""

    note: Text


class DocumentWrite(Request):
    """An uploaded file as one of the papers."""

    file_id: Id
    expires_on: Day | None = None


class DocumentJudgment(Request):
    """What was found of a paper."""

    state: Literal[DocumentState.VERIFIED, DocumentState.REJECTED]
    reason: Line | None = None
    expires_on: Day | None = None


class DocumentRead(Resource):
    """One paper of an application; its content has an address of its own."""

    application_id: UUID
    code: str
    state: DocumentState
    reason: str | None
    expires_on: date | None


class Lacking(Answer):
    """One thing that the file lacks."""

    pointer: str
    code: str
    detail: str


class ApplicationFileRead(Resource):
    """The file of an application: what was answered and handed in, and what is missing."""

    form_id: UUID | None
    answers: dict[str, Any] | None
    documents: list[DocumentRead]
    complete: bool
    missing: list[Lacking]
    return_note: str | None
    submitted_at: datetime | None
    deadline: datetime | None
    possible_doubles: list[UUID] | None
    """Other live applications to the edition that may be the same human being's; null but for staff."""


class Delegation(Request):
    """The document by which an authority nominates."""

    number: Line
    dated_on: Day
    valid_until: Day | None = None
    file_id: Id | None = None


class AuthorityCallRead(Answer):
    """A call as one authority sees it: its own seats, what is used and left of them, and its own deadline."""

    edition_id: UUID
    authority_id: UUID
    seat_line_id: UUID | None
    deadline: datetime | None
    zone: str | None
    seconds_left: int | None
    form_id: UUID | None
    seats: int
    principals: int
    """Live nominations for these seats, of all authorities that share the line."""
    principals_left: int
    reserve: int
    reserves: int
    reserves_left: int
    discretionary: int
    discretionaries: int
