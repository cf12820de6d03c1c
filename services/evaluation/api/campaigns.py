"""Routes of the campaign resource."""

from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import Header, Request, Response, status

from services.common.actions import Step, list_actions
from services.common.clock import real_now
from services.common.documents import GlyphsMissing
from services.common.http.callers import Caller
from services.common.http.paging import Following
from services.common.http.problem_responses import problems
from services.common.http.routes import house_router
from services.common.http.sessions import ReadSession, WriteSession
from services.common.http.worker import Worker
from services.common.identity import Caller as CallerIdentity
from services.common.wire import FollowedPage, Id
from services.common.worker import WorkerBusy
from services.evaluation.db import campaigns as questions
from services.evaluation.db.ballots import count_tokens
from services.evaluation.db.tables import Campaign
from services.evaluation.domain.campaigns import (
    CAMPAIGN_LIFE,
    CampaignState,
    TokenState,
    progress_in_steps,
)
from services.evaluation.domain.permissions import PERMISSIONS
from services.evaluation.domain.problems import (
    CampaignNotFound,
    EditionUnknown,
    InstrumentNotFound,
    NobodyToAsk,
    NotAllowedNow,
    SealingUnavailable,
)
from services.evaluation.domain.suppression import Audience
from services.evaluation.operations import campaigns as operations
from services.evaluation.operations import invitations
from services.evaluation.schemas.campaigns import (
    CampaignCreate,
    CampaignProgress,
    CampaignRead,
    CampaignSlips,
    CampaignSummary,
)

router = house_router("campaigns", "/campaigns")
_MOVED = problems(CampaignNotFound, NotAllowedNow)
_PDF: Final[dict[int | str, dict[str, Any]]] = {
    200: {"description": "The sheet of slips.", "content": {"application/pdf": {}}}
}
_STEPS: Final = [
    Step("schedule_campaign", "scheduling", CampaignState.SCHEDULED),
    Step("open_campaign", "opening", CampaignState.OPEN),
    Step("close_campaign", "closing", CampaignState.CLOSED),
    Step("cancel_campaign", "cancellation", CampaignState.CANCELLED),
    Step("archive_campaign", "archiving", CampaignState.ARCHIVED),
]


@router.post(
    "",
    response_model=CampaignRead,
    status_code=status.HTTP_201_CREATED,
    responses=problems(EditionUnknown, InstrumentNotFound, NotAllowedNow),
)
async def create_campaign(
    session: WriteSession, caller: Caller, request: CampaignCreate, response: Response
) -> CampaignRead:
    """Plan a survey of an edition with a published version of an instrument."""
    campaign = await operations.create_campaign(session, caller, request)
    response.headers["Location"] = f"/v1/campaigns/{campaign.id}"
    return _answer(campaign, caller)


@router.get("", response_model=FollowedPage[CampaignSummary])
async def list_campaigns(session: ReadSession, page: Following, edition_id: Id | None = None) -> object:
    """List surveys, newest first."""
    return await questions.list_campaigns(session, page, edition_id)


@router.get("/{campaign_id}", response_model=CampaignRead, responses=problems(CampaignNotFound))
async def read_campaign(session: ReadSession, caller: Caller, campaign_id: UUID) -> CampaignRead:
    """Read one survey."""
    return _answer(await questions.get_campaign(session, campaign_id), caller)


@router.get("/{campaign_id}/progress", response_model=CampaignProgress, responses=problems(CampaignNotFound))
async def read_campaign_progress(session: ReadSession, campaign_id: UUID) -> object:
    """Read how many answered, in steps that never show a single answer coming in."""
    campaign = await questions.get_campaign(session, campaign_id)
    tokens = await count_tokens(session, campaign_id)
    step = campaign.thresholds[Audience.INTERNAL]
    answered = progress_in_steps(tokens.get(TokenState.USED, 0), step)
    return {"invited": sum(tokens.values()), "answered_at_least": answered, "step": step}


