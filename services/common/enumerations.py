"""Enumerations as people read them: every value with labels in the languages of the system."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from enum import StrEnum

from services.common.i18n import InterfaceLanguage

Labels = Mapping[str, str]  # {"kk": ..., "ru": ..., "en": ...}


def read_labels(table: str) -> dict[str, Labels]:
    """Read the labels of an enumeration from a table `code | en | ru | kk`, one value a line."""
    rows = [[cell.strip() for cell in line.split("|")] for line in table.strip().splitlines()]
    return {code: {"en": en, "ru": ru, "kk": kk} for code, en, ru, kk in rows}


@dataclass(frozen=True)
class Enumeration:
    """A StrEnum with the texts a screen needs, declared beside it in a room's domain.

    `terminal` are states that nothing follows, `deprecated` values that old records keep and new ones refuse.
    Raises ValueError when a member has no label, or a label or description lacks one of the three languages:
    a forgotten text stops the start.
    """

    name: str
    members: type[StrEnum]
    labels: Mapping[str, Labels]
    descriptions: Mapping[str, Labels] = field(default_factory=dict)
    terminal: AbstractSet[StrEnum] = frozenset()
    deprecated: AbstractSet[StrEnum] = frozenset()

    def __post_init__(self) -> None:
        members = set(self.members)
        named = self.descriptions.keys() | self.terminal | self.deprecated
        if self.labels.keys() != members or not named <= members:
            raise ValueError(f"{self.name}: labels must name every member, and nothing may name a stranger")
        for code, texts in (*self.labels.items(), *self.descriptions.items()):
            if texts.keys() != set(InterfaceLanguage) or not all(text.strip() for text in texts.values()):
                raise ValueError(f"{self.name}: {code} needs texts in {', '.join(InterfaceLanguage)}")


@dataclass(frozen=True)
class EnumerationValue:
    """One value, with its texts in kk, ru and en and its place in the order, from 1."""

    code: str
    label: Labels
    description: Labels | None
    order: int
    terminal: bool
    deprecated: bool


def describe(enumeration: Enumeration) -> list[EnumerationValue]:
    """Return the values in the order in which the enumeration declares them."""
    return [
        EnumerationValue(
            code=member.value,
            label=enumeration.labels[member],
            description=enumeration.descriptions.get(member),
            order=order,
            terminal=member in enumeration.terminal,
            deprecated=member in enumeration.deprecated,
        )
        for order, member in enumerate(enumeration.members, start=1)
    ]
