"""`qoldau codelists`: which official lists the product ships, and making them anew from IATI's files."""

import json
from datetime import date, datetime
from importlib.resources import files
from pathlib import Path
from typing import Annotated
from xml.etree import ElementTree as ET

import typer

from cli.errors import CommandError
from services.common.codelists.iati import CODELISTS, load_codelist

_SHIPPED = Path(str(files("services.common.codelists")))
_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"


codelists = typer.Typer(help="The official codelists that the product ships.", no_args_is_help=True)


@codelists.command("list")
def list_codelists() -> None:
    """Print each list with its version, its day and how many codes are current and withdrawn."""
    for name in sorted(CODELISTS):
        found = load_codelist(name)
        withdrawn = sum(entry.withdrawn for entry in found.entries.values())
        current = len(found.entries) - withdrawn
        print(f"{name}: version {found.version} of {found.as_of}, {current} current, {withdrawn} withdrawn")


@codelists.command("refresh")
def refresh(
    source_folder: Annotated[
        Path, typer.Argument(help="Holds the folders `embedded` and `nonembedded` of IATI's repositories.")
    ],
    embedded: Annotated[str, typer.Option(help="Commit of IATI-Codelists that was fetched.")],
    nonembedded: Annotated[str, typer.Option(help="Commit of IATI-Codelists-NonEmbedded that was fetched.")],
    as_of: Annotated[
        datetime, typer.Option(formats=["%Y-%m-%d"], help="The day on which they were fetched.")
    ],
) -> None:
    """Write the shipped lists anew from IATI's files, which the operator has fetched; then restart the services."""
    try:
        refresh_codelists(source_folder, embedded=embedded, nonembedded=nonembedded, as_of=as_of.date())
    except (OSError, ValueError) as error:
        raise CommandError(f"nothing was changed: {error}") from error
    print(f"{len(CODELISTS)} lists of {as_of.date()}")


def refresh_codelists(
    source_folder: Path, *, embedded: str, nonembedded: str, as_of: date, target: Path = _SHIPPED
) -> None:
    """Write one JSON file per codelist of the product, with codes, names, categories and withdrawals only.

    `source_folder` holds the folders `embedded` and `nonembedded` of IATI's repositories, whose versions
    (commits) and date the caller states. All of them are read before the first is written, each as a whole.
    Raises FileNotFoundError if a codelist is in neither folder, ValueError if it is not one.
    """
    versions = {"embedded": embedded, "nonembedded": nonembedded}
    made = {}
    for name in sorted(CODELISTS):
        kind = "embedded" if (source_folder / "embedded" / f"{name}.xml").exists() else "nonembedded"
        path = source_folder / kind / f"{name}.xml"
        root = _read_list(path)
        head = {
            "name": name,
            "title": _read_names(root.find("metadata/name"))["en"],
            "version": versions[kind],
            "as_of": as_of.isoformat(),
            "complete": root.get("complete") == "1",
        }
        entries = [_read_item(item) for item in root.iterfind("codelist-items/codelist-item")]
        made[target / f"{name}.json"] = _format_codelist(head, entries)
    for path, content in made.items():
        draft = path.with_suffix(".draft")
        draft.write_text(content, "utf-8")
        draft.replace(path)


def _read_list(path: Path) -> ET.Element:
    """Return the list; raise ValueError where the file is something else, such as a page that tells of an error."""
    try:
        root = ET.parse(path).getroot()  # noqa: S314 - IATI's own files, which the operator fetched
    except ET.ParseError as error:
        raise ValueError(f"{path.name} is no XML ({error})") from error
    if root.tag != "codelist" or root.find("codelist-items/codelist-item") is None:
        raise ValueError(f"{path.name} is no codelist")
    return root


def _read_item(item: ET.Element) -> dict[str, object]:
    withdrawn_on = item.get("withdrawal-date")
    entry = {
        "code": item.findtext("code", "").strip(),
        "name": _read_names(item.find("name")),
        "category": item.findtext("category"),
        # IATI left a code active that it has dated as withdrawn (21508 of CRSChannelCode): the date wins.
        "withdrawn": item.get("status") == "withdrawn" or withdrawn_on is not None,
        "withdrawn_on": withdrawn_on,
    }
    return {key: value for key, value in entry.items() if value}


def _read_names(name: ET.Element | None) -> dict[str, str]:
    """Return the first narrative of each language; those without one are English."""
    names: dict[str, str] = {}
    for narrative in () if name is None else name.iterfind("narrative"):
        if text := " ".join((narrative.text or "").split()):
            names.setdefault(narrative.get(_LANGUAGE, "en"), text)
    return names


def _format_codelist(head: dict[str, object], entries: list[dict[str, object]]) -> str:
    """One entry on a line, so that a refresh shows as a short difference."""
    lines = ",\n".join(json.dumps(entry, ensure_ascii=False) for entry in entries)
    return f'{json.dumps(head)[:-1]}, "entries": [\n{lines}\n]}}\n'
