"""How a route answers with a table."""

from collections.abc import AsyncIterator
from typing import Annotated, Any, Final

from fastapi import Query, Request
from sqlalchemy import Select
from starlette.responses import Response, StreamingResponse

from services.common.exports import stream_table
from services.common.tabular.writing import MEDIA_TYPES, TableFormat

Format = Annotated[TableFormat, Query(alias="format", description="How the table is written.")]

EXPORT: Final[dict[str, Any]] = {
    "response_class": Response,
    "responses": {
        200: {
            "description": "The table; its columns are those of an import where there is one.",
            "content": {media_type.partition(";")[0]: {} for media_type in MEDIA_TYPES.values()},
        }
    },
}
"""What every route of an export says of itself."""


async def send_table(
    request: Request, query: Select[*tuple[Any, ...]], noun: str, form: TableFormat
) -> Response:
    """Answer with all rows of `query`; what can be refused is refused before the answer begins."""
    stream = stream_table(request.app.state.sessions, query, form)
    first = await anext(stream)
    headers = {
        "Content-Disposition": f'attachment; filename="{noun}.{form}"',
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
    }
    return StreamingResponse(_continued(first, stream), headers=headers, media_type=MEDIA_TYPES[form])


async def _continued(first: bytes, stream: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield first
    async for part in stream:
        yield part
