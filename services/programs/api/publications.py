"""Routes of publishing: profiles, checks, records, and the files at their addresses."""

from collections.abc import AsyncIterator
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import Header, Request, Response, status
from fastapi.responses import StreamingResponse

from services.common.http.callers import Caller
from services.common.http.paging import Following, Paging
from services.common.http.problem_responses import problems
from services.common.http.routes import PUBLIC_CACHING, house_router
from services.common.http.sessions import ReadSession, WriteSession
from services.common.sessions import Sessions
from services.common.wire import Code, FollowedPage, Page
from services.programs.db import publications as questions
from services.programs.db.publication_tables import PublicationProfile, PublicationRecord
from services.programs.domain.activities import ActivityKind
from services.programs.domain.problems import (
    NotPublished,
    PublicationWithdrawn,
    ReportingIdentifierMissing,
    SubjectNotFound,
    TransitionRefused,
)
from services.programs.domain.publications import (
    MEDIA_TYPES,
    OPEN_DATA,
    PATHS,
    PublicationChannel,
    PublicationState,
)
from services.programs.operations import publications as operations
from services.programs.schemas.publications import (
    PublicationAccepted,
    PublicationCheckRead,
    PublicationProfileRead,
    PublicationProfileWrite,
    PublicationRecordRead,
    PublicationRequest,
    PublicationWithdrawal,
)

router = house_router("publications", "")


def _file(*media_types: str) -> dict[int | str, dict[str, Any]]:
    content = {media_type: {"schema": {"type": "string"}} for media_type in media_types}
    return {200: {"description": "The file as it was published.", "content": content}} | problems(
        NotPublished, PublicationWithdrawn
    )


_XML: Final = _file("application/xml")
_CSV: Final = _file("text/csv")
_TABLE: Final = _file("text/csv", "application/jsonl", "application/ld+json")
_OPEN_DATA: Final = {path.rpartition("/")[2]: channel for channel, path in PATHS.items() if OPEN_DATA in path}


@router.get("/publication-profiles", response_model=Page[PublicationProfileRead])
async def list_publication_profiles(
    session: ReadSession,
    _: Caller,
    page: Paging,
    subject_kind: ActivityKind | None = None,
    withheld: bool | None = None,  # noqa: FBT001  a query parameter, always named
) -> object:
    """List what publishing knows of records, or which records are withheld from it."""
    return await questions.list_profiles(session, page, kind=subject_kind, withheld=withheld)


@router.get(
    "/publication-profiles/{subject_kind}/{subject_id}",
    response_model=PublicationProfileRead,
    responses=problems(SubjectNotFound),
)
async def read_publication_profile(
    session: ReadSession, _: Caller, subject_kind: ActivityKind, subject_id: UUID
) -> PublicationProfile:
    """Read what only publishing needs to know of a record."""
    return await questions.get_profile(session, subject_kind, subject_id)


@router.put(
    "/publication-profiles/{subject_kind}/{subject_id}",
    response_model=PublicationProfileRead,
    responses=problems(SubjectNotFound),
)
async def put_publication_profile(
    session: WriteSession,
    caller: Caller,
    subject_kind: ActivityKind,
    subject_id: UUID,
    request: PublicationProfileWrite,
    if_match: Annotated[
        str | None,
        Header(description="The ETag of the version that the change is based on; not the first time."),
    ] = None,
) -> PublicationProfile:
    """Say what publishing needs to know of a record: shares, markers, targets, documents, or to leave it out."""
    return await operations.put_publication_profile(
        session, caller, subject_kind, subject_id, request, if_match
    )


@router.get(
    "/publication-checks/{channel}",
    response_model=PublicationCheckRead,
    responses=problems(ReportingIdentifierMissing),
)
async def check_publication(
    session: ReadSession, _: Caller, channel: PublicationChannel
) -> PublicationCheckRead:
    """Check a file as it would be published now; each finding points at the record to mend.

    The whole file is made for it. Where a portfolio is too large for the time of one request, start the check with
    `POST /v1/publication-checks` instead.
    """
    return operations.describe_report(channel, await operations.check_publication(session, channel))


@router.post(
    "/publication-checks",
    response_model=PublicationAccepted,
    status_code=status.HTTP_202_ACCEPTED,
    responses=problems(ReportingIdentifierMissing),
)
async def start_publication_check(
    session: WriteSession, caller: Caller, request: PublicationRequest, response: Response
) -> PublicationAccepted:
    """Check a file of any size; the report is the result of the operation, in the shape of the short check."""
    operation_id = await operations.start_publication_check(session, caller, request.channel)
    return _accepted(response, operation_id)


def _accepted(response: Response, operation_id: UUID) -> PublicationAccepted:
    href = f"/v1/services/programs/operations/{operation_id}"
    response.headers["Location"] = href
    return PublicationAccepted(operation_id=operation_id, href=href)


