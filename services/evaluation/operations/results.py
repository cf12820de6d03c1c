"""What can be done to results: computed, frozen, published or withheld, withdrawn."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.common.audit import record_change
from services.common.events import EventKind
from services.common.identity import Caller
from services.common.outbox import publish
from services.common.problems import Fault, RequestInvalid
from services.evaluation.db.ballots import count_tokens, read_counters
from services.evaluation.db.campaigns import get_campaign, get_edition, get_questions
from services.evaluation.db.results import (
    count_cohort,
    get_own_result,
    list_seen,
    list_taught,
    lock_result,
    measure_items,
    pool_lecturers,
)
from services.evaluation.db.tables import Campaign, ResultSnapshot
from services.evaluation.domain.campaigns import CampaignState
from services.evaluation.domain.disclosure import find_disclosed
from services.evaluation.domain.events import (
    RESULTS_PUBLISHED,
    RESULTS_WITHDRAWN,
    RESULTS_WITHHELD,
    ResultsData,
)
from services.evaluation.domain.instruments import Question, questions_about
from services.evaluation.domain.lecturers import describe_teaching, notes_on_teaching, set_among_lecturers
from services.evaluation.domain.notes import notes_on_consistency
from services.evaluation.domain.problems import NotAllowedNow, ResultWouldDisclose
from services.evaluation.domain.reliability import CRONBACH, MOST_FOR_ALPHA, group_items, tell_consistency
from services.evaluation.domain.results import (
    SNAPSHOT_LIFE,
    SnapshotState,
    Survey,
    compute_figures,
    find_unsaid,
)
from services.evaluation.domain.suppression import (
    READS,
    Audience,
    SuppressionRule,
    breakdown_threshold,
    withholding_rule,
)
from services.evaluation.schemas.results import ResultCreate, ResultReply


async def create_result(session: AsyncSession, caller: Caller, request: ResultCreate) -> ResultSnapshot:
    """Compute the figures of a counted survey for one audience, from counters; consistency from the answers."""
    campaign = await get_campaign(session, request.campaign_id, lock=True)
    if campaign.state not in (CampaignState.ANALYSED, CampaignState.PUBLISHED):
        raise NotAllowedNow("The survey has not been counted yet.")
    edition = await get_edition(session, campaign.edition_id)
    kind, subject_id = _subject(campaign, request)
    counters = await read_counters(session, campaign.id, kind, subject_id)
    invited = sum((await count_tokens(session, campaign.id)).values())
    answered = counters.get(("", "", ""), {}).get("", 0)
    k = campaign.thresholds[request.visibility]
    survey = Survey(
        invited,
        answered,
        request.visibility,
        k,
        request.inference_target,
        await _cohort(session, campaign.edition_id, breakdown_threshold(k)),
    )
    countries = edition.countries if kind == "edition" else []
    questions = questions_about(await get_questions(session, campaign), kind)
    figures = compute_figures(questions, counters, survey, countries)
    figures |= await _consistency(session, campaign, (kind, subject_id), questions, figures)
    if kind == "lecturer":
        teaching = describe_teaching(await list_taught(session, edition.id, subject_id), str(subject_id))
        pooled = await pool_lecturers(session, campaign, edition.program_id, teaching["languages"])
        figures = set_among_lecturers(figures, str(subject_id), pooled, teaching["sessions"])
        notes = [*figures["notes"], *notes_on_teaching(teaching)]
        figures |= {"teaching": teaching, "notes": notes}
    result = ResultSnapshot(
        campaign_id=campaign.id,
        edition_id=campaign.edition_id,
        provenance=campaign.provenance,
        phase=campaign.phase,
        subject_kind=kind,
        subject_id=subject_id,
        visibility=request.visibility,
        state=SNAPSHOT_LIFE.initial,
        rule=withholding_rule(request.visibility, k, answered, answered / invited if invited else None),
        figures=figures,
    )
    if await _discloses(session, campaign, result, Audience.INTERNAL):
        raise ResultWouldDisclose("Staff could subtract it from what they have read before.")
    session.add(result)
    await record_change(session, caller, "result.created", result)
    return result


async def freeze_result(session: AsyncSession, caller: Caller, result_id: UUID) -> ResultSnapshot:
    """Fix the figures; only what is frozen can be published."""
    result = await lock_result(session, result_id)
    _move(result, SnapshotState.FROZEN)
    await record_change(session, caller, "result.frozen", result, ["state"])
    return result


async def publish_result(session: AsyncSession, caller: Caller, result_id: UUID) -> ResultSnapshot:
    """Show a frozen result to its audience, or withhold it where a rule says so."""
    result = await lock_result(session, result_id)
    campaign = await get_campaign(session, result.campaign_id, lock=True)
    readers = [audience for audience, seen in READS.items() if result.visibility in seen]
    if result.rule is None and any([await _discloses(session, campaign, result, each) for each in readers]):
        result.rule = SuppressionRule.DIFFERENCING
    _move(result, SnapshotState.WITHHELD if result.rule else SnapshotState.PUBLISHED)
    if result.rule:
        result.figures = {}
    await record_change(session, caller, f"result.{result.state}", result, ["state"])
    if result.state is SnapshotState.PUBLISHED and campaign.state is CampaignState.ANALYSED:
        campaign.state = CampaignState.PUBLISHED
        await record_change(session, caller, "campaign.published", campaign, ["state"])
    await _tell(session, RESULTS_WITHHELD if result.rule else RESULTS_PUBLISHED, result)
    return result


async def withdraw_result(session: AsyncSession, caller: Caller, result_id: UUID) -> ResultSnapshot:
    """Take a result back."""
    result = await lock_result(session, result_id)
    _move(result, SnapshotState.WITHDRAWN)
    await record_change(session, caller, "result.withdrawn", result, ["state"])
    await _tell(session, RESULTS_WITHDRAWN, result)
    return result


async def reply_to_result(
    session: AsyncSession, caller: Caller, result_id: UUID, request: ResultReply
) -> ResultSnapshot:
    """Let a lecturer say something to the own result; it is read with it from then on."""
    result = await get_own_result(session, result_id, caller)
    result.reply = request.text
    await record_change(session, caller, "result.replied", result, ["reply"])
    return result


async def _cohort(session: AsyncSession, edition_id: UUID, k: int) -> dict[str, dict[str, int]]:
    """Return the cohort by sex and audience, where every group is large enough to be told of."""
    counted = {name: await count_cohort(session, edition_id, name) for name in ("sex", "audience")}
    return {name: groups for name, groups in counted.items() if groups and min(groups.values()) >= k}


async def _consistency(
    session: AsyncSession,
    campaign: Campaign,
    subject: tuple[str, UUID],
    questions: Sequence[Question],
    figures: Mapping[str, Any],
) -> dict[str, Any]:
    """Return what is told of questions that are to measure one thing, and the figures' notes with it."""
    shown = {question["code"]: question["cell"]["n"] or 0 for question in figures["questions"]}
    found = [
        tell_consistency(
            facet,
            {item.code: shown[item.code] for item in items},
            *await measure_items(session, campaign.id, *subject, items),
            figures["threshold"],
        )
        for facet, items in group_items(questions).items()
        if max(shown.values()) <= MOST_FOR_ALPHA
    ]
    if not found:
        return {}
    return {
        "consistency": found,
        "methods": [*figures["methods"], CRONBACH],
        "notes": [*figures["notes"], *notes_on_consistency(found)],
    }


