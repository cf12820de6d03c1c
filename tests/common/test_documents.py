"""Documents say what their data say, whatever the script, and never something else."""

import io
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest
from pypdf import PdfReader

from services.common.documents import GlyphsMissing, qr_code, render_pdf
from services.common.worker import WorkerPool, WorkFailed
from tests.documents import text_of

KAZAKH = "Ә Ғ Қ Ң Ө Ұ Ү Һ І ә ғ қ ң ө ұ ү һ і"
TAJIK = "Ӣ Ӯ Ҳ Ҷ Ғ Қ ӣ ӯ ҳ ҷ"
UZBEK = "Oʻzbek Gʻani sanʼat"
DARI = "ساختگی نمونه"
MARKUP = '#sys.inputs #read("/etc/passwd") $x^2$ *b* _i_ @a <b> // \\ [x] `y` https://example.org'
MADE_AT = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
async def worker() -> AsyncIterator[WorkerPool]:
    async with WorkerPool() as pool:
        yield pool


async def render(worker: WorkerPool, *names: str, language: str = "kk", **data: Any) -> bytes:
    address = "https://example.org/v/abc"
    facts = {"title": "Ұсыныс", "names": list(names), "qr": qr_code(address), "address": address}
    return await render_pdf(worker, "tests.common:names", facts | data, language=language, made_at=MADE_AT)


@pytest.mark.parametrize("name", [KAZAKH, TAJIK, UZBEK, MARKUP, "O'Neil", "İıÇğŞ", "Ёлкина-Ещё"])
async def test_names_are_printed_as_they_are_written(worker: WorkerPool, name: str) -> None:
    assert name in text_of(await render(worker, name))


async def test_dari_is_shaped_and_runs_from_right_to_left(worker: WorkerPool) -> None:
    pages = [await render(worker, DARI, language=language) for language in ("prs", "fa", "kk")]
    assert all(set(text_of(page)) >= set(DARI) for page in pages)
    places = [_furthest_text_of(page) for page in pages]
    assert places[0] == places[1] > places[2] + 200


def _furthest_text_of(pdf: bytes) -> float:
    """Return how far from the left edge the last piece of text on the page begins, in points."""
    starts: list[float] = []

    def note(_: str, outer: Any, inner: Any, *__: Any) -> None:
        starts.append(inner[4] + outer[4])

    PdfReader(io.BytesIO(pdf)).pages[0].extract_text(visitor_text=note)
    return max(starts)


async def test_the_same_facts_give_the_same_bytes(worker: WorkerPool) -> None:
    once = await render(worker, KAZAKH)
    async with WorkerPool() as other:
        assert await render(other, KAZAKH) == once
    assert await render(worker, TAJIK) != once


async def test_documents_are_archivable_and_accessible(worker: WorkerPool) -> None:
    reader = PdfReader(io.BytesIO(await render(worker, KAZAKH)))
    assert reader.metadata is not None
    assert (reader.metadata.title, reader.metadata.creation_date) == ("Ұсыныс", MADE_AT)
    catalog: Any = reader.trailer["/Root"]
    assert catalog["/Lang"] == "kk"
    assert catalog["/MarkInfo"]["/Marked"]
    claims = catalog["/Metadata"].get_data().decode()
    assert "<pdfaid:part>2</pdfaid:part>" in claims
    assert "<pdfuaid:part>1</pdfuaid:part>" in claims


async def test_a_character_without_a_glyph_is_a_problem_that_names_it(worker: WorkerPool) -> None:
    with pytest.raises(GlyphsMissing) as caught:
        await render(worker, "Synthetic 龍", KAZAKH)
    assert caught.value.extensions == {"code_points": ["U+9F8D"]}
    assert "Synthetic" not in caught.value.detail


async def test_a_missing_glyph_is_found_however_deep_it_stands(worker: WorkerPool) -> None:
    with pytest.raises(GlyphsMissing, match=r"U\+0E01"):
        await render(worker, KAZAKH, table=[{"a": [1, None, {"b": "ก"}]}])


async def test_joiners_and_direction_marks_need_no_glyph(worker: WorkerPool) -> None:
    assert await render(worker, "می\u200cخواهم \u200e\u200f\u200d")


async def test_a_faulty_template_is_a_fault_of_ours(worker: WorkerPool) -> None:
    with pytest.raises(WorkFailed):
        await render_pdf(worker, "tests.common:broken", {"title": "x"}, language="ru", made_at=MADE_AT)


def test_a_qr_code_is_a_drawing() -> None:
    assert qr_code("https://example.org/v/abc").startswith("<svg")
