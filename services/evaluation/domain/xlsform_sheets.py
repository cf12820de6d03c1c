"""Sheets of an XLSForm as rows of texts, and the names that columns, types and languages have in them.

Headers and types are read in every spelling that pyxform takes; rows are counted as spreadsheets count them.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import pycountry

from services.common.i18n import canonical_tag
from services.common.problems import Fault

Cells = Sequence[Sequence[str]]

# Left: as pyxform's own aliases (pyxform.aliases) and older dialects write it, without `bind` and `control`.
_COLUMNS: Final = {
    "relevance": "relevant",
    "caption": "label",
    "command": "type",
    "tag": "name",
    "value": "name",
    "calculate": "calculation",
    "constraining_message": "constraint_message",
    "jr:constraintmsg": "constraint_message",
    "readonly": "read_only",
}
_PREFIXES: Final = frozenset({"bind", "control", "body"})
_SINGLE: Final = frozenset(
    {"type", "name", "list_name", "label", "hint", "relevant", "constraint", "required"}
)
"""Columns that a sheet has once (in each language)."""
TRANSLATED: Final = frozenset({"label", "hint", "constraint_message", "required_message", "guidance_hint"})
_LANGUAGE: Final = re.compile(r"\(([A-Za-z0-9-]+)\)\s*$")
_OWN_NAMES: Final = {"русский": "ru", "қазақша": "kk", "казахский": "kk", "deutsch": "de", "français": "fr"}


@dataclass(frozen=True)
class Place:
    """Where something stands in a workbook."""

    sheet: str
    row: int
    """From 1, the header's."""
    column: str

    def fault(self, code: str, detail: str) -> Fault:
        """Return a fault that names sheet, row and column."""
        return Fault(
            f"/{self.sheet}/{self.row}/{self.column}",
            code,
            f"Sheet {self.sheet}, row {self.row}, column {self.column}: {detail}",
        )


@dataclass(frozen=True)
class Row:
    """One row of a sheet, by column; texts in several languages stand apart."""

    sheet: str
    number: int
    cells: Mapping[str, str]
    texts: Mapping[str, Mapping[str, str]]
    """Column -> language -> text."""

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "")

    def at(self, column: str) -> Place:
        """Return the place of one of its cells."""
        return Place(self.sheet, self.number, column)

    def text(self, column: str) -> dict[str, str] | None:
        """Return a text in its languages, None if it has none."""
        return dict(self.texts.get(column, {})) or None


@dataclass
class Languages:
    """Which language a column's text is in."""

    default: str
    """Of columns that name none."""
    mapped: Mapping[str, str]
    """What the importer says of names that are no language's."""
    unknown: list[Fault] = field(default_factory=list)

    def of(self, name: str, place: Place) -> str | None:
        """Return the tag of a language as a header names it; None, and a fault, if nobody knows it."""
        tag = find_language(name, self.mapped)
        if tag is None:
            detail = "Name the language by its code, `label::Русский (ru)`, or map it with `languages`."
            self.unknown.append(place.fault("language_unknown", detail))
        return tag


def find_language(name: str, mapped: Mapping[str, str]) -> str | None:
    """Return the BCP 47 tag of `Русский (ru)`, `EN`, `English` or a mapped name; None for anything else."""
    code = _LANGUAGE.search(name)
    candidates = [mapped.get(name), code[1] if code else None, _OWN_NAMES.get(name.lower()), name]
    if found := pycountry.languages.get(name=name.strip().title()):
        candidates.append(getattr(found, "alpha_2", found.alpha_3))
    for candidate in candidates:
        try:
            return canonical_tag((candidate or "").strip())
        except ValueError:
            continue
    return None


def read_rows(name: str, cells: Cells, languages: Languages) -> Iterator[Row]:
    """Yield the rows of a sheet that are not empty, by the names of their columns."""
    if not cells:
        return
    columns = [_read_header(header) for header in cells[0]]
    tags: dict[int, str] = {}
    for number, (column, language) in enumerate(columns):
        if column in TRANSLATED:
            tag = languages.of(language, Place(name, 1, cells[0][number])) if language else languages.default
            if tag:
                tags[number] = tag
    for row_number, row in enumerate(cells[1:], start=2):
        plain: dict[str, str] = {}
        texts: dict[str, dict[str, str]] = {}
        for number, ((column, _), value) in enumerate(zip(columns, row, strict=False)):
            text = value.strip()
            if text and number in tags:
                texts.setdefault(column, {})[tags[number]] = text
            elif text and column not in TRANSLATED:
                plain.setdefault(column, text)
        if plain or texts:
            yield Row(name, row_number, plain, texts)


def find_doubles(name: str, cells: Cells) -> list[Fault]:
    """Return the headers that name a column a second time."""
    seen: set[tuple[str, str]] = set()
    faults = []
    for header in cells[0] if cells else ():
        column = _read_header(header)
        if column in seen and column[0] in _SINGLE:
            faults.append(Place(name, 1, header).fault("column_twice", "The sheet has this column already."))
        seen.add(column)
    return faults


def _read_header(header: str) -> tuple[str, str]:
    """Return a column's name and the language of its texts, empty if it names none."""
    separator = "::" if "::" in header else ":"
    parts = [part.strip() for part in header.split(separator)]
    if parts[0].lower() in _PREFIXES and len(parts) > 1:
        parts = [":".join(parts[1:])] if parts[1].lower() == "jr" else parts[1:]
    column = "_".join(parts[0].lower().split())
    return _COLUMNS.get(column, column), parts[1] if len(parts) > 1 else ""
