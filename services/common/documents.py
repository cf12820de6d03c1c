"""Documents for people, as PDF: fixed templates of ours, typeset in the bounded worker, data as JSON only.

A template is a file of its room: `services.participants:offer_letter` is
`services/participants/templates/offer_letter.typ`. What all share stands in `templates/house.typ` beside this file.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar, Final

import orjson
import segno

from services.common.i18n import is_right_to_left
from services.common.problems import Problem, Title, title
from services.common.worker import WorkerPool

_SECONDS: Final = 60.0
_MEGABYTES: Final = 2048
"""Of address space: fonts and code are mapped, a letter uses about 100 MiB of memory."""


class GlyphsMissing(Problem):
    """The fonts of the house cannot write a character of the document; the extension lists the code points."""

    status: ClassVar[int] = 422
    slug: ClassVar[str] = "glyphs-missing"
    title: ClassVar[Title] = title(
        en="A character cannot be printed",
        ru="Символ невозможно напечатать",
        kk="Таңбаны басып шығару мүмкін емес",
    )


async def render_pdf(
    worker: WorkerPool, template: str, data: Mapping[str, Any], *, language: str, made_at: datetime
) -> bytes:
    """Return the document as a tagged PDF/A-2a; the same arguments give the same bytes.

    `data` holds JSON values; `title` among them names the document. `language` is a BCP 47 tag, which decides
    the direction too. Raises `GlyphsMissing` before anything is printed wrong.
    """
    payload = {
        "template": template,
        "language": language.partition("-")[0],
        "direction": "rtl" if is_right_to_left(language) else "ltr",
        "timestamp": int(made_at.timestamp()),
    }
    made = await worker.run_bounded(
        "services.common.typesetting:typeset",
        payload,
        orjson.dumps(data),
        seconds=_SECONDS,
        megabytes=_MEGABYTES,
    )
    if isinstance(made, bytes):
        return made
    points = [f"U+{point:04X}" for point in made["missing"]]
    raise GlyphsMissing(f"No font here has: {', '.join(points[:20])}.", code_points=points)


def qr_code(address: str) -> str:
    """Return a QR code that leads to `address`, as SVG to put into a document's data."""
    return segno.make(address, error="m", micro=False).svg_inline(border=2)
