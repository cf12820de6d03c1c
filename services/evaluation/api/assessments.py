"""Routes of evaluation plans, assessments by criterion, claimed outcomes and the effectiveness card."""

from collections.abc import Sequence
from uuid import UUID

from fastapi import Response, status

from services.common.http.callers import Caller
from services.common.http.paging import Following
from services.common.http.preconditions import ExpectedVersion
from services.common.http.problem_responses import problems
from services.common.http.routes import house_router
from services.common.http.sessions import ReadSession, WriteSession
from services.common.wire import FollowedPage, Id
from services.common.wire_codes import CountryCode
from services.evaluation.db import assessments as questions
from services.evaluation.db.assessment_tables import Assessment, EvaluationPlan, OutcomeEvidence
from services.evaluation.db.campaigns import get_edition
from services.evaluation.db.outcomes import list_edition_results
from services.evaluation.db.recommendations import list_said_and_done
from services.evaluation.domain.cards import levels_of
from services.evaluation.domain.problems import (
    AssessmentExists,
    AssessmentNotFound,
    DutiesNotSeparated,
    EditionUnknown,
    EvaluationPlanNotFound,
    NotAllowedNow,
    OutcomeEvidenceNotFound,
    ResultNotFound,
)
from services.evaluation.operations import assessments as operations
from services.evaluation.schemas.assessments import (
    AssessmentRead,
    AssessmentWrite,
    CardDecision,
    CardLevel,
    EffectivenessCard,
    EvaluationPlanCreate,
    EvaluationPlanRead,
    OutcomeEvidenceCreate,
    OutcomeEvidenceRead,
    OutcomeSubstantiation,
)

router = house_router("assessments", "")
CREATED = status.HTTP_201_CREATED


@router.post(
    "/evaluation-plans",
    response_model=EvaluationPlanRead,
    status_code=CREATED,
    responses=problems(EditionUnknown),
)
async def create_evaluation_plan(
    session: WriteSession, caller: Caller, request: EvaluationPlanCreate, response: Response
) -> EvaluationPlan:
    """Draw up an evaluation: its questions by criterion and method, the evaluator and their independence."""
    plan = await operations.create_evaluation_plan(session, caller, request)
    response.headers["Location"] = f"/v1/evaluation-plans/{plan.id}"
    return plan


@router.get("/evaluation-plans", response_model=FollowedPage[EvaluationPlanRead])
async def list_evaluation_plans(
    session: ReadSession, page: Following, program_id: Id | None = None, edition_id: Id | None = None
) -> object:
    """List evaluation plans, newest first."""
    return await questions.list_evaluation_plans(session, page, program_id, edition_id)


@router.get(
    "/evaluation-plans/{plan_id}",
    response_model=EvaluationPlanRead,
    responses=problems(EvaluationPlanNotFound),
)
async def read_evaluation_plan(session: ReadSession, plan_id: UUID) -> EvaluationPlan:
    """Read one evaluation plan."""
    return await questions.get_evaluation_plan(session, plan_id)


@router.post(
    "/editions/{edition_id}/assessments",
    response_model=AssessmentRead,
    status_code=CREATED,
    responses=problems(EditionUnknown, AssessmentExists),
)
async def create_assessment(
    session: WriteSession, caller: Caller, edition_id: UUID, request: AssessmentWrite
) -> Assessment:
    """State what was found of an edition under one criterion, how well it is supported, and by what."""
    return await operations.create_assessment(session, caller, edition_id, request)


@router.get("/editions/{edition_id}/assessments", response_model=list[AssessmentRead])
async def list_assessments(session: ReadSession, edition_id: UUID) -> Sequence[Assessment]:
    """List what was found of an edition, criterion by criterion; they are never averaged into one score."""
    return await questions.list_assessments(session, edition_id)


@router.put(
    "/assessments/{assessment_id}",
    response_model=AssessmentRead,
    responses=problems(AssessmentNotFound, AssessmentExists),
)
async def change_assessment(
    session: WriteSession,
    caller: Caller,
    assessment_id: UUID,
    version: ExpectedVersion,
    request: AssessmentWrite,
) -> Assessment:
    """State anew what was found."""
    return await operations.change_assessment(session, caller, assessment_id, version, request)


