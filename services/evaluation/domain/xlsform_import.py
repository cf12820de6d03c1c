"""From XLSForm to a wording: what design/standards.md takes over, drops, or refuses with its place.

Source of the types: https://xlsform.org/en/#question-types.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from pydantic import ValidationError

from services.common.problems import Fault
from services.evaluation.domain.instruments import (
    Question,
    QuestionKind,
    Section,
    SectionKind,
)
from services.evaluation.domain.wordings import Wording, check_wording
from services.evaluation.domain.xlsform_lists import ChoiceList, read_lists
from services.evaluation.domain.xlsform_sheets import (
    Cells,
    Languages,
    Row,
    find_doubles,
    find_language,
    read_rows,
)
from services.evaluation.domain.xlsform_types import OTHER, OTHER_TEXT, ImportOptions, shape_of

_YES: Final = frozenset({"yes", "true", "true()", "1"})
_NO: Final = frozenset({"", "no", "false", "false()", "0"})
_REFERENCE: Final = re.compile(r"\$\{\s*([^}]+?)\s*\}")
_CODE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,63}")
_BEGIN: Final = re.compile(r"begin[ _](group|repeat|lgroup|looped group|loop|kobomatrix|score|rank)")
_END: Final = re.compile(r"end[ _].+")
_OWN: Final = {
    "x-level": "level",
    "x-facet": "facet",
    "x-criterion": "criterion",
    "x-subject": "subject",
    "x-dimension": "dimension",
    "x-comparable-key": "comparable_key",
    "x-retrospective-pre-of": "retrospective_pre_of",
}
"""Columns of ours that others ignore -> field of a question."""
_COLUMNS: Final = {
    "relevance": "relevant",
    "code": "name",
    "section": "name",
    "parent": "name",
    "text": "label",
    "options": "type",
    "correct": "x-correct",
    "reversed": "x-reverse",
} | {name: column for column, name in _OWN.items()}
"""Field -> the column that its faults are told of, where the names differ."""


@dataclass
class Import:
    """What came of a form: a wording, or faults; and what was left out."""

    questions: list[Question] = field(default_factory=list)
    sections: list[Section] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    notes: list[Fault] = field(default_factory=list)


def import_form(sheets: Mapping[str, Cells], options: ImportOptions) -> Import:
    """Return the wording of a form's sheets, or every fault with its sheet, row and column."""
    survey = sheets.get("survey")
    if not survey or len(survey) < 2:
        fault = Fault(
            "/survey/1/type", "sheet_missing", "Sheet survey, row 1, column type: It has no questions."
        )
        return Import(faults=[fault])
    doubles = [fault for name in ("survey", "choices") for fault in find_doubles(name, sheets.get(name, ()))]
    languages = _languages(sheets.get("settings", ()), options)
    lists = read_lists(read_rows("choices", sheets.get("choices", ()), languages), languages.default)
    reader = _Reader(options, lists)
    reader.read(read_rows("survey", survey, languages))
    result = reader.finish()
    # Everything else may follow from a column that could not be read.
    result.faults = doubles or languages.unknown or result.faults
    return result


def _languages(settings: Cells, options: ImportOptions) -> Languages:
    rows = list(read_rows("settings", settings, Languages(options.language, {})))
    stated = rows[0]["default_language"] if rows else ""
    return Languages(find_language(stated, options.languages) or options.language, options.languages)


@dataclass
class _Open:
    """A group that has begun."""

    section: Section
    row: Row
    subject: str
    """What its questions are about unless they say so; empty if nothing was said."""


