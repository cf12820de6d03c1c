"""The sealed ballot box: what respondents send, and the writer that stores it in groups."""

import asyncio
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID, uuid4

import orjson

from services.common.problems import Fault, Problem, RequestInvalid
from services.common.seal import seal
from services.common.sessions import Sessions
from services.evaluation.db.ballots import (
    SurveyFacts,
    TokenFacts,
    find_surveys,
    find_tokens,
    get_wording,
    keep_ballots,
)
from services.evaluation.domain.answers import settle_answers
from services.evaluation.domain.campaigns import Anonymity, CampaignState, TokenState
from services.evaluation.domain.problems import InvitationNotUsable
from services.evaluation.domain.wordings import Wording
from services.evaluation.operations.gathering import Gathering
from services.evaluation.schemas.responses import ResponseBlock, ResponseSubmit

SMALLEST_SEAL: Final = 4096
"""Ballots up to this many bytes are of equal length when sealed."""
_USABLE: Final = "This invitation is not valid, was used already, or its survey is not open."


@dataclass(frozen=True)
class Ballot:
    """A checked submission, sealed; nobody can read it before its campaign is counted."""

    token_hash: bytes
    campaign_id: UUID
    submission: bytes
    sealed: bytes = field(repr=False)


@dataclass(frozen=True)
class Paper:
    """What the holder of a token may answer, or has answered."""

    survey: SurveyFacts
    token: TokenFacts
    wording: Wording


class BallotBox:
    """Looks tokens up and stores ballots, both in groups: while one group is worked on, the next gathers."""

    def __init__(self) -> None:
        self._wordings: dict[UUID, Wording] = {}
        """What versions ask, which never changes once a survey of them is open (E5)."""
        self._papers = Gathering(self._look_up)
        self._ballots = Gathering(store_ballots)

    async def find(self, token_hash: bytes) -> Paper:
        """Return what the holder of a token is asked; raise `InvitationNotUsable` if nobody holds it."""
        return await self._papers.put(token_hash)

    async def put(self, ballot: Ballot) -> None:
        """Wait until the ballot's group has committed; raise `InvitationNotUsable` or `Unavailable`."""
        await self._ballots.put(ballot)

    async def work_forever(self, sessions: Sessions) -> None:
        """Look up and store what arrives for as long as the app lives."""
        await asyncio.gather(self._papers.work_forever(sessions), self._ballots.work_forever(sessions))

    async def _look_up(self, sessions: Sessions, group: Sequence[bytes]) -> Sequence[Paper | Problem]:
        async with sessions.hot_reading() as reader:
            tokens = await find_tokens(reader, set(group))
            surveys = await find_surveys(reader, {token.campaign_id for token in tokens.values()})
        for survey in surveys.values():
            if survey.instrument_version_id not in self._wordings:
                async with sessions.reading() as session:
                    wording = await get_wording(session, survey.instrument_version_id)
                self._wordings[survey.instrument_version_id] = wording
        papers = {
            token_hash: self._paper(facts, token)
            for token_hash, token in tokens.items()
            if (facts := surveys.get(token.campaign_id)) is not None
        }
        return [papers.get(token_hash) or InvitationNotUsable(_USABLE) for token_hash in group]

    def _paper(self, survey: SurveyFacts, token: TokenFacts) -> Paper:
        return Paper(survey, token, self._wordings[survey.instrument_version_id])


async def store_ballots(sessions: Sessions, group: Sequence[Ballot]) -> Sequence[Problem | None]:
    """Use the tokens and store the ballots of a group, committed; return why one was refused, by place.

    A repeat of the submission that used a token is neither refused nor stored again.
    """
    first: dict[bytes, Ballot] = {}
    for ballot in group:
        first.setdefault(ballot.token_hash, ballot)
    given = [(b.token_hash, b.submission, uuid4(), b.campaign_id, b.sealed) for b in first.values()]
    async with sessions.hot_writing() as writer:
        before = await keep_ballots(writer, given)
    used = {
        token_hash: submission if state is TokenState.USED else first[token_hash].submission
        for token_hash, (state, submission) in before.items()
    }
    return [
        None if used.get(ballot.token_hash) == ballot.submission else InvitationNotUsable(_USABLE)
        for ballot in group
    ]


async def submit_response(box: BallotBox, token: str, request: ResponseSubmit) -> None:
    """Check the answers, seal them and put them into the box; raise `InvitationNotUsable`."""
    token_hash = hash_token(token)
    submission = hashlib.sha256(b"submission" + token_hash + request.nonce.bytes).digest()
    paper = await require_paper(box, token_hash, submission)
    if paper.token.state is TokenState.USED:
        return
    content = orjson.dumps(settle_blocks(paper, request.blocks) | _who(paper, request))
    survey = paper.survey
    sealed = seal(survey.public_key, content, seal_context(survey.id), smallest=SMALLEST_SEAL)
    await box.put(Ballot(token_hash, survey.id, submission, sealed))


async def require_paper(box: BallotBox, token_hash: bytes, submission: bytes | None = None) -> Paper:
    """Return what the holder of a token may answer, or has answered by `submission`."""
    paper = await box.find(token_hash)
    survey, token = paper.survey, paper.token
    late = survey.closes_at is not None and survey.closes_at <= survey.now
    if token.state is TokenState.USED:
        if submission is None or token.submission != submission:
            raise InvitationNotUsable(_USABLE)
    elif survey.state is not CampaignState.OPEN or late:
        raise InvitationNotUsable(_USABLE)
    return paper


def settle_blocks(paper: Paper, blocks: Sequence[ResponseBlock]) -> dict[str, Any]:
    """Return what is sealed: the relevant answers about each subject, and how many others were dropped (E6).

    Raises `RequestInvalid` unless each subject of the campaign has one block, with answers that fit.
    """
    given = [(block.subject.kind, block.subject.id) for block in blocks]
    faults = []
    if len(given) != len(set(given)) or set(given) != paper.survey.asked_about:
        faults.append(Fault("/blocks", "subjects", "Expected one block for each subject of the survey."))
    kept, dropped, today = [], 0, paper.survey.now.date()
    for number, block in enumerate(blocks):
        pointer = f"/blocks/{number}/answers"
        if not block.not_attended:
            asked = paper.wording.about(block.subject.kind)
            settled, wrong = settle_answers(asked, block.answers, today, pointer)
            faults += wrong
            dropped += settled.dropped
            kept.append(
                {"subject": {"kind": block.subject.kind, "id": block.subject.id}, "answers": settled.answers}
            )
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
    if paper.survey.anonymity is Anonymity.IDENTIFIED:
        return {"pseudonym": paper.token.pseudonym} if paper.token.pseudonym else {}
    if request.pair_code is None:
        return {}
    if not paper.survey.paired:
        fault = Fault("/pair_code", "not_asked", "This survey pairs no answers.")
        raise RequestInvalid("See `errors` for each fault.", errors=[fault])
    return {"pair_code": request.pair_code}


def hash_token(token: str) -> bytes:
    """Return what is stored of a token; dashes and case of a typed code do not count."""
    return hashlib.sha256(b"ballot-token" + token.replace("-", "").upper().encode()).digest()


def seal_context(campaign_id: UUID) -> str:
    """Return what a ballot's seal is bound to."""
    return f"campaign:{campaign_id}:ballot"
