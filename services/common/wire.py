"""What may stand in a request and how answers are shaped: strict scalars and the roots of all wire models.

JSON knows strings, numbers, booleans and null; nothing is coerced between them. Pydantic's own strict mode
cannot be used, because FastAPI validates Python objects and strict mode then refuses the strings that JSON
carries ids, dates and amounts in.
"""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import partial
from typing import Annotated, Any, Final, Generic, Never, Self, TypeVar
from uuid import UUID

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictBool,
    StrictInt,
    StringConstraints,
    WithJsonSchema,
)

from services.common.i18n import clean_multilingual, clean_text
from services.common.problems import BodyUnreadable

MAX_DEPTH: Final = 32

_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_INSTANT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?(Z|[+-][0-9]{2}:[0-9]{2})"
)
_DECIMAL = re.compile(r"-?(0|[1-9][0-9]{0,13})(\.[0-9]{1,4})?")

T = TypeVar("T")


def _parsed(pattern: re.Pattern[str], parse: Callable[[str], object], expected: str) -> BeforeValidator:
    def read(value: object) -> object:
        if not isinstance(value, str):
            # Values that Python code builds are typed already; JSON has only strings to offer.
            if isinstance(value, UUID | date | Decimal):
                return value
            raise ValueError(f"expected {expected}")
        if not pattern.fullmatch(value):
            raise ValueError(f"expected {expected}")
        return parse(value)

    return BeforeValidator(read)


def _in_utc(value: datetime) -> datetime:
    try:
        return value.astimezone(UTC)
    except OverflowError as error:
        raise ValueError("expected a time between the years 1 and 9999") from error


Id = Annotated[UUID, _parsed(_UUID, UUID, "a UUID in its hyphenated form")]
Day = Annotated[date, _parsed(_DATE, date.fromisoformat, "a date as YYYY-MM-DD")]
Instant = Annotated[
    datetime,
    _parsed(_INSTANT, datetime.fromisoformat, "a time as RFC 3339 with its offset"),
    AfterValidator(_in_utc),
]
"""A moment; the offset is compulsory in requests, answers are in UTC."""
Amount = Annotated[
    Decimal,
    _parsed(_DECIMAL, Decimal, "a decimal number in a string"),
    WithJsonSchema({"type": "string", "pattern": rf"^{_DECIMAL.pattern}$", "examples": ["12.50"]}),
]
"""A decimal number, in a string so that no client rounds it; at most 14 digits before and 4 after the point."""
Count = Annotated[StrictInt, Field(ge=0, le=2**31 - 1)]
Flag = StrictBool
Line = Annotated[str, StringConstraints(max_length=500), AfterValidator(clean_text), Field(min_length=1)]
"""One line of text: trimmed, NFC, no control characters and no bidi overrides."""
Text = Annotated[
    str,
    StringConstraints(max_length=20_000),
    AfterValidator(partial(clean_text, multiline=True)),
    Field(min_length=1),
]
"""Several lines of text; line breaks and tabs are kept."""
Texts = Annotated[
    dict[str, Annotated[str, StringConstraints(min_length=1, max_length=20_000)]],
    AfterValidator(partial(clean_multilingual, multiline=True)),
    WithJsonSchema(
        {
            "type": "object",
            "minProperties": 1,
            "additionalProperties": {"type": "string", "minLength": 1, "maxLength": 20_000},
            "examples": [{"en": "Avicenna: Healthcare", "ru": "Авиценна: здравоохранение"}],
        }
    ),
]
"""One text in several languages, by BCP 47 tag."""
Code = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$")]
"""A code of a list or an identifier that people type: ASCII letters, digits and `. _ : -`."""


class Request(BaseModel):
    """Root of everything that comes in: an unknown field is an error."""

    model_config = ConfigDict(extra="forbid")

    def changes(self) -> dict[str, Any]:
        """Return the fields that were sent, each whole: parts left out of a nested value have their defaults."""
        return self.model_dump(include=self.model_fields_set)


class Answer(BaseModel):
    """Root of everything that goes out: built from rows by attribute, and without defaults.

    A field that may be empty is `null`, never left out.
    """

    model_config = ConfigDict(from_attributes=True)

    @classmethod
    def of(cls, row: object, **parts: Any) -> Self:
        """Return the answer made of a row and of the parts that stand elsewhere."""
        own = {name: getattr(row, name) for name in cls.model_fields if name not in parts}
        return cls.model_validate(own | parts)


