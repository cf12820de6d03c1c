import re
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, unquote_plus, unquote_to_bytes
from uuid import uuid4

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gateway.routing import (
    Route,
    RouteConflictError,
    Routes,
    build_routes,
    dump_routes,
    load_routes,
    split_path,
)
from services.common.http.limits import MIB, UPLOAD_BYTES
from services.common.problems import MethodNotAllowed, NotFound, RequestUnreadable

OPEN = {"public": "published"}


def operation(*media_types: str) -> dict[str, Any]:
    found: dict[str, Any] = {"x-permission": OPEN}
    return found | (
        {"requestBody": {"content": {media_type: {} for media_type in media_types}}} if media_types else {}
    )


DOCUMENTS: dict[str, Any] = {
    "programs": {
        "paths": {
            "/v1/programs": {"get": operation(), "post": operation("application/json"), "parameters": []},
            "/v1/programs/{program_id}": {
                "get": operation(),
                "patch": operation("application/merge-patch+json"),
            },
            "/v1/programs/imports": {"post": operation("text/csv", "application/json")},
            "/v1/countries/{country_code}/dossier": {"get": operation()},
            "/v1/countries/{country_code}/brief.docx": {"get": operation()},
        }
    },
    "participants": {
        "paths": {
            "/v1/editions/{edition_id}/attendance": {"put": operation("application/json")},
            "/v1/{noun}/{id}/{part}/{detail}": {"get": operation()},
            "/v1/offers/{offer_id}/acceptance/files": {"post": operation("multipart/form-data")},
        }
    },
}
ROUTES = build_routes(DOCUMENTS)


FIXED = {segment for route in ROUTES.all for segment in route.path.split("/")}
VALUES = (
    st.text(
        st.characters(categories=["L", "Nd"]) | st.sampled_from("-_~ !'()*,:;=@&+$?#[]"),
        min_size=1,
        max_size=8,
    )
    .filter(lambda value: value not in FIXED)
    .map(lambda value: quote(value, safe="!$&'()*+,;=:@"))
)


def path_of(route: Route, fill: Callable[[], str]) -> bytes:
    return re.sub(r"\{[a-z_]+\}", lambda _: fill(), route.path).encode()


def routes(*templates: str) -> Routes:
    return Routes(Route("GET", template, "programs", OPEN, upload=False) for template in templates)


