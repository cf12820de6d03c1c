"""Search for words in texts of any language: scripts, accents and usual romanizations do not matter.

Texts are folded, by PostgreSQL where they are stored and here where somebody asks, to letters in which Latin,
Cyrillic and accented spellings of one word agree; words are found by their beginnings. Only words go into a query,
so nothing that is asked for can be a wildcard or an operator.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain
from typing import Any, Final, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, Computed, Float, Text, bindparam, cast, func, text
from sqlalchemy.orm import InstrumentedAttribute

from services.common.problems import Fault, RequestInvalid
from services.common.wire import Answer

KindT = TypeVar("KindT", bound=StrEnum)

MOST_WORDS: Final = 8
LEAST_LETTERS: Final = 2
"""What every word must have, and one of them more: a single letter would find everything."""
CANDIDATES: Final = 1000
"""How many rows of one kind are ranked; who finds more has to ask for more words."""
_AROUND: Final = 70
"""Characters of an excerpt on each side of what was found."""

_SINGLE: Final = (
    "a:аәàáâãäåāăąǎ b:б c:цçćĉċč d:дďđð e:еёэєèéêëēĕėęěə f:ф g:гғґĝğġģ h:хһҳĥħ i:иіїйыýÿŷyìíîïĩīĭįıӣ "
    "j:жҷҹӂĵ k:кқqķ l:лĺļľŀł m:м n:нңñńņňŋ o:оөòóôõöøōŏő p:п r:рŕŗř s:сŝşșś t:тţťŧț "
    "u:уұүўӯùúûüũūŭůűų v:вwŵ x: z:зźżžӡ"
)
_SEVERAL: Final = (
    ("ш", "sh"),
    ("щ", "sh"),
    ("ч", "ch"),
    ("ю", "iu"),
    ("я", "ia"),
    ("š", "sh"),
    ("ß", "ss"),
    ("æ", "ae"),
    ("œ", "oe"),
    ("dzh", "j"),
    ("zh", "j"),
    ("dj", "j"),
    ("kh", "h"),
    ("gh", "g"),
    ("ts", "c"),
)
"""Applied in this order, after single letters."""
_DROPPED: Final = "ъьЪЬ'`´ʹʺʻʼʽʾʿˈ‘’′"
_BLANK: Final = '!"#$%&()*+,-./:;<=>?@[]^_{|}~«»“”„‐‑‒–—…№·•'


def _pairs() -> Iterable[tuple[str, str]]:
    for group in _SINGLE.split():
        plain, spelled = group.split(":")
        yield plain.upper(), plain
        for letter in spelled:
            yield letter, plain
            if len(letter.upper()) == 1 and letter.upper() != letter:
                yield letter.upper(), plain
    yield from ((letter.upper(), letter) for letter in "шщчюяšæœ")
    yield from ((mark, " ") for mark in _BLANK)


_LETTERS: Final = dict(_pairs())
_READ: Final = str.maketrans(_LETTERS | dict.fromkeys(_DROPPED, ""))


def fold(words: str) -> str:
    """Return a text as it is compared; the function `fold` of a room's schema does the same in PostgreSQL."""
    read = unicodedata.normalize("NFC", words).translate(_READ)
    for spelled, plain in _SEVERAL:
        read = read.replace(spelled, plain)
    return read


def searchable(
    schema: str, *texts: str, languages: Sequence[str] = (), paths: Sequence[str] = ()
) -> Computed:
    """Return a stored column of the words of these columns, by the function `fold` of `schema`.

    `languages` are JSON columns of texts by language, `paths` texts within JSON as `column path`.
    """
    inside = [(column, "$.*") for column in languages]
    inside += [(column, path) for column, _, path in (each.partition(" ") for each in paths)]
    parts = [f"({column})::text" for column in texts]
    parts += [f"(jsonb_path_query_array({column}, '{path}'::jsonpath))::text" for column, path in inside]
    vectors = [f"to_tsvector('simple'::regconfig, {schema}.fold({part}))" for part in parts]
    return Computed(" || ".join(vectors), persisted=True)


