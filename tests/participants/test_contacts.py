"""How people are reached, and which languages they speak."""

from typing import Any
from uuid import UUID

import asyncpg
import pytest

from tests.participants.courses import SYNTHETIC_NAMES, Course
from tests.participants.test_affiliations import admin

__all__ = ["admin"]


def person(**facts: Any) -> dict[str, Any]:
    known = {"names": SYNTHETIC_NAMES, "sex": "female", "nationality": "TJ", "preferred_language": "tg"}
    return known | {"provenance": "synthetic"} | facts


async def test_a_telephone_and_languages_are_kept_and_go_with_an_erasure(
    course: Course, admin: asyncpg.Connection
) -> None:
    facts = person(phone="+992 (44) 600-00-00", languages={"tg": "native", "en": "B2"})
    made = await course.manager.post("/v1/persons", json=facts)
    assert made.status_code == 201, made.text
    assert made.json()["phone"] == "+992446000000"
    id_, own = made.json()["id"], course.holder(made.json()["id"])
    tag = {"If-Match": made.headers["etag"]}
    changed = await own.patch(f"/v1/persons/{id_}", json={"languages": {"ru": "C1"}}, headers=tag)
    assert (changed.status_code, changed.json()["languages"]) == (200, {"ru": "C1"})
    asked = await own.post("/v1/erasures", json={"person_id": id_})
    officer = course.door.as_("data_protection_officer")
    assert (await officer.post(f"{asked.headers['location']}/approval")).status_code == 200
    row = await admin.fetchrow("SELECT phone, languages FROM person WHERE id = $1", UUID(id_))
    assert row is not None
    assert tuple(row) == (None, "{}")


@pytest.mark.parametrize(
    "wrong",
    [
        {"phone": "446000000"},
        {"phone": "+999"},
        {"phone": "call me"},
        {"languages": {"tg": "fluent"}},
        {"languages": {"not a language": "B1"}},
        {"languages": ["tg"]},
    ],
)
async def test_what_is_no_number_or_level_is_refused(course: Course, wrong: dict[str, Any]) -> None:
    refused = await course.manager.post("/v1/persons", json=person(**wrong))
    assert refused.status_code == 422
    assert "call me" not in refused.text


async def test_rules_read_the_languages_of_a_person_where_no_form_asks(course: Course) -> None:
    rule: dict[str, Any] = {
        "id": "russian",
        "expression": "'ru' in language_levels && language_levels['ru'] >= 4",
    }
    rule |= {"severity": "block", "message": {"en": "Russian B2"}, "audience": None}
    await course.change(eligibility_rules=[rule])
    verdicts = []
    for level in ("B1", "native"):
        someone, application = await course.nominee("TJ")
        read = await course.manager.get(f"/v1/persons/{someone}")
        change = {"languages": {"ru": level}}
        tag = {"If-Match": read.headers["etag"]}
        assert (await course.manager.patch(f"/v1/persons/{someone}", json=change, headers=tag)).is_success
        checked = await course.manager.post(f"/v1/editions/{course.id}/eligibility-checks", json={})
        assert checked.is_success, checked.text
        found = await course.manager.get(f"/v1/applications/{application}/eligibility")
        verdicts.append(found.json()["verdict"])
    assert verdicts == ["fail", "pass"]
