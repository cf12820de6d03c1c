"""The sealed ballot box: what respondents send, and the writer that stores it in groups."""

import asyncio
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID, uuid4

import orjson
from sqlalchemy import Row

from services.common.problems import Fault, Problem, RequestInvalid, Unavailable
from services.common.seal import seal
from services.common.sessions import Sessions
from services.evaluation.db.ballots import find_paper, get_wording, keep_ballots, lock_tokens
from services.evaluation.domain.answers import settle_answers
from services.evaluation.domain.campaigns import Anonymity, CampaignState, TokenState
from services.evaluation.domain.problems import InvitationNotUsable
from services.evaluation.domain.wordings import Wording
from services.evaluation.schemas.responses import ResponseBlock, ResponseSubmit

LARGEST_GROUP: Final = 200
CONCURRENT_LOOKUPS: Final = 2
"""A burst waits here in line, so that it neither empties the pool of reads nor runs into its time-out."""
SMALLEST_SEAL: Final = 4096
"""Ballots up to this many bytes are of equal length when sealed."""
_USABLE: Final = "This invitation is not valid, was used already, or its survey is not open."


@dataclass(frozen=True)
class Ballot:
    """A checked submission, sealed; nobody can read it before its campaign is counted."""

    token_hash: bytes
    submission: bytes
    sealed: bytes = field(repr=False)
    stored: asyncio.Future[None] = field(repr=False)


@dataclass(frozen=True)
class Paper:
    """What the holder of a token may answer, or has answered."""

    facts: Row[Any]
    """Campaign, token and domain time, as `find_paper` returns them."""
    wording: Wording


class BallotBox:
    """Stores ballots in groups: while one group commits, the next gathers.

    A ballot is acknowledged only after its group has committed.
    """

    def __init__(self) -> None:
        self.wordings: dict[UUID, Wording] = {}
        """What versions ask, which never changes once a survey of them is open (E5)."""
        self._waiting: asyncio.Queue[Ballot] = asyncio.Queue(maxsize=5 * LARGEST_GROUP)
        self.lookups = asyncio.Semaphore(CONCURRENT_LOOKUPS)

    async def put(self, ballot: Ballot) -> None:
        """Wait until the ballot is stored; raise `InvitationNotUsable` or `Unavailable` if it is not."""
        try:
            self._waiting.put_nowait(ballot)
        except asyncio.QueueFull as error:
            raise Unavailable("Too many answers arrive at once; send yours again shortly.") from error
        # Shielded: the writer must not meet a future that a leaving client has cancelled.
        await asyncio.shield(ballot.stored)

    async def write_forever(self, sessions: Sessions) -> None:
        """Store what arrives for as long as the app lives."""
        while True:
            group = [await self._waiting.get()]
            while not self._waiting.empty() and len(group) < LARGEST_GROUP:
                group.append(self._waiting.get_nowait())
            await self._store(sessions, group)

    async def _store(self, sessions: Sessions, group: Sequence[Ballot]) -> None:
        try:
            refused = await store_ballots(sessions, group)
        except Exception as error:  # noqa: BLE001  the writer outlives whatever a group meets
            if len(group) == 1:
                problem = error if isinstance(error, Problem) else Unavailable("Send the answers again.")
                group[0].stored.set_exception(problem)
                return
            for ballot in group:  # one bad ballot must not take the others with it
                await self._store(sessions, [ballot])
            return
        for number, ballot in enumerate(group):
            if number in refused:
                ballot.stored.set_exception(InvitationNotUsable(_USABLE))
            else:
                ballot.stored.set_result(None)


async def store_ballots(sessions: Sessions, group: Sequence[Ballot]) -> set[int]:
    """Use the tokens and store the ballots of a group in one transaction; return the refused ones' places.

    A repeat of the submission that used a token is neither refused nor stored again.
    """
    async with sessions.transaction() as session:
        tokens = await lock_tokens(session, {ballot.token_hash for ballot in group})
        used: dict[bytes, dict[str, bytes]] = {}
        sealed: list[Mapping[str, Any]] = []
        refused: set[int] = set()
        for number, ballot in enumerate(group):
            token = tokens.get(ballot.token_hash)
            earlier = used.get(ballot.token_hash)
            if token is None:
                refused.add(number)
            elif earlier is not None or token.state is TokenState.USED:
                first = earlier["by_submission"] if earlier else token.submission
                if first != ballot.submission:
                    refused.add(number)
            else:
                used[ballot.token_hash] = {"used_hash": ballot.token_hash, "by_submission": ballot.submission}
                sealed.append({"id": uuid4(), "campaign_id": token.campaign_id, "sealed": ballot.sealed})
        if used:
            await keep_ballots(session, list(used.values()), sorted(sealed, key=lambda row: row["id"]))
    return refused


