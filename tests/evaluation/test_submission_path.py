"""Answers take the short way past FastAPI's routing: what is taken, refused and said must be what FastAPI would."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx
import pytest
from structlog.testing import capture_logs

from services.common.http.direct import DirectProtocol
from services.common.http.lean import opens_session
from services.common.http.routes import HouseRoute
from services.common.http.server import LimitedProtocol
from services.common.problems import Problem
from services.common.sessions import Sessions
from services.evaluation.app import create_app
from services.evaluation.db import ballots
from services.evaluation.operations import ballot_box
from services.evaluation.operations.ballot_box import Ballot, BallotBox, Submission
from services.evaluation.settings import Settings
from tests.apps import Door, open_door
from tests.evaluation.surveys import Survey, open_survey
from tests.servers import PATIENCE, serving

JSON = {"Content-Type": "application/json"}
NOWHERE = "0000-0000-0000-0000"
RACERS = 40


@pytest.fixture
async def documented(
    evaluation: Door, keys: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[httpx.AsyncClient]:
    """The same app over the same database, all of whose routes are FastAPI's own."""
    monkeypatch.setattr("services.common.http.app._lean_routes", lambda _: {})
    settings: Settings = evaluation.app.state.settings
    async with open_door("evaluation", create_app(settings), keys) as door:
        yield door.as_()


def requests_of(survey: Survey) -> dict[str, tuple[dict[str, str], dict[str, Any]]]:
    """Headers, and what else httpx is told, of requests of every kind that change nothing."""
    token = {"Ballot-Token": survey.slips[0]}
    body = survey.body(survey.slips[0])
    wrong = body | {"nonce": "canary", "blocks": [{"subject": {"kind": "cook", "id": 1}}]}
    return {
        "no token": ({}, {"json": body}),
        "an empty token": ({"Ballot-Token": ""}, {"json": body}),
        "a token that is too long": ({"Ballot-Token": "x" * 101}, {"json": body}),
        "no token and a wrong body": ({}, {"json": wrong}),
        "no body": (token, {}),
        "no body that says it is JSON": (token | JSON, {}),
        "no type": (token, {"content": b"{}"}),
        "another type": (token | {"Content-Type": "text/plain"}, {"content": b"{}"}),
        "JSON with a parameter": (
            token | {"Content-Type": "application/json; charset=utf-8"},
            {"content": b"{}"},
        ),
        "no JSON": (token | JSON, {"content": b"{"}),
        "a list": (token, {"json": []}),
        "null": (token | JSON, {"content": b"null"}),
        "the same key twice": (token | JSON, {"content": b'{"nonce":"a","nonce":"b"}'}),
        "half a surrogate pair": (token | JSON, {"content": b'{"nonce":"\\ud800"}'}),
        "too deep": (token | JSON, {"content": b"[" * 40 + b"]" * 40}),
        "not a number": (token | JSON, {"content": b'{"nonce":NaN}'}),
        "an unknown field": (token, {"json": body | {"name": "canary"}}),
        "wrong values": (token, {"json": wrong}),
        "an unknown parameter": (token, {"json": body, "params": {"dry_run": "true"}}),
        "answers that do not fit": (token, {"json": survey.body(survey.slips[0], overall=9)}),
        "no block": (token, {"json": body | {"blocks": []}}),
        "a token that nobody holds": ({"Ballot-Token": NOWHERE}, {"json": body}),
        "no bearer": (token | {"Authorization": "Basic canary"}, {"json": body}),
        "a token of the house that is none": (token | {"Authorization": "Bearer canary"}, {"json": body}),
        "a language": ({"Ballot-Token": NOWHERE, "Accept-Language": "kk"}, {"json": body}),
    }


def seen(answer: httpx.Response) -> tuple[int, dict[str, str], Any]:
    """Return what a client sees of an answer, without what differs in each."""
    said = answer.json() if answer.content else {}
    headers = {name: value for name, value in answer.headers.items() if name not in {"x-request-id", "date"}}
    return answer.status_code, headers, {name: value for name, value in said.items() if name != "instance"}


