"""Search by words: what is folded here and in PostgreSQL is the same, and nothing asked for is an operator."""

from uuid import UUID

import asyncpg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.common.problems import RequestInvalid
from services.common.search import MOST_WORDS, Found, excerpt, fold, read_kinds, read_words, show_hits
from services.programs.domain.search import FindableKind
from tests.cluster import TestDatabase

SPELLINGS = [
    ("Қазақстан", "kazakstan"),
    ("Казахстан", "kazahstan"),
    ("Kazakhstan", "kazahstan"),
    ("Авиценна", "avicenna"),
    ("AVICENNA", "avicenna"),
    ("Достық", "dostik"),
    ("Достык", "dostik"),
    ("Dostyk", "dostik"),
    ("Таджикистан", "tajikistan"),
    ("Tajikistan", "tajikistan"),
    ("Тоҷикистон", "tojikiston"),
    ("Oʻzbekiston", "ozbekiston"),
    ("Ashgabat", "ashgabat"),
    ("Aşgabat", "asgabat"),
    ("Шымкент", "shimkent"),
    ("Shymkent", "shimkent"),
    ("Université", "universite"),
    ("X-RAY", "x rai"),
    ("ساختگی", "ساختگی"),
]


@pytest.mark.parametrize(("spelled", "folded"), SPELLINGS)
def test_spellings_meet(spelled: str, folded: str) -> None:
    assert fold(spelled) == folded


async def test_postgresql_folds_as_we_do(database: TestDatabase) -> None:
    """Every letter that is folded, in its place and beside its neighbours, and what is not."""
    letters = "".join(
        chr(point) for point in (*range(0x20, 0x530), *range(0x600, 0x700), *range(0x2000, 0x2040))
    )
    texts = [letters, letters.upper(), letters[::-1], *(spelled for spelled, _ in SPELLINGS)]
    clean = [text.replace("\\", "") for text in texts]
    connection = await asyncpg.connect(database.admin)
    try:
        for schema in ("programs", "participants"):
            for text in clean:
                composed = await connection.fetchval("SELECT normalize($1)", text)
                assert await connection.fetchval(f"SELECT {schema}.fold($1)", composed) == fold(text)
            assert await connection.fetchval(f"SELECT {schema}.fold(NULL)") == ""
    finally:
        await connection.close()


@given(st.text(max_size=60))
def test_only_words_are_asked_for(q: str) -> None:
    try:
        words = read_words(q)
    except RequestInvalid:
        return
    assert 0 < len(words) <= MOST_WORDS
    assert all(word.isalnum() for word in words)


@pytest.mark.parametrize("q", ["", " ", "a", "ab", "a medicine", "%%%", "* | !", "___", "'"])
def test_what_would_find_everything_is_refused(q: str) -> None:
    with pytest.raises(RequestInvalid):
        read_words(q)


def test_words_are_taken_once_and_not_too_many() -> None:
    assert read_words("Medicine, МЕДИЦИНА & medicine") == ["medicine", "medicina"]
    assert len(read_words(" ".join(f"word{n}" for n in range(50)))) == MOST_WORDS
    assert read_words("covid-19 _x9_") == ["covid", "19", "x9"]


def test_kinds_are_those_that_there_are() -> None:
    assert read_kinds("program,edition", FindableKind) == {FindableKind.PROGRAM, FindableKind.EDITION}
    assert read_kinds(None, FindableKind) == set(FindableKind)
    for wrong in ("", "planet", "program,", "Program"):
        with pytest.raises(RequestInvalid):
            read_kinds(wrong, FindableKind)


LONG = "Обучение медицинских работников " * 6 + "в Шымкенте по программе Авиценна " + "и её продолжение " * 9


@pytest.mark.parametrize(
    ("texts", "words", "expected"),
    [
        (["A course", "Курс"], ["kurs"], "Курс"),
        (["One word", "One of two words"], ["one", "tvo"], "One of two words"),
        (["Nothing"], ["else"], None),
        (["O‘zbekiston"], ["ozb"], "O‘zbekiston"),
        ([], ["word"], None),
    ],
)
def test_an_excerpt_shows_where_the_words_stand(
    texts: list[str], words: list[str], expected: str | None
) -> None:
    assert excerpt(texts, words) == expected


def test_an_excerpt_is_cut_between_words() -> None:
    shown = excerpt([LONG], ["avicenna"])
    assert shown is not None
    assert shown.startswith("…")
    assert shown.endswith("…")
    assert "Авиценна" in shown
    assert len(shown) < 150
    assert set(shown.strip("…").split()) <= set(LONG.split())
    unbroken = excerpt(["x" * 100 + " avicenna" + "y" * 200], ["avicenna"])
    assert unbroken is not None
    assert len(unbroken) < 150


def test_equal_hits_have_one_order() -> None:
    rows = [
        Found(kind, UUID(int=n), "/", {"en": "Word"}, [], rank)
        for n, kind, rank in ((3, "b", 0.5), (2, "a", 0.5), (1, "a", 0.5), (4, "c", 0.9))
    ]
    for given_ in (rows, rows[::-1]):
        hits = show_hits(given_, ["word"], 3)
        assert [hit.id.int for hit in hits.items] == [4, 1, 2]
        assert hits.more
