"""Types and places of exceptions are told, their words are not."""

import errno

import asyncpg
import pytest

from services.common.failures import Failure, failures_of
from services.common.problems import NotFound

CANARY = "N00CANARY77"
"""A synthetic passport number."""


def caught_from(error: BaseException, cause: BaseException | None = None) -> BaseException:
    with pytest.raises(type(error)) as caught:
        raise error from cause
    return caught.value


def test_type_and_place_are_told() -> None:
    [failure] = failures_of(caught_from(ValueError(CANARY)))
    assert failure.type == "ValueError"
    assert failure.code is None
    [frame] = failure.frames
    place, function = frame.split(" ")
    assert place.split(":")[0].endswith("test_failures")
    assert function == "caught_from"


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (OSError(errno.ENOSPC, CANARY), "ENOSPC"),
        (OSError(CANARY), None),
        (asyncpg.UniqueViolationError(CANARY), "23505"),
        (NotFound(CANARY), "not-found"),
        (ValueError(CANARY), None),
    ],
)
def test_codes_are_told(error: BaseException, code: str | None) -> None:
    assert failures_of(error) == [Failure(failures_of(error)[0].type, code, [])]


def test_causes_follow_outermost_first() -> None:
    cause = caught_from(KeyError(CANARY), OSError(CANARY))
    told = failures_of(caught_from(ValueError(CANARY), cause))
    assert [failure.type for failure in told] == ["ValueError", "KeyError", "OSError"]
    assert CANARY not in repr(told)


def test_what_happened_while_handling_is_told_unless_suppressed() -> None:
    error = ValueError()
    error.__context__ = KeyError(CANARY)
    assert [failure.type for failure in failures_of(error)] == ["ValueError", "KeyError"]
    error.__suppress_context__ = True
    assert [failure.type for failure in failures_of(error)] == ["ValueError"]


def test_groups_tell_their_members() -> None:
    group = ExceptionGroup(CANARY, [ValueError(CANARY), ExceptionGroup(CANARY, [NotFound(CANARY)])])
    told = failures_of(group)
    assert [failure.type for failure in told] == [
        "ExceptionGroup",
        "ValueError",
        "ExceptionGroup",
        "services.common.problems.NotFound",
    ]
    assert CANARY not in repr(told)


def test_neither_depth_nor_length_is_unbounded() -> None:
    error: BaseException = ValueError()
    for _ in range(50):
        error = caught_from(ValueError(), error)
    assert len(failures_of(error)) == 8

    def descend(depth: int) -> None:
        if not depth:
            raise ValueError(CANARY)
        descend(depth - 1)

    with pytest.raises(ValueError, match=CANARY) as caught:
        descend(100)
    frames = failures_of(caught.value)[0].frames
    assert len(frames) == 40
    assert all(frame.endswith("descend") for frame in frames)