async def submit_response(sessions: Sessions, box: BallotBox, token: str, request: ResponseSubmit) -> None:
    """Check the answers, seal them and put them into the box; raise `InvitationNotUsable`."""
    token_hash = hash_token(token)
    submission = hashlib.sha256(b"submission" + token_hash + request.nonce.bytes).digest()
    async with box.lookups:
        paper = await require_paper(sessions, box, token_hash, submission)
    facts = paper.facts
    if facts.token_state is TokenState.USED:
        return
    content = orjson.dumps(settle_blocks(paper, request.blocks) | _who(paper, request))
    sealed = seal(facts.public_key, content, seal_context(facts.id), smallest=SMALLEST_SEAL)
    stored: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    await box.put(Ballot(token_hash, submission, sealed, stored))


async def require_paper(
    sessions: Sessions, box: BallotBox, token_hash: bytes, submission: bytes | None = None
) -> Paper:
    """Return what the holder of a token may answer, or has answered by `submission`."""
    async with sessions.reading() as session:
        facts = await find_paper(session, token_hash)
        if facts is None:
            raise InvitationNotUsable(_USABLE)
        version_id = facts.instrument_version_id
        if version_id not in box.wordings:
            box.wordings[version_id] = await get_wording(session, version_id)
    late = facts.closes_at is not None and facts.closes_at <= facts.now
    if facts.token_state is TokenState.USED:
        if submission is None or facts.submission != submission:
            raise InvitationNotUsable(_USABLE)
    elif facts.state is not CampaignState.OPEN or late:
        raise InvitationNotUsable(_USABLE)
    return Paper(facts, box.wordings[version_id])


def settle_blocks(paper: Paper, blocks: Sequence[ResponseBlock]) -> dict[str, Any]:
    """Return what is sealed: the relevant answers about each subject, and how many others were dropped (E6).

    Raises `RequestInvalid` unless each subject of the campaign has one block, with answers that fit.
    """
    wanted = {(subject["kind"], UUID(subject["id"])) for subject in paper.facts.subjects}
    given = [(block.subject.kind, block.subject.id) for block in blocks]
    faults = []
    if len(given) != len(set(given)) or set(given) != wanted:
        faults.append(Fault("/blocks", "subjects", "Expected one block for each subject of the survey."))
    kept, dropped = [], 0
    for number, block in enumerate(blocks):
        pointer = f"/blocks/{number}/answers"
        if not block.not_attended:
            asked = paper.wording.about(block.subject.kind)
            settled, wrong = settle_answers(asked, block.answers, paper.facts.now.date(), pointer)
            faults += wrong
            dropped += settled.dropped
            kept.append({"subject": block.subject.model_dump(mode="json"), "answers": settled.answers})
        elif block.answers or block.subject.kind == "edition":
            faults.append(
                Fault(
                    pointer,
                    "not_attended",
                    "Only a block without answers, the edition's excepted, may say so.",
                )
            )
    if faults:
        raise RequestInvalid("See `errors` for each fault.", errors=faults)
    return {"blocks": kept, "dropped": dropped}


def _who(paper: Paper, request: ResponseSubmit) -> dict[str, str]:
    """Return what is sealed of who answers: nothing, unless the survey said so or the respondent gave a code."""
    if paper.facts.anonymity is Anonymity.IDENTIFIED:
        return {"pseudonym": paper.facts.pseudonym} if paper.facts.pseudonym else {}
    if request.pair_code is None:
        return {}
    if not paper.facts.paired:
        fault = Fault("/pair_code", "not_asked", "This survey pairs no answers.")
        raise RequestInvalid("See `errors` for each fault.", errors=[fault])
    return {"pair_code": request.pair_code}


def hash_token(token: str) -> bytes:
    """Return what is stored of a token; dashes and case of a typed code do not count."""
    return hashlib.sha256(b"ballot-token" + token.replace("-", "").upper().encode()).digest()


def seal_context(campaign_id: UUID) -> str:
    """Return what a ballot's seal is bound to."""
    return f"campaign:{campaign_id}:ballot"
