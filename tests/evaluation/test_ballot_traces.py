"""What answering leaves behind: each probe finds nothing in the ballot box, and finds the naive way at once."""

import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import TypeAlias
from uuid import UUID

import asyncpg
import pytest
import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from services.common.audit import record_change
from services.common.database import new_id
from services.common.idempotency import Attempt, Outcome, keep_outcome
from services.common.identity import acting_service
from services.common.outbox import publish
from services.evaluation.db.campaigns import get_campaign
from services.evaluation.domain.events import CAMPAIGN_CLOSED, CampaignData
from services.evaluation.operations.ballot_box import hash_token
from tests.apps import Door
from tests.evaluation.surveys import Survey, open_survey

Admin: TypeAlias = asyncpg.Connection
LEDGERS = ("audit_entry", "outbox_event", "idempotency_key")
TABLES = ("response", "sealed_ballot", "ballot_token")
CANARY = "canary of a synthetic respondent"


async def orders_and_times(admin: Admin, tables: Sequence[str]) -> set[str]:
    """Return every column, sequence or kind of id of these tables that tells an order or a time."""
    columns = await admin.fetch(
        "SELECT table_name, column_name, data_type, column_default FROM information_schema.columns"
        " WHERE table_schema = 'evaluation' AND table_name = ANY($1)",
        list(tables),
    )
    assert {column["table_name"] for column in columns} == set(tables)
    found = {
        f"{column['table_name']}.{column['column_name']}"
        for column in columns
        if column["data_type"].startswith(("timestamp", "time", "date")) or column["column_default"]
    }
    sequences = await admin.fetch("SELECT sequencename FROM pg_sequences WHERE schemaname = 'evaluation'")
    found |= {row["sequencename"] for row in sequences}
    for table in tables:
        ids = [row["id"] for row in await admin.fetch(f"SELECT id FROM {table}")]  # noqa: S608  names from this file
        found |= {f"ids of {table}" for id_ in ids if isinstance(id_, UUID) and id_.version != 4}
    return found


@asynccontextmanager
async def watching(admin: Admin, secrets: Sequence[str]) -> AsyncIterator[set[str]]:
    """Yield a set that names, after the block, each ledger that grew and `log lines` that hold a secret."""

    async def sizes() -> dict[str, int]:
        return {table: await admin.fetchval(f"SELECT count(*) FROM {table}") for table in LEDGERS}  # noqa: S608  names from this file

    found: set[str] = set()
    before = await sizes()
    with structlog.testing.capture_logs() as lines:
        yield found
    after = await sizes()
    found |= {table for table in LEDGERS if after[table] != before[table]}
    if any(secret in repr(lines) for secret in secrets):
        found.add("log lines")


def secrets_of(survey: Survey, token: str) -> list[str]:
    """Return what no other place may hold: token, its hash, the nonce of the submission, the answer."""
    nonce = survey.nonces[token]
    submission = hashlib.sha256(b"submission" + hash_token(token) + UUID(nonce).bytes)
    return [token, token.replace("-", ""), hash_token(token).hex(), nonce, submission.hexdigest(), CANARY]


async def test_no_column_tells_an_order_or_a_time(evaluation: Door, admin: Admin) -> None:
    survey = await open_survey(evaluation, 4)
    for token in survey.slips[:3]:
        assert (await survey.submit(token)).status_code == 204
    assert await admin.fetchval("SELECT count(*) FROM sealed_ballot") == 3
    assert await orders_and_times(admin, TABLES) == set()
    await survey.count()
    assert await admin.fetchval("SELECT count(*) FROM response") == 6
    assert await orders_and_times(admin, TABLES) == set()


