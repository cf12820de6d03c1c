"""The allow-list: which method on which path belongs to which service; nothing else passes the door.

Paths are compared as the client sent them (`raw_path`), and whatever two decoders could read differently is
refused before anything is forwarded: a proxy that compares decoded paths lets `%2e%2e/` out of its prefix.

The table is built from the OpenAPI documents of the services (`build_routes`), kept as JSON (`dump_routes`)
and read at start (`load_routes`). It is a list, ordered by path and method, of

    {"method": "GET", "path": "/v1/programs/{program_id}", "service": "programs",
     "permission": {"public": "published"}, "upload": false}
"""

import itertools
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote_to_bytes

from pydantic import TypeAdapter
from starlette.types import Scope

from services.common.http.limits import MIB, UPLOAD_BYTES
from services.common.identity import Role
from services.common.problems import MethodNotAllowed, NotAuthenticated, NotFound, Problem, RequestUnreadable

_METHODS: Final = ("DELETE", "GET", "PATCH", "POST", "PUT")
_TEMPLATE: Final = re.compile(r"/v[1-9][0-9]*(?:/(?:[A-Za-z0-9_~-][A-Za-z0-9._~-]*|\{[a-z][a-z0-9_]*\}))+")

_SEGMENT: Final = rb"(?:[A-Za-z0-9._~!$&'()*+,;=:@-]++|%[0-9A-Fa-f]{2})++"  # pchar of RFC 3986
_PATH: Final = re.compile(rb"/(?:%b(?:/%b)*)?" % (_SEGMENT, _SEGMENT))
_ENCODED: Final = re.compile(rb"%(..)")
_NEVER_ENCODED: Final = frozenset(
    # what needs no encoding (two spellings of one path), controls, and / \ %
    b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/\\%\x7f" + bytes(range(0x20))
)
# as a reader sees it who drops parameters, trims blanks, takes + for one, or skips what is not ASCII
_DOT_SEGMENT: Final = re.compile(r"(?:^|/)[ +]*\.{1,2}[ +]*(?:;[^/]*)?(?:/|$)")


class RouteConflictError(ValueError):
    """Two routes could both be meant by one path."""


@dataclass(frozen=True)
class Route:
    """One operation of one service."""

    method: str
    path: str
    service: str
    permission: Mapping[str, str]
    """Role -> reach, the operation's row of the permission matrix (`x-permission`)."""
    upload: bool
    """Whether it takes files: any body that is not JSON."""

    def require_credential(self, token: str | None) -> None:
        """Raise `NotAuthenticated` if nobody vouches for the caller and the public may not use the operation."""
        if token is None and Role.PUBLIC not in self.permission:
            raise NotAuthenticated("This operation needs a signed-in caller.")


@dataclass(frozen=True)
class Endpoint:
    """What stands at one path template."""

    path: str
    service: str
    routes: Mapping[str, Route]

    @property
    def allow(self) -> str:
        """The value of `Allow`."""
        implied = {"OPTIONS"} | ({"HEAD"} if "GET" in self.routes else set())
        return ", ".join(sorted(implied | self.routes.keys()))

    def route(self, method: str) -> Route:
        """Return the route for `method`, for HEAD that of GET; raises `MethodNotAllowed`."""
        route = self.routes.get("GET" if method == "HEAD" else method)
        if route is None:
            raise MethodNotAllowed("This address knows other methods, see `Allow`.").with_headers(
                Allow=self.allow
            )
        return route


@dataclass
class _Node:
    """The next segment of the templates that begin alike."""

    fixed: dict[bytes, "_Node"] = field(default_factory=dict)
    parameter: "_Node | None" = None
    endpoint: Endpoint | None = None

    def add(self, segments: list[str], endpoint: Endpoint) -> None:
        node = self
        for segment in segments:
            if segment.startswith("{"):
                node.parameter = node.parameter or _Node()
                node = node.parameter
            else:
                node = node.fixed.setdefault(segment.encode(), _Node())
        node.endpoint = endpoint

    def find(self, segments: list[bytes], position: int = 0) -> Endpoint | None:
        """Return the most specific endpoint that matches: fixed segments win over parameters."""
        if position == len(segments):
            return self.endpoint
        fixed = self.fixed.get(segments[position])
        found = fixed.find(segments, position + 1) if fixed else None
        if found is None and self.parameter is not None:
            found = self.parameter.find(segments, position + 1)
        return found


