"""Amounts of money, exact to the minor unit of their currency."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from services.common.codelists.iso import currency_minor_units

_BOUND = Decimal(10) ** 14  # numeric(18, 4)


@dataclass(frozen=True)
class Money:
    """An amount in one currency, negative where it is owed or reversed; it is kept in full minor units.

    Raises ValueError if the currency is unknown, or the amount is not finite, not below 10^14 in size or not
    whole in minor units (1.5 JPY). `amount` prints with just the decimals of the currency.
    """

    amount: Decimal
    currency: str

    def __post_init__(self) -> None:
        places = currency_minor_units(self.currency)
        if not (self.amount.is_finite() and abs(self.amount) < _BOUND):
            raise ValueError("the amount must be a number of at most 14 digits before the point")
        exact = self.amount.quantize(Decimal(1).scaleb(-places))
        if exact != self.amount:
            raise ValueError("the amount has more decimals than its currency")
        object.__setattr__(self, "amount", exact + 0)  # + 0 turns a negative zero into zero

    def __add__(self, other: "Money") -> "Money":
        """Add an amount of the same currency; raises ValueError for another."""
        _require_one_currency(self, other)
        return Money(self.amount + other.amount, self.currency)

    def __sub__(self, other: "Money") -> "Money":
        """Subtract an amount of the same currency; raises ValueError for another."""
        _require_one_currency(self, other)
        return Money(self.amount - other.amount, self.currency)


def split_largest_remainder(total: Money, weights: Sequence[Decimal | int]) -> list[Money]:
    """Split an amount in proportion to weights so that the parts sum to it exactly.

    Hamilton's method: each part is its exact share rounded toward zero, and the minor units left over go to
    the largest remainders, to the earlier of two equal ones. A weight of zero gets nothing. Raises ValueError
    unless the weights are finite, none negative and at least one positive.
    """
    if not all(Decimal(weight).is_finite() and weight >= 0 for weight in weights) or not any(weights):
        raise ValueError("weights must be finite, none negative and at least one positive")
    minor_unit = Decimal(1).scaleb(-currency_minor_units(total.currency))
    units = Fraction(abs(total.amount) / minor_unit)
    whole = sum(Fraction(weight) for weight in weights)
    shares = [units * Fraction(weight) / whole for weight in weights]
    parts = [int(share) for share in shares]
    by_remainder = sorted(range(len(shares)), key=lambda index: parts[index] - shares[index])
    for index in by_remainder[: int(units) - sum(parts)]:
        parts[index] += 1
    sign = -1 if total.amount < 0 else 1
    return [Money(sign * part * minor_unit, total.currency) for part in parts]


def _require_one_currency(one: Money, other: Money) -> None:
    if one.currency != other.currency:
        raise ValueError("the amounts are in different currencies")
