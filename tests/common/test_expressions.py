"""Expressions of users: faults are told with their place, errors are never taken for true, no bomb goes off."""

from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from services.common.expressions import (
    MAX_CHARACTERS,
    Outcome,
    OutcomeCode,
    VariableType,
    check_expressions,
    evaluate_expressions,
    names_in,
)
from services.common.worker import WorkerPool

VARIABLES = {
    "age": VariableType.INT,
    "country": VariableType.STRING,
    "invited": VariableType.BOOL,
    "languages": VariableType.STRINGS,
    "levels": VariableType.INTS_BY_STRING,
    "ended_at": VariableType.TIMESTAMP,
}
KNOWN: dict[str, Any] = {
    "age": 30,
    "country": "TJ",
    "invited": True,
    "languages": ["tg", "ru"],
    "levels": {"tg": 6, "ru": 4},
    "ended_at": datetime(2024, 5, 31, tzinfo=UTC),
}
MISSING = OutcomeCode.VALUE_MISSING
ERROR = OutcomeCode.NOT_COMPUTABLE

TEN = "[0,1,2,3,4,5,6,7,8,9]"
MANY_TURNS = f"{TEN}.all(a,{TEN}.all(b,{TEN}.all(c,{TEN}.all(d,{TEN}.all(e,a+b+c+d+e>=0)))))"
MANY_LETTERS = "'xxxxxxxxxxxxxxxx' + country"
for name in "bcdefgh":
    four = f"({name}+{name}+{name}+{name})"
    MANY_LETTERS = f"[{MANY_LETTERS}].map({name}, {four}+{four}+{four}+{four})[0]"
MANY_LETTERS += " == ''"
"""A text that becomes sixteen times as long seven times over."""


@pytest.fixture(scope="module")
async def pool() -> AsyncIterator[WorkerPool]:
    async with WorkerPool() as opened:
        yield opened


async def check(pool: WorkerPool, *texts: str) -> list[tuple[str, str, str]]:
    faults = await check_expressions(pool, VARIABLES, {f"/{n}": text for n, text in enumerate(texts)})
    return [(fault.pointer, fault.code, fault.detail) for fault in faults]


@pytest.mark.parametrize(
    ("text", "code", "place"),
    [
        ("age >=", "syntax", "Line 1, column 7: "),
        ("", "syntax", "Line 1, column 1: "),
        ("age > 18 &&\n  agee < 40", "unknown_name", "Line 2, column 3: "),
        ("'ә' == country && aage > 1", "unknown_name", "Line 1, column 19: "),
        ("country.nope()", "unknown_name", "Line 1, column 13: "),
        ("age >= '21'", "wrong_type", "Line 1, column 5: "),
        ("levels['en'] > 2.5", "wrong_type", "Line 1, column 14: "),
        ("age", "not_a_condition", "The expression"),
        ("'true'", "not_a_condition", "The expression"),
        ("dyn(true)", "not_a_condition", "The expression"),
        ("(" * 40 + "true" + ")" * 40, "too_costly", "The expression"),
        (MANY_TURNS, "too_costly", "The expression"),
        (f"age > 200 && {MANY_TURNS}", "too_costly", "The expression"),
        (MANY_LETTERS, "too_costly", "The expression"),
    ],
)
async def test_what_is_wrong_is_told_with_its_place(
    pool: WorkerPool, text: str, code: str, place: str
) -> None:
    assert len(text) <= MAX_CHARACTERS
    (told,) = await check(pool, text)
    assert told[:2] == ("/0", code)
    assert told[2].startswith(place), told


async def test_every_fault_of_every_expression_is_told_and_nothing_is_quoted(pool: WorkerPool) -> None:
    told = await check(pool, "agge > 3 && N0123456 == country", "age > 3", "countri == 'N0123456'")
    assert [(pointer, code) for pointer, code, _ in told] == [
        ("/0", "unknown_name"),
        ("/0", "unknown_name"),
        ("/2", "unknown_name"),
    ]
    assert "Perhaps `age` is meant." in told[0][2]
    assert "Perhaps `country` is meant." in told[2][2]
    assert "0123456" not in str(told)


async def test_a_bomb_among_sound_expressions_is_the_one_that_is_named(pool: WorkerPool) -> None:
    told = await check(pool, "age > 3", "agge > 3", MANY_LETTERS, "age > 4")
    assert [(pointer, code) for pointer, code, _ in told] == [("/1", "unknown_name"), ("/2", "too_costly")]


@pytest.mark.parametrize(
    ("text", "values", "outcome"),
    [
        ("age >= 21 && country in ['TJ', 'KG']", KNOWN, Outcome(True)),
        ("'ru' in languages && levels['ru'] >= 5", KNOWN, Outcome(False)),
        ("languages.exists(one, one.startsWith('t'))", KNOWN, Outcome(True)),
        ("ended_at < timestamp('2024-06-01T00:00:00Z')", KNOWN, Outcome(True)),
        ("invited", {}, Outcome(None, MISSING, "invited")),
        ("age > 21", {}, Outcome(None, MISSING, "age")),
        # What is not known does not matter where the rest decides.
        ("age > 21 || country == 'TJ'", {"country": "TJ"}, Outcome(True)),
        ("age > 21 && country == 'TJ'", {"country": "KG"}, Outcome(False)),
        ("levels['en'] >= 4", KNOWN, Outcome(None, ERROR)),
        ("10 / (age - 30) > 1", KNOWN, Outcome(None, ERROR)),
        ("int(country) > 1", KNOWN, Outcome(None, ERROR)),
        ("age > 21", {"age": "30"}, Outcome(None, ERROR)),
        ("age >", KNOWN, Outcome(None, ERROR)),
        (MANY_TURNS, KNOWN, Outcome(None, OutcomeCode.TOO_COSTLY)),
        (MANY_LETTERS, KNOWN, Outcome(None, OutcomeCode.TOO_COSTLY)),
    ],
)
async def test_an_expression_is_true_false_or_neither(
    pool: WorkerPool, text: str, values: Mapping[str, Any], outcome: Outcome
) -> None:
    assert await evaluate_expressions(pool, VARIABLES, [text], [values]) == [[outcome]]


async def test_each_subject_gets_each_answer_and_a_bomb_silences_itself_only(pool: WorkerPool) -> None:
    subjects: list[dict[str, Any]] = [{"age": 20, "country": "TJ"}, {"age": 40, "country": "TJ"}]
    found = await evaluate_expressions(
        pool, VARIABLES, ["age > 30", MANY_LETTERS, "country == 'TJ'"], subjects
    )
    costly = Outcome(None, OutcomeCode.TOO_COSTLY)
    assert found == [[Outcome(False), costly, Outcome(True)], [Outcome(True), costly, Outcome(True)]]


def test_the_evidence_of_a_rule_is_what_it_speaks_of() -> None:
    text = "age > 3 && 'country' in languages && levels[\"invited\"] >= 2 && countryside"
    assert names_in(text, VARIABLES) == ["age", "languages", "levels"]
