"""Files as a room knows them: whose they are, what for, who may read them and what they are attached to.

A file that is attached to nothing goes after a day: its record says how long it is kept, and `purge_files` deletes
object and record when that time is over.
"""

from collections.abc import AsyncIterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, ClassVar, Final
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    DateTime,
    Index,
    Integer,
    Row,
    Table,
    Text,
    Uuid,
    delete,
    func,
    insert,
    null,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.ext.asyncio import AsyncSession

from services.common.audit import record_entry
from services.common.database import house, new_id
from services.common.file_purposes import FilePurpose, Visibility
from services.common.files import Files, new_file_name
from services.common.identity import Caller, Reach
from services.common.problems import (
    Fault,
    NotFound,
    PreconditionFailed,
    Problem,
    RequestInvalid,
    Title,
    title,
)
from services.common.sessions import Sessions

UNATTACHED_KEPT: Final = timedelta(days=1)

file: Final = Table(
    "file",
    house,
    Column("id", Uuid, primary_key=True),
    Column("version", Integer, nullable=False, server_default=text("1")),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=func.clock_timestamp()),
    Column("object_name", Text, nullable=False),
    Column("purpose", Text, nullable=False),
    Column("visibility", Text, nullable=False),
    Column("owner", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("media_type", Text),
    Column("size", BigInteger),
    Column("sha256", Text),
    Column("stored_at", DateTime(timezone=True)),
    Column("kept_until", DateTime(timezone=True)),
    Column("attached_kind", Text),
    Column("attached_id", Uuid),
    Index("ix_file_attached_id", "attached_id"),
    Index("ix_file_kept_until", "kept_until", postgresql_where=text("kept_until IS NOT NULL")),
)


class FileNotFound(NotFound):
    """There is no such file, it is not kept any more, or this caller may not read it."""

    slug: ClassVar[str] = "file-not-found"
    title: ClassVar[Title] = title(en="File not found", ru="Файл не найден", kk="Файл табылмады")


class FileNotAttachable(Problem):
    """The file is not the caller's, was uploaded for something else, or is attached already."""

    status: ClassVar[int] = 422
    slug: ClassVar[str] = "file-not-attachable"
    title: ClassVar[Title] = title(
        en="The file cannot be attached here",
        ru="Файл нельзя прикрепить здесь",
        kk="Файлды бұл жерге тіркеу мүмкін емес",
    )


@dataclass(frozen=True)
class Upload:
    """A file that is to be kept, and what its sender says of it."""

    name: str
    """What people call it; one clean line."""
    stream: AsyncIterable[bytes]
    visibility: Visibility | None = None
    """None: the purpose's usual one."""
    declared: str | None = None
    """The sender's media type, believed between kinds of plain text only."""


async def keep_file(
    sessions: Sessions,
    session: AsyncSession,
    files: Files,
    caller: Caller,
    purpose: FilePurpose,
    upload: Upload,
    *,
    kept: timedelta = UNATTACHED_KEPT,
) -> Row[Any]:
    """Store the file as the caller's, for `kept` unless something takes it, and return its record.

    Its place is committed first, so that what breaks off can be found and deleted. Raises RequestInvalid for a
    visibility that the purpose does not offer, FileTooLarge, FileTypeRefused, FileUnsafe or Unavailable.
    """
    visibility = upload.visibility or purpose.visibilities[0]
    if visibility not in purpose.visibilities:
        offered = ", ".join(purpose.visibilities)
        raise RequestInvalid(
            "See `errors`.", errors=[Fault("/visibility", "visibility", f"This purpose offers: {offered}.")]
        )
    id_, place = new_id(), new_file_name()
    async with sessions.transaction() as beforehand:
        row = {"id": id_, "object_name": place, "purpose": purpose.name, "visibility": visibility}
        row |= {"owner": caller.principal, "name": upload.name}
        kept_until = func.clock_timestamp() + kept
        await beforehand.execute(insert(file).values(row | {"kept_until": kept_until}))
    stored = await files.put(place, upload.stream, accept=purpose.accept, declared=upload.declared)
    facts = {"media_type": stored.media_type, "size": stored.size, "sha256": stored.sha256}
    made = await session.execute(
        update(file)
        .where(file.c.id == id_)
        .values(facts | {"stored_at": func.clock_timestamp()})
        .returning(*file.c)
    )
    await record_entry(session, caller, "file.stored", "file", id_, 1, ["purpose", "visibility"])
    return made.one()


