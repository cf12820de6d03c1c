"""The files that can be published: what goes into each, and what the checks say of it."""

from collections.abc import AsyncIterable, AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from services.common.tabular.writing import TableFormat
from services.programs.domain.activities import Activity, Publisher
from services.programs.domain.publication_checks import (
    Finding,
    Severity,
    check_activity,
    check_publisher,
    undated_finding,
)
from services.programs.domain.publications import PublicationChannel
from services.programs.operations.activities import list_activities, registers
from services.programs.operations.iati_organisation import write_organisation
from services.programs.operations.iati_xml import write_activities
from services.programs.operations.open_data import (
    ACTIVITY_COLUMNS,
    ORGANIZATION_COLUMNS,
    TRANSACTION_COLUMNS,
    Rows,
    activity_rows,
    organization_rows,
    transaction_rows,
    write_linked_data,
    write_table,
)
from services.programs.operations.statistics_files import write_crs, write_tossd

MOST_FINDINGS: Final = 500
"""Of more findings only the numbers are told."""


@dataclass
class Report:
    """What the checks found, and how many records were looked at."""

    subjects: int = 0
    errors: int = 0
    warnings: int = 0
    findings: list[Finding] = field(default_factory=list)

    def add(self, findings: list[Finding]) -> None:
        """Count findings, and keep the first ones; errors before warnings never crowd each other out."""
        for finding in findings:
            is_error = finding.severity is Severity.ERROR
            self.errors += is_error
            self.warnings += not is_error
            if (self.errors if is_error else self.warnings) <= MOST_FINDINGS:
                self.findings.append(finding)


@dataclass(frozen=True)
class Making:
    """What a file is made of: the publisher, the moment it names, the day, and the report that grows with it."""

    session: AsyncSession
    publisher: Publisher
    generated: datetime
    today: date
    report: Report


async def checked_activities(making: Making) -> AsyncIterator[Activity]:
    """Yield the published activities; each is checked on its way, and what no source dates is left out.

    IATI takes no activity without a start, and a date that nobody knows is not made up.
    """
    async for activity in list_activities(making.session, making.publisher, making.today):
        if activity.undated:
            making.report.add([undated_finding(activity)])
            continue
        making.report.subjects += 1
        making.report.add(check_activity(activity, making.today))
        yield activity


def _iati_activities(making: Making) -> AsyncIterator[bytes]:
    return write_activities(checked_activities(making), making.publisher, making.generated)


def _iati_organisation(making: Making) -> AsyncIterator[bytes]:
    return write_organisation(
        making.session, making.publisher, making.generated, making.today, making.report.add
    )


async def counted_activities(making: Making) -> AsyncIterator[Activity]:
    """Yield the published activities; what IATI asks of them is no matter of other files."""
    async for activity in list_activities(making.session, making.publisher, making.today):
        making.report.subjects += 1
        yield activity


def _crs(making: Making) -> AsyncIterator[bytes]:
    return write_crs(counted_activities(making), making.publisher)


def _tossd(making: Making) -> AsyncIterator[bytes]:
    return write_tossd(counted_activities(making), making.publisher)


def _linked_data(making: Making) -> AsyncIterator[bytes]:
    return write_linked_data(counted_activities(making), making.publisher, making.generated)


def _table(columns: Sequence[str], rows: Rows, form: TableFormat) -> "Make":
    def make(making: Making) -> AsyncIterator[bytes]:
        return write_table(counted_activities(making), columns, rows, form)

    return make


Make = Callable[[Making], AsyncIterator[bytes]]
_C: Final = PublicationChannel
FILES: Final[Mapping[PublicationChannel, Make]] = {
    _C.IATI_ACTIVITIES: _iati_activities,
    _C.IATI_ORGANISATION: _iati_organisation,
    _C.CRS: _crs,
    _C.TOSSD: _tossd,
    _C.ACTIVITIES_CSV: _table(ACTIVITY_COLUMNS, activity_rows, TableFormat.CSV),
    _C.ACTIVITIES_JSONL: _table(ACTIVITY_COLUMNS, activity_rows, TableFormat.JSONL),
    _C.ACTIVITIES_JSONLD: _linked_data,
    _C.TRANSACTIONS_CSV: _table(TRANSACTION_COLUMNS, transaction_rows, TableFormat.CSV),
    _C.TRANSACTIONS_JSONL: _table(TRANSACTION_COLUMNS, transaction_rows, TableFormat.JSONL),
    _C.ORGANIZATIONS_CSV: _table(ORGANIZATION_COLUMNS, organization_rows, TableFormat.CSV),
    _C.ORGANIZATIONS_JSONL: _table(ORGANIZATION_COLUMNS, organization_rows, TableFormat.JSONL),
}


async def make_file(
    session: AsyncSession,
    channel: PublicationChannel,
    publisher: Publisher,
    now: datetime,
    *,
    generated: datetime | None = None,
) -> tuple[Report, AsyncIterable[bytes]]:
    """Return the report, complete once the file is read to its end, and the file as of `now`.

    `generated` is the moment that the file names as that of its making, to compare it with an earlier one.
    """
    report = Report()
    report.add(check_publisher(publisher, registers()))
    return report, FILES[channel](Making(session, publisher, generated or now, now.date(), report))