class TestMatching:
    @pytest.mark.parametrize("route", ROUTES.all, ids=lambda route: f"{route.method} {route.path}")
    def test_every_route_is_found(self, route: Route) -> None:
        assert ROUTES.resolve(path_of(route, lambda: str(uuid4()))).route(route.method) == route

    @given(st.sampled_from(ROUTES.all), st.lists(VALUES, min_size=4, max_size=4))
    def test_every_concrete_path_leads_to_its_template(self, route: Route, values: list[str]) -> None:
        path = path_of(route, values.pop)
        assert ROUTES.resolve(path).routes[route.method] == route

    @given(
        st.lists(
            st.lists(st.sampled_from(["a", "b", "{x}", "{y}"]), min_size=1, max_size=4).map("/".join),
            unique=True,
            max_size=6,
        ),
        st.lists(st.sampled_from([b"a", b"b", b"c"]), min_size=1, max_size=4),
    )
    def test_the_most_specific_template_wins_or_the_table_is_refused(
        self, templates: list[str], path: list[bytes]
    ) -> None:
        """Compared with asking every template by a regular expression."""
        try:
            table = routes(*(f"/v1/{template}" for template in templates))
        except RouteConflictError:
            return
        raw = b"/v1/" + b"/".join(path)
        matching = [
            route for route in table.all if re.fullmatch(re.sub(r"\{.\}", "[^/]+", route.path), raw.decode())
        ]
        if matching:
            best = min(matching, key=lambda route: route.path.count("{"))
            assert table.resolve(raw).routes["GET"] == best
        else:
            with pytest.raises(NotFound):
                table.resolve(raw)

    def test_fixed_segments_win(self) -> None:
        assert set(ROUTES.resolve(b"/v1/programs/imports").routes) == {"POST"}
        assert set(ROUTES.resolve(b"/v1/programs/import").routes) == {"GET", "PATCH"}

    def test_a_fixed_segment_that_leads_nowhere_gives_way(self) -> None:
        table = routes("/v1/a/b/c", "/v1/{x}/b/{z}", "/v1/{x}/{y}/{z}")
        assert table.resolve(b"/v1/a/b/d").routes["GET"].path == "/v1/{x}/b/{z}"
        assert table.resolve(b"/v1/a/d/c").routes["GET"].path == "/v1/{x}/{y}/{z}"

    @pytest.mark.parametrize(
        "path",
        [
            b"/",
            b"/v1",
            b"/v2/programs",
            b"/V1/programs",
            b"/v1/Programs",
            b"/internal/outbox",
            b"/metrics",
            b"/docs",
            b"/openapi.json",
            b"/v1/programs/1/editions",
            b"/v1/programs;x=1",
            b"/v1/programs&",
        ],
    )
    def test_what_is_not_listed_is_not_there(self, path: bytes) -> None:
        with pytest.raises(NotFound):
            ROUTES.resolve(path)

    def test_other_methods_are_told_all_that_are_allowed(self) -> None:
        endpoint = ROUTES.resolve(b"/v1/programs")
        assert endpoint.allow == "GET, HEAD, OPTIONS, POST"
        for method in ("PUT", "DELETE", "TRACE", "CONNECT", "PROPFIND"):
            with pytest.raises(MethodNotAllowed) as refused:
                endpoint.route(method)
            assert refused.value.headers["Allow"] == endpoint.allow

    def test_head_goes_where_get_goes(self) -> None:
        assert ROUTES.resolve(b"/v1/programs").route("HEAD").method == "GET"
        endpoint = ROUTES.resolve(b"/v1/programs/imports")
        assert endpoint.allow == "OPTIONS, POST"
        with pytest.raises(MethodNotAllowed):
            endpoint.route("HEAD")

    @pytest.mark.parametrize(
        ("method", "path", "size"),
        [
            ("POST", b"/v1/offers/1/acceptance/files", UPLOAD_BYTES),
            ("POST", b"/v1/programs/imports", UPLOAD_BYTES),
            ("POST", b"/v1/programs", MIB),
            ("PATCH", b"/v1/programs/1", MIB),
            ("PUT", b"/v1/programs", MIB),
            ("POST", b"/v1/nowhere", MIB),
            ("POST", b"/v1/../offers", MIB),
        ],
    )
    def test_files_may_be_larger(self, method: str, path: bytes, size: int) -> None:
        assert ROUTES.body_bytes({"method": method, "raw_path": path}) == size


