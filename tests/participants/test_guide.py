"""The guide for data-protection officers is played (all people synthetic)."""

from tests.guides import play
from tests.participants.courses import Course


async def test_data_about_people(course: Course) -> None:
    person, application = await course.nominee("TJ")
    named = await play(course.door, "privacy.md", {"person": person})
    state = (await course.manager.get(f"/v1/applications/{application}")).json()["state"]
    assert (state, named["person"]) == ("withdrawn", person)
