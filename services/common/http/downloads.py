"""Sends a stored file, whole or in part (RFC 9110 section 14), so that no browser takes it for a page of ours."""

import re
from typing import Any, ClassVar, Final
from urllib.parse import quote

from fastapi import Request
from sqlalchemy import Row
from starlette.responses import Response, StreamingResponse

from services.common.file_purposes import Visibility
from services.common.files import Files
from services.common.preconditions import is_fresh
from services.common.problems import Problem, Title, Unavailable, title

_RANGE: Final = re.compile(r"bytes=([0-9]{0,18})-([0-9]{0,18})")


class RangeUnsatisfiable(Problem):
    """The part asked for lies outside the file."""

    status: ClassVar[int] = 416
    slug: ClassVar[str] = "range-unsatisfiable"
    title: ClassVar[Title] = title(
        en="The file has no such part", ru="В файле нет такой части", kk="Файлда мұндай бөлік жоқ"
    )


def files_of(request: Request) -> Files:
    """Return the room's store of files; raise `Unavailable` where none is configured."""
    files: Files | None = request.app.state.files
    if files is None:
        raise Unavailable("No place for files is configured (QOLDAU_FILES).")
    return files


async def send_file(request: Request, record: Row[Any]) -> Response:
    """Answer with the file of `record`: 200, 206 for one range, 304; several ranges are answered by all of it.

    Raises `RangeUnsatisfiable`. The caller has checked who may read it.
    """
    etag = f'"{record.sha256[:32]}"'
    headers = {
        "Accept-Ranges": "bytes",
        "ETag": etag,
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(record.name, safe='')}",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "X-Content-Type-Options": "nosniff",
    }
    if record.visibility != Visibility.PUBLIC:
        headers["Cache-Control"] = "no-store"
    if is_fresh(request.headers.get("if-none-match"), etag):
        return Response(status_code=304, headers=headers)
    wanted = request.headers.get("range")
    if request.headers.get("if-range", etag) != etag:
        wanted = None
    part = _part(wanted, record.size) if wanted else None
    start, end = part or (0, record.size)
    headers["Content-Length"] = str(end - start)
    if part:
        headers["Content-Range"] = f"bytes {start}-{end - 1}/{record.size}"
    content = await files_of(request).open_range(record.object_name, start, end)
    return StreamingResponse(content, 206 if part else 200, headers, media_type=record.media_type)


def _part(wanted: str, size: int) -> tuple[int, int] | None:
    """Return start and end (exclusive) of the range that is asked for; None for what may be ignored."""
    match = _RANGE.fullmatch(wanted.replace(" ", ""))
    if match is None or match[0] == "bytes=-":
        return None
    first, last = match.groups()
    if first and last and int(first) > int(last):
        return None
    start = int(first) if first else max(0, size - int(last))
    end = min(size, int(last) + 1) if first and last else size
    if start >= end:
        problem = RangeUnsatisfiable(f"The file has {size} bytes.")
        raise problem.with_headers(Content_Range=f"bytes */{size}")
    return start, end
