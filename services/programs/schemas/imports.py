"""The columns of the tables that the portfolio is imported from; exports have the same."""

from typing import Annotated

from pydantic import BeforeValidator, WithJsonSchema

from services.common.tabular.cells import (
    CountCell,
    DayCell,
    FlagCell,
    ListCell,
    LocalTimeCell,
    TableRow,
    read_list,
)
from services.common.wire import Amount, Code, Id, Line, Text
from services.common.wire_codes import CountryCode, CurrencyCode, EdtfText, OrganizationType
from services.programs.domain.editions import EditionState, Modality
from services.programs.domain.money import EntryKind
from services.programs.domain.training_sessions import STANDS_IN, TrainingSessionKind
from services.programs.schemas.programs import Zone


def _read_pair(value: object) -> object:
    return tuple(value.split(STANDS_IN)) if isinstance(value, str) else value


IdsCell = Annotated[list[Id], BeforeValidator(read_list)]
StandInsCell = Annotated[
    list[
        Annotated[
            tuple[Id, Id],
            BeforeValidator(_read_pair),
            WithJsonSchema({"type": "string", "pattern": STANDS_IN}),
        ]
    ],
    BeforeValidator(read_list),
]


class OrganizationRow(TableRow):
    """An organization, known by its code."""

    code: Code
    name_kk: Line | None = None
    name_ru: Line | None = None
    name_en: Line | None = None
    acronym: Line | None = None
    verbatim_name: Line | None = None
    kind: OrganizationType | None = None
    country: CountryCode | None = None
    status: Line | None = None
    """In exports only: it is changed by verification."""


class EditionRow(TableRow):
    """An edition, known by its code."""

    code: Code
    program: Code | None = None
    """The program's code."""
    ordinal: CountCell | None = None
    title_kk: Text | None = None
    title_ru: Text | None = None
    title_en: Text | None = None
    topic_kk: Text | None = None
    topic_ru: Text | None = None
    topic_en: Text | None = None
    period: EdtfText | None = None
    zone: Zone | None = None
    modality: Modality | None = None
    languages: ListCell | None = None
    audience: Code | None = None
    duration_days: CountCell | None = None
    capacity_min: CountCell | None = None
    capacity_max: CountCell | None = None
    call_opens_at: LocalTimeCell | None = None
    call_closes_at: LocalTimeCell | None = None
    pilot: FlagCell | None = None
    state: EditionState | None = None
    """For new editions: where a source says it stands; later it is changed by steps only."""
    as_of: DayCell | None = None
    source: Code | None = None
    """The code of the source that says so."""
    locator: Line | None = None


class TrainingSessionRow(TableRow):
    """A meeting of an edition, known by its id, or by its time and title."""

    edition: Code
    """The edition's code."""
    id: Id | None = None
    starts_at: LocalTimeCell
    ends_at: LocalTimeCell
    kind: TrainingSessionKind | None = None
    title_kk: Text | None = None
    title_ru: Text | None = None
    title_en: Text | None = None
    venue: Line | None = None
    mandatory: FlagCell | None = None
    counts_for_attendance: FlagCell | None = None
    delivery_language: Line | None = None
    modality: Modality | None = None
    lecturers: IdsCell | None = None
    """Who teaches, by id; roles and interpretation of those who stay are kept."""
    stand_ins: StandInsCell | None = None
    """`a=b`: a, who teaches, stands in for b, who was to."""
    state: Line | None = None
    """In exports only: meetings are cancelled one by one, with a reason."""


class TransactionRow(TableRow):
    """What a fund commits itself to pay, or has paid; a row equal to a booked one is not booked again."""

    fund: Code
    kind: EntryKind
    dated: DayCell
    amount: Amount
    currency: CurrencyCode
    edition: Code | None = None
    delivery: Code | None = None
    organization: Code | None = None
    note: Line | None = None
    id: Id | None = None
    """In exports only, and so is the next."""
    reverses_id: Id | None = None
