"""What is found by words, through HTTP: what the caller may see, in any script."""

from typing import Any

import httpx
import pytest

from tests.apps import Door
from tests.programs.books import REAL_PLAN
from tests.programs.demonstrations import enter
from tests.programs.test_lists import counted

AT = "/v1/services/programs/search"


async def find(client: httpx.AsyncClient, q: str, **params: Any) -> list[tuple[str, str]]:
    answer = await client.get(AT, params={"q": q} | params)
    assert answer.status_code == 200, answer.text
    return [(hit["kind"], next(iter(hit["title"].values()))) for hit in answer.json()["items"]]


@pytest.fixture
async def portfolio(programs: Door) -> Door:
    manager = programs.as_("manager")
    title = {"en": "Avicenna: Healthcare", "ru": "Авиценна: здравоохранение"}
    row = {"code": "avicenna", "title": title, "kind": "course_program"}
    program = await enter(manager, "/v1/programs", row)
    await enter(
        manager, "/v1/programs", row | {"code": "idea", "title": {"en": "Avicenna idea"}, "status": "idea"}
    )
    await enter(
        manager, "/v1/editions", REAL_PLAN | {"program_id": program["id"], "title": {"ru": "Авиценна 2025"}}
    )
    names = {"ru": "Медицинский университет Астана", "kk": "Астана медицина университеті"}
    await enter(manager, "/v1/organizations", {"code": "amu", "names": names, "acronym": "AMU"})
    await enter(manager, "/v1/sources", {"code": "news-1", "kind": "news", "title": "Авиценна begins"})
    given = {"code": "grant", "title": {"en": "Medical equipment"}, "details": {"kind": "equipment"}}
    made = await enter(manager, "/v1/deliveries", given)
    for shown, name in ((True, "Avicenna act, signed"), (False, "Avicenna internal note")):
        paper = {"kind": "other", "title": name, "dated": "2025-01-02", "public": shown}
        at = f"/v1/deliveries/{made['id']}/documents"
        await enter(manager, at, paper | {"url": "https://example.org/paper.pdf"})
    for consents, name in ((True, "Aya Synthetic"), (False, "Avicenna Synthetic")):
        await enter(manager, "/v1/lecturers", {"names": {"en": name}, "consents_to_be_shown": consents})
    return programs


async def test_words_are_found_in_any_script_by_who_may_see_them(portfolio: Door) -> None:
    public, manager = portfolio.as_(), portfolio.as_("manager")
    shown = {
        ("program", "Avicenna: Healthcare"),
        ("source", "Авиценна begins"),
        ("document", "Avicenna act, signed"),
    }
    hidden = {
        ("program", "Avicenna idea"),
        ("edition", "Авиценна 2025"),
        ("document", "Avicenna internal note"),
        ("lecturer", "Avicenna Synthetic"),
    }
    for q in ("avicenna", "АВИЦЕННА", "Avicén", "авиц"):
        assert set(await find(public, q)) == shown
        assert set(await find(manager, q)) == shown | hidden
    for q in ("астана университ", "universitet ASTANA", "AMU"):
        assert await find(public, q) == [("organization", "Астана медицина университеті")] or q
        assert [kind for kind, _ in await find(public, q)] == ["organization"]
    assert await find(public, "avicenna nowhere") == []


async def test_kinds_and_limit_narrow_what_is_shown(portfolio: Door) -> None:
    manager = portfolio.as_("manager")
    assert {kind for kind, _ in await find(manager, "avicenna", kinds="program,lecturer")} == {
        "program",
        "lecturer",
    }
    answer = (await manager.get(AT, params={"q": "avicenna", "limit": 2})).json()
    assert (len(answer["items"]), answer["more"]) == (2, True)
    ranks = [hit["rank"] for hit in answer["items"]]
    assert ranks == sorted(ranks, reverse=True)
    assert all(0 < rank <= 1 for rank in ranks)
    again = (await manager.get(AT, params={"q": "avicenna", "limit": 2})).json()
    assert again == answer


@pytest.mark.parametrize(
    "params",
    [{"q": "a"}, {"q": "%"}, {"q": ""}, {"q": "word", "kinds": "person"}, {"q": "word", "limit": 51}, {}],
)
async def test_what_makes_no_search_is_refused(portfolio: Door, params: dict[str, Any]) -> None:
    answer = await portfolio.as_("manager").get(AT, params=params)
    assert (answer.status_code, answer.json()["code"]) == (422, "request-invalid")


@pytest.mark.parametrize(
    "q", ["avicenna' | 'amu", "avicenna:* | amu", "avicenna\\ & !amu", "avic%", "avi_enna"]
)
async def test_no_operator_and_no_wildcard_comes_through(portfolio: Door, q: str) -> None:
    found = await find(portfolio.as_(), q)
    assert ("organization", "Астана медицина университеті") not in found


async def test_a_hit_says_where_it_stands_and_quotes(portfolio: Door) -> None:
    manager = portfolio.as_("manager")
    answer = (await manager.get(AT, params={"q": "здравоохран"})).json()
    (hit,) = answer["items"]
    assert hit["snippet"] == "Авиценна: здравоохранение"
    assert (await manager.get(hit["href"])).json()["code"] == "avicenna"
    (paper,) = (await portfolio.as_().get(AT, params={"q": "signed"})).json()["items"]
    listed = (await portfolio.as_().get(paper["href"])).json()["items"]
    assert [one["id"] for one in listed] == [paper["id"]]
    (source,) = (await portfolio.as_().get(AT, params={"q": "news begins"})).json()["items"]
    assert [one["id"] for one in (await portfolio.as_().get(source["href"])).json()["items"]] == [
        source["id"]
    ]


@pytest.mark.usefixtures("edition")
async def test_made_up_rows_are_found_by_staff_who_ask(demonstration: Door) -> None:
    manager = demonstration.as_("manager")
    asked = {"provenance": "synthetic", "kinds": "edition"}
    assert await find(manager, "synthetic course", **asked) == [("edition", "A synthetic course")]
    assert await find(manager, "synthetic course", kinds="edition") == []
    assert await find(demonstration.as_(), "synthetic course", **asked) == []


async def test_one_statement_finds_everything(portfolio: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    for limit in (1, 50):
        with counted(portfolio, monkeypatch) as asked:
            await find(portfolio.as_("manager"), "avicenna", limit=limit)
        assert len(asked) == 2  # one for rows, one for the few files of open data
