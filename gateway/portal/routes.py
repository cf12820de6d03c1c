"""Routes of the portal: pages, their assets, the merged document and the problem pages."""

from pathlib import Path
from typing import Any, Final

import fastapi_offline
import orjson
from pydantic import TypeAdapter
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Route

from gateway.identity.operations.demonstration import NOT_PEOPLE, PASSWORD, login_of
from gateway.portal.pages import ProblemEntry, make_pages, make_problem_page
from services.common.i18n import pick
from services.common.identity import Role
from services.common.problems import NotFound

DOCUMENTS: Final = Path(__file__).parents[2] / "docs"
"""Where the generated documents and the guides stand, beside the code in every installation."""
OWN: Final = Path(__file__).parent
SWAGGER: Final = Path(fastapi_offline.__file__).parent / "static"
_ASSETS: Final = {
    "portal.css": OWN,
    "start.js": OWN,
    "swagger-ui.css": SWAGGER,
    "swagger-ui-bundle.js": SWAGGER,
    "favicon.png": SWAGGER,
}
_POLICY: Final = (
    "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
)
_SHORTLY: Final = "public, max-age=300"


def portal_routes(documents: Path = DOCUMENTS) -> list[BaseRoute]:
    """Return the routes of the portal, the merged document and the problem pages."""
    merged = documents / "openapi" / "merged.json"
    known = TypeAdapter(list[ProblemEntry]).validate_json((documents / "problems.json").read_bytes())
    by_slug = {entry.slug: entry for entry in known}

    async def read_document(_: Request) -> Response:
        return FileResponse(merged, media_type="application/json", headers={"Cache-Control": _SHORTLY})

    async def read_problem(request: Request) -> Response:
        entry = by_slug.get(request.path_params["slug"])
        if entry is None:
            raise NotFound("There is no such problem.")
        return _problem_page(request, entry)

    return [
        *(Route(path, _page(text)) for path, text in make_pages(documents, known).items()),
        *(Route(f"/docs/{name}", _asset(folder / name)) for name, folder in _ASSETS.items()),
        Route("/docs/demonstration.json", _list_demonstration_accounts),
        Route("/openapi.json", read_document),
        Route("/problems/{slug}", read_problem),
    ]


async def _list_demonstration_accounts(request: Request) -> Response:
    """Tell the accounts that everybody may try things out with, where there are any."""
    if not request.app.state.settings.has_demonstration_accounts:
        raise NotFound("There are no demonstration accounts here.")
    people = [{"role": role.value, "login": login_of(role)} for role in Role if role not in NOT_PEOPLE]
    return JSONResponse({"items": people, "password": PASSWORD}, headers={"Cache-Control": "no-store"})


def _page(text: str) -> Any:
    async def read_page(_: Request) -> Response:
        return HTMLResponse(text, headers={"Content-Security-Policy": _POLICY, "Cache-Control": _SHORTLY})

    return read_page


def _asset(path: Path) -> Any:
    async def read_asset(_: Request) -> Response:
        return FileResponse(path, headers={"Cache-Control": _SHORTLY})

    return read_asset


def _problem_page(request: Request, entry: ProblemEntry) -> Response:
    headers = {"Cache-Control": _SHORTLY, "Vary": "Accept, Accept-Language"}
    accept = request.headers.get("accept", "")
    if "json" in accept and "text/html" not in accept:
        return Response(orjson.dumps(entry.model_dump()), 200, headers, "application/json")
    language = pick(entry.title, request.headers.get("accept-language"), ("en",)).tag
    headers |= {"Content-Security-Policy": _POLICY, "Content-Language": language}
    return HTMLResponse(make_problem_page(entry, language), headers=headers)
