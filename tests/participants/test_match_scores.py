"""What speaks for and against two records being of one person, and what is no badge of ours (all synthetic)."""

import base64
from datetime import date
from uuid import uuid4

import pytest

from services.participants.domain.check_ins import badge_of, read_badge
from services.participants.domain.matching import Feature, Likeness, compare, spell
from services.participants.domain.people import Sex


def somebody(name: str, born: date | None, nationality: str = "TJ") -> Likeness:
    return Likeness(uuid4(), [spell(name)], born, Sex.FEMALE, nationality, None, None)


@pytest.mark.parametrize(
    ("born", "feature"),
    [
        (date(1990, 3, 4), Feature.BIRTH_DATE_SAME),
        (date(1990, 4, 3), Feature.BIRTH_DATE_NEAR),
        (date(1991, 3, 4), Feature.BIRTH_DATE_NEAR),
        (date(1975, 12, 30), Feature.BIRTH_DATE_DIFFERENT),
        (None, Feature.BIRTH_DATE_UNKNOWN),
    ],
)
def test_days_of_birth_differ_as_mistakes_make_them(born: date | None, feature: Feature) -> None:
    one = somebody("Synthetic Nazarova", date(1990, 3, 4))
    score, features = compare(one, somebody("Synthetic Nazarova", born))
    assert [*features][:2] == [Feature.NAME_SAME, feature]
    assert Feature.NATIONALITY_SAME in features
    assert 0 <= score <= 100


def test_names_can_be_similar_and_nationalities_different() -> None:
    one = somebody("Synthetic Nazarova", None)
    _, features = compare(one, somebody("Syntetik Nazarowa", None, "UZ"))
    assert Feature.NAME_SIMILAR in features
    assert Feature.NATIONALITY_SAME not in features
    _, strangers = compare(one, somebody("Somebody Else", None, "UZ"))
    assert not {Feature.NAME_SAME, Feature.NAME_SIMILAR} & set(strangers)


def test_what_we_did_not_write_is_no_badge() -> None:
    key, participation = b"k" * 32, uuid4()
    assert read_badge(key, badge_of(key, participation)) == participation
    assert read_badge(b"x" * 32, badge_of(key, participation)) is None
    assert read_badge(key, base64.b32encode(b"short").decode()) is None
    assert read_badge(key, "not a badge!") is None