@router.post("/{campaign_id}/scheduling", response_model=CampaignRead, responses=_MOVED)
async def schedule_campaign(session: WriteSession, caller: Caller, campaign_id: UUID) -> CampaignRead:
    """State that a survey is ready; at `opens_at`, if it has one, it opens by itself."""
    return _answer(await operations.schedule_campaign(session, caller, campaign_id), caller)


@router.post(
    "/{campaign_id}/opening",
    response_model=CampaignRead,
    responses=problems(CampaignNotFound, NotAllowedNow, NobodyToAsk, SealingUnavailable),
)
async def open_campaign(
    session: WriteSession, caller: Caller, campaign_id: UUID, request: Request
) -> CampaignRead:
    """Open a survey: every participant gets a token by e-mail, or slips may be handed out."""
    sealing = request.app.state.sealing()
    return _answer(await operations.open_campaign(session, caller, campaign_id, sealing), caller)


@router.post(
    "/{campaign_id}/slips",
    response_model=CampaignSlips,
    responses=problems(CampaignNotFound, NotAllowedNow, NobodyToAsk),
)
async def hand_out_slips(request: Request, caller: Caller, campaign_id: UUID) -> object:
    """Make the codes of an open survey's slips, and return them this once.

    They are stored nowhere, under no Idempotency-Key either: a second request is refused. Whose answer got
    lost cancels the survey and opens another.
    """
    async with request.app.state.sessions.transaction() as session:
        return {"codes": await invitations.hand_out_slips(session, caller, campaign_id)}


@router.post(
    "/{campaign_id}/slips.pdf",
    response_class=Response,
    responses=_PDF | problems(CampaignNotFound, NotAllowedNow, NobodyToAsk, GlyphsMissing, WorkerBusy),
)
async def print_slips(
    request: Request,
    caller: Caller,
    worker: Worker,
    campaign_id: UUID,
    accept_language: Annotated[str | None, Header()] = None,
) -> Response:
    """Make the codes of an open survey's slips as a sheet to be cut, and return it this once.

    Each slip has a QR code and the same code to be typed. Nothing is stored but hashes, as with `slips`.
    """
    sheet = invitations.SlipSheet(worker, accept_language, request.app.state.settings.survey_page)
    async with request.app.state.sessions.transaction() as session:
        made_at = await real_now(session)
        pdf = await invitations.print_slips(session, caller, campaign_id, sheet, made_at)
    return Response(pdf, media_type="application/pdf", headers={"Cache-Control": "no-store"})


@router.post("/{campaign_id}/reminders", response_model=CampaignRead, responses=_MOVED)
async def remind_respondents(session: WriteSession, caller: Caller, campaign_id: UUID) -> CampaignRead:
    """Remind those who have not answered, now; how many they are is told to nobody."""
    return _answer(await invitations.remind_respondents(session, caller, campaign_id), caller)


@router.post("/{campaign_id}/closing", response_model=CampaignRead, responses=_MOVED)
async def close_campaign(session: WriteSession, caller: Caller, campaign_id: UUID) -> CampaignRead:
    """Accept no more answers; they are counted and their key destroyed right afterwards."""
    return _answer(await operations.close_campaign(session, caller, campaign_id), caller)


@router.post("/{campaign_id}/cancellation", response_model=CampaignRead, responses=_MOVED)
async def cancel_campaign(session: WriteSession, caller: Caller, campaign_id: UUID) -> CampaignRead:
    """Give a survey up."""
    return _answer(await operations.cancel_campaign(session, caller, campaign_id), caller)


@router.post("/{campaign_id}/archiving", response_model=CampaignRead, responses=_MOVED)
async def archive_campaign(session: WriteSession, caller: Caller, campaign_id: UUID) -> CampaignRead:
    """Put a survey away whose results have been looked at."""
    return _answer(await operations.archive_campaign(session, caller, campaign_id), caller)


def _answer(campaign: Campaign, caller: CallerIdentity) -> CampaignRead:
    href = f"/v1/campaigns/{campaign.id}"
    actions = list_actions(PERMISSIONS, caller, href, CAMPAIGN_LIFE, campaign.state, _STEPS)
    return CampaignRead.of(campaign, actions=actions)
