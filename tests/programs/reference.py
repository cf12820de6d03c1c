"""The reference portfolio as a beginning: entered over the API once in a worker, copied for all further tests."""

from collections.abc import AsyncIterator
from typing import Final

import asyncpg
import pytest

from cli.portfolio.loader import load_portfolio
from tests.apps import Door
from tests.cluster import TestDatabase

KEEP: Final = """
DO $$
DECLARE place record;
BEGIN
    FOR place IN SELECT tablename AS name FROM pg_tables
        WHERE schemaname = 'programs' AND tablename <> 'alembic_version'
          AND pg_relation_size(format('%I.%I', schemaname, tablename)::regclass) > 0
    LOOP EXECUTE format('CREATE TEMPORARY TABLE %1$I AS TABLE programs.%1$I', place.name); END LOOP;
END $$
"""
BRING_BACK: Final = """
DO $$
DECLARE place record;
BEGIN
    SET LOCAL session_replication_role = replica;
    FOR place IN
        SELECT relname AS name, string_agg(quote_ident(attname), ', ') AS columns
        FROM pg_class JOIN pg_attribute ON attrelid = to_regclass(format('programs.%I', relname))
        WHERE relnamespace = pg_my_temp_schema() AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
        GROUP BY relname
    LOOP EXECUTE format(
        'INSERT INTO programs.%1$I (%2$s) OVERRIDING SYSTEM VALUE SELECT %2$s FROM pg_temp.%1$I',
        place.name, place.columns); END LOOP;
END $$
"""


class Copy:
    """The rows of the portfolio, kept in temporary tables that nobody else sees."""

    def __init__(self, connection: "asyncpg.Connection[asyncpg.Record]") -> None:
        self._connection = connection
        self._is_filled = False

    async def fill(self, programs: Door) -> None:
        """Fill an empty portfolio with the reference."""
        if self._is_filled:
            await self._connection.execute(BRING_BACK)
            return
        await load_portfolio(programs.as_("importer"))
        await self._connection.execute(KEEP)
        self._is_filled = True


@pytest.fixture(scope="session")
async def _copy(database: TestDatabase) -> AsyncIterator[Copy]:
    connection = await asyncpg.connect(database.admin)
    yield Copy(connection)
    await connection.close()


@pytest.fixture
async def reference(programs: Door, _copy: Copy) -> Door:
    """The programs app with the reference portfolio."""
    await _copy.fill(programs)
    return programs
