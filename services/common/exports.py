"""Exports: a query becomes a table that leaves as it is read, in constant memory, all from one moment."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any, Final

from sqlalchemy import Select

from services.common.sessions import Sessions
from services.common.tabular.writing import TableFormat, open_writer

_ROWS_AT_ONCE: Final = 1000


async def stream_table(
    sessions: Sessions, query: Select[*tuple[Any, ...]], form: TableFormat
) -> AsyncIterator[bytes]:
    """Yield the file; the labels of the query's columns are its heading.

    Raises `Unavailable` before the first part where too many exports are being made.
    """
    writer = open_writer(form)
    columns = [column.key for column in query.selected_columns if column.key]
    async with sessions.exporting() as connection:
        found = await connection.stream(query.execution_options(yield_per=_ROWS_AT_ONCE))
        yield writer.begin(columns)
        async for part in found.partitions():
            # Off the loop: a thousand rows of a workbook take it longer than others should wait.
            yield await asyncio.to_thread(writer.write, part)
        yield writer.end()
