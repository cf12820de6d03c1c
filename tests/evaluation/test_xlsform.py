"""XLSForm: what comes in is taken over or refused place by place, what goes out comes in again as the same."""

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import uuid4
from zipfile import ZIP_DEFLATED, ZipFile

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook
from pyxform.xls2xform import convert

from services.evaluation.domain.wordings import Wording, check_wording
from services.evaluation.domain.xlsform_export import as_rows, export_form
from services.evaluation.domain.xlsform_files import check_with_pyxform, read_form, read_sheets, write_form
from services.evaluation.domain.xlsform_import import import_form
from services.evaluation.domain.xlsform_types import ImportOptions
from tests.apps import Door
from tests.evaluation.test_instrument_editing import draft

FORMS = Path(__file__).parents[3] / "shared/data/xlsform"
needs_forms = pytest.mark.skipif(not FORMS.exists(), reason="the public forms are not here")
SURVEY = ["type", "name", "label"]
CHOICES = [["list_name", "name", "label"], ["yn", "yes", "Yes"], ["yn", "no", "No"]]


def workbook(**sheets: Sequence[Sequence[Any]]) -> bytes:
    book = Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        page = book.create_sheet(name)
        for row in rows:
            page.append(list(row))
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def read(data: bytes, **options: Any) -> dict[str, Any]:
    return read_form({"scales": []} | options, data)


# What came of each form when its faults were looked at by hand: nothing, or how many faults of which kinds.
REFUSED = {
    "correlaid/mitwirken_umfrage.xlsx": {"name_refused"},
    "correlaid/testB.xlsx": {"calculation_refused"},
    "pyxform/case_insensitivity.xlsx": {"type_refused"},
    "pyxform/choice_filter_test.xlsx": {"choice_twice", "choice_filter_refused"},
    "pyxform/extra_columns.xlsx": set(),
    "pyxform/field-list.xlsx": set(),
    "pyxform/group.xlsx": {"type_refused"},
    "pyxform/or_other.xlsx": {"choice_filter_refused"},
    "pyxform/pull_data.xlsx": {"calculation_refused", "reference_in_text"},
    "pyxform/repeat_date_test.xls": {"type_refused"},
    "pyxform/specify_other.xlsx": set(),
    "pyxform/table-list.xls": set(),
    "pyxform/text_and_integer.xlsx": set(),
    "pyxform/tutorial.xls": {"type_refused"},
    "pyxform/unknown_question_type.xls": {"column_twice"},
    "pyxform/widgets.xls": {"reference_in_text", "type_identifies"},
    "pyxform/xml_escaping.xls": {"reference_in_text"},
    "pyxform/yes_or_no_question.xlsx": set(),
    "unhcr/KoBoXLSFormExamples.xlsx": {"code_taken"},
    "unhcr/demo.xlsx": {"language_unknown"},
}


@needs_forms
@pytest.mark.parametrize("name", REFUSED)
def test_public_forms_are_taken_over_or_refused_with_places(name: str) -> None:
    form = read((FORMS / name).read_bytes())
    assert {fault["code"] for fault in form["faults"]} == REFUSED[name]
    for fault in form["faults"]:
        _, sheet, row, column = fault["pointer"].split("/", 3)
        assert fault["detail"].startswith(f"Sheet {sheet}, row {row}, column {column}: ")
        assert (sheet in ("survey", "choices"), int(row) >= 1) == (True, True)
    if not form["faults"]:
        again = read(write_form(form | {"code": "again", "title": {"en": "Again"}, "number": 1}, b""))
        assert (again["questions"], again["sections"]) == (form["questions"], form["sections"])


@needs_forms
def test_no_public_form_was_forgotten() -> None:
    assert {str(path.relative_to(FORMS)) for path in FORMS.glob("*/*.xls*")} == REFUSED.keys()


