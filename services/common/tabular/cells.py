"""What may stand in the cells of a table: texts that people type, as values of the house."""

from datetime import datetime
from typing import Annotated, Final

from pydantic import BeforeValidator, WithJsonSchema

from services.common.wire import Count, Day, Flag, Request

_YES: Final = frozenset({"true", "yes", "1", "да", "иә"})
_NO: Final = frozenset({"false", "no", "0", "нет", "жоқ"})
SEPARATOR: Final = "|"
"""Between the values of one cell."""


class TableRow(Request):
    """One row of a table: the fields are its columns. A blank cell says nothing, so it changes nothing."""


def _read_flag(value: object) -> object:
    if isinstance(value, str):
        folded = value.casefold()
        return True if folded in _YES else False if folded in _NO else value
    return value


def _read_count(value: object) -> object:
    return int(value) if isinstance(value, str) and value.isascii() and value.isdigit() else value


def _read_day(value: object) -> object:
    """Also read 10.04.2025, as days are written here."""
    if isinstance(value, str) and value.count(".") == 2:
        try:
            return datetime.strptime(value, "%d.%m.%Y").date()  # noqa: DTZ007  a day has no zone
        except ValueError:
            return value
    return value


def _read_local(value: object) -> object:
    if isinstance(value, str):
        for form in ("%d.%m.%Y %H:%M", "%d.%m.%Y %H:%M:%S"):
            try:
                return datetime.strptime(value, form)  # noqa: DTZ007  the row's own zone is added by who knows it
            except ValueError:
                continue
        try:
            return datetime.fromisoformat(value)
        except ValueError as error:
            raise ValueError("expected a day and a time") from error  # its own words quote the value
    return value


def read_list(value: object) -> object:
    """Return the values of a cell that holds several."""
    return (
        [part.strip() for part in value.split(SEPARATOR) if part.strip()] if isinstance(value, str) else value
    )


FlagCell = Annotated[Flag, BeforeValidator(_read_flag)]
"""true, yes, 1, да, иә and their opposites."""
CountCell = Annotated[Count, BeforeValidator(_read_count)]
DayCell = Annotated[Day, BeforeValidator(_read_day)]
"""2025-04-10 or 10.04.2025."""
LocalTimeCell = Annotated[
    datetime, BeforeValidator(_read_local), WithJsonSchema({"type": "string", "format": "date-time"})
]
"""2025-04-10T09:00 or 10.04.2025 09:00; without an offset it is local time where the row belongs."""
ListCell = Annotated[list[str], BeforeValidator(read_list)]
"""Values with `|` between them."""


def texts_of(
    row: TableRow, field: str, languages: tuple[str, ...] = ("kk", "ru", "en")
) -> dict[str, str] | None:
    """Return the text whose languages stand in `<field>_kk`, `<field>_ru`, `<field>_en`, if any does."""
    found = {tag: getattr(row, f"{field}_{tag}") for tag in languages}
    return {tag: text for tag, text in found.items() if text is not None} or None
