"""Paging as parameters of a route."""

import hashlib
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import Depends, Query, Request

from services.common.http.callers import Caller
from services.common.lists import ListShape, with_wishes
from services.common.pagination import DEFAULT_LIMIT, MAX_LIMIT, PageRequest

_NOT_FILTERS = {"limit", "cursor", "count"}


async def _page_request(
    request: Request,
    caller: Caller,
    limit: Annotated[int, Query(ge=1, le=MAX_LIMIT, description="How many items at most.")] = DEFAULT_LIMIT,
    cursor: Annotated[
        str | None, Query(max_length=2000, description="`next_cursor` of the part before.")
    ] = None,
    count: Annotated[bool, Query(description="Also count how many there are in all.")] = False,  # noqa: FBT002  a query parameter
) -> PageRequest:
    filters = sorted(pair for pair in request.query_params.multi_items() if pair[0] not in _NOT_FILTERS)
    binding = hashlib.sha256(
        f"{request.scope['path']}?{urlencode(filters)} {caller.principal}".encode()
    ).digest()
    return PageRequest(
        limit=limit, cursor=cursor, count=count, binding=binding, cursors=request.app.state.cursors
    )


Paging = Annotated[PageRequest, Depends(_page_request)]


def listing(shape: ListShape) -> Any:
    """Return the dependency of a list's route: its paging with the orders and facets that `shape` offers."""
    sorts, facets_ = ", ".join(shape.sorts), ", ".join(shape.facets)

    async def _list_request(
        page: Paging,
        sort: Annotated[
            str | None,
            Query(max_length=200, description=f"Names with commas between, `-` for descending; of: {sorts}."),
        ] = None,
        facets: Annotated[
            str | None,
            Query(max_length=200, description=f"What to count beside, with commas between; of: {facets_}."),
        ] = None,
    ) -> PageRequest:
        return with_wishes(page, shape, sort, facets)

    return Depends(_list_request)