@needs_forms
def test_a_form_in_languages_without_codes_is_read_once_they_are_mapped() -> None:
    data = (FORMS / "unhcr/demo.xlsx").read_bytes()
    form = read(data, languages={"Tigirigna": "ti", "Oromiffa": "om"}, ignore_calculations=True)
    codes = {fault["code"] for fault in form["faults"]}
    assert "language_unknown" not in codes
    # Its list names choices twice, as pyxform says of it too.
    assert "choice_twice" in codes


def test_every_kind_of_row_becomes_what_the_standard_says() -> None:
    survey = [
        [
            *SURVEY,
            "hint",
            "relevant",
            "constraint",
            "constraint_message",
            "required",
            "appearance",
            "parameters",
            "x-subject",
            "calculation",
            "remarks",
        ],
        ["start", "start", ""],
        ["begin_group", "p", "Page", "", "${ok}", "", "", "", "field-list"],
        ["select_one yn", "q1", "One?", "hint", "", "", "", "yes"],
        ["select_multiple yn or_other", "q2", "Many?"],
        ["begin group", "m", "", "", "", "", "", "", "table-list"],
        ["select_one agree", "m1", "A"],
        ["select_one agree", "m2", "B"],
        ["end group"],
        ["end_group"],
        ["rank yn", "q3", "Rank"],
        ["range", "q4", "NPS", "", "", "", "", "", "", "start=0 end=10 step=1"],
        ["range", "q5", "Scale", "", "", "", "", "", "", "start=1 end=5"],
        ["integer", "q6", "Age", "", "", ". < 99", "Too old"],
        ["decimal", "q7", "Share"],
        ["text", "q8", "Why?", "", "", "", "", "", "multiline"],
        ["date", "q9", "Day"],
        ["time", "q10", "Time"],
        ["dateTime", "q11", "Both"],
        ["acknowledge", "ok", "I agree", "", "", "", "", "TRUE"],
        ["note", "", "Thank you"],
        ["calculate", "c", "", "", "", "", "", "", "", "", "", "'constant'"],
        ["begin_repeat", "each", "", "", "", "", "", "", "", "", "lecturer"],
        ["select_one yn", "q12", "Clear?"],
        ["end_repeat"],
        ["select_one agree", "q13", "Again", "", "", "", "", "", "", "", "session"],
        ["", "", "", "", "", "", "", "", "", "", "", "", "a remark of its author"],
    ]
    agree = [["agree", n, f"Point {n}", n] for n in (1, 2, 3)] + [["agree", "not_applicable", "n/a", ""]]
    choices: list[list[Any]] = [[*CHOICES[0], "score"], *CHOICES[1:], ["", "", "a remark"], *agree]
    form = read(workbook(survey=survey, choices=choices))
    assert form["faults"] == []
    kinds = {q["code"]: q["kind"] for q in form["questions"]}
    assert kinds == {
        "q1": "single",
        "q2": "multiple",
        "q2_other": "text",
        "m1": "scale",
        "m2": "scale",
        "q3": "rank",
        "q4": "nps",
        "q5": "scale",
        "q6": "number",
        "q7": "number",
        "q8": "text",
        "q9": "date",
        "q10": "time",
        "q11": "datetime",
        "ok": "consent",
        "note21": "note",
        "q12": "single",
        "q13": "scale",
    }
    by_code = {q["code"]: q for q in form["questions"]}
    assert by_code["q1"]["required"]
    assert by_code["q1"]["hint"] == {"en": "hint"}
    assert by_code["q2_other"]["relevance"] == "selected(${q2}, 'other')"
    assert by_code["m1"]["scale"] == {
        "low": 1,
        "high": 3,
        "labels": {str(n): {"en": f"Point {n}"} for n in (1, 2, 3)},
    }
    assert by_code["m1"]["not_applicable"]
    assert (by_code["q6"]["whole"], by_code["q6"]["constraint"]) == (True, ". < 99")
    assert by_code["q8"]["multiline"]
    assert (by_code["q12"]["subject"], by_code["q13"]["subject"]) == ("lecturer", "session")
    sections = {s["code"]: (s["kind"], s["parent"], s["relevance"]) for s in form["sections"]}
    assert sections == {
        "p": ("page", None, "${ok}"),
        "m": ("matrix", "p", None),
        "each": ("group", None, None),
    }
    assert [note["code"] for note in form["notes"]] == [
        "metadata_left_out",
        "taken_as_nps",
        "calculation_left_out",
    ]


