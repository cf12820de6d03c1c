"""The synthetic cohort: who is made up for the story, in the scripts that real nominees write in."""

from dataclasses import dataclass
from typing import Any, Final

DOMAIN: Final = "demonstration.example"
"""Everybody's address ends so (RFC 2606): no mail can reach anybody, and everybody sees what it is."""

SEATS: Final = 5
RESERVE: Final = 3


@dataclass(frozen=True)
class Names:
    """Names of one country's synthetic nominees: given names of women and of men, one family name."""

    language: str
    women: tuple[str, str, str, str]
    men: tuple[str, str, str, str]
    family: str


COUNTRIES: Final = {
    "KG": Names(
        "ky-Cyrl", ("Айгүл", "Жылдыз", "Нургүл", "Чынара"), ("Азамат", "Бакыт", "Эркин", "Эрмек"), "Үлгү"
    ),
    "TJ": Names(
        "tg-Cyrl", ("Зарина", "Мадина", "Нигина", "Фирӯза"), ("Рустам", "Фаррух", "Ҷамшед", "Шариф"), "Намуна"
    ),
    "TM": Names(
        "tk-Latn", ("Aýna", "Jeren", "Ogulgerek", "Selbi"), ("Batyr", "Döwlet", "Merdan", "Serdar"), "Nusga"
    ),
    "UZ": Names(
        "uz-Latn",
        ("Dilnoza", "Gulnora", "Nilufar", "Zulfiya"),
        ("Jasur", "Otabek", "Sherzod", "Ulugʻbek"),
        "Namuna",
    ),
    "AF": Names("fa-Arab", ("زهرا", "فرشته", "مریم", "نرگس"), ("احمد", "فرید", "نوید", "یوسف"), "نمونه"),
}


def people_of(country: str) -> list[dict[str, Any]]:
    """Return the country's nominees in rank order, women and men by turns; seats first, then the reserve."""
    names = COUNTRIES[country]
    given = [name for pair in zip(names.women, names.men, strict=True) for name in pair]
    return [
        {
            "names": [{"language": names.language, "given": name, "family": names.family}],
            "sex": "male" if rank % 2 else "female",
            "nationality": country,
            "email": f"synthetic-{country.lower()}-{rank + 1}@{DOMAIN}",
            "preferred_language": "en" if country == "AF" else "ru",
            "provenance": "synthetic",
        }
        for rank, name in enumerate(given)
    ]