async def get_file(session: AsyncSession, file_id: UUID, *, visible_to: Caller | None = None) -> Row[Any]:
    """Return the record of a stored file; raise `FileNotFound`.

    Without `visible_to` for whoever may read the thing that it is attached to.
    """
    query = select(file).where(file.c.id == file_id, _kept())
    if visible_to is not None:
        query = query.where(_visible(visible_to))
    row = (await session.execute(query)).one_or_none()
    if row is None:
        raise FileNotFound("There is no such file.")
    return row


async def attach_file(
    session: AsyncSession, caller: Caller, file_id: UUID, *, purpose: str, kind: str, subject_id: UUID
) -> Row[Any]:
    """Let the thing `subject_id` of `kind` keep the caller's file for good; raise `FileNotAttachable`."""
    mine = (file.c.owner == caller.principal) & (file.c.purpose == purpose) & file.c.attached_id.is_(None)
    attached = await session.execute(
        update(file)
        .where(file.c.id == file_id, _kept(), mine)
        .values(attached_kind=kind, attached_id=subject_id, kept_until=null(), version=file.c.version + 1)
        .returning(*file.c)
    )
    row = attached.one_or_none()
    if row is None:
        raise FileNotAttachable(f"Upload it for the purpose {purpose} first; a file is attached once.")
    await record_entry(session, caller, "file.attached", "file", row.id, row.version, ["attached_id"])
    return row


async def delete_file(session: AsyncSession, caller: Caller, file_id: UUID, expected_version: int) -> None:
    """Take an upload of the caller's back before anything took it; raise `FileNotFound`, `PreconditionFailed`."""
    own = select(file).where(file.c.id == file_id, _kept(), file.c.owner == caller.principal)
    row = (await session.execute(own.where(file.c.attached_id.is_(None)).with_for_update())).one_or_none()
    if row is None:
        raise FileNotFound("There is no such file of yours that is attached to nothing.")
    if row.version != expected_version:
        raise PreconditionFailed(f"The file is at version {row.version}.")
    await discard_files(session, caller, file.c.id == file_id)


async def discard_files_of(session: AsyncSession, caller: Caller, subject_ids: Sequence[UUID]) -> None:
    """Forget the files that are attached to these things; their content goes with the next purge."""
    await discard_files(session, caller, file.c.attached_id.in_(subject_ids))


async def discard_files(session: AsyncSession, caller: Caller, which: ColumnElement[bool]) -> None:
    """Forget these files: from now on nobody finds them, and the next purge deletes what they hold."""
    gone = await session.execute(
        update(file)
        .where(which, _kept())
        .values(kept_until=func.clock_timestamp(), version=file.c.version + 1)
        .returning(file.c.id, file.c.version)
    )
    for id_, version in gone.all():
        await record_entry(session, caller, "file.discarded", "file", id_, version)


async def list_past_files(session: AsyncSession, limit: int) -> Sequence[Row[UUID, str]]:
    """Return id and object name of up to `limit` files whose time is over."""
    over = select(file.c.id, file.c.object_name).where(file.c.kept_until <= func.clock_timestamp())
    return (await session.execute(over.limit(limit))).all()


async def delete_records(session: AsyncSession, ids: Sequence[UUID]) -> None:
    """Delete the records of files whose content is gone."""
    await session.execute(delete(file).where(file.c.id.in_(ids)))


def _kept() -> ColumnElement[bool]:
    return file.c.stored_at.is_not(None) & or_(
        file.c.kept_until.is_(None), file.c.kept_until > func.clock_timestamp()
    )


def _visible(caller: Caller) -> ColumnElement[bool]:
    if caller.reach is Reach.PUBLISHED:
        return file.c.visibility == Visibility.PUBLIC
    shown = [Visibility.PUBLIC, *([Visibility.INTERNAL] if caller.reach is Reach.ALL else [])]
    return file.c.visibility.in_(shown) | (file.c.owner == caller.principal)
