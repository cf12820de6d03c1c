"""The rules of the house that a linter cannot express (docs/adr)."""

import ast
import inspect
import subprocess
import sys
import types
import typing
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from uuid import UUID

import pytest
from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from pydantic import BaseModel

from gateway.settings import Settings as GatewaySettings
from services.common.http.app import require_permissions
from services.common.http.routes import HouseRoute
from services.common.i18n import InterfaceLanguage
from services.common.problems import catalogue
from services.common.wire import Answer, Request
from services.evaluation.app import create_app as create_evaluation
from services.evaluation.settings import Settings as EvaluationSettings
from services.participants.app import create_app as create_participants
from services.participants.settings import Settings as ParticipantsSettings
from services.programs.app import create_app as create_programs
from services.programs.settings import Settings as ProgramsSettings

ROOT = Path(__file__).parents[2]
ROOMS = ("programs", "participants", "evaluation")
FACTS: dict[str, typing.Any] = {
    "database_url": "postgresql://nobody@localhost/none",
    "read_database_url": "postgresql://nobody@localhost/none",
    "signing_key": "none.json",
    "public_keys": "none.json",
}


@cache
def apps() -> list[FastAPI]:
    """Every room's app, made without a database: routes stand before the life of an app begins."""
    return [
        create_programs(ProgramsSettings(**FACTS)),
        create_participants(ParticipantsSettings(**FACTS)),
        create_evaluation(EvaluationSettings(**FACTS)),
    ]


def routes() -> list[APIRoute]:
    return [route for app in apps() for route in app.routes if isinstance(route, APIRoute)]


def product_files() -> Iterator[Path]:
    for folder in ("services", "gateway", "cli", "migrations"):
        yield from (ROOT / folder).rglob("*.py")


def test_every_route_is_of_the_house_and_named_once() -> None:
    names = [str(route.operation_id) for route in routes()]
    assert len(names) == len(set(names))
    assert all(isinstance(route, HouseRoute) for route in routes())
    assert all(route.endpoint.__name__ == route.operation_id for route in routes())


def test_a_route_without_a_permission_stops_the_start() -> None:
    app = apps()[0]
    with pytest.raises(LookupError, match="permissions and operations differ"):
        require_permissions(app, {})


def test_every_route_says_what_it_does() -> None:
    assert [r.path for r in routes() if not (r.endpoint.__doc__ or "").strip()] == []


def test_paths_name_their_parameters() -> None:
    assert [route.path for route in routes() if "{id}" in route.path] == []


def test_problems_are_unique_complete_and_documented() -> None:
    apps()
    problems = catalogue()
    slugs = [problem.slug for problem in problems]
    assert len(slugs) == len(set(slugs))
    for problem in problems:
        assert set(problem.title) == set(InterfaceLanguage), problem.slug
        assert 400 <= problem.status < 600
        assert problem.__doc__, problem.slug


def test_only_sessions_commit() -> None:
    committing = [
        str(file.relative_to(ROOT))
        for file in product_files()
        if any(
            isinstance(node, ast.Attribute) and node.attr == "commit"
            for node in ast.walk(ast.parse(file.read_text()))
        )
    ]
    assert committing == ["services/common/sessions.py"]


def test_the_driver_is_used_in_one_place() -> None:
    """What is sent past SQLAlchemy would be neither translated nor watched; hot reads are lent a connection."""
    users = {str(f.relative_to(ROOT)) for f in product_files() if "driver_connection" in f.read_text()}
    assert users == {"services/common/sessions.py", "services/common/database.py"}


def wire_models(root: type[BaseModel]) -> Iterator[type[BaseModel]]:
    routes()
    for child in root.__subclasses__():
        if "[" not in child.__name__:
            yield child
        yield from wire_models(child)


def test_answers_have_no_defaults() -> None:
    with_defaults = [
        f"{model.__name__}.{name}"
        for model in wire_models(Answer)
        for name, field in model.model_fields.items()
        if not field.is_required()
    ]
    assert with_defaults == []


def plain_parts(annotation: object) -> Iterator[object]:
    """The types a field is made of, apart from those that our own annotations guard."""
    if typing.get_origin(annotation) is typing.Annotated:
        return
    if typing.get_origin(annotation) in (typing.Union, types.UnionType, list, dict, tuple):
        for part in typing.get_args(annotation):
            yield from plain_parts(part)
    else:
        yield annotation


def test_requests_are_made_of_strict_scalars() -> None:
    loose = (int, float, bool, str, bytes, date, datetime, Decimal, UUID, object)
    found = []
    for model in wire_models(Request):
        for name, annotation in typing.get_type_hints(model, include_extras=True).items():
            if name in model.model_fields and any(part in loose for part in plain_parts(annotation)):
                found.append(f"{model.__name__}.{name}")
    assert found == []


def test_every_file_is_of_a_readable_length() -> None:
    written = [f for f in product_files() if "versions" not in f.parts]  # revisions are generated
    long = {str(f.relative_to(ROOT)): n for f in written if (n := len(f.read_text().splitlines())) > 400}
    assert long == {}


def test_init_files_hold_a_docstring_only() -> None:
    for file in product_files():
        if file.name == "__init__.py":
            body = ast.parse(file.read_text()).body
            assert all(isinstance(node, ast.Expr) for node in body), file


def test_every_setting_is_in_the_example_environment() -> None:
    example = (ROOT / ".env.example").read_text()
    for settings in (ProgramsSettings, ParticipantsSettings, EvaluationSettings, GatewaySettings):
        prefix = str(settings.model_config["env_prefix"])
        for name, field in settings.model_fields.items():
            variable = str(field.validation_alias or f"{prefix}{name}".upper())
            assert f"{variable}=" in example, variable


def test_dependencies_are_async() -> None:
    """FastAPI runs a plain function in a thread: two hops that cost more than all the rest of a hot read."""

    def descend(dependant: Dependant) -> Iterator[Dependant]:
        for child in dependant.dependencies:
            yield child
            yield from descend(child)

    plain = {
        child.call.__qualname__
        for route in routes()
        for child in descend(route.dependant)
        if child.call is not None
        and not (inspect.iscoroutinefunction(child.call) or inspect.isasyncgenfunction(child.call))
    }
    assert plain == set()


HEAVY = (
    *(
        "aiohttp",
        "cel_expr_python",
        "docx",
        "fontpkg",
        "icalendar",
        "jsonschema",
        "numpy",
        "opentelemetry.sdk",
        "pandas",
    ),
    *("phonenumbers", "pyreadstat", "python_calamine", "pyxform", "redis", "scipy", "typst", "xlsxwriter"),
)
"""Loaded where they are used: most processes never need them."""


def test_imports_are_light_and_leave_nothing_behind() -> None:
    """Apps are copies of a process that has imported them: a thread would be missing there, a file be shared."""
    script = (
        "import os, sys, threading\n"
        "before = set(os.listdir('/dev/fd'))\n"
        "from cli.serve import FACTORIES, import_for_good\n"
        "import_for_good(FACTORIES.values())\n"
        "left = sorted(set(os.listdir('/dev/fd')) - before)\n"
        "print(threading.active_count(), left, sorted(set(sys.modules) & set(sys.argv[1:])))\n"
    )
    command = [sys.executable, "-c", script, *HEAVY]
    said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert said.strip() == "1 [] []"


def test_each_decision_has_a_number_of_its_own() -> None:
    numbers = [path.name[:4] for path in (ROOT / "docs" / "adr").glob("[0-9]*.md")]
    assert sorted(set(numbers)) == sorted(numbers) != []
