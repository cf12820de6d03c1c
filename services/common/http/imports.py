"""How a route accepts an import: 202, with the operation that follows it."""

from typing import Any, Final

from fastapi import Depends, Response, status
from sqlalchemy.ext.asyncio import AsyncSession

from services.common.file_records import FileNotAttachable
from services.common.http.problem_responses import problems
from services.common.http.replays import require_idempotency_key
from services.common.identity import Caller
from services.common.imports import Import, ImportRequest, start_import
from services.common.operations import OperationRead, get_operation

ACCEPTED: Final[dict[str, Any]] = {
    "response_model": OperationRead,
    "status_code": status.HTTP_202_ACCEPTED,
    "responses": problems(FileNotAttachable),
    "dependencies": [Depends(require_idempotency_key)],
}
"""What every route of an import says of itself."""


async def accept_import(
    session: AsyncSession,
    caller: Caller,
    importing: Import,
    request: ImportRequest,
    response: Response,
    *,
    room: str,
) -> OperationRead:
    """Start the import and answer with the operation that tells how far it is and what came of it."""
    operation_id = await start_import(session, caller, importing, request)
    response.headers["Location"] = f"/v1/services/{room}/operations/{operation_id}"
    return await get_operation(session, operation_id, visible_to=caller)