@pytest.mark.parametrize(
    ("rows", "fault"),
    [
        ([["text", "", "?"]], "/survey/2/name name_missing"),
        ([["", "q", "?"]], "/survey/2/type type_missing"),
        ([["text", "_q", "?"]], "/survey/2/name name_refused"),
        ([["text", "q", "Hello ${q}"]], "/survey/2/label reference_in_text"),
        ([["select_one nothing", "q", "?"]], "/survey/2/type list_missing"),
        ([["select_one_from_file a.csv", "q", "?"]], "/survey/2/type type_refused"),
        ([["geopoint", "q", "?"]], "/survey/2/type type_identifies"),
        ([["rating", "q", "?"]], "/survey/2/type type_refused"),
        ([["begin_kobomatrix", "q", "?"], ["end_kobomatrix"]], "/survey/2/type type_refused"),
        ([["begin_repeat", "q", "?"], ["text", "a", "?"], ["end_repeat"]], "/survey/2/type type_refused"),
        ([["begin_group", "q", "?"], ["text", "a", "?"]], "/survey/2/type group_unclosed"),
        ([["text", "a", "?"], ["end_group"]], "/survey/3/type group_unopened"),
        ([["range", "q", "?", "start=0 end=100"]], "/survey/2/parameters range_refused"),
        ([["calculate", "q", "", "", "1 + 1"]], "/survey/2/calculation calculation_refused"),
        ([["text", "q", "?", "", "", "${x} = 1"]], "/survey/2/relevant condition_name"),
        ([["text", "q", "?", "", "", "pulldata('a')"]], "/survey/2/relevant condition_function"),
        ([["text", "q", "?"], ["text", "q", "?"]], "/survey/3/name code_taken"),
        ([["text", "q", "?", "", "", "", "perhaps"]], "/survey/2/required flag_refused"),
        ([["text", "q", "?", "", "", "", "", "L9"]], "/survey/2/x-level value"),
        ([["text", "q", "?", "", "", "", "", "", "yes"]], "/survey/2/type value"),
        ([["start", "start", ""]], "/survey/2/type no_questions"),
        (
            [["begin_group", "g", "?", "", "", "${q} ="], ["text", "q", "?"], ["end_group"]],
            "/survey/2/relevant condition_syntax",
        ),
        ([["text", "q", ""]], "/survey/2/label label_missing"),
        ([["select_one yn or_other", "q" * 60, "?"]], "/survey/2/name value"),
    ],
)
def test_faults_name_sheet_row_and_column(rows: list[list[str]], fault: str) -> None:
    header = [*SURVEY, "parameters", "calculation", "relevant", "required", "x-level", "x-reverse"]
    form = read(workbook(survey=[header, *rows], choices=CHOICES))
    assert [f"{f['pointer']} {f['code']}" for f in form["faults"]] == [fault]


