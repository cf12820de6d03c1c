"""Paging as parameters of a route."""

import hashlib
from dataclasses import replace
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import Depends, Query, Request

from services.common.changes import START, THE_START, Position
from services.common.http.callers import Caller
from services.common.identity import Reach
from services.common.lists import Offers, with_wishes
from services.common.pagination import DEFAULT_LIMIT, MAX_LIMIT, PageRequest

_NOT_FILTERS = {"limit", "cursor", "count", "facets", "updated_since", "fields"}


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


async def _followed_request(
    page: Paging,
    caller: Caller,
    updated_since: Annotated[
        str | None,
        Query(
            max_length=2000,
            description="Tell what changed, in the order of the changes: `start` for everything, later "
            "`changes.until` of the answer before. No time, which would miss changes that take theirs.",
        ),
    ] = None,
) -> PageRequest:
    if updated_since is None:
        return page
    binding = b"changes " + page.binding
    token = page.cursor or (None if updated_since == START else updated_since)
    since = THE_START if token is None else Position.read(page.cursors.read(token, binding))
    return replace(page, since=since, binding=binding, tells_gone=caller.reach is Reach.ALL)


Following = Annotated[PageRequest, Depends(_followed_request)]
"""The paging of a list whose answer is a `wire.FollowedPage`."""


def listing(shape: Offers) -> Any:
    """Return the dependency of a list's route: its paging with the orders and facets that `shape` offers."""
    sorts, facets_ = ", ".join(shape.sorts), ", ".join(shape.facets)

    async def _list_request(
        page: Following,
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
