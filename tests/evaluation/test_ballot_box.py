"""The sealed ballot box: every answer counts once, and nothing joins an answer to a token."""

import asyncio
import base64
import json
from typing import Any, TypeAlias
from uuid import UUID, uuid4

import asyncpg
import pytest

from services.common.keystore import KeyDestroyed
from services.common.seal import unseal
from services.common.worker import InputTooDemanding, WorkerPool
from services.evaluation.db.invariants import INVARIANTS
from services.evaluation.operations.ballot_counts import count_ballots
from services.evaluation.operations.invitations import dispatch_context
from tests.apps import Door
from tests.evaluation.surveys import open_survey

Admin: TypeAlias = asyncpg.Connection


async def offenders(admin: Admin) -> dict[str, int]:
    return {name: n for name, sql in INVARIANTS.items() if (n := len(await admin.fetch(sql)))}


async def test_an_answer_is_taken_once_and_its_repeat_is_recognized(evaluation: Door, admin: Admin) -> None:
    survey = await open_survey(evaluation, 3)
    token = survey.slips[0]
    paper = await survey.public.get("/v1/responses/paper", headers={"Ballot-Token": token})
    assert paper.status_code == 200
    assert paper.headers["cache-control"] == "no-store"
    assert set(paper.json()["notice"]) == {"kk", "ru", "en"}
    assert [b["subject"]["kind"] for b in paper.json()["blocks"]] == ["edition", "lecturer"]

    assert (await survey.submit(token)).status_code == 204
    assert (await survey.submit(token)).status_code == 204
    survey.nonces[token] = str(uuid4())
    again = await survey.submit(token)
    unknown = await survey.submit("0000-0000-0000-0000")
    await survey.staff.post(f"/v1/campaigns/{survey.campaign_id}/closing")
    late = await survey.submit(survey.slips[1])
    bodies = [{k: v for k, v in r.json().items() if k != "instance"} for r in (again, unknown, late)]
    assert bodies[0] == bodies[1] == bodies[2]
    assert bodies[0]["code"] == "invitation-not-usable"
    assert await admin.fetchval("SELECT count(*) FROM sealed_ballot") == 1
    assert await offenders(admin) == {}


@pytest.mark.parametrize(
    ("answers", "pointer"),
    [
        ({"overall": 6}, "/blocks/0/answers/overall"),
        ({"overall": True}, "/blocks/0/answers/overall"),
        ({"overall": "4"}, "/blocks/0/answers/overall"),
        ({"advise": 11}, "/blocks/0/answers/advise"),
        ({"better": " \u0000 "}, "/blocks/0/answers/better"),
        ({"sex": "x"}, "/blocks/0/answers/sex"),
        ({"clear": 5}, "/blocks/0/answers/clear"),
    ],
)
async def test_answers_that_do_not_fit_use_no_token(
    evaluation: Door, answers: dict[str, Any], pointer: str
) -> None:
    survey = await open_survey(evaluation, 1)
    refused = await survey.submit(survey.slips[0], **answers)
    assert refused.status_code == 422
    assert [fault["pointer"] for fault in refused.json()["errors"]] == [pointer]
    assert (await survey.submit(survey.slips[0])).status_code == 204


async def test_five_hundred_at_once_are_each_stored_once(evaluation: Door, admin: Admin) -> None:
    survey = await open_survey(evaluation, 500)

    async def submit(token: str) -> int:
        """Send until it is taken or refused: on a busy machine some are asked to come again."""
        for _ in range(50):
            answer = await survey.submit(token)
            if answer.status_code != 503:
                break
            await asyncio.sleep(0.1)
        return answer.status_code

    assert await asyncio.gather(*map(submit, survey.slips)) == [204] * 500
    assert await admin.fetchval("SELECT count(*) FROM sealed_ballot") == 500
    assert await offenders(admin) == {}


