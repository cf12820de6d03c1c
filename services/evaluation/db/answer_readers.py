"""Questions asked of named readers, of single answers and of the log of who read them."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.common.pagination import PageRequest, Rows, SortKey, fetch_page
from services.evaluation.db.tables import AnswerRead, AnswerReader, Campaign, IdentifiedAnswer, Response
from services.evaluation.domain.campaigns import Anonymity
from services.evaluation.domain.problems import AnswerReaderNotFound, AnswerReaderNotNamed


async def list_answer_readers(session: AsyncSession, page: PageRequest, campaign_id: UUID) -> Rows:
    """Return everybody who was ever named a reader of a survey's answers."""
    query = select(AnswerReader).where(AnswerReader.campaign_id == campaign_id)
    return await fetch_page(session, query, page, SortKey(AnswerReader.id))


async def lock_answer_reader(session: AsyncSession, campaign_id: UUID, reader_id: UUID) -> AnswerReader:
    """Return a named reader, locked; raise `AnswerReaderNotFound`."""
    reader = await session.get(AnswerReader, reader_id, with_for_update=True)
    if reader is None or reader.campaign_id != campaign_id:
        raise AnswerReaderNotFound("The survey has no such reader.")
    return reader


async def get_own_naming(
    session: AsyncSession, campaign_id: UUID, account_id: UUID | None, today: date
) -> AnswerReader:
    """Return by what an account may read a survey's answers today; raise `AnswerReaderNotNamed`."""
    query = select(AnswerReader).where(
        AnswerReader.campaign_id == campaign_id,
        AnswerReader.account_id == account_id,
        AnswerReader.ended.is_(False),
        AnswerReader.until >= today,
    )
    found: AnswerReader | None = await session.scalar(query.with_for_update(read=True))
    if found is None:
        raise AnswerReaderNotNamed("Nobody has named you to read these answers, or your time is over.")
    return found


async def list_raw_answers(
    session: AsyncSession, page: PageRequest, campaign: Campaign, *, by_name: bool
) -> Rows:
    """Return single answers by their random ids, which tell no order; `by_name`: with pseudonyms."""
    table: Any = IdentifiedAnswer if by_name else Response
    return await fetch_page(
        session, select(table).where(table.campaign_id == campaign.id), page, SortKey(table.id)
    )


async def has_named_answers(session: AsyncSession, campaign: Campaign) -> bool:
    """Say whether a survey's answers were kept by name; marks of a test are, its answers are not."""
    if campaign.anonymity is not Anonymity.IDENTIFIED:
        return False
    query = select(IdentifiedAnswer.id).where(IdentifiedAnswer.campaign_id == campaign.id).limit(1)
    return await session.scalar(query) is not None


async def list_answer_reads(
    session: AsyncSession, page: PageRequest, *, campaign_id: UUID | None, actor: str | None
) -> Rows:
    """Return who read which survey's answers, the latest first."""
    query = select(AnswerRead)
    if campaign_id is not None:
        query = query.where(AnswerRead.campaign_id == campaign_id)
    if actor is not None:
        query = query.where(AnswerRead.actor == actor)
    return await fetch_page(session, query, page, SortKey(AnswerRead.id, descending=True))
