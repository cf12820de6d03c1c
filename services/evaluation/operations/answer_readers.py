"""What can be done about single answers: a reader is named, reads under a log, and is ended (E14)."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.common.audit import record_change
from services.common.clock import real_now
from services.common.context import request_id
from services.common.identity import Caller, Role
from services.common.pagination import PageRequest, Rows
from services.common.problems import Fault, RequestInvalid
from services.evaluation.db import answer_readers as questions
from services.evaluation.db.campaigns import get_campaign
from services.evaluation.db.tables import AnswerRead, AnswerReader, Campaign
from services.evaluation.domain.campaigns import Anonymity, CampaignState
from services.evaluation.domain.problems import AnswersAnonymous, DutiesNotSeparated, NotAllowedNow
from services.evaluation.schemas.answer_readers import AnswerReaderCreate

_COUNTED = (CampaignState.ANALYSED, CampaignState.PUBLISHED, CampaignState.ARCHIVED)


async def name_answer_reader(
    session: AsyncSession, caller: Caller, campaign_id: UUID, request: AnswerReaderCreate
) -> AnswerReader:
    """Name an account that may read a survey's answers; nobody names themselves.

    Raises `AnswersAnonymous`: who answered anonymously was promised that nobody would.
    """
    await _get_readable(session, campaign_id)
    if request.account_id == caller.subject:
        raise DutiesNotSeparated("You name the readers; somebody else must name you.")
    if request.until < (await real_now(session)).date():
        fault = Fault("/until", "over", "Expected a day that is not over.")
        raise RequestInvalid("The naming would have ended already.", errors=[fault])
    reader = AnswerReader(
        **request.model_dump(), campaign_id=campaign_id, named_by=caller.principal, ended=False
    )
    session.add(reader)
    await record_change(session, caller, "answer_reader.named", reader)
    return reader


async def end_answer_reader(
    session: AsyncSession, caller: Caller, campaign_id: UUID, reader_id: UUID
) -> AnswerReader:
    """Let a reader read no more."""
    reader = await questions.lock_answer_reader(session, campaign_id, reader_id)
    if reader.ended:
        raise NotAllowedNow("It has ended already.")
    reader.ended = True
    await record_change(session, caller, "answer_reader.ended", reader, ["ended"])
    return reader


async def read_raw_answers(
    session: AsyncSession, caller: Caller, page: PageRequest, campaign_id: UUID
) -> tuple[Rows, bool]:
    """Return a part of a survey's single answers, whether by name, and log who read them.

    Raises `AnswerReaderNotNamed`, and `DutiesNotSeparated` for who runs editions as well (E12).
    """
    campaign = await _get_readable(session, campaign_id)
    if Role.MANAGER in caller.roles:
        raise DutiesNotSeparated("Who runs editions reads no single answers.")
    today = (await real_now(session)).date()
    naming = await questions.get_own_naming(session, campaign_id, caller.subject, today)
    if campaign.state not in _COUNTED:
        raise NotAllowedNow("Answers are sealed until the survey has been counted.")
    by_name = await questions.has_named_answers(session, campaign)
    rows = await questions.list_raw_answers(session, page, campaign, by_name=by_name)
    session.add(
        AnswerRead(
            campaign_id=campaign.id,
            answer_reader_id=naming.id,
            actor=caller.principal,
            answers=len(rows.items),
            request_id=request_id.get(),
        )
    )
    return rows, by_name


async def _get_readable(session: AsyncSession, campaign_id: UUID) -> Campaign:
    campaign = await get_campaign(session, campaign_id)
    if campaign.anonymity is Anonymity.ANONYMOUS:
        raise AnswersAnonymous("Respondents were promised that nobody would read them.")
    return campaign
