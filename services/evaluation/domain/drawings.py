"""Charts as SVG: readable in print and in grey, with words for those who listen, no script, no font of its own.

Each row says its figures as text too, so that nothing is told by color alone.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from textwrap import wrap
from typing import Final
from xml.sax.saxutils import escape

from services.evaluation.domain.charts import Chart, ChartKind, Row

_WIDTH: Final = 720
_LABELS: Final = 270
"""Pixels left of the plot, for what a row is called."""
_RIGHT: Final = 60
_TOP: Final = 46
_ROW: Final = 38
_BAR: Final = 18
_LETTERS: Final = 42
"""Of a label's line."""
_INK: Final = "#222222"
_ACCENT: Final = "#0b5c6b"
_QUIET: Final = "#666666"
_BELOW: Final = ("#b35806", "#f1a340", "#fee0b6")
_MIDDLE: Final = "#f2f2f2"
_ABOVE: Final = ("#d8daeb", "#998ec3", "#542788")
"""From the middle outwards lighter to darker on both sides: in grey the side is told by its place."""
_HIDDEN: Final[Mapping[str, str]] = {"en": "not shown", "ru": "не показано", "kk": "көрсетілмейді"}

Pick = Callable[[Mapping[str, str]], str]


def draw(chart: Chart, pick: Pick, *, on_paper: bool = False) -> str:
    """Return the chart as SVG; `pick` chooses a text's language. On paper it has no ground of its own."""
    height = _TOP + _ROW * len(chart.rows) + 34
    title = escape(pick(chart.title))
    ground = "" if on_paper else f'<rect width="{_WIDTH}" height="{height}" fill="#ffffff"/>'
    body = "".join(_rows(chart, pick))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" width="{_WIDTH}" '
        f'height="{height}" role="img" font-family="Noto Sans, sans-serif" font-size="12" fill="{_INK}">'
        f"<title>{title}</title><desc>{escape(describe(chart, pick))}</desc>"
        f"{ground}"
        f'<text x="0" y="18" font-size="14" font-weight="bold">{title}</text>'
        f"{_axis(chart, height)}{body}</svg>"
    )


def describe(chart: Chart, pick: Pick) -> str:
    """Return what the chart shows in words, for those who cannot see it."""
    return "; ".join(f"{pick(row.label)}: {_say(chart, row, pick)}" for row in chart.rows)


def _say(chart: Chart, row: Row, pick: Pick) -> str:
    if row.n is None:
        return pick(_HIDDEN)
    if chart.kind is ChartKind.LIKERT:
        shares = zip(chart.points, row.shares, strict=True)
        return ", ".join(f"{point}: {_percent(share)}" for point, share in shares) + f" (n = {row.n})"
    if chart.kind is ChartKind.CHOICES:
        return f"{_percent(row.shares[0])} ({row.n})"
    if row.value is None:
        return f"n = {row.n}"
    digits = _digits(chart)
    ends = "" if row.low is None or row.high is None else f" [{row.low:.{digits}f}; {row.high:.{digits}f}]"
    return f"{row.value:.{digits}f}{ends} (n = {row.n})"


def _digits(chart: Chart) -> int:
    """Return how many decimals a value has: scores from -100 to 100 are told in whole points."""
    low, high = chart.scale
    return 0 if high - low > 50 else 2


def _percent(share: float) -> str:
    return f"{round(100 * share)} %"


def _rows(chart: Chart, pick: Pick) -> Iterator[str]:
    for place, row in enumerate(chart.rows):
        y = _TOP + _ROW * place
        yield f"<g><title>{escape(pick(row.label))}: {escape(_say(chart, row, pick))}</title>"
        lines = wrap(pick(row.label), _LETTERS, max_lines=2, placeholder="…")
        for number, line in enumerate(lines):
            at = y + _BAR / 2 + 4 + (14 * number - 7 * (len(lines) - 1))
            yield f'<text x="{_LABELS - 10}" y="{at:.1f}" text-anchor="end">{escape(line)}</text>'
        if row.n is None:
            yield _text(_LABELS + 6, y + _BAR / 2 + 4, pick(_HIDDEN), fill=_QUIET)
        elif chart.kind is ChartKind.LIKERT:
            yield from _stack(row.shares, y)
            yield _text(_WIDTH - _RIGHT + 6, y + _BAR / 2 + 4, f"n = {row.n}", fill=_QUIET)
        elif chart.kind is ChartKind.CHOICES:
            yield from _bar(chart, row, y)
        else:
            yield from _dot(chart, row, y)
        yield "</g>"