async def test_one_token_twice_at_once_counts_once(evaluation: Door, admin: Admin) -> None:
    survey = await open_survey(evaluation, 1)
    token = survey.slips[0]
    bodies = [survey.body(token) | {"nonce": str(uuid4())} for _ in range(10)]
    answers = await asyncio.gather(
        *(survey.public.post("/v1/responses", json=b, headers={"Ballot-Token": token}) for b in bodies)
    )
    assert sorted(a.status_code for a in answers) == [204] + [404] * 9
    assert await admin.fetchval("SELECT count(*) FROM sealed_ballot") == 1


async def test_only_participants_can_read_the_tokens_that_are_sent(
    evaluation: Door, admin: Admin, participants_keys: tuple[bytes, bytes]
) -> None:
    survey = await open_survey(evaluation, 2, delivery="email")
    assert survey.slips == []
    rows = await admin.fetch("SELECT data FROM outbox_event WHERE kind LIKE '%dispatch.requested%'")
    data = [json.loads(row["data"]) for row in rows]
    assert len(data) == 2
    sealed = base64.b64decode(data[0]["sealed_token"])
    token = unseal(participants_keys[0], sealed, dispatch_context(data[0]["aggregate_id"])).decode()
    assert (await survey.submit(token)).status_code == 204
    stored = await admin.fetchval("SELECT string_agg(t::text, '') FROM ballot_token t")
    assert token not in stored
    assert token.replace("-", "") not in stored


async def counted(evaluation: Door) -> dict[str, int]:
    """Let four people answer one after another, each recognizably, and count; return token -> mark."""
    survey = await open_survey(evaluation, 4)
    marks = {}
    for mark, token in enumerate(survey.slips, start=1):
        assert (await survey.submit(token, overall=mark)).status_code == 204
        marks[token] = mark
    await survey.count()
    return marks


async def joins(admin: Admin, answers: str, tokens: str) -> list[str]:
    """Return every way in which a row of answers can be joined to a row of tokens, used one after another."""
    found = []
    for column in ("xmin", "id"):
        query = (
            f"SELECT 1 FROM {answers} a JOIN {tokens} t"  # noqa: S608  names of tables, from this file
            f" ON a.{column}::text = t.{column}::text LIMIT 1"
        )
        if await admin.fetchval(query):
            found.append(column)
    # Order: the rank of an answer by any system or time column against the rank of the token's use.
    for column in ("xmin::text::bigint", "ctid", "id"):
        query = (
            f"SELECT (answers->>'overall')::int AS mark FROM {answers} a"  # noqa: S608  names, from this file
            f" WHERE a.answers ? 'overall' ORDER BY {column}"
        )
        ranked = await admin.fetch(query)
        if [row["mark"] for row in ranked] == sorted(row["mark"] for row in ranked):
            found.append(f"order by {column}")
    return found


async def test_nothing_joins_an_answer_to_a_token(evaluation: Door, admin: Admin) -> None:
    orders = []
    for _ in range(3):  # three in a row in order of use: chance 1 in 13,824
        await counted(evaluation)
        found = await joins(admin, "response", "ballot_token")
        orders.append({way for way in found if way.startswith("order")} - {"order by xmin::text::bigint"})
        assert {way for way in found if not way.startswith("order")} == set()
        assert await admin.fetchval("SELECT count(DISTINCT xmin::text) FROM response") == 1
        assert await admin.fetchval("SELECT count(*) FROM sealed_ballot") == 0
        assert await offenders(admin) == {}
        await admin.execute("DELETE FROM response; DELETE FROM counter")
        await admin.execute("UPDATE campaign SET answered = NULL, state = 'cancelled'")
    assert set.intersection(*orders) == set()


async def test_a_restored_campaign_tells_nothing_and_breaks_nothing(evaluation: Door, admin: Admin) -> None:
    await counted(evaluation)
    async with admin.transaction():  # as `qoldau restore` does: every row is written by the same transaction
        await admin.execute("UPDATE ballot_token SET state = state; UPDATE response SET answers = answers")
    assert await joins(admin, "response", "ballot_token") != []
    assert await offenders(admin) == {}