@pytest.mark.parametrize(
    ("sheets", "fault"),
    [
        ({"choices": CHOICES}, "/survey/1/type sheet_missing"),
        ({"survey": [SURVEY]}, "/survey/1/type sheet_missing"),
        ({"survey": [[*SURVEY, "name"], ["text", "q", "?"]]}, "/survey/1/name column_twice"),
        (
            {"survey": [["type", "name", "label::Elvish"], ["text", "q", "?"]]},
            "/survey/1/label::Elvish language_unknown",
        ),
        (
            {"survey": [SURVEY, ["select_one yn", "q", "?"]], "choices": [*CHOICES, ["yn", "yes", "Twice"]]},
            "/choices/4/name choice_twice",
        ),
        (
            {"survey": [SURVEY, ["select_one yn", "q", "?"]], "choices": [*CHOICES, ["yn", "Да", "Да"]]},
            "/choices/4/name name_refused",
        ),
        # What only pyxform knows: names of nodes that XForms keeps for itself.
        ({"survey": [SURVEY, ["text", "meta", "?"]]}, "/survey/2/name pyxform"),
    ],
)
def test_faults_of_whole_sheets_are_told(sheets: dict[str, list[list[str]]], fault: str) -> None:
    form = read(workbook(**sheets))
    assert [f"{f['pointer']} {f['code']}" for f in form["faults"]] == [fault]


def test_languages_are_read_by_code_by_name_and_by_default() -> None:
    survey: list[list[Any]] = [
        [
            "type",
            "name",
            "label",
            "label::Русский (ru)",
            "hint::English",
            "label::KK",
            "media::image::English",
        ],
        ["text", "q", "What?", "Что?", "A hint", "Не?", "a.png"],
        ["text", "r", True, "", "", "", ""],
    ]
    settings_sheet = [["form_title", "default_language"], ["Form", "German"]]
    form = read(workbook(survey=survey, settings=settings_sheet))
    assert form["faults"] == []
    assert form["questions"][0]["text"] == {"de": "What?", "ru": "Что?", "kk": "Не?"}
    assert form["questions"][0]["hint"] == {"en": "A hint"}
    assert form["questions"][1]["text"] == {"de": "TRUE"}
    assert [note["code"] for note in form["notes"]] == ["column_left_out"]


def test_lists_are_scales_where_the_importer_or_the_appearance_says_so() -> None:
    rows = [[*SURVEY, "appearance"], ["select_one n", "q", "?"], ["select_one n", "r", "?", "likert"]]
    choices: list[list[Any]] = [CHOICES[0], ["n", 1, "Low"], ["n", 2, "2"], ["n", 3, "High"]]
    plain = read(workbook(survey=rows, choices=choices))
    assert [q["kind"] for q in plain["questions"]] == ["single", "scale"]
    scaled = read(workbook(survey=rows, choices=choices), scales=["n"])
    assert scaled["questions"][0]["scale"] == {
        "low": 1,
        "high": 3,
        "labels": {"1": {"en": "Low"}, "3": {"en": "High"}},
    }


def test_tables_of_the_older_dialect_are_matrices_if_their_rows_are_alike() -> None:
    rows = [
        [*SURVEY, "appearance"],
        ["begin group", "g", ""],
        ["select_one yn", "head", "", "label"],
        ["select_one yn", "a", "A", "list-nolabel"],
        ["select_one yn", "b", "B", "list-nolabel"],
        ["end group"],
        ["begin group", "h", "", "table-list"],
        ["select_one yn", "c", "C"],
        ["note", "d", "D"],
        ["end"],
    ]
    form = read(workbook(survey=rows, choices=CHOICES))
    assert [(s["code"], s["kind"]) for s in form["sections"]] == [("g", "matrix"), ("h", "group")]
    assert [q["code"] for q in form["questions"]] == ["a", "b", "c", "d"]


_TEXT = st.text(st.characters(codec="utf-8", categories=["L", "N"]), min_size=1, max_size=8)
_TEXTS = st.fixed_dictionaries({"en": _TEXT}, optional={"ru": _TEXT, "kk": _TEXT})


