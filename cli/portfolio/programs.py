"""The agency, programs, components, fund and editions that the sources name."""

from typing import Any, Final

from cli.portfolio.sources import KNOWN_ON, NAMES_ADDED, TREND, from_interview

AGENCY: Final[dict[str, Any]] = {
    "names": {
        "en": "Kazakhstan Agency for International Development",
        "ru": "Казахстанское агентство международного развития",
    },
    "acronym": "KazAID",
    "legal_form": {
        "en": "Non-profit joint-stock company",
        "ru": "Некоммерческое акционерное общество",
        "kk": "Коммерциялық емес акционерлік қоғам",
    },
    "mandate": {"en": "Operator of official development assistance; not a fund"},
    "founded": "2020-12",
    "ministry": {
        "en": "Ministry of Foreign Affairs of the Republic of Kazakhstan",
        "ru": "Министерство иностранных дел Республики Казахстан",
        "kk": "Қазақстан Республикасының Сыртқы істер министрлігі",
    },
    "chair": "Arken Arystanov",
    "country": "KZ",
    "sources": from_interview(note=NAMES_ADDED),
}


def _program(code: str, title: str, kind: str, status: str | None, **more: Any) -> dict[str, Any]:
    coded = {"coded_by": "project"} if "sectors" in more or "sdg_goals" in more else {}
    return {"code": code, "title": {"en": title}, "kind": kind, "status": status} | coded | more


def _sectors(*codes: str) -> list[dict[str, str]]:
    return [{"code": code} for code in codes]


PROGRAMS: Final[list[dict[str, Any]]] = [
    _program(
        "avicenna",
        "Avicenna: Healthcare",
        "course_program",
        "annual",
        objectives={
            "en": "Academic mobility for medical education in the region; transfer of Kazakh medical "
            "expertise; professional growth; contacts among specialists"
        },
        sectors=_sectors("12181"),
        sdg_goals=["3", "4"],
        audiences=["students", "faculty"],
    ),
    _program(
        "dostyk-diplomacy",
        "Dostyk: Diplomacy",
        "course_program",
        "annual",
        sectors=_sectors("15121"),
        sdg_goals=["6", "17"],
    ),
    _program(
        "dostyk-digitalization",
        "Dostyk: Digitalization",
        "course_program",
        "annual",
        sectors=_sectors("22040", "15110"),
        sdg_goals=["9", "16", "17"],
    ),
    _program(
        "short-courses",
        "Short courses for young people of Central Asia in diplomacy, journalism and public administration",
        "course_program",
        None,
        audiences=["youth"],
    ),
    _program(
        "quality-assurance",
        "Quality assurance and university rankings",
        "seminar_series",
        None,
        sectors=_sectors("11420"),
    ),
    _program("seismic-resilience", "Seismic resilience", "seminar_series", None, sectors=_sectors("43060")),
    _program("customs-risk", "Risk management in customs", "seminar_series", None, sectors=_sectors("33120")),
]

COMPONENTS: Final[list[tuple[str, dict[str, Any]]]] = [
    ("avicenna", {"ordinal": 1, "title": {"en": "Medical students"}, "audience": "students"}),
    (
        "avicenna",
        {"ordinal": 2, "title": {"en": "Academic staff of medical universities"}, "audience": "faculty"},
    ),
]

FUND: Final[dict[str, Any]] = {
    "code": "international-cooperation-fund",
    "names": {"en": "International Cooperation Fund"},
    "purpose": {"en": "Lets international donors co-finance initiatives for the countries of Central Asia"},
}


def _edition(code: str, program: str, title: str, period: str, state: str, **more: Any) -> dict[str, Any]:
    """Return an edition; `component` (its ordinal), `countries` and `sources` are taken apart by the loader."""
    return {
        "code": code,
        "program": program,
        "title": {"en": title},
        "period": period,
        "stated": {"state": state, "as_of": KNOWN_ON},
        "countries": [{"country": "TJ", "relation": "took_part"}],
        "sources": from_interview(),
    } | more


_CENTRAL_ASIA: Final = {"region": "619", "relation": "targeted"}
_TOOK_PART: Final = {"country": "TJ", "relation": "took_part"}
_INVITED: Final = {"country": "TJ", "relation": "invited"}

