"""Learning, as it comes out of counted surveys: attempts by pseudonym, attitudes by codes of their authors' own."""

import secrets
from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import uuid4

from sqlalchemy.ext.asyncio import AsyncSession

from services.common.keystore import KeyStore
from services.common.outbox import publish
from services.common.seal import blind_index
from services.evaluation.db.campaigns import get_edition
from services.evaluation.db.learning import (
    get_pairing_group,
    has_waiting_pairs,
    keep_attempts,
    keep_identified_answers,
    keep_paired_answers,
)
from services.evaluation.db.mirrors import find_erased
from services.evaluation.db.tables import Campaign
from services.evaluation.domain.answers import mark_answers
from services.evaluation.domain.campaigns import Phase
from services.evaluation.domain.events import TEST_FINALIZED, TestResultData
from services.evaluation.domain.instruments import Question, QuestionKind, is_test
from services.evaluation.domain.wordings import Wording

PAIRING_KEY: Final = "pairing"
"""Kind of the keys in the key store under which pair codes are hashed."""
_ON_A_SCALE: Final = frozenset({QuestionKind.SCALE, QuestionKind.NPS})


async def keep_learning(
    session: AsyncSession,
    keys: KeyStore,
    campaign: Campaign,
    questions: Sequence[Question],
    ballots: Sequence[Mapping[str, Any]],
) -> None:
    """Keep what opened ballots say by name, of a test or otherwise, or of attitudes under pair codes."""
    # Who was forgotten after answering is not brought back by the seal that still named them.
    erased = await find_erased(session, (name for ballot in ballots if (name := ballot.get("pseudonym"))))
    named = [ballot for ballot in ballots if ballot.get("pseudonym") and ballot["pseudonym"] not in erased]
    if named and is_test(questions) and campaign.phase is not Phase.SUPERVISOR:
        await _keep_attempts(session, campaign, Wording(questions), named)
    elif named:
        await keep_identified_answers(session, [_identified_row(campaign, ballot) for ballot in named])
    coded = [ballot for ballot in ballots if ballot.get("pair_code")]
    if coded:
        subject = await get_pairing_group(session, campaign)
        await keys.create_key(PAIRING_KEY, subject)
        key = await keys.open_key(PAIRING_KEY, subject)
        scales = {question.code for question in questions if question.kind in _ON_A_SCALE}
        rows = [_paired_row(campaign, ballot, scales, key) for ballot in coded]
        secrets.SystemRandom().shuffle(rows)
        await keep_paired_answers(session, rows)


async def end_pairing(session: AsyncSession, keys: KeyStore, campaign: Campaign) -> None:
    """Destroy the key of pair codes once the last survey of its group has been counted; may be repeated."""
    if not campaign.paired or campaign.phase is Phase.BASELINE or await has_waiting_pairs(session, campaign):
        return
    await keys.destroy_key(PAIRING_KEY, await get_pairing_group(session, campaign))


async def _keep_attempts(
    session: AsyncSession, campaign: Campaign, wording: Wording, ballots: Sequence[Mapping[str, Any]]
) -> None:
    rows = []
    for ballot in ballots:
        right, total = mark_answers(wording, _about_edition(ballot))
        rows.append(
            {
                "id": uuid4(),
                "campaign_id": campaign.id,
                "edition_id": campaign.edition_id,
                "instrument_version_id": campaign.instrument_version_id,
                "phase": campaign.phase,
                "pseudonym": ballot["pseudonym"],
                "right": right,
                "total": total,
            }
        )
    await keep_attempts(session, rows)
    pass_mark = (await get_edition(session, campaign.edition_id)).pass_mark_percent
    if campaign.phase is Phase.BASELINE or pass_mark is None:
        return
    for row in rows:
        data = TestResultData(
            aggregate_id=row["id"],
            aggregate_version=1,
            edition_id=campaign.edition_id,
            pseudonym=row["pseudonym"],
            passed=100 * row["right"] >= pass_mark * row["total"],
        )
        await publish(session, TEST_FINALIZED, data)


def _identified_row(campaign: Campaign, ballot: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": uuid4(),
        "campaign_id": campaign.id,
        "edition_id": campaign.edition_id,
        "phase": campaign.phase,
        "pseudonym": ballot["pseudonym"],
        "answers": list(ballot["blocks"]),
    }


def _paired_row(
    campaign: Campaign, ballot: Mapping[str, Any], scales: set[str], key: bytes
) -> dict[str, Any]:
    answers = _about_edition(ballot)
    return {
        "id": uuid4(),
        "campaign_id": campaign.id,
        "edition_id": campaign.edition_id,
        "instrument_version_id": campaign.instrument_version_id,
        "phase": campaign.phase,
        "code_hash": blind_index(key, ballot["pair_code"]),
        "answers": {code: value for code, value in answers.items() if code in scales and type(value) is int},
    }


def _about_edition(ballot: Mapping[str, Any]) -> Mapping[str, Any]:
    answers: Mapping[str, Any] = next(
        (block["answers"] for block in ballot["blocks"] if block["subject"]["kind"] == "edition"), {}
    )
    return answers