async def test_the_short_way_answers_as_the_documented_one(
    evaluation: Door, documented: httpx.AsyncClient
) -> None:
    survey = await open_survey(evaluation, 3)
    differing, statuses = {}, set()
    for name, (headers, told) in requests_of(survey).items():
        ours = seen(await survey.public.post("/v1/responses", headers=headers, **told))
        theirs = seen(await documented.post("/v1/responses", headers=headers, **told))
        statuses.add(ours[0])
        if ours != theirs:
            differing[name] = (ours, theirs)
    assert differing == {}
    assert statuses == {400, 401, 404, 415, 422}


async def test_what_is_served_at_the_connection_is_answered_as_by_the_app(evaluation: Door) -> None:
    survey = await open_survey(evaluation, 3)
    answers: list[dict[str, Any]] = []
    for protocol in (DirectProtocol, LimitedProtocol):
        async with serving(evaluation.app, protocol) as path, knocking(path) as client:
            answers.append(
                {
                    name: seen(await client.post("/v1/responses", headers=headers, **told))
                    for name, (headers, told) in requests_of(survey).items()
                }
            )
    assert answers[0] == answers[1]
    assert {status for status, _, _ in answers[0].values()} == {400, 401, 404, 415, 422}


async def test_answers_that_come_at_once_to_their_connections_are_each_stored_once(
    evaluation: Door, admin: asyncpg.Connection
) -> None:
    survey = await open_survey(evaluation, 100)
    with capture_logs() as lines:
        async with serving(evaluation.app, DirectProtocol) as path, knocking(path) as client:
            sent = (
                client.post("/v1/responses", json=survey.body(token), headers={"Ballot-Token": token})
                for token in survey.slips * 2
            )
            answers = await asyncio.gather(*sent)
    assert [answer.status_code for answer in answers] == [204] * 200
    assert await admin.fetchval("SELECT count(*) FROM sealed_ballot") == 100
    told = {tuple(sorted(line.keys() - {"ms"})) for line in lines if line["event"] == "request"}
    assert told == {("event", "log_level", "method", "route", "status")}, "nothing tells whose an answer is"


@asynccontextmanager
async def knocking(path: str) -> AsyncIterator[httpx.AsyncClient]:
    """Give a client of the server at a socket."""
    transport = httpx.AsyncHTTPTransport(uds=path)
    async with httpx.AsyncClient(
        transport=transport, base_url="http://evaluation.test", timeout=PATIENCE
    ) as made:
        yield made


async def test_what_one_way_has_taken_the_other_knows(
    evaluation: Door, documented: httpx.AsyncClient
) -> None:
    survey = await open_survey(evaluation, 2)
    for token, ways in zip(
        survey.slips, [(survey.public, documented), (documented, survey.public)], strict=True
    ):
        headers, body = {"Ballot-Token": token, "Idempotency-Key": "abc"}, survey.body(token)
        answers = [await way.post("/v1/responses", headers=headers, json=body) for way in (*ways, *ways)]
        assert {answer.status_code for answer in answers} == {204}
        assert len({str(seen(answer)) for answer in answers}) == 1
        again = await ways[1].post("/v1/responses", headers=headers, json=body | {"nonce": str(uuid4())})
        assert again.status_code == 404


async def test_other_methods_go_the_long_way(evaluation: Door) -> None:
    refused = await evaluation.as_().get("/v1/responses")
    assert (refused.status_code, refused.headers["allow"]) == (405, "POST")


def test_answers_take_the_short_way_and_nothing_that_holds_a_transaction(evaluation: Door) -> None:
    routes = [route for route in evaluation.app.routes if isinstance(route, HouseRoute)]
    changing = [route for route in routes if route.methods != {"GET"} and route.lean_answer() is not None]
    assert [route.operation_id for route in changing] == ["submit_response"]
    held = {route.operation_id for route in routes if opens_session(route.dependant)}
    assert {"create_campaign", "read_campaign"} <= held
    assert "submit_response" not in held


