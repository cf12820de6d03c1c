"""People found by their names: by who may see them, in any script (everybody here is synthetic)."""

import pytest

from tests.participants.courses import Course

AT = "/v1/services/participants/search"
SYNTHETIC = {"provenance": "synthetic"}


@pytest.mark.parametrize("q", ["Синтетика", "sintetika namun", "SYNTHETIC sample", "ساختگی"])
async def test_people_are_found_by_any_of_their_names(course: Course, q: str) -> None:
    person = await course.person("TJ")
    for client in (course.manager, course.officer("TJ"), course.holder(person)):
        found = (await client.get(AT, params=SYNTHETIC | {"q": q})).json()
        assert [hit["id"] for hit in found["items"]] == [person]
        (hit,) = found["items"]
        assert hit["kind"] == "person"
        assert hit["title"]["und-Latn"] == "Synthetic Sample"
        assert (await client.get(hit["href"])).status_code == 200


async def test_who_may_not_see_somebody_learns_nothing(course: Course) -> None:
    person = await course.person("TJ")
    other = await course.person("UZ")
    asked = SYNTHETIC | {"q": "synthetic"}
    for client, own in (
        (course.officer("UZ"), [other]),
        (course.officer("AF"), []),
        (course.holder(other), [other]),
    ):
        found = (await client.get(AT, params=asked)).json()
        assert [hit["id"] for hit in found["items"]] == own
        assert found["more"] is False
        alone = (await client.get(AT, params=asked | {"limit": 1})).json()
        assert alone["more"] is False, person
    assert (await course.door.as_().get(AT, params=asked)).status_code == 401
    assert (await course.door.as_("lecturer").get(AT, params=asked)).status_code == 403
    assert (await course.manager.get(AT, params={"q": "synthetic"})).json()["items"] == []


async def test_nobody_is_found_by_a_wildcard_or_by_what_is_no_name(course: Course) -> None:
    await course.person("TJ")
    for q in ("tg-Cyrl", "example.org", "synt%xx"):
        assert (await course.manager.get(AT, params=SYNTHETIC | {"q": q})).json()["items"] == [], q
    assert (await course.manager.get(AT, params=SYNTHETIC | {"q": "%"})).status_code == 422
    assert (await course.manager.get(AT, params={"q": "sample", "kinds": "edition"})).status_code == 422
