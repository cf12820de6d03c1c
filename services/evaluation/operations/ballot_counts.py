"""Counting a closed campaign: seals are opened, shuffled and forgotten, then the key is destroyed."""

import secrets
from collections import Counter as Tally
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID, uuid4

import orjson
from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.common.audit import record_change, record_entries
from services.common.identity import acting_service
from services.common.keystore import KeyStore
from services.common.seal import unsealer
from services.common.sessions import Sessions
from services.evaluation.db.ballots import CounterKey, delete_seals, keep_count, stream_seals
from services.evaluation.db.campaigns import get_campaign, get_questions
from services.evaluation.db.tables import Campaign, Suggestion
from services.evaluation.domain.campaigns import CampaignState
from services.evaluation.domain.instruments import (
    COUNTED_KINDS,
    NOT_APPLICABLE,
    Question,
    QuestionKind,
)
from services.evaluation.domain.recommendations import Moderation
from services.evaluation.domain.results import RESPONDENTS
from services.evaluation.operations.ballot_box import seal_context
from services.evaluation.operations.learning import end_pairing, keep_learning

CAMPAIGN_KEY = "campaign"
"""Kind of the campaigns' keys in the key store."""
_AT_ONCE: Final = 500
"""Seals that are opened in one go: about 50 ms of computing."""
_SELF = acting_service("evaluation")


async def count_ballots(sessions: Sessions, keys: KeyStore, campaign_id: UUID) -> None:
    """Count a closed campaign and destroy its key, or that of a cancelled one.

    May be repeated, and stopped anywhere: answers are committed first and the key destroyed second, so no
    answer is ever lost; a stop between the two leaves a key without seals, which the next call destroys.
    """
    async with sessions.transaction() as session:
        campaign = await get_campaign(session, campaign_id, lock=True)
        if campaign.state is CampaignState.CLOSED:
            await _count(session, keys, campaign)
        ended = campaign.state is not CampaignState.OPEN and campaign.public_key is not None
        if not ended or campaign.key_destroyed_at is not None:
            return
    destroyed_at = await keys.destroy_key(CAMPAIGN_KEY, str(campaign_id))
    async with sessions.transaction() as session:
        campaign = await get_campaign(session, campaign_id, lock=True)
        if campaign.key_destroyed_at is None:
            campaign.key_destroyed_at = destroyed_at
            await record_change(session, _SELF, "campaign.key_destroyed", campaign, ["key_destroyed_at"])
        await end_pairing(session, keys, campaign)


async def _count(session: AsyncSession, keys: KeyStore, campaign: Campaign) -> None:
    private = await keys.open_key(CAMPAIGN_KEY, str(campaign.id))
    ballots = await _open_seals(session, campaign, private)
    questions = await get_questions(session, campaign)
    blocks = [block for ballot in ballots for block in ballot["blocks"]]
    secrets.SystemRandom().shuffle(blocks)
    texts = _texts(campaign, questions, blocks)
    await keep_learning(session, keys, campaign, questions, ballots)
    await keep_count(session, campaign.id, map(_response, blocks), tally(questions, blocks))
    await delete_seals(session, campaign.id)
    if texts:
        made = await session.scalars(insert(Suggestion).returning(Suggestion.id), texts)
        await record_entries(session, _SELF, "suggestion.created", Suggestion, made)
    campaign.answered = len(ballots)
    campaign.dropped_answers = sum(ballot["dropped"] for ballot in ballots)
    campaign.state = CampaignState.ANALYSED
    await record_change(
        session, _SELF, "campaign.analysed", campaign, ["state", "answered", "dropped_answers"]
    )


async def _open_seals(session: AsyncSession, campaign: Campaign, private: bytes) -> list[dict[str, Any]]:
    """Return what every ballot says; opened a part at a time, so that other requests are served in between."""
    opened: list[dict[str, Any]] = []
    unseal = unsealer(private, seal_context(campaign.id))
    async for seals in stream_seals(session, campaign.id, at_once=_AT_ONCE):
        opened += [orjson.loads(unseal(sealed)) for sealed in seals]
    return opened


def tally(questions: Sequence[Question], blocks: Sequence[Mapping[str, Any]]) -> Tally[CounterKey]:
    """Return how each question about each subject was answered, and by how many, in all and by group."""
    counted = {question.code for question in questions if question.kind in COUNTED_KINDS}
    dimensions = {q.code: str(q.dimension) for q in questions if q.dimension}
    counters: defaultdict[tuple[str, str, str, str], Tally[tuple[str, str]]] = defaultdict(Tally)
    for block in blocks:
        subject = block["subject"]
        answers: Mapping[str, Any] = block["answers"]
        groups = [("", "")] + [(d, str(answers[code])) for code, d in dimensions.items() if code in answers]
        given = [("", "")]
        for code in counted & answers.keys():
            answer = answers[code]
            # Who chooses several options is still one respondent.
            if answer != NOT_APPLICABLE:
                given.append((code, RESPONDENTS))
            given += [(code, str(value)) for value in (answer if isinstance(answer, list) else [answer])]
        for dimension, group in groups:
            counters[subject["kind"], subject["id"], dimension, group].update(given)
    return Tally(
        {
            (kind, UUID(subject_id), dimension, group, code, answer): n
            for (kind, subject_id, dimension, group), within in counters.items()
            for (code, answer), n in within.items()
        }
    )


def _response(block: Mapping[str, Any]) -> tuple[str, str, Mapping[str, Any]]:
    return block["subject"]["kind"], block["subject"]["id"], block["answers"]


def _texts(
    campaign: Campaign, questions: Sequence[Question], blocks: Sequence[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """Return the free texts, to be moderated; taken out of the answers, they stand beside nothing else."""
    asked = {question.code for question in questions if question.kind is QuestionKind.TEXT}
    found = [
        {
            "id": uuid4(),
            "version": 1,
            "edition_id": campaign.edition_id,
            "campaign_id": campaign.id,
            "subject_kind": block["subject"]["kind"],
            "subject_id": UUID(block["subject"]["id"]),
            "question_code": code,
            "original": block["answers"].pop(code),
            "moderation": Moderation.PENDING,
        }
        for block in blocks
        for code in asked & block["answers"].keys()
    ]
    secrets.SystemRandom().shuffle(found)
    return found