@router.post(
    "/publication-records",
    response_model=PublicationAccepted,
    status_code=status.HTTP_202_ACCEPTED,
    responses=problems(ReportingIdentifierMissing),
)
async def publish_file(
    session: WriteSession, caller: Caller, request: PublicationRequest, response: Response
) -> PublicationAccepted:
    """Make a file, check it and publish it at its address; the operation fails where a check finds an error.

    A file that stands is looked at every day and published anew, as a record of its own, when its content changed.
    """
    return _accepted(response, await operations.publish_file(session, caller, request.channel))


@router.get("/publication-records", response_model=FollowedPage[PublicationRecordRead])
async def list_publication_records(
    session: ReadSession,
    _: Caller,
    page: Following,
    channel: PublicationChannel | None = None,
    state: PublicationState | None = None,
) -> FollowedPage[PublicationRecordRead]:
    """List what was published when, the latest first, with digests; `state=published` asks for what stands now."""
    rows = await questions.list_records(session, page, channel=channel, state=state)
    items = [_record(record) for record in rows.items]
    return FollowedPage[PublicationRecordRead].of(rows, items=items)


@router.get(
    "/publication-records/{publication_record_id}",
    response_model=PublicationRecordRead,
    responses=problems(SubjectNotFound),
)
async def read_publication_record(
    session: ReadSession, _: Caller, publication_record_id: UUID
) -> PublicationRecordRead:
    """Read one publication."""
    return _record(await questions.get_record(session, publication_record_id))


@router.post(
    "/publication-records/{publication_record_id}/withdrawal",
    response_model=PublicationRecordRead,
    responses=problems(SubjectNotFound, TransitionRefused),
)
async def withdraw_publication(
    session: WriteSession, caller: Caller, publication_record_id: UUID, request: PublicationWithdrawal
) -> PublicationRecordRead:
    """Take a file back; its address answers 410 with the reason until a new one is published."""
    record = await operations.withdraw_publication(session, caller, publication_record_id, request.reason)
    return _record(record)


def _record(record: PublicationRecord) -> PublicationRecordRead:
    return PublicationRecordRead.of(record, address=PATHS[record.channel])


@router.get("/publications/iati/activities.xml", response_class=Response, responses=_XML)
async def read_iati_activities(session: ReadSession, request: Request) -> Response:
    """Read the IATI 2.03 activity file as it was published last."""
    return await _serve(session, request, PublicationChannel.IATI_ACTIVITIES)


@router.get("/publications/iati/organisation.xml", response_class=Response, responses=_XML)
async def read_iati_organisation(session: ReadSession, request: Request) -> Response:
    """Read the IATI 2.03 organisation file as it was published last."""
    return await _serve(session, request, PublicationChannel.IATI_ORGANISATION)


@router.get("/publications/crs.csv", response_class=Response, responses=_CSV)
async def read_crs_file(session: ReadSession, request: Request) -> Response:
    """Read aid in the shape of the OECD's Creditor Reporting System: a row per activity, recipient and year."""
    return await _serve(session, request, PublicationChannel.CRS)


@router.get("/publications/tossd.csv", response_class=Response, responses=_CSV)
async def read_tossd_file(session: ReadSession, request: Request) -> Response:
    """Read support in the shape of TOSSD: a row per activity, recipient and year."""
    return await _serve(session, request, PublicationChannel.TOSSD)


@router.get("/publications/open-data/{file_name}", response_class=Response, responses=_TABLE)
async def read_open_data_file(session: ReadSession, request: Request, file_name: Code) -> Response:
    """Read open data: `activities`, `transactions`, `organizations` as `.csv` or `.jsonl`; `activities.jsonld`."""
    if file_name not in _OPEN_DATA:
        raise NotPublished("There is no such file.")
    return await _serve(session, request, _OPEN_DATA[file_name])


async def _serve(session: ReadSession, request: Request, channel: PublicationChannel) -> Response:
    """Return the channel's file, streamed; 304 where the reader has it already."""
    record = await questions.get_published(session, channel)
    etag = f'"{record.sha256}"'
    headers = {"ETag": etag, "Cache-Control": PUBLIC_CACHING, "X-Content-Type-Options": "nosniff"}
    if request.headers.get("if-none-match") == etag:
        return Response(status_code=status.HTTP_304_NOT_MODIFIED, headers=headers)
    headers["Content-Length"] = str(record.size)
    content = _read_parts(request.app.state.sessions, record.id)
    return StreamingResponse(content, media_type=MEDIA_TYPES[channel], headers=headers)


async def _read_parts(sessions: Sessions, record_id: UUID) -> AsyncIterator[bytes]:
    """Read with a session of its own: the request's is closed before the first byte leaves."""
    async with sessions.reading() as session:
        async for part in questions.read_parts(session, record_id):
            yield part
