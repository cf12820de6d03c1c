"""One language of a document that the gateway writes: its labels, texts, numbers, days and amounts."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Final

from babel.dates import format_date
from babel.numbers import format_decimal

from services.common.edtf import parse_edtf, render_edtf
from services.common.i18n import InterfaceLanguage, pick

WordTable = Mapping[str, tuple[str, str, str]]
"""Labels by name, in the order of these languages."""
_LANGUAGES: Final = ("en", "ru", "kk")


class Words:
    """Speaks one language: labels, texts of the portfolio, numbers, days and amounts."""

    def __init__(self, language: str, table: WordTable) -> None:
        self.language = language
        self._table = table
        self._place = _LANGUAGES.index(language)

    def __call__(self, word: str, **values: object) -> str:
        """Return a label with its places filled."""
        return self._table[word][self._place].format(**values)

    def of(self, texts: Mapping[str, str] | None) -> str:
        """Return a text of the portfolio in this language, or else in one that it has."""
        return pick(texts, self.language).text if texts else ""

    def number(self, value: Decimal | int) -> str:
        """Return a number as it is written here."""
        return _plain(format_decimal(value, locale=self.language))

    def day(self, value: date) -> str:
        """Return a day as it is written here."""
        return _plain(format_date(value, "long", locale=self.language))

    def period(self, edtf: str) -> str:
        """Return a period as it is written here, as precisely as it is known."""
        return _plain(render_edtf(parse_edtf(edtf), InterfaceLanguage(self.language)))

    def money(self, amounts: Iterable[Mapping[str, str]]) -> str:
        """Return amounts with the codes of their currencies."""
        return "; ".join(self._amount(each["amount"], each["currency"]) for each in amounts) or "0"

    def _amount(self, amount: str, currency: str) -> str:
        places = len(amount.partition(".")[2])
        pattern = "#,##0" + ("." + "0" * places if places else "")
        return f"{_plain(format_decimal(Decimal(amount), format=pattern, locale=self.language))} {currency}"


def _plain(text: str) -> str:
    """Return the text with the one blank that does not break that every font has."""
    return text.replace("\u202f", "\u00a0")
