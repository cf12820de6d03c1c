import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.common.i18n import (
    Picked,
    canonical_tag,
    clean_multilingual,
    clean_text,
    is_right_to_left,
    parse_accept_language,
    pick,
)

ZWNJ = "\u200c"


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("  Авиценна \n", "Авиценна"),
        ("\u00a0x\u2003", "x"),
        ("a  b", "a  b"),
        ("", ""),
        (" \t ", ""),
        ("И\u0306", "Й"),  # decomposed, as macOS types it
        ("Ә Ғ Қ Ң Ө Ұ Ү Һ І", "Ә Ғ Қ Ң Ө Ұ Ү Һ І"),
        (f"می{ZWNJ}خواهم", f"می{ZWNJ}خواهم"),
        ("a\u200db\u200ec\u200f", "a\u200db\u200ec\u200f"),
        ("👩🏽\u200d⚕️", "👩🏽\u200d⚕️"),
    ],
)
def test_text_is_composed_and_trimmed(text: str, clean: str) -> None:
    assert clean_text(text) == clean
    assert clean_text(text, multiline=True) == clean


@pytest.mark.parametrize(
    "character", [chr(code) for code in (*range(9), 11, 12, *range(14, 32), *range(127, 160))]
)
def test_control_characters_are_refused(character: str) -> None:
    for text in (character, f"a{character}b", f"a{character}"):
        with pytest.raises(ValueError, match="control character"):
            clean_text(text, multiline=True)


@pytest.mark.parametrize(
    "character", "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ud800\udbff\udc00\udfff"
)
def test_overrides_and_half_characters_are_refused(character: str) -> None:
    with pytest.raises(ValueError, match="bidirectional override or half"):
        clean_text(f"a{character}b", multiline=True)


@pytest.mark.parametrize("character", "\t\n\r\u2028\u2029")
def test_lines_and_tabs_stand_in_longer_texts_only(character: str) -> None:
    assert clean_text(f"a{character}b", multiline=True) == f"a{character}b"
    with pytest.raises(ValueError, match="one line"):
        clean_text(f"a{character}b")


@given(
    st.text(
        st.characters(exclude_categories=["Cc", "Cs"], exclude_characters="\u202a\u202b\u202c\u202d\u202e")
    )
)
@settings(deadline=None)
def test_cleaning_twice_changes_nothing(text: str) -> None:
    text = text.translate(dict.fromkeys(range(0x2066, 0x206A)))
    clean = clean_text(text, multiline=True)
    assert clean_text(clean, multiline=True) == clean
    assert unicodedata.is_normalized("NFC", clean)


@pytest.mark.parametrize(
    ("tag", "canonical"),
    [
        ("kk", "kk"),
        ("RU", "ru"),
        ("kk-cyrl-kz", "kk-Cyrl-KZ"),
        ("FA-af", "fa-AF"),
        ("uz-aRAB", "uz-Arab"),
        ("es-419", "es-419"),
        ("sgh", "sgh"),  # Shughni, of the Pamirs
        ("de-1996", "de-1996"),
        ("ca-Valencia", "ca-valencia"),
        ("sl-rozaj-biske", "sl-rozaj-biske"),
        ("en-GB-x-Plain", "en-GB-x-plain"),
        ("und", "und"),
    ],
)
def test_tags_get_their_usual_casing(tag: str, canonical: str) -> None:
    assert canonical_tag(tag) == canonical
    assert canonical_tag(canonical) == canonical


@pytest.mark.parametrize(
    "tag",
    [
        *("", "k", "kaz", "rus", "xx", "qqq", "iw", "english", "русский", "kk_KZ", "kk-", "-kk", "kk--KZ"),
        *(
            "kk-Zzzx",
            "kk-XQ",
            "kk-999",
            "zh-yue",
            "i-klingon",
            "x-plain",
            "en-u-nu-latn",
            "en-x",
            "kk\n",
            "ⓚⓚ",
        ),
        *("de-1996-1996", "kk-KZ-KZ", "kk-KZ-Cyrl", "en-x-" + "-".join(["abcdefgh"] * 4)),
    ],
)
def test_what_is_no_tag_is_refused(tag: str) -> None:
    with pytest.raises(ValueError, match=r"^not "):
        canonical_tag(tag)


