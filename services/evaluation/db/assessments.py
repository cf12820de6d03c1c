"""Questions asked of plans, assessments and claimed outcomes."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.common.clock import Provenance
from services.common.identity import Caller, GrantKind, Reach, Role
from services.common.pagination import PageRequest, Rows, SortKey, fetch_page
from services.evaluation.db.assessment_tables import Assessment, EvaluationPlan, OutcomeEvidence
from services.evaluation.domain.assessments import OutcomeState
from services.evaluation.domain.problems import (
    AssessmentNotFound,
    EvaluationPlanNotFound,
    OutcomeEvidenceNotFound,
)


async def get_evaluation_plan(session: AsyncSession, plan_id: UUID) -> EvaluationPlan:
    """Return the plan; raise `EvaluationPlanNotFound`."""
    found = await session.get(EvaluationPlan, plan_id)
    if found is None:
        raise EvaluationPlanNotFound("There is no such plan.")
    return found


async def list_evaluation_plans(
    session: AsyncSession, page: PageRequest, program_id: UUID | None, edition_id: UUID | None
) -> Rows:
    """Return plans, newest first."""
    query = select(EvaluationPlan)
    if program_id is not None:
        query = query.where(EvaluationPlan.program_id == program_id)
    if edition_id is not None:
        query = query.where(EvaluationPlan.edition_id == edition_id)
    return await fetch_page(session, query, page, SortKey(EvaluationPlan.id, descending=True))


async def get_assessment(session: AsyncSession, assessment_id: UUID) -> Assessment:
    """Return the assessment, locked for update; raise `AssessmentNotFound`."""
    found = await session.get(Assessment, assessment_id, with_for_update=True)
    if found is None:
        raise AssessmentNotFound("There is no such assessment.")
    return found


async def list_assessments(session: AsyncSession, edition_id: UUID) -> Sequence[Assessment]:
    """Return what was found of an edition, criterion by criterion."""
    query = select(Assessment).where(Assessment.edition_id == edition_id).order_by(Assessment.criterion)
    return (await session.scalars(query)).all()


async def get_outcome_evidence(
    session: AsyncSession, outcome_id: UUID, *, visible_to: Caller, lock: bool = False
) -> OutcomeEvidence:
    """Return a claimed outcome that the caller may see; raise `OutcomeEvidenceNotFound`."""
    found = await session.get(OutcomeEvidence, outcome_id, with_for_update=lock or None)
    if found is None or not _may_see(found, visible_to):
        raise OutcomeEvidenceNotFound("There is no such outcome that you may see.")
    return found


async def list_outcome_evidence(
    session: AsyncSession,
    *,
    visible_to: Caller,
    country: str | None = None,
    edition_id: UUID | None = None,
    provenance: Provenance = Provenance.REAL,
) -> list[OutcomeEvidence]:
    """Return claimed outcomes, the latest 100, as far as the caller may see them: others see substantiated ones."""
    query = select(OutcomeEvidence).order_by(OutcomeEvidence.id.desc()).limit(100)
    if country is not None:
        query = query.where(OutcomeEvidence.country == country)
    if edition_id is None:
        query = query.where(OutcomeEvidence.provenance == provenance)
    else:
        query = query.where(OutcomeEvidence.edition_id == edition_id)
    return [each for each in await session.scalars(query) if _may_see(each, visible_to)]


async def list_claims(session: AsyncSession, page: PageRequest, country: str | None, caller: Caller) -> Rows:
    """Return claimed outcomes, newest first: all to staff, those of their own country to reporters."""
    query = select(OutcomeEvidence)
    if caller.reach is not Reach.ALL:
        query = query.where(OutcomeEvidence.country.in_(reported_countries(caller)))
    if country is not None:
        query = query.where(OutcomeEvidence.country == country)
    return await fetch_page(session, query, page, SortKey(OutcomeEvidence.id, descending=True))


def reported_countries(caller: Caller) -> frozenset[str]:
    """Return the countries for which the caller reports."""
    return caller.granted(GrantKind.COUNTRY, Role.COUNTRY_REPORTER)


def _may_see(outcome: OutcomeEvidence, caller: Caller) -> bool:
    if caller.reach is Reach.ALL or outcome.country in reported_countries(caller):
        return True
    return outcome.state is OutcomeState.SUBSTANTIATED and outcome.provenance is Provenance.REAL