@pytest.mark.parametrize(
    ("column", "trace"),
    [
        ("id bigserial", {"naive.id", "naive_id_seq"}),
        ("id bigint GENERATED ALWAYS AS IDENTITY", {"naive_id_seq"}),
        ("id uuid, said_at timestamptz", {"naive.said_at"}),
        ("id uuid, said_on date DEFAULT current_date", {"naive.said_on"}),
    ],
)
async def test_a_naive_column_is_found(admin: Admin, column: str, trace: set[str]) -> None:
    """Negative control: a serial number, a time or a day beside an answer."""
    naive = admin.transaction()
    await naive.start()
    try:
        await admin.execute(f"CREATE TABLE naive ({column}, answers jsonb)")
        assert await orders_and_times(admin, ["naive"]) == trace
    finally:
        await naive.rollback()


async def test_a_naive_id_is_found(evaluation: Door, admin: Admin) -> None:
    """Negative control: the ids that all other tables use hold the time at which they were made."""
    survey = await open_survey(evaluation, 1)
    await admin.execute(
        "INSERT INTO sealed_ballot (id, campaign_id, sealed) VALUES ($1, $2, 'x')",
        new_id(),
        survey.campaign_id,
    )
    assert await orders_and_times(admin, TABLES) == {"ids of sealed_ballot"}


async def test_answering_leaves_no_other_trace(evaluation: Door, admin: Admin) -> None:
    survey = await open_survey(evaluation, 1)
    (token,) = survey.slips
    body = survey.body(token, better=CANARY)
    headers = {"Ballot-Token": token, "Idempotency-Key": "abc"}
    async with watching(admin, secrets_of(survey, token)) as traces:
        assert (await survey.public.get("/v1/responses/paper", headers=headers)).status_code == 200
        for _ in range(2):
            assert (await survey.public.post("/v1/responses", json=body, headers=headers)).status_code == 204
        refused = await survey.public.post("/v1/responses", json=body | {"blocks": []}, headers=headers)
        assert refused.status_code == 422
    assert traces == set()
    sealed = bytes(await admin.fetchval("SELECT sealed FROM sealed_ballot"))
    assert CANARY.encode() not in sealed
    assert b"overall" not in sealed


async def write_audit_entry(session: AsyncSession, survey: Survey, _token: str) -> None:
    campaign = await get_campaign(session, UUID(survey.campaign_id))
    await record_change(session, acting_service("evaluation"), "response.received", campaign)


async def send_event(session: AsyncSession, survey: Survey, _token: str) -> None:
    data = CampaignData(
        aggregate_id=UUID(survey.campaign_id),
        aggregate_version=1,
        edition_id=survey.edition_id,
        phase="end",
        state="answered",
    )
    await publish(session, CAMPAIGN_CLOSED, data)


async def keep_answer(session: AsyncSession, _survey: Survey, _token: str) -> None:
    await keep_outcome(session, Attempt("public", "abc", "0" * 64), Outcome(204, None, None))


async def log_token(_session: AsyncSession, _survey: Survey, token: str) -> None:
    structlog.get_logger("services.evaluation").info("answered", token=token)


async def log_submission(_session: AsyncSession, survey: Survey, token: str) -> None:
    structlog.get_logger("services.evaluation").info("answered", submission=secrets_of(survey, token)[4])


@pytest.mark.parametrize(
    ("leave", "trace"),
    [
        (write_audit_entry, "audit_entry"),
        (send_event, "outbox_event"),
        (keep_answer, "idempotency_key"),
        (log_token, "log lines"),
        (log_submission, "log lines"),
    ],
)
async def test_a_naive_trace_is_found(
    evaluation: Door,
    admin: Admin,
    leave: Callable[[AsyncSession, Survey, str], Awaitable[None]],
    trace: str,
) -> None:
    """Negative control: what every other change of this service leaves, left when somebody answers."""
    survey = await open_survey(evaluation, 1)
    (token,) = survey.slips
    survey.body(token)
    async with watching(admin, secrets_of(survey, token)) as traces:
        assert (await survey.submit(token)).status_code == 204
        async with evaluation.app.state.sessions.transaction() as session:
            await leave(session, survey, token)
    assert traces == {trace}
