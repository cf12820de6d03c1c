"""Writing messages: the room's own templates, filled in."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from services.common.i18n import pick
from services.participants.domain.messages import MessageTemplate, language_chain

if TYPE_CHECKING:
    from jinja2 import Environment

_FOLDER: Final = Path(__file__).parent.parent / "templates"
TEXTS: Final[Mapping[str, Mapping[str, Any]]] = {
    file.stem: tomllib.loads(file.read_text()) for file in sorted(_FOLDER.glob("*.toml"))
}
"""Language -> its texts: `greeting`, `code`, `link`, `closing`, and a subject and text for each template."""


@cache
def _environment() -> "Environment":
    from jinja2 import Environment, StrictUndefined, select_autoescape  # noqa: PLC0415  heavy: loaded where it is used

    # These are plain texts of our own; what is filled in is never read as a template.
    return Environment(autoescape=select_autoescape(default_for_string=False), undefined=StrictUndefined)


@dataclass(frozen=True)
class Letter:
    """A message as its reader will see it: plain text."""

    language: str
    subject: str
    text: str = field(repr=False)


def write_letter(
    template: MessageTemplate,
    reader: str,
    *,
    course: Mapping[str, str] | None,
    facts: Mapping[str, str],
    secret: str | None,
    page: str | None,
) -> Letter:
    """Write `template` in the language of the `reader` (BCP 47), or else the next that has it.

    A `secret` stands as a code and in the fragment of the link to `page`, which no server is sent or logs.
    """
    language = language_of(template, reader)
    texts = TEXTS[language]
    filling = {
        **facts,
        "course": pick(course, language).text if course else "",
        "secret": secret,
        "link": f"{page}#{secret}" if page and secret else None,
    }
    lines = [texts["greeting"], texts[template]["text"].strip()]
    if secret is not None:
        # The token of a link is no code that people type: it is shown only where there is no page for it.
        lines += [texts["code"]] if page is None or len(secret) <= _TYPED else []
        lines += [texts["link"]] if page is not None else []
    lines.append(texts["closing"])
    return Letter(
        language,
        _fill(texts[template]["subject"], filling),
        "\n\n".join(_fill(line, filling) for line in lines) + "\n",
    )


def language_of(template: MessageTemplate, reader: str) -> str:
    """Return the language in which a reader (BCP 47) gets the template."""
    return next(tag for tag in language_chain(reader) if template in TEXTS.get(tag, {}))


_TYPED: Final = 24
"""The longest code that people are asked to type."""


def _fill(text: str, filling: Mapping[str, str | None]) -> str:
    return _environment().from_string(text).render(filling)