class _Reader:
    """Reads the survey sheet from top to bottom."""

    def __init__(self, options: ImportOptions, lists: Mapping[str, ChoiceList]) -> None:
        self._options = options
        self._lists = lists
        self._result = Import()
        self._open: list[_Open] = []
        self._rows: list[Row] = []
        """The row of each question."""
        self._section_rows: list[Row] = []
        self._codes: dict[str, str] = {}
        """Name in the form -> code, where `x-code` says it is another."""

    def read(self, rows: Iterator[Row]) -> None:
        for row in rows:
            kind = " ".join(row["type"].split())
            if not kind:
                if row["name"] or row.texts:
                    self._fault(row, "type", "type_missing", "The row has no type.")
            elif begin := _BEGIN.fullmatch(kind.lower()):
                self._begin(row, begin[1])
            elif self._ends(row, kind.lower()):
                self._end(row)
            else:
                self._question(row, kind)

    def finish(self) -> Import:
        """Return what was read, checked as a whole."""
        result = self._result
        for group in self._open:
            self._fault(group.row, "type", "group_unclosed", "The group does not end.")
        self._rename()
        self._settle_matrices()
        if not result.faults and not result.questions:
            result.faults.append(
                Fault("/survey/2/type", "no_questions", "Sheet survey, row 2, column type: Nothing is asked.")
            )
        if not result.faults:
            wording = Wording(result.questions, result.sections)
            result.faults = [self._replaced(fault) for fault in check_wording(wording)]
        return result

    def _fault(self, row: Row, column: str, code: str, detail: str) -> None:
        self._result.faults.append(row.at(column).fault(code, detail))

    def _note(self, row: Row, column: str, code: str, detail: str) -> None:
        self._result.notes.append(row.at(column).fault(code, detail))

    def _ends(self, row: Row, kind: str) -> bool:
        """Say whether a row ends a group; a bare `end` with a name asks for the time of the end."""
        if kind == "end":
            return bool(self._open) and not row["name"]
        return _END.fullmatch(kind) is not None

    # Groups

    def _begin(self, row: Row, kind: str) -> None:
        subject = row["x-subject"]
        if kind != "group" and subject not in ("lecturer", "session", "module"):
            reason = "Only what is repeated per lecturer, session or module can be: say which in `x-subject`."
            if kind == "kobomatrix":
                reason = "Write it as a group with the appearance table-list."
            self._fault(row, "type", "type_refused", reason)
        code = self._code(row) if row["name"] else f"group{row.number}"
        parent = self._open[-1] if self._open else None
        section = {
            "code": code,
            "kind": _section_kind(row["appearance"], inside=parent is not None),
            "title": self._text(row, "label"),
            "parent": parent.section.code if parent else None,
            "relevance": row["relevant"] or None,
        }
        made = self._validated(Section, section, row) or Section(code="refused")
        self._open.append(_Open(made, row, subject or (parent.subject if parent else "")))
        self._result.sections.append(made)
        self._section_rows.append(row)

    def _end(self, row: Row) -> None:
        if self._open:
            self._open.pop()
        else:
            self._fault(row, "type", "group_unopened", "There is no group that could end here.")

    # Questions

    def _question(self, row: Row, kind: str) -> None:
        found = shape_of(row, kind, self._lists, self._options)
        self._result.notes += found.notes
        self._result.faults += [fault for fault in found.faults if fault not in self._result.faults]
        if (shape := found.content) is None:
            return
        if not row["name"] and shape.get("kind") is not QuestionKind.NOTE:
            self._fault(row, "name", "name_missing", "The question has no name.")
            return
        question = shape | self._common(row)
        if not question["text"]:
            self._fault(row, "label", "label_missing", "The question has no text.")
            return
        if made := self._validated(Question, question, row):
            self._result.questions.append(made)
            self._rows.append(row)
            if shape.get("kind") in (QuestionKind.SINGLE, QuestionKind.MULTIPLE) and OTHER.fullmatch(kind):
                self._ask_other(row, made)

    def _common(self, row: Row) -> dict[str, Any]:
        inside = self._open[-1] if self._open else None
        code = self._code(row) if row["name"] else f"note{row.number}"
        question: dict[str, Any] = {
            "code": code,
            "text": self._text(row, "label"),
            "hint": self._text(row, "hint"),
            "section": inside.section.code if inside else None,
            "required": self._flag(row, "required"),
            "relevance": row["relevant"] or None,
            "constraint": row["constraint"] or None,
            "constraint_message": row.text("constraint_message"),
            "multiline": "multiline" in row["appearance"],
            "reversed": self._flag(row, "x-reverse"),
            "correct": row["x-correct"].split(),
        }
        question |= {name: row[column] for column, name in _OWN.items() if row[column]}
        if inside and inside.subject and not row["x-subject"]:
            question["subject"] = inside.subject
        if row["x-not-applicable"]:
            question["not_applicable"] = self._flag(row, "x-not-applicable")
        for column in ("default", "read_only", "media", "image"):
            if row[column]:
                self._note(row, column, "column_left_out", "It has no place in our questionnaires.")
        if row["choice_filter"]:
            self._fault(
                row, "choice_filter", "choice_filter_refused", "Ask with a condition per list instead."
            )
        return question

    def _ask_other(self, row: Row, question: Question) -> None:
        """Ask in words what somebody chose that no option names, as XLSForm's `or_other` does."""
        asked = {
            "code": f"{question.code}_other",
            "kind": QuestionKind.TEXT,
            "text": {tag: OTHER_TEXT.get(tag, OTHER_TEXT["en"]) for tag in question.text},
            "section": question.section,
            "subject": question.subject,
            "relevance": f"selected(${{{question.code}}}, 'other')",
        }
        if made := self._validated(Question, asked, row):
            self._result.questions.append(made)
            self._rows.append(row)

    # Cells

    def _code(self, row: Row) -> str:
        name = row["name"]
        if row["x-code"]:
            self._codes[name] = row["x-code"]
            return row["x-code"]
        if not _CODE.fullmatch(name):
            self._fault(
                row, "name", "name_refused", "Expected letters, digits and . _ - : at most 64, no _ first."
            )
            return "refused"
        return name

    def _text(self, row: Row, column: str) -> dict[str, str] | None:
        texts = row.text(column)
        if texts and any(_REFERENCE.search(text) for text in texts.values()):
            self._fault(row, column, "reference_in_text", "Texts cannot repeat answers.")
        return texts

    def _flag(self, row: Row, column: str) -> bool:
        value = row[column].lower()
        if value not in _YES | _NO:
            self._fault(row, column, "flag_refused", "Expected yes or no.")
        return value in _YES

    def _validated(self, model: Any, content: Mapping[str, Any], row: Row) -> Any:
        try:
            return model.model_validate(content)
        except ValidationError as error:
            for fault in error.errors(include_url=False, include_input=False, include_context=False):
                name = str(fault["loc"][0]) if fault["loc"] else "options"
                detail = fault["msg"].removeprefix("Value error, ")
                self._fault(row, _COLUMNS.get(name, name), "value", f"{detail[:1].upper()}{detail[1:]}.")
            return None

    # The whole

    def _rename(self) -> None:
        """Let conditions name questions by their codes, where these are no names of XLSForm."""

        def renamed(text: str | None) -> str | None:
            return _REFERENCE.sub(lambda m: f"${{{self._codes.get(m[1], m[1])}}}", text) if text else None

        result = self._result
        result.questions = [
            q.model_copy(update={"relevance": renamed(q.relevance), "constraint": renamed(q.constraint)})
            for q in result.questions
        ]
        result.sections = [s.model_copy(update={"relevance": renamed(s.relevance)}) for s in result.sections]

    def _settle_matrices(self) -> None:
        """Let a group be a matrix where its rows are select questions of one list; otherwise it stays a group."""
        result = self._result
        settled = []
        for section in result.sections:
            rows = [
                (q, r) for q, r in zip(result.questions, self._rows, strict=True) if q.section == section.code
            ]
            table = section.kind is SectionKind.MATRIX or any(
                "list-nolabel" in r["appearance"] for _, r in rows
            )
            alike = len({(q.kind, repr(q.scale), repr(q.options), q.block) for q, _ in rows}) == 1
            chosen = all(
                q.kind in (QuestionKind.SINGLE, QuestionKind.MULTIPLE, QuestionKind.SCALE) for q, _ in rows
            )
            alone = all(other.parent != section.code for other in result.sections)
            kind = section.kind
            if table:
                kind = SectionKind.MATRIX if alike and chosen and alone else SectionKind.GROUP
            settled.append(section.model_copy(update={"kind": kind}))
        result.sections = settled

    def _replaced(self, fault: Fault) -> Fault:
        """Return a fault of the wording as one of the row and column that it came from."""
        _, part, number, *rest = fault.pointer.split("/")
        rows: Sequence[Row] = self._rows if part == "questions" else self._section_rows
        name = rest[0] if rest else "type"
        return rows[int(number)].at(_COLUMNS.get(name, name)).fault(fault.code, fault.detail)


def _section_kind(appearance: str, *, inside: bool) -> SectionKind:
    if "table-list" in appearance:
        return SectionKind.MATRIX
    return SectionKind.PAGE if "field-list" in appearance and not inside else SectionKind.GROUP
