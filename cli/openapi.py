"""Writes what is generated from the code: OpenAPI documents, routing table, permissions, events and the like."""

import importlib
import json
import pkgutil
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from fastapi import FastAPI

import gateway
import services
from cli.compatibility import Interface
from gateway.app import create_room
from gateway.documentation import describe_problems, merge, write_permissions
from gateway.identity.domain.events import EVENTS as GATEWAY_EVENTS
from gateway.routing import build_routes, dump_routes
from gateway.settings import Settings as GatewaySettings
from services.common.asyncapi import events_document
from services.common.http.openapi import share_parts
from services.common.problems import Problem, catalogue
from services.evaluation.app import create_app as create_evaluation
from services.evaluation.domain.events import EVENTS as EVALUATION_EVENTS
from services.evaluation.settings import Settings as EvaluationSettings
from services.participants.app import create_app as create_participants
from services.participants.domain.eligibility import describe_variables
from services.participants.domain.events import EVENTS as PARTICIPANTS_EVENTS
from services.participants.settings import Settings as ParticipantsSettings
from services.programs.app import create_app as create_programs
from services.programs.domain.events import EVENTS as PROGRAMS_EVENTS
from services.programs.settings import Settings as ProgramsSettings

ROOT: Final = Path(__file__).parents[1]
MERGED: Final = "docs/openapi/merged.json"
RELEASED: Final = "docs/openapi/released.json.gz"
# Routes stand before the life of an app begins, so none of these is opened.
_FACTS: Final[Mapping[str, Any]] = {
    "database_url": "postgresql://nobody@localhost/none",
    "read_database_url": "postgresql://nobody@localhost/none",
    "signing_key": Path("none.json"),
    "public_keys": Path("none.json"),
}

_REGISTRIES: Final = (PROGRAMS_EVENTS, PARTICIPANTS_EVENTS, EVALUATION_EVENTS, GATEWAY_EVENTS)
_URLS: Final = ("programs_url", "participants_url", "evaluation_url")
_UPSTREAMS: Final[Mapping[str, Any]] = dict.fromkeys(_URLS, "unix:none")


def openapi(
    check: Annotated[bool, typer.Option(help="Change nothing; fail if a document is out of date.")] = False,
    release: Annotated[
        bool,
        typer.Option(help="Also keep what the interface promises now, which later changes are held against."),
    ] = False,
) -> None:
    """Generate the OpenAPI documents, the routing table, permissions, problems, events and rule variables."""
    texts = generate()
    outdated = [path for path, text in texts.items() if _read(ROOT / path) != text]
    if check:
        if outdated:
            sys.exit(f"out of date, run `qoldau openapi`: {', '.join(outdated)}")
        return
    for path in outdated:
        (ROOT / path).parent.mkdir(parents=True, exist_ok=True)
        (ROOT / path).write_text(texts[path], encoding="utf-8")
        print(f"wrote {path}")
    if release:
        Interface.of(json.loads(texts[MERGED])).write(ROOT / RELEASED)
        print(f"wrote {RELEASED}")


def generate() -> dict[str, str]:
    """Return every generated file by its path in the repository."""
    documents = {name: app.openapi() for name, app in _apps().items()}
    # The gateway's own operations stand in the table too, so that no service can take their addresses.
    versioned = {
        name: {"paths": {path: item for path, item in document["paths"].items() if path.startswith("/v")}}
        for name, document in documents.items()
    }
    files = {
        f"docs/openapi/{name}.json": _as_json(share_parts(document)) for name, document in documents.items()
    }
    return files | {
        MERGED: _as_json(share_parts(merge(documents))),
        "docs/events.json": _as_json(events_document(_REGISTRIES)),
        "docs/eligibility-variables.json": _as_json(describe_variables()),
        "docs/permissions.md": write_permissions(documents),
        "docs/problems.json": _as_json([entry.model_dump() for entry in describe_problems(_our_problems())]),
        "gateway/routes.json": dump_routes(build_routes(versioned)),
    }


def _apps() -> dict[str, FastAPI]:
    return {
        "programs": create_programs(ProgramsSettings(**_FACTS)),
        "participants": create_participants(ParticipantsSettings(**_FACTS)),
        "evaluation": create_evaluation(EvaluationSettings(**_FACTS)),
        "gateway": create_room(GatewaySettings(**_FACTS, **_UPSTREAMS)),
    }


def _our_problems() -> list[type[Problem]]:
    # A problem is in the catalogue once its module is imported, which must not depend on who asks.
    for package in (services, gateway):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            importlib.import_module(module.name)
    return [kind for kind in catalogue() if kind.__module__.startswith(("services.", "gateway."))]


def _as_json(content: object) -> str:
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


def _read(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.exists() else None
