"""What persons and nominating authorities look like on the wire."""

from datetime import date, datetime
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import AfterValidator, EmailStr, Field, StringConstraints, model_validator

from services.common.clock import Provenance
from services.common.wire import Answer, Day, Flag, Id, Instant, Line, Request, Resource
from services.common.wire_codes import CountryCode, LanguageTag
from services.participants.domain.people import LanguageLevel, Sex


def _phone(text: str) -> str:
    import phonenumbers  # noqa: PLC0415  heavy: loaded where it is used

    try:
        number = phonenumbers.parse(text)
    except phonenumbers.NumberParseException as error:
        raise ValueError("expected a telephone number with its country code, such as +77172000000") from error
    if not phonenumbers.is_possible_number(number):
        raise ValueError("expected a telephone number of its country's length")
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


Phone = Annotated[
    str, StringConstraints(max_length=40), AfterValidator(_phone), Field(examples=["+77172000000"])
]
"""A telephone number with its country code; spaces and dashes do not count."""
Languages = Annotated[dict[LanguageTag, LanguageLevel], Field(max_length=30)]

DocumentNumber = Annotated[str, StringConstraints(pattern=r"^[A-Z0-9]{5,20}$")]
"""As in the machine-readable zone; a Cyrillic letter that looks like a Latin one is refused, not matched."""


class PersonName(Request):
    """A name as one document or script writes it; none is generated from another."""

    language: LanguageTag
    """Language and script, such as `tg-Cyrl`; the passport's Latin spelling is `und-Latn`."""
    given: Line | None = None
    family: Line | None = None
    patronymic: Line | None = None
    mononym: Line | None = None

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if (self.mononym is None) == (self.given is None and self.family is None):
            raise ValueError("a name has a given or family name, or is a mononym")
        return self


class PersonCreate(Request):
    """A person, as an officer or the person enters them; nothing of the sensitive block stands here."""

    names: list[PersonName] = Field(min_length=1, max_length=10)
    sex: Sex
    birth_date: Day | None = None
    nationality: CountryCode
    residence: CountryCode | None = None
    email: EmailStr | None = None
    phone: Phone | None = None
    languages: Languages = Field(default_factory=dict)
    """Which languages they speak, and how well."""
    preferred_language: LanguageTag
    provenance: Provenance = Provenance.REAL
    authority_id: Id | None = None
    """The authority for which an officer enters the person; officers must name it."""


class PersonChange(Request):
    """What is to be different in one's record; what is left out stays."""

    names: list[PersonName] | None = Field(default=None, min_length=1, max_length=10)
    sex: Sex | None = None
    birth_date: Day | None = None
    nationality: CountryCode | None = None
    residence: CountryCode | None = None
    phone: Phone | None = None
    languages: Languages | None = None
    preferred_language: LanguageTag | None = None


class PersonItem(Resource):
    """A person, as they stand in lists."""

    names: list[dict[str, Any]]
    nationality: str
    provenance: Provenance


class PersonRead(PersonItem):
    """A person; the sensitive block has an address of its own."""

    sex: Sex
    birth_date: date | None
    residence: str | None
    email: str | None
    phone: str | None
    languages: dict[str, LanguageLevel]
    preferred_language: str


class SensitiveData(Request):
    """What is encrypted under the person's own key and never stands in a list (R15)."""

    passport_number: DocumentNumber | None = None
    national_id: DocumentNumber | None = None
    access_needs: Line | None = None
    emergency_contact: Line | None = None
    fit_to_travel_declared: Flag = False


class SensitiveDataRead(Answer):
    """The sensitive block; reading it was logged."""

    passport_number: str | None
    national_id: str | None
    access_needs: str | None
    emergency_contact: str | None
    fit_to_travel_declared: bool


class AuthorityCreate(Request):
    """An organization that is to nominate for a country."""

    organization_id: Id
    country: CountryCode


class AuthorityRead(Resource):
    """A nominating authority."""

    organization_id: UUID
    country: str
    delegation: dict[str, Any] | None
    """The document by which it nominates: number, dated_on, valid_until, file_id."""


class DeadlineExtensionWrite(Request):
    """More time for one authority, and why."""

    closes_at: Instant
    reason: Line


class DeadlineExtensionRead(Resource):
    """An authority's own deadline in one call."""

    authority_id: UUID
    edition_id: UUID
    closes_at: datetime
    reason: str
