import json
from datetime import date
from importlib.resources import files

import pytest

from services.common.codelists.iati import CODELISTS, load_codelist

FOLDER = files("services.common.codelists")
CURRENT_PURPOSES = (
    *(
        "12181",
        "12281",
        "12110",
        "11420",
        "11430",
        "11110",
        "11120",
        "11130",
        "11330",
        "15110",
        "15121",
        "15122",
    ),
    *(
        "15124",
        "15153",
        "15114",
        "15127",
        "22040",
        "22010",
        "33120",
        "33181",
        "14010",
        "14015",
        "14040",
        "14081",
    ),
    *("41010", "41081", "31110", "31181", "43060", "43081", "43082", "16066", "74020"),
)


@pytest.mark.parametrize("name", sorted(CODELISTS))
def test_every_codelist_is_sound(name: str) -> None:
    codelist = load_codelist(name)
    assert codelist.name == name
    assert codelist.title
    assert codelist.entries
    assert len(json.loads((FOLDER / f"{name}.json").read_text("utf-8"))["entries"]) == len(codelist.entries)
    for code, entry in codelist.entries.items():
        assert entry.code == code
        assert code == code.strip() != ""
        assert entry.name["en"]
        assert entry.withdrawn or entry.withdrawn_on is None


def test_the_folder_holds_these_codelists_and_their_origin() -> None:
    assert {
        path.name.removesuffix(".json") for path in FOLDER.iterdir() if path.name.endswith(".json")
    } == CODELISTS
    readme = (FOLDER / "README.md").read_text("utf-8")
    for name in CODELISTS:
        codelist = load_codelist(name)
        assert f"| {codelist.version} | {codelist.as_of} | CC BY 4.0" in readme


@pytest.mark.parametrize("code", CURRENT_PURPOSES)
def test_purposes_of_the_portfolio_are_current(code: str) -> None:
    sector = load_codelist("Sector")
    assert sector.is_current(code)
    assert sector.entry(code).category == code[:3]
    assert load_codelist("SectorCategory").is_current(code[:3])


@pytest.mark.parametrize("code", ["15120", "15140", "15161", "15162", "74010", "41050"])
def test_withdrawn_purposes_stay_known_and_are_not_current(code: str) -> None:
    sector = load_codelist("Sector")
    assert not sector.is_current(code)
    assert sector.entry(code).withdrawn
    assert sector.entry(code).withdrawn_on in {date(2017, 12, 31), date(2020, 2, 28)}


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("AidType", "E01"),
        ("AidType", "D02"),
        ("ActivityStatus", "6"),
        ("CRSChannelCode", "41114"),
        ("CRSChannelCode", "46015"),
        ("CRSChannelCode", "47139"),
        ("CRSChannelCode", "51000"),
        ("CashandVoucherModalities", "2"),
        ("CollaborationType", "8"),
        ("DocumentCategory", "A09"),
        ("FinanceType", "110"),
        ("FlowType", "10"),
        ("IndicatorMeasure", "5"),
        ("OrganisationRegistrationAgency", "KZ-BIN"),
        ("PolicyMarker", "10"),
        ("Region", "619"),
        ("TagVocabulary", "3"),
        ("TransactionType", "13"),
        ("UNSDG-Goals", "17"),
        ("UNSDG-Targets", "3.c"),
    ],
)
def test_codes_that_the_design_names_are_current(name: str, code: str) -> None:
    assert load_codelist(name).is_current(code)


def test_the_customs_fellowships_are_withdrawn() -> None:
    assert load_codelist("CRSChannelCode").entry("47102").withdrawn_on == date(2012, 12, 31)


@pytest.mark.parametrize(
    ("name", "complete"), [("Sector", True), ("Country", False), ("IndicatorVocabulary", False)]
)
def test_completeness_is_what_iati_says(name: str, complete: bool) -> None:
    assert load_codelist(name).complete is complete


def test_an_unknown_code_is_not_current_and_has_no_entry() -> None:
    sector = load_codelist("Sector")
    assert not sector.is_current("99999")
    with pytest.raises(KeyError):
        sector.entry("99999")


@pytest.mark.parametrize(
    "name", ["", "sector", "Nonsense", "../iso", "Sector.json", "/etc/hostname", "README"]
)
def test_no_other_file_can_be_read_by_name(name: str) -> None:
    with pytest.raises(KeyError, match="no codelist of this name"):
        load_codelist(name)


def test_a_codelist_is_read_once_and_cannot_be_changed() -> None:
    sector = load_codelist("Sector")
    assert load_codelist("Sector") is sector
    with pytest.raises(TypeError):
        sector.entries["99999"] = sector.entry("12181")  # type: ignore[index] # that it cannot be set is the point
