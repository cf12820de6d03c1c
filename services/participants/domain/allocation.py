"""Who gets a seat: a pure function that anybody can repeat, with a reason for each person.

Each line fills its seats by itself: first the discretionary ones by the authority's rank, then the others by the
basis, within the minimum of women. Where the edition has less room than its lines have seats, seats are given in
rounds: everybody's first before anybody's second. Seats that stay free may be pooled once the re-allocation date of
their lines has come. The guide `docs/guides/selection.md` works an example by hand.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import sha256
from typing import Final, Protocol, TypeVar
from uuid import UUID

ALGORITHM_VERSION: Final = "1"
"""Stored with each allocation; changes whenever the same inputs could give another list."""


class Basis(StrEnum):
    """By what the order within a line is made."""

    AUTHORITY_RANK = "authority_rank"
    SCORE = "score"
    WEIGHTED = "weighted"


class TieBreak(StrEnum):
    """What decides between equals, before the lot does."""

    SCORE = "score"
    AUTHORITY_RANK = "authority_rank"
    WOMEN_FIRST = "women_first"


class Outcome(StrEnum):
    """What an allocation gives a nominee."""

    SELECTED = "selected"
    WAITLISTED = "waitlisted"


class AllocationReason(StrEnum):
    """The rule by which a nominee got a seat, or got none yet."""

    BY_ORDER = "by_order"
    """Within the seats of the line, in the order of the basis."""
    DISCRETIONARY_SEAT = "discretionary_seat"
    """The authority's own rank gave the seat."""
    WOMEN_MINIMUM = "women_minimum"
    """The minimum of women gave the seat to somebody lower in the order, or kept it."""
    POOLED_SEAT = "pooled_seat"
    """A seat that another line left free, given by score."""
    SEATS_EXHAUSTED = "seats_exhausted"
    """The seats of the line went to people higher in the order."""
    RESERVE_PLACE = "reserve_place"
    """Nominated as reserve, and principals filled the seats."""
    CAPACITY = "capacity"
    """The edition has less room than its lines have seats."""
    COUNTRY_CAP = "country_cap"
    """The country has as many seats as one may have once seats are pooled."""


@dataclass(frozen=True)
class Nominee:
    """One eligible application, without a name."""

    id: UUID
    line_id: UUID
    country: str
    authority_id: UUID | None
    rank: int
    """In the authority's order, the first is 1."""
    is_principal: bool = True
    is_discretionary: bool = False
    is_woman: bool = False
    score: int = 0
    """Hundredths of a point, 0 to 10,000."""


@dataclass(frozen=True)
class Line:
    """The seats of one owner."""

    id: UUID
    seats: int
    discretionary: int = 0
    """Of `seats`, those that go by the authority's rank."""
    minimum_women: int = 0
    is_hard: bool = False
    """Whether seats of the minimum stay free where there are too few women."""
    is_pooled: bool = False
    """Whether seats that stay free may go to others: its re-allocation date has come."""


@dataclass(frozen=True)
class AllocationSettings:
    """What is fixed and shown to the authorities before the call opens."""

    basis: Basis = Basis.AUTHORITY_RANK
    score_weight: int = 50
    """Percent of the score in a weighted basis; the rest is the authority's rank."""
    ties: tuple[TieBreak, ...] = ()
    capacity: int | None = None
    """Of the edition; None where it has no limit of its own."""
    country_cap: int | None = None
    """Largest number of seats of one country once seats are pooled."""
    lot: str = ""
    """What the lot is drawn from, the last rule between equals: stated beforehand, such as the edition's id."""


@dataclass(frozen=True)
class Placement:
    """What one nominee got, and by which rule."""

    nominee_id: UUID
    outcome: Outcome
    line_id: UUID
    """Whose seat it is; for who waits, the line in whose list."""
    position: int
    """In the order of the nominee's own line, from 1."""
    waiting_rank: int | None
    """From 1, for who waits."""
    reason: AllocationReason


class Candidate(Protocol):
    """Whatever can be given a seat."""

    @property
    def is_woman(self) -> bool: ...  # noqa: D102


C = TypeVar("C", bound=Candidate)


def fill_seats(queue: Sequence[C], free: int, *, women_due: int, is_hard: bool) -> list[C]:
    """Return who of `queue` (in order) gets one of the `free` seats, in the same order.

    The first `women_due` women get theirs before others do. Where there are fewer women, the seats that are
    due to them stay free if the minimum is hard, and go on in order if it is soft.
    """
    due = min(women_due, free)
    women = [place for place, one in enumerate(queue) if one.is_woman][:due]
    taken = set(women)
    left = free - (due if is_hard else len(women))
    others = [place for place in range(min(len(queue), free + due)) if place not in taken]
    return [queue[place] for place in sorted([*women, *others[:left]])]


