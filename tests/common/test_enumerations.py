from dataclasses import replace
from enum import StrEnum

import pytest

from services.common.enumerations import Enumeration, EnumerationValue, Labels, describe


class Light(StrEnum):
    RED = "red"
    GREEN = "green"


RED: Labels = {"kk": "Қызыл", "ru": "Красный", "en": "Red"}
GREEN: Labels = {"kk": "Жасыл", "ru": "Зелёный", "en": "Green"}
LIGHTS = Enumeration(
    "light",
    Light,
    labels={Light.RED: RED, Light.GREEN: GREEN},
    descriptions={Light.RED: {"kk": "Тоқта", "ru": "Стой", "en": "Stop"}},
    terminal={Light.GREEN},
    deprecated={Light.RED},
)


def test_every_value_is_described_in_the_declared_order() -> None:
    assert describe(LIGHTS) == [
        EnumerationValue("red", RED, LIGHTS.descriptions["red"], order=1, terminal=False, deprecated=True),
        EnumerationValue("green", GREEN, None, order=2, terminal=True, deprecated=False),
    ]


@pytest.mark.parametrize(
    "labels",
    [
        {Light.RED: RED},
        {Light.RED: RED, Light.GREEN: GREEN, "blue": RED},
        {Light.RED: RED, Light.GREEN: {"kk": "Жасыл", "ru": "Зелёный"}},
        {Light.RED: RED, Light.GREEN: {**GREEN, "tg": "Сабз"}},
        {Light.RED: RED, Light.GREEN: {**GREEN, "en": " "}},
    ],
)
def test_a_missing_text_is_an_error(labels: dict[str, Labels]) -> None:
    with pytest.raises(ValueError, match=r"^light: "):
        replace(LIGHTS, labels=labels)


def test_a_description_in_one_language_is_an_error() -> None:
    with pytest.raises(ValueError, match=r"^light: red needs texts in kk, ru, en"):
        replace(LIGHTS, descriptions={Light.RED: {"en": "Stop"}})


def test_nothing_but_members_may_be_named() -> None:
    class Other(StrEnum):
        BLUE = "blue"

    for changes in (
        {"terminal": {Other.BLUE}},
        {"deprecated": {Other.BLUE}},
        {"descriptions": {Other.BLUE: RED}},
    ):
        with pytest.raises(ValueError, match="stranger"):
            replace(LIGHTS, **changes)
