"""Files over HTTP, the same in every room: upload, record, content, links that work for a moment."""

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Form, Query, Request, Response, UploadFile, status
from pydantic import TypeAdapter, ValidationError

from services.common import file_records
from services.common.clock import real_now
from services.common.file_purposes import FilePurpose, Visibility
from services.common.file_records import FileNotFound, Upload
from services.common.files import FileTooLarge, FileTypeRefused, FileUnsafe
from services.common.http.callers import Caller
from services.common.http.downloads import RangeUnsatisfiable, files_of, send_file
from services.common.http.preconditions import ExpectedVersion
from services.common.http.problem_responses import problems
from services.common.http.routes import house_router
from services.common.http.sessions import ReadSession, WriteSession
from services.common.problems import CursorUnusable, Fault, RequestInvalid
from services.common.purge import hasten_file_purge
from services.common.wire import Answer, Code, Line, Resource
from services.common.wire import Request as RequestModel

LINK_LIFETIME: Final = timedelta(minutes=5)
_LONGEST_NAME: Final = 200
_LINE: Final = TypeAdapter[str](Line)


_BYTES: Final[dict[str, Any]] = {"application/octet-stream": {}}

LinkToken = Annotated[
    str | None,
    Query(max_length=500, description="What a link of the file carries instead of a credential."),
]


class FileUpload(RequestModel):
    """A file and what it is for."""

    file: UploadFile
    purpose: Code
    visibility: Visibility | None = None
    """Left out: the purpose's usual one."""


class FileRead(Resource):
    """What is known of a file."""

    name: str
    purpose: str
    visibility: Visibility
    media_type: str
    """Judged by its content."""
    size: int
    """Bytes."""
    sha256: str
    content: str
    """Where its content is read."""
    created_at: datetime
    kept_until: datetime | None
    """When it goes unless something takes it; null once it is attached."""


class FileLink(Answer):
    """An address that needs no credential."""

    href: str
    expires_at: datetime


class FilePurposeRead(Answer):
    """One thing that files are uploaded for."""

    name: str
    accept: dict[str, int]
    """Media type -> largest size in bytes."""
    visibilities: list[Visibility]
    """Which of them may be chosen; the first unless said."""


class FilePurposes(Answer):
    """Everything that files are uploaded for here."""

    items: list[FilePurposeRead]


def files_router(room: str, purposes: Sequence[FilePurpose]) -> APIRouter:
    """Return the router of a room's files, whose permissions are `file_permissions`."""
    router = house_router("files", f"/services/{room}")
    _add_records(router, room, {purpose.name: purpose for purpose in purposes})
    _add_contents(router, room)

    async def list_purposes(_: Caller) -> FilePurposes:
        """List what files are uploaded for here, with their types and largest sizes."""
        items = [{**vars(purpose), "accept": dict(purpose.accept)} for purpose in purposes]
        return FilePurposes.model_validate({"items": items})

    list_purposes.__name__ = f"list_{room}_file_purposes"
    router.add_api_route("/file-purposes", list_purposes, response_model=FilePurposes)
    return router


