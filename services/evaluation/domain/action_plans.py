"""Action plans: what a participant means to do at home, and how far it came after 3, 6 and 12 months."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Any, Final

MOST_ITEMS: Final = 10


class PlanMoment(StrEnum):
    """When progress is asked for."""

    THREE_MONTHS = "three_months"
    SIX_MONTHS = "six_months"
    TWELVE_MONTHS = "twelve_months"


class ItemProgress(StrEnum):
    """How far an item has come."""

    NOT_STARTED = "not_started"
    BEGUN = "begun"
    DONE = "done"
    DROPPED = "dropped"


def count_progress(
    plans: Iterable[Sequence[Mapping[str, Any]]], k: int
) -> dict[PlanMoment, tuple[int, dict[ItemProgress, int]] | None]:
    """Return how many plans told of each moment, and how far their items were; None below `k` plans."""
    told: dict[PlanMoment, Counter[ItemProgress]] = {moment: Counter() for moment in PlanMoment}
    plans_told = Counter[PlanMoment]()
    for items in plans:
        for moment in PlanMoment:
            progress = [
                ItemProgress(item["progress"][moment]) for item in items if moment in item["progress"]
            ]
            told[moment].update(progress)
            plans_told[moment] += bool(progress)
    return {
        moment: (plans_told[moment], {step: told[moment][step] for step in ItemProgress})
        if plans_told[moment] >= k
        else None
        for moment in PlanMoment
    }
