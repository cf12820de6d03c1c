"""Many ballots are sealed beside the app: each as if it were the only one, and none is lost with the child."""

import asyncio
from collections.abc import Sequence
from typing import Any, Never
from uuid import UUID, uuid4

import pytest
from structlog.testing import capture_logs

from services.common.seal import new_key_pair, unseal
from services.common.worker import InputTooDemanding, WorkerPool
from services.evaluation.domain.ballot_sealing import (
    SMALLEST_SEAL,
    Content,
    pack_contents,
    seal_contents,
    seal_context,
    unpack_seals,
)
from services.evaluation.operations import ballot_sealers
from services.evaluation.operations.ballot_sealers import MANY, Sealers, open_sealers

EPHEMERAL = slice(1, 33)
"""Where a seal has the public half of its ephemeral key (RFC 9180, behind our mark)."""


class Surveys:
    """Campaigns with their keys, both halves."""

    def __init__(self, number: int) -> None:
        self._keys = {uuid4(): new_key_pair() for _ in range(number)}

    def contents(self, number: int, *, length: int = 300) -> list[Content]:
        """Return so many contents, of each campaign in turn."""
        campaigns = list(self._keys)
        turns = [campaigns[n % len(campaigns)] for n in range(number)]
        return [
            (turn, self._keys[turn][1], f"{n}".encode().ljust(length, b".")) for n, turn in enumerate(turns)
        ]

    def open(self, campaign_id: UUID, sealed: bytes) -> bytes:
        """Return what the holder of the campaign's key reads."""
        return unseal(self._keys[campaign_id][0], sealed, seal_context(campaign_id))

    def open_all(self, contents: Sequence[Content], seals: Sequence[bytes]) -> list[bytes]:
        """Return what stands in the seals of these contents."""
        return [self.open(content[0], sealed) for content, sealed in zip(contents, seals, strict=True)]


@pytest.mark.parametrize(
    ("campaigns", "number", "length"), [(1, 0, 1), (1, 1, 0), (1, 20, 300), (3, 20, SMALLEST_SEAL + 1)]
)
def test_seals_come_in_the_order_of_their_contents(campaigns: int, number: int, length: int) -> None:
    surveys = Surveys(campaigns)
    contents = surveys.contents(number, length=length)
    seals = list(unpack_seals(seal_contents(*pack_contents(contents))))
    assert surveys.open_all(contents, seals) == [answers for _, _, answers in contents]
    assert len({sealed[EPHEMERAL] for sealed in seals}) == number, "no two tell that they came together"
    assert len({len(sealed) for sealed in seals}) <= 1


async def test_many_are_sealed_by_a_child_once_it_has_started(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ballot_sealers, "WORTH_A_CHILD", 2 * MANY)
    surveys = Surveys(2)
    many, few = surveys.contents(MANY), surveys.contents(MANY - 1)
    async with open_sealers() as sealers:
        for _ in range(3):
            await sealers.seal(few)
        assert surveys.open_all(many, await sealers.seal(many)) == [content[2] for content in many]
        assert start_of(sealers) is None, "it would take longer than what it is for"
        await sealers.seal(many)
        starting = start_of(sealers)
        assert starting is not None, "the first are sealed by the app, which waits for nothing"
        await sealers.seal(many)
        await sealers.seal(many)
        assert start_of(sealers) is starting
        await starting
        with monkeypatch.context() as patched:
            patched.setattr(ballot_sealers, "seal_content", refuse)
            seals = await sealers.seal(many)
            with pytest.raises(LookupError):
                await sealers.seal(few)
        assert surveys.open_all(many, seals) == [content[2] for content in many]
        assert len({sealed[EPHEMERAL] for sealed in seals}) == MANY
        assert surveys.open_all(few, await sealers.seal(few)) == [content[2] for content in few]


def is_ready(sealers: Sealers) -> bool:
    """Say whether a child seals."""
    return sealers._ready


def start_of(sealers: Sealers) -> "asyncio.Task[None] | None":
    """Return what starts a child just now."""
    return sealers._starting


def refuse(_: Content) -> Never:
    raise LookupError("canary")


async def test_when_the_child_dies_the_app_seals_and_another_is_started(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(ballot_sealers, "WORTH_A_CHILD", MANY)
    surveys = Surveys(1)
    many = surveys.contents(MANY)
    run, fails = WorkerPool.run_bounded, True

    async def die(pool: WorkerPool, *given: Any, **limits: Any) -> Any:
        if fails:
            raise InputTooDemanding("crash")
        return await run(pool, *given, **limits)

    monkeypatch.setattr(WorkerPool, "run_bounded", die)
    with capture_logs() as lines:
        async with open_sealers() as sealers:
            await sealers.seal(many)
            await asyncio.gather(*filter(None, [sealers._starting]))
            assert not is_ready(sealers)
            fails = False
            await sealers.seal(many)
            await asyncio.gather(*filter(None, [sealers._starting]))
            assert is_ready(sealers)
            fails = True
            assert surveys.open_all(many, await sealers.seal(many)) == [content[2] for content in many]
            assert not is_ready(sealers)
            await sealers.seal(many)
    assert [line["event"] for line in lines] == ["sealing_child_failed"] * 2
