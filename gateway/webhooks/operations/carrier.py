"""The carrier: the one part of the house that sends something to an address that strangers have named."""

import asyncio
import socket
from ipaddress import ip_address
from urllib.parse import urlsplit

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from gateway.webhooks.domain.addresses import Lookup, Networks, may_be_reached, read_literal
from gateway.webhooks.domain.deliveries import Parcel, WebhookOutcome, judge


class AddressRefusedError(OSError):
    """A name has an address that is not public; nothing is sent, to none of its addresses."""


class PinnedResolver(AbstractResolver):
    """Resolves a name once per connection, refuses it unless all its addresses may be reached, and pins them.

    The connection goes to what was checked: a second answer of the name server (DNS rebinding) is never asked for.
    """

    def __init__(self, allowed: Networks, lookup: Lookup) -> None:
        self._allowed = allowed
        self._lookup = lookup

    async def resolve(
        self,
        host: str,
        port: int = 0,
        family: socket.AddressFamily = socket.AF_INET,  # noqa: ARG002
    ) -> list[ResolveResult]:
        """Return the addresses of `host`; raise `AddressRefusedError`, or OSError if there are none."""
        addresses = [ip_address(found.partition("%")[0]) for found in await self._lookup(host, port)]
        if not addresses or not all(may_be_reached(address, self._allowed) for address in addresses):
            raise AddressRefusedError(host)
        return [
            ResolveResult(
                hostname=host,
                host=str(address),
                port=port,
                family=socket.AF_INET if address.version == 4 else socket.AF_INET6,
                proto=socket.IPPROTO_TCP,
                flags=socket.AI_NUMERICHOST,
            )
            for address in dict.fromkeys(addresses)
        ]

    async def close(self) -> None:
        """Nothing is held."""


class Carrier:
    """Follows no redirect, keeps no cookie, asks no environment for a proxy, and reads no answer's body."""

    def __init__(self, allowed: Networks, lookup: Lookup, *, answer_seconds: float, at_once: int) -> None:
        self._allowed = allowed
        self._answer_seconds = answer_seconds
        self._client = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(
                resolver=PinnedResolver(allowed, lookup), use_dns_cache=False, force_close=True, limit=at_once
            ),
            cookie_jar=aiohttp.DummyCookieJar(),
            headers={"User-Agent": "Qoldau-Webhooks/1"},
            skip_auto_headers=("Accept-Encoding",),
            auto_decompress=False,
            trust_env=False,
            timeout=aiohttp.ClientTimeout(total=None),
        )

    async def post(self, parcel: Parcel) -> tuple[WebhookOutcome, int | None]:
        """Send `parcel`; return what came of it, and the status of the answer if there was one."""
        literal = read_literal(urlsplit(parcel.url).hostname or "")
        if literal is not None and not may_be_reached(literal, self._allowed):
            return WebhookOutcome.ADDRESS_REFUSED, None
        try:
            async with (
                asyncio.timeout(self._answer_seconds),
                self._client.post(
                    URL(parcel.url, encoded=True),
                    data=parcel.body,
                    headers=parcel.headers,
                    allow_redirects=False,
                ) as answer,
            ):
                return judge(answer.status), answer.status  # its body is of no interest, however long
        except TimeoutError:
            return WebhookOutcome.TIMED_OUT, None
        except aiohttp.ClientConnectorError as error:
            refused = isinstance(error.os_error, AddressRefusedError)
            return (WebhookOutcome.ADDRESS_REFUSED if refused else WebhookOutcome.UNREACHABLE), None
        except (aiohttp.ClientError, OSError, ValueError):
            return WebhookOutcome.UNREACHABLE, None

    async def close(self) -> None:
        """Close what is open."""
        await self._client.close()
