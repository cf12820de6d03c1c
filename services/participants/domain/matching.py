"""Whether two records may be of one human being: keys under which likely pairs meet, and a score for a pair.

A machine proposes, a person decides (design/participants.md). Records meet by equal keys only, so that one
person is compared with hundreds of a million; the score weighs what both say.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from hashlib import blake2b
from typing import Final
from uuid import UUID

from rapidfuzz import fuzz

from services.common.states import LifeCycle
from services.participants.domain.names import fold, skeleton, stems, writes_vowels
from services.participants.domain.people import Sex

MATCH_PERSON: Final = "person.match"
"""The job that looks for duplicates of one person."""
INDEX_PERSONS: Final = "persons.index"
"""The daily job that makes the keys of persons who were entered without, such as by an import."""

LIKELY: Final = 60
"""The least score of a pair that is shown to a person who decides."""

REVERSIBLE: Final = timedelta(days=90)
"""How long two records that were merged can be parted again."""


class Feature(StrEnum):
    """What speaks for or against a pair; shown beside its score."""

    NAME_SAME = "name_same"
    NAME_SIMILAR = "name_similar"
    BIRTH_DATE_SAME = "birth_date_same"
    BIRTH_DATE_NEAR = "birth_date_near"
    BIRTH_DATE_UNKNOWN = "birth_date_unknown"
    BIRTH_DATE_DIFFERENT = "birth_date_different"
    SEX_DIFFERENT = "sex_different"
    NATIONALITY_SAME = "nationality_same"
    EMAIL_SAME = "email_same"
    PASSPORT_SAME = "passport_same"


class CandidateState(StrEnum):
    """What a person decided about a pair."""

    OPEN = "open"
    DISMISSED = "dismissed"
    """Two different people."""
    MERGED = "merged"


CANDIDATE_LIFE: Final = LifeCycle(
    initial=CandidateState.OPEN,
    transitions={
        CandidateState.OPEN: frozenset({CandidateState.DISMISSED, CandidateState.MERGED}),
        CandidateState.DISMISSED: frozenset({CandidateState.MERGED}),
        CandidateState.MERGED: frozenset({CandidateState.OPEN}),
    },
)


@dataclass(frozen=True)
class Likeness:
    """What of a person is compared."""

    id: UUID
    spellings: Sequence[str]
    """Each name of theirs as `spell` gives it."""
    birth_date: date | None
    sex: Sex
    nationality: str
    email: str | None
    passport_index: bytes | None


def spell(*parts: str | None) -> str:
    """Return a name for comparison: folded, without its patronymic, marked `~` where vowels are missing."""
    text = " ".join(part for part in parts if part)
    return fold(text) if writes_vowels(text) else f"~{fold(text)}"


def match_keys(person: Likeness) -> frozenset[int]:
    """Return the keys under which records like this one meet; 64-bit hashes, signed as PostgreSQL wants them.

    By day of birth; by nationality and consonants of the whole name; by day and month of birth and the
    consonants of one word of the name (a wrong year); by address; by passport number.
    """
    keys = set[str]()
    for spelling in person.spellings:
        words = _skeletons(spelling)
        keys.add(f"name {person.nationality} {' '.join(words)}")
        if person.birth_date is not None:
            keys.update(f"day {person.birth_date:%m%d} {word}" for word in words)
    if person.birth_date is not None:
        keys.add(f"birth {person.birth_date.isoformat()}")
    if person.email:
        keys.add(f"email {person.email.casefold()}")
    if person.passport_index is not None:
        keys.add(f"passport {person.passport_index.hex()}")
    return frozenset(
        int.from_bytes(blake2b(key.encode(), digest_size=8).digest(), signed=True) for key in keys
    )


def compare(one: Likeness, other: Likeness) -> tuple[int, list[Feature]]:
    """Return how likely two records are of one person, 0 to 100, and what says so.

    The same passport number is near proof; else the name counts for half. Weights were set on published pairs
    and the FEBRL sets, see docs/performance.md.
    """
    similarity = max((_similarity(a, b) for a in one.spellings for b in other.spellings), default=0.0)
    features = [*_name_features(similarity), *_birth_features(one.birth_date, other.birth_date)]
    if Sex.UNSPECIFIED not in {one.sex, other.sex} and one.sex is not other.sex:
        features.append(Feature.SEX_DIFFERENT)
    if one.nationality == other.nationality:
        features.append(Feature.NATIONALITY_SAME)
    if one.email and other.email and one.email.casefold() == other.email.casefold():
        features.append(Feature.EMAIL_SAME)
    if one.passport_index is not None and one.passport_index == other.passport_index:
        features.append(Feature.PASSPORT_SAME)
    score = max(similarity - 65, 0.0) / 35 * 50 + sum(_WEIGHTS.get(feature, 0) for feature in features)
    return max(0, min(100, round(score))), features


_WEIGHTS: Final = {
    Feature.BIRTH_DATE_SAME: 35,
    Feature.BIRTH_DATE_NEAR: 15,
    Feature.BIRTH_DATE_UNKNOWN: 10,
    Feature.BIRTH_DATE_DIFFERENT: -25,
    Feature.SEX_DIFFERENT: -20,
    Feature.NATIONALITY_SAME: 8,
    Feature.EMAIL_SAME: 20,
    Feature.PASSPORT_SAME: 70,
}


def _skeletons(spelling: str) -> list[str]:
    return sorted(skeleton(word) for word in stems(spelling.removeprefix("~")))


def _similarity(one: str, other: str) -> float:
    """Return how near two spellings are, 0 to 100; by consonants only where one lacks the vowels."""
    if one.startswith("~") != other.startswith("~"):
        return 0.95 * fuzz.ratio(" ".join(_skeletons(one)), " ".join(_skeletons(other)))
    return max(
        fuzz.token_sort_ratio(one, other),
        fuzz.ratio(" ".join(stems(one)), " ".join(stems(other))),
        # Words written together or apart: Kassym-Jomart, Kassymjomart.
        fuzz.ratio("".join(sorted(one.split())), "".join(sorted(other.split()))),
    )


def _name_features(similarity: float) -> Iterable[Feature]:
    if similarity >= 97:
        yield Feature.NAME_SAME
    elif similarity >= 85:
        yield Feature.NAME_SIMILAR


def _birth_features(one: date | None, other: date | None) -> Iterable[Feature]:
    if one is None or other is None:
        yield Feature.BIRTH_DATE_UNKNOWN
    elif one == other:
        yield Feature.BIRTH_DATE_SAME
    elif _is_near(one, other):
        yield Feature.BIRTH_DATE_NEAR
    else:
        yield Feature.BIRTH_DATE_DIFFERENT


def _is_near(one: date, other: date) -> bool:
    """Say whether two dates differ as a mistake makes them differ: day for month, or one of the three parts."""
    swapped = (one.year, one.day, one.month) == (other.year, other.month, other.day)
    same = (one.year == other.year) + (one.month == other.month) + (one.day == other.day)
    return swapped or same == 2
