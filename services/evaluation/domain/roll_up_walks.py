"""Other ways in which people may have answered, found by exchanging them; nothing that readers know changes by it.

Two people of different editions who gave the same answer exchange their countries: each edition's answers stay as
they are, and so do each country's over the editions. Where that would put more of a country into an edition than
were there, two others, who gave another answer, exchange theirs back.
"""

import random
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from services.evaluation.domain.results import RESPONDENTS
from services.evaluation.domain.roll_up_answers import UNSAID, EditionAnswers, Release

_SEED: Final = 0

Places = Mapping[tuple[UUID, str, str], int]
"""Edition, country and answer -> the number of the unknown."""


class Walk:
    """A way to answer that changes by steps, and between which ends it has been: `low` and `high`, by unknown."""

    def __init__(
        self,
        editions: Sequence[EditionAnswers],
        releases: Sequence[Release],
        places: Places,
        low: Any,
        high: Any,
    ) -> None:
        self._random = random.Random(_SEED)  # noqa: S311  repeatable, no secret
        self._editions, self._places, self._low, self._high = editions, places, low, high
        self._of_many = any(RESPONDENTS in edition.whole for edition in editions)
        self._told = [
            {
                country: [
                    release.campaigns >= {edition.campaign_id} and country in release.countries
                    for release in releases
                ]
                for country in (*edition.people, UNSAID)
            }
            for edition in editions
        ]
        """In which releases the answers of a country in an edition are added up."""
        self._given: list[tuple[int, str]] = []
        """Edition and answer of everybody; these do not change."""
        self._countries: list[str] = []
        self._by_answer: dict[str, list[int]] = defaultdict(list)
        self._groups: dict[tuple[int, str], list[int]] = defaultdict(list)
        self.counts = [0] * len(places)
        for number, edition in enumerate(editions):
            for country, answers in edition.truth.items():
                for answer, n in answers.items():
                    self._enter(number, country, answer, n)
        low[:], high[:] = self.counts, self.counts

    @property
    def size(self) -> int:
        """How many answers may be exchanged."""
        return len(self._given)

    def step(self) -> None:
        """Try to exchange two people."""
        one = self._random.randrange(len(self._given))
        (here, answer), mine = self._given[one], self._countries[one]
        other = self._random.choice(self._by_answer[answer])
        there, theirs = self._given[other][0], self._countries[other]
        if here == there or mine == theirs:
            return
        if not (self._may_move(mine, here, there) and self._may_move(theirs, there, here)):
            return
        if self._has_room(here, theirs, answer) and self._has_room(there, mine, answer):
            self._exchange(one, other)
        elif not self._of_many and self._groups[here, theirs]:
            back = self._random.choice(self._groups[here, theirs])
            wanted = self._given[back][1]
            found = [person for person in self._groups[there, mine] if self._given[person][1] == wanted]
            if found and wanted != answer:
                self._exchange(one, other)
                self._exchange(back, found[0])

    def _enter(self, edition: int, country: str, answer: str, n: int) -> None:
        self.counts[self._places[self._editions[edition].campaign_id, country, answer]] = n
        if answer == RESPONDENTS:
            return
        for person in range(len(self._given), len(self._given) + n):
            self._by_answer[answer].append(person)
            self._groups[edition, country].append(person)
            self._given.append((edition, answer))
            self._countries.append(country)

    def _may_move(self, country: str, here: int, there: int) -> bool:
        """Say whether the country was there, and every release adds up both editions or neither."""
        return self._told[here][country] == self._told[there].get(country)

    def _has_room(self, edition: int, country: str, answer: str) -> bool:
        if self._of_many:
            return self._count(edition, country, answer) < self._count(edition, country, RESPONDENTS)
        return (
            country == UNSAID or len(self._groups[edition, country]) < self._editions[edition].people[country]
        )

    def _count(self, edition: int, country: str, answer: str) -> int:
        return self.counts[self._places[self._editions[edition].campaign_id, country, answer]]

    def _exchange(self, one: int, other: int) -> None:
        mine, theirs = self._countries[one], self._countries[other]
        for person, old, new in ((one, mine, theirs), (other, theirs, mine)):
            edition, answer = self._given[person]
            self._countries[person] = new
            self._groups[edition, old].remove(person)
            self._groups[edition, new].append(person)
            for country, change in ((old, -1), (new, 1)):
                place = self._places[self._editions[edition].campaign_id, country, answer]
                self.counts[place] += change
                self._low[place] = min(self._low[place], self.counts[place])
                self._high[place] = max(self._high[place], self.counts[place])
