"""Surveys: 500 respondents at once, sustained submissions, the freezing of a million answers, results read.

The database waits for the disk, as in production. Each pair is measured in turn, round after round; medians count,
and the fastest rounds stand beside them, since other work on the machine only ever slows down.
"""

import asyncio
import json
import statistics
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final
from uuid import UUID, uuid4

import asyncpg
import orjson
import psutil

from benchmarks.ceilings import PLAIN_ANSWERS, SURVEY, insert_answers
from benchmarks.harness import connect, measure_on_database, say_goal, serve, serve_as_in_production
from services.common.seal import seal
from services.evaluation.app import create_app
from services.evaluation.domain.ballot_sealing import SMALLEST_SEAL, seal_context
from services.evaluation.operations.ballot_box import hash_token
from services.evaluation.operations.ballot_counts import count_ballots
from services.evaluation.operations.invitations import new_token
from services.evaluation.settings import Settings
from tests.apps import Door, facts_of, open_door, write_keys
from tests.cluster import TestDatabase
from tests.evaluation.surveys import Survey, plan_survey

SERVICE: Final = "services.evaluation.app:create_app"
CEILINGS: Final = "benchmarks.ceilings"
RESPONDENTS: Final = 500
SUSTAINED: Final = 2_000
CONNECTIONS: Final = 64
POOL: Final = 8
"""Connections to the database that plain inserts have, as many as the service."""
BALLOTS: Final = 100_000
FEW_BALLOTS: Final = 2_000
ROUNDS: Final = 5
READS: Final = 60
ANSWERS: Final = len(SURVEY)


def main() -> None:
    """Measure and print."""
    measure_on_database(_measure, durable=True)


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
            serve_as_in_production(SERVICE, folder, environment) as (process, ours),
            serve_as_in_production(f"{CEILINGS}:evaluation_without_database", folder, environment) as (
                _,
                same,
            ),
            serve(f"{CEILINGS}:submissions", folder, environment) as (_, least),
            serve(f"{CEILINGS}:plain_answers", folder, environment) as (plainly, plain),
        ):
            await _burst(door, database, [ours, same, least])
            await _sustained(door, database, {ours: process, plain: plainly})
        await _freezing(door, database)