class Routes:
    """The whole table.

    Raises `RouteConflictError` if a path could mean two of its templates, or a template two services.
    """

    def __init__(self, routes: Iterable[Route]) -> None:
        self.all = sorted(routes, key=lambda route: (route.path, route.method))
        self._root = _Node()
        by_path: dict[str, list[Route]] = defaultdict(list)
        for route in self.all:
            by_path[route.path].append(route)
        _refuse_conflicts(by_path)
        for path, here in by_path.items():
            endpoint = Endpoint(path, here[0].service, {route.method: route for route in here})
            self._root.add(path.split("/")[1:], endpoint)

    def resolve(self, raw_path: bytes) -> Endpoint:
        """Return what stands at the path; raises `RequestUnreadable` (400) or `NotFound`."""
        return self.find(split_path(raw_path))

    def find(self, segments: list[bytes]) -> Endpoint:
        """Return what stands at the path that `split_path` has read; raises `NotFound`."""
        endpoint = self._root.find(segments)
        if endpoint is None:
            raise NotFound("There is nothing at this address.")
        return endpoint

    def body_bytes(self, scope: Scope) -> int:
        """Return the largest body that the request may have; the `body_bytes` of the gateway's limits."""
        try:
            route = self.resolve(scope["raw_path"]).route(scope["method"])
        except Problem:  # told by whoever answers the request
            return MIB
        return UPLOAD_BYTES if route.upload else MIB


def split_path(raw_path: bytes) -> list[bytes]:
    r"""Return the segments of a path that every decoder reads alike.

    Raises `RequestUnreadable` for empty and dot segments, encoded bytes that need no encoding or are `/`, `\`,
    `%` or controls, and everything that RFC 3986 does not allow in a path.
    """
    if not _PATH.fullmatch(raw_path) or (b"%" in raw_path and _is_ambiguous(raw_path)):
        raise RequestUnreadable("The path is not written in its one plain form.")
    if b"." in raw_path and _DOT_SEGMENT.search(unquote_to_bytes(raw_path).decode("ascii", "ignore")):
        raise RequestUnreadable("The path holds dot segments.")
    return raw_path.split(b"/")[1:]


def build_routes(documents: Mapping[str, Mapping[str, Any]]) -> Routes:
    """Return the table of the services' OpenAPI documents.

    Raises `LookupError` if an operation has no `x-permission`, `ValueError` for a path that cannot be routed
    (unversioned, or a parameter that is not a whole segment) and `RouteConflictError` as `Routes` does.
    """
    return Routes(
        _read_operation(service, path, method, item[method.lower()])
        for service, document in documents.items()
        for path, item in document["paths"].items()
        for method in _METHODS
        if method.lower() in item
    )


def load_routes(path: Path) -> Routes:
    """Return the table kept in the file."""
    return Routes(_TABLE.validate_json(path.read_bytes()))


def dump_routes(routes: Routes) -> str:
    """Return the table as it is kept in a file."""
    return _TABLE.dump_json(routes.all, indent=1).decode() + "\n"


_TABLE: Final = TypeAdapter(list[Route])


def _read_operation(service: str, path: str, method: str, operation: Mapping[str, Any]) -> Route:
    if not _TEMPLATE.fullmatch(path):
        raise ValueError(f"{service}: {path} cannot be routed")
    if "x-permission" not in operation:
        raise LookupError(f"{service}: {method} {path} states no permission")
    media_types = operation.get("requestBody", {}).get("content", {})
    upload = any(not media_type.endswith(("/json", "+json")) for media_type in media_types)
    return Route(method, path, service, operation["x-permission"], upload)


def _is_ambiguous(path: bytes) -> bool:
    encoded = bytes.fromhex(b"".join(_ENCODED.findall(path)).decode())
    if not _NEVER_ENCODED.isdisjoint(encoded):
        return True
    try:
        text = unquote_to_bytes(path).decode()
    except UnicodeDecodeError:
        return True
    # Some readers fold look-alikes (a full-width stop is NFKC's "."), others drop what cannot be seen.
    folded = unicodedata.normalize("NFKC", text)
    return any(folded.count(sign) != text.count(sign) for sign in "./\\%;") or any(
        unicodedata.category(character).startswith("C") for character in text
    )


def _refuse_conflicts(by_path: Mapping[str, list[Route]]) -> None:
    for path, routes in by_path.items():
        services = sorted({route.service for route in routes})
        if len(services) > 1 or len({route.method for route in routes}) < len(routes):
            raise RouteConflictError(f"{path} stands twice: {services}")
    for one, other in itertools.combinations([path.split("/") for path in by_path], 2):
        if _compete(one, other):
            raise RouteConflictError(f"a path could mean {'/'.join(one)} and {'/'.join(other)}")


def _compete(one: list[str], other: list[str]) -> bool:
    """Say whether a path can match both templates and neither is the more specific everywhere."""
    if len(one) != len(other):
        return False
    freer = set()
    for mine, theirs in zip(one, other, strict=True):
        open_here = (mine.startswith("{"), theirs.startswith("{"))
        if open_here == (False, False) and mine != theirs:
            return False
        if open_here in {(True, False), (False, True)}:
            freer.add(open_here)
    return len(freer) != 1
