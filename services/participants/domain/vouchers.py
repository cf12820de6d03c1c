"""Vouchers: the right to a training place at a provider, from the batch given to an embassy to the course's end."""

import secrets
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from services.common.states import LifeCycle

EXPIRE_VOUCHERS: Final = "vouchers.expire"
"""The daily job that ends vouchers whose time is over."""
SOON: Final = timedelta(days=30)
"""Vouchers that expire within this time are listed for those who hold them."""

_ALPHABET: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_DRAWN: Final = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Letters and digits that nobody mistakes for another."""
_LENGTH: Final = 11


class VoucherState(StrEnum):
    """How far a voucher has come."""

    ISSUED = "issued"
    TRANSFERRED = "transferred"
    """Given to an authority, which has not named a person yet."""
    ASSIGNED = "assigned"
    REDEEMED = "redeemed"
    COMPLETED = "completed"
    FAILED = "failed"
    """Redeemed, but the training was not completed."""
    EXPIRED = "expired"
    VOID = "void"


_S = VoucherState
_ENDS: Final = frozenset({_S.EXPIRED, _S.VOID})

VOUCHER_LIFE: Final = LifeCycle(
    initial=_S.ISSUED,
    transitions={
        _S.ISSUED: _ENDS | {_S.TRANSFERRED},
        _S.TRANSFERRED: _ENDS | {_S.TRANSFERRED, _S.ASSIGNED},
        # Re-assignable before redemption: to another person, or back to the authority.
        _S.ASSIGNED: _ENDS | {_S.ASSIGNED, _S.TRANSFERRED, _S.REDEEMED},
        _S.REDEEMED: frozenset({_S.COMPLETED, _S.FAILED}),
        _S.COMPLETED: frozenset(),
        _S.FAILED: frozenset(),
        _S.EXPIRED: frozenset(),
        _S.VOID: frozenset(),
    },
)

LIVE: Final = frozenset({_S.ASSIGNED, _S.REDEEMED, _S.COMPLETED})
"""States of which a person has at most one voucher per scheme (R10)."""
OPEN: Final = frozenset({_S.ISSUED, _S.TRANSFERRED, _S.ASSIGNED})
"""States in which a voucher may still expire, and its time be extended."""


def new_code() -> str:
    """Return a code that nobody can guess, with a check character: `K7QM-3TXB-9WP2`."""
    drawn = "".join(secrets.choice(_DRAWN) for _ in range(_LENGTH))
    return write_code(drawn + check_character(drawn))


def write_code(characters: str) -> str:
    """Return a code in groups of four."""
    return "-".join(characters[n : n + 4] for n in range(0, len(characters), 4))


def read_code(typed: str) -> str | None:
    """Return the code that somebody typed, as it is kept; None where a character is wrong or two are swapped."""
    characters = "".join(one for one in typed.upper() if one.isalnum())
    if len(characters) != _LENGTH + 1 or any(one not in _ALPHABET for one in characters):
        return None
    return write_code(characters) if check_character(characters[:-1]) == characters[-1] else None


def check_character(characters: str) -> str:
    """Return the check character of ISO/IEC 7064, MOD 37,36: it finds every single error and every swap."""
    rest = 36
    for one in characters:
        total = (rest + _ALPHABET.index(one)) % 36 or 36
        rest = total * 2 % 37
    return _ALPHABET[(37 - rest) % 36]


def is_due(valid_until: date | None, today: date) -> bool:
    """Say whether a voucher's last day lies behind."""
    return valid_until is not None and valid_until < today
