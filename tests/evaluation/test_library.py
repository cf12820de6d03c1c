"""The ready questionnaires: complete in three languages, tagged, loaded once, and fit to be asked and exported."""

from typing import Any

import pytest

from cli.questionnaires.loader import LIBRARY, TEMPLATES, load_questionnaires
from services.evaluation.domain.instruments import is_test
from services.evaluation.domain.wordings import Wording, check_wording, translations_of
from services.evaluation.domain.xlsform_export import export_form
from services.evaluation.domain.xlsform_files import check_with_pyxform
from services.evaluation.domain.xlsform_import import import_form
from services.evaluation.domain.xlsform_types import ImportOptions
from tests.apps import Door


@pytest.mark.parametrize("questionnaire", LIBRARY, ids=lambda q: q["code"])
def test_a_ready_questionnaire_is_complete_and_survives_xlsform(questionnaire: dict[str, Any]) -> None:
    wording = Wording.read(questionnaire["questions"], questionnaire["sections"])
    assert check_wording(wording) == []
    states = {tag: translation.state for tag, translation in translations_of(wording).items()}
    assert states == dict.fromkeys(("en", "kk", "ru"), "complete")
    assert questionnaire["title"].keys() == {"en", "ru", "kk"}
    sheets = export_form(wording, questionnaire["code"], questionnaire["title"], 1)
    assert check_with_pyxform(sheets) == []
    again = import_form(sheets, ImportOptions())
    assert again.faults == []
    assert again.questions == wording.questions
    assert again.sections == wording.sections


def test_the_library_covers_levels_criteria_and_what_the_design_names() -> None:
    asked = [question for questionnaire in LIBRARY for question in questionnaire["questions"]]
    assert {q.get("level") for q in asked} >= {"L1", "L2", "L3", "L4"}
    criteria = {q["criterion"] for q in asked if "criterion" in q}
    assert criteria == {
        *("relevance", "coherence", "effectiveness", "efficiency"),
        *("impact", "sustainability", "mutual_benefit"),
    }
    tests = [q["code"] for q in LIBRARY if is_test(Wording.read(q["questions"]).questions)]
    assert tests == ["ready.knowledge"]
    assert {code for code, _ in TEMPLATES} <= {q["code"] for q in LIBRARY}


async def test_the_library_is_loaded_once(evaluation: Door) -> None:
    staff = evaluation.as_("evaluator")
    assert await load_questionnaires(staff) == len(LIBRARY)
    assert await load_questionnaires(staff) == 0
    templates = (await staff.get("/v1/campaign-templates")).json()["items"]
    assert {template["phase"] for template in templates} == {t["phase"] for _, t in TEMPLATES}
    instruments = (await staff.get("/v1/instruments")).json()["items"]
    version = await staff.get(f"/v1/instruments/{instruments[0]['id']}/versions/1")
    assert version.json()["state"] == "published"
    assert {language["state"] for language in version.json()["languages"].values()} == {"reviewed"}
