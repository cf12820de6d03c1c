"""The end of an erasure: keys, files and letters, which no transaction can take back."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.common.file_records import delete_records, list_past_files
from services.common.files import Files
from services.common.keystore import KeyStore
from services.common.problems import Unavailable
from services.common.sessions import Sessions
from services.participants.db.privacy import find_erasure
from services.participants.operations.erasures import note_keys_destroyed

PERSON_KEYS = "person"
"""The kind of the key under which a person's sensitive block is encrypted."""
_BATCH = 500


async def finish_erasure(
    sessions: Sessions,
    session: AsyncSession,
    erasure_id: UUID,
    keys: KeyStore | None,
    files: Files | None,
    letters: Path | None,
) -> None:
    """Destroy the keys of an approved erasure, and the files and letters that it discarded; may be repeated.

    `session` must not have begun. Raises `Unavailable` while the key store is away, so that it is tried again.
    """
    async with sessions.transaction() as before:
        erasure = await find_erasure(before, erasure_id)
        if erasure is None:
            return
        subjects, names = list(erasure.subjects), list(erasure.letters)
    if keys is None:
        raise Unavailable("No key store is configured for this service.")
    for subject in subjects:
        await keys.destroy_key(PERSON_KEYS, subject)
    if letters is not None:
        await asyncio.to_thread(_delete_letters, letters, names)
    if files is not None:
        await _delete_discarded(sessions, files)
    await note_keys_destroyed(session, erasure_id)


async def _delete_discarded(sessions: Sessions, files: Files) -> None:
    async with sessions.transaction() as before:
        past = await list_past_files(before, _BATCH)
    for row in past:
        await files.delete(row.object_name)
    async with sessions.transaction() as after:
        await delete_records(after, [row.id for row in past])


def _delete_letters(folder: Path, names: Sequence[str]) -> None:
    for name in names:
        (folder / f"{name}.eml").unlink(missing_ok=True)
