"""Types of questions in XLSForm: which of ours each is, what is left out, what is refused.

Source: https://xlsform.org/en/#question-types, and the dialects that pyxform reads.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from services.common.problems import Fault
from services.evaluation.domain.instruments import QuestionKind
from services.evaluation.domain.xlsform_lists import ChoiceList
from services.evaluation.domain.xlsform_sheets import Row

_SELECTS: Final = (
    (
        re.compile(r"(?:select_one|select1|select one from|select one|add select one prompt using)\s+(.+)"),
        QuestionKind.SINGLE,
    ),
    (
        re.compile(
            r"(?:select_multiple|select multiple|select all that apply from|select all that apply"
            r"|add select multiple prompt using)\s+(.+)"
        ),
        QuestionKind.MULTIPLE,
    ),
    (re.compile(r"rank\s+(.+)"), QuestionKind.RANK),
)
OTHER: Final = re.compile(r"(.+?)\s+(?:or_other|or specify other)")
OTHER_TEXT: Final = {"en": "Other", "ru": "Другое", "kk": "Басқа"}
_SIMPLE: Final[Mapping[str, Mapping[str, Any]]] = {
    "text": {"kind": QuestionKind.TEXT},
    "string": {"kind": QuestionKind.TEXT},
    "integer": {"kind": QuestionKind.NUMBER, "whole": True},
    "int": {"kind": QuestionKind.NUMBER, "whole": True},
    "decimal": {"kind": QuestionKind.NUMBER},
    "date": {"kind": QuestionKind.DATE},
    "time": {"kind": QuestionKind.TIME},
    "datetime": {"kind": QuestionKind.DATETIME},
    "note": {"kind": QuestionKind.NOTE},
    "acknowledge": {"kind": QuestionKind.CONSENT},
    "trigger": {"kind": QuestionKind.CONSENT},
}
_METADATA: Final = frozenset(
    {
        *(
            "start",
            "end",
            "today",
            "deviceid",
            "imei",
            "username",
            "phonenumber",
            "simserial",
            "subscriberid",
        ),
        *("email", "audit", "instanceid"),
    }
)
_IDENTIFYING: Final = frozenset(
    {
        *("geopoint", "geotrace", "geoshape", "start-geopoint", "location", "gps", "image", "photo", "audio"),
        *("video", "file", "barcode", "background-audio", "osm"),
    }
)
_CONSTANT: Final = re.compile(r"\s*(?:-?[0-9]+(?:\.[0-9]+)?|'[^']*'|\"[^\"]*\"|[A-Za-z]+)\s*")
_RANGE: Final = re.compile(r"(start|end|step)\s*=\s*(-?[0-9]+(?:\.[0-9]+)?)")


@dataclass(frozen=True)
class ImportOptions:
    """What the importer decides."""

    language: str = "en"
    """Of texts whose column names none, unless the form says so itself."""
    languages: Mapping[str, str] = field(default_factory=dict)
    """Names of languages in headers -> BCP 47 tags."""
    scales: frozenset[str] = frozenset()
    """Lists of choices that are ordered scales, first to last."""
    ignore_calculations: bool = False


@dataclass
class Shape:
    """What a type says of a question; nothing, where the row is left out or refused."""

    content: dict[str, Any] | None = None
    faults: list[Fault] = field(default_factory=list)
    notes: list[Fault] = field(default_factory=list)


def shape_of(row: Row, kind: str, lists: Mapping[str, ChoiceList], options: ImportOptions) -> Shape:
    """Return what the type of a row (`select_one countries`) says of its question."""
    lower = kind.lower()
    for pattern, select in _SELECTS:
        if found := pattern.fullmatch(lower):
            return _choose(row, select, kind[-len(found[1]) :], lists, options)
    if lower in _SIMPLE:
        return Shape(dict(_SIMPLE[lower]))
    if lower == "range":
        return _range(row)
    if lower == "calculate":
        return _calculate(row, options)
    if lower in _METADATA or lower.startswith(("get ", "set ")):
        return _left_out(
            row, "type", "metadata_left_out", "Nothing is kept of devices and times of answering."
        )
    if lower in _IDENTIFYING:
        return _refused(row, "type", "type_identifies", "Places, pictures and files tell who answers.")
    if lower == "rating":
        return _refused(row, "type", "type_refused", "Write it as a group of select_one with one list.")
    return _refused(row, "type", "type_refused", "Questions of this type are not taken.")


def _choose(
    row: Row, kind: QuestionKind, name: str, lists: Mapping[str, ChoiceList], options: ImportOptions
) -> Shape:
    other = OTHER.fullmatch(name)
    known = lists.get(other[1] if other else name)
    if known is None:
        return _refused(row, "type", "list_missing", "The sheet choices has no such list.")
    if row["appearance"].strip() == "label":
        return _left_out(row, "appearance", "header_left_out", "The head of a table asks nothing.")
    if known.faults:
        return Shape(faults=list(known.faults))
    if kind is QuestionKind.SINGLE and not other:
        ordered = known.name in options.scales or "likert" in row["appearance"]
        if scale := known.as_scale(force=ordered):
            return Shape({"kind": QuestionKind.SCALE, "scale": scale, "not_applicable": known.not_applicable})
    listed = known.options
    if other and "other" not in {option["code"] for option in listed}:
        tags = sorted({tag for option in listed for tag in option["label"]})
        listed = [
            *listed,
            {"code": "other", "label": {tag: OTHER_TEXT.get(tag, OTHER_TEXT["en"]) for tag in tags}},
        ]
    return Shape({"kind": kind, "options": listed, "not_applicable": known.not_applicable})


def _range(row: Row) -> Shape:
    given = {name: float(value) for name, value in _RANGE.findall(row["parameters"])}
    start, end, step = given.get("start", 1.0), given.get("end", 10.0), given.get("step", 1.0)
    if step != 1 or start not in (0, 1) or not 2 <= end <= 11 or end != int(end):
        detail = "A scale begins at 0 or 1, ends at 2 to 11, in steps of 1."
        return _refused(row, "parameters", "range_refused", detail)
    if (start, end) != (0, 10) or row["x-scale"] == "scale":
        return Shape({"kind": QuestionKind.SCALE, "scale": {"low": int(start), "high": int(end)}})
    shape = Shape({"kind": QuestionKind.NPS})
    if row["x-scale"] != "nps":
        detail = "0 to 10 is taken as a net promoter question; see `x-scale`."
        shape.notes.append(row.at("type").fault("taken_as_nps", detail))
    return shape


def _calculate(row: Row, options: ImportOptions) -> Shape:
    if options.ignore_calculations or _CONSTANT.fullmatch(row["calculation"]):
        detail = "Nothing is calculated while somebody answers."
        return _left_out(row, "calculation", "calculation_left_out", detail)
    detail = "Leave it out, or import with `ignore_calculations`."
    return _refused(row, "calculation", "calculation_refused", detail)


def _left_out(row: Row, column: str, code: str, detail: str) -> Shape:
    return Shape(notes=[row.at(column).fault(code, detail)])


def _refused(row: Row, column: str, code: str, detail: str) -> Shape:
    return Shape(faults=[row.at(column).fault(code, detail)])