@st.composite
def wordings(draw: st.DrawFn) -> Wording:
    """A wording that may be saved: groups with questions of every kind, some of them under conditions."""
    sections: list[dict[str, Any]] = []
    questions: list[dict[str, Any]] = []
    for group in range(draw(st.integers(0, 3))):
        kind = draw(st.sampled_from(["page", "group"]))
        sections.append({"code": f"s{group}", "kind": kind, "title": draw(st.none() | _TEXTS)})
        if draw(st.booleans()):
            sections.append({"code": f"t{group}", "kind": "matrix", "parent": f"s{group}"})
    places = [None, *(section["code"] for section in sections)]
    shared = {"kind": "scale", "scale": {"high": 4, "labels": {"1": draw(_TEXTS)}}}
    for number, place in enumerate(
        sorted(draw(st.lists(st.sampled_from(places), min_size=1)), key=places.index)
    ):
        code = draw(st.sampled_from(["q", "2q", "q:", "q.-"])) + str(number)
        question: dict[str, Any] = {"code": code, "text": draw(_TEXTS), "section": place}
        if place is not None and place.startswith("t"):
            questions.append(question | shared)
            continue
        kind = draw(
            st.sampled_from(["single", "multiple", "rank", "scale", "nps", "number", "text", "date", "note"])
        )
        question |= {"kind": kind, "hint": draw(st.none() | _TEXTS)}
        if kind in ("single", "multiple", "rank"):
            codes = draw(
                st.lists(st.from_regex(r"[A-Za-z0-9][a-z_.:-]{0,5}", fullmatch=True), min_size=1, unique=True)
            )
            question["options"] = [{"code": c, "label": draw(_TEXTS)} for c in codes if c != "other"] or None
            if question["options"] is None:
                continue
        if kind == "scale":
            question |= shared | {"reversed": draw(st.booleans())}
        if kind != "note":
            question |= {"required": draw(st.booleans()), "not_applicable": draw(st.booleans())}
        earlier: list[str] = [
            q["code"] for q in questions if q.get("kind") == "scale" and q.get("subject") is None
        ]
        if watched := draw(st.sampled_from([None, *earlier])):
            question["relevance"] = f"${{{watched}}} <= 2"
        questions.append(question)
    simple = Wording.read([{"code": "q", "kind": "text", "text": {"en": "?"}}])
    wording = Wording.read(questions, sections)
    return simple if not questions or check_wording(wording) else wording


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(wordings())
def test_what_is_exported_comes_in_again_as_the_same_and_converts(wording: Wording) -> None:
    sheets = export_form(wording, "code", {"en": "Title"}, 1)
    assert check_with_pyxform(sheets) == []
    again = import_form(sheets, ImportOptions())
    assert again.faults == []
    assert [q.model_dump() for q in again.questions] == [q.model_dump() for q in wording.questions]
    used = {section.code for q in wording.questions for section in wording.path(q)}
    assert [s.model_dump() for s in again.sections] == [
        s.model_dump() for s in wording.sections if s.code in used
    ]


def test_what_is_ours_alone_survives_the_round_trip() -> None:
    options = [{"code": c, "label": {"en": c}} for c in ("a", "b")]
    wording = Wording.read(
        [
            {
                "code": "1st",
                "kind": "single",
                "text": {"en": "=1+1", "uz-Cyrl": "Савол"},
                "options": options,
                "correct": ["b"],
                "level": "L2",
                "facet": "knowledge",
                "criterion": "effectiveness",
                "subject": "lecturer",
                "comparable_key": "k.1",
                "constraint": ". != 'a' and not(selected(., 'x') or regex(., 'b'))".replace("'x'", "'b'"),
                "constraint_message": {"en": "Not so"},
            },
            {"code": "sex", "kind": "single", "text": {"en": "Sex"}, "options": options, "dimension": "sex"},
            {"code": "n", "kind": "number", "text": {"en": "N"}, "whole": True, "not_applicable": True},
            {"code": "t", "kind": "text", "text": {"en": "T"}, "multiline": True},
            {
                "code": "c",
                "kind": "consent",
                "text": {"en": "C"},
                "relevance": "mean(${n}) = today()".replace("today()", "2"),
            },
            {"code": "w", "kind": "time", "text": {"en": "W"}, "relevance": "${c}"},
            {
                "code": "l",
                "kind": "nps",
                "text": {"en": "L"},
                "subject": "lecturer",
                "relevance": "${1st} = 'a'",
            },
            {"code": "now", "kind": "scale", "text": {"en": "I can"}, "scale": {}},
            {
                "code": "then",
                "kind": "scale",
                "text": {"en": "I could"},
                "scale": {},
                "retrospective_pre_of": "now",
            },
        ]
    )
    assert check_wording(wording) == []
    made = write_form(
        {
            "questions": [q.model_dump(mode="json") for q in wording.questions],
            "sections": [],
            "code": "7:end",
            "title": {"xx": "Only"},
            "number": 3,
        },
        b"",
    )
    again = read(made)
    assert again["faults"] == []
    expected = [q.model_dump(mode="json") for q in wording.questions]
    assert again["questions"] == expected
    sheets = read_sheets(made)
    settings_row = as_rows(sheets["settings"])[0]
    assert settings_row == {
        "form_title": "Only",
        "form_id": "q_7__end",
        "version": "3",
        "default_language": "English (en)",
    }
    assert "label::Uzbek (uz-Cyrl)" in sheets["survey"][0]
    assert "Савол" in convert(xlsform=made, validate=False, file_type=".xlsx").xform


