"""Routes of how many answer."""

from datetime import timedelta
from typing import Final

from services.common.clock import Provenance, real_now
from services.common.http.routes import house_router
from services.common.http.sessions import ReadSession
from services.evaluation.db.response_rates import PhaseCount, count_answered
from services.evaluation.schemas.response_rates import PhaseResponseRate, ResponseRates

router = house_router("response rates", "/response-rates")
_SPAN: Final = timedelta(days=365)


@router.get("", response_model=ResponseRates)
async def read_response_rates(
    session: ReadSession, provenance: Provenance = Provenance.REAL
) -> ResponseRates:
    """Read how many answered the surveys that were counted within the last 365 days, by phase.

    A survey that is open does not count: a figure that moved with each answer would tell of it.
    """
    counts = await count_answered(session, await real_now(session) - _SPAN, provenance)
    return ResponseRates(provenance=provenance, phases=[_rate(count) for count in counts])


def _rate(count: PhaseCount) -> PhaseResponseRate:
    percent = round(100 * count.answered / count.invited, 1) if count.invited else None
    return PhaseResponseRate(
        phase=count.phase,
        campaigns=count.campaigns,
        invited=count.invited,
        answered=count.answered,
        percent=percent,
    )
