"""Conditions of questionnaires: read, refused with their place, checked against the questions, evaluated."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.common.condition_syntax import (
    DEEPEST,
    FUNCTIONS,
    LONGEST,
    MOST_PARTS,
    Call,
    Comparison,
    ConditionError,
    Junction,
    Literal,
    Named,
    Node,
    Own,
    describe_condition,
    names_in,
    parse_condition,
    walk,
    write_condition,
)
from services.common.conditions import (
    ValueKind,
    Variable,
    all_of,
    check_condition,
    find_cycle,
    find_irrelevant,
    holds,
)
from services.common.patterns import LONGEST_PATTERN, matches

TODAY = date(2026, 5, 4)
VARIABLES = {
    "age": Variable(ValueKind.NUMBER),
    "name": Variable(ValueKind.TEXT),
    "born": Variable(ValueKind.DATE),
    "sex": Variable(ValueKind.CHOICE, frozenset({"female", "male"})),
    "rating": Variable(ValueKind.CHOICE, frozenset({"1", "2", "3"})),
    "topics": Variable(ValueKind.CHOICES, frozenset({"a", "b", "other"})),
    "consent": Variable(ValueKind.TICK),
    "useful": Variable(ValueKind.NUMBER, frozenset({"1", "2", "3"})),
}


# Every shape that stands in the public forms of ../shared/data/xlsform.
@pytest.mark.parametrize(
    ("text", "answers", "truth"),
    [
        ("selected(${topics}, 'other')", {"topics": ["a", "other"]}, True),
        ("selected(${topics}, 'other')", {"topics": ["a"]}, False),
        ("selected(${topics}, 'other')", {}, False),
        ("selected (${sex}, 'male')", {"sex": "male"}, True),
        ("${sex} = 'male'", {"sex": "male"}, True),
        ("${sex}='male'", {}, False),
        ("${sex} != 'male'", {}, True),
        ("(${sex} = 'male') and (${age}>=18)", {"sex": "male", "age": 18}, True),
        ("(${sex} = 'male') and (${age}>=18)", {"sex": "male", "age": 17.5}, False),
        ("${sex} = 'male' or ${age} < 10 and ${age} > 5", {"sex": "male", "age": 20}, True),
        ("(${sex} = 'male' or ${age} < 10) and ${age} > 5", {"sex": "male", "age": 3}, False),
        ("${age} > 5", {}, False),
        ("${age} <= 5", {}, False),
        ("${age} != 5", {}, True),
        ("${age} = ''", {}, True),
        ("${age} = ''", {"age": None}, True),
        ("${age} = ''", {"age": 0}, False),
        ("${age} = 0", {"age": 0}, True),
        ("${age} > -1.5", {"age": -1}, True),
        ("${age} = '5'", {"age": 5}, True),
        ("${rating} >= 2", {"rating": "3"}, True),
        ("${rating} = 2", {"rating": "2"}, True),
        ("selected(${rating}, 2)", {"rating": "2"}, True),
        ("selected(${useful}, '2')", {"useful": 2}, True),
        ("${consent}", {"consent": True}, True),
        ("${consent}", {"consent": False}, False),
        ("not(${consent})", {}, True),
        ("${consent} = 'OK'", {"consent": True}, True),
        ("not(selected(${topics}, 'a') and selected(${topics}, 'b'))", {"topics": ["a", "b"]}, False),
        ("${topics} = 'a'", {"topics": ["a"]}, True),
        ("${topics} = ''", {"topics": []}, True),
        ("${born} <= today()", {"born": "2026-05-04"}, True),
        ("${born} < today()", {"born": "2026-05-04"}, False),
        ("${born} > '2026-05-03'", {"born": "2026-05-04"}, True),
        ("${born} >= today()", {}, False),
        ("sum(${age}, ${rating}) > 6", {"age": 4, "rating": "3"}, True),
        ("sum(${age}, ${rating}) = 4", {"age": 4}, True),
        ("sum(${age}) = 0", {}, True),
        ("mean(${age}, ${rating}) = 3.5", {"age": 4, "rating": "3"}, True),
        ("mean(${age}, ${rating}) = 4", {"age": 4}, True),
        ("mean(${age}, ${rating}) >= 0", {}, False),
        ("regex(${name}, '[A-Z][a-z]+')", {"name": "Aigerim"}, True),
        ("regex(${name}, '[A-Z][a-z]+')", {"name": "Aigerim B"}, False),
        ("regex(${age}, '[0-9]{2}')", {"age": 42}, True),
        ('${name} = "it\'s"', {"name": "it's"}, True),
        ("${name} = 'a'", {"name": ("a",)}, True),
        ("${name} = ''", {"name": {"no": "answer"}}, True),
    ],
)
def test_conditions_hold_or_not(text: str, answers: Mapping[str, Any], truth: bool) -> None:
    assert check_condition(text, VARIABLES) == []
    assert holds(text, answers, TODAY) is truth
    assert holds(write_condition(parse_condition(text)), answers, TODAY) is truth


@pytest.mark.parametrize(
    ("text", "own", "answer", "truth"),
    [
        (". < 10", "age", 9, True),
        (". > 10.51 and . < 18.39", "age", 18.39, False),
        (". >= today()", "born", "2026-05-04", True),
        (". >= today()", "born", "2026-05-03", False),
        ("not(selected(., 'a') and selected(., 'b'))", "topics", ["a"], True),
        (r"regex(., '^[^@\s]+@[^@\s]+\.[^@\s]+$')", "name", "m@example.org", True),
        (r"regex(., '^[^@\s]+@[^@\s]+\.[^@\s]+$')", "name", "m@example org", False),
        (r"regex(., '^[\w-\.]+@([\w-]+\.)+[\w-]{2,}$')", "name", "a.b@example.org", True),
        ("(. = ${name})", "name", "Aigerim", True),
    ],
)
def test_constraints_speak_of_the_answer_itself(text: str, own: str, answer: object, truth: bool) -> None:
    assert check_condition(text, VARIABLES, VARIABLES[own]) == []
    assert holds(text, {"name": "Aigerim"}, TODAY, answer) is truth


@pytest.mark.parametrize(
    ("text", "at", "code"),
    [
        ("", 0, "condition_syntax"),
        ("   ", 3, "condition_syntax"),
        ("${age} >", 8, "condition_syntax"),
        ("${age} > 5 5", 11, "condition_syntax"),
        ("${age} >> 5", 8, "condition_syntax"),
        ("(${age} > 5", 11, "condition_syntax"),
        ("${age} = 'five", 9, "condition_syntax"),
        ("${age} = 5 = 5", 11, "condition_syntax"),
        ("${age} == 5", 8, "condition_syntax"),
        ("${age > 5", 0, "condition_syntax"),
        ("${äge} > 5", 0, "condition_syntax"),
        ("age > 5", 0, "condition_syntax"),
        ("${age} - 5 > 0", 7, "condition_syntax"),
        ("- ${age} > 0", 2, "condition_syntax"),
        ("${age} > 5 and", 14, "condition_syntax"),
        ("selected(${topics})", 0, "condition_syntax"),
        ("sum() > 1", 0, "condition_syntax"),
        ("today(1) = 1", 0, "condition_syntax"),
        ("not ${consent}", 4, "condition_syntax"),
        ("selected(${topics} 'a')", 19, "condition_syntax"),
        ("count(${age}) > 1", 0, "condition_function"),
        ("__import__('os')", 0, "condition_function"),
        ("pulldata('a', 'b') = 1", 0, "condition_function"),
        ("${age} > lambda", 9, "condition_syntax"),
        ("${height} > 5", 0, "condition_name"),
        (". > 5", 0, "condition_name"),
        ("regex(., 'a')", 6, "condition_name"),
        ("${age}", 0, "condition_kind"),
        ("'yes'", 0, "condition_kind"),
        ("${age} and ${consent}", 0, "condition_kind"),
        ("not(${sex})", 4, "condition_kind"),
        ("${age} = 'old'", 9, "condition_kind"),
        ("${age} = ${born}", 7, "condition_kind"),
        ("${born} = 'spring'", 10, "condition_kind"),
        ("${born} > '2026-02-30'", 8, "condition_kind"),
        ("${born} > 5", 8, "condition_kind"),
        ("${consent} = 'yes'", 13, "condition_kind"),
        ("${sex} > 5", 7, "condition_kind"),
        ("${name} < 5", 8, "condition_kind"),
        ("(${age} > 5) = 1", 13, "condition_kind"),
        ("selected(${age}, 'a')", 9, "condition_kind"),
        ("selected('a', 'a')", 9, "condition_kind"),
        ("selected(${topics}, ${sex})", 20, "condition_kind"),
        ("sum(${name}) > 1", 4, "condition_kind"),
        ("regex(${topics}, 'a')", 6, "condition_kind"),
        ("selected(${topics}, 'c')", 20, "condition_option"),
        ("${sex} = 'femal'", 9, "condition_option"),
        ("'femal' = ${sex}", 0, "condition_option"),
        ("${topics} = 'c'", 12, "condition_option"),
        ("regex(${name}, ${sex})", 15, "condition_pattern"),
        ("regex(${name}, '(')", 15, "condition_pattern"),
        ("regex(${name}, 'a)|(?:b')", 15, "condition_pattern"),
        (r"regex(${name}, '(a)\1')", 15, "condition_pattern"),
        ("regex(${name}, '(?=a)')", 15, "condition_pattern"),
        ("regex(${name}, '(((a{100}){100}){100})')", 15, "condition_pattern"),
        (f"regex(${{name}}, '{'a' * (LONGEST_PATTERN + 1)}')", 15, "condition_pattern"),
        ("(" * (DEEPEST + 1) + "1", DEEPEST, "condition_too_deep"),
        ("not(" * (DEEPEST + 1) + "1", 4 * DEEPEST, "condition_too_deep"),
        ("${age}=1" + " or ${age}=1" * (MOST_PARTS // 3), None, "condition_too_costly"),
        (" or ".join(["regex(${name}, 'a')"] * 6), 115, "condition_too_costly"),
        ("1" + " " * LONGEST, LONGEST, "condition_too_long"),
    ],
)
def test_a_fault_is_told_with_its_place(text: str, at: int | None, code: str) -> None:
    (fault,) = check_condition(text, VARIABLES)
    assert (fault.code, fault.at if at is not None else None) == (code, at)
    told = fault.under("/questions/0/relevance")
    assert (told.pointer, told.code) == ("/questions/0/relevance", code)
    assert told.detail.startswith(f"At character {fault.at + 1}: ")


def test_all_faults_are_told_in_order() -> None:
    faults = check_condition("${x} = 1 and ${age} = 'old' or ${y} = 2 and selected(${z}, 'a')", VARIABLES)
    assert [(fault.at, fault.code) for fault in faults] == [
        (0, "condition_name"),
        (22, "condition_kind"),
        (31, "condition_name"),
        (53, "condition_name"),
    ]


def test_a_missing_place_in_brackets_names_what_was_expected() -> None:
    with pytest.raises(ConditionError, match="expected `\\)`"):
        parse_condition("(${consent}")


def test_circles_are_found() -> None:
    acyclic = {"b": "${a} = 1", "c": "${b} = 1 and ${a} = 1"}
    assert find_cycle(acyclic) == []
    assert set(find_cycle(acyclic | {"a": "${c} = 1"})) == {"a", "b", "c"}
    assert find_cycle({"a": "${a} = 1"}) == ["a", "a"]


def test_answers_to_irrelevant_questions_count_for_nothing() -> None:
    # `c` stands before what it depends on; `d` hangs on `c`, which falls with `b`.
    conditions = {"d": "${c} = 1", "c": "${b} = 1", "b": "${a} = 1"}
    everything = {"a": 1, "b": 1, "c": 1, "d": 1}
    assert find_irrelevant(conditions, everything, TODAY) == set()
    assert find_irrelevant(conditions, everything | {"a": 2}, TODAY) == {"b", "c", "d"}
    joined = {"b": all_of(["${a} = 1", "${e} = 2"]), "c": all_of(["${a} = 1"])}
    assert find_irrelevant(joined, {"a": 1, "e": 1}, TODAY) == {"b"}


@pytest.mark.parametrize(
    ("text", "pattern"),
    [
        ("a" * 1_000, "(a*)*b"),
        ("a" * 1_000, "(a|aa)+b"),
        ("a" * 1_000, "(x+x+)+y"),
        ("a" * 30, "a?" * 30 + "a" * 30 + "b"),
    ],
)
def test_patterns_that_ruin_backtracking_engines_end(text: str, pattern: str) -> None:
    assert not matches(text, pattern)


def test_a_pattern_means_the_whole_text_and_no_endless_one() -> None:
    assert matches("a" * 1_000, "a+")
    assert not matches("a" * 1_001, "a+")
    assert not matches("ab", "a|b")
    assert not matches("5\n", "[0-9]")


def test_the_tree_tells_what_a_frontend_needs() -> None:
    tree = parse_condition("${age} > 5 and not(selected(., 'a')) or today() = '2026-05-04'")
    assert names_in(tree) == {"age"}
    assert len(list(walk(tree))) == 12
    assert describe_condition(tree) == {
        "join": "or",
        "of": [
            {
                "join": "and",
                "of": [
                    {"compare": ">", "of": [{"answer": "age"}, {"literal": 5.0}]},
                    {
                        "call": "not",
                        "of": [{"call": "selected", "of": [{"own": True}, {"literal": "a"}]}],
                    },
                ],
            },
            {"compare": "=", "of": [{"call": "today", "of": []}, {"literal": "2026-05-04"}]},
        ],
    }


_CODES = st.from_regex(r"[A-Za-z0-9_][A-Za-z0-9._:-]{0,10}", fullmatch=True)
_NUMBERS = st.decimals(-(10**6), 10**6, places=3).map(lambda d: Literal(float(d)))
_STRINGS = st.text(st.characters(codec="utf-8", exclude_characters="\"'"), max_size=10) | st.just("it's")
_VALUES = st.one_of(
    st.builds(Named, _CODES),
    st.builds(Own),
    _NUMBERS,
    st.builds(Literal, _STRINGS),
    st.just(Call("today", ())),
)
_SIGNS = st.sampled_from(["=", "!=", "<", "<=", ">", ">="])


def _grow(nodes: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    several = st.lists(nodes, min_size=2, max_size=3).map(tuple)
    return st.one_of(
        st.builds(Comparison, _SIGNS, nodes, nodes),
        st.builds(Call, st.just("not"), st.tuples(nodes)),
        st.builds(Call, st.sampled_from(["sum", "mean"]), several),
        st.builds(Junction, st.sampled_from(["and", "or"]), several),
    )


@given(st.recursive(_VALUES, _grow, max_leaves=8))
def test_what_is_written_reads_as_the_same_tree(node: Node) -> None:
    text = write_condition(node)
    assert write_condition(parse_condition(text)) == text
    assert describe_condition(parse_condition(text)) == describe_condition(node)


_TOKENS = [*"${}abc01.'\"<>=!()-, \n", "${name}", "and", "or", *(f"{name}(" for name in FUNCTIONS)]


@given(st.lists(st.sampled_from(_TOKENS), max_size=30).map("".join))
def test_whatever_is_written_is_read_or_refused_with_a_place(text: str) -> None:
    for fault in check_condition(text, VARIABLES, VARIABLES["name"]):
        assert 0 <= fault.at <= len(text)
