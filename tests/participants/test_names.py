"""Names across scripts meet: published spellings, and people who are or are not the same."""

import csv
from collections import defaultdict
from datetime import date
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz import fuzz

from services.participants.domain.matching import LIKELY, Feature, Likeness, compare, match_keys, spell
from services.participants.domain.names import fold, skeleton, stems, writes_vowels
from services.participants.domain.people import Sex

PAIRS = Path(__file__).parents[3] / "shared" / "data" / "translit" / "pairs-development.csv"
PERSON: dict[str, Any] = {
    "birth_date": date(1990, 4, 12),
    "sex": Sex.MALE,
    "nationality": "TJ",
    "email": None,
    "passport_index": None,
}


def person(*names: str, **changes: Any) -> Likeness:
    return Likeness(id=uuid4(), spellings=[spell(name) for name in names], **(PERSON | changes))


@pytest.mark.parametrize(
    "spellings",
    [
        ("Раҳмонов", "Rahmonov", "Рахмонов", "Rakhmonov"),
        ("Жәнібек", "Zhanibek", "Janibek", "Жанибек"),
        ("Йўлдошев", "Yo'ldoshev", "Yoʻldoshev"),
        ("Қосимов", "Qosimov", "Kosimov"),
        ("Мәммәдов", "Məmmədov", "Mammadov"),
        ("Чынгыз", "Chyngyz", "Çıngız"),
        ("Ғафуров", "Ghafurov", "Gafurov", "Гафуров"),
        ("Ҷамшед", "Jamshed", "Dzhamshed", "Джамшед"),
        ("Aýna", "Айна", "Ayna"),
        ("Щербак", "Shcherbak"),
        ("Müslüm", "Muslum", "MÜSLÜM"),
    ],
)
def test_spellings_of_one_name_fold_alike(spellings: tuple[str, ...]) -> None:
    assert len({fold(spelling) for spelling in spellings}) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Раҳмон", "Rahmonzoda"),
        ("Rahmonov", "Рахмонова"),
        ("Эркин уулу Бакыт", "Erkin Bakyt"),
        ("Осмонова", "Osmonov"),
    ],
)
def test_endings_and_words_of_descent_come_and_go(one: str, other: str) -> None:
    assert stems(fold(one)) == stems(fold(other))


@pytest.mark.parametrize(
    ("arabic", "latin"),
    [("محمد", "Mohammad"), ("یوسف", "Yousuf"), ("فرید", "Farid"), ("زهرا", "Zahra"), ("جلال", "Jalal")],
)
def test_arabic_script_meets_others_by_consonants(arabic: str, latin: str) -> None:
    assert not writes_vowels(arabic)
    assert [skeleton(w) for w in stems(fold(arabic))] == [skeleton(w) for w in stems(fold(latin))]


@given(st.text(max_size=60))
def test_folding_is_plain_and_repeatable(text: str) -> None:
    folded = fold(text)
    assert folded == "" or all(word.isascii() and word.isalpha() for word in folded.split(" "))
    assert fold(text.upper()) == fold(text.upper().lower()) or not text.isascii()


@given(st.text(max_size=40), st.text(max_size=40))
def test_a_comparison_has_no_direction(one: str, other: str) -> None:
    a, b = person(one), person(other)
    assert compare(a, b)[0] == compare(b, a)[0]
    assert 0 <= compare(a, b)[0] <= 100


@pytest.mark.parametrize(
    ("changes", "feature", "likely"),
    [
        ({}, Feature.BIRTH_DATE_SAME, True),
        ({"birth_date": date(1990, 12, 4)}, Feature.BIRTH_DATE_NEAR, True),
        ({"birth_date": date(1991, 4, 12)}, Feature.BIRTH_DATE_NEAR, True),
        ({"birth_date": None}, Feature.BIRTH_DATE_UNKNOWN, True),
        ({"birth_date": date(1971, 1, 30)}, Feature.BIRTH_DATE_DIFFERENT, False),
        ({"sex": Sex.FEMALE}, Feature.SEX_DIFFERENT, True),
        ({"passport_index": b"x", "birth_date": date(1971, 1, 30)}, Feature.PASSPORT_SAME, True),
        ({"email": "a@example.org"}, Feature.EMAIL_SAME, True),
    ],
)
def test_what_speaks_for_and_against_a_pair(changes: dict[str, Any], feature: Feature, likely: bool) -> None:
    own: dict[str, Any] = {"passport_index": b"x"} if "passport_index" in changes else {}
    own |= {"email": "A@example.org"} if "email" in changes else {}
    score, features = compare(person("Фаррух Раҳмонов", **own), person("Farrukh Rahmonov", **changes))
    assert feature in features
    assert (score >= LIKELY) is likely
    assert match_keys(person("Фаррух Раҳмонов", **own)) & match_keys(person("Farrukh Rahmonov", **changes))


def test_others_of_the_same_day_are_not_proposed() -> None:
    score, features = compare(person("Фаррух Раҳмонов"), person("Jamshed Karimov"))
    assert score < LIKELY
    assert Feature.NAME_SAME not in features
    assert compare(person(), person("Jamshed Karimov"))[0] < LIKELY


@pytest.mark.skipif(not PAIRS.exists(), reason="the published pairs are not on this machine")
@pytest.mark.parametrize(
    ("language", "least"),
    [("kaz", 0.97), ("kir", 0.97), ("tgk", 0.97), ("tuk", 0.97), ("uzb", 0.88), ("rus", 0.88)],
)
def test_published_spellings_are_recognized(language: str, least: float) -> None:
    rows = defaultdict(list)
    with PAIRS.open() as file:
        for row in csv.DictReader(file):
            if row["system"] != "system":
                rows[row["system"].split("-")[1]].append((row["source"], row["expected"]))
    alike = [fuzz.token_sort_ratio(fold(source), fold(latin)) >= 85 for source, latin in rows[language]]
    assert sum(alike) / len(alike) >= least
