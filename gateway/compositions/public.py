"""Open data without signing in: the same for everybody, kept for a minute, shown longer if a service fails.

Everything is read as the anonymous public, whoever asks: what is kept here can hold nothing else.
"""

from dataclasses import replace
from http import HTTPStatus
from typing import Annotated, Any, Final
from urllib.parse import urlencode
from uuid import UUID

import orjson
from fastapi import Query, Request, Response

from gateway.compositions.public_cache import (
    STALE_SECONDS,
    AnswerTooLargeError,
    PublicAnswer,
    PublicCache,
    fetch_public,
)
from gateway.upstream import UpstreamFailed, UpstreamTimedOut
from services.common.http.callers import Caller
from services.common.http.problem_responses import problems
from services.common.http.routes import house_router
from services.common.identity import ANONYMOUS
from services.common.preconditions import is_fresh
from services.common.problems import NotFound
from services.common.wire import Code, Page
from services.common.wire_codes import CountryCode

router = house_router("open data", "/public")

CACHING: Final = f"public, max-age=60, stale-if-error={STALE_SECONDS}"
LD_JSON: Final = "application/ld+json"
_FILES: Final = {
    "iati-activities.xml": "/v1/publications/iati/activities.xml",
    "iati-organisation.xml": "/v1/publications/iati/organisation.xml",
    "crs.csv": "/v1/publications/crs.csv",
    "tossd.csv": "/v1/publications/tossd.csv",
    **{
        f"{name}.{form}": f"/v1/publications/open-data/{name}.{form}"
        for name in ("activities", "transactions", "organizations")
        for form in ("csv", "jsonl")
    },
    "activities.jsonld": "/v1/publications/open-data/activities.jsonld",
}
_MEDIA_TYPES: Final = {
    "xml": "application/xml",
    "csv": "text/csv",
    "jsonl": "application/jsonl",
    "jsonld": LD_JSON,
}
_REFUSED: Final = problems(NotFound, UpstreamFailed, UpstreamTimedOut)

Limit = Annotated[int, Query(ge=1, le=200)]
Cursor = Annotated[str | None, Query(max_length=2000, description="The `next_cursor` of the part before.")]


class PublicPage(Page[dict[str, Any]]):
    """A part of a list, each item as its service tells it to everybody."""


@router.get("/programs", response_model=PublicPage, responses=_REFUSED)
async def list_public_programs(
    request: Request, _: Caller, limit: Limit = 50, cursor: Cursor = None
) -> Response:
    """List the agency's programs."""
    return await _answer(request, "programs", "/v1/programs", limit=limit, cursor=cursor)


@router.get("/programs/{program_id}", response_model=dict[str, Any], responses=_REFUSED)
async def read_public_program(request: Request, _: Caller, program_id: UUID) -> Response:
    """Read one program."""
    return await _answer(request, "programs", f"/v1/programs/{program_id}")


