"""Routes of learning: what tests and attitudes before and after say of an edition."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any
from uuid import UUID

from services.common.http.routes import house_router
from services.common.http.sessions import ReadSession
from services.evaluation.db.learning import (
    list_answers_on_edition,
    list_attempts,
    list_paired_answers,
    list_retrospective,
)
from services.evaluation.db.learning_tables import PairedAnswer, TestAttempt
from services.evaluation.db.tables import Campaign, InstrumentVersion
from services.evaluation.domain.campaigns import Phase
from services.evaluation.domain.learning import (
    LEARNING_METHODS,
    LIMITS_OF_THEN_AND_NOW,
    THEN_AND_NOW,
    compare_pairs,
    compare_then_and_now,
    describe_gain,
    without_doubles,
)
from services.evaluation.domain.suppression import DEFAULT_THRESHOLDS, Audience
from services.evaluation.schemas.learning import EditionLearning

router = house_router("learning", "/editions/{edition_id}/learning")
_K = DEFAULT_THRESHOLDS[Audience.INTERNAL]


@router.get("", response_model=EditionLearning)
async def read_edition_learning(session: ReadSession, edition_id: UUID) -> object:
    """Read what people learned: pre-tests and post-tests of one form by pairs, attitudes by their own codes.

    `retrospective` is a fallback with a method of its own: asked afterwards how it was before, and how it is now.

    Nothing is told of fewer pairs than the agency's threshold, nor where a difference to all would tell of them.
    """
    attempts = await list_attempts(session, edition_id)
    paired = await list_paired_answers(session, edition_id)
    forms = sorted({attempt.instrument_version_id for attempt in attempts})
    asked = sorted({(row.instrument_version_id, code) for row in paired for code in row.answers})
    return {
        "edition_id": edition_id,
        "threshold": _K,
        "methods": list(LEARNING_METHODS),
        "tests": [_test(form, attempts) for form in forms],
        "attitudes": [_attitude(form, code, paired) for form, code in asked],
        "retrospective": [
            row
            for campaign, version in await list_retrospective(session, edition_id)
            for row in _then_and_now(campaign, version, await list_answers_on_edition(session, campaign.id))
        ],
    }


def _then_and_now(
    campaign: Campaign, version: InstrumentVersion, answers: Sequence[Mapping[str, Any]]
) -> Iterator[dict[str, Any]]:
    for question in version.questions:
        now = question.get("retrospective_pre_of")
        if now is not None:
            change = compare_then_and_now(answers, question["code"], now, _K)
            yield {
                "campaign_id": campaign.id,
                "phase": campaign.phase,
                "instrument_version_id": version.id,
                "question_code": now,
                "retrospective_code": question["code"],
                "method": THEN_AND_NOW,
                "limits": LIMITS_OF_THEN_AND_NOW,
                "suppressed": change is None,
                "change": asdict(change) if change else None,
            }


def _test(form: UUID, attempts: Sequence[TestAttempt]) -> dict[str, Any]:
    scores = [
        {
            attempt.pseudonym: 100 * attempt.right / attempt.total
            for attempt in attempts
            if attempt.instrument_version_id == form and (attempt.phase is Phase.BASELINE) is first
        }
        for first in (True, False)
    ]
    change = compare_pairs(*scores)
    hidden = change is not None and change.n < _K
    shown = [len(side) if len(side) >= _K else None for side in scores]
    return {
        "instrument_version_id": form,
        "n_before": shown[0],
        "n_after": shown[1],
        "suppressed": hidden,
        "change": asdict(change) if change and not hidden else None,
        "gain": None if hidden else asdict(describe_gain(change)),
    }


def _attitude(form: UUID, code: str, paired: Sequence[PairedAnswer]) -> dict[str, Any]:
    sides = [
        without_doubles(
            [
                (row.code_hash, row.answers)
                for row in paired
                if row.instrument_version_id == form and (row.phase is Phase.BASELINE) is first
            ]
        )
        for first in (True, False)
    ]
    before, after = (
        {key.hex(): float(answers[code]) for key, answers in side.items() if code in answers}
        for side in sides
    )
    change = compare_pairs(before, after)
    hidden = change is None or change.n < _K
    unmatched = len(after.keys() - before.keys())
    # One person who came alone must not be told apart either.
    shown = not hidden and (unmatched == 0 or unmatched >= _K)
    return {
        "instrument_version_id": form,
        "question_code": code,
        "unmatched_share": unmatched / len(after) if shown else None,
        "suppressed": hidden,
        "change": None if hidden or change is None else asdict(change),
    }
