"""The inside of `block_documents`: runs in a child of the bounded worker, which alone loads what writes DOCX."""

import io
from datetime import datetime
from typing import Any, Final
from xml.sax.saxutils import escape

import docx
import orjson
from docx.document import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.table import Table
from docx.text.paragraph import Paragraph

_ACCENT: Final = RGBColor(0x0B, 0x5C, 0x6B)
_W: Final = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_FOOTNOTES: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/footnotes"
_FOOTNOTES_TYPE: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
_TEXT_WIDTH: Final = Mm(166)
_TAGS: Final = {"kk": "kk-KZ", "ru": "ru-RU", "en": "en-US"}


def write_blocks(payload: dict[str, Any], data: bytes) -> bytes:
    """Return the DOCX of what `block_documents.lay_out` gave; `payload` holds `language` and `made_at`."""
    laid_out = orjson.loads(data)
    document = docx.Document()
    _set_up(document, laid_out["title"], payload)
    footnotes: list[str] = []
    document.add_heading(laid_out["title"], level=0)
    document.add_paragraph(laid_out["subtitle"])
    if laid_out["watermark"]:
        document.add_paragraph().add_run(laid_out["watermark"]).bold = True
    for block in laid_out["blocks"]:
        _add(document, block, footnotes)
    _keep_footnotes(document, footnotes)
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()


def _set_up(document: Document, title: str, payload: dict[str, Any]) -> None:
    properties = document.core_properties
    made_at = datetime.fromisoformat(payload["made_at"]).replace(tzinfo=None)
    properties.title, properties.author = title, ""
    properties.language = payload["language"]
    properties.created = properties.modified = made_at
    page = document.sections[0]
    page.page_width, page.page_height = Mm(210), Mm(297)
    page.left_margin = page.right_margin = Mm(22)
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = "Noto Sans", Pt(10)
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), _TAGS[payload["language"]])
    normal.element.get_or_add_rPr().append(language)
    for name in ("Title", "Heading 1"):
        document.styles[name].font.color.rgb = _ACCENT
        document.styles[name].font.name = "Noto Sans"


def _add(document: Document, block: dict[str, Any], footnotes: list[str]) -> None:
    match block["kind"]:
        case "heading":
            document.add_heading(block["text"], level=1)
        case "paragraph":
            _write(document.add_paragraph(), block["content"], footnotes)
        case "items":
            for item in block["items"]:
                _write(document.add_paragraph(style="List Bullet"), item, footnotes)
        case _:
            _add_table(document, block, footnotes)


def _add_table(document: Document, block: dict[str, Any], footnotes: list[str]) -> None:
    table = document.add_table(rows=1, cols=len(block["columns"]), style="Table Grid")
    for cell, text in zip(table.rows[0].cells, block["columns"], strict=True):
        cell.paragraphs[0].add_run(text).bold = True
    repeated = OxmlElement("w:tblHeader")
    repeated.set(qn("w:val"), "true")
    table.rows[0]._tr.get_or_add_trPr().append(repeated)
    for row in block["rows"]:
        cells = table.add_row().cells
        for cell, content, number in zip(cells, row, block["numbers"], strict=True):
            paragraph = cell.paragraphs[0]
            _write(paragraph, content, footnotes)
            if number:
                paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    _set_widths(table, block["widths"])
    document.add_paragraph()


def _set_widths(table: Table, widths: list[int]) -> None:
    table.autofit = False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = int(_TEXT_WIDTH * width / sum(widths))
        for cell in column.cells:
            cell.width = column.width


def _write(paragraph: Paragraph, content: dict[str, Any], footnotes: list[str]) -> None:
    paragraph.add_run(content["text"])
    for note in content["notes"]:
        run = paragraph.add_run()
        run.font.superscript = True
        if note["text"] is None:
            run.text = str(note["number"])
            continue
        footnotes.append(note["text"])
        reference = OxmlElement("w:footnoteReference")
        reference.set(qn("w:id"), str(len(footnotes)))
        run._r.append(reference)


def _keep_footnotes(document: Document, footnotes: list[str]) -> None:
    """Add the part that holds the footnotes, behind the two separators that Word wants."""
    if not footnotes:
        return
    separators = "".join(
        f'<w:footnote w:type="{kind}" w:id="{id_}"><w:p><w:r><w:{mark}/></w:r></w:p></w:footnote>'
        for kind, id_, mark in (
            ("separator", -1, "separator"),
            ("continuationSeparator", 0, "continuationSeparator"),
        )
    )
    superscript = '<w:rPr><w:vertAlign w:val="superscript"/></w:rPr>'
    small = '<w:rPr><w:sz w:val="17"/></w:rPr>'
    notes = "".join(
        f'<w:footnote w:id="{number}"><w:p><w:r>{superscript}<w:footnoteRef/></w:r>'
        f'<w:r>{small}<w:t xml:space="preserve"> {escape(text)}</w:t></w:r></w:p></w:footnote>'
        for number, text in enumerate(footnotes, 1)
    )
    xml = (
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
        f'<w:footnotes xmlns:w="{_W}">{separators}{notes}</w:footnotes>'
    )
    part = Part(PackURI("/word/footnotes.xml"), _FOOTNOTES_TYPE, xml.encode(), document.part.package)
    document.part.relate_to(part, _FOOTNOTES)
