"""The portfolio as tables: queries whose columns are those of imports."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Text, case, cast, func, literal, select
from sqlalchemy import column as named_column
from sqlalchemy.dialects.postgresql import JSONB, aggregate_order_by
from sqlalchemy.orm import InstrumentedAttribute

from services.common.clock import Provenance
from services.common.identity import Caller, Reach
from services.programs.db.editions import PUBLISHED
from services.programs.db.money import within_reach
from services.programs.db.tables import (
    Delivery,
    Edition,
    Fund,
    LedgerEntry,
    Organization,
    Program,
    TrainingSession,
)
from services.programs.domain.editions import EditionState
from services.programs.domain.organizations import OrganizationStatus
from services.programs.domain.training_sessions import STANDS_IN

Table = Select[*tuple[Any, ...]]


def _texts(column: InstrumentedAttribute[Any], name: str) -> list[ColumnElement[Any]]:
    return [column[tag].astext.label(f"{name}_{tag}") for tag in ("kk", "ru", "en")]


def _list(column: InstrumentedAttribute[Any]) -> ColumnElement[Any]:
    """Return a JSON array of codes as one cell."""
    values = func.jsonb_array_elements_text(column).table_valued("value")
    joined = select(func.string_agg(values.c.value, "|")).select_from(values).scalar_subquery()
    return case((func.jsonb_typeof(column) == "array", joined)).label(column.key)


def _lecturers(name: str, told: Callable[[Any], ColumnElement[str]]) -> ColumnElement[Any]:
    """Return what is told of each lecturer of a meeting as one cell, in their order."""
    each = (
        func.jsonb_array_elements(TrainingSession.lecturers)
        .table_valued(named_column("value", JSONB), with_ordinality="place")
        .render_derived()
    )
    joined = func.string_agg(told(each.c.value), aggregate_order_by(literal("|"), each.c.place))
    return select(joined).select_from(each).scalar_subquery().label(name)


def _stand_in(one: Any) -> ColumnElement[str]:
    """Return `a=b` where a stands in for b; null, which is left out, for everybody else."""
    pair: ColumnElement[str] = one["lecturer_id"].astext + STANDS_IN + one["stands_in_for"].astext
    return pair


def _local(column: InstrumentedAttribute[Any]) -> ColumnElement[Any]:
    """Return a moment as people of the edition's place write it."""
    return func.to_char(func.timezone(Edition.zone, column), 'YYYY-MM-DD"T"HH24:MI').label(column.key)


def organizations_table(
    *, visible_to: Caller, country: str | None, kind: str | None, status: OrganizationStatus | None
) -> Table:
    """Return organizations by code."""
    query = select(
        Organization.code,
        *_texts(Organization.names, "name"),
        Organization.acronym,
        Organization.verbatim_name,
        Organization.kind,
        Organization.country,
        Organization.status,
    ).order_by(Organization.code)
    if visible_to.reach is Reach.PUBLISHED:
        query = query.where(Organization.provenance == Provenance.REAL)
    wanted = {Organization.country: country, Organization.kind: kind, Organization.status: status}
    return query.where(*(column == value for column, value in wanted.items() if value is not None))


def editions_table(
    *,
    visible_to: Caller,
    provenance: Provenance,
    state: EditionState | None,
    program_id: UUID | None,
    year: int | None,
) -> Table:
    """Return editions by their earliest day."""
    query = (
        select(
            Edition.code,
            Program.code.label("program"),
            Edition.ordinal,
            *_texts(Edition.title, "title"),
            *_texts(Edition.topic, "topic"),
            Edition.period,
            Edition.zone,
            Edition.modality,
            _list(Edition.languages),
            Edition.audience,
            Edition.duration_days,
            Edition.capacity_min,
            Edition.capacity_max,
            _local(Edition.call_opens_at),
            _local(Edition.call_closes_at),
            Edition.pilot,
            Edition.state,
            Edition.stated_as_of.label("as_of"),
        )
        .join(Program, Program.id == Edition.program_id)
        .where(Edition.provenance == provenance)
        .order_by(Edition.earliest, Edition.id)
    )
    if visible_to.reach is Reach.PUBLISHED:
        query = query.where(*PUBLISHED)
    if state is not None:
        query = query.where(Edition.state == state)
    if program_id is not None:
        query = query.where(Edition.program_id == program_id)
    if year is not None:
        query = query.where(
            func.extract("year", Edition.earliest) <= year, func.extract("year", Edition.latest) >= year
        )
    return query


def training_sessions_table(
    *, visible_to: Caller, provenance: Provenance, edition_id: UUID | None, program_id: UUID | None
) -> Table:
    """Return meetings by time, in the local time of their editions."""
    query = (
        select(
            Edition.code.label("edition"),
            TrainingSession.id,
            _local(TrainingSession.starts_at),
            _local(TrainingSession.ends_at),
            TrainingSession.kind,
            *_texts(TrainingSession.title, "title"),
            TrainingSession.venue,
            TrainingSession.mandatory,
            TrainingSession.counts_for_attendance,
            TrainingSession.delivery_language,
            TrainingSession.modality,
            _lecturers("lecturers", lambda one: one["lecturer_id"].astext),
            _lecturers("stand_ins", _stand_in),
            TrainingSession.state,
        )
        .join(Edition, Edition.id == TrainingSession.edition_id)
        .where(Edition.provenance == provenance)
        .order_by(TrainingSession.starts_at, TrainingSession.id)
    )
    if visible_to.reach is Reach.PUBLISHED:
        query = query.where(*PUBLISHED)
    if edition_id is not None:
        query = query.where(Edition.id == edition_id)
    if program_id is not None:
        query = query.where(Edition.program_id == program_id)
    return query


def transactions_table(
    *,
    visible_to: Caller,
    provenance: Provenance,
    fund_id: UUID | None,
    edition_id: UUID | None,
    delivery_id: UUID | None,
) -> Table:
    """Return ledger entries by day; amounts are exact."""
    query = (
        select(
            Fund.code.label("fund"),
            LedgerEntry.kind,
            LedgerEntry.dated,
            func.trim_scale(LedgerEntry.amount).label("amount"),
            LedgerEntry.currency,
            Edition.code.label("edition"),
            Delivery.code.label("delivery"),
            Organization.code.label("organization"),
            LedgerEntry.note,
            LedgerEntry.id,
            cast(LedgerEntry.reverses_id, Text).label("reverses_id"),
        )
        .join(Fund, Fund.id == LedgerEntry.fund_id)
        .outerjoin(Edition, Edition.id == LedgerEntry.edition_id)
        .outerjoin(Delivery, Delivery.id == LedgerEntry.delivery_id)
        .outerjoin(Organization, Organization.id == LedgerEntry.organization_id)
        .where(LedgerEntry.provenance == provenance, *within_reach(visible_to))
        .order_by(LedgerEntry.dated, LedgerEntry.id)
    )
    wanted = {
        LedgerEntry.fund_id: fund_id,
        LedgerEntry.edition_id: edition_id,
        LedgerEntry.delivery_id: delivery_id,
    }
    return query.where(*(column == value for column, value in wanted.items() if value is not None))