async def test_the_naive_way_is_caught(evaluation: Door, admin: Admin) -> None:
    """Negative control: answer and token stored in one transaction are joined by xmin, and by order."""
    survey = await open_survey(evaluation, 4)
    for mark in range(1, 5):
        async with admin.transaction():
            used = await admin.fetchval(
                "UPDATE ballot_token SET state = 'used' WHERE id ="
                " (SELECT id FROM ballot_token WHERE state = 'issued' LIMIT 1) RETURNING id"
            )
            assert used
            await admin.execute(
                "INSERT INTO response (id, campaign_id, subject_kind, subject_id, answers)"
                " VALUES (gen_random_uuid(), $1, 'edition', $2, $3)",
                survey.campaign_id,
                survey.edition_id,
                json.dumps({"overall": mark}),
            )
    found = await joins(admin, "response", "ballot_token")
    assert {"xmin", "order by xmin::text::bigint", "order by ctid"} <= set(found)
    broken = await offenders(admin)
    assert "I7 no answer shares a transaction with a token" in broken
    assert "I7 no answer stands before its campaign is counted" in broken


async def test_every_ballot_is_of_equal_length(evaluation: Door, admin: Admin) -> None:
    survey = await open_survey(evaluation, 2)
    await survey.submit(survey.slips[0])
    await survey.submit(survey.slips[1], better="A much longer answer. " * 40)
    assert await admin.fetchval("SELECT count(DISTINCT length(sealed)) FROM sealed_ballot") == 1


async def test_after_the_count_the_key_is_gone_and_counting_may_be_repeated(
    evaluation: Door, admin: Admin
) -> None:
    survey = await open_survey(evaluation, 2)
    await survey.submit(survey.slips[0], better="More practice")
    keys = evaluation.app.state.key_store
    assert await keys.open_key("campaign", survey.campaign_id)
    await survey.count()
    with pytest.raises(KeyDestroyed):
        await keys.open_key("campaign", survey.campaign_id)
    await count_ballots(evaluation.app.state.sessions, keys, UUID(survey.campaign_id))
    assert await admin.fetchval("SELECT count(*) FROM response") == 2
    assert await admin.fetchval("SELECT count(*) FROM response WHERE answers ? 'better'") == 0
    assert await admin.fetchval("SELECT original FROM suggestion") == "More practice"
    assert await admin.fetchval("SELECT key_destroyed_at FROM campaign") is not None


async def test_many_seals_are_opened_by_children(
    evaluation: Door, admin: Admin, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Parts of two, the last of one, so that children and the app itself both open some."""
    monkeypatch.setattr("services.evaluation.operations.ballot_counts._AT_ONCE", 2)
    survey = await open_survey(evaluation, 5)
    for mark, token in enumerate(survey.slips, start=1):
        answered = await survey.submit(
            token, overall=mark, better=f"Say {mark} \\ more\n\there", country="KG"
        )
        assert answered.status_code == 204
    with monkeypatch.context() as patched:

        async def die(*_: object, **__: object) -> bytes:
            raise InputTooDemanding("crash")

        patched.setattr(WorkerPool, "run_bounded", die)
        with pytest.raises(ExceptionGroup):
            await survey.count()
    assert await admin.fetchval("SELECT count(*) FROM sealed_ballot") == 5
    assert await admin.fetchval("SELECT count(*) FROM response") == 0
    state = evaluation.app.state
    await count_ballots(state.sessions, state.key_store, UUID(survey.campaign_id))
    assert await admin.fetchval("SELECT count(*) FROM sealed_ballot") == 0
    marks = "SELECT (answers->>'overall')::int AS mark, answers->>'country' AS country FROM response"
    rows = await admin.fetch(f"{marks} WHERE subject_kind = 'edition'")
    assert sorted((row["mark"], row["country"]) for row in rows) == [(mark, "KG") for mark in range(1, 6)]
    said = {row["original"] for row in await admin.fetch("SELECT original FROM suggestion")}
    assert said == {f"Say {mark} \\ more\n\there" for mark in range(1, 6)}
    counter = "SELECT n FROM counter WHERE subject_kind = 'edition' AND dimension = $1 AND question_code = ''"
    assert [row["n"] for row in await admin.fetch(counter, "")] == [5]
    assert [row["n"] for row in await admin.fetch(counter, "country")] == [5]
    assert await offenders(admin) == {}
