"""From a wording to XLSForm: sheets that other tools read, and that import again as the same wording."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import pycountry

from services.common.condition_syntax import (
    Call,
    Comparison,
    Junction,
    Named,
    Node,
    parse_condition,
    write_condition,
)
from services.evaluation.domain.instruments import (
    NOT_APPLICABLE,
    Question,
    QuestionKind,
    QuestionSubject,
    Section,
    SectionKind,
)
from services.evaluation.domain.wordings import Wording, translations_of

Sheet = list[list[str]]

_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9._-]*")
"""What XML takes as a name."""
_TYPES: Final[Mapping[QuestionKind, str]] = {
    QuestionKind.SINGLE: "select_one",
    QuestionKind.MULTIPLE: "select_multiple",
    QuestionKind.RANK: "rank",
    QuestionKind.SCALE: "select_one",
    QuestionKind.NPS: "range",
    QuestionKind.NUMBER: "decimal",
    QuestionKind.TEXT: "text",
    QuestionKind.DATE: "date",
    QuestionKind.TIME: "time",
    QuestionKind.DATETIME: "dateTime",
    QuestionKind.CONSENT: "acknowledge",
    QuestionKind.NOTE: "note",
}
_APPEARANCES: Final = {
    SectionKind.PAGE: "field-list",
    SectionKind.MATRIX: "table-list",
    SectionKind.GROUP: "",
}
_LISTED: Final = frozenset(
    {QuestionKind.SINGLE, QuestionKind.MULTIPLE, QuestionKind.RANK, QuestionKind.SCALE}
)
_PLAIN: Final = (
    *("type", "name", "required", "relevant", "constraint", "appearance", "parameters"),
    *("x-code", "x-subject", "x-level", "x-facet", "x-criterion", "x-dimension", "x-comparable-key"),
    *("x-retrospective-pre-of", "x-reverse", "x-scale", "x-correct", "x-not-applicable"),
)
_NOT_APPLICABLE_TEXT: Final = {"en": "Does not apply", "ru": "Не применимо", "kk": "Қатысы жоқ"}


def export_form(wording: Wording, code: str, title: Mapping[str, str], number: int) -> dict[str, Sheet]:
    """Return the sheets of a form: `survey`, `choices` and `settings`, each with its header."""
    tags = list(translations_of(wording))
    default = next(iter(sorted(tags, key=lambda tag: (tag not in ("en", "ru", "kk"), tag))))
    writer = _Writer(wording, tags)
    columns = [
        "type",
        "name",
        *writer.headers("label", "hint"),
        *_PLAIN[2:],
        *writer.headers("constraint_message"),
    ]
    survey = [columns] + [[row.get(column, "") for column in columns] for row in writer.survey()]
    listed = ["list_name", "name", *writer.headers("label"), "score"]
    choices = [listed] + [[row.get(column, "") for column in listed] for row in writer.choices()]
    named = title.get(default) or next(iter(title.values()))
    settings = [
        ["form_title", "form_id", "version", "default_language"],
        [named, _as_name(code), str(number), _language(default)],
    ]
    return {"survey": survey, "choices": choices, "settings": settings}


@dataclass
class _Writer:
    """Writes the rows of one wording."""

    wording: Wording
    tags: Sequence[str]
    lists: dict[str, tuple[str, Question]] = field(default_factory=dict)
    """What a list holds -> its name and a question that has it."""

    def headers(self, *columns: str) -> list[str]:
        return [f"{column}::{_language(tag)}" for column in columns for tag in self.tags]

    def survey(self) -> list[dict[str, str]]:
        rows: list[dict[str, str]] = []
        inside: list[Section] = []
        for question in self.wording.questions:
            path = self.wording.path(question)
            shared = sum(1 for a, b in zip(inside, path, strict=False) if a is b)
            rows += [{"type": "end_group"} for _ in inside[shared:]]
            rows += [self._group(section) for section in path[shared:]]
            inside = path
            rows.append(self._question(question))
        return rows + [{"type": "end_group"} for _ in inside]

    def choices(self) -> list[dict[str, str]]:
        rows = []
        for name, question in self.lists.values():
            labels = question.scale.labels if question.scale else {}
            for point in question.points if question.scale else ():
                label = labels.get(str(point)) or dict.fromkeys(self.tags, str(point))
                rows.append(
                    {"list_name": name, "name": str(point), "score": str(point)} | self._texts("label", label)
                )
            rows += [
                {"list_name": name, "name": option.code} | self._texts("label", option.label)
                for option in question.options
            ]
            if question.not_applicable:
                label = {tag: _NOT_APPLICABLE_TEXT.get(tag, _NOT_APPLICABLE_TEXT["en"]) for tag in self.tags}
                rows.append({"list_name": name, "name": NOT_APPLICABLE} | self._texts("label", label))
        return rows

    def _group(self, section: Section) -> dict[str, str]:
        row = {"type": "begin_group", "appearance": _APPEARANCES[section.kind]} | _named(section.code)
        row["relevant"] = _condition(section.relevance)
        return row | self._texts("label", section.title or {})

    def _question(self, question: Question) -> dict[str, str]:
        kind, listed = question.kind, question.kind in _LISTED
        row = {
            "type": f"{_TYPES[kind]} {self._list(question)}" if listed else _TYPES[kind],
            "required": "yes" if question.required else "",
            "relevant": _condition(question.relevance),
            "constraint": _condition(question.constraint),
            "appearance": "multiline" if question.multiline else "",
            "x-level": question.level or "",
            "x-facet": question.facet or "",
            "x-criterion": question.criterion or "",
            "x-dimension": question.dimension or "",
            "x-comparable-key": question.comparable_key or "",
            "x-retrospective-pre-of": question.retrospective_pre_of or "",
            "x-subject": "" if question.subject is QuestionSubject.EDITION else question.subject,
            "x-reverse": "yes" if question.reversed else "",
            "x-correct": " ".join(question.correct),
            "x-not-applicable": "yes" if question.not_applicable and not listed else "",
        }
        if kind is QuestionKind.NUMBER and question.whole:
            row["type"] = "integer"
        if kind is QuestionKind.NPS:
            row |= {"parameters": "start=0 end=10 step=1", "x-scale": "nps"}
        row |= _named(question.code)
        row |= self._texts("label", question.text) | self._texts("hint", question.hint or {})
        return row | self._texts("constraint_message", question.constraint_message or {})

    def _list(self, question: Question) -> str:
        """Return the name of the question's list; questions with the same choices share one."""
        content = repr((question.scale, question.options, question.not_applicable))
        if content not in self.lists:
            self.lists[content] = (f"list{len(self.lists) + 1}", question)
        return self.lists[content][0]

    def _texts(self, column: str, texts: Mapping[str, str]) -> dict[str, str]:
        return {f"{column}::{_language(tag)}": text for tag, text in texts.items()}


