"""Routes of the campaign resource."""

from uuid import UUID

from fastapi import Request, Response, status

from services.common.http.callers import Caller
from services.common.http.paging import Paging
from services.common.http.problem_responses import problems
from services.common.http.routes import house_router
from services.common.http.sessions import ReadSession, WriteSession
from services.common.wire import Id, Page
from services.evaluation.db import campaigns as questions
from services.evaluation.db.ballots import count_tokens
from services.evaluation.db.tables import Campaign
from services.evaluation.domain.campaigns import TokenState, progress_in_steps
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
from services.evaluation.schemas.campaigns import (
    CampaignCreate,
    CampaignProgress,
    CampaignRead,
    CampaignSlips,
)

router = house_router("campaigns", "/campaigns")
_MOVED = problems(CampaignNotFound, NotAllowedNow)


@router.post(
    "",
    response_model=CampaignRead,
    status_code=status.HTTP_201_CREATED,
    responses=problems(EditionUnknown, InstrumentNotFound, NotAllowedNow),
)
async def create_campaign(
    session: WriteSession, caller: Caller, request: CampaignCreate, response: Response
) -> Campaign:
    """Plan a survey of an edition with a published version of an instrument."""
    campaign = await operations.create_campaign(session, caller, request)
    response.headers["Location"] = f"/v1/campaigns/{campaign.id}"
    return campaign


@router.get("", response_model=Page[CampaignRead])
async def list_campaigns(session: ReadSession, page: Paging, edition_id: Id | None = None) -> object:
    """List surveys, newest first."""
    return await questions.list_campaigns(session, page, edition_id)


@router.get("/{campaign_id}", response_model=CampaignRead, responses=problems(CampaignNotFound))
async def read_campaign(session: ReadSession, campaign_id: UUID) -> Campaign:
    """Read one survey."""
    return await questions.get_campaign(session, campaign_id)


@router.get("/{campaign_id}/progress", response_model=CampaignProgress, responses=problems(CampaignNotFound))
async def read_campaign_progress(session: ReadSession, campaign_id: UUID) -> object:
    """Read how many answered, in steps that never show a single answer coming in."""
    campaign = await questions.get_campaign(session, campaign_id)
    tokens = await count_tokens(session, campaign_id)
    step = campaign.thresholds[Audience.INTERNAL]
    answered = progress_in_steps(tokens.get(TokenState.USED, 0), step)
    return {"invited": sum(tokens.values()), "answered_at_least": answered, "step": step}


@router.post("/{campaign_id}/scheduling", response_model=CampaignRead, responses=_MOVED)
async def schedule_campaign(session: WriteSession, caller: Caller, campaign_id: UUID) -> Campaign:
    """State that a survey is ready to be opened."""
    return await operations.schedule_campaign(session, caller, campaign_id)


@router.post(
    "/{campaign_id}/opening",
    response_model=CampaignRead,
    responses=problems(CampaignNotFound, NotAllowedNow, NobodyToAsk, SealingUnavailable),
)
async def open_campaign(
    session: WriteSession, caller: Caller, campaign_id: UUID, request: Request
) -> Campaign:
    """Open a survey: every participant gets a token by e-mail, or slips may be handed out."""
    state = request.app.state
    return await operations.open_campaign(
        session, caller, campaign_id, state.key_store, state.participants_key
    )


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
        return {"codes": await operations.hand_out_slips(session, caller, campaign_id)}


@router.post("/{campaign_id}/closing", response_model=CampaignRead, responses=_MOVED)
async def close_campaign(session: WriteSession, caller: Caller, campaign_id: UUID) -> Campaign:
    """Accept no more answers; they are counted and their key destroyed right afterwards."""
    return await operations.close_campaign(session, caller, campaign_id)


@router.post("/{campaign_id}/cancellation", response_model=CampaignRead, responses=_MOVED)
async def cancel_campaign(session: WriteSession, caller: Caller, campaign_id: UUID) -> Campaign:
    """Give a survey up."""
    return await operations.cancel_campaign(session, caller, campaign_id)