async def _open(door: Door, database: TestDatabase, people: int) -> tuple[Survey, list[str]]:
    """Open a survey of `people`, whose tokens are entered as slips would be."""
    survey = await plan_survey(door, 1, questions=SURVEY)
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
        "answers": {question["code"]: 4 for question in SURVEY},
    }
    body = json.dumps({"nonce": str(uuid4()), "blocks": [block]}).encode()
    head = f"POST /v1/responses HTTP/1.1\r\nHost: bench.test\r\nBallot-Token: {token}\r\n"
    return (head + f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n").encode() + body


async def _burst(door: Door, database: TestDatabase, addresses: Sequence[str]) -> None:
    seconds: dict[str, list[float]] = {address: [] for address in addresses}
    survey, tokens = await _open(door, database, RESPONDENTS)
    unused = [_request(survey, token) for token in tokens]  # a server that keeps nothing uses no token
    for _ in range(ROUNDS):
        survey, tokens = await _open(door, database, RESPONDENTS)
        for address in reversed(addresses):
            used = [_request(survey, token) for token in tokens] if address == addresses[0] else unused
            seconds[address].append(await _slowest(address, used))
    print(f"\nSurvey burst: {RESPONDENTS} at once, p99")
    names = (
        "sealed and committed",
        "the same server without a database",
        "the least code that checks and seals",
    )
    for name, taken in zip(names, seconds.values(), strict=True):
        print(f"  {name:<42} {statistics.median(taken) * 1000:8.0f} ms   fastest {min(taken) * 1000:.0f} ms")
    ours, same, least = seconds.values()
    print(f"  of the least code {statistics.median(ours) / statistics.median(least):.2f}")
    _say_seconds(f"Burst of {RESPONDENTS} respondents, p99", ours, same, goal=2.0)


def _say_seconds(what: str, mine: Sequence[float], theirs: Sequence[float], *, goal: float) -> None:
    print(f"  fastest against fastest {min(mine) / min(theirs):.2f}")
    say_goal(what, statistics.median(mine) / statistics.median(theirs), goal, at_most=True)


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


async def _sustained(door: Door, database: TestDatabase, servers: Mapping[str, psutil.Process]) -> None:
    """Compare the service with plain inserts: by the least server (the last of `servers`), and by asyncpg alone."""
    rates: dict[str, list[float]] = {address: [] for address in servers}
    cpu: dict[str, list[float]] = {address: [] for address in servers}
    alone = []
    async with asyncpg.create_pool(database.admin, min_size=POOL, max_size=POOL) as pool:
        await pool.execute(PLAIN_ANSWERS)
        for _ in range(ROUNDS):
            alone.append(await _insert_plainly(pool))
            for address, server in servers.items():
                survey, tokens = await _open(door, database, SUSTAINED)
                before = sum(server.cpu_times()[:2])
                rates[address].append(await _submit([_request(survey, token) for token in tokens], address))
                cpu[address].append((sum(server.cpu_times()[:2]) - before) / SUSTAINED * 1000)
    print(f"\nSustained submissions into one survey, {CONNECTIONS} connections, {ANSWERS} answers each")
    ours, plain = rates.values()
    names = ("sealed by the service", "plain inserts by the least server", "plain inserts by asyncpg alone")
    for name, reached, spent in zip(names, (ours, plain, alone), (*cpu.values(), ()), strict=True):
        took = f"   {statistics.median(spent):.2f} ms CPU of the server" if spent else ""
        print(f"  {name:<42} {statistics.median(reached):8.0f}/s   fastest {max(reached):.0f}/s{took}")
    middle = statistics.median(ours)
    say_goal("Sustained submissions against the least server", middle / statistics.median(plain), 1.0)
    say_goal("Sustained submissions against plain inserts", middle / statistics.median(alone), 1.0)


async def _submit(requests: Sequence[bytes], address: str) -> float:
    """Return the rate at which submissions are acknowledged."""
    connections = [await connect(address) for _ in range(CONNECTIONS)]

    async def keep_sending(number: int) -> None:
        reader, writer = connections[number]
        for request in requests[number::CONNECTIONS]:
            writer.write(request)
            await _read_acknowledgment(reader)

    begun = time.perf_counter()
    await asyncio.gather(*map(keep_sending, range(CONNECTIONS)))
    rate = len(requests) / (time.perf_counter() - begun)
    for _, writer in connections:
        writer.close()
    return rate


async def _insert_plainly(pool: asyncpg.Pool) -> float:
    """Return the rate at which the same answers are inserted, a transaction for each respondent."""
    survey, answers = uuid4(), {question["code"]: 4 for question in SURVEY}

    async def keep_inserting(number: int) -> None:
        for _ in range(number, SUSTAINED, POOL):
            await insert_answers(pool, survey, answers)

    begun = time.perf_counter()
    await asyncio.gather(*map(keep_inserting, range(POOL)))
    return SUSTAINED / (time.perf_counter() - begun)


async def _freezing(door: Door, database: TestDatabase) -> None:
    few, _ = await _count(door, database, FEW_BALLOTS)
    many, mine = await _count(door, database, BALLOTS)
    theirs = await _copy_and_aggregate(database)
    print(f"\nClosing and freezing {BALLOTS * ANSWERS:,} answers ({BALLOTS:,} sealed responses)")
    print(f"  {'open, shuffle, store, count':<42} {mine:8.1f} s")
    print(f"  {'COPY and one aggregate':<42} {theirs:8.1f} s")
    what = f"Freezing {BALLOTS * ANSWERS:,} answers against COPY and one aggregate"
    say_goal(what, mine / theirs, 10, at_most=True)
    await _double(database, many)
    for survey in (few, many):
        _sign_in_again(door, survey)
    await _compare_reads(few, many)


async def _count(door: Door, database: TestDatabase, ballots: int) -> tuple[Survey, float]:
    """Return a survey of so many ballots that has been counted, and the seconds that took."""
    survey, _ = await _open(door, database, ballots)
    await _fill(database, survey, ballots)
    _sign_in_again(door, survey)
    assert (await survey.staff.post(f"/v1/campaigns/{survey.campaign_id}/closing")).status_code == 200
    begun = time.perf_counter()
    await count_ballots(door.app.state.sessions, door.app.state.key_store, UUID(survey.campaign_id))
    return survey, time.perf_counter() - begun


def _sign_in_again(door: Door, survey: Survey) -> None:
    """Let the survey's staff go on: what the gateway vouches for ends within a minute."""
    survey.staff = door.as_("evaluator", "manager")


async def _fill(database: TestDatabase, survey: Survey, ballots: int) -> None:
    """Store sealed ballots as the service would have, and use their tokens."""
    connection = await asyncpg.connect(database.admin)
    campaign = UUID(survey.campaign_id)
    public = await connection.fetchval("SELECT public_key FROM evaluation.campaign WHERE id = $1", campaign)
    context = seal_context(campaign)

    def content(number: int) -> bytes:
        block = {"subject": {"kind": "edition", "id": str(survey.edition_id)}, "answers": _answers(number)}
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
    await connection.execute("VACUUM ANALYZE evaluation.sealed_ballot, evaluation.ballot_token")
    await connection.close()


def _answers(number: int) -> dict[str, int]:
    return {question["code"]: 1 + (number + place) % 5 for place, question in enumerate(SURVEY)}


async def _copy_and_aggregate(database: TestDatabase) -> float:
    """Return the seconds for the same answers in plain, a row each: copied in, and counted by one statement."""
    survey = uuid4()
    rows = [
        (survey, response, code, answer)
        for number, response in ((number, uuid4()) for number in range(BALLOTS))
        for code, answer in _answers(number).items()
    ]
    connection = await asyncpg.connect(database.admin)
    begun = time.perf_counter()
    await connection.copy_records_to_table("answer", records=rows, schema_name="bench")
    await connection.fetch(
        "SELECT question, answer, count(*) FROM bench.answer WHERE survey = $1 GROUP BY question, answer",
        survey,
    )
    seconds = time.perf_counter() - begun
    await connection.close()
    return seconds


async def _double(database: TestDatabase, survey: Survey) -> None:
    """Let a counted survey have twice as many responses, and counters that say so."""
    connection = await asyncpg.connect(database.admin)
    campaign = UUID(survey.campaign_id)
    await connection.execute(
        "INSERT INTO evaluation.response (id, campaign_id, subject_kind, subject_id, answers)"
        " SELECT gen_random_uuid(), campaign_id, subject_kind, subject_id, answers"
        " FROM evaluation.response WHERE campaign_id = $1",
        campaign,
    )
    await connection.execute(
        "INSERT INTO evaluation.ballot_token (id, campaign_id, token_hash, state)"
        " SELECT gen_random_uuid(), campaign_id, sha256(token_hash), state"
        " FROM evaluation.ballot_token WHERE campaign_id = $1",
        campaign,
    )
    await connection.execute("UPDATE evaluation.counter SET n = 2 * n WHERE campaign_id = $1", campaign)
    await connection.execute("UPDATE evaluation.campaign SET answered = 2 * answered WHERE id = $1", campaign)
    await connection.close()


async def _compare_reads(few: Survey, many: Survey) -> None:
    taken: dict[str, list[float]] = {}
    results = [(survey, (await survey.result("internal"))["id"]) for survey in (few, many)]
    for _ in range(READS):
        for survey, result in results:
            begun = time.perf_counter()
            assert (await survey.staff.get(f"/v1/results/{result}")).status_code == 200
            taken.setdefault(survey.campaign_id, []).append(time.perf_counter() - begun)
    small, large = taken.values()
    print(f"\nReading a result of {FEW_BALLOTS * ANSWERS:,} and of {2 * BALLOTS * ANSWERS:,} answers")
    print(f"  {statistics.median(small) * 1000:.2f} ms and {statistics.median(large) * 1000:.2f} ms")
    _say_seconds("Reading a result of a hundred times the answers", large, small, goal=1.2)


if __name__ == "__main__":
    main()