@router.post(
    "/outcome-evidence",
    response_model=OutcomeEvidenceRead,
    status_code=CREATED,
    responses=problems(EditionUnknown),
)
async def claim_outcome(
    session: WriteSession, caller: Caller, request: OutcomeEvidenceCreate, response: Response
) -> OutcomeEvidence:
    """Claim a change in a country: what changed, the agency's contribution, and what shows it."""
    outcome = await operations.claim_outcome(session, caller, request)
    response.headers["Location"] = f"/v1/outcome-evidence/{outcome.id}"
    return outcome


@router.get("/outcome-evidence", response_model=FollowedPage[OutcomeEvidenceRead])
async def list_outcome_evidence(
    session: ReadSession, caller: Caller, page: Following, country: CountryCode | None = None
) -> object:
    """List claimed outcomes, newest first; reporters see those of their own country."""
    return await questions.list_claims(session, page, country, caller)


@router.get(
    "/outcome-evidence/{outcome_id}",
    response_model=OutcomeEvidenceRead,
    responses=problems(OutcomeEvidenceNotFound),
)
async def read_outcome_evidence(session: ReadSession, caller: Caller, outcome_id: UUID) -> OutcomeEvidence:
    """Read one claimed outcome."""
    return await questions.get_outcome_evidence(session, outcome_id, visible_to=caller)


@router.post(
    "/outcome-evidence/{outcome_id}/substantiation",
    response_model=OutcomeEvidenceRead,
    responses=problems(OutcomeEvidenceNotFound, NotAllowedNow, DutiesNotSeparated),
)
async def substantiate_outcome(
    session: WriteSession, caller: Caller, outcome_id: UUID, request: OutcomeSubstantiation
) -> OutcomeEvidence:
    """Say, as a third person, whether the change is found so; a refuted claim stays to be seen by staff."""
    return await operations.substantiate_outcome(session, caller, outcome_id, request)


@router.post(
    "/outcome-evidence/{outcome_id}/withdrawal",
    response_model=OutcomeEvidenceRead,
    responses=problems(OutcomeEvidenceNotFound, NotAllowedNow),
)
async def withdraw_outcome(session: WriteSession, caller: Caller, outcome_id: UUID) -> OutcomeEvidence:
    """Take a claim back."""
    return await operations.withdraw_outcome(session, caller, outcome_id)


@router.get(
    "/editions/{edition_id}/effectiveness-card",
    response_model=EffectivenessCard,
    responses=problems(ResultNotFound),
)
async def read_effectiveness_card(
    session: ReadSession, caller: Caller, edition_id: UUID
) -> EffectivenessCard:
    """Read an edition in one view: reaction, learning, behavior, results, findings, suggestions, decisions.

    It shows published results that you may see, and never adds them into one score.
    """
    try:
        edition = await get_edition(session, edition_id)
    except EditionUnknown as error:
        raise ResultNotFound("Nothing is known here of such an edition.") from error
    results = await list_edition_results(session, edition_id, visible_to=caller)
    said = await list_said_and_done(session, edition_id)
    outcomes = await questions.list_outcome_evidence(session, visible_to=caller, edition_id=edition_id)
    found = [result for *_, listed in results for result in listed if result.subject_kind == "edition"]
    return EffectivenessCard(
        edition_id=edition.id,
        title=edition.title,
        levels=[
            CardLevel.model_validate(level)
            for level in levels_of([(each.id, each.phase, each.figures) for each in found])
        ],
        assessments=[
            AssessmentRead.model_validate(each)
            for each in await questions.list_assessments(session, edition_id)
        ],
        outcome_evidence=[OutcomeEvidenceRead.model_validate(each) for each in outcomes],
        suggestions=sorted({text for *_, texts in said for text in texts}),
        decisions=[
            CardDecision(
                recommendation_id=row.id,
                title=row.title,
                state=row.state,
                design_change_edition_id=row.design_change_edition_id,
            )
            for row, *_ in said
        ],
    )
