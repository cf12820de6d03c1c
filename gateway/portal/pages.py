"""The pages of the portal: each is made once, at start, from files that stand beside the code."""

from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any, Final

import orjson
from markdown_it import MarkdownIt
from pydantic import BaseModel

SECTIONS: Final = (
    ("/docs", "Start"),
    ("/docs/reference", "Reference"),
    ("/docs/permissions", "Permissions"),
    ("/docs/problems", "Problems"),
    ("/docs/events", "Events"),
    ("/docs/changelog", "Changelog"),
)
FIRST: Final = ("first-call", "frontend", "integrator", "clients", "views", "operator")
"""Guides that most readers look for, before those of one task each."""
_READER: Final = MarkdownIt("commonmark", {"html": False}).enable("table")
_PAGE: Final = """<!doctype html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title} · Qoldau</title>
<link rel="icon" type="image/png" href="/docs/favicon.png">
{styles}
</head>
<body>
<header class="top"><a class="name" href="/docs">Qoldau</a><nav aria-label="Documentation">{links}</nav></header>
{body}
</body>
</html>
"""
_STYLE: Final = '<link rel="stylesheet" href="/docs/{}">'
_REFERENCE: Final = """<div id="signed-in" class="signed-in" hidden>
<label for="role">Try it out as</label>
<select id="role"><option value="">the public</option></select>
<output id="told" for="role"></output>
</div>
<main id="reference"></main>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>"""


class ProblemEntry(BaseModel):
    """What a problem page says."""

    slug: str
    status: int
    title: dict[str, str]
    description: str


def make_pages(documents: Path, problems: Sequence[ProblemEntry]) -> dict[str, str]:
    """Return every page by its path: start, reference, guides and catalogues."""
    guides = {
        file.stem: file.read_text(encoding="utf-8") for file in sorted((documents / "guides").glob("*.md"))
    }
    pages = {f"/docs/guides/{name}": _article(f"/docs/guides/{name}", text) for name, text in guides.items()}
    events = orjson.loads(_read(documents / "events.json"))
    return pages | {
        "/docs": _frame("/docs", "Documentation", _start(guides)),
        "/docs/reference": _frame("/docs/reference", "Reference", _REFERENCE, "swagger-ui.css"),
        "/docs/permissions": _article(
            "/docs/permissions", _read(documents / "permissions.md"), "page catalog"
        ),
        "/docs/problems": _frame("/docs/problems", "Problems", _problems(problems)),
        "/docs/events": _frame("/docs/events", "Events", _events(events)),
        "/docs/changelog": _article("/docs/changelog", _read(documents.parent / "CHANGELOG.md")),
    }


def make_problem_page(entry: ProblemEntry, language: str) -> str:
    """Return the page that the `type` of a problem leads to, with the title in `language` first."""
    titles = "".join(
        f'<li lang="{tag}">{escape(text)}</li>' for tag, text in entry.title.items() if tag != language
    )
    body = (
        f'<main class="page"><h1>{escape(entry.title[language])}</h1>'
        f"<p>HTTP {entry.status} · <code>{escape(entry.slug)}</code></p>"
        f'<p lang="en">{_inline(entry.description)}</p><ul>{titles}</ul></main>'
    )
    return _frame("", entry.title[language], body, language=language)


def _start(guides: Mapping[str, str]) -> str:
    order = sorted(guides, key=lambda name: (FIRST.index(name) if name in FIRST else len(FIRST), name))
    written = [
        (f"/docs/guides/{name}", _title(guides[name]), _first_sentence(guides[name])) for name in order
    ]
    made = [
        ("/docs/reference", "Reference", "Every operation, with try-it-out."),
        ("/docs/permissions", "Permissions", "Who may do what, and how far it reaches."),
        ("/docs/problems", "Problems", "Every error that can be answered, in three languages."),
        ("/docs/events", "Events", "What the services tell each other, and webhooks tell you."),
        ("/docs/changelog", "Changelog", "What is new, and what is known to be missing."),
    ]
    return (
        '<main class="page"><h1>Qoldau</h1><p>The open backend for development-cooperation programs. '
        'Begin with <a href="/docs/guides/first-call">the first call in five minutes</a>; '
        'machines read <a href="/openapi.json">openapi.json</a>.</p>'
        f"<h2>Guides</h2>{_cards(written)}<h2>To look things up</h2>{_cards(made)}</main>"
    )


