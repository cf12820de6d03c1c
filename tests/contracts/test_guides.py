"""What guides name exists: requests with their parameters and bodies, commands, settings, targets, problems, files.

Guides that can be played are (`tests/guides.py`); of the others, and of what played ones say besides, nothing may
be made up, or left behind when it gets another name.
"""

import json
import re
import shlex
from collections.abc import Iterator
from typing import Any, Final

import jsonschema
import pytest
import typer
from typer.core import TyperGroup

from cli.main import COMMANDS, commands_of
from tests.instances import ROOT

TEXTS: Final = (
    "README.md",
    "clients/README.md",
    "docs/contributing.md",
    *(f"docs/guides/{file.name}" for file in sorted((ROOT / "docs" / "guides").glob("*.md"))),
)
DOCUMENT: Final[dict[str, Any]] = json.loads((ROOT / "docs/openapi/merged.json").read_text(encoding="utf-8"))
PROBLEMS: Final = {
    entry["slug"]: entry["status"]
    for entry in json.loads((ROOT / "docs/problems.json").read_text(encoding="utf-8"))
}
SETTINGS: Final = set(re.findall(r"^(\w+)=", (ROOT / ".env.example").read_text(), re.MULTILINE)) | set(
    re.findall(r"\$\{(\w+)", (ROOT / "docker-compose.yml").read_text())
)
OF_TESTS: Final = {"QOLDAU_JOURNEY"}
LISTED: Final = {
    value for schema in DOCUMENT["components"]["schemas"].values() for value in schema.get("enum", ())
}
"""What may stand in the place of a parameter, beside ids and numbers."""
TARGETS: Final = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))

_CODE: Final = re.compile(r"```\w*\n(.*?)```|`([^`\n]+)`", re.DOTALL)
_REQUEST: Final = re.compile(
    r"(?:\b(?P<method>GET|POST|PUT|PATCH|DELETE) )?"
    r"(?P<path>(?:\.\.\.|/v1)(?:/[\w{}.-]+)+)(?:\?(?P<query>[^\s`\"'|]*))?"
)
_PLACE: Final = re.compile(r"\{\w+\}|[A-Z_]+|\d+|\w+\.\.\.")
_COMMAND: Final = re.compile(r"(?:\bqoldau|run --rm operator) ([a-z][^`\n]*)")
_SETTING: Final = re.compile(r"\b(?:QOLDAU|GATEWAY|PROGRAMS|PARTICIPANTS|EVALUATION|OIDC)_[A-Z_]+\b")
_TARGET: Final = re.compile(r"\bmake ([a-z-]+)")
_FILE: Final = re.compile(r"(?<![\w/])(?:docs|clients|tests|services|gateway|cli)/[\w./-]+")
_PROBLEM: Final = re.compile(
    r"`(?P<code>[a-z]+(?:-[a-z]+)+)` \((?P<status>\d{3})\)|(\d{3}) `([a-z]+(?:-[a-z]+)+)`"
)
_CURL: Final = re.compile(r"^curl (?:.*\\\n)*.*$", re.MULTILINE)


def faults_of(text: str) -> list[str]:
    """Return what the text names that does not exist."""
    code = "\n".join(block or inline for block, inline in _CODE.findall(text))
    return [
        *(
            f"{method or ''} {path}?{query}"
            for method, path, query in _REQUEST.findall(code)
            if not _is_request(method, path, query)
        ),
        *(f"qoldau {words}" for words in _COMMAND.findall(code) if not _is_command(words)),
        *(name for name in _SETTING.findall(code) if name not in SETTINGS | OF_TESTS),
        *(f"make {name}" for name in _TARGET.findall(code) if name not in TARGETS),
        *(name for name in _FILE.findall(code) if not (ROOT / name).exists()),
        *(slug for slug in re.findall(r"/problems/([a-z-]+)", code) if slug not in PROBLEMS),
        *_wrong_problems(text),
        *(fault for command in _CURL.findall(code) for fault in _faults_of_call(command)),
        *(
            fault
            for block in re.findall(r"```json\n(.*?)```", text, re.DOTALL)
            for fault in _faults_of_json(block)
        ),
    ]


def _matches(template: str, path: str) -> bool:
    """Say whether a guide means the template by `path`: words in braces or capitals are ids, dots are a rest."""
    written = path.split("/")
    shape = template.split("/")
    if written[0] == "...":
        shape = shape[-len(written) + 1 :]
        written = written[1:]
    if written[-1] == "...":
        written = written[:-1]
        shape = shape[: len(written)]
    return len(shape) == len(written) and all(
        (word in LISTED or bool(_PLACE.fullmatch(word))) if part.startswith("{") else part == word
        for part, word in zip(shape, written, strict=True)
    )


