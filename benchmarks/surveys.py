"""Surveys: 500 respondents at once, sustained submissions, the freezing of a million answers, results read."""

import asyncio
import json
import statistics
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from uuid import UUID, uuid4

import asyncpg
import orjson

from benchmarks.harness import connect, measure_on_database, serve
from services.common.seal import seal
from services.evaluation.app import create_app
from services.evaluation.operations.ballot_box import SMALLEST_SEAL, hash_token, seal_context
from services.evaluation.operations.ballot_counts import count_ballots
from services.evaluation.operations.invitations import new_token
from services.evaluation.settings import Settings
from tests.apps import Door, facts_of, open_door, write_keys
from tests.cluster import TestDatabase
from tests.evaluation.surveys import Survey, plan_survey

RESPONDENTS, ROUNDS = 500, 3
SUSTAINED, CONNECTIONS = 3_000, 64
BALLOTS, SMALL_BALLOTS, ANSWERS = 100_000, 2_000, 10
QUESTIONS = [
    {"code": f"q{n}", "kind": "scale", "text": {"en": "?"}, "scale": {}, "required": True}
    for n in range(ANSWERS)
]
Ask = Callable[[int], Awaitable[int]]


def main() -> None:
    """Measure and print."""
    measure_on_database(_measure)


async def _measure(database: TestDatabase, folder: Path) -> None:
    write_keys(folder)
    (folder / "master").write_text("5" * 64)
    facts = facts_of("evaluation", database.evaluation, folder)
    settings = Settings(**facts | {"keystore_url": database.keystore, "master_key": folder / "master"})
    environment = {
        "EVALUATION_DATABASE_URL": database.evaluation.runtime,
        "EVALUATION_READ_DATABASE_URL": database.evaluation.reader,
        "EVALUATION_SIGNING_KEY": str(folder / "evaluation.json"),
        "QOLDAU_PUBLIC_KEYS": str(folder / "public.json"),
        "QOLDAU_KEYSTORE_URL": database.keystore,
        "QOLDAU_KEYSTORE_MASTER_KEY": str(folder / "master"),
        "QOLDAU_BACKGROUND": "0",
    }
    async with open_door("evaluation", create_app(settings), folder) as door:
        door.database = database
        with (
            serve("services.evaluation.app:create_app", folder, environment) as (_, ours),
            serve("benchmarks.ceilings:submissions", folder, environment) as (_, bare),
        ):
            await _burst(door, database, ours, bare)
            await _sustained(door, database, ours)
        await _freezing(door, database)


async def _open(door: Door, database: TestDatabase, people: int) -> tuple[Survey, list[str]]:
    """Open a survey of `people`, whose tokens are entered as slips would be."""
    survey = await plan_survey(door, 1, questions=QUESTIONS)
    assert (await survey.staff.post(f"/v1/campaigns/{survey.campaign_id}/opening")).status_code == 200
    tokens = [new_token() for _ in range(people)]
    rows = [(uuid4(), UUID(survey.campaign_id), hash_token(token), "issued") for token in tokens]
    connection = await asyncpg.connect(database.admin)
    columns = ["id", "campaign_id", "token_hash", "state"]
    await connection.copy_records_to_table(
        "ballot_token", records=rows, columns=columns, schema_name="evaluation"
    )
    await connection.close()
    return survey, tokens


