"""Documents of blocks: laid out once, the same in PDF and in DOCX (texts are synthetic)."""

import io
from datetime import UTC, datetime

import docx
import pytest
from docx.oxml.ns import qn

from services.common.block_documents import (
    BlockDocument,
    Heading,
    Items,
    Noted,
    Paragraph,
    Table,
    lay_out,
    print_document,
    write_document,
)
from services.common.worker import WorkerPool
from tests.documents import text_of

MADE_AT = datetime(2026, 11, 30, 9, 0, tzinfo=UTC)
DOCUMENT = BlockDocument(
    title="Synthetic: a brief",
    subtitle="As of a day",
    language="ru",
    blocks=[
        Heading("Что сделано"),
        Paragraph(Noted("Текст", ["Первая сноска"])),
        Items([Noted("Пункт"), Noted("Ещё пункт", ["Вторая сноска", "Первая сноска"])]),
        Table(
            ["Год", "Люди"],
            [[Noted("2024"), Noted("12")], [Noted("2025"), Noted("…", ["Вторая сноска"])]],
            frozenset({1}),
            wide=frozenset({0}),
        ),
        Paragraph(Noted("= 1 + 1 *not* markup_ <w:t> & #sys")),
    ],
)


def test_a_footnote_is_numbered_by_its_first_call_and_said_once() -> None:
    blocks = lay_out(DOCUMENT)["blocks"]
    assert blocks[1]["content"]["notes"] == [{"number": 1, "text": "Первая сноска"}]
    assert blocks[2]["items"][1]["notes"] == [
        {"number": 2, "text": "Вторая сноска"},
        {"number": 1, "text": None},
    ]
    assert blocks[3]["rows"][1][1]["notes"] == [{"number": 2, "text": None}]
    assert (blocks[3]["numbers"], blocks[3]["widths"]) == ([False, True], [2, 1])


async def test_word_opens_what_is_written() -> None:
    async with WorkerPool() as worker:
        written = await write_document(worker, DOCUMENT, made_at=MADE_AT)
    opened = docx.Document(io.BytesIO(written))
    texts = [paragraph.text for paragraph in opened.paragraphs]
    assert texts[:2] == ["Synthetic: a brief", "As of a day"]
    assert "= 1 + 1 *not* markup_ <w:t> & #sys" in texts
    assert [[cell.text for cell in row.cells] for row in opened.tables[0].rows] == [
        ["Год", "Люди"],
        ["2024", "12"],
        ["2025", "…2"],
    ]
    assert opened.core_properties.title == "Synthetic: a brief"
    references = [r.get(qn("w:id")) for r in opened.element.iter(qn("w:footnoteReference"))]
    assert references == ["1", "2"]
    (part,) = [p for p in opened.part.package.iter_parts() if p.partname == "/word/footnotes.xml"]
    assert "Первая сноска" in part.blob.decode()
    assert part.blob.decode().count("<w:footnote ") == 4


async def test_the_pdf_has_footnotes_and_tables() -> None:
    async with WorkerPool() as worker:
        printed = await print_document(worker, DOCUMENT, made_at=MADE_AT)
        again = await print_document(worker, DOCUMENT, made_at=MADE_AT)
    assert printed == again
    text = text_of(printed)
    for shown in ("Что сделано", "Первая сноска", "Вторая сноска", "2025", "*not* markup_"):
        assert shown in text
    assert text.count("Первая сноска") == 1


@pytest.mark.parametrize("language", ["kk", "en"])
async def test_a_document_without_footnotes_is_one_too(language: str) -> None:
    plain = BlockDocument("Title", "", language, [Paragraph(Noted("Text"))], watermark="Synthetic")
    async with WorkerPool() as worker:
        opened = docx.Document(io.BytesIO(await write_document(worker, plain, made_at=MADE_AT)))
        assert (await print_document(worker, plain, made_at=MADE_AT)).startswith(b"%PDF")
    assert "Synthetic" in [paragraph.text for paragraph in opened.paragraphs]
