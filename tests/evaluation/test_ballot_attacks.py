"""Attacks on anonymity that take patience or a backup: they fail on the ballot box, and not on the naive way."""

import json
from collections import defaultdict
from typing import Any, TypeAlias
from uuid import UUID, uuid4

import asyncpg
import orjson
import pytest

from services.common.keystore import KeyDestroyed
from services.common.seal import Undecipherable, new_key_pair, unseal
from services.evaluation.domain.ballot_sealing import seal_context
from tests.apps import Door
from tests.evaluation.surveys import Survey, open_survey, tell_of_edition

Admin: TypeAlias = asyncpg.Connection
OF_THE_TABLE = frozenset({"campaign_id", "subject_kind", "subject_id", "answers"})
"""What rows of many respondents share anyway."""


async def rebuild_sets(admin: Admin, table: str, lecturers: set[str]) -> list[frozenset[str]]:
    """Return the sets of lecturers that rows of one respondent give away, by any column that groups some rows."""
    rows = await admin.fetch(f"SELECT *, xmin::text AS work, tableoid::text AS place FROM {table}")  # noqa: S608  a name from this file
    found = []
    for column in set(rows[0].keys()) - OF_THE_TABLE:
        groups: dict[str, set[str]] = defaultdict(set)
        for row in rows:
            groups[str(row[column])].add(str(row["subject_id"]))
        sets = [frozenset(group & lecturers) for group in groups.values()]
        # A group of one row or of all rows tells of nobody.
        if 1 < len(groups) < len(rows):
            found += sets
    return found


async def answer_about(survey: Survey, token: str, attended: set[UUID], lecturers: list[UUID]) -> None:
    blocks: list[dict[str, Any]] = [
        {"subject": {"kind": "edition", "id": str(survey.edition_id)}, "answers": {"overall": 4}}
    ]
    for lecturer in lecturers:
        subject = {"kind": "lecturer", "id": str(lecturer)}
        heard = lecturer in attended
        blocks.append(
            {"subject": subject, "not_attended": not heard, "answers": {"clear": 5} if heard else {}}
        )
    body = {"nonce": str(uuid4()), "blocks": blocks}
    sent = await survey.public.post("/v1/responses", json=body, headers={"Ballot-Token": token})
    assert sent.status_code == 204, sent.text


async def test_the_set_of_lecturers_somebody_heard_cannot_be_put_together(
    evaluation: Door, admin: Admin
) -> None:
    survey = await open_survey(evaluation, 4)
    other = uuid4()
    await admin.execute(
        "UPDATE campaign SET subjects = subjects || $1::jsonb",
        json.dumps([{"kind": "lecturer", "id": str(other)}]),
    )
    lecturers = [survey.lecturer_id, other]
    sets = [{lecturers[0]}, {lecturers[1]}, set(lecturers), set()]
    for token, attended in zip(survey.slips, sets, strict=True):
        await answer_about(survey, token, attended, lecturers)
    await survey.count()
    assert await admin.fetchval("SELECT count(*) FROM response") == 8
    assert await rebuild_sets(admin, "response", {str(lecturer) for lecturer in lecturers}) == []


async def test_naive_rows_give_the_set_away(evaluation: Door, admin: Admin) -> None:
    """Negative control: the blocks of one respondent under one id, as survey tools store them."""
    await tell_of_edition(evaluation, 1)
    lecturers = [str(uuid4()), str(uuid4())]
    await admin.execute("CREATE TEMPORARY TABLE naive (respondent int, subject_id text)")
    heard = [(1, lecturers[0]), (2, lecturers[1]), (3, lecturers[0]), (3, lecturers[1])]
    await admin.executemany("INSERT INTO naive VALUES ($1, $2)", heard)
    found = await rebuild_sets(admin, "naive", set(lecturers))
    assert sorted(map(len, found)) == [1, 1, 2]


async def read_dump(dump: list[bytes], key: bytes, campaign_id: str) -> list[int]:
    """Return the marks in stolen seals, as far as a key opens them."""
    marks = []
    for sealed in dump:
        try:
            content = orjson.loads(unseal(key, sealed, seal_context(UUID(campaign_id))))
        except Undecipherable:
            continue
        marks.append(content["blocks"][0]["answers"]["overall"])
    return marks


async def test_a_dump_of_the_middle_of_a_survey_opens_for_nobody_afterwards(
    evaluation: Door, admin: Admin
) -> None:
    """One answer an hour: each seal stands in a transaction with its token, so whose it is can be seen.

    What it says cannot: the key is in no dump of this database, and is destroyed with the count.
    """
    survey = await open_survey(evaluation, 3)
    keys = evaluation.app.state.key_store
    for mark, token in enumerate(survey.slips, start=1):
        assert (await survey.submit(token, overall=mark)).status_code == 204
    joined = "SELECT s.sealed FROM sealed_ballot s JOIN ballot_token t ON t.xmin::text = s.xmin::text"
    dump = [bytes(row["sealed"]) for row in await admin.fetch(joined)]
    assert len(dump) == 3
    everything = "".join(
        [
            str(await admin.fetchval(f"SELECT coalesce(string_agg(t::text, ''), '') FROM {table} t"))  # noqa: S608  names from the catalog
            for (table,) in await admin.fetch(
                "SELECT tablename FROM pg_tables WHERE schemaname = 'evaluation'"
            )
        ]
    )
    private = await keys.open_key("campaign", survey.campaign_id)
    assert private.hex() not in everything
    # Negative control: whoever has the key as well reads who said what.
    assert sorted(await read_dump(dump, private, survey.campaign_id)) == [1, 2, 3]
    await survey.count()
    with pytest.raises(KeyDestroyed):
        await keys.open_key("campaign", survey.campaign_id)
    assert await read_dump(dump, new_key_pair()[0], survey.campaign_id) == []
    assert await admin.fetchval("SELECT count(*) FROM sealed_ballot") == 0