class TestHygiene:
    @pytest.mark.parametrize(
        "path",
        [
            b"",
            b"v1/programs",
            b"*",
            b"//",
            b"/v1//programs",
            b"/v1/programs/",
            b"/v1/programs//",
            b"/v1/./programs",
            b"/v1/../internal",
            b"/v1/programs/..",
            b"/v1/programs/.",
            b"/..",
            b"/v1/..;/internal",
            b"/v1/.;x=1/internal",
            b"/v1/%2e%2e/internal",
            b"/v1/%2E%2E/internal",
            b"/v1/.%2e/internal",
            b"/v1/%2e/internal",
            b"/v1/programs%2finternal",
            b"/v1/programs%2Finternal",
            b"/v1/..%2finternal",
            b"/v1/..%5cinternal",
            b"/v1/..%5Cinternal",
            b"/v1/..\\internal",
            b"/v1/%252e%252e/internal",
            b"/v1/programs%25",
            b"/v1/%c0%ae%c0%ae/internal",
            b"/v1/%c0%afinternal",
            b"/v1/%e0%80%ae%e0%80%ae/internal",
            b"/v1/%u002e%u002e/internal",
            b"/v1/%EF%BC%8E%EF%BC%8E/internal",
            b"/v1/..%EF%BC%8Finternal",
            b"/v1/%EF%BC%852e/internal",
            b"/v1/%E2%80%A5/internal",
            b"/v1/.%E2%80%8B./internal",
            b"/v1/%20../internal",
            b"/v1/..%20/internal",
            b"/v1/programs%00",
            b"/v1/programs%0d%0aX-Forged: 1",
            b"/v1/programs%0A",
            b"/v1/programs%7f",
            b"/v1/programs%C2%85",
            b"/v1/programs%E2%80%AE",
            b"/v1/programs\x00",
            b"/v1/programs\t",
            b"/v1/programs\x7f",
            b"/v1/pro grams",
            b"/v1/\xd0\xb0",
            b"/v1/\xff",
            b"/v1/%",
            b"/v1/%4",
            b"/v1/%zz",
            b"/v1/%70rograms",
            b"/v1/%50rograms",
            b"/v1/a%2Db",
            b"/v1/a%7Eb",
            b"/v1/<programs>",
            b'/v1/"programs"',
            b"/v1/{program_id}",
            b"/v1/a|b",
            b"/v1/a^b",
            b"/v1/a`b",
            b"/v1/[a]",
            b"/v1/a?b",
            b"/v1/a#b",
            b"http://programs/v1/programs",
        ],
    )
    def test_ambiguous_paths_are_refused(self, path: bytes) -> None:
        with pytest.raises(RequestUnreadable):
            ROUTES.resolve(path)

    @pytest.mark.parametrize(
        "path",
        [
            b"/v1/programs/a.b",
            b"/v1/programs/...",
            b"/v1/programs/.a",
            b"/v1/programs/a..",
            b"/v1/programs/~a",
            b"/v1/programs/a%20b",
            b"/v1/programs/%D0%B0%D1%81%D1%82%D0%B0%D0%BD%D0%B0",
            b"/v1/programs/%d0%b0",
            b"/v1/programs/a%3Fb",
            b"/v1/programs/a:b@c",
            b"/v1/programs/a;b=c",
            b"/v1/programs/a+b",
            b"/v1/countries/TJ/brief.docx",
        ],
    )
    def test_plain_paths_pass(self, path: bytes) -> None:
        assert "GET" in ROUTES.resolve(path).routes

    @given(
        st.lists(
            st.one_of(
                st.sampled_from(
                    [
                        b".",
                        b"..",
                        b"%",
                        b"2e",
                        b"2E",
                        b"%2e",
                        b"%2f",
                        b"%5c",
                        b"\\",
                        b"%25",
                        b"%c0",
                        b"%ae",
                        b";",
                        b" ",
                        b"%20",
                        b"+",
                        b"a",
                        b"/",
                        b"%u002e",
                        b"%EF%BC%8E",
                        b"%E2%80%8B",
                        b"%00",
                    ]
                ),
                st.binary(min_size=1, max_size=2),
                st.characters(exclude_categories=["Cs"]).map(lambda character: quote(character).encode()),
            ),
            max_size=8,
        ).map(lambda parts: b"/v1/" + b"".join(parts))
    )
    @example(b"/v1/a%3B/..%3Bb")
    @example(b"/v1/programs/%E2%80%A4%E2%80%A4")
    @example(b"/v1/programs/.+")
    @example(b"/v1/programs/.%D0%B0.")
    def test_what_passes_is_no_traversal_to_any_decoder(self, path: bytes) -> None:
        try:
            segments = split_path(path)
        except RequestUnreadable:
            return
        for decode in DECODERS:
            decoded = decode(path)
            assert not {".", ".."} & {part.strip() for part in re.split(r"[/\\]", decoded)}
            assert len(re.split(r"[/\\]", decoded)) == len(segments) + 1
            assert not any(unicodedata.category(character) == "Cc" for character in decoded)


