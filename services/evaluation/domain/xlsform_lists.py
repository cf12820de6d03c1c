"""Lists of choices of an XLSForm: options to choose from, or the points of a scale."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from services.common.problems import Fault
from services.evaluation.domain.instruments import NOT_APPLICABLE
from services.evaluation.domain.xlsform_sheets import Row

_CODE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,63}")
_WHOLE: Final = re.compile(r"[0-9]{1,2}")


@dataclass
class ChoiceList:
    """One list, in the order of its rows."""

    name: str
    language: str
    """Of choices without a label, which are shown by their names."""
    rows: list[Row] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    @property
    def not_applicable(self) -> bool:
        """Whether "does not apply" is among the choices; it is no option of its own here."""
        return any(row["name"] == NOT_APPLICABLE for row in self.rows)

    @property
    def options(self) -> list[dict[str, Any]]:
        """The options, as a question has them."""
        return [{"code": row["name"], "label": self._label(row)} for row in self._chosen()]

    def as_scale(self, *, force: bool) -> dict[str, Any] | None:
        """Return the scale that the list is; None if it is none.

        It is one if `score` (or `order`) numbers all its rows from 0 or 1 on; with `force`, also if the names do.
        """
        columns = ("score", "order", "name") if force else ("score", "order")
        rows = self._chosen()
        for column in columns:
            points = [int(row[column]) for row in rows if _WHOLE.fullmatch(row[column])]
            consecutive = sorted(points) == list(range(min(points, default=0), max(points, default=-1) + 1))
            if (
                len(points) == len(rows) >= 2
                and consecutive
                and points
                and min(points) <= 1
                and max(points) <= 11
            ):
                named = {str(p): self._label(row) for p, row in zip(points, rows, strict=True)}
                labels = {p: label for p, label in sorted(named.items()) if set(label.values()) != {p}}
                return {"low": min(points), "high": max(points), "labels": labels}
        return None

    def _label(self, row: Row) -> dict[str, str]:
        return row.text("label") or {self.language: row["name"] or "?"}

    def _chosen(self) -> list[Row]:
        return [row for row in self.rows if row["name"] != NOT_APPLICABLE]


def read_lists(rows: Iterable[Row], language: str) -> dict[str, ChoiceList]:
    """Return the lists of the sheet `choices` by name, each with what is wrong with its rows."""
    lists: dict[str, ChoiceList] = {}
    for row in rows:
        name = row["list_name"]
        if not name:
            continue  # remarks of their author stand in such rows
        known = lists.setdefault(name, ChoiceList(name, language))
        if not _CODE.fullmatch(row["name"]):
            known.faults.append(
                row.at("name").fault("name_refused", "Expected letters, digits and . _ - : at most 64.")
            )
        elif any(other["name"] == row["name"] for other in known.rows):
            known.faults.append(row.at("name").fault("choice_twice", "The list has this choice already."))
        known.rows.append(row)
    return lists