@pytest.fixture
async def staff(evaluation: Door) -> httpx.AsyncClient:
    return evaluation.as_("evaluator")


async def upload(staff: httpx.AsyncClient, data: bytes, **options: str) -> httpx.Response:
    made = await staff.post("/v1/instruments", json={"code": f"x-{uuid4().hex[:8]}", "title": {"en": "X"}})
    at = f"/v1/instruments/{made.json()['id']}/xlsform"
    return await staff.post(at, files={"file": ("form.xlsx", data)}, data=options)


async def test_a_form_becomes_a_draft_and_goes_out_again(staff: httpx.AsyncClient) -> None:
    at = await draft(staff)
    out = await staff.get(f"{at}/xlsform")
    assert out.headers["content-disposition"].endswith('-1.xlsx"')
    again = await upload(staff, out.content, languages="Elvish=en", scales="a, b", calculations="ignore")
    assert again.status_code == 201, again.text
    version = (await staff.get(again.headers["location"])).json()
    first = (await staff.get(at)).json()
    assert (version["questions"], version["sections"]) == (first["questions"], first["sections"])
    assert again.json()["version"]["state"] == "draft"


async def test_a_refused_form_leaves_nothing(staff: httpx.AsyncClient) -> None:
    refused = await upload(staff, workbook(survey=[SURVEY, ["text", "q", "?"], ["video", "v", "?"]]))
    assert (refused.status_code, refused.json()["code"]) == (422, "xlsform-refused")
    (fault,) = refused.json()["errors"]
    assert fault["pointer"] == "/survey/3/type"
    assert fault["detail"] == "Sheet survey, row 3, column type: Places, pictures and files tell who answers."
    at = str(refused.request.url.path).removesuffix("/xlsform")
    assert (await staff.get(f"{at}/versions")).json()["items"] == []


def with_part(name: str, content: bytes) -> bytes:
    """A proper workbook with one more part, or with one replaced."""
    proper, made = BytesIO(workbook(survey=[SURVEY, ["text", "q", "?"]])), BytesIO()
    with ZipFile(proper) as old, ZipFile(made, "w", ZIP_DEFLATED) as new:
        for part in old.infolist():
            if part.filename != name:
                new.writestr(part, old.read(part))
        new.writestr(name, content)
    return made.getvalue()