async def test_a_survey_that_closes_meanwhile_takes_nothing(
    evaluation: Door, admin: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The look-up saw an open survey; the statement that stores finds it closed, and the token stays unused."""
    survey = await open_survey(evaluation, 1)
    store = ballot_box.store_ballots

    async def close_first(sessions: Sessions, group: Sequence[Ballot]) -> Sequence[Problem | None]:
        closed = await survey.staff.post(f"/v1/campaigns/{survey.campaign_id}/closing")
        assert closed.status_code == 200
        return await store(sessions, group)

    monkeypatch.setattr(ballot_box, "store_ballots", close_first)
    assert (await survey.submit(survey.slips[0])).status_code == 404
    assert await admin.fetchval("SELECT count(*) FROM sealed_ballot") == 0
    state = "SELECT state FROM ballot_token WHERE campaign_id = $1"
    assert await admin.fetchval(state, UUID(survey.campaign_id)) != "used"


async def test_a_fault_of_one_group_is_told_to_those_in_it_and_logged(
    evaluation: Door, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    survey = await open_survey(evaluation, 1)

    async def fail(*_: object) -> dict[bytes, Any]:
        raise LookupError("canary")

    with monkeypatch.context() as patched:
        patched.setattr("services.evaluation.operations.ballot_box.keep_ballots", fail)
        refused = await survey.submit(survey.slips[0])
    assert refused.status_code == 503
    assert "group_failed" in capsys.readouterr().out
    assert (await survey.submit(survey.slips[0])).status_code == 204


@pytest.fixture
async def all_together(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let nobody's ballot be stored before everybody's token, in both apps, was looked up and found unused."""
    put, everybody = BallotBox.put, asyncio.Event()
    store, all_sealed = ballot_box.store_ballots, asyncio.Event()
    arrived: list[Submission] = []
    sealed: list[Ballot] = []

    async def gather_all(box: BallotBox, submission: Submission) -> None:
        """Make one group of all that each app is sent."""
        arrived.append(submission)
        if len(arrived) == 2 * RACERS:
            everybody.set()
        await everybody.wait()
        await put(box, submission)

    async def wait_for_all(sessions: Sessions, group: Sequence[Ballot]) -> Sequence[Problem | None]:
        sealed.extend(group)
        if len(sealed) == 2 * RACERS:
            all_sealed.set()
        await all_sealed.wait()
        return await store(sessions, group)

    monkeypatch.setattr(BallotBox, "put", gather_all)
    monkeypatch.setattr(ballot_box, "store_ballots", wait_for_all)


async def race(survey: Survey, ways: list[httpx.AsyncClient]) -> list[list[int]]:
    """Let each token be used through two apps at once, each time by another submission; return both statuses."""

    async def submit(token: str) -> list[int]:
        headers = {"Ballot-Token": token}
        bodies = [survey.body(token) | {"nonce": str(uuid4())} for _ in ways]
        sent = (
            way.post("/v1/responses", json=body, headers=headers)
            for way, body in zip(ways, bodies, strict=True)
        )
        return [answer.status_code for answer in await asyncio.gather(*sent)]

    return await asyncio.gather(*map(submit, survey.slips))


@pytest.mark.usefixtures("all_together")
async def test_two_apps_at_once_use_a_token_once(
    evaluation: Door, documented: httpx.AsyncClient, admin: asyncpg.Connection
) -> None:
    survey = await open_survey(evaluation, RACERS)
    statuses = await race(survey, [survey.public, documented])
    assert {tuple(sorted(both)) for both in statuses} == {(204, 404)}
    assert await admin.fetchval("SELECT count(*) FROM sealed_ballot") == RACERS


@pytest.mark.usefixtures("all_together")
async def test_without_its_guard_a_token_is_used_twice(
    evaluation: Door,
    documented: httpx.AsyncClient,
    admin: asyncpg.Connection,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Negative control: the statement that stores, without the condition that a token is unused."""
    guarded = ballots._STORE
    monkeypatch.setattr(ballots, "_STORE", guarded.replace("AND held.state <> 'used'", ""))
    assert guarded != ballots._STORE
    survey = await open_survey(evaluation, RACERS)
    await race(survey, [survey.public, documented])
    assert await admin.fetchval("SELECT count(*) FROM sealed_ballot") > RACERS
