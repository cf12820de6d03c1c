"""Documents of headings, paragraphs, lists and tables with footnotes, as PDF and as DOCX from the same data."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

import orjson

from services.common.documents import render_pdf
from services.common.worker import WorkerPool

DOCX: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_SECONDS: Final = 30.0
_MEGABYTES: Final = 1024


@dataclass(frozen=True)
class Noted:
    """A text with the footnotes that belong to it; equal footnotes are one, however often they are called."""

    text: str
    notes: Sequence[str] = ()


@dataclass(frozen=True)
class Heading:
    """What a part of the document is about."""

    text: str


@dataclass(frozen=True)
class Paragraph:
    """Running text."""

    content: Noted


@dataclass(frozen=True)
class Items:
    """A list."""

    items: Sequence[Noted]


@dataclass(frozen=True)
class Table:
    """A table with a heading row; `numbers` are set to the right, `wide` columns are twice as wide as others."""

    columns: Sequence[str]
    rows: Sequence[Sequence[Noted]]
    numbers: frozenset[int] = frozenset()
    wide: frozenset[int] = frozenset()


Block = Heading | Paragraph | Items | Table


@dataclass(frozen=True)
class BlockDocument:
    """A whole document in one language."""

    title: str
    subtitle: str
    language: str
    blocks: Sequence[Block]
    watermark: str | None = None


@dataclass
class _Footnotes:
    """Numbers footnotes in the order in which they are first called."""

    numbers: dict[str, int] = field(default_factory=dict)

    def call(self, content: Noted) -> dict[str, Any]:
        notes = []
        for note in content.notes:
            known = note in self.numbers
            number = self.numbers.setdefault(note, len(self.numbers) + 1)
            notes.append({"number": number, "text": None if known else note})
        return {"text": content.text, "notes": notes}


def lay_out(document: BlockDocument) -> dict[str, Any]:
    """Return the document as JSON values: a footnote stands whole where it is first called, then by its number."""
    footnotes = _Footnotes()
    return {
        "title": document.title,
        "subtitle": document.subtitle,
        "watermark": document.watermark,
        "blocks": [_lay_out(block, footnotes) for block in document.blocks],
    }


def _lay_out(block: Block, footnotes: _Footnotes) -> dict[str, Any]:
    match block:
        case Heading():
            return {"kind": "heading", "text": block.text}
        case Paragraph():
            return {"kind": "paragraph", "content": footnotes.call(block.content)}
        case Items():
            return {"kind": "items", "items": [footnotes.call(item) for item in block.items]}
        case Table():
            return {
                "kind": "table",
                "columns": list(block.columns),
                "rows": [[footnotes.call(cell) for cell in row] for row in block.rows],
                "numbers": [place in block.numbers for place in range(len(block.columns))],
                "widths": [1 + (place in block.wide) for place in range(len(block.columns))],
            }


async def print_document(worker: WorkerPool, document: BlockDocument, *, made_at: datetime) -> bytes:
    """Return the document as a tagged PDF; raises as `render_pdf` does."""
    return await render_pdf(
        worker, "services.common:blocks", lay_out(document), language=document.language, made_at=made_at
    )


async def write_document(worker: WorkerPool, document: BlockDocument, *, made_at: datetime) -> bytes:
    """Return the document as DOCX, with footnotes that Word knows as such; raises as the worker does."""
    payload = {"language": document.language, "made_at": made_at.isoformat()}
    written: bytes = await worker.run_bounded(
        "services.common.word_writing:write_blocks",
        payload,
        orjson.dumps(lay_out(document)),
        seconds=_SECONDS,
        megabytes=_MEGABYTES,
    )
    return written
