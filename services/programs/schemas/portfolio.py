"""The portfolio as a whole on the wire."""

from datetime import date
from uuid import UUID

from services.common.clock import Provenance
from services.common.wire import Answer
from services.common.wire_codes import MoneyRead
from services.programs.domain.deliveries import DeliveryState
from services.programs.domain.editions import EditionState


class EditionStateCount(Answer):
    """How many editions are in one state."""

    state: EditionState
    count: int


class DeliveryStateCount(Answer):
    """How many deliveries are in one state."""

    state: DeliveryState
    count: int


class PortfolioEdition(Answer):
    """An edition as a dashboard shows it."""

    id: UUID
    href: str
    code: str
    title: dict[str, str]
    program_id: UUID
    program_title: dict[str, str]
    period: str
    """EDTF."""
    earliest: date
    latest: date
    state: EditionState


class CodeCount(Answer):
    """How many editions and deliveries have to do with a country, a sector or a goal; cancelled ones left out."""

    code: str
    editions: int
    deliveries: int


class PortfolioRead(Answer):
    """What the agency does, did and will do, counted."""

    provenance: Provenance
    programs: int
    editions: list[EditionStateCount]
    deliveries: list[DeliveryStateCount]
    running: list[PortfolioEdition]
    """At most 20, the earliest first; the list of editions has all."""
    coming: list[PortfolioEdition]
    """At most 20, the next first."""
    countries: list[CodeCount]
    sectors: list[CodeCount]
    """By DAC purpose code; of the program where an edition or delivery names none."""
    sdg_goals: list[CodeCount]


class MoneySliceRead(Answer):
    """What was paid under one code, by currency; an empty code stands for what nobody has coded."""

    code: str
    money: list[MoneyRead]


class MoneyYearRead(Answer):
    """What was paid in one year, by currency."""

    year: int
    money: list[MoneyRead]


class PortfolioMoney(Answer):
    """What was paid, by what it was for: each list sums in each currency exactly to the total, as paid."""

    provenance: Provenance
    totals: list[MoneyRead]
    sectors: list[MoneySliceRead]
    """By stated shares; equal ones where nobody states them."""
    sdg_goals: list[MoneySliceRead]
    """In equal parts for the goals of a program."""
    countries: list[MoneySliceRead]
    """A delivery for its recipient, an edition by its participants or, without any, by its countries equally."""
    years: list[MoneyYearRead]
