"""Handing mail over: into a folder of `.eml` files, or to a mail server.

The folder takes each message exactly once, since its file is named after it. A mail server takes it at least
once: if this process dies after the server accepted and before that is recorded, the message is sent again
with the same Message-ID, by which mailboxes recognize it. The other choice loses an invitation whenever a
process is stopped at the wrong moment; a second copy does no harm, for its code works once (RFC 1047).
"""

import asyncio
import os
from collections.abc import Awaitable, Callable
from contextlib import suppress
from email.message import EmailMessage
from enum import StrEnum
from functools import partial
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Final
from urllib.parse import unquote, urlsplit

import aiosmtplib
from pydantic import SecretStr


class Receipt(StrEnum):
    """What became of one attempt to hand a message over."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    """For good."""
    DELAYED = "delayed"
    """Worth another attempt."""


Deliver = Callable[[str, EmailMessage], Awaitable[Receipt]]
"""Hands over one message of this name; what it answers is all that is known, no failure is raised."""

_SMTP_SECONDS: Final = 20.0
"""For each answer of the mail server; other jobs of the process wait meanwhile."""


async def put_into_folder(folder: Path, name: str, mail: EmailMessage) -> Receipt:
    """Write `<name>.eml`, readable by us alone; writing it again changes nothing."""
    try:
        await asyncio.to_thread(_write, folder, name, mail.as_bytes())
    except OSError:
        return Receipt.DELAYED
    return Receipt.ACCEPTED


def mail_server(url: SecretStr) -> Deliver:
    """Return delivery to `smtp://[user:password@]host[:port]` or, with TLS from the first byte, `smtps://`.

    STARTTLS is used where the server offers it, and required where there is a password. Raises ValueError
    for another kind of address.
    """
    parts = urlsplit(url.get_secret_value())
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
        raise ValueError("the mail server is smtp://host or smtps://host")
    encrypted = parts.scheme == "smtps"
    return partial(
        _hand_over,
        partial(
            aiosmtplib.SMTP,
            hostname=parts.hostname,
            port=parts.port,
            username=unquote(parts.username) if parts.username else None,
            password=unquote(parts.password) if parts.password else None,
            use_tls=encrypted,
            start_tls=True if parts.username and not encrypted else None,
            timeout=_SMTP_SECONDS,
        ),
    )


async def _hand_over(connect: Callable[[], aiosmtplib.SMTP], _: str, mail: EmailMessage) -> Receipt:
    client = connect()
    try:
        await client.connect()
        await client.send_message(mail)
        with suppress(aiosmtplib.SMTPException, OSError):  # the mail is accepted, whatever follows
            await client.quit()
    except aiosmtplib.SMTPRecipientsRefused as refusal:
        return _verdict(refusal.recipients[0].code)
    except aiosmtplib.SMTPDataError as refusal:
        return _verdict(refusal.code)
    # A refused login or sender is the operator's mistake: the message waits until it is corrected.
    except (aiosmtplib.SMTPException, OSError):
        return Receipt.DELAYED
    finally:
        client.close()  # without a word, so that a process that is asked to stop does not wait for one
    return Receipt.ACCEPTED


def _verdict(code: int) -> Receipt:
    return Receipt.REFUSED if code >= 500 else Receipt.DELAYED


def _write(folder: Path, name: str, content: bytes) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=folder, prefix=".", delete=False) as draft:  # made with mode 0600
        draft.write(content)
        draft.flush()
        os.fsync(draft.fileno())
    Path(draft.name).replace(folder / f"{name}.eml")
