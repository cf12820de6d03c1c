"""Names across scripts: forms in which the spellings of one name come near each other.

A name has many spellings (Мəммəдов, Məmmədov, Mammadov), and none is the true one. `fold` brings a text of any
script to plain Latin letters in which the usual romanizations agree; `skeleton` leaves its consonants, since
Arabic script writes few vowels. Both serve to compare, never to show. Sources: ICAO 9303 part 3 for Russian
letters; BGN/PCGN, ISO 9 and the national alphabets for the others (design/standards.md).
"""

import re
import unicodedata
from typing import Final

from anyascii import anyascii

# Letters on which romanizations disagree, or that `anyascii` reads as another language than ours does.
_READ_AS: Final = (
    # Cyrillic, from Azerbaijani to Mongolian
    "ә:a ə:a ғ:g қ:k ҡ:k ң:n ө:o ұ:u ү:u һ:h і:i ӣ:i ӯ:u ҳ:h ҷ:j җ:j ў:u ҹ:j ҝ:g ј:i є:e ї:i ґ:g "
    "х:h ж:j ц:s ч:ch ш:sh щ:sh ю:iu я:ia ё:io э:e ы:i й:i в:v ъ: ь: "
    # Latin, national alphabets and the marks of scholars
    "ı:i ä:a ö:o ü:u ý:i ğ:g ġ:g ň:n ñ:n ķ:k ş:sh š:sh ç:ch č:ch ž:j ǰ:j ë:io ė:e "
    "ḩ:h ḥ:h ħ:h ẖ:h ţ:t ż:z ẕ:z ẓ:z ĭ:i ŭ:u ć:ch "
    # Arabic script, as Persian, Dari and Pashto read it
    "ض:z ظ:z ذ:z ث:s ص:s ط:t ح:h ع: ئ:i ؤ:u ځ:z څ:s"
)
_LETTERS: Final = str.maketrans({pair[0]: pair[2:] for pair in _READ_AS.split()})
_GAPS: Final = re.compile(r"[\s\-\u2010-\u2015.,]+")
_NOT_LETTERS: Final = re.compile(r"[^a-z]+")
_APOSTROPHES: Final = re.compile("[\u02b9-\u02bf\u2018\u2019\u201b`´'ʾʿ′·]")
_OKINA: Final = re.compile("o[\u02bb\u02bc\u2018\u2019`']")
# Applied in this order: what several letters stand for, then sounds that languages write differently.
_DIGRAPHS: Final = (
    (re.compile("shch|sch|szh"), "sh"),
    (re.compile("d[zj]h|dj|dzh"), "j"),
    (re.compile("zh"), "j"),
    (re.compile("[kx]h|x|ch(?=r)"), "h"),
    (re.compile("gh"), "g"),
    (re.compile("ph"), "f"),
    (re.compile("t[sz]|z(?=z)"), "s"),
    (re.compile("q|ck"), "k"),
    (re.compile("w"), "v"),
    (re.compile("c(?!h)"), "j"),  # Turkish and Azerbaijani
    (re.compile("ou"), "u"),
    (re.compile("ee"), "i"),
    (re.compile("y"), "i"),
    (re.compile("i(?=[aeou])"), ""),  # glides: Yusuf, Iusuf, Jusuf; Maria, Mariya
    (re.compile(r"(.)\1+"), r"\1"),
)
_VOWELS: Final = re.compile("[aeiouvh]+")
_BYNAMES: Final = frozenset(
    {"uulu", "ulu", "kizi", "kizy", "ogli", "oglu", "ugli", "kyzy", "gizi", "bin", "ibn", "bint"}
)
"""Words between a name and the father's: they come and go."""
_ENDINGS: Final = re.compile(
    "(?<=...)(ov|ev|iov|ova|eva|iova|zoda|zada|zade|zadeh|ina|in|skaia|skaa|skii|ski)$"
)
"""What a family name takes for a woman, under Russian rule or after it: Rahmon, Rahmonov, Rahmonova, Rahmonzoda."""


def fold(text: str) -> str:
    """Return the words of `text` in plain Latin letters, as most romanizations would agree to read them."""
    lowered = unicodedata.normalize("NFKC", text).casefold()
    lowered = _OKINA.sub("u", unicodedata.normalize("NFC", lowered))
    words = _GAPS.split(_APOSTROPHES.sub("", lowered.translate(_LETTERS)))
    return " ".join(part for word in words for part in _fold_word(word))


def stem(word: str) -> str:
    """Return a folded family name without the ending that sex, language or law gave it."""
    return _ENDINGS.sub("", word)


def stems(folded: str) -> tuple[str, ...]:
    """Return the stems of a folded name's words in alphabetical order, without words like `uulu` and `kyzy`."""
    return tuple(sorted(stem(word) for word in folded.split() if word not in _BYNAMES))


def skeleton(word: str) -> str:
    """Return the consonants of a folded word; `v` and `h` count as vowels, which they are in Arabic script."""
    return re.sub(r"(.)\1+", r"\1", _VOWELS.sub("", word)) or word[:1]


def writes_vowels(text: str) -> bool:
    """Say whether the script of `text` writes its vowels; Arabic and Hebrew write few."""
    return not any(unicodedata.bidirectional(letter) in {"AL", "R"} for letter in text)


def _fold_word(word: str) -> list[str]:
    """Return the word folded; more than one where its script knows signs that are words of their own."""
    if not writes_vowels(word):
        # Letter by letter: two consonants side by side are no digraph where vowels are not written.
        return [read] if (read := "".join(_fold_latin(anyascii(letter)) for letter in word)) else []
    return [read for part in _NOT_LETTERS.split(anyascii(word).lower()) if (read := _fold_latin(part))]


def _fold_latin(word: str) -> str:
    word = _NOT_LETTERS.sub("", word.lower())
    for pattern, replacement in _DIGRAPHS:
        word = pattern.sub(replacement, word)
    return word