async def _discloses(
    session: AsyncSession, campaign: Campaign, result: ResultSnapshot, readers: Audience
) -> bool:
    """Say whether these readers could work out a hidden group from the result and what they saw before."""
    seen = await list_seen(session, result, READS[readers], drafts=readers is Audience.INTERNAL)
    counters = await read_counters(session, campaign.id, result.subject_kind, result.subject_id)
    width = breakdown_threshold(campaign.thresholds[readers])
    return bool(
        await asyncio.to_thread(find_disclosed, [*seen, result.figures], width, find_unsaid(counters))
    )


def _subject(campaign: Campaign, request: ResultCreate) -> tuple[str, UUID]:
    """Return whom the result is about; lecturers are never shown to partners or the public."""
    if request.lecturer_id is None:
        if request.visibility is Audience.LECTURER:
            raise RequestInvalid(
                "Name the lecturer.", errors=[Fault("/lecturer_id", "missing", "A lecturer is needed.")]
            )
        return "edition", campaign.edition_id
    known = {"kind": "lecturer", "id": str(request.lecturer_id)} in campaign.subjects
    if not known or request.visibility not in (Audience.INTERNAL, Audience.LECTURER):
        fault = Fault("/lecturer_id", "lecturer", "Expected a lecturer of the edition, shown to no outsider.")
        raise RequestInvalid("This lecturer cannot be shown so.", errors=[fault])
    return "lecturer", request.lecturer_id


def _move(result: ResultSnapshot, target: SnapshotState) -> None:
    if not SNAPSHOT_LIFE.may_become(result.state, target):
        raise NotAllowedNow(f"A result that is {result.state} cannot become {target}.")
    result.state = target


async def _tell(session: AsyncSession, kind: EventKind, result: ResultSnapshot) -> None:
    data = ResultsData(
        aggregate_id=result.id,
        aggregate_version=result.version,
        edition_id=result.edition_id,
        phase=result.phase,
        state=result.state,
        visibility=result.visibility,
        reason=result.rule,
    )
    # What is about a lecturer stays in this room.
    if result.subject_kind == "edition":
        await publish(session, kind, data)
