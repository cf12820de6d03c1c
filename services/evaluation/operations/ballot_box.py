"""The sealed ballot box: what respondents send, and the writer that stores it in groups."""

import asyncio
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID, uuid4

import orjson

from services.common.problems import Fault, Problem, RequestInvalid
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
from services.evaluation.operations.ballot_sealers import Sealers, open_sealers
from services.evaluation.operations.gathering import Gathering
from services.evaluation.schemas.responses import ResponseBlock, ResponseSubmit

_USABLE: Final = "This invitation is not valid, was used already, or its survey is not open."


@dataclass(frozen=True)
class Submission:
    """What the holder of a token has sent."""

    token_hash: bytes
    id: bytes
    """Tells a repeat of this submission from another with the same token."""
    request: ResponseSubmit = field(repr=False)


@dataclass(frozen=True)
class Answered:
    """A checked submission."""

    token_hash: bytes
    submission: bytes
    survey: SurveyFacts
    answers: bytes = field(repr=False)


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
    """Looks tokens up and stores ballots in groups: while one group is worked on, the next gathers."""

    def __init__(self) -> None:
        self._wordings: dict[UUID, Wording] = {}
        """What versions ask, which never changes once a survey of them is open (E5)."""
        self._papers = Gathering(self._look_up)
        # One group is stored while another is sealed and a third is looked up.
        self._submissions = Gathering(self._take, at_once=3)
        self._sealers: Sealers

    async def find(self, token_hash: bytes) -> Paper:
        """Return what the holder of a token is asked; raise `InvitationNotUsable` if nobody holds it."""
        return await self._papers.put(token_hash)

    async def put(self, submission: Submission) -> None:
        """Wait until the submission's group is stored, committed.

        Raises `InvitationNotUsable`, `RequestInvalid` or `Unavailable`.
        """
        await self._submissions.put(submission)

    async def work_forever(self, sessions: Sessions) -> None:
        """Look up and store what arrives for as long as the app lives."""
        async with open_sealers() as self._sealers:
            await asyncio.gather(
                self._papers.work_forever(sessions), self._submissions.work_forever(sessions)
            )

    async def _take(self, sessions: Sessions, group: Sequence[Submission]) -> Sequence[Problem | None]:
        """Check, seal and store the submissions of a group; return why one was refused, by place."""
        papers = await self._look_up(sessions, [submission.token_hash for submission in group])
        checked = [_check_or_refuse(paper, one) for paper, one in zip(papers, group, strict=True)]
        answered = [one for one in checked if isinstance(one, Answered)]
        stored = iter(await store_ballots(sessions, await self._seal(answered)) if answered else ())
        return [next(stored) if isinstance(one, Answered) else one for one in checked]

    async def _seal(self, answered: Sequence[Answered]) -> Sequence[Ballot]:
        contents = [(one.survey.id, one.survey.public_key, one.answers) for one in answered]
        return [
            Ballot(one.token_hash, one.survey.id, one.submission, sealed)
            for one, sealed in zip(answered, await self._sealers.seal(contents), strict=True)
        ]

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
    """Put the answers into the box, where they are checked and sealed; raise `InvitationNotUsable`."""
    token_hash = hash_token(token)
    submission = hashlib.sha256(b"submission" + token_hash + request.nonce.bytes).digest()
    await box.put(Submission(token_hash, submission, request))


def check_submission(paper: Paper, submission: Submission) -> Answered | None:
    """Return the checked answers; None for the repeat of a submission that is stored already.

    Raises `InvitationNotUsable` or `RequestInvalid`.
    """
    require_usable(paper, submission.id)
    if paper.token.state is TokenState.USED:
        return None
    answers = orjson.dumps(settle_blocks(paper, submission.request.blocks) | _who(paper, submission.request))
    return Answered(submission.token_hash, submission.id, paper.survey, answers)


def _check_or_refuse(paper: Paper | Problem, submission: Submission) -> Answered | Problem | None:
    if isinstance(paper, Problem):
        return paper
    try:
        return check_submission(paper, submission)
    except Problem as problem:
        return problem


async def require_paper(box: BallotBox, token_hash: bytes) -> Paper:
    """Return what the holder of a token may answer; raise `InvitationNotUsable`."""
    paper = await box.find(token_hash)
    require_usable(paper)
    return paper


def require_usable(paper: Paper, submission: bytes | None = None) -> None:
    """Raise `InvitationNotUsable` unless the holder of the token may answer, or has answered by `submission`."""
    survey, token = paper.survey, paper.token
    late = survey.closes_at is not None and survey.closes_at <= survey.now
    if token.state is TokenState.USED:
        if submission is None or token.submission != submission:
            raise InvitationNotUsable(_USABLE)
    elif survey.state is not CampaignState.OPEN or late:
        raise InvitationNotUsable(_USABLE)


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