def _operations(method: str, path: str) -> Iterator[dict[str, Any]]:
    for template, item in DOCUMENT["paths"].items():
        if _matches(template, path.rstrip(".") if not path.endswith("/...") else path):
            yield from (operation for verb, operation in item.items() if method in {"", verb.upper()})


def _is_request(method: str, path: str, query: str) -> bool:
    asked = {part.partition("=")[0] for part in query.split("&") if part}
    return any(asked <= _parameters(operation) for operation in _operations(method, path))


def _parameters(operation: dict[str, Any]) -> set[str]:
    shared = DOCUMENT["components"]["parameters"]
    whole = [
        shared[one["$ref"].rpartition("/")[2]] if "$ref" in one else one
        for one in operation.get("parameters", [])
    ]
    return {one["name"] for one in whole if one["in"] == "query"}


def _is_command(words: str) -> bool:
    """Say whether there is such a command with such options; `a|b` names two of a group."""
    found: Any = typer.main.get_command(commands_of(list(COMMANDS)))
    for word in shlex.split(words):
        if isinstance(found, TyperGroup):
            names = word.split("|")
            if not all(name in found.commands for name in names):
                return False
            found = found.commands[names[0]]
        elif word.startswith("--"):
            options = {option for one in found.params for option in (*one.opts, *one.secondary_opts)}
            if word not in options | {"--help"}:
                return False
    return True


def _wrong_problems(text: str) -> Iterator[str]:
    for code, status, status_before, code_after in _PROBLEM.findall(text):
        slug = code or code_after
        if PROBLEMS.get(slug) != int(status or status_before):
            yield slug


def _faults_of_call(command: str) -> Iterator[str]:
    """Yield what is wrong with a call by curl: the method, or the body that it sends."""
    words = shlex.split(command.replace("\\\n", " "))
    method = words[words.index("-X") + 1] if "-X" in words else "GET"
    (address,) = [word for word in words if "://" in word]
    path = "/" + address.split("/", 3)[3].partition("?")[0]
    operations = list(_operations(method, path))
    if path.startswith("/v1") and not operations:
        yield f"{method} {path}"
    if "-d" in words and operations:
        schema = operations[0]["requestBody"]["content"]["application/json"]["schema"]
        whole = schema | {"components": DOCUMENT["components"]}
        body = json.loads(words[words.index("-d") + 1])
        yield from (error.message for error in jsonschema.Draft202012Validator(whole).iter_errors(body))


def _faults_of_json(block: str) -> Iterator[str]:
    try:
        json.loads(block)
    except ValueError as error:
        yield f"{error}: {block[:60]}"


@pytest.mark.parametrize("name", TEXTS)
def test_what_guides_name_exists(name: str) -> None:
    assert faults_of((ROOT / name).read_text(encoding="utf-8")) == []


def test_the_first_page_lists_every_command() -> None:
    listed = (
        (ROOT / "README.md")
        .read_text()
        .partition("## Commands of the operator\n")[2]
        .partition("; each has")[0]
    )
    named = {words.removeprefix("qoldau ").split()[0] for words in re.findall(r"`([^`]+)`", listed)}
    assert named == set(COMMANDS)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("`GET /v1/programz`", "GET /v1/programz?"),
        ("`DELETE /v1/agency`", "DELETE /v1/agency?"),
        ("`/v1/programs/exportz`", " /v1/programs/exportz?"),
        ("`/v1/programs?colour=red`", " /v1/programs?colour=red"),
        ("`PUT .../acceptances`", "PUT .../acceptances?"),
        ("`qoldau keys turn`", "qoldau keys turn"),
        ("`qoldau up --slowly`", "qoldau up --slowly"),
        ("`GATEWAY_COLOR`", "GATEWAY_COLOR"),
        ("`make haste`", "make haste"),
        ("`docs/nowhere.md`", "docs/nowhere.md"),
        ("`cursor-unusable` (404)", "cursor-unusable"),
        ("404 `no-such-problem`", "no-such-problem"),
        ("`/problems/no-such`", "no-such"),
        ("```json\n{a}\n```", "Expecting property name enclosed in double quotes"),
        (
            '```sh\ncurl -X POST http://127.0.0.1:8000/v1/auth/token \\\n  -d \'{"grant_type": "magic"}\'\n```',
            "is not valid under any of the given schemas",
        ),
    ],
)
def test_what_does_not_exist_is_found(text: str, fault: str) -> None:
    (told,) = faults_of(text)
    assert fault in told
