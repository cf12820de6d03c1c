"""What the reference portfolio is read from."""

from typing import Any, Final

INTERVIEW: Final = "interview-2025"
TREND: Final = "trend-2024"
OECD: Final = "oecd-kazakhstan"
KNOWN_ON: Final = "2025-04-18"

SOURCES: Final[list[dict[str, Any]]] = [
    {
        "code": INTERVIEW,
        "kind": "interview",
        "title": "Interview with the Chairman of KazAID during an international press tour in Astana",
        "published": KNOWN_ON,
    },
    {
        "code": TREND,
        "kind": "news",
        "title": "Trend News Agency on the Dostyk: Diplomacy program, 2024",
        "url": "https://en.trend.az/casia/kazakhstan/3877674.html",
        "published": "2024",
    },
    {
        "code": OECD,
        "kind": "website",
        "title": "OECD: development co-operation profile of Kazakhstan",
        "url": "https://oe.cd/il/dev-coop-kazakhstan",
    },
]

NAMES_ADDED: Final = "The interview is in English; the Russian and Kazakh names are added by the project."


def from_interview(confidence: str = "stated", note: str | None = None) -> list[dict[str, Any]]:
    """Return the citation of the interview, which knew the facts as of its day."""
    return [{"source_code": INTERVIEW, "confidence": confidence, "note": note, "as_of": KNOWN_ON}]
