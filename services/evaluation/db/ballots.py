"""Questions asked of tokens, seals, responses and counters."""

from collections import Counter as Tally
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, Final
from uuid import UUID

from sqlalchemy import delete, func, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.common.sessions import HotReader, HotWriter, copy_in
from services.evaluation.db.tables import BallotToken, Counter, InstrumentVersion, SealedBallot
from services.evaluation.domain.ballot_counting import CounterKey
from services.evaluation.domain.campaigns import Anonymity, CampaignState, Delivery, Phase, TokenState
from services.evaluation.domain.wordings import Wording

_RESPONSE_COLUMNS: Final = ("id", "campaign_id", "subject_kind", "subject_id", "answers")


@dataclass(frozen=True)
class SurveyFacts:
    """What submitting needs of a survey, at one moment."""

    id: UUID
    instrument_version_id: UUID
    state: CampaignState
    closes_at: datetime | None
    now: datetime
    """Domain time."""
    delivery: Delivery
    anonymity: Anonymity
    phase: Phase
    paired: bool
    thresholds: Mapping[str, Any]
    subjects: Sequence[Mapping[str, str]]
    public_key: bytes
    title: Mapping[str, str]

    @cached_property
    def asked_about(self) -> AbstractSet[tuple[str, UUID]]:
        """Kind and id of each subject."""
        return {(subject["kind"], UUID(subject["id"])) for subject in self.subjects}


@dataclass(frozen=True)
class TokenFacts:
    """What is known of a ballot token."""

    campaign_id: UUID
    state: TokenState
    submission: bytes | None
    pseudonym: str | None


# Submissions are read and stored by the driver itself: a session costs them more than these statements do.
_TOKENS: Final = """
SELECT token_hash, campaign_id, state, submission, pseudonym
FROM evaluation.ballot_token WHERE token_hash = ANY($1)
"""
_SURVEYS: Final = """
SELECT c.id, c.instrument_version_id, c.state, c.closes_at,
    clock_timestamp() + coalesce(
        CASE WHEN c.provenance = 'synthetic' THEN (SELECT "offset" FROM demonstration_clock) END, interval '0'
    ) AS now,
    c.delivery, c.anonymity, c.phase, c.paired, c.thresholds, c.subjects, c.public_key, e.title
FROM evaluation.campaign c JOIN evaluation.mirror_edition e ON e.id = c.edition_id
WHERE c.id = ANY($1)
"""
_STORE: Final = """
WITH open AS MATERIALIZED (
    SELECT id FROM evaluation.campaign WHERE id = ANY($4) AND state = 'open' ORDER BY id FOR SHARE
), held AS MATERIALIZED (
    SELECT token_hash, state, submission FROM evaluation.ballot_token
    WHERE token_hash = ANY($1) AND campaign_id IN (SELECT id FROM open)
    ORDER BY token_hash FOR UPDATE
), given AS (
    SELECT * FROM unnest($1::bytea[], $2::bytea[], $3::uuid[], $4::uuid[], $5::bytea[])
        AS given (token_hash, submission, id, campaign_id, sealed)
), used AS (
    UPDATE evaluation.ballot_token token
    SET state = 'used', submission = given.submission, reminders = NULL
    FROM held JOIN given USING (token_hash)
    WHERE token.token_hash = held.token_hash AND held.state <> 'used'
    RETURNING token.token_hash
), stored AS (
    INSERT INTO evaluation.sealed_ballot (id, campaign_id, sealed)
    SELECT given.id, given.campaign_id, given.sealed FROM given JOIN used USING (token_hash) ORDER BY given.id
)
SELECT token_hash, state, submission FROM held
"""
"""Tokens are locked in one order, so that groups of two processes never wait for each other in a circle."""


async def find_tokens(reader: HotReader, hashes: Iterable[bytes]) -> dict[bytes, TokenFacts]:
    """Return what is known of each of these tokens that there is, by its hash."""
    rows = await reader.fetch_rows(_TOKENS, [list(hashes)])
    return {
        token_hash: TokenFacts(campaign_id, TokenState(state), submission, pseudonym)
        for token_hash, campaign_id, state, submission, pseudonym in rows
    }


async def find_surveys(reader: HotReader, ids: Iterable[UUID]) -> dict[UUID, SurveyFacts]:
    """Return what submitting needs of each of these surveys."""
    return {row["id"]: _read_survey(row) for row in await reader.fetch_rows(_SURVEYS, [list(ids)])}