def _request(survey: Survey, token: str) -> bytes:
    block = {
        "subject": {"kind": "edition", "id": str(survey.edition_id)},
        "answers": {question["code"]: 4 for question in QUESTIONS},
    }
    body = json.dumps({"nonce": str(uuid4()), "blocks": [block]}).encode()
    head = f"POST /v1/responses HTTP/1.1\r\nHost: bench.test\r\nBallot-Token: {token}\r\n"
    return (head + f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n").encode() + body


async def _burst(door: Door, database: TestDatabase, ours: str, bare: str) -> None:
    seconds: dict[str, list[float]] = {ours: [], bare: []}
    for _ in range(ROUNDS):
        survey, tokens = await _open(door, database, RESPONDENTS)
        requests = [_request(survey, token) for token in tokens]
        for address in (bare, ours):
            seconds[address].append(await _slowest(address, requests))
    mine, theirs = (statistics.median(seconds[address]) for address in (ours, bare))
    print(f"\nSurvey burst: {RESPONDENTS} at once, p99")
    print(
        f"  sealed and committed {mine * 1000:.0f} ms, the server without a database {theirs * 1000:.0f} ms"
    )
    print(f"  ratio {mine / theirs:.2f}, goal <= 2.00: {'reached' if mine <= 2 * theirs else 'missed'}")


async def _slowest(address: str, requests: Sequence[bytes]) -> float:
    """Return the seconds after which 99 of 100 have their answer."""
    connections = [await connect(address) for _ in requests]
    begun = time.perf_counter()

    async def send(number: int) -> float:
        reader, writer = connections[number]
        writer.write(requests[number])
        await _read_acknowledgment(reader)
        return time.perf_counter() - begun

    taken = sorted(await asyncio.gather(*map(send, range(len(requests)))))
    for _, writer in connections:
        writer.close()
    return taken[int(len(taken) * 0.99) - 1]


async def _read_acknowledgment(reader: asyncio.StreamReader) -> None:
    """Read an answer that has no body; nothing else will do."""
    head = await reader.readuntil(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 204 "), head


async def _sustained(door: Door, database: TestDatabase, ours: str) -> None:
    survey, tokens = await _open(door, database, SUSTAINED)
    requests = [_request(survey, token) for token in tokens]
    connections = [await connect(ours) for _ in range(CONNECTIONS)]

    async def keep_sending(number: int) -> None:
        reader, writer = connections[number]
        for request in requests[number::CONNECTIONS]:
            writer.write(request)
            await _read_acknowledgment(reader)

    begun = time.perf_counter()
    await asyncio.gather(*map(keep_sending, range(CONNECTIONS)))
    mine = SUSTAINED / (time.perf_counter() - begun)
    theirs = await _plain_inserts(database, survey)
    print(f"\nSustained submissions into one survey, {CONNECTIONS} connections")
    print(f"  through the service {mine:.0f}/s, plain inserts by asyncpg {theirs:.0f}/s")
    print(f"  ratio {mine / theirs:.2f}, goal >= 1.00: {'reached' if mine >= theirs else 'missed'}")


async def _plain_inserts(database: TestDatabase, survey: Survey) -> float:
    """Return the rate at which the same answers are inserted one by one, over as many connections as a pool has."""
    answers = json.dumps({question["code"]: 4 for question in QUESTIONS})
    async with asyncpg.create_pool(database.admin, min_size=8, max_size=8) as pool:
        await pool.execute("CREATE SCHEMA IF NOT EXISTS bench")
        await pool.execute(
            "CREATE TABLE IF NOT EXISTS bench.answer (id uuid PRIMARY KEY, survey uuid, answers jsonb)"
        )

        async def keep_inserting(number: int) -> None:
            for _ in range(number, SUSTAINED, 8):
                await pool.execute(
                    "INSERT INTO bench.answer VALUES ($1, $2, $3)", uuid4(), survey.edition_id, answers
                )

        begun = time.perf_counter()
        await asyncio.gather(*map(keep_inserting, range(8)))
        return SUSTAINED / (time.perf_counter() - begun)


async def _freezing(door: Door, database: TestDatabase) -> None:
    reads = {}
    for ballots in (SMALL_BALLOTS, BALLOTS):
        survey, tokens = await _open(door, database, ballots)
        await _fill(database, survey, ballots)
        assert (await survey.staff.post(f"/v1/campaigns/{survey.campaign_id}/closing")).status_code == 200
        begun = time.perf_counter()
        state = door.app.state
        await count_ballots(state.sessions, state.key_store, UUID(survey.campaign_id))
        mine = time.perf_counter() - begun
        reads[ballots] = await _read_result(survey)
        del tokens
    theirs = await _copy_and_aggregate(database)
    print(f"\nClosing and freezing {BALLOTS * ANSWERS:,} answers ({BALLOTS:,} sealed responses)")
    print(f"  open, shuffle, store, count {mine:.1f} s, COPY and one aggregate {theirs:.1f} s")
    print(f"  ratio {mine / theirs:.1f}, goal <= 10: {'reached' if mine <= 10 * theirs else 'missed'}")
    small, large = reads[SMALL_BALLOTS], reads[BALLOTS]
    print(f"\nReading a result of {SMALL_BALLOTS * ANSWERS:,} and of {BALLOTS * ANSWERS:,} answers")
    print(f"  {small * 1000:.2f} ms and {large * 1000:.2f} ms")
    print(f"  ratio {large / small:.2f}, goal <= 1.20: {'reached' if large <= 1.2 * small else 'missed'}")


async def _fill(database: TestDatabase, survey: Survey, ballots: int) -> None:
    """Store sealed ballots as the service would have, and use their tokens."""
    connection = await asyncpg.connect(database.admin)
    campaign = UUID(survey.campaign_id)
    public = await connection.fetchval("SELECT public_key FROM evaluation.campaign WHERE id = $1", campaign)
    context = seal_context(campaign)

    def content(number: int) -> bytes:
        answers = {question["code"]: 1 + (number + place) % 5 for place, question in enumerate(QUESTIONS)}
        block = {"subject": {"kind": "edition", "id": str(survey.edition_id)}, "answers": answers}
        return orjson.dumps({"blocks": [block], "dropped": 0})

    rows = (
        (uuid4(), campaign, seal(public, content(number), context, smallest=SMALLEST_SEAL))
        for number in range(ballots)
    )
    columns = ["id", "campaign_id", "sealed"]
    await connection.copy_records_to_table(
        "sealed_ballot", records=rows, columns=columns, schema_name="evaluation"
    )
    await connection.execute(
        "UPDATE evaluation.ballot_token SET state = 'used' WHERE campaign_id = $1", campaign
    )
    await connection.close()


async def _read_result(survey: Survey) -> float:
    result = await survey.result("internal")
    taken = []
    for _ in range(30):
        begun = time.perf_counter()
        assert (await survey.staff.get(f"/v1/results/{result['id']}")).status_code == 200
        taken.append(time.perf_counter() - begun)
    return statistics.median(taken)


async def _copy_and_aggregate(database: TestDatabase) -> float:
    """Return the seconds for the same answers in plain: copied in, and counted by one statement."""
    connection = await asyncpg.connect(database.admin)
    await connection.execute("CREATE TABLE bench.plain (id uuid PRIMARY KEY, answers jsonb)")
    rows = [
        (uuid4(), json.dumps({q["code"]: 1 + (number + place) % 5 for place, q in enumerate(QUESTIONS)}))
        for number in range(BALLOTS)
    ]
    begun = time.perf_counter()
    await connection.copy_records_to_table("plain", records=rows, schema_name="bench")
    await connection.fetch(
        "SELECT key, value, count(*) FROM bench.plain, jsonb_each_text(answers) GROUP BY key, value"
    )
    seconds = time.perf_counter() - begun
    await connection.close()
    return seconds


if __name__ == "__main__":
    main()
