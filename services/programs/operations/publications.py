"""What can be done about publishing: say what it needs to know of a record, publish a file, take it back."""

import hashlib
from collections.abc import AsyncIterable
from datetime import UTC, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.common.audit import record_change
from services.common.clock import real_now
from services.common.identity import Caller, acting_service
from services.common.jobs import Job, schedule_job
from services.common.operations import attempt_operation, start_operation
from services.common.preconditions import read_if_match, require_version
from services.common.problems import Fault
from services.common.wire import Reference
from services.programs.db.publication_tables import (
    PublicationPart,
    PublicationProfile,
    PublicationRecord,
)
from services.programs.db.publications import (
    allow_long_statements,
    find_profile,
    find_published,
    forget_files,
    get_record,
    require_subject,
)
from services.programs.domain.activities import ActivityKind
from services.programs.domain.problems import PublicationRefused, TransitionRefused
from services.programs.domain.publication_checks import Severity
from services.programs.domain.publications import (
    PATHS,
    PUBLICATION_LIFE,
    PublicationChannel,
    PublicationState,
)
from services.programs.operations.activities import get_publisher
from services.programs.operations.publication_files import Report, make_file
from services.programs.schemas.publications import (
    FindingRead,
    PublicationCheckRead,
    PublicationProfileWrite,
)

PUBLISH: Final = "publication.publish"
CHECK: Final = "publication.check"
RENEW: Final = "publication.renew"
RENEWAL: Final = timedelta(days=1)
PUBLISHER: Final = acting_service("programs")
PART_BYTES: Final = 256 * 1024
_MOST_FAULTS: Final = 100


async def put_publication_profile(
    session: AsyncSession,
    caller: Caller,
    kind: ActivityKind,
    subject_id: UUID,
    request: PublicationProfileWrite,
    if_match: str | None,
) -> PublicationProfile:
    """Say, as a whole, what publishing needs to know; every time but the first names the version in `If-Match`."""
    await require_subject(session, kind, subject_id)
    profile = await find_profile(session, kind, subject_id, lock=True)
    fields = request.to_columns()
    if profile is None:
        profile = PublicationProfile(subject_kind=kind, subject_id=subject_id, **fields)
        session.add(profile)
    else:
        require_version(profile, read_if_match(if_match))
        for name, value in fields.items():
            setattr(profile, name, value)
    await record_change(session, caller, "publication_profile.put", profile, fields)
    return profile


async def check_publication(session: AsyncSession, channel: PublicationChannel) -> Report:
    """Return what the checks say of the file as it would be published now; nothing is changed."""
    publisher = await get_publisher(session)
    report, content = await make_file(session, channel, publisher, await real_now(session))
    async for _ in content:
        pass
    return report


async def start_publication_check(session: AsyncSession, caller: Caller, channel: PublicationChannel) -> UUID:
    """Let a file be checked however long that takes; return the operation whose result is the report.

    Raises `ReportingIdentifierMissing` at once.
    """
    await get_publisher(session)
    operation_id = await start_operation(session, caller, CHECK)
    now = await real_now(session)
    await schedule_job(session, CHECK, operation_id, now, payload={"channel": channel})
    return operation_id


async def check_due(session: AsyncSession, job: Job) -> None:
    """Check the file, and end the operation with the report."""
    channel = PublicationChannel(job.payload["channel"])
    await allow_long_statements(session)

    async def check() -> dict[str, Any]:
        return describe_report(channel, await check_publication(session, channel)).model_dump(mode="json")

    await attempt_operation(session, job.subject, check)


def describe_report(channel: PublicationChannel, report: Report) -> PublicationCheckRead:
    """Return what the checks found, as it is read; each finding points at the record to mend."""
    return PublicationCheckRead(
        channel=channel,
        subjects=report.subjects,
        errors=report.errors,
        warnings=report.warnings,
        findings=[
            FindingRead(
                subject=Reference(id=f.subject.id, label=f.subject.code, href=f.subject.href)
                if f.subject
                else None,
                rule=f.rule,
                severity=f.severity,
                code=f.code,
                detail=f.detail,
            )
            for f in report.findings
        ],
    )


