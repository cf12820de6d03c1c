"""What a PDF says, read by an independent reader."""

import io

from pypdf import PdfReader


def text_of(pdf: bytes) -> str:
    """Return the text of all pages, white space folded; letters of right-to-left words come as they are set."""
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages).split())
