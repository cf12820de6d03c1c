"""The public never reads the name of a person who did not consent (invariant P9): every open address is crawled."""

from collections.abc import Mapping, Sequence
from itertools import product
from typing import Any
from uuid import uuid4

import pytest
from fastapi.routing import APIRoute

from services.common.identity import Role
from services.programs.domain.permissions import PERMISSIONS
from services.programs.domain.publications import PATHS, PublicationChannel
from tests.apps import Door
from tests.programs.demonstrations import enter
from tests.programs.publishing import name_reporter, publish

SILENT = "Ұлмекен Келісімсізова"
WILLING = "Anora Consentova"
SOURCE = [{"source_code": "syn"}]


def open_reads(door: Door) -> list[APIRoute]:
    """Return every route that the public may read."""
    return [
        route
        for route in door.app.routes
        if isinstance(route, APIRoute)
        and "GET" in (route.methods or ())
        and Role.PUBLIC in PERMISSIONS[str(route.operation_id)]
    ]


async def crawl(door: Door, known: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Return what the public reads at every address, for every id that is known."""
    client = door.as_()
    read = {}
    for route in open_reads(door):
        names = list(route.param_convertors)
        for values in product(*(known.get(name, [str(uuid4())]) for name in names)):
            path = route.path.format(**dict(zip(names, values, strict=True)))
            answer = await client.get(path)
            assert answer.status_code in (200, 404, 422), (path, answer.status_code)
            read[path] = answer.content.decode("utf-8", "replace")
    return read


@pytest.fixture
async def course(programs: Door) -> dict[str, list[str]]:
    """A course that one lecturer who consented and one who did not teach together; its file is published."""
    manager = programs.as_("manager", "importer")
    await name_reporter(programs)
    await enter(manager, "/v1/sources", {"code": "syn", "kind": "document", "title": "Synthetic"})
    program = await enter(
        manager,
        "/v1/programs",
        {
            "code": "syn",
            "title": {"en": "Synthetic"},
            "kind": "course_program",
            "sectors": [{"code": "12181", "share": "100"}],
        },
    )
    edition = await enter(
        manager,
        "/v1/editions",
        {
            "code": "SYN-1",
            "title": {"en": "A synthetic course"},
            "period": "2025-04-10/2025-05-02",
            "program_id": program["id"],
            "stated": {"state": "running", "as_of": "2025-04-18"},
            "sources": SOURCE,
        },
    )
    place = {"country": "TJ", "relation": "took_part", "sources": SOURCE}
    await enter(manager, f"/v1/editions/{edition['id']}/countries", place)
    lecturers = [
        await enter(manager, "/v1/lecturers", {"names": {"en": name}, "consents_to_be_shown": consents})
        for name, consents in ((SILENT, False), (WILLING, True))
    ]
    meeting = {
        "kind": "lecture",
        "title": {"en": "A lecture"},
        "starts_at": "2025-04-11T05:00:00Z",
        "ends_at": "2025-04-11T06:00:00Z",
        "lecturers": [{"lecturer_id": one["id"], "role": "lecturer"} for one in lecturers],
    }
    await enter(manager, f"/v1/editions/{edition['id']}/training-sessions", meeting)
    for channel in PublicationChannel:
        assert (await publish(programs, channel))["state"] == "succeeded"
    return {
        "edition_id": [edition["id"]],
        "program_id": [program["id"]],
        "lecturer_id": [one["id"] for one in lecturers],
        "country_code": ["TJ"],
        "codelist_name": ["Sector"],
        "file_name": [path.rpartition("/")[2] for path in PATHS.values() if "open-data" in path],
    }


async def test_the_public_never_reads_who_did_not_consent(
    programs: Door, course: dict[str, list[str]]
) -> None:
    read = await crawl(programs, course)
    assert len(read) > 25
    assert [path for path, text in read.items() if SILENT in text or SILENT.split()[1] in text] == []
    assert [path for path, text in read.items() if WILLING in text]  # the crawl would see a name


async def test_the_crawl_sees_who_consents_later(programs: Door, course: dict[str, list[str]]) -> None:
    """Negative control: with consent the very same crawl finds the name."""
    manager = programs.as_("manager")
    at = f"/v1/lecturers/{course['lecturer_id'][0]}"
    known: Any = await manager.get(at)
    changed = await manager.patch(
        at, json={"consents_to_be_shown": True}, headers={"If-Match": known.headers["etag"]}
    )
    assert changed.status_code == 200, changed.text
    read = await crawl(programs, course)
    assert [path for path, text in read.items() if SILENT in text]


async def test_what_a_lecturer_teaches_is_listed_for_who_may_see_the_lecturer(
    programs: Door, course: dict[str, list[str]]
) -> None:
    silent, willing = course["lecturer_id"]
    public, manager = programs.as_(), programs.as_("manager")
    for client, lecturer, status in (
        (public, willing, 200),
        (public, silent, 404),
        (manager, silent, 200),
        (manager, str(uuid4()), 404),
    ):
        answer = await client.get(f"/v1/lecturers/{lecturer}/training-sessions")
        assert answer.status_code == status
        if status == 200:
            assert [one["title"] for one in answer.json()["items"]] == [{"en": "A lecture"}]
    synthetic = {"provenance": "synthetic"}
    listed = await public.get(f"/v1/lecturers/{willing}/training-sessions", params=synthetic)
    assert listed.json()["items"] == []
