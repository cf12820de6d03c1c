"""Logistics: how participants come, where they sleep, what they eat, and how long a visa export can be read."""

from datetime import timedelta
from enum import StrEnum
from typing import Final

VISA_EXPORT_KEPT: Final = timedelta(hours=24)
"""How long an approved export of passport data can be read."""


class Diet(StrEnum):
    """What somebody eats."""

    ANY = "any"
    HALAL = "halal"
    VEGETARIAN = "vegetarian"
    VEGAN = "vegan"
    OTHER = "other"


class LogisticsList(StrEnum):
    """What is drawn up for those who receive participants."""

    ARRIVALS = "arrivals"
    ROOMING = "rooming"
    MEALS = "meals"
    PER_DIEM = "per_diem"
