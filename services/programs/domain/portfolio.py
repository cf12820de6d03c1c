"""The money of the whole portfolio by what it was spent for; pure functions of sums."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from services.common.money import Money, split_largest_remainder

UNKNOWN: Final = ""
"""What nobody has coded stands under an empty code, so that the parts still sum to the whole."""


@dataclass(frozen=True)
class Weighted:
    """What was paid in one currency for undertakings that share one set of codes."""

    amount: Decimal
    currency: str
    shares: Mapping[str, Decimal]
    """By code; they sum to 1 as nearly as decimals can."""


@dataclass(frozen=True)
class MoneySlice:
    """What was paid under one code, by currency."""

    code: str
    money: Sequence[Money]


def read_shares(sectors: Sequence[Mapping[str, Any]]) -> dict[str, Decimal]:
    """Return each sector's part as it is stated, or equal parts where nobody states them, as in publications."""
    stated = {each["code"]: each["share"] for each in sectors}
    if None in stated.values():
        return share_equally(list(stated))
    whole = sum((Decimal(share) for share in stated.values()), Decimal(0))
    return {code: Decimal(share) / whole for code, share in stated.items()} or {UNKNOWN: Decimal(1)}


def share_equally(codes: Sequence[str]) -> dict[str, Decimal]:
    """Return the same part for each code: nobody states the shares of goals."""
    return {code: Decimal(1) / len(codes) for code in codes} or {UNKNOWN: Decimal(1)}


def slice_money(totals: Iterable[Money], paid: Iterable[Weighted]) -> list[MoneySlice]:
    """Return `totals` by code, in proportion to what was paid under each; in each currency they sum exactly."""
    weights: dict[str, dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for one in paid:
        for code, share in one.shares.items():
            weights[one.currency][code] += one.amount * share
    found: dict[str, list[Money]] = defaultdict(list)
    for total in totals:
        owed = {code: weight for code, weight in weights[total.currency].items() if weight > 0}
        codes = sorted(owed)
        if codes:
            parts = split_largest_remainder(total, [owed[code] for code in codes])
            for code, part in zip(codes, parts, strict=True):
                found[code].append(part)
    return [MoneySlice(code, money) for code, money in sorted(found.items())]
