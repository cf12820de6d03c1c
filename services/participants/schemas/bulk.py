"""Results of bulk requests, row by row."""

from collections.abc import Sequence
from uuid import UUID

from services.common.problems import Problem
from services.participants.schemas.applications import BulkResult, RowResult


def rows_of(results: Sequence[tuple[UUID, Problem | None]]) -> BulkResult:
    """Return what became of each row, in the order of the request."""
    return BulkResult(
        results=[
            RowResult(
                id=row_id,
                done=problem is None,
                code=None if problem is None else problem.slug,
                detail=None if problem is None else problem.detail,
            )
            for row_id, problem in results
        ]
    )
