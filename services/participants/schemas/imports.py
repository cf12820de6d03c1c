"""The columns of the tables that people, nominations and attendance are imported from."""

import re
from collections.abc import Sequence
from typing import Annotated, Any, Final, Self

import orjson
from pydantic import AfterValidator, EmailStr, Field, TypeAdapter, model_validator

from services.common.clock import Provenance
from services.common.database import new_id_text
from services.common.tabular.cells import CountCell, DayCell, TableRow
from services.common.wire import Code, Id, Line, Text
from services.common.wire_codes import CountryCode, LanguageTag
from services.participants.domain.applications import NomineePlace, Slot
from services.participants.domain.attendance import AttendanceStatus
from services.participants.domain.people import Sex

_PLAIN_EMAIL: Final = re.compile(r"[A-Za-z0-9._%+-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.)+[A-Za-z]{2,63}")
_EMAIL: Final = TypeAdapter[str](EmailStr)


def _email(text: str) -> str:
    """Return the address with its domain in small letters; the library checks the unusual ones, at its leisure."""
    if len(text) <= 254 and ".." not in text and _PLAIN_EMAIL.fullmatch(text) and text[0] != ".":
        local, _, domain = text.rpartition("@")
        if local[-1] != ".":
            return f"{local}@{domain.lower()}"
    return _EMAIL.validate_python(text)


EmailCell = Annotated[str, Field(max_length=320), AfterValidator(_email)]


class PersonRow(TableRow):
    """A person; the sensitive block is not imported, for nobody types another person's passport number."""

    family: Line | None = None
    given: Line | None = None
    patronymic: Line | None = None
    mononym: Line | None = None
    language: LanguageTag = "und-Latn"
    """Language and script of this name, such as `tg-Cyrl`."""
    latin_family: Line | None = None
    """The spelling of the passport, where the name above is written otherwise."""
    latin_given: Line | None = None
    sex: Sex
    birth_date: DayCell | None = None
    nationality: CountryCode
    residence: CountryCode | None = None
    email: EmailCell | None = None
    preferred_language: LanguageTag
    provenance: Provenance = Provenance.REAL

    @model_validator(mode="after")
    def _named(self) -> Self:
        if (self.mononym is None) == (self.given is None and self.family is None):
            raise ValueError("a name has a given or family name, or is a mononym")
        return self


def person_cells(row: PersonRow) -> Sequence[str | None]:
    """Return the cells of `STAGED_PERSON` for one row."""
    names: list[dict[str, Any]] = [
        {
            "language": row.language,
            "given": row.given,
            "family": row.family,
            "patronymic": row.patronymic,
            "mononym": row.mononym,
        }
    ]
    if row.latin_family is not None or row.latin_given is not None:
        latin = {"given": row.latin_given, "family": row.latin_family}
        names.append({"language": "und-Latn", **latin, "patronymic": None, "mononym": None})
    return (
        new_id_text(),
        new_id_text(),
        orjson.dumps(names).decode(),
        row.sex,
        row.birth_date.isoformat() if row.birth_date is not None else None,
        row.nationality,
        row.residence,
        row.email,
        row.preferred_language,
        row.provenance,
    )


STAGED_PERSON: Final = {
    "id": "uuid",
    "audit_id": "uuid",
    "names": "jsonb",
    "sex": "text",
    "birth_date": "date",
    "nationality": "text",
    "residence": "text",
    "email": "text",
    "preferred_language": "text",
    "provenance": "text",
}
"""The columns of the stage, in the order of `person_cells`."""


class NominationRow(TableRow):
    """A person put forward by an authority, last in its order."""

    edition: Code
    """The edition's code."""
    authority: Id
    person: Id
    place: NomineePlace = NomineePlace.PRINCIPAL
    slot: Slot = Slot.ORDINARY
    justification: Text | None = None


class AttendanceRow(TableRow):
    """How one participant attended one training session."""

    training_session: Id
    participation: Id
    status: AttendanceStatus
    minutes: CountCell | None = None
    """Where they were late or left early."""
    source: Line | None = None
    """In exports only, and so is the next."""
    starts_at: Line | None = None
