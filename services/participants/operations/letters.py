"""Writing messages: the room's own templates, filled in."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from services.common.i18n import InterfaceLanguage, pick
from services.participants.domain.messages import MessageTemplate

_TEMPLATES: Final = Environment(
    loader=FileSystemLoader(Path(__file__).parent.parent / "templates"),
    autoescape=select_autoescape(),  # escapes HTML; these are plain text
    undefined=StrictUndefined,
    trim_blocks=True,
)
_FALLBACK: Final = (InterfaceLanguage.RU, InterfaceLanguage.EN)
"""For readers of none of our languages: most come from countries where Russian is widely read."""


@dataclass(frozen=True)
class Letter:
    """A message as its reader will see it: plain text."""

    language: str
    subject: str
    text: str = field(repr=False)


def write_letter(
    template: MessageTemplate, reader: str, course: Mapping[str, str], token: str, page: str | None
) -> Letter:
    """Write `template` in the language of the `reader` (BCP 47), or else in Russian.

    The token stands as a code and in the fragment of the link to `page`, which no server is sent or logs.
    """
    files = {str(language): f"{template}.{language}.txt" for language in InterfaceLanguage}
    language, file = pick(files, reader, _FALLBACK)
    written = _TEMPLATES.get_template(file).render(
        course=pick(course, language).text, token=token, link=f"{page}#{token}" if page else None
    )
    subject, _, text = written.partition("\n")
    return Letter(language, subject, text.lstrip("\n"))