def _add_records(router: APIRouter, room: str, known: Mapping[str, FilePurpose]) -> None:
    async def create(
        request: Request,
        session: WriteSession,
        caller: Caller,
        upload: Annotated[FileUpload, Form(media_type="multipart/form-data")],
        response: Response,
    ) -> FileRead:
        """Upload a file; it goes after a day unless something is made to keep it."""
        if upload.purpose not in known:
            raise _fault("/purpose", f"Here files are for: {', '.join(sorted(known))}.")
        purpose, sent = known[upload.purpose], upload.file
        given = Upload(_clean_name(sent), _chunks(sent), upload.visibility, sent.content_type)
        sessions, files = request.app.state.sessions, files_of(request)
        record = await file_records.keep_file(sessions, session, files, caller, purpose, given)
        response.headers["Location"] = _address(room, record.id)
        return _read(room, record)

    async def read(session: ReadSession, caller: Caller, file_id: UUID) -> FileRead:
        """Read what is known of a file."""
        return _read(room, await file_records.get_file(session, file_id, visible_to=caller))

    async def delete(
        session: WriteSession, caller: Caller, file_id: UUID, version: ExpectedVersion
    ) -> Response:
        """Take an upload back before anything keeps it."""
        await file_records.delete_file(session, caller, file_id, version)
        await hasten_file_purge(session)
        return Response(status_code=status.HTTP_204_NO_CONTENT)

    create.__name__, read.__name__, delete.__name__ = (
        f"{verb}_{room}_file" for verb in ("create", "read", "delete")
    )
    refusals, absent = problems(FileTooLarge, FileTypeRefused, FileUnsafe), problems(FileNotFound)
    router.post("/files", response_model=FileRead, status_code=201, responses=refusals)(create)
    router.get("/files/{file_id}", response_model=FileRead, responses=absent)(read)
    router.delete("/files/{file_id}", status_code=204, responses=absent)(delete)


def _add_contents(router: APIRouter, room: str) -> None:
    async def read_content(
        request: Request, session: ReadSession, caller: Caller, file_id: UUID, link: LinkToken = None
    ) -> Response:
        """Read a file's content, whole or one range of it."""
        if link is None:
            return await send_file(request, await file_records.get_file(session, file_id, visible_to=caller))
        [expires] = request.app.state.cursors.read(link, _binding(room, file_id))
        if (await real_now(session)).timestamp() >= expires:
            raise FileNotFound("The link has expired; ask for another.")
        return await send_file(request, await file_records.get_file(session, file_id))

    async def create_link(request: Request, session: ReadSession, caller: Caller, file_id: UUID) -> FileLink:
        """Make an address of the file's content that works for five minutes without a credential."""
        record = await file_records.get_file(session, file_id, visible_to=caller)
        expires = int((await real_now(session) + LINK_LIFETIME).timestamp())
        link = request.app.state.cursors.write([expires], _binding(room, file_id))
        href = f"{_address(room, record.id)}/content?link={link}"
        return FileLink(href=href, expires_at=datetime.fromtimestamp(expires, UTC))

    read_content.__name__, create_link.__name__ = f"read_{room}_file_content", f"create_{room}_file_link"
    answers: dict[int | str, dict[str, Any]] = {
        200: {"description": "The file.", "content": _BYTES},
        206: {"description": "The part that was asked for.", "content": _BYTES},
    }
    refusals = problems(FileNotFound, CursorUnusable, RangeUnsatisfiable)
    router.get("/files/{file_id}/content", response_class=Response, responses=answers | refusals)(
        read_content
    )
    router.post(
        "/files/{file_id}/links", response_model=FileLink, status_code=201, responses=problems(FileNotFound)
    )(create_link)


def _address(room: str, file_id: UUID) -> str:
    return f"/v1/services/{room}/files/{file_id}"


def _binding(room: str, file_id: UUID) -> bytes:
    return f"file link {room} {file_id}".encode()


def _read(room: str, record: Any) -> FileRead:
    return FileRead.of(record, content=f"{_address(room, record.id)}/content")


def _clean_name(file: UploadFile) -> str:
    """Return the file's name without folders; raise `RequestInvalid` for one that cannot be shown."""
    name = (file.filename or "").replace("\\", "/").rpartition("/")[2]
    try:
        return _LINE.validate_python(name)[-_LONGEST_NAME:]
    except ValidationError as error:
        raise _fault("/file", "Expected a name of one line, without control characters.") from error


def _fault(pointer: str, detail: str) -> RequestInvalid:
    return RequestInvalid("See `errors`.", errors=[Fault(pointer, "value", detail)])


async def _chunks(file: UploadFile) -> AsyncIterator[bytes]:
    while chunk := await file.read(64 * 1024):
        yield chunk
