"""What all papers share: words in the languages of the house, and whose name is printed how."""

import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final

from services.common.i18n import FALLBACK, InterfaceLanguage, pick

_WORDS: Final = Path(__file__).parent.parent / "templates" / "papers.toml"
_FITS: Final[Mapping[str, tuple[str, str]]] = {
    InterfaceLanguage.KK: ("kk", "Cyrl"),
    InterfaceLanguage.RU: ("ru", "Cyrl"),
    InterfaceLanguage.EN: ("en", "Latn"),
    "ky": ("ky", "Cyrl"),
    "tg": ("tg", "Cyrl"),
    "uz": ("uz", "Latn"),
    "tk": ("tk", "Latn"),
    "fa": ("fa", "Arab"),
}
"""Language of a paper or letter -> the language and script of the name that fits it."""


@cache
def words_in(language: InterfaceLanguage) -> Mapping[str, str]:
    """Return every word of papers in one language."""
    words: Mapping[str, str] = tomllib.loads(_WORDS.read_text())[language]
    return words


def text_in(texts: Mapping[str, str], language: InterfaceLanguage) -> str:
    """Return a text in `language`, or else in the next best."""
    return pick(texts, language, FALLBACK).text


def name_to_print(names: Sequence[Mapping[str, Any]], language: str) -> str:
    """Return the name in the language of the paper or letter, or else in its script, or as the passport writes it.

    Nothing is generated: without any of these, the first name that was given stands.
    """
    name = min(names, key=lambda one: _misfit(str(one["language"]), *_FITS[language]))
    if name.get("mononym"):
        return str(name["mononym"])
    return " ".join(str(name[part]) for part in ("given", "patronymic", "family") if name.get(part))


def _misfit(tag: str, language: str, script: str) -> int:
    if tag == language or tag.startswith(f"{language}-"):
        return 0
    if tag.endswith(script):
        return 1
    return 2 if tag.endswith("Latn") else 3