def _cards(cards: Sequence[tuple[str, str, str]]) -> str:
    listed = "".join(
        f'<li><a href="{path}"><strong>{escape(title)}</strong><span>{escape(told)}</span></a></li>'
        for path, title, told in cards
    )
    return f'<ul class="cards">{listed}</ul>'


def _problems(problems: Sequence[ProblemEntry]) -> str:
    rows = "".join(
        f'<tr><td><a href="/problems/{escape(entry.slug)}"><code>{escape(entry.slug)}</code></a></td>'
        f"<td>{entry.status}</td><td>{_inline(entry.description)}</td></tr>"
        for entry in problems
    )
    return (
        '<main class="page catalog"><h1>Problems</h1><p>Every error is <code>application/problem+json</code>, its '
        "<code>code</code> is one of these, its <code>type</code> leads to the page of it.</p>"
        '<div class="scroll"><table><thead><tr><th>code</th><th>status</th><th>meaning</th></tr></thead>'
        f"<tbody>{rows}</tbody></table></div></main>"
    )


def _events(document: Mapping[str, Any]) -> str:
    rows = []
    for name, message in sorted(document["components"]["messages"].items()):
        receivers = document["operations"][f"send.{name}"]["x-destinations"]
        own = message["payload"]["allOf"][1]["properties"]["data"]
        schema = document["components"]["schemas"].get(str(own.get("$ref", "")).rpartition("/")[2], {})
        fields = ", ".join(f"<code>{escape(field)}</code>" for field in schema.get("properties", {}))
        told = "webhooks, " * ("gateway" in receivers) + ", ".join(
            one for one in receivers if one != "gateway"
        )
        rows.append(
            f"<tr><td><code>{escape(name)}</code><br>{_inline(schema.get('description', ''))}</td>"
            f"<td>{escape(told.removesuffix(', '))}</td><td>{fields}</td></tr>"
        )
    return (
        '<main class="page catalog"><h1>Events</h1><p>CloudEvents 1.0 between services, with the full state of the '
        "subject, without names. Those that go to webhooks reach your endpoints as id and link only.</p>"
        '<div class="scroll"><table><thead><tr><th>type</th><th>told to</th><th>fields</th></tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table></div></main>"
    )


def _article(path: str, text: str, kind: str = "page") -> str:
    shown = (
        _READER.render(text)
        .replace("<table>", '<div class="scroll"><table>')
        .replace("</table>", "</table></div>")
    )
    return _frame(path, _title(text), f'<main class="{kind}">{shown}</main>')


def _inline(text: str) -> str:
    """Return a docstring's sentence with its code as such."""
    return str(_READER.renderInline(" ".join(text.split())))


def _frame(path: str, title: str, body: str, *styles: str, language: str = "en") -> str:
    links = "".join(
        f'<a href="{place}"{" aria-current=" + chr(34) + "page" + chr(34) if place == path else ""}>{name}</a>'
        for place, name in SECTIONS
    )
    sheets = "\n".join(_STYLE.format(name) for name in (*styles, "portal.css"))
    return _PAGE.format(title=escape(title), language=language, styles=sheets, links=links, body=body)


def _title(text: str) -> str:
    return text.partition("\n")[0].removeprefix("# ").strip()


def _first_sentence(text: str) -> str:
    paragraph = " ".join(text.partition("\n")[2].strip().partition("\n\n")[0].split())
    return paragraph.partition(". ")[0].rstrip(".") + "."


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8")
