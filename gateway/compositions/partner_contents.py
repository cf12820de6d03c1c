"""What a partner's report says, from what the services tell: no clock, no I/O."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from gateway.compositions.words import Words, WordTable
from gateway.upstream import MissingPart
from services.common.block_documents import Block, Heading, Items, Noted, Paragraph, Table

NOT_SHOWN: Final = "…"
Texts = dict[str, str]

PARTNER_WORDS: Final[WordTable] = {
    "report": ("Report for {partner}", "Отчёт для партнёра: {partner}", "Серіктеске есеп: {partner}"),
    "as_of": ("As of {day}", "По состоянию на {day}", "{day} жағдай бойынша"),
    "synthetic": (
        "Synthetic: invented for demonstration",
        "Вымышленные данные для демонстрации",
        "Көрсетуге ойдан шығарылған деректер",
    ),
    "contributions": ("Contributions", "Взносы", "Жарналар"),
    "kind": ("Kind", "Вид", "Түрі"),
    "amount": ("Amount", "Сумма", "Сома"),
    "pledge": ("Pledged", "Обещано", "Уәде етілді"),
    "commitment": ("Committed", "Обязательства", "Міндеттемелер"),
    "receipt": ("Received", "Получено", "Алынды"),
    "in_kind": ("In kind", "В натуральной форме", "Заттай"),
    "editions": ("Editions shared", "Совместные выпуски", "Ортақ шығарылымдар"),
    "edition": ("Edition", "Выпуск", "Шығарылым"),
    "period": ("Period", "Период", "Кезең"),
    "participants": ("Participants", "Участники", "Қатысушылар"),
    "cost": ("Cost", "Расходы", "Шығын"),
    "share": ("Your share", "Ваша доля", "Сіздің үлесіңіз"),
    "per_participant": ("Per participant", "На участника", "Бір қатысушыға"),
    "rates": (
        "Reported in {currency}, each payment by the rate of its day; a dash where a rate is missing.",
        "В {currency}, каждый платёж по курсу своего дня; прочерк, где курса нет.",
        "{currency} валютасында, әр төлем өз күнінің бағамымен; бағам жоқ жерде сызықша.",
    ),
    "per_head": (
        "Costs per participant are exact: where they differ by a minor unit, the smaller and the larger are given.",
        "Расходы на участника точны: если они различаются на минимальную единицу, даны обе суммы.",
        "Бір қатысушыға шаққандағы шығын дәл: ең кіші бірлікке айырма болса, екі сома да берілген.",
    ),
    "results": ("Results", "Результаты", "Нәтижелер"),
    "question": ("Question", "Вопрос", "Сұрақ"),
    "phase": ("Survey", "Опрос", "Сауалнама"),
    "n": ("n", "n", "n"),
    "mean": ("Mean", "Среднее", "Орташа"),
    "hidden": (
        "Not shown, by rule: the figure would tell of few people.",
        "По правилу не показывается: число раскрыло бы немногих.",
        "Ереже бойынша көрсетілмейді: сан аз адамды ашады.",
    ),
    "nothing": ("Nothing is known.", "Сведений нет.", "Мәлімет жоқ."),
    "no_results": ("Results could not be had.", "Результаты недоступны.", "Нәтижелер қолжетімсіз."),
}


class _Read(BaseModel):
    """What a report reads of another service's answer; everything else is passed over."""

    model_config = ConfigDict(extra="ignore")


class Amount(_Read):
    """An amount of money, with the decimals of its currency."""

    amount: str
    currency: str

    @property
    def told(self) -> dict[str, str]:
        """As `Words.money` takes it."""
        return {"amount": self.amount, "currency": self.currency}


class Contribution(_Read):
    """What was given, by kind."""

    kind: str
    money: Amount


class PerHead(_Read):
    """So many participants cost so much each."""

    participants: int
    money: Amount


class SharedEdition(_Read):
    """An edition that the partner has a part in."""

    id: UUID
    code: str
    title: Texts
    period: str
    participants: int
    currencies: list[Amount]
    reported: Amount | None
    per_participant: list[PerHead] | None
    share: Amount | None


class Account(_Read):
    """What an organization shares with the agency."""

    names: Texts
    currency: str
    contributions: list[Contribution]
    editions: list[SharedEdition]


class Figure(_Read):
    """What one edition's participants answered."""

    edition_id: UUID
    n: int | None
    mean: float | None
    suppressed: bool


class QuestionRow(_Read):
    """One question over editions."""

    phase: str
    text: Texts
    editions: list[Figure]


