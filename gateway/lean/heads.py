"""The heads of plain reads: which bytes are one, and what its fields are.

The fields are read by the parser that the server uses for everything, so there are no two opinions of where a
field begins or a request ends. The first line is taken only where it could not be read in two ways.
"""

import re
from dataclasses import dataclass, field
from typing import Final

import httptools

from gateway.connections import Header
from gateway.proxy import named_by_connection

LINE: Final = re.compile(
    rb"(?P<method>GET|HEAD) (?P<target>(?P<path>/[!-\"$->@-~]*)(?:\?[!-\"$-~]+)?)\?? HTTP/1\.1\r\n"
)
"""The first line of a read whose target is visible ASCII without a fragment; an empty query is left out."""

_END: Final = b"\r\n\r\n"
_UNUSUAL: Final = frozenset(
    {b"content-length", b"expect", b"idempotency-key", b"origin", b"transfer-encoding", b"upgrade"}
)
"""Fields of requests that are left to the app."""


@dataclass(slots=True)
class Fields:
    """The fields of a head, names in lower case; takes what the parser tells."""

    headers: list[Header] = field(default_factory=list)
    requests: int = 0
    """How many have been read to their end."""

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a field."""
        self.headers.append((name.lower(), value))

    def on_message_complete(self) -> None:
        """Note that the request ends with its head."""
        self.requests += 1


@dataclass(frozen=True, slots=True)
class FieldBlock:
    """Everything of a head after its first line."""

    raw: bytes
    headers: list[Header]
    keep_alive: bool
    """Whether the client asks the connection to be kept."""


def read_block(raw: bytes) -> FieldBlock | None:
    """Read the fields of one request without a body; None if `raw` is anything else, or has an unusual field."""
    if raw.startswith(b"\r\n") or raw.find(_END) != len(raw) - len(_END):
        return None
    fields = Fields()
    parser = httptools.HttpRequestParser(fields)
    try:
        parser.feed_data(b"GET / HTTP/1.1\r\n" + raw)
    except (httptools.HttpParserError, httptools.HttpParserUpgrade):
        return None
    if fields.requests != 1 or not _UNUSUAL.isdisjoint(dict(fields.headers)):
        return None
    return FieldBlock(raw, fields.headers, b"close" not in named_by_connection(fields.headers))
