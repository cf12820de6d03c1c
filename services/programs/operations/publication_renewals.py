"""Published files are kept true: looked at every day, and published anew when their content has changed."""

import hashlib

from sqlalchemy.ext.asyncio import AsyncSession

from services.common.audit import record_change
from services.common.clock import real_now
from services.common.jobs import Job, schedule_job
from services.common.sessions import savepoint
from services.programs.db.publication_tables import PublicationRecord
from services.programs.db.publications import allow_long_statements, get_record
from services.programs.domain.problems import PublicationRefused, ReportingIdentifierMissing
from services.programs.domain.publications import PUBLICATION_LIFE, PublicationState
from services.programs.operations.activities import get_publisher
from services.programs.operations.publication_files import Report, make_file
from services.programs.operations.publications import (
    PUBLISHER,
    RENEW,
    RENEWAL,
    mark_refused,
    refuse_errors,
    store_file,
)


async def renew_due(session: AsyncSession, job: Job) -> None:
    """Publish a file anew if it would be another one today; one that was superseded or withdrawn rests.

    Where the checks refuse the new one, the record says so, and the file of before stands until it is mended.
    """
    record = await get_record(session, job.subject, lock=True)
    if record.state is not PublicationState.PUBLISHED:
        return
    await allow_long_statements(session)
    if not await _has_changed(session, record) or not await _publish_anew(session, record):
        await schedule_job(session, RENEW, record.id, await real_now(session) + RENEWAL)


async def _has_changed(session: AsyncSession, record: PublicationRecord) -> bool:
    """Say whether the file, made today as if at the moment that the published one names, differs from that."""
    try:
        publisher = await get_publisher(session)
    except ReportingIdentifierMissing:
        return False
    now = await real_now(session)
    _, content = await make_file(session, record.channel, publisher, now, generated=record.published_at)
    digest = hashlib.sha256()
    async for part in content:
        digest.update(part)
    return digest.hexdigest() != record.sha256


async def _publish_anew(session: AsyncSession, before: PublicationRecord) -> bool:
    """Say whether a new file has taken the place of the one before."""
    record = PublicationRecord(channel=before.channel, state=PUBLICATION_LIFE.initial)
    session.add(record)
    await record_change(session, PUBLISHER, "publication_record.created", record)
    counts = Report()
    try:
        async with savepoint(session):
            counts = await store_file(session, record)
            refuse_errors(counts)
    except PublicationRefused:
        await session.refresh(record)
        await session.refresh(before)
        await mark_refused(session, record, counts)
        return False
    return True
