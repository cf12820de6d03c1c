"""The enumerations of money, as people read them."""

from collections.abc import Sequence
from typing import Final

from services.common.enumerations import Enumeration, read_labels
from services.programs.domain.awards import INSTALMENT_LIFE, AwardKind, InstalmentState
from services.programs.domain.budgets import BudgetKind, BudgetStatus
from services.programs.domain.money import EntryKind

MONEY_ENUMERATIONS: Final[Sequence[Enumeration]] = (
    Enumeration(
        "entry_kind",
        EntryKind,
        read_labels("""
            pledge | Pledge | Обещание взноса | Жарна уәдесі
            commitment | Commitment | Обязательство донора | Донор міндеттемесі
            receipt | Receipt | Поступление | Түсім
            in_kind | In kind | Взнос в натуральной форме | Заттай жарна
            exchange_out | Given in exchange | Отдано при обмене | Айырбасқа берілді
            exchange_in | Received in exchange | Получено при обмене | Айырбастан алынды
            allocation | Allocation | Распределение | Бөлу
            outgoing_commitment | Outgoing commitment | Обязательство фонда | Қор міндеттемесі
            disbursement | Disbursement | Перечисление | Аударым
            expenditure | Expenditure | Расход | Шығыс
        """),
    ),
    Enumeration(
        "award_kind",
        AwardKind,
        read_labels("""
            grant | Grant | Грант | Грант
            scholarship | Scholarship | Стипендия | Стипендия
        """),
    ),
    Enumeration(
        "instalment_state",
        InstalmentState,
        read_labels("""
            planned | Planned | Запланирован | Жоспарланған
            approved | Approved for payment | Утверждён к выплате | Төлеуге бекітілді
            paid | Paid | Выплачен | Төленді
            cancelled | Cancelled | Отменён | Болдырылмады
        """),
        terminal=INSTALMENT_LIFE.terminal,
    ),
    Enumeration(
        "budget_kind",
        BudgetKind,
        read_labels("""
            original | Original | Первоначальный | Бастапқы
            revised | Revised | Уточнённый | Нақтыланған
        """),
    ),
    Enumeration(
        "budget_status",
        BudgetStatus,
        read_labels("""
            indicative | Indicative | Ориентировочный | Болжамды
            committed | Committed | Утверждённый | Бекітілген
        """),
    ),
)
