"""Everything that is tied to a pseudonym."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.evaluation.db.learning_tables import ActionPlan, IdentifiedAnswer, TestAttempt
from services.evaluation.db.tables import BallotToken, Campaign, MirrorCohort

_C = MirrorCohort
_QUERIES: Final[Mapping[str, Select[*tuple[Any, ...]]]] = {
    "cohort": select(
        _C.edition_id, _C.pseudonym, _C.state, _C.country, _C.sex, _C.audience, _C.language
    ).order_by(_C.id),
    "invitations": select(
        BallotToken.pseudonym, BallotToken.campaign_id, Campaign.edition_id, Campaign.phase, BallotToken.state
    )
    .join(Campaign, Campaign.id == BallotToken.campaign_id)
    .order_by(BallotToken.id),
    "test_attempts": select(
        TestAttempt.pseudonym,
        TestAttempt.campaign_id,
        TestAttempt.edition_id,
        TestAttempt.phase,
        TestAttempt.right,
        TestAttempt.total,
    ).order_by(TestAttempt.id),
    "identified_answers": select(
        IdentifiedAnswer.pseudonym,
        IdentifiedAnswer.campaign_id,
        IdentifiedAnswer.edition_id,
        IdentifiedAnswer.phase,
        IdentifiedAnswer.answers,
    ).order_by(IdentifiedAnswer.id),
    "action_plans": select(ActionPlan.pseudonym, ActionPlan.edition_id, ActionPlan.items).order_by(
        ActionPlan.id
    ),
}


async def read_rows_about(
    session: AsyncSession, pseudonyms: Sequence[str]
) -> dict[str, list[dict[str, Any]]]:
    """Return what stands under these pseudonyms, by kind."""
    return {
        kind: [
            dict(row._mapping)
            for row in await session.execute(query.where(query.selected_columns.pseudonym.in_(pseudonyms)))
        ]
        for kind, query in _QUERIES.items()
    }