@router.get("/editions", response_model=PublicPage, responses=_REFUSED)
async def list_public_editions(
    request: Request,
    _: Caller,
    program_id: UUID | None = None,
    country: CountryCode | None = None,
    year: Annotated[int | None, Query(ge=1, le=9999)] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Response:
    """List the editions that are announced, run or are over, by date."""
    return await _answer(
        request,
        "programs",
        "/v1/editions",
        program_id=program_id,
        country=country,
        year=year,
        limit=limit,
        cursor=cursor,
    )


@router.get("/editions/{edition_id}", response_model=dict[str, Any], responses=_REFUSED)
async def read_public_edition(request: Request, _: Caller, edition_id: UUID) -> Response:
    """Read one edition."""
    return await _answer(request, "programs", f"/v1/editions/{edition_id}")


@router.get("/deliveries", response_model=PublicPage, responses=_REFUSED)
async def list_public_deliveries(
    request: Request,
    _: Caller,
    country: CountryCode | None = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Response:
    """List what was given that is no course: equipment, expertise, vouchers."""
    return await _answer(request, "programs", "/v1/deliveries", country=country, limit=limit, cursor=cursor)


@router.get("/deliveries/{delivery_id}", response_model=dict[str, Any], responses=_REFUSED)
async def read_public_delivery(request: Request, _: Caller, delivery_id: UUID) -> Response:
    """Read one delivery."""
    return await _answer(request, "programs", f"/v1/deliveries/{delivery_id}")


@router.get("/results", response_model=PublicPage, responses=_REFUSED)
async def list_public_results(
    request: Request,
    _: Caller,
    edition_id: UUID | None = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Response:
    """List published results, small groups protected, the latest first."""
    return await _answer(
        request,
        "evaluation",
        "/v1/results",
        edition_id=edition_id,
        visibility="public",
        limit=limit,
        cursor=cursor,
    )


@router.get("/countries/{country_code}", response_model=dict[str, Any], responses=_REFUSED)
async def read_public_country(request: Request, _: Caller, country_code: CountryCode) -> Response:
    """Read everything done with one country by year, with sources and doubts."""
    return await _answer(request, "programs", f"/v1/countries/{country_code}/deliveries")


@router.get(
    "/files/{file_name}",
    response_class=Response,
    responses=_REFUSED | {200: {"content": {media_type: {} for media_type in _MEDIA_TYPES.values()}}},
)
async def read_public_file(request: Request, _: Caller, file_name: Code) -> Response:
    """Read a published file: IATI, CRS, TOSSD, or open data as CSV, JSON Lines or JSON-LD.

    One that is too large to be kept here is to be found where `Location` says (307).
    """
    path = _FILES.get(file_name)
    if path is None:
        raise NotFound("There is no such file; see the catalog.")
    try:
        return await _answer(request, "programs", path)
    except AnswerTooLargeError:
        headers = {"Location": path, "Cache-Control": CACHING}
        return Response(status_code=HTTPStatus.TEMPORARY_REDIRECT, headers=headers)


@router.get(
    "/catalog",
    response_class=Response,
    responses=_REFUSED | {200: {"content": {LD_JSON: {"schema": {"type": "object"}}}}},
)
async def read_public_catalog(request: Request, _: Caller) -> Response:
    """Read what is published, as a schema.org DataCatalog in JSON-LD: each file with its day, size and digest."""
    answer = await _fetch(request, "programs", "/v1/publication-records?state=published&limit=200")
    if answer.status != HTTPStatus.OK:
        return _as_it_is(answer)
    base = str(request.app.state.settings.public_url).rstrip("/")
    catalog = orjson.dumps(_catalog(orjson.loads(answer.body)["items"], base))
    return _send(request, replace(answer, body=catalog, media_type=LD_JSON))


def _catalog(records: list[dict[str, Any]], base: str) -> dict[str, Any]:
    addresses = {path: name for name, path in _FILES.items()}
    standing = [record for record in records if record["state"] == "published"]
    return {
        "@context": "https://schema.org",
        "@type": "DataCatalog",
        "url": f"{base}/v1/public/catalog",
        "dataset": [
            {
                "@type": "Dataset",
                "name": record["channel"],
                "dateModified": record["published_at"],
                "distribution": {
                    "@type": "DataDownload",
                    "contentUrl": f"{base}/v1/public/files/{addresses[record['address']]}",
                    "encodingFormat": _MEDIA_TYPES[record["address"].rpartition(".")[2]],
                    "contentSize": str(record["size"]),
                    "sha256": record["sha256"],
                },
            }
            for record in standing
        ],
    }


async def _answer(request: Request, service: str, path: str, **query: Any) -> Response:
    asked = urlencode({name: str(value) for name, value in query.items() if value is not None})
    answer = await _fetch(request, service, f"{path}?{asked}" if asked else path)
    return _send(request, answer) if answer.status == HTTPStatus.OK else _as_it_is(answer)


async def _fetch(request: Request, service: str, target: str) -> PublicAnswer:
    state = request.app.state
    cache: PublicCache = state.public_cache

    async def fetch() -> PublicAnswer:
        token = state.signer.sign(ANONYMOUS, audience=service)
        return await fetch_public(state.upstreams[service], target, token, cache.clock())

    return await cache.get(f"{service} {target}", fetch)


def _send(request: Request, answer: PublicAnswer) -> Response:
    """Return the answer; 304 where the reader has it already."""
    cache: PublicCache = request.app.state.public_cache
    headers = {
        "ETag": answer.etag,
        "Cache-Control": CACHING,
        "Age": str(answer.age(cache.clock())),
        "Vary": "Accept-Encoding",
        "X-Content-Type-Options": "nosniff",
    }
    if is_fresh(request.headers.get("if-none-match"), answer.etag):
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    return Response(answer.body, media_type=answer.media_type, headers=headers)


def _as_it_is(answer: PublicAnswer) -> Response:
    """Return what the service refused with: a problem of its own, such as 404 or 410."""
    return Response(
        answer.body, answer.status, media_type=answer.media_type, headers={"Cache-Control": "no-store"}
    )