EDITIONS: Final[list[dict[str, Any]]] = [
    _edition(
        "AVI-2024-C1",
        "avicenna",
        "Avicenna: Healthcare 2024, students",
        "2024",
        "completed",
        component=1,
        pilot=True,
        audience="students",
        countries=[_TOOK_PART, _CENTRAL_ASIA],
    ),
    _edition(
        "AVI-2024-C2",
        "avicenna",
        "Avicenna: Healthcare 2024, faculty",
        "2024",
        "completed",
        component=2,
        pilot=True,
        audience="faculty",
        countries=[_TOOK_PART, _CENTRAL_ASIA],
    ),
    _edition(
        "AVI-2025-C1",
        "avicenna",
        "Avicenna: Healthcare 2025, students",
        "2025-04-10/2025-05-02",
        "running",
        component=1,
        audience="students",
        predecessor="AVI-2024-C1",
    ),
    _edition(
        "AVI-2025-C2",
        "avicenna",
        "Avicenna: Healthcare 2025, academic staff",
        "2025-23",
        "planned",
        component=2,
        audience="faculty",
        predecessor="AVI-2024-C2",
        countries=[_INVITED, _CENTRAL_ASIA],
    ),
    _edition(
        "DIP-2024",
        "dostyk-diplomacy",
        "Dostyk: Diplomacy 2024",
        "2024-04",
        "completed",
        audience="young-diplomats",
        host_places=[{"name": "Almaty", "country": "KZ"}],
        countries=[
            _TOOK_PART,
            {
                "region": "619",
                "relation": "took_part",
                "sources": [{"source_code": TREND}],
            },
            {"area": "Caucasus", "relation": "took_part", "sources": [{"source_code": TREND}]},
        ],
        sources=[
            *from_interview(note="The interview gives the year alone: 2024."),
            {
                "source_code": TREND,
                "confidence": "inferred",
                "note": "Early April 2024 in Almaty, for young diplomats; kept to the month.",
            },
        ],
    ),
    _edition(
        "DIP-2025",
        "dostyk-diplomacy",
        "Dostyk: Diplomacy 2025",
        "2025-05",
        "planned",
        topic={"en": "Transboundary Waters as a Driver of Sustainable Development"},
        predecessor="DIP-2024",
        countries=[_INVITED],
    ),
    _edition(
        "DIG-2024", "dostyk-digitalization", "Dostyk: Digitalization 2024", "2024", "completed", pilot=True
    ),
    _edition(
        "DIG-2025",
        "dostyk-digitalization",
        "Dostyk: Digitalization 2025",
        "2025-08",
        "planned",
        predecessor="DIG-2024",
        countries=[_INVITED],
    ),
    _edition(
        "QA-2023",
        "quality-assurance",
        "Seminar on internal quality assurance and QS rankings",
        "2023",
        "completed",
        duration_days=2,
    ),
    _edition(
        "SEISMIC-2024",
        "seismic-resilience",
        "Joint seminar on seismic resilience",
        "2024",
        "completed",
        host_places=[{"name": "Almaty", "country": "KZ"}],
    ),
    _edition(
        "CUSTOMS-2025",
        "customs-risk",
        "Joint seminar on risk management in customs",
        "2025",
        "completed",
        countries=[
            _TOOK_PART,
            {"region": "619", "relation": "took_part"},
            {"area": "Caucasus", "relation": "took_part"},
        ],
    ),
]

DELIVERIES: Final[list[dict[str, Any]]] = [
    {
        "code": "egov-tajikistan",
        "title": {"en": "eGOV software, a technical grant to Tajikistan"},
        "recipient_country": "TJ",
        "period": "2023-36",
        "details": {"kind": "technical_grant", "product": "eGOV"},
        "sectors": _sectors("22040"),
        "aid_type": "D02",
        "coded_by": "project",
        "stated": "handed_over",
        "sources": from_interview(
            "inferred", "The interview says the end of 2023; the quarter is our reading."
        ),
    },
    {
        "code": "egov-consulting",
        "title": {"en": "Consulting on the further development of e-government after its transfer"},
        "predecessor": "egov-tajikistan",
        "details": {"kind": "consulting"},
        "coded_by": "project",
        "sources": from_interview(
            "inferred",
            "Training seminars, then transfer, then consulting is said of e-government in general; that and when "
            "consulting followed the transfer to Tajikistan is not said, so it names no recipient and no date.",
        ),
    },
    {
        "code": "tech-orda-tajikistan",
        "title": {"en": "Tech Orda vouchers for training IT specialists"},
        "recipient_country": "TJ",
        "recipient": "embassy-tajikistan",
        "period": "2024",
        "quantity": 100,
        "unit": "voucher",
        "details": {"kind": "voucher_scheme", "training": "Tech Orda"},
        "sectors": _sectors("11330", "22040"),
        "coded_by": "project",
        "stated": "handed_over",
        "sources": from_interview(),
    },
    {
        "code": "school-gaziantep",
        "title": {"en": "School in the region of Gaziantep, after the earthquake of 2023"},
        "recipient_country": "TR",
        "place": "Gaziantep region",
        "details": {"kind": "construction", "object": "School"},
        "sectors": _sectors("11120"),
        "aid_type": "C01",
        "coded_by": "project",
        "stated": "in_delivery",
        "sources": from_interview(
            note="Ordered by the Head of State; under way when the interview was given."
        ),
    },
]

# code, organization, role, certainty, editions, programs and deliveries
PARTNERSHIPS: Final[list[tuple[str, str, str, str, list[str]]]] = [
    ("avi-2025-c1-tika", "tika", "co_organizer", "unresolved", ["AVI-2025-C1"]),
    ("avi-2025-c1-amu", "amu", "co_organizer", "stated", ["AVI-2025-C1"]),
    ("dig-2025-koica", "koica", "partner", "stated", ["DIG-2025"]),
    ("seismic-2024-jica", "jica", "co_organizer", "stated", ["SEISMIC-2024"]),
    ("customs-2025-wco", "wco", "co_organizer", "stated", ["CUSTOMS-2025"]),
    ("customs-2025-jica", "jica", "co_organizer", "stated", ["CUSTOMS-2025"]),
    ("customs-2025-revenues", "state-revenues", "co_organizer", "stated", ["CUSTOMS-2025"]),
    ("qa-2023-tsmu", "tajik-medical-university", "recipient", "stated", ["QA-2023"]),
    ("tech-orda-hub", "astana-hub", "implementer", "stated", ["tech-orda-tajikistan"]),
    ("tech-orda-embassy", "embassy-tajikistan", "recipient", "stated", ["tech-orda-tajikistan"]),
    *(
        (f"pilots-2024-{code}", code, "partner", "unresolved", ["AVI-2024-C1", "AVI-2024-C2", "DIG-2024"])
        for code in ("singapore-tcd", "academy-public-administration", "tika")
    ),
]