class Resource(Answer):
    """A single thing with an address of its own; its ETag is made from `version` and the bytes sent."""

    id: UUID
    version: int
    """Counts changes; send it back in `If-Match` (the ETag, or just its part before the hyphen)."""


class Reference(Answer):
    """Something else, named so that a screen can show and link it."""

    id: UUID
    label: str | None
    href: str


Item = TypeVar("Item")


class Page(Answer, Generic[Item]):
    """A part of a list."""

    items: list[Item]
    next_cursor: str | None
    """Send it as `cursor` for the next part; null at the end."""
    total: int | None
    """How many there are in all; only with `count=true`."""


class ListChanges(Answer):
    """Where a reader who follows a list stands, and what is not in it any more."""

    gone: list[UUID] | None
    """Ids that changed and are not in this list: deleted, merged, or not matching its filters; ids that you never
    had are among them. Null for those who do not see every row: they learn of it by reading the whole list."""
    until: str
    """Send it as `updated_since` next time."""


class FollowedPage(Page[Item], Generic[Item]):
    """A part of a list that can be followed."""

    changes: ListChanges | None
    """Only with `updated_since`."""


class FacetCount(Answer):
    """How many items have one value."""

    value: str | None
    count: int


class FacetedPage(FollowedPage[Item], Generic[Item]):
    """A part of a list, with what was asked to be counted beside."""

    facets: dict[str, list[FacetCount]] | None
    """By name, the most frequent value first; only with `facets`."""


_MEMBER: Final = re.compile(r"<\w+\.\w+: ('[^']*')>")
"""How Python writes a member of an enumeration."""


def say_error(error: Mapping[str, Any]) -> str:
    """Return what one of Pydantic's errors expects; its own messages name rules, never the rejected value."""
    if error["type"] == "value_error":
        return str(error.get("ctx", {}).get("error", "The value is not valid.")).capitalize()
    if error["type"] == "extra_forbidden":
        return "There is no such field."
    if error["type"] in {"too_short", "too_long"} and str(error["msg"]).startswith("Value"):  # of a secret
        limits = error["ctx"]
        least, most = limits.get("min_length"), limits.get("max_length")
        return f"Expected at least {least} characters." if least else f"Expected at most {most} characters."
    return _MEMBER.sub(r"\1", str(error["msg"]))


def _refuse_constant(_: str) -> Never:
    raise BodyUnreadable("NaN and Infinity are not JSON.")


def _finite(text: str) -> float:
    value = float(text)
    if value in (float("inf"), float("-inf")):
        raise BodyUnreadable("A number is too large.")
    return value


def _integer(text: str) -> int:
    if len(text) > 20:
        raise BodyUnreadable("A number is too large.")
    return int(text)


def _without_duplicates(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    pairs = list(pairs)
    result = dict(pairs)
    if len(result) != len(pairs):
        raise BodyUnreadable("An object names the same key twice.")
    return result


def _check(value: object, depth: int = 1) -> None:
    if depth > MAX_DEPTH:
        raise BodyUnreadable(f"The body is nested deeper than {MAX_DEPTH}.")
    if isinstance(value, dict):
        for key, member in value.items():
            _check(key, depth)
            _check(member, depth + 1 if isinstance(member, dict | list) else depth)
    elif isinstance(value, list):
        for member in value:
            _check(member, depth + 1 if isinstance(member, dict | list) else depth)
    elif isinstance(value, str) and not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError as error:
            raise BodyUnreadable("A text holds half of a surrogate pair.") from error


_READER: Final = json.JSONDecoder(
    object_pairs_hook=_without_duplicates,
    parse_constant=_refuse_constant,
    parse_float=_finite,
    parse_int=_integer,
)


def parse_json(body: bytes) -> object:
    """Return what an I-JSON (RFC 7493) document says.

    Raises `BodyUnreadable` for bad UTF-8 or syntax, duplicate keys, NaN and numbers beyond a double, lone
    surrogates and nesting deeper than 32.
    """
    try:
        value: object = _READER.decode(body.decode("utf-8"))
    except RecursionError as error:
        raise BodyUnreadable(f"The body is nested deeper than {MAX_DEPTH}.") from error
    except ValueError as error:
        raise BodyUnreadable("The body is not valid JSON in UTF-8.") from error
    # Nothing but an escape writes half of a surrogate pair, and nothing but a bracket nests.
    if b"\\u" in body or body.count(b"{") + body.count(b"[") > MAX_DEPTH:
        _check(value)
    return value