def _text(x: float, y: float, text: str, *, fill: str = _INK, anchor: str = "start") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" fill="{fill}" text-anchor="{anchor}">{escape(text)}</text>'


def _x(chart: Chart, value: float) -> float:
    low, high = chart.scale
    return _LABELS + (value - low) / (high - low) * (_WIDTH - _LABELS - _RIGHT)


def _stack(shares: Sequence[float], y: float) -> Iterator[str]:
    """Draw shares so that the middle of the scale stands on one line in all rows."""
    half = (_WIDTH - _LABELS - _RIGHT) / 2
    below = sum(shares[: len(shares) // 2]) + (shares[len(shares) // 2] / 2 if len(shares) % 2 else 0)
    x = _LABELS + half * (1 - below)
    for share, color in zip(shares, _colors(len(shares)), strict=True):
        width = half * share
        dark = color in (_BELOW[0], _ABOVE[-1])
        yield (
            f'<rect x="{x:.1f}" y="{y}" width="{width:.1f}" height="{_BAR}" fill="{color}" '
            f'stroke="{_INK}" stroke-width="0.4"/>'
        )
        if width > 24:
            yield _text(
                x + width / 2,
                y + 13,
                str(round(100 * share)),
                fill="#ffffff" if dark else _INK,
                anchor="middle",
            )
        x += width


def _colors(points: int) -> list[str]:
    """Return a color for each point of the scale, the darkest at its ends."""
    side = points // 2
    below = [_BELOW[min(2, round(2 * place / max(1, side - 1)))] for place in range(side)]
    above = [_ABOVE[2 - min(2, round(2 * place / max(1, side - 1)))] for place in range(side)]
    return below + [_MIDDLE] * (points % 2) + above[::-1]


def _bar(chart: Chart, row: Row, y: float) -> Iterator[str]:
    end = _x(chart, row.shares[0])
    yield f'<rect x="{_LABELS}" y="{y}" width="{end - _LABELS:.1f}" height="{_BAR}" fill="{_ACCENT}"/>'
    yield _text(end + 6, y + 13, f"{_percent(row.shares[0])} ({row.n})")


def _dot(chart: Chart, row: Row, y: float) -> Iterator[str]:
    middle = y + _BAR / 2
    if row.low is not None and row.high is not None:
        low, high = _x(chart, row.low), _x(chart, row.high)
        yield f'<path d="M{low:.1f} {middle}H{high:.1f}M{low:.1f} {middle - 5}v10M{high:.1f} {middle - 5}v10" '
        yield f'stroke="{_INK}" stroke-width="1.4" fill="none"/>'
    if row.value is not None:
        yield f'<circle cx="{_x(chart, row.value):.1f}" cy="{middle}" r="4.5" fill="{_ACCENT}"/>'
        yield _text(_WIDTH - _RIGHT + 8, middle + 4, f"{row.value:.{_digits(chart)}f}")


def _axis(chart: Chart, height: int) -> str:
    """Draw where the ends and the middle of the scale are, and what they are called."""
    low, high = chart.scale
    values = (low, (low + high) / 2, high)
    legend = ""
    if chart.kind is ChartKind.LIKERT:
        names = [""] * 3
        legend = "".join(_legend(chart.points, height - 22))
    elif chart.kind is ChartKind.CHOICES:
        names = [_percent(value) for value in values]
    else:
        names = [f"{value:g}" for value in values]
    parts = []
    for value, name in zip(values, names, strict=True):
        x = _x(chart, value)
        parts.append(
            f'<path d="M{x:.1f} {_TOP - 8}V{height - 30}" stroke="{_QUIET}" stroke-width="0.6" '
            f'stroke-dasharray="2 3"/>{_text(x, height - 12, name, fill=_QUIET, anchor="middle")}'
        )
    return "".join(parts) + legend


def _legend(points: Sequence[int], y: float) -> Iterator[str]:
    """Say which point has which color, in the order of the bars."""
    step = min(44.0, (_WIDTH - _LABELS - _RIGHT) / len(points))
    x = _LABELS + (_WIDTH - _LABELS - _RIGHT - step * len(points)) / 2
    for point, color in zip(points, _colors(len(points)), strict=True):
        yield (
            f'<rect x="{x:.1f}" y="{y}" width="12" height="12" fill="{color}" stroke="{_INK}" '
            f'stroke-width="0.4"/>{_text(x + 16, y + 10, str(point), fill=_QUIET)}'
        )
        x += step
