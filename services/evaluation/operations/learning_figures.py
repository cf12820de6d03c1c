"""Settling what is told of learning, once surveys of an edition have been counted."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.evaluation.db import learning as questions
from services.evaluation.db.learning_tables import PairedAnswer, TestAttempt
from services.evaluation.domain.campaigns import Phase
from services.evaluation.domain.learning import without_doubles
from services.evaluation.domain.learning_figures import (
    K,
    LearningFigure,
    LookingBack,
    tell_attitude,
    tell_retrospective,
    tell_test,
)
from services.evaluation.domain.suppression import Audience


async def settle_learning(session: AsyncSession, edition_id: UUID) -> None:
    """Keep what may be told of learning in an edition; a figure that was told stays until enough have joined."""
    attempts = await questions.list_attempts(session, edition_id)
    paired = await questions.list_paired_answers(session, edition_id)
    forms = sorted({attempt.instrument_version_id for attempt in attempts})
    asked = sorted({(row.instrument_version_id, code) for row in paired for code in row.answers})
    figures = [
        *(_test(form, attempts) for form in forms),
        *(_attitude(form, code, paired) for form, code in asked),
        *[figure async for figure in _look_back(session, edition_id)],
    ]
    await questions.keep_learning_figures(session, edition_id, figures, joined=K)


def _test(form: UUID, attempts: Sequence[TestAttempt]) -> LearningFigure:
    before, after = (
        {
            attempt.pseudonym: 100 * attempt.right / attempt.total
            for attempt in attempts
            if attempt.instrument_version_id == form and (attempt.phase is Phase.BASELINE) is first
        }
        for first in (True, False)
    )
    return tell_test(form, before, after)


def _attitude(form: UUID, code: str, paired: Sequence[PairedAnswer]) -> LearningFigure:
    sides = (
        without_doubles(
            [
                (row.code_hash, row.answers)
                for row in paired
                if row.instrument_version_id == form and (row.phase is Phase.BASELINE) is first
            ]
        )
        for first in (True, False)
    )
    before, after = (
        {key.hex(): float(answers[code]) for key, answers in side.items() if code in answers}
        for side in sides
    )
    return tell_attitude(form, code, before, after)


async def _look_back(session: AsyncSession, edition_id: UUID) -> AsyncIterator[LearningFigure]:
    for campaign, version in await questions.list_retrospective(session, edition_id):
        for question in version.questions:
            if (now := question.get("retrospective_pre_of")) is None:
                continue
            then, k = question["code"], int(campaign.thresholds[Audience.INTERNAL])
            asked = LookingBack(campaign.id, campaign.phase, version.id, then, now, k)
            given = await questions.count_answers_on_edition(session, campaign.id, then, now)
            yield await asyncio.to_thread(tell_retrospective, asked, given)
