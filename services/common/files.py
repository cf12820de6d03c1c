"""Where uploaded and generated files are kept: a folder, or any object store that a URL names.

Objects have random names; whose they are, what they are called and who may read them stands in the database.
Choose the name, commit it, then put the object: one that was never finished can then be found and deleted.
"""

import asyncio
import hashlib
import os
import secrets
from collections.abc import AsyncIterable, AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Final
from urllib.parse import urlsplit
from urllib.request import url2pathname

import obstore
from obstore.exceptions import BaseError
from obstore.store import LocalStore, from_url

from services.common.media_types import (
    HEAD_BYTES,
    TAIL_BYTES,
    UNKNOWN,
    ZIP,
    find_directory,
    judge,
    judge_zip,
    resolve_text,
)
from services.common.problems import NotFound, Problem, Title, Unavailable, title

CHUNK_BYTES: Final = 64 * 1024


class FileTooLarge(Problem):
    """The file is larger than its type may be for this purpose."""

    status: ClassVar[int] = 413
    slug: ClassVar[str] = "file-too-large"
    title: ClassVar[Title] = title(en="The file is too large", ru="Файл слишком большой", kk="Файл тым үлкен")


class FileTypeRefused(Problem):
    """The file's content is of a type that this purpose does not take, whatever its name says."""

    status: ClassVar[int] = 415
    slug: ClassVar[str] = "file-type-refused"
    title: ClassVar[Title] = title(
        en="Files of this type are not accepted",
        ru="Файлы этого типа не принимаются",
        kk="Мұндай файл түрі қабылданбайды",
    )


class FileUnsafe(Problem):
    """The scanner of the operator refuses the file."""

    status: ClassVar[int] = 422
    slug: ClassVar[str] = "file-unsafe"
    title: ClassVar[Title] = title(
        en="The file was found unsafe", ru="Файл признан небезопасным", kk="Файл қауіпті деп танылды"
    )


@dataclass(frozen=True)
class StoredFile:
    """What is known of an object once it is stored."""

    name: str
    size: int
    """Bytes."""
    sha256: str
    """Hexadecimal digest of its content."""
    media_type: str
    """Judged by its content."""


Scan = Callable[[AsyncIterator[bytes]], Awaitable[bool]]
"""Reads a stored file and says whether it is clean."""


def new_file_name() -> str:
    """Return a name that nobody can guess, in one of 256 folders."""
    token = secrets.token_hex(16)
    return f"{token[:2]}/{token[2:]}"


class Files:
    """A store of files. Raises `Unavailable` while it does not answer or is full."""

    def __init__(self, url: str, *, scan: Scan | None = None) -> None:
        """Open the store at `url`: `file:///folder`, `s3://bucket/prefix`, ...; keys come from the environment.

        `scan` is asked about each uploaded file; by default none is.
        """
        if url.startswith("file:"):
            Path(url2pathname(urlsplit(url).path)).mkdir(mode=0o700, parents=True, exist_ok=True)
        self._store = from_url(url)
        self._scan = scan

    async def put(
        self,
        name: str,
        stream: AsyncIterable[bytes],
        *,
        accept: Mapping[str, int],
        declared: str | None = None,
    ) -> StoredFile:
        """Store what `stream` brings, durably; nothing is left of a file that is refused or breaks off.

        `accept` maps media types to their largest sizes in bytes; `declared` is the sender's media type and
        decides between kinds of plain text only. Raises FileTooLarge (as soon as that is known),
        FileTypeRefused or FileUnsafe.
        """
        intake = _Intake(stream, max(accept.values()))
        try:
            with _translated_errors():
                await obstore.put_async(self._store, name, intake.read())
            media_type = await self._judge(name, intake, accept, declared)
            await self._admit(name, intake.size, media_type, accept)
            await self._make_durable(name)
        except BaseException:
            await self.delete(name)
            raise
        return StoredFile(name, intake.size, intake.digest.hexdigest(), media_type)

    async def open_range(self, name: str, start: int = 0, end: int | None = None) -> AsyncIterator[bytes]:
        """Return the bytes from `start` up to, not including, `end`; raise NotFound if there is no such file.

        The range must lie within the file and not be empty.
        """
        with _translated_errors():
            found = await obstore.get_async(
                self._store, name, options={"range": {"offset": start} if end is None else (start, end)}
            )
        return _stream(found)

    async def read(self, name: str) -> bytes:
        """Return all of a file that is small by its purpose; raise NotFound if there is none."""
        return b"".join([chunk async for chunk in await self.open_range(name)])

    async def delete(self, name: str) -> None:
        """Delete a file; nothing happens if there is none, whichever store it is."""
        with _translated_errors():
            try:
                await obstore.delete_async(self._store, name)
            except FileNotFoundError:
                return

    async def _judge(
        self, name: str, intake: "_Intake", accept: Mapping[str, int], declared: str | None
    ) -> str:
        media_type = judge(bytes(intake.head))
        if media_type == ZIP:
            tail = await self._read(name, max(0, intake.size - TAIL_BYTES), intake.size)
            place = find_directory(intake.size, tail)
            return judge_zip(await self._read(name, *place)) if place else UNKNOWN
        return resolve_text(declared, accept) if media_type == "text/plain" else media_type

    async def _admit(self, name: str, size: int, media_type: str, accept: Mapping[str, int]) -> None:
        if media_type not in accept:
            raise FileTypeRefused(f"Accepted are: {', '.join(sorted(accept))}.")
        if size > accept[media_type]:
            raise FileTooLarge(f"At most {accept[media_type]} bytes are accepted.")
        if self._scan and not await self._scan(await self.open_range(name)):
            raise FileUnsafe("It was not stored.")

    async def _read(self, name: str, start: int, end: int) -> bytes:
        with _translated_errors():
            return bytes(await obstore.get_range_async(self._store, name, start=start, end=end))

    async def _make_durable(self, name: str) -> None:
        # An object store keeps what it has acknowledged; a folder may lose it with the power.
        if isinstance(self._store, LocalStore) and self._store.prefix is not None:
            await asyncio.to_thread(_sync, self._store.prefix / name, self._store.prefix)


class _Intake:
    """Counts, digests and remembers the beginning of what passes through."""

    def __init__(self, stream: AsyncIterable[bytes], limit: int) -> None:
        self.size = 0
        self.head = bytearray()
        self.digest = hashlib.sha256()
        self._stream = stream
        self._limit = limit

    async def read(self) -> AsyncIterator[bytes]:
        async for chunk in self._stream:
            self.size += len(chunk)
            if self.size > self._limit:
                raise FileTooLarge(f"At most {self._limit} bytes are accepted.")
            self.digest.update(chunk)
            self.head += chunk[: HEAD_BYTES - len(self.head)]
            yield chunk


async def _stream(found: "obstore.GetResult") -> AsyncIterator[bytes]:
    with _translated_errors():
        async for chunk in found.stream(min_chunk_size=CHUNK_BYTES):
            yield chunk


@contextmanager
def _translated_errors() -> Iterator[None]:
    try:
        yield
    except FileNotFoundError as error:
        raise NotFound("There is no such file.") from error
    except (BaseError, OSError) as error:
        raise Unavailable("The store of files does not answer or is full; try again shortly.") from error


def _sync(path: Path, root: Path) -> None:
    path.chmod(0o600)
    for place in (path, path.parent, root):
        handle = os.open(place, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
