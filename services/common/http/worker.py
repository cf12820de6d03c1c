"""The bounded worker as a parameter of a route."""

from typing import Annotated

from fastapi import Depends, Request

from services.common.worker import WorkerPool


async def _worker(request: Request) -> WorkerPool:
    pool: WorkerPool = request.app.state.worker
    return pool


Worker = Annotated[WorkerPool, Depends(_worker)]
"""The app's pool: for uploads, expressions of users and documents; jobs take it from `app.state.worker`."""
