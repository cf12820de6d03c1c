"""Routes of screening: the rules' results, and waivers."""

from collections import Counter
from uuid import UUID

from services.common.http.callers import Caller
from services.common.http.problem_responses import problems
from services.common.http.routes import house_router
from services.common.http.sessions import ReadSession, WriteSession
from services.common.http.worker import Worker
from services.common.wire import Code
from services.participants.db.applications import get_application
from services.participants.db.screening import find_results
from services.participants.db.selection_tables import EligibilityResult, Waiver
from services.participants.domain.problems import ApplicationNotFound, CallNotFound
from services.participants.domain.screening import Verdict
from services.participants.domain.selection_problems import EligibilityUnchecked, RuleNotFound
from services.participants.operations import screening as operations
from services.participants.schemas.screening import (
    EligibilityCount,
    EligibilityRead,
    WaiverRead,
    WaiverWrite,
)

router = house_router("screening", "")


@router.post(
    "/editions/{edition_id}/eligibility-checks",
    response_model=EligibilityCount,
    responses=problems(CallNotFound),
)
async def check_eligibility(
    session: WriteSession, caller: Caller, worker: Worker, edition_id: UUID
) -> EligibilityCount:
    """Ask the edition's rules about every application that is not decided yet; earlier results are replaced."""
    results = await operations.check_eligibility(session, caller, edition_id, worker=worker)
    counts = Counter(result.verdict for result in results)
    return EligibilityCount(
        passed=counts[Verdict.PASS], failed=counts[Verdict.FAIL], unknown=counts[Verdict.UNKNOWN]
    )


@router.get(
    "/applications/{application_id}/eligibility",
    response_model=EligibilityRead,
    responses=problems(ApplicationNotFound, EligibilityUnchecked),
)
async def read_eligibility(session: ReadSession, caller: Caller, application_id: UUID) -> EligibilityResult:
    """Read what each rule says of an application, with the evidence."""
    await get_application(session, application_id, visible_to=caller)
    found = (await find_results(session, [application_id])).get(application_id)
    if found is None:
        raise EligibilityUnchecked("The rules have not been asked about this application.")
    return found


@router.put(
    "/applications/{application_id}/waivers/{rule_id}",
    response_model=WaiverRead,
    responses=problems(ApplicationNotFound, RuleNotFound),
)
async def waive_rule(
    session: WriteSession, caller: Caller, application_id: UUID, rule_id: Code, request: WaiverWrite
) -> Waiver:
    """Set one rule aside for one application, with the reason."""
    return await operations.waive_rule(session, caller, application_id, rule_id, request)
