"""Counting a closed campaign: seals are opened, shuffled and forgotten, then the key is destroyed."""

import asyncio
import secrets
from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID, uuid4

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.common.audit import record_change, record_entries
from services.common.clock import domain_now
from services.common.identity import acting_service
from services.common.jobs import schedule_job
from services.common.keystore import KeyStore
from services.common.sessions import Sessions
from services.common.worker import WorkerPool
from services.evaluation.db.ballots import delete_seals, keep_count, stream_seals, take_time
from services.evaluation.db.campaigns import get_campaign, get_questions
from services.evaluation.db.tables import Campaign, Suggestion
from services.evaluation.domain.ballot_counting import OpenedBallots, open_ballots, read_opened
from services.evaluation.domain.ballot_sealing import seal_context
from services.evaluation.domain.campaigns import CampaignState
from services.evaluation.domain.instruments import QUESTIONS, Question
from services.evaluation.domain.learning_figures import SETTLE_LEARNING
from services.evaluation.domain.recommendations import Moderation
from services.evaluation.operations.learning import end_pairing, keep_learning

CAMPAIGN_KEY = "campaign"
"""Kind of the campaigns' keys in the key store."""
_AT_ONCE: Final = 1_000
"""Seals that are opened in one go: about 50 ms of computing."""
_OPENERS: Final = 2
"""As many children as one connection can feed."""
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
    await take_time(session)
    private = await keys.open_key(CAMPAIGN_KEY, str(campaign.id))
    questions = await get_questions(session, campaign)
    opened = await _open_seals(session, campaign, private, questions)
    secrets.SystemRandom().shuffle(opened.responses)
    await keep_learning(session, keys, campaign, questions, opened.learning)
    await keep_count(session, campaign.id, opened.responses, opened.counters)
    await delete_seals(session, campaign.id)
    if opened.texts:
        made = await session.scalars(
            insert(Suggestion).returning(Suggestion.id), _suggestions(campaign, opened.texts)
        )
        await record_entries(session, _SELF, "suggestion.created", Suggestion, made)
    campaign.answered = opened.answered
    campaign.dropped_answers = opened.dropped
    campaign.state = CampaignState.ANALYSED
    await record_change(
        session, _SELF, "campaign.analysed", campaign, ["state", "answered", "dropped_answers"]
    )
    now = await domain_now(session, campaign.provenance)
    await schedule_job(session, SETTLE_LEARNING, campaign.edition_id, now, provenance=campaign.provenance)


async def _open_seals(
    session: AsyncSession, campaign: Campaign, private: bytes, questions: Sequence[Question]
) -> OpenedBallots:
    """Return what all ballots say; opened a part at a time, beside the app, which goes on serving.

    The children have the key from a pipe and end with this call. Few seals are opened here: to start a child
    takes longer.
    """
    payload = {
        "key": private.hex(),
        "context": seal_context(campaign.id),
        "campaign_id": str(campaign.id),
        "questions": QUESTIONS.dump_python(list(questions), mode="json"),
    }
    opened, ahead = OpenedBallots(), asyncio.Semaphore(2 * _OPENERS)

    async def open_part(children: WorkerPool, seals: Sequence[bytes]) -> None:
        try:
            asked, data = payload | {"lengths": [len(sealed) for sealed in seals]}, b"".join(seals)
            if len(seals) < _AT_ONCE:
                opened.add(read_opened(open_ballots(asked, data)))
                return
            answer = await children.run_bounded(
                f"{open_ballots.__module__}:{open_ballots.__name__}", asked, data, seconds=60, megabytes=1024
            )
            opened.add(read_opened(answer))
        finally:
            ahead.release()

    async with WorkerPool(processes=_OPENERS) as children, asyncio.TaskGroup() as opening:
        async for seals in stream_seals(session, campaign.id, at_once=_AT_ONCE):
            await ahead.acquire()
            opening.create_task(open_part(children, seals))
    return opened


def _suggestions(campaign: Campaign, texts: Sequence[tuple[str, str, str, str]]) -> list[dict[str, Any]]:
    """Return the free texts as rows to be moderated, in random order."""
    rows = [
        {
            "id": uuid4(),
            "version": 1,
            "edition_id": campaign.edition_id,
            "campaign_id": campaign.id,
            "subject_kind": kind,
            "subject_id": UUID(subject_id),
            "question_code": code,
            "original": text,
            "moderation": Moderation.PENDING,
        }
        for kind, subject_id, code, text in texts
    ]
    secrets.SystemRandom().shuffle(rows)
    return rows
