"""What a country's brief says, from what the services tell: no clock, no I/O."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Final

from gateway.compositions.brief_parts import (
    Amount,
    BriefParts,
    Cell,
    Costs,
    Dossier,
    Entry,
    IndicatorFigure,
    Outcomes,
    Vocabulary,
)
from gateway.compositions.next_steps import UNSETTLED
from gateway.compositions.words import Words
from gateway.upstream import MissingPart
from services.common.block_documents import Block, Heading, Items, Noted, Paragraph, Table

COURSE: Final = "course"
AHEAD: Final = frozenset({"planned", "announced", "call_open", "selection", "confirmed", "postponed"})
"""States of a course that has not begun."""
NOT_HANDED_OVER: Final = frozenset({"planned", "agreed", "in_delivery"})
NOT_SHOWN: Final = "…"


def write_brief(parts: BriefParts, words: Words) -> list[Block]:
    """Return the brief, from what was done to what is owed, what is doubtful and what is missing."""
    return [
        *_in_short(parts, words),
        *_entries(parts, words),
        *_people(parts.outcomes, words),
        *_money(parts.costs, words),
        *_outcomes(parts.outcomes, words),
        *_calls(parts, words),
        *_owed(parts, words),
        *_unknown(parts.dossier, words),
        *_missing(parts.missing, words),
    ]


def _plain(*texts: str) -> list[Noted]:
    return [Noted(text) for text in texts]


def _is_ahead(entry: Entry) -> bool:
    return entry.state in (AHEAD if entry.kind == COURSE else NOT_HANDED_OVER)


def _in_short(parts: BriefParts, words: Words) -> list[Block]:
    entries = [entry for year in parts.dossier.years for entry in year.entries if not _is_ahead(entry)]
    courses = sum(entry.kind == COURSE for entry in entries)
    years = [
        year.year
        for year in parts.dossier.years
        if year.year is not None and not all(map(_is_ahead, year.entries))
    ]
    lines = [
        words("courses", n=words.number(courses)),
        words("deliveries", n=words.number(len(entries) - courses)),
    ]
    if years:
        lines.append(words("years", years=f"{min(years)}–{max(years)}" if len(years) > 1 else str(years[0])))
    if parts.outcomes is not None:
        people = sum(year.participants for year in parts.outcomes.outputs)
        lines.append(words("participants_in_all", n=words.number(people)))
    if parts.costs is not None:
        lines.append(words("paid_in_all", money=words.money(_amounts(parts.costs.currencies))))
    return [Heading(words("in_short")), Items(_plain(*lines))]


def _entries(parts: BriefParts, words: Words) -> list[Block]:
    every = [entry for year in parts.dossier.years for entry in year.entries]
    done = [entry for entry in every if not _is_ahead(entry)]
    ahead = [entry for entry in every if _is_ahead(entry)]
    return [
        Heading(words("done")),
        _entry_table(done, parts.vocabulary, words),
        Heading(words("coming")),
        _entry_table(ahead, parts.vocabulary, words),
    ]


def _entry_table(entries: Sequence[Entry], vocabulary: Vocabulary, words: Words) -> Block:
    if not entries:
        return Paragraph(Noted(words("nothing")))
    columns = [words(name) for name in ("when", "what", "kind", "state", "with_whom")]
    return Table(columns, [_entry_row(entry, vocabulary, words) for entry in entries], wide=frozenset({1}))


def _entry_row(entry: Entry, vocabulary: Vocabulary, words: Words) -> list[Noted]:
    course = entry.kind == COURSE
    kind = words("course") if course else vocabulary.say("delivery_kind", entry.kind, words)
    title = words.of(entry.title)
    if entry.topic:
        title = f"{title}: {words.of(entry.topic)}"
    if entry.quantity is not None:
        title = f"{title} ({words.number(entry.quantity)})"
    state = vocabulary.say("edition_state" if course else "delivery_state", entry.state, words)
    partners = dict.fromkeys(partner.organization.label or "" for partner in entry.partners)
    return [
        Noted(words.of(entry.date_text) or words("undated")),
        Noted(title, [words.of(note.text) for note in entry.notes]),
        Noted(kind),
        Noted(state),
        Noted(", ".join(label for label in partners if label)),
    ]


def _people(outcomes: Outcomes | None, words: Words) -> list[Block]:
    if outcomes is None or not outcomes.outputs:
        return []
    columns = [words(name) for name in ("year", "participants", "completed", "women", "men")]
    rows = []
    for year in outcomes.outputs:
        by_sex = {cell.group: cell for cell in year.by_sex}
        cells = [year.completed, by_sex.get("female"), by_sex.get("male")]
        rows.append(
            [
                Noted(str(year.year) if year.year is not None else words("undated")),
                Noted(words.number(year.participants)),
                *(_cell(cell, words) for cell in cells),
            ]
        )
    return [Heading(words("people")), Table(columns, rows, frozenset(range(1, 5)))]


def _cell(cell: Cell | None, words: Words) -> Noted:
    if cell is None or cell.n is None:
        return Noted(NOT_SHOWN, [words("hidden")])
    return Noted(words.number(cell.n))


def _money(costs: Costs | None, words: Words) -> list[Block]:
    if costs is None:
        return []
    paid = words("paid_for", money=words.money(_amounts(costs.currencies)))
    reported = words("reported", money=words.money(_amounts([costs.reported])))
    return [Heading(words("money")), Paragraph(Noted(paid)), Paragraph(Noted(reported))]


def _amounts(amounts: Iterable[Amount]) -> list[Mapping[str, str]]:
    return [{"amount": each.amount, "currency": each.currency} for each in amounts]


def _outcomes(outcomes: Outcomes | None, words: Words) -> list[Block]:
    if outcomes is None:
        return []
    blocks: list[Block] = [Heading(words("outcomes"))]
    if outcomes.indicators:
        columns = [words(name) for name in ("indicator", "period", "actual")]
        rows = [_indicator_row(indicator, words) for indicator in outcomes.indicators]
        blocks.append(Table(columns, rows, frozenset({2}), wide=frozenset({0})))
    substantiated = [each for each in outcomes.outcome_evidence if each.state == "substantiated"]
    lines = [f"{words.of(each.change)} ({each.observed})" for each in substantiated]
    lines.append(words("published_results", n=words.number(len(outcomes.results))))
    return [*blocks, Items(_plain(*lines))]


def _indicator_row(indicator: IndicatorFigure, words: Words) -> list[Noted]:
    actual = indicator.actual
    value = None if actual is None else actual.value
    figure = Noted(NOT_SHOWN, [words("hidden")]) if value is None else Noted(words.number(value))
    unit = f", {words.of(indicator.unit)}" if indicator.unit else ""
    return [Noted(f"{words.of(indicator.title)}{unit}"), Noted(indicator.period), figure]


def _calls(parts: BriefParts, words: Words) -> list[Block]:
    if parts.calls is None:
        return []
    rows = []
    for call in parts.calls.items:
        lines = [line for line in call.seat_lines if line.country in {parts.country, None}]
        if call.state == "open" and lines:
            rows.append(
                [
                    Noted(words.of(call.title)),
                    Noted(words.day(call.closes_at.date()) if call.closes_at else words("undated")),
                    *(_seats([getattr(line, name) for line in lines], words) for name in ("seats", "left")),
                ]
            )
    heading = Heading(words("open_calls"))
    if not rows:
        return [heading, Paragraph(Noted(words("no_calls")))]
    columns = [words(name) for name in ("what", "closes", "seats", "left")]
    return [heading, Table(columns, rows, frozenset({2, 3}), wide=frozenset({0}))]


def _seats(counts: Sequence[int | None], words: Words) -> Noted:
    known = [count for count in counts if count is not None]
    return Noted(words.number(sum(known)) if known else "–")


def _owed(parts: BriefParts, words: Words) -> list[Block]:
    lines = [
        words("to_hand_over", title=words.of(entry.title), when=words.of(entry.date_text) or words("undated"))
        for year in parts.dossier.years
        for entry in year.entries
        if entry.kind != COURSE and entry.state in NOT_HANDED_OVER
    ]
    if parts.outcomes is not None:
        lines += [
            words("recommended", edition=words.of(each.edition_title), title=words.of(each.title))
            for each in parts.outcomes.recommendations or []
            if each.state in UNSETTLED
        ]
    if not lines:
        return []
    return [Heading(words("owed")), Items(_plain(*lines))]


def _unknown(dossier: Dossier, words: Words) -> list[Block]:
    if not dossier.notes:
        return []
    return [Heading(words("unknown")), Items(_plain(*(words.of(note.text) for note in dossier.notes)))]


def _missing(missing: Sequence[MissingPart], words: Words) -> list[Block]:
    lines = []
    for part in missing:
        if part.part not in _PARTS:
            continue  # words are missing, no facts
        own = part.problem.endswith(("/not-permitted", "/not-authenticated"))
        name = words(_PARTS[part.part])
        lines.append(f"{name}: {words('not_yours' if own else 'not_there')}")
    return [Heading(words("missing")), Items(_plain(*lines))] if lines else []


_PARTS: Final = {"outcomes": "outcomes", "costs": "money", "calls": "open_calls"}
"""How a part is called in a brief."""


def subtitle_of(today: date, words: Words) -> str:
    """Return the day of which the brief speaks."""
    return words("as_of", day=words.day(today))
