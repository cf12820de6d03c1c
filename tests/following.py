"""Waiting until what was written can be told to those who follow a list."""

import asyncio
from typing import Final

from tests.apps import Door

_UNTOLD: Final = (
    "SELECT count(*) FROM audit_entry"
    " WHERE changed_in >= pg_snapshot_xmin(pg_current_snapshot())::text::bigint"
)
_TRIES: Final = 600


async def everything_told(door: Door) -> None:
    """Wait for transactions that began before: other tests have theirs, in databases of the same cluster."""
    for _ in range(_TRIES):
        async with door.app.state.sessions.hot_reading() as reader:
            (untold,) = await reader.fetch_row(_UNTOLD, [])
        if not untold:
            return
        await asyncio.sleep(0.05)
    raise AssertionError("a transaction of another test does not end")
