"""Texts in several languages: clean text, language tags, and which language a reader gets."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

import pycountry
from babel.core import Locale, get_global

_ALWAYS_REFUSED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_LINE_OR_TAB = re.compile("[\t\n\r\u2028\u2029]")

_TAG = re.compile(
    r"(?P<language>[a-z]{2,3})(?:-(?P<script>[a-z]{4}))?(?:-(?P<region>[a-z]{2}|[0-9]{3}))?"
    r"(?P<variants>(?:-(?:[a-z0-9]{5,8}|[0-9][a-z0-9]{3}))*)(?P<private>(?:-x(?:-[a-z0-9]{1,8})+)?)",
    re.ASCII | re.IGNORECASE,
)
_LONGEST_TAG = 35  # what RFC 5646, section 4.4.1 asks every reader to hold
_RANGE = re.compile(
    r"[ \t]*(\*|[a-z]{1,8}(?:-[a-z0-9]{1,8})*)[ \t]*(?:;[ \t]*q=(0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?))?[ \t]*",
    re.ASCII | re.IGNORECASE,
)
_LONGEST_HEADER = 1000
_RIGHT_TO_LEFT_SCRIPTS = frozenset(
    ("Adlm", "Arab", "Aran", "Hebr", "Mand", "Nkoo", "Rohg", "Samr", "Syrc", "Thaa", "Yezi")
)


class InterfaceLanguage(StrEnum):
    """The languages in which the system itself speaks: labels, messages, documents."""

    KK = "kk"
    RU = "ru"
    EN = "en"


FALLBACK = tuple(InterfaceLanguage)


class Picked(NamedTuple):
    """A text and the tag of its language."""

    tag: str
    text: str


def clean_text(text: str, *, multiline: bool = False) -> str:
    """Return the text in Unicode form NFC without white space around it; what stands inside is kept.

    Raises ValueError on control characters, bidirectional embeddings, overrides and isolates (they show text
    out of its order) and lone surrogates; on tabs and line breaks too, unless `multiline`.
    The zero-width non-joiner stays, since Persian needs it, and so do the joiner and the direction marks.
    """
    if text.isprintable():  # so it holds nothing that is refused, and most texts are
        return unicodedata.normalize("NFC", text).strip()
    if _ALWAYS_REFUSED.search(text):
        raise ValueError("the text holds a control character, a bidirectional override or half a character")
    cleaned = unicodedata.normalize("NFC", text).strip()
    if not multiline and _LINE_OR_TAB.search(cleaned):
        raise ValueError("the text must stand on one line, without tabs")
    return cleaned


def clean_multilingual(texts: Mapping[str, str], *, multiline: bool = False) -> dict[str, str]:
    """Return a text in several languages with canonical tags and clean, non-empty texts.

    Raises ValueError if there is no language, a tag is invalid or doubled, or a text is empty or not clean.
    """
    cleaned = {canonical_tag(tag): clean_text(text, multiline=multiline) for tag, text in texts.items()}
    if not cleaned or len(cleaned) < len(texts) or not all(cleaned.values()):
        raise ValueError("a text needs at least one language, each of them once and none empty")
    return cleaned


@lru_cache(maxsize=1024)
def canonical_tag(tag: str) -> str:
    """Return a BCP 47 tag in its usual casing: `kk-cyrl-kz` becomes `kk-Cyrl-KZ`.

    Language, script and region must exist in ISO 639-3, ISO 15924 and CLDR, and a language with a code of two
    letters is named by that. Raises ValueError for all else: extended languages and grandfathered tags have
    shorter names (`zh-yue` is `yue`), and extensions configure software, they do not name a language.
    """
    parts = _split_tag(tag)
    language, script, region = parts["language"], parts["script"], parts["region"]
    known = pycountry.languages.get(**{"alpha_2" if len(language) == 2 else "alpha_3": language})
    variants = parts["variants"].split("-")[1:]
    if (
        known is None
        or (len(language) == 3 and hasattr(known, "alpha_2"))
        or (script and pycountry.scripts.get(alpha_4=script) is None)
        or (region and region not in Locale("en").territories)
        or len(set(variants)) < len(variants)
    ):
        raise ValueError("not the tag of a language that exists")
    return "-".join(part for part in (language, script, region, *variants) if part) + parts["private"]


def is_right_to_left(tag: str) -> bool:
    """Say whether text in this language runs from right to left, by its script or else its usual script.

    The usual script is CLDR's likely one, so `uz-AF` is right to left and `uz` is not. Raises ValueError if
    the tag is not well-formed.
    """
    parts = _split_tag(tag)
    likely = get_global("likely_subtags")
    # CLDR knows Dari (`prs`) as the Persian of Afghanistan.
    language, _, region = (
        get_global("language_aliases").get(parts["language"], parts["language"]).partition("_")
    )
    usual = likely.get(f"{language}_{parts['region'] or region}") or likely.get(language, "")
    return (parts["script"] or usual.partition("_")[2][:4]) in _RIGHT_TO_LEFT_SCRIPTS


def parse_accept_language(header: str | None) -> list[str]:
    """Return the language ranges of an Accept-Language header (RFC 9110), most wanted first.

    Refused ranges (`q=0`) and what cannot be read are left out; a header of more than 1,000 characters counts
    as absent.
    """
    if header is None or len(header) > _LONGEST_HEADER:
        return []
    found = [match for part in header.split(",") if (match := _RANGE.fullmatch(part))]
    wanted = [(float(match[2] or 1), match[1]) for match in found]
    return [language for quality, language in sorted(wanted, key=lambda pair: -pair[0]) if quality]


def pick(texts: Mapping[str, str], accept_language: str | None, fallback: Sequence[str] = FALLBACK) -> Picked:
    """Choose the text for a reader: RFC 4647 lookup, then the fallback languages in order, then any text.

    Raises ValueError if there is no text.
    """
    tags = {tag.lower(): tag for tag in texts}
    for wanted in (*parse_accept_language(accept_language), *fallback):
        subtags = wanted.lower().split("-")
        while subtags:
            if tag := tags.get("-".join(subtags)):
                return Picked(tag, texts[tag])
            subtags.pop()
            if subtags and len(subtags[-1]) == 1:  # a singleton never stands last (RFC 4647, section 3.4)
                subtags.pop()
    if not texts:
        raise ValueError("no text to choose from")
    return Picked(*next(iter(texts.items())))


def _split_tag(tag: str) -> dict[str, str]:
    found = _TAG.fullmatch(tag) if len(tag) <= _LONGEST_TAG else None
    if not found:
        raise ValueError("not a well-formed language tag")
    parts = {name: part.lower() for name, part in found.groupdict("").items()}
    return parts | {"script": parts["script"].title(), "region": parts["region"].upper()}
