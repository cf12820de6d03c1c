"""Routes of the templates by which every edition is asked."""

from fastapi import status

from services.common.http.callers import Caller
from services.common.http.paging import Paging
from services.common.http.problem_responses import problems
from services.common.http.routes import house_router
from services.common.http.sessions import ReadSession, WriteSession
from services.common.wire import Page
from services.evaluation.db import campaigns as questions
from services.evaluation.db.tables import CampaignTemplate
from services.evaluation.domain.problems import InstrumentNotFound
from services.evaluation.operations import campaign_plans as operations
from services.evaluation.schemas.campaigns import CampaignTemplateRead, CampaignTemplateWrite

router = house_router("campaigns", "/campaign-templates")


@router.get("", response_model=Page[CampaignTemplateRead])
async def list_campaign_templates(session: ReadSession, page: Paging) -> object:
    """List how each phase is asked without anybody's doing."""
    return await questions.list_templates(session, page)


@router.post(
    "",
    response_model=CampaignTemplateRead,
    status_code=status.HTTP_201_CREATED,
    responses=problems(InstrumentNotFound),
)
async def keep_campaign_template(
    session: WriteSession, caller: Caller, request: CampaignTemplateWrite
) -> CampaignTemplate:
    """Say how a phase of every edition is asked from now on; it replaces what was said of that phase before.

    Editions that are announced or later get their survey at once, unless its time is over or they have one.
    """
    return await operations.keep_campaign_template(session, caller, request)
