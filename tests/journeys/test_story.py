"""The demonstration story, played in a whole running instance, and what each role sees of it afterwards."""

from uuid import uuid4

import pytest

from cli.acts.accounts import open_account
from cli.acts.cohort import COUNTRIES
from cli.acts.planning import CODE, NEXT_CODE
from cli.acts.stage import Stage
from cli.errors import CommandError
from cli.story import play_story
from services.common.identity import GrantKind, Role
from tests.journeys.conftest import Played, lecturers_of

pytestmark = pytest.mark.process


async def test_the_manager_sees_the_whole_edition_on_one_page(played: Played) -> None:
    answer = await played.read(f"/v1/overviews/editions/{played.edition_id}", Role.MANAGER)
    overview = answer.json()
    # This manager's grants name no program, so that no money is theirs to see.
    assert overview["missing"] == [{"part": "costs", "problem": "/problems/not-found"}]
    assert (overview["edition"]["code"], overview["edition"]["state"]) == (CODE, "evaluated")
    seats = {line["country"]: (line["seats"], line["taken"]) for line in overview["pipeline"]["seat_lines"]}
    assert seats == dict.fromkeys(COUNTRIES, (5, 5))
    assert {result["visibility"] for result in overview["results"]["items"]} == {
        "internal",
        "lecturer",
        "public",
    }
    assert [one["state"] for one in overview["recommendations"]["items"]] == ["in_progress"]
    (recommendation,), (task,) = overview["recommendations"]["items"], overview["design_tasks"]["items"]
    assert (task["recommendation_id"], task["state"]) == (recommendation["id"], "done")


async def test_the_seats_that_were_given_back_stay_in_their_countries(played: Played) -> None:
    offers = await played.items("/v1/offers", Role.MANAGER, edition_id=played.edition_id, limit="200")
    assert sorted(offer["state"] for offer in offers) == ["accepted"] * 26 + ["declined"]
    people = await played.items("/v1/participations", Role.MANAGER, edition_id=played.edition_id)
    seated = [one["country"] for one in people if one["state"] != "withdrawn"]
    assert {country: seated.count(country) for country in seated} == dict.fromkeys(COUNTRIES, 5)


async def test_who_missed_half_the_course_has_no_certificate(played: Played) -> None:
    people = await played.items("/v1/participations", Role.MANAGER, edition_id=played.edition_id)
    assert sorted(one["state"] for one in people) == ["certified"] * 24 + ["incomplete", "withdrawn"]
    certificates = await played.items("/v1/certificates", Role.MANAGER, edition_id=played.edition_id)
    assert len(certificates) == 24
    at = f"/v1/certificates/{certificates[0]['verify_token']}/verification"
    assert (await played.read(at)).json()["verdict"] == "genuine"


async def test_no_country_of_the_edition_is_told_apart(played: Played) -> None:
    results = await played.items("/v1/results", Role.MANAGER, edition_id=played.edition_id)
    assert {(one["figures"]["n_invited"], one["figures"]["n_answered"]) for one in results} == {(25, 20)}
    cells = [
        cell
        for result in results
        for question in result["figures"]["questions"]
        for breakdown in question["breakdowns"]
        if breakdown["dimension"] == "country"
        for cell in breakdown["cells"]
    ]
    assert {cell["group"] for cell in cells} == set(COUNTRIES)
    assert {(cell["n"], cell["rule"]) for cell in cells} == {(None, "country_of_one_edition")}


async def test_a_lecturer_sees_only_their_own_results(played: Played) -> None:
    own, other = await lecturers_of(played)
    async with Stage(played.url, played.sign_in, print) as stage:
        lecturer = await open_account(stage, f"lecturer-{uuid4()}", Role.LECTURER, GrantKind.LECTURER, own)
        (result,) = await lecturer.items(f"/v1/lecturers/{own}/results")
        assert [question["code"] for question in result["figures"]["questions"]] == ["clear"]
        assert result["figures"]["questions"][0]["cell"]["n"] == 20
        assert (await lecturer.client.get(f"/v1/lecturers/{other}/results")).status_code == 404
        listed = await lecturer.items("/v1/results", edition_id=played.edition_id)
        assert {one["visibility"] for one in listed} == {"public"}


async def test_the_public_dossier_has_nothing_synthetic_in_it(played: Played) -> None:
    dossier = await played.read("/v1/countries/TJ/dossier")
    assert dossier.status_code == 200, dossier.text
    assert "QA-2023" in dossier.text
    assert "synthetic" not in dossier.text.lower()
    assert played.edition_id not in dossier.text


async def test_nothing_synthetic_stands_in_a_public_list(played: Played) -> None:
    for path in ("/v1/organizations", "/v1/partnerships", "/v1/editions", "/v1/deliveries"):
        public = await played.read(path, limit="200")
        assert public.status_code == 200, path
        assert "synthetic" not in public.text.lower(), path
        assert CODE.lower() not in public.text.lower(), path
    staff = await played.read("/v1/organizations", Role.MANAGER, limit="200")
    assert "synthetic" in staff.text


async def test_the_nominator_of_a_country_sees_no_other(played: Played) -> None:
    people = await played.items("/v1/persons", Role.NOMINATOR, limit="200")
    assert {person["nationality"] for person in people} == {"TJ"}
    assert len(people) == 8


async def test_everybody_is_told_what_is_theirs(played: Played) -> None:
    nominator = (await played.read("/v1/me", Role.NOMINATOR)).json()
    assert (nominator["missing"], nominator["applications"], nominator["design_tasks"]) == ([], None, None)
    assert len(nominator["nominations"]["items"]) == 8
    manager = (await played.read("/v1/me", Role.MANAGER)).json()
    assert (manager["missing"], manager["nominations"]) == ([], None)
    # The task of the story is done; what it answers is not verified before the next edition's results.
    assert manager["design_tasks"]["items"] == []
    assert [one["state"] for one in manager["recommendations"]["items"]] == ["in_progress"]
    assert manager["next"] == []


async def test_the_suggestion_reached_the_next_edition(played: Played) -> None:
    assert await played.items("/v1/design-tasks", Role.MANAGER) == []
    (task,) = await played.items("/v1/design-tasks", Role.MANAGER, provenance="synthetic")
    (following,) = await played.items("/v1/editions", Role.MANAGER, code=NEXT_CODE, provenance="synthetic")
    assert (task["edition_id"], task["state"]) == (following["id"], "done")


async def test_it_is_played_once(played: Played) -> None:
    with pytest.raises(CommandError, match="played before"):
        await play_story(played.url, played.sign_in, print)
