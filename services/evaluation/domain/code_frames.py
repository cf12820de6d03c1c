"""Sorting free texts by themes: one frame for all languages, two coders on a sample."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from services.common.states import LifeCycle
from services.evaluation.domain.reliability import Agreement, cohen_kappa


class CodeFrameState(StrEnum):
    """The life of a version of a code frame."""

    DRAFT = "draft"
    PUBLISHED = "published"
    RETIRED = "retired"


CODE_FRAME_LIFE: Final = LifeCycle(
    initial=CodeFrameState.DRAFT,
    transitions={
        CodeFrameState.DRAFT: frozenset({CodeFrameState.PUBLISHED}),
        CodeFrameState.PUBLISHED: frozenset({CodeFrameState.RETIRED}),
        CodeFrameState.RETIRED: frozenset(),
    },
)

Readings = Mapping[str, Sequence[frozenset[str]]]
"""Text -> what each of its coders found, in the order in which they read it."""


@dataclass(frozen=True)
class ThemeCount:
    """In how many texts a theme was found."""

    theme: str
    n: int | None
    """None below the threshold: one text is one person."""
    agreement: Agreement | None
    """Of the first two coders over the texts that both read; None where no text was read twice."""


def count_themes(themes: Sequence[str], readings: Readings, k: int) -> list[ThemeCount]:
    """Return how often each theme was found, in the order of the frame.

    A text counts by its first coder; the second tells how far that can be trusted (Cohen's kappa, theme by
    theme). Counts below `k` texts are hidden, and all of them where fewer than `k` texts were read.
    """
    found = Counter(theme for read in readings.values() for theme in read[0])
    twice = [read[:2] for read in readings.values() if len(read) > 1]
    return [
        ThemeCount(
            theme,
            found[theme] if found[theme] >= k and len(readings) >= k else None,
            cohen_kappa([(str(theme in one), str(theme in other)) for one, other in twice]),
        )
        for theme in themes
    ]
