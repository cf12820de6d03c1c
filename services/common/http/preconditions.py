"""Preconditions as parameters of a route."""

from typing import Annotated

from fastapi import Depends, Header

from services.common.preconditions import read_if_match


async def _expected_version(
    if_match: Annotated[
        str | None, Header(description="The ETag of the version that the change is based on.")
    ] = None,
) -> int:
    return read_if_match(if_match)


ExpectedVersion = Annotated[int, Depends(_expected_version)]
"""The version named in `If-Match`; without one the answer is 428."""
