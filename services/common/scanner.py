"""Asks a ClamAV daemon whether a file is clean, by its INSTREAM command (clamd(8))."""

import asyncio
import struct
from collections.abc import AsyncIterator
from typing import Final
from urllib.parse import urlsplit

from services.common.files import Scan
from services.common.problems import Unavailable

SECONDS: Final = 60.0
_LENGTH: Final = struct.Struct("!L")


def clamd_scanner(address: str) -> Scan:
    """Return the scan by the daemon at `unix:/path` or `tcp://host:port`.

    It raises `Unavailable` where no verdict comes: what was not looked at is not taken.
    """

    async def scan(content: AsyncIterator[bytes]) -> bool:
        try:
            async with asyncio.timeout(SECONDS):
                verdict = await _ask(address, content)
        except (OSError, TimeoutError, asyncio.IncompleteReadError) as error:
            raise Unavailable("The scanner of files does not answer; try again shortly.") from error
        if verdict == b"stream: OK":
            return True
        if verdict.endswith(b" FOUND"):
            return False
        raise Unavailable("The scanner of files could not judge; try again shortly.")

    return scan


async def _ask(address: str, content: AsyncIterator[bytes]) -> bytes:
    reader, writer = await _open(address)
    try:
        writer.write(b"zINSTREAM\0")
        async for chunk in content:
            writer.writelines((_LENGTH.pack(len(chunk)), chunk))
            await writer.drain()
        writer.write(_LENGTH.pack(0))
        await writer.drain()
        return (await reader.readuntil(b"\0")).removesuffix(b"\0")
    finally:
        writer.close()


async def _open(address: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    if address.startswith("unix:"):
        return await asyncio.open_unix_connection(address.removeprefix("unix:"))
    place = urlsplit(address)
    return await asyncio.open_connection(place.hostname, place.port)