async def publish_file(session: AsyncSession, caller: Caller, channel: PublicationChannel) -> UUID:
    """Let the file be made, checked and published; return the operation that does it.

    Raises `ReportingIdentifierMissing` at once.
    """
    await get_publisher(session)
    record = PublicationRecord(channel=channel, state=PUBLICATION_LIFE.initial)
    session.add(record)
    await record_change(session, caller, "publication_record.created", record)
    operation_id = await start_operation(session, caller, PUBLISH)
    now = await real_now(session)
    await schedule_job(session, PUBLISH, operation_id, now, payload={"record": record.id})
    return operation_id


async def publish_due(session: AsyncSession, job: Job) -> None:
    """Make, check and publish the file of a record that is being prepared; refuse it where the checks say so."""
    record = await get_record(session, UUID(job.payload["record"]), lock=True)
    if record.state is not PublicationState.PREPARING:
        return
    channel, counts = record.channel, Report()
    await allow_long_statements(session)

    async def publish() -> dict[str, Any]:
        nonlocal counts
        counts = await store_file(session, record)
        refuse_errors(counts)
        return {"publication_record_id": str(record.id), "href": PATHS[channel]}

    await attempt_operation(session, job.subject, publish)
    await session.refresh(record)
    if record.size is None:
        await mark_refused(session, record, counts)


async def mark_refused(session: AsyncSession, record: PublicationRecord, counts: Report) -> None:
    """Say that the checks stand in the way of a publication."""
    record.state = PublicationState.REFUSED
    record.errors, record.warnings = counts.errors, counts.warnings
    await record_change(session, PUBLISHER, "publication_record.refused", record, ["state"])


async def store_file(session: AsyncSession, record: PublicationRecord) -> Report:
    """Write the file and let it take the place of the one before; what is read right now is kept once more.

    From then on it is looked at every day, and published anew when its content has changed.
    """
    now = await real_now(session)
    report, content = await make_file(session, record.channel, await get_publisher(session), now)
    digest, size = hashlib.sha256(), 0
    ordinal = 0
    async for part in _gathered(content):
        digest.update(part)
        size += len(part)
        session.add(PublicationPart(publication_id=record.id, ordinal=ordinal, content=part))
        await session.flush()
        ordinal += 1
    await forget_files(session, record.channel, PublicationState.SUPERSEDED)
    if before := await find_published(session, record.channel, lock=True):
        before.state = PublicationState.SUPERSEDED
        await record_change(session, PUBLISHER, "publication_record.superseded", before, ["state"])
    record.state = PublicationState.PUBLISHED
    record.sha256, record.size, record.published_at = digest.hexdigest(), size, now.astimezone(UTC)
    record.subjects, record.errors, record.warnings = report.subjects, report.errors, report.warnings
    await record_change(session, PUBLISHER, "publication_record.published", record, ["state", "sha256"])
    await schedule_job(session, RENEW, record.id, now + RENEWAL)
    return report


async def _gathered(content: AsyncIterable[bytes]) -> Any:
    held = bytearray()
    async for piece in content:
        held += piece
        if len(held) >= PART_BYTES:
            yield bytes(held)
            held.clear()
    if held:
        yield bytes(held)


def refuse_errors(report: Report) -> None:
    """Raise `PublicationRefused` where the checks found errors."""
    if report.errors:
        errors = [
            Fault(f.subject.href if f.subject else "/v1/agency", f.code, f"{f.detail} (rule {f.rule})")
            for f in report.findings
            if f.severity is Severity.ERROR
        ]
        raise PublicationRefused(
            f"{report.errors} things stand in the way; each error points at the record to mend.",
            errors=errors[:_MOST_FAULTS],
        )


async def withdraw_publication(
    session: AsyncSession, caller: Caller, record_id: UUID, reason: str
) -> PublicationRecord:
    """Take a file back; its address answers with the reason from now on, until a new one is published."""
    record = await get_record(session, record_id, lock=True)
    if not PUBLICATION_LIFE.may_become(record.state, PublicationState.WITHDRAWN):
        raise TransitionRefused(f"A publication that is {record.state} cannot be withdrawn.")
    record.state = PublicationState.WITHDRAWN
    record.withdrawn_at, record.withdrawn_reason = await real_now(session), reason
    await record_change(
        session, caller, "publication_record.withdrawn", record, ["state", "withdrawn_reason"]
    )
    await forget_files(session, record.channel, PublicationState.WITHDRAWN)
    return record
