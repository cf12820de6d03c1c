"""What this room does for itself every day."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from services.participants.db.messages import forget_old_messages
from services.participants.domain.messages import FILES_KEPT
from services.participants.operations.messages import end_stranded_messages

_BATCH: Final = 5_000


async def tend_messages(session: AsyncSession, folder: Path | None) -> bool:
    """End messages that nobody sends any more and forget old ones, with their files; say whether more is left."""
    await end_stranded_messages(session)
    if folder is not None:
        await asyncio.to_thread(_forget_files, folder, datetime.now(UTC) - FILES_KEPT)
    return await forget_old_messages(session, _BATCH)


def _forget_files(folder: Path, before: datetime) -> None:
    for file in folder.glob("*.eml"):
        if file.stat().st_mtime < before.timestamp():
            file.unlink(missing_ok=True)
