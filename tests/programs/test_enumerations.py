"""Every word that a screen needs for the codes of this room."""

from enum import StrEnum
from importlib import import_module
from pkgutil import iter_modules

from services.programs import domain
from services.programs.domain.enumerations import ENUMERATIONS
from tests.apps import Door


def declared() -> set[type[StrEnum]]:
    modules = [import_module(f"{domain.__name__}.{found.name}") for found in iter_modules(domain.__path__)]
    return {
        value
        for module in modules
        for value in vars(module).values()
        if isinstance(value, type) and issubclass(value, StrEnum) and value.__module__ == module.__name__
    }


def test_no_enumeration_of_the_domain_is_forgotten() -> None:
    assert {known.members for known in ENUMERATIONS} == declared()
    assert len({known.name for known in ENUMERATIONS}) == len(ENUMERATIONS)


async def test_the_public_reads_the_words_and_the_ends_of_the_life_cycles(programs: Door) -> None:
    answer = await programs.as_().get("/v1/programs/enumerations")
    assert answer.status_code == 200
    found = {item["name"]: item["values"] for item in answer.json()["items"]}
    assert [value["code"] for value in found["modality"]] == ["on_site", "online", "hybrid"]
    assert found["modality"][0] == {
        "code": "on_site",
        "label": {"kk": "Күндізгі", "ru": "Очно", "en": "On site"},
        "description": None,
        "order": 1,
        "terminal": False,
        "deprecated": False,
    }
    ends = {name: {v["code"] for v in values if v["terminal"]} for name, values in found.items()}
    assert {name: codes for name, codes in ends.items() if codes} == {
        "agreement_state": {"terminated"},
        "approval_state": {"approved", "returned", "withdrawn"},
        "edition_state": {"archived", "cancelled"},
        "training_session_state": {"cancelled"},
        "delivery_state": {"closed", "cancelled"},
        "design_task_state": {"done"},
        "needs_survey_state": {"closed"},
        "organization_status": {"merged"},
        "instalment_state": {"cancelled"},
        "milestone_state": {"achieved", "cancelled"},
        "risk_state": {"closed"},
        "publication_state": {"refused", "superseded", "withdrawn"},
    }