def read_words(q: str) -> list[str]:
    """Return the folded words that are asked for, each once; raise RequestInvalid where they are too short."""
    words = list(dict.fromkeys(re.findall(r"[^\W_]+", fold(q))))[:MOST_WORDS]
    if not words or min(map(len, words)) < LEAST_LETTERS or max(map(len, words)) <= LEAST_LETTERS:
        fault = Fault("/query/q", "too_short", "Expected words of two letters or more, one of them of three.")
        raise RequestInvalid("See `errors`.", errors=[fault])
    return words


def read_kinds(kinds: str | None, known: type[KindT]) -> frozenset[KindT]:
    """Return the kinds that `program,edition` names, all of them where nothing is named; raise RequestInvalid."""
    if kinds is None:
        return frozenset(known)
    try:
        return frozenset(known(name) for name in kinds.split(","))
    except ValueError as error:
        fault = Fault("/query/kinds", "kinds", f"Expected of: {', '.join(known)}.")
        raise RequestInvalid("See `errors`.", errors=[fault]) from error


def asked_for(words: Sequence[str]) -> ColumnElement[Any]:
    """Return the query for texts that hold every word, or one that begins so."""
    prefixes = " & ".join(f"{word}:*" for word in words)
    return func.to_tsquery(text("'simple'::regconfig"), bindparam("words", prefixes, Text, unique=True))


def rank_of(column: InstrumentedAttribute[str], query: ColumnElement[Any]) -> ColumnElement[float]:
    """Return how well a row answers, from 0 to 1: the shorter the text around the words, the better."""
    length_of_text = 1
    return cast(func.ts_rank(column, query, length_of_text), Float)


class SearchHit(Answer):
    """Something that was found."""

    kind: str
    id: UUID
    href: str
    title: dict[str, str]
    """By language; `und` where nobody says which."""
    snippet: str | None
    """The words around what was found, as they are written; null where they stand nowhere to be shown."""
    rank: float
    """From 0 to 1, comparable over kinds and services."""


class SearchHits(Answer):
    """What one service found, the best first."""

    items: list[SearchHit]
    more: bool
    """Whether it found more than it shows."""


@dataclass(frozen=True)
class Found:
    """A row that was found, with the texts to quote from."""

    kind: str
    id: UUID
    href: str
    title: Mapping[str, str]
    texts: Sequence[str]
    rank: float


def show_hits(found: Iterable[Found], words: Sequence[str], limit: int) -> SearchHits:
    """Return the best of what was found; equal ones by kind, then id, so that an order never changes by chance."""
    best = sorted(found, key=lambda row: (-row.rank, row.kind, row.id))
    items = [
        SearchHit(
            kind=row.kind,
            id=row.id,
            href=row.href,
            title=dict(row.title),
            snippet=excerpt(chain(row.title.values(), row.texts), words),
            rank=round(row.rank, 6),
        )
        for row in best[:limit]
    ]
    return SearchHits(items=items, more=len(best) > limit)


_WORD: Final = re.compile(r"[^\W_]+(?:['`´ʹʺʻʼ‘’][^\W_]+)*")


def excerpt(texts: Iterable[str], words: Sequence[str]) -> str | None:
    """Return the words around the first match in the text that holds most of `words`; None where none does."""
    best: tuple[int, str, int] | None = None
    for line in texts:
        begins = [
            (found.start(), word)
            for found in _WORD.finditer(line)
            for word in words
            if fold(found[0]).startswith(word)
        ]
        matched = len({word for _, word in begins})
        if begins and (best is None or matched > best[0]):
            best = (matched, line, begins[0][0])
    return None if best is None else _cut(best[1], best[2])


def _cut(line: str, at: int) -> str:
    begin, end = max(0, at - _AROUND), min(len(line), at + _AROUND)
    if begin:
        begin = line.find(" ", begin, at) + 1 or begin
    if end < len(line):
        end = max(line.rfind(" ", at, end), at) if line.rfind(" ", at, end) > at else end
    return ("…" if begin else "") + line[begin:end].strip() + ("…" if end < len(line) else "")
