"""Budgets on the wire."""

from datetime import date
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import AfterValidator, model_validator

from services.common.clock import Provenance
from services.common.wire import Amount, Day, Id, Line, Request, Resource
from services.common.wire_codes import MoneyRead, MoneyWrite
from services.programs.domain.budgets import BudgetKind, BudgetStatus, within_a_year
from services.programs.domain.evidence import SubjectKind
from services.programs.schemas.evidence import SubjectRead


def _not_below_zero(money: MoneyWrite) -> MoneyWrite:
    if money.amount < 0:
        raise ValueError("a budget is not below zero")
    return money


BudgetMoney = Annotated[MoneyWrite, AfterValidator(_not_below_zero)]


class BudgetedSubject(Request):
    """The agency, program, edition or delivery that the money is planned for."""

    kind: Literal[SubjectKind.AGENCY, SubjectKind.PROGRAM, SubjectKind.EDITION, SubjectKind.DELIVERY]
    id: Id


class BudgetCreate(Request):
    """Planned money for a period, both days included and at most a year long; synthetic where its subject is."""

    subject: BudgetedSubject
    status: BudgetStatus
    starts_on: Day
    ends_on: Day
    money: BudgetMoney
    valued_on: Day | None = None
    """The day whose exchange rate applies; the first day, if it is left out."""
    note: Line | None = None

    @model_validator(mode="after")
    def _a_year(self) -> Self:
        if not within_a_year(self.starts_on, self.ends_on):
            raise ValueError("a budget ends on or after its first day, within a year")
        return self


class BudgetRevision(Request):
    """What the budget is from now on; period and currency stay. Nothing at all takes it back."""

    status: BudgetStatus
    amount: Amount
    valued_on: Day
    note: Line


class BudgetRead(Resource):
    """Planned money; it never changes, and its revision takes its place."""

    subject: SubjectRead
    kind: BudgetKind
    status: BudgetStatus
    starts_on: date
    ends_on: date
    money: MoneyRead
    valued_on: date
    revises_id: UUID | None
    note: str | None
    provenance: Provenance