@given(st.text(max_size=40))
@settings(deadline=None)
def test_tags_are_refused_or_stay_as_they_are(text: str) -> None:
    try:
        canonical = canonical_tag(text)
    except ValueError:
        return
    assert canonical_tag(canonical) == canonical


@pytest.mark.parametrize(
    "tag",
    ["fa", "FA-af", "ar", "ur", "ps", "prs", "prs-Arab", "uz-AF", "uz-Arab", "kk-CN", "ckb", "he", "dv"],
)
def test_arabic_and_its_like_run_from_right_to_left(tag: str) -> None:
    assert is_right_to_left(tag)


@pytest.mark.parametrize(
    "tag", ["kk", "ru", "en", "ky", "tg", "uz", "tk", "kk-KZ", "fa-Cyrl", "ar-Latn", "und", "zxx", "zh"]
)
def test_the_others_run_from_left_to_right(tag: str) -> None:
    assert not is_right_to_left(tag)


def test_the_direction_of_no_tag_is_unknown() -> None:
    with pytest.raises(ValueError, match="well-formed"):
        is_right_to_left("fa_AF")


def test_texts_in_several_languages_are_cleaned_together() -> None:
    assert clean_multilingual({"EN": " Seminar ", "ru-kz": "Семинар"}) == {
        "en": "Seminar",
        "ru-KZ": "Семинар",
    }
    assert clean_multilingual({"en": "a\nb"}, multiline=True) == {"en": "a\nb"}


@pytest.mark.parametrize(
    "texts", [{}, {"en": ""}, {"en": " \t"}, {"en": "a", "EN": "a"}, {"xx": "a"}, {"en": "a\nb"}]
)
def test_texts_that_say_nothing_or_twice_are_refused(texts: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"language|one line"):
        clean_multilingual(texts)


@pytest.mark.parametrize(
    ("header", "ranges"),
    [
        (None, []),
        ("", []),
        ("kk", ["kk"]),
        ("da, en-gb;q=0.8, en;q=0.7", ["da", "en-gb", "en"]),
        ("en;q=0.1, ru;q=1.000, kk;q=0.5", ["ru", "kk", "en"]),
        ("ru, kk", ["ru", "kk"]),
        ("ru;q=0.5,kk;q=0.5,en", ["en", "ru", "kk"]),
        ("ru;q=0, kk", ["kk"]),
        ("ru;q=0.000, kk;q=0.", ["*"][:0]),
        ("*, kk;q=0.5", ["*", "kk"]),
        (" kk ; q=0.5 ,\truʼ, en", ["en", "kk"]),
        ("ru;q=2, ru;q=-1, ru;q=nan, ru;q=0.1234, ru;level=1, r_u, ;;, kk", ["kk"]),
        ("\x00kk, русский, kk", ["kk"]),
        ("kk," * 400, []),
    ],
)
def test_accept_language_is_read_as_far_as_it_makes_sense(header: str | None, ranges: list[str]) -> None:
    assert parse_accept_language(header) == ranges


TITLE = {"ru": "Семинар", "en": "Seminar", "fa": "سمینار", "zh-Hant": "研討會"}


@pytest.mark.parametrize(
    ("header", "tag"),
    [
        ("en", "en"),
        ("EN-us", "en"),
        ("fa-AF, ru", "fa"),
        ("tg, fa;q=0.5", "fa"),
        ("zh-hant-tw", "zh-Hant"),
        ("zh-hant-x-a-b", "zh-Hant"),
        ("zh", "ru"),  # a lookup never makes a range longer
        ("*", "ru"),
        ("tg", "ru"),
        (None, "ru"),
    ],
)
def test_a_reader_gets_the_wanted_language_or_the_next_best(header: str | None, tag: str) -> None:
    assert pick(TITLE, header) == Picked(tag, TITLE[tag])


def test_the_fallback_is_a_choice() -> None:
    assert pick(TITLE, "tg", fallback=("ky", "en")).tag == "en"
    assert pick({"tk": "Seminar"}, "ru") == ("tk", "Seminar")


def test_nothing_can_be_picked_from_nothing() -> None:
    with pytest.raises(ValueError, match="no text"):
        pick({}, "en")