def _overlong(path: bytes) -> str:
    """Decode two-byte UTF-8 as careless decoders do, without asking whether it had to be two bytes."""
    return re.sub(
        rb"[\xc0-\xdf][\x80-\xbf]",
        lambda found: bytes([(((found[0][0] & 0x1F) << 6) | (found[0][1] & 0x3F)) & 0xFF]),
        unquote_to_bytes(path),
    ).decode("ascii", "ignore")


DECODERS: list[Callable[[bytes], str]] = [
    lambda path: path.decode("latin-1"),
    lambda path: unquote_to_bytes(path).decode("utf-8"),
    lambda path: unquote_to_bytes(path).decode("ascii", "ignore"),
    lambda path: unquote(unquote(path.decode())),
    lambda path: unquote_plus(path.decode()),
    lambda path: unicodedata.normalize("NFKC", unquote(path.decode())),
    lambda path: re.sub(r";[^/]*", "", unquote(path.decode())),
    lambda path: re.sub(r"%u([0-9a-fA-F]{4})", lambda found: chr(int(found[1], 16)), path.decode()),
    lambda path: re.sub("[\u200b-\u200f\u2060\ufeff]", "", unquote(path.decode())),
]


class TestBuilding:
    def test_the_table_survives_its_file(self, tmp_path: Path) -> None:
        kept = tmp_path / "routes.json"
        kept.write_text(dump_routes(ROUTES))
        assert load_routes(kept).all == ROUTES.all
        assert dump_routes(load_routes(kept)) == kept.read_text()

    def test_it_is_ordered(self) -> None:
        backwards = {name: DOCUMENTS[name] for name in reversed(DOCUMENTS)}
        assert dump_routes(build_routes(backwards)) == dump_routes(ROUTES)

    def test_permissions_and_uploads_come_from_the_documents(self) -> None:
        route = ROUTES.resolve(b"/v1/offers/1/acceptance/files").route("POST")
        assert (route.service, route.permission, route.upload) == ("participants", OPEN, True)

    def test_a_template_in_two_services_is_refused(self) -> None:
        paths = {"paths": {"/v1/programs": {"delete": operation()}}}
        with pytest.raises(RouteConflictError, match="/v1/programs stands twice"):
            build_routes(DOCUMENTS | {"evaluation": paths})

    @pytest.mark.parametrize(
        ("one", "other"),
        [
            ("/v1/{a}/x", "/v1/b/{c}"),
            ("/v1/a/{b}", "/v1/a/{c}"),
            ("/v1/{a}/{b}/c", "/v1/{a}/b/{c}"),
        ],
    )
    def test_templates_that_one_path_could_mean_are_refused(self, one: str, other: str) -> None:
        with pytest.raises(RouteConflictError):
            routes(one, other)
        with pytest.raises(RouteConflictError):
            routes(other, one)

    @pytest.mark.parametrize(
        "path",
        [
            "/internal/events",
            "/metrics",
            "/programs",
            "/v1",
            "/v1/",
            "/v1/a/",
            "/v1//a",
            "/v1/{id}.pdf",
            "/v1/../a",
            "/v0/a",
            "/v1/{Id}",
            "/v1/a b",
            "/v1/а",
            "/v1/..",
        ],
    )
    def test_only_versioned_plain_templates_are_exposed(self, path: str) -> None:
        with pytest.raises(ValueError, match="cannot be routed"):
            build_routes({"programs": {"paths": {path: {"get": operation()}}}})

    def test_an_operation_without_permission_is_refused(self) -> None:
        with pytest.raises(LookupError, match="GET /v1/a states no permission"):
            build_routes({"programs": {"paths": {"/v1/a": {"get": {}}}}})
