"""Which addresses a webhook may be sent to: public ones, and networks that the operator has allowed.

A request to an address of the inside would let whoever enters an endpoint look around there (SSRF). What decides is
the numeric address that the connection goes to, never the name or its spelling.
"""

import socket
from collections.abc import Awaitable, Callable, Collection, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Final
from urllib.parse import urlsplit

Address = IPv4Address | IPv6Address
Networks = Collection[IPv4Network | IPv6Network]
Lookup = Callable[[str, int], Awaitable[Sequence[str]]]
"""Given a name and a port, returns every numeric address that the name has."""

LONGEST: Final = 2000
_TRANSLATED: Final = (IPv6Network("64:ff9b::/96"), IPv6Network("::/96"))
"""NAT64 (RFC 6052) and the abandoned IPv4-compatible addresses: the last 32 bits are an IPv4 address."""


def may_be_reached(address: Address, allowed: Networks) -> bool:
    """Say whether `address` is public, or within what is `allowed`."""
    if any(address in network for network in allowed):
        return True
    if isinstance(address, IPv6Address) and (inner := _carried_by(address)) is not None:
        return may_be_reached(inner, allowed)
    return address.is_global and not address.is_multicast


def read_literal(host: str) -> Address | None:
    """Return the address that `host` spells in any way that resolvers accept; None for a name.

    `2130706433`, `0x7f.1` and `127.1` are all 127.0.0.1 to the C library.
    """
    bare = host.removeprefix("[").removesuffix("]").partition("%")[0]
    try:
        return ip_address(bare)
    except ValueError:
        pass
    try:
        return IPv4Address(socket.inet_aton(bare))
    except (OSError, UnicodeEncodeError):
        return None


def find_fault(url: str, allowed: Networks) -> str | None:
    """Return what is wrong with an endpoint's address, as far as it is seen without asking a name server."""
    try:
        parts = urlsplit(url)
        port, host = parts.port, parts.hostname
    except ValueError:
        return "not an address"
    if not url.isascii() or len(url) > LONGEST or any(sign <= " " or sign in "\\\x7f" for sign in url):
        return "not an address"
    if parts.scheme not in ({"http", "https"} if allowed else {"https"}) or not host or port == 0:
        return "expected https://host/path"
    if parts.username is not None or parts.password is not None or parts.fragment:
        return "expected neither credentials nor a fragment"
    literal = read_literal(host)
    if literal is not None and not may_be_reached(literal, allowed):
        return "not a public address"
    return None


def _carried_by(address: IPv6Address) -> IPv4Address | None:
    """Return the IPv4 address that `address` is only another form of, or leads to."""
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address.sixtofour is not None:
        return address.sixtofour
    if address.teredo is not None:
        return address.teredo[1]
    if any(address in network for network in _TRANSLATED):
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return None
