import json
import os
from datetime import date
from importlib.resources import files
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.codelists import codelists, refresh_codelists
from cli.errors import CommandError
from services.common.codelists.iati import CODELISTS, load_codelist

REPOSITORY = Path(__file__).parents[2]
OFFICIAL = Path(os.environ.get("QOLDAU_SHARED", REPOSITORY.parent / "shared")) / "data" / "iati" / "codelists"

SYNTHETIC = """<codelist name="Sector" xml:lang="en" complete="{complete}">
  <metadata><name><narrative>Synthetic
      list</narrative></name></metadata>
  <codelist-items>
    <codelist-item status="active"><code>1</code><category>9</category>
      <name><narrative> One
        thing </narrative><narrative xml:lang="fr">Une chose</narrative>
        <narrative xml:lang="en">Again</narrative></name>
      <description><narrative>Left out</narrative></description></codelist-item>
    <codelist-item status="withdrawn" withdrawal-date="2020-02-28"><code> 2 </code>
      <name><narrative>Two</narrative><narrative xml:lang="fr"/></name></codelist-item>
    <codelist-item status="withdrawn"><code>3</code></codelist-item>
    <codelist-item status="active" withdrawal-date="2022-12-31"><code>4</code></codelist-item>
  </codelist-items>
</codelist>
"""


def test_the_shipped_codelists_are_what_iati_publishes(tmp_path: Path) -> None:
    if not OFFICIAL.is_dir():
        pytest.skip(
            "the official codelists are not here: set QOLDAU_SHARED to the folder that holds data/iati"
        )
    refresh_codelists(
        OFFICIAL,
        embedded=load_codelist("ActivityStatus").version,
        nonembedded=load_codelist("Sector").version,
        as_of=load_codelist("Sector").as_of,
        target=tmp_path,
    )
    assert {path.name for path in tmp_path.iterdir()} == {f"{name}.json" for name in CODELISTS}
    for path in tmp_path.iterdir():
        shipped = files("services.common.codelists") / path.name
        assert path.read_text("utf-8") == shipped.read_text("utf-8")


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A source folder with one synthetic list under every name, the first half of them embedded."""
    for place, name in enumerate(sorted(CODELISTS)):
        folder = tmp_path / ("embedded" if place < 10 else "nonembedded")
        folder.mkdir(exist_ok=True)
        (folder / f"{name}.xml").write_text(SYNTHETIC.format(complete=place % 2), "utf-8")
    return tmp_path


def test_only_codes_names_categories_and_withdrawals_are_kept(source: Path, tmp_path: Path) -> None:
    target = tmp_path / "target"
    target.mkdir()
    refresh_codelists(source, embedded="e1", nonembedded="n2", as_of=date(2026, 6, 22), target=target)
    written = [json.loads((target / f"{name}.json").read_text("utf-8")) for name in sorted(CODELISTS)]
    assert [content["version"] for content in written] == ["e1"] * 10 + ["n2"] * (len(CODELISTS) - 10)
    assert [content["complete"] for content in written[:2]] == [False, True]
    assert written[0] == {
        "name": "ActivityDateType",
        "title": "Synthetic list",
        "version": "e1",
        "as_of": "2026-06-22",
        "complete": False,
        "entries": [
            {"code": "1", "name": {"en": "One thing", "fr": "Une chose"}, "category": "9"},
            {"code": "2", "name": {"en": "Two"}, "withdrawn": True, "withdrawn_on": "2020-02-28"},
            {"code": "3", "withdrawn": True},
            {"code": "4", "withdrawn": True, "withdrawn_on": "2022-12-31"},
        ],
    }


def test_a_missing_codelist_stops_the_refresh(source: Path, tmp_path: Path) -> None:
    (source / "nonembedded" / "Sector.xml").unlink()
    with pytest.raises(FileNotFoundError):
        refresh_codelists(source, embedded="e1", nonembedded="n2", as_of=date(2026, 6, 22), target=tmp_path)


@pytest.mark.parametrize(
    "content", ["<html>Try again later", "<html/>", "<codelist><codelist-items/></codelist>"]
)
def test_what_is_no_codelist_changes_nothing(source: Path, tmp_path: Path, content: str) -> None:
    target = tmp_path / "target"
    target.mkdir()
    (source / "nonembedded" / "UNSDG-Targets.xml").write_text(content, "utf-8")
    with pytest.raises(ValueError, match="UNSDG-Targets"):
        refresh_codelists(source, embedded="e1", nonembedded="n2", as_of=date(2026, 6, 22), target=target)
    assert list(target.iterdir()) == []


def test_the_command_says_what_is_missing(tmp_path: Path) -> None:
    arguments = ["refresh", str(tmp_path), "--embedded", "e", "--nonembedded", "n", "--as-of", "2026-06-22"]
    told = CliRunner().invoke(codelists, arguments)
    assert isinstance(told.exception, CommandError)
    assert str(told.exception).startswith("nothing was changed: ")
    assert "ActivityDateType.xml" in str(told.exception)