def _named(code: str) -> dict[str, str]:
    name = _as_name(code)
    return {"name": name} if name == code else {"name": name, "x-code": code}


def _as_name(code: str) -> str:
    """Return a code as a name that XML takes."""
    if _NAME.fullmatch(code):
        return code
    return "q_" + code.replace(":", "__")


def _condition(text: str | None) -> str:
    return write_condition(_with_names(parse_condition(text))) if text else ""


def _with_names(node: Node) -> Node:
    """Return a condition that calls questions as the form does."""
    match node:
        case Named(code, at):
            return Named(_as_name(code), at)
        case Comparison(sign, left, right, at):
            return Comparison(sign, _with_names(left), _with_names(right), at)
        case Junction(word, parts, at):
            return Junction(word, tuple(map(_with_names, parts)), at)
        case Call(function, arguments, at):
            return Call(function, tuple(map(_with_names, arguments)), at)
        case _:
            return node


def _language(tag: str) -> str:
    """Return a language as headers of XLSForm name it: `Kazakh (kk)`."""
    code = tag.partition("-")[0]
    found = pycountry.languages.get(**{"alpha_2" if len(code) == 2 else "alpha_3": code})
    return f"{found.name if found else code} ({tag})"


def as_rows(sheet: Sheet) -> list[dict[str, Any]]:
    """Return a sheet as rows by header, without its empty cells."""
    header = sheet[0] if sheet else []
    return [{h: v for h, v in zip(header, row, strict=False) if h and v} for row in sheet[1:]]
