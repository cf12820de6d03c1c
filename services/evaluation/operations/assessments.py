"""What can be done to plans, assessments and claimed outcomes."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.common.audit import record_change
from services.common.identity import Caller, Reach
from services.common.preconditions import require_version
from services.common.problems import Fault, RequestInvalid
from services.evaluation.db.assessment_tables import Assessment, EvaluationPlan, OutcomeEvidence
from services.evaluation.db.assessments import get_assessment, get_outcome_evidence, reported_countries
from services.evaluation.db.campaigns import get_edition
from services.evaluation.db.indicators import find_provenance
from services.evaluation.domain.assessments import OUTCOME_LIFE, EvidenceStrength, OutcomeState
from services.evaluation.domain.problems import (
    DutiesNotSeparated,
    EditionUnknown,
    NotAllowedNow,
    OutcomeEvidenceNotFound,
)
from services.evaluation.schemas.assessments import (
    AssessmentWrite,
    EvaluationPlanCreate,
    OutcomeEvidenceCreate,
    OutcomeSubstantiation,
)


async def create_evaluation_plan(
    session: AsyncSession, caller: Caller, request: EvaluationPlanCreate
) -> EvaluationPlan:
    """Draw up what an evaluation will ask, and who will ask it."""
    provenance = await find_provenance(session, request.program_id, request.edition_id)
    if provenance is None:
        raise EditionUnknown("No such edition of the program is known here.")
    plan = EvaluationPlan(**request.model_dump(mode="json", exclude={"program_id", "edition_id"}))
    plan.program_id, plan.edition_id, plan.provenance = request.program_id, request.edition_id, provenance
    plan.timing = request.timing
    session.add(plan)
    await record_change(session, caller, "evaluation_plan.created", plan)
    return plan


async def create_assessment(
    session: AsyncSession, caller: Caller, edition_id: UUID, request: AssessmentWrite
) -> Assessment:
    """State what was found of an edition under one criterion."""
    edition = await get_edition(session, edition_id)
    _require_evidence(request)
    assessment = Assessment(edition_id=edition.id, provenance=edition.provenance)
    _write(assessment, request)
    session.add(assessment)
    await record_change(session, caller, "assessment.created", assessment)
    return assessment


async def change_assessment(
    session: AsyncSession, caller: Caller, assessment_id: UUID, version: int, request: AssessmentWrite
) -> Assessment:
    """State anew what was found; what was said before stays in the audit log by its fields."""
    assessment = await get_assessment(session, assessment_id)
    require_version(assessment, version)
    _require_evidence(request)
    _write(assessment, request)
    await record_change(session, caller, "assessment.changed", assessment, request.model_fields_set)
    return assessment


async def claim_outcome(
    session: AsyncSession, caller: Caller, request: OutcomeEvidenceCreate
) -> OutcomeEvidence:
    """Claim a change; a country's reporter does so for that country alone."""
    if caller.reach is not Reach.ALL and request.country not in reported_countries(caller):
        fault = Fault("/country", "country", "Expected a country for which you report.")
        raise RequestInvalid("You do not report for this country.", errors=[fault])
    if request.edition_id is not None:
        await get_edition(session, request.edition_id)
    outcome = OutcomeEvidence(
        **request.model_dump(exclude={"evidence"}),
        evidence=[piece.model_dump(mode="json") for piece in request.evidence],
        state=OUTCOME_LIFE.initial,
        claimed_by=caller.principal,
    )
    session.add(outcome)
    await record_change(session, caller, "outcome_evidence.claimed", outcome)
    return outcome


async def substantiate_outcome(
    session: AsyncSession, caller: Caller, outcome_id: UUID, request: OutcomeSubstantiation
) -> OutcomeEvidence:
    """Say, as somebody other than who claimed it, whether the change is found so."""
    outcome = await get_outcome_evidence(session, outcome_id, visible_to=caller, lock=True)
    if outcome.claimed_by == caller.principal:
        raise DutiesNotSeparated("You claimed this outcome; somebody else must substantiate it.")
    _move(outcome, OutcomeState.SUBSTANTIATED if request.confirmed else OutcomeState.REFUTED)
    outcome.substantiated_by, outcome.substantiation = caller.principal, request.account
    await record_change(session, caller, f"outcome_evidence.{outcome.state}", outcome, ["state"])
    return outcome


async def withdraw_outcome(session: AsyncSession, caller: Caller, outcome_id: UUID) -> OutcomeEvidence:
    """Take a claim back: who made it, or staff."""
    outcome = await get_outcome_evidence(session, outcome_id, visible_to=caller, lock=True)
    if caller.reach is not Reach.ALL and outcome.claimed_by != caller.principal:
        raise OutcomeEvidenceNotFound("There is no such outcome of yours.")
    _move(outcome, OutcomeState.WITHDRAWN)
    await record_change(session, caller, "outcome_evidence.withdrawn", outcome, ["state"])
    return outcome


def _require_evidence(request: AssessmentWrite) -> None:
    if (request.strength is EvidenceStrength.NONE) == bool(request.evidence):
        fault = Fault("/evidence", "evidence", "Evidence is needed, unless its strength is `none`.")
        raise RequestInvalid("The finding and its evidence do not fit.", errors=[fault])


def _write(assessment: Assessment, request: AssessmentWrite) -> None:
    assessment.criterion, assessment.finding = request.criterion, dict(request.finding)
    assessment.strength = request.strength
    assessment.evidence = [piece.model_dump(mode="json") for piece in request.evidence]


def _move(outcome: OutcomeEvidence, target: OutcomeState) -> None:
    if not OUTCOME_LIFE.may_become(outcome.state, target):
        raise NotAllowedNow(f"An outcome that is {outcome.state} cannot become {target}.")
    outcome.state = target