def allocate(
    nominees: Iterable[Nominee], lines: Iterable[Line], settings: AllocationSettings
) -> list[Placement]:
    """Return what each nominee gets, by line and position; the order of the input does not matter.

    No line and no capacity is exceeded, and nobody is passed over by somebody lower in the same line but by a
    rule that the reason names. Raises ValueError for a nominee of an unknown line or one named twice.
    """
    seats = {line.id: line for line in sorted(lines, key=lambda line: line.id)}
    queues: dict[UUID, list[Nominee]] = {line_id: [] for line_id in seats}
    seen: set[UUID] = set()
    for nominee in nominees:
        if nominee.line_id not in queues or nominee.id in seen:
            raise ValueError("a nominee of an unknown line, or one who is named twice")
        seen.add(nominee.id)
        queues[nominee.line_id].append(nominee)
    order = _Order(settings, queues)
    for queue in queues.values():
        queue.sort(key=order.in_line)
    return _Allocation(seats, queues, settings, order).placements()


class _Order:
    """Who comes before whom, by keys that sort."""

    def __init__(self, settings: AllocationSettings, queues: Mapping[UUID, Sequence[Nominee]]) -> None:
        self._settings = settings
        self._nominated = Counter(one.authority_id for queue in queues.values() for one in queue)
        self._ties: list[Callable[[Nominee], int]] = [_TIES[rule] for rule in settings.ties]
        self._lots: dict[UUID, bytes] = {}

    def in_line(self, one: Nominee) -> tuple[object, ...]:
        """Put principals before reserves, then go by the basis, then by the rules between equals."""
        return not one.is_principal, -self._value(one), *self._between_equals(one)

    def by_rank(self, one: Nominee) -> tuple[object, ...]:
        """Follow the authority's own order: that of discretionary seats."""
        return one.rank, *self._between_equals(one)

    def by_score(self, one: Nominee) -> tuple[object, ...]:
        """Follow the scores: the order of pooled seats."""
        return -one.score, *self._between_equals(one)

    def _value(self, one: Nominee) -> int:
        if self._settings.basis is Basis.AUTHORITY_RANK:
            return -one.rank
        weight = 100 if self._settings.basis is Basis.SCORE else self._settings.score_weight
        return weight * one.score + (100 - weight) * self._rank_points(one)

    def _rank_points(self, one: Nominee) -> int:
        """Return hundredths of a point: 100 points for an authority's first, even steps down to its last."""
        nominated = self._nominated[one.authority_id]
        return max(0, 10_000 * (nominated - one.rank + 1) // nominated)

    def _between_equals(self, one: Nominee) -> tuple[object, ...]:
        if one.id not in self._lots:
            self._lots[one.id] = sha256(f"{self._settings.lot}:{one.id}".encode()).digest()
        return *(tie(one) for tie in self._ties), self._lots[one.id], one.id.bytes


_TIES: Final[Mapping[TieBreak, Callable[[Nominee], int]]] = {
    TieBreak.SCORE: lambda one: -one.score,
    TieBreak.AUTHORITY_RANK: lambda one: one.rank,
    TieBreak.WOMEN_FIRST: lambda one: not one.is_woman,
}


@dataclass
class _Filled:
    """Who has a seat of a line, in the order in which the seats were given, and by which rule."""

    seated: dict[UUID, AllocationReason] = field(default_factory=dict)
    passed_over: set[UUID] = field(default_factory=set)
    """Whom the minimum of women cost a seat."""
    kept: int = 0
    """Seats that stay free for women."""


class _Allocation:
    """One run: lines by themselves, then the capacity, then the pool."""

    def __init__(
        self,
        lines: Mapping[UUID, Line],
        queues: Mapping[UUID, Sequence[Nominee]],
        settings: AllocationSettings,
        order: _Order,
    ) -> None:
        self._lines = lines
        self._queues = queues
        self._settings = settings
        self._order = order
        self._people = {one.id: one for queue in queues.values() for one in queue}
        self._filled = {id_: self._fill(line, line.seats) for id_, line in lines.items()}
        self._reasons: dict[UUID, AllocationReason] = {}
        """Why somebody waits, where it is not that the seats are gone."""
        self._pooled: dict[UUID, UUID] = {}
        """Who got a pooled seat -> whose seat it was."""
        self._keep_to_capacity()
        for filled in self._filled.values():
            self._reasons |= dict.fromkeys(filled.passed_over, AllocationReason.WOMEN_MINIMUM)
        self._give_pooled_seats()

    def placements(self) -> list[Placement]:
        """Return what each nominee got."""
        return [placement for line_id in self._lines for placement in self._line_placements(line_id)]

    def _line_placements(self, line_id: UUID) -> Iterable[Placement]:
        seated, waiting = self._filled[line_id].seated, 0
        for position, one in enumerate(self._queues[line_id], start=1):
            if reason := seated.get(one.id):
                yield Placement(one.id, Outcome.SELECTED, line_id, position, None, reason)
            elif one.id in self._pooled:
                reason = AllocationReason.POOLED_SEAT
                yield Placement(one.id, Outcome.SELECTED, self._pooled[one.id], position, None, reason)
            else:
                waiting += 1
                reason = self._reasons.get(one.id) or _ordinary_reason(one)
                yield Placement(one.id, Outcome.WAITLISTED, line_id, position, waiting, reason)

    def _fill(self, line: Line, seats: int) -> _Filled:
        """Give out `seats` of a line: the discretionary ones by rank, the others in order."""
        queue, filled = self._queues[line.id], _Filled()
        chosen = sorted((one for one in queue if one.is_discretionary), key=self._order.by_rank)
        for one in chosen[: min(line.discretionary, seats)]:
            filled.seated[one.id] = AllocationReason.DISCRETIONARY_SEAT
        rest = [one for one in queue if one.id not in filled.seated]
        free = seats - len(filled.seated)
        women = sum(self._people[id_].is_woman for id_ in filled.seated)
        due = max(0, min(line.minimum_women, seats) - women)
        given = fill_seats(rest, free, women_due=due, is_hard=line.is_hard)
        in_order = {one.id for one in rest[:free]}
        for one in given:
            reason = AllocationReason.BY_ORDER if one.id in in_order else AllocationReason.WOMEN_MINIMUM
            filled.seated[one.id] = reason
        filled.passed_over = in_order - filled.seated.keys()
        filled.kept = max(0, min(due, free) - sum(one.is_woman for one in given)) if line.is_hard else 0
        return filled

    def _keep_to_capacity(self) -> None:
        """Give the edition's room in rounds, the best of each round first, where the lines have more seats."""
        capacity = self._settings.capacity
        turns = [
            (turn, self._order.in_line(self._people[id_]), line_id)
            for line_id, filled in self._filled.items()
            for turn, id_ in enumerate(filled.seated)
        ]
        if capacity is None or len(turns) <= capacity:
            return
        granted = Counter(line_id for _, _, line_id in sorted(turns)[:capacity])
        for line_id, before in self._filled.items():
            if granted[line_id] < len(before.seated):
                self._filled[line_id] = now = self._fill(self._lines[line_id], granted[line_id])
                cut = before.seated.keys() - now.seated.keys()
                self._reasons |= dict.fromkeys(cut, AllocationReason.CAPACITY)

    def _give_pooled_seats(self) -> None:
        """Give what pooled lines left free to who waits anywhere, by score, within the country's cap."""
        free = [
            line_id
            for line_id, line in self._lines.items()
            if line.is_pooled
            for _ in range(line.seats - len(self._filled[line_id].seated) - self._filled[line_id].kept)
        ]
        seated = [id_ for filled in self._filled.values() for id_ in filled.seated]
        if self._settings.capacity is not None:
            free = free[: self._settings.capacity - len(seated)]
        if not free:
            return
        by_country = Counter(self._people[id_].country for id_ in seated)
        waiting = [one for one in self._people.values() if one.id not in set(seated)]
        seats = iter(free)
        for one in sorted(waiting, key=self._order.by_score):
            if (
                self._settings.country_cap is not None
                and by_country[one.country] >= self._settings.country_cap
            ):
                self._reasons[one.id] = AllocationReason.COUNTRY_CAP
                continue
            if (line_id := next(seats, None)) is None:
                return
            self._pooled[one.id] = line_id
            by_country[one.country] += 1


def _ordinary_reason(one: Nominee) -> AllocationReason:
    return AllocationReason.SEATS_EXHAUSTED if one.is_principal else AllocationReason.RESERVE_PLACE


def count_outcomes(placements: Iterable[Placement]) -> dict[UUID, Counter[Outcome]]:
    """Return how many got what, by the line whose seat or list it is."""
    counts: dict[UUID, Counter[Outcome]] = defaultdict(Counter)
    for placement in placements:
        counts[placement.line_id][placement.outcome] += 1
    return dict(counts)