class Results(_Read):
    """What partners may be shown."""

    rows: list[QuestionRow]


def write_partner_report(
    account: Account, results: Results | None, missing: Sequence[MissingPart], words: Words
) -> list[Block]:
    """Return the report: contributions, editions with their cost, the partner's share, and results."""
    return [
        Heading(words("contributions")),
        _contributions(account, words),
        Heading(words("editions")),
        *_editions(account, words),
        Heading(words("results")),
        _results(account, results, missing, words),
    ]


def _contributions(account: Account, words: Words) -> Block:
    if not account.contributions:
        return Paragraph(Noted(words("nothing")))
    rows = [
        [Noted(words(each.kind)), Noted(words.money([each.money.told]))] for each in account.contributions
    ]
    return Table([words("kind"), words("amount")], rows, frozenset({1}))


def _editions(account: Account, words: Words) -> list[Block]:
    if not account.editions:
        return [Paragraph(Noted(words("nothing")))]
    columns = [
        words(name) for name in ("edition", "period", "participants", "cost", "per_participant", "share")
    ]
    rows = [_edition_row(edition, words) for edition in account.editions]
    notes = [words("rates", currency=account.currency), words("per_head")]
    return [
        Table(columns, rows, frozenset({2, 3, 4, 5})),
        Items([Noted(note) for note in notes]),
    ]


def _edition_row(edition: SharedEdition, words: Words) -> list[Noted]:
    heads = edition.per_participant or []
    return [
        Noted(words.of(edition.title)),
        Noted(words.period(edition.period)),
        Noted(words.number(edition.participants)),
        Noted(_amount(edition.reported, words)),
        Noted(words.money([head.money.told for head in heads]) if heads else "–"),
        Noted(_amount(edition.share, words)),
    ]


def _amount(amount: Amount | None, words: Words) -> str:
    return "–" if amount is None else words.money([amount.told])


def _results(
    account: Account, results: Results | None, missing: Sequence[MissingPart], words: Words
) -> Block:
    if results is None:
        return Paragraph(Noted(words("no_results"), [part.problem for part in missing]))
    codes = {edition.id: edition.code for edition in account.editions}
    rows = [
        [
            Noted(words.of(row.text)),
            Noted(row.phase),
            Noted(codes.get(figure.edition_id, "")),
            _figure(figure.n, figure, words, places=0),
            _figure(figure.mean, figure, words, places=2),
        ]
        for row in results.rows
        for figure in row.editions
    ]
    if not rows:
        return Paragraph(Noted(words("nothing")))
    columns = [words(name) for name in ("question", "phase", "edition", "n", "mean")]
    return Table(columns, rows, frozenset({3, 4}), wide=frozenset({0}))


def _figure(value: float | None, figure: Figure, words: Words, *, places: int) -> Noted:
    if figure.suppressed or value is None:
        return Noted(NOT_SHOWN, [words("hidden")])
    return Noted(words.number(Decimal(str(round(value, places))) if places else int(value)))


def tabulate_partner_report(account: Account, results: Results | None, words: Words) -> list[dict[str, Any]]:
    """Return the same as sheets of a workbook: one number a cell, money with its currency beside."""
    editions = [_edition_cells(edition, words) for edition in account.editions]
    codes = {edition.id: edition.code for edition in account.editions}
    figures = [
        [words.of(row.text), row.phase, codes.get(figure.edition_id, ""), figure.n, figure.mean]
        for row in (results.rows if results else [])
        for figure in row.editions
    ]
    return [
        {
            "name": words("contributions"),
            "columns": [words("kind"), words("amount"), "ISO 4217"],
            "rows": [
                [words(each.kind), float(each.money.amount), each.money.currency]
                for each in account.contributions
            ],
        },
        {
            "name": words("editions"),
            "columns": [
                *(words(name) for name in ("edition", "period", "participants", "cost", "share")),
                "ISO 4217",
                words("per_participant"),
            ],
            "rows": editions,
        },
        {
            "name": words("results"),
            "columns": [words(name) for name in ("question", "phase", "edition", "n", "mean")],
            "rows": figures,
        },
    ]


def _edition_cells(edition: SharedEdition, words: Words) -> list[str | float | None]:
    heads = edition.per_participant or []
    return [
        words.of(edition.title),
        edition.period,
        edition.participants,
        float(edition.reported.amount) if edition.reported else None,
        float(edition.share.amount) if edition.share else None,
        edition.reported.currency if edition.reported else None,
        words.money([head.money.told for head in heads]) if heads else None,
    ]