_SHEET = b'<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>%s</sheetData></worksheet>'
_LAUGHS = (
    b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha">'
    + b"".join(b'<!ENTITY %c "%s">' % (98 + n, (b"&%c;" % (97 + n)) * 10) for n in range(12))
    + b"]><worksheet xmlns='http://schemas.openxmlformats.org/spreadsheetml/2006/main'><sheetData>"
    b'<row r="1"><c r="A1" t="inlineStr"><is><t>&m;</t></is></c></row></sheetData></worksheet>'
)
PAGE = "xl/worksheets/sheet1.xml"
HOSTILE = {
    "nothing": b"",
    "text": b"type,name,label",
    "cut off": workbook(survey=[SURVEY])[:400],
    "only a signature": b"\xd0\xcf\x11\xe0" + b"\0" * 600,
    "macros": with_part("xl/vbaProject.bin", b"x"),
    "a bomb": with_part("xl/media/image1.png", b"\0" * (64 << 20)),
    "a thousand parts": None,
    "the last cell": with_part(PAGE, _SHEET % b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'),
    "a million blank rows": with_part(
        PAGE, _SHEET % b"".join(b'<row r="%d"/>' % n for n in range(1, 1_000_000))
    ),
    "a million cells": with_part(
        PAGE,
        _SHEET % b"".join(b'<row r="%d"><c r="A%d"><v>1</v></c></row>' % (n, n) for n in range(1, 400_000)),
    ),
    "a billion laughs": with_part(PAGE, _LAUGHS),
    "no XML": with_part(PAGE, b"\0\1\2"),
}


@pytest.mark.parametrize("name", HOSTILE)
async def test_hostile_workbooks_are_refused_within_bounds(staff: httpx.AsyncClient, name: str) -> None:
    data = HOSTILE[name]
    if data is None:
        made = BytesIO()
        with ZipFile(made, "w") as book:
            for number in range(1_000):
                book.writestr(f"part{number}", b"")
        data = made.getvalue()
    refused = await upload(staff, data)
    assert refused.status_code in (413, 422), refused.text
    assert refused.json()["code"] in {
        "xlsform-refused",
        "input-too-demanding",
        "file-too-large",
        "request-invalid",
    }


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("nothing", "no_workbook"),
        ("text", "no_workbook"),
        ("cut off", "no_workbook"),
        ("only a signature", "workbook_unreadable"),
        ("macros", "macros"),
        ("a bomb", "workbook_too_large"),
        ("no XML", "workbook_unreadable"),
        ("a million cells", "sheet_too_large"),
    ],
)
def test_what_is_no_workbook_is_told_apart(name: str, code: str) -> None:
    assert [fault["code"] for fault in read(HOSTILE[name] or b"")["faults"]] == [code]


def test_an_exhausted_reader_is_left_to_the_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    def exhaust(_: object) -> None:
        raise MemoryError

    monkeypatch.setattr("python_calamine.CalamineWorkbook.from_filelike", exhaust)
    with pytest.raises(MemoryError):
        read(workbook(survey=[SURVEY]))


def test_pyxform_may_fall_over_a_form(monkeypatch: pytest.MonkeyPatch) -> None:
    """Malformed books were seen to raise AttributeError and ValueError in it."""

    def fall(**_: object) -> None:
        raise AttributeError

    monkeypatch.setattr("services.evaluation.domain.xlsform_files.convert", fall)
    (fault,) = read(workbook(survey=[SURVEY, ["text", "q", "?"]]))["faults"]
    assert (fault["pointer"], fault["code"]) == ("/survey/1/type", "pyxform")


async def test_a_circle_of_conditions_is_refused_where_it_closes(staff: httpx.AsyncClient) -> None:
    rows = [[*SURVEY, "relevant"], ["text", "a", "?", "${b} = 'x'"], ["text", "b", "?", "${a} = 'x'"]]
    refused = await upload(staff, workbook(survey=rows))
    assert [fault["pointer"] for fault in refused.json()["errors"]] == [
        "/survey/2/relevant",
        "/survey/3/relevant",
    ]


async def test_a_form_above_the_size_is_not_read(staff: httpx.AsyncClient) -> None:
    refused = await upload(staff, b"PK\x03\x04" + b"x" * (2 << 20))
    assert (refused.status_code, refused.json()["code"]) == (413, "file-too-large")