def _read_survey(row: Mapping[str, Any]) -> SurveyFacts:
    codes = {
        "state": CampaignState(row["state"]),
        "delivery": Delivery(row["delivery"]),
        "anonymity": Anonymity(row["anonymity"]),
        "phase": Phase(row["phase"]),
    }
    return SurveyFacts(**dict(row) | codes)


async def get_wording(session: AsyncSession, version_id: UUID) -> Wording:
    """Return what a version asks."""
    return (await session.get_one(InstrumentVersion, version_id)).wording


async def keep_ballots(
    writer: HotWriter, ballots: Sequence[tuple[bytes, bytes, UUID, UUID, bytes]]
) -> dict[bytes, tuple[TokenState, bytes | None]]:
    """Use tokens and store as many seals, in one statement that commits.

    A ballot is the hash of its token, its submission, a random id, its campaign and its seal; each token stands
    once. Returns the state and submission that the tokens of open campaigns had before, by hash: those that were
    used already stay as they are, and theirs is not stored.
    """
    rows = await writer.change_rows(_STORE, [list(column) for column in zip(*ballots, strict=True)])
    return {token_hash: (TokenState(state), submission) for token_hash, state, submission in rows}


async def take_time(session: AsyncSession) -> None:
    """Let the statements of this transaction take as long as counting a large survey needs on a busy machine."""
    await session.execute(text("SET LOCAL statement_timeout = '2min'"))


async def stream_seals(
    session: AsyncSession, campaign_id: UUID, *, at_once: int
) -> AsyncIterator[Sequence[bytes]]:
    """Yield the seals of a campaign in parts, in no order."""
    query = select(SealedBallot.sealed).where(SealedBallot.campaign_id == campaign_id)
    seals = await session.stream_scalars(query, execution_options={"yield_per": at_once})
    async for part in seals.partitions():
        yield part


async def keep_count(
    session: AsyncSession, campaign_id: UUID, responses: Sequence[str], counters: Tally[CounterKey]
) -> None:
    """Store opened responses, as lines of COPY's text format, and their counters."""
    await copy_in(session, "response", _RESPONSE_COLUMNS, "".join(responses).encode())
    names = ("subject_kind", "subject_id", "dimension", "group_code", "question_code", "answer")
    rows = [
        dict(zip(names, key, strict=True)) | {"campaign_id": campaign_id, "n": n}
        for key, n in sorted(counters.items())
    ]
    if rows:
        await session.execute(insert(Counter), rows)


async def delete_seals(session: AsyncSession, campaign_id: UUID) -> None:
    """Delete every sealed ballot of a campaign."""
    await session.execute(delete(SealedBallot).where(SealedBallot.campaign_id == campaign_id))


async def lock_unanswered(session: AsyncSession, campaign_id: UUID) -> Sequence[BallotToken]:
    """Return the tokens that may be reminded of: not used, delivered, with a sealed copy left; locked."""
    query = select(BallotToken).where(
        BallotToken.campaign_id == campaign_id,
        BallotToken.state == TokenState.ISSUED,
        BallotToken.pseudonym.is_not(None),
        BallotToken.reminders.is_not(None),
    )
    return (await session.scalars(query.with_for_update())).all()


async def forget_reminders(session: AsyncSession, campaign_id: UUID) -> None:
    """Delete the sealed copies of tokens that reminders would have carried."""
    await session.execute(
        update(BallotToken)
        .where(BallotToken.campaign_id == campaign_id, BallotToken.reminders.is_not(None))
        .values(reminders=None)
    )


async def count_tokens(session: AsyncSession, campaign_id: UUID) -> dict[TokenState, int]:
    """Return how many tokens of a campaign are in each state."""
    query = (
        select(BallotToken.state, func.count())
        .where(BallotToken.campaign_id == campaign_id)
        .group_by(BallotToken.state)
    )
    return {row[0]: row[1] for row in await session.execute(query)}


async def read_counters(
    session: AsyncSession, campaign_id: UUID, subject_kind: str, subject_id: UUID
) -> dict[tuple[str, str, str], dict[str, int]]:
    """Return (dimension, group, question) -> answer -> n of one subject."""
    query = select(
        Counter.dimension, Counter.group_code, Counter.question_code, Counter.answer, Counter.n
    ).where(
        Counter.campaign_id == campaign_id,
        Counter.subject_kind == subject_kind,
        Counter.subject_id == subject_id,
    )
    found: dict[tuple[str, str, str], dict[str, int]] = {}
    for dimension, group, question, answer, n in await session.execute(query):
        found.setdefault((dimension, group, question), {})[answer] = n
    return found
