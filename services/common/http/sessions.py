"""Sessions as parameters of a route: one request, one transaction.

`scope="function"` makes the commit happen before the response is sent: FastAPI's default runs it
afterwards, so a caller could be told 201 for a row that never was.
"""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends, Request
from sqlalchemy.ext.asyncio import AsyncSession

from services.common.http.callers import Caller
from services.common.http.replays import attempt_of, remember_session, replay_if_known
from services.common.sessions import HotReader


async def begin_writing(request: Request, caller: Caller) -> AsyncIterator[AsyncSession]:
    """Yield the transaction of a request; raise `Replayed` where its `Idempotency-Key` is known."""
    attempt = attempt_of(request, caller)
    async with request.app.state.sessions.transaction() as session:
        if attempt is not None:
            await replay_if_known(session, attempt)
            remember_session(request, session, attempt)
        yield session


async def _reading(request: Request, _: Caller) -> AsyncIterator[AsyncSession]:
    async with request.app.state.sessions.reading() as session:
        yield session


async def _hot_reading(request: Request, _: Caller) -> AsyncIterator[HotReader]:
    async with request.app.state.sessions.hot_reading() as reader:
        yield reader


WriteSession = Annotated[AsyncSession, Depends(begin_writing, scope="function")]
ReadSession = Annotated[AsyncSession, Depends(_reading, scope="function")]
HotRead = Annotated[HotReader, Depends(_hot_reading, scope="function")]
"""What a list of `services.common.lists` is read with."""
