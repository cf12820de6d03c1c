"""Examples of requests: rows of the reference portfolio, as they are sent to this service."""

from typing import Any, Final

_ID: Final = "01890a5d-ac96-774b-bcce-b302099a8057"
_INTERVIEW: Final = [{"source_code": "interview-2025", "as_of": "2025-04-18"}]

SOURCE: Final[dict[str, Any]] = {
    "code": "interview-2025",
    "kind": "interview",
    "title": "Interview with the Chairman of KazAID during an international press tour in Astana",
    "published": "2025-04-18",
}
AGENCY: Final[dict[str, Any]] = {
    "names": {
        "en": "Kazakhstan Agency for International Development",
        "ru": "Казахстанское агентство международного развития",
    },
    "acronym": "KazAID",
    "founded": "2020-12",
    "country": "KZ",
    "sources": _INTERVIEW,
}
ORGANIZATION: Final[dict[str, Any]] = {
    "code": "jica",
    "names": {
        "en": "Japan International Cooperation Agency",
        "ru": "Японское агентство международного сотрудничества",
    },
    "acronym": "JICA",
    "kind": "10",
    "country": "JP",
    "identifiers": [{"scheme": "XM-DAC", "code": "701-8"}],
    "sources": _INTERVIEW,
}
PROGRAM: Final[dict[str, Any]] = {
    "code": "avicenna",
    "title": {"en": "Avicenna: Healthcare"},
    "kind": "course_program",
    "status": "annual",
    "sectors": [{"code": "12181"}],
    "sdg_goals": ["3", "4"],
    "coded_by": "project",
    "audiences": ["students", "faculty"],
    "sources": _INTERVIEW,
}
COMPONENT: Final[dict[str, Any]] = {
    "ordinal": 1,
    "title": {"en": "Medical students"},
    "audience": "students",
    "sources": _INTERVIEW,
}
EDITION: Final[dict[str, Any]] = {
    "program_id": _ID,
    "code": "AVI-2025-C1",
    "title": {"en": "Avicenna: Healthcare 2025, students"},
    "period": "2025-04-10/2025-05-02",
    "audience": "students",
    "stated": {"state": "running", "as_of": "2025-04-18"},
    "sources": _INTERVIEW,
}
DELIVERY: Final[dict[str, Any]] = {
    "code": "egov-tajikistan",
    "title": {"en": "eGOV software, a technical grant to Tajikistan"},
    "recipient_country": "TJ",
    "period": "2023-36",
    "details": {"kind": "technical_grant", "product": "eGOV"},
    "sectors": [{"code": "22040"}],
    "aid_type": "D02",
    "coded_by": "project",
    "stated": "handed_over",
    "sources": [
        {
            "source_code": "interview-2025",
            "confidence": "inferred",
            "note": "The interview says the end of 2023; the quarter is our reading.",
        }
    ],
}
PARTNERSHIP: Final[dict[str, Any]] = {
    "code": "avi-2025-c1-amu",
    "organization_id": _ID,
    "functional_role": "co_organizer",
    "subjects": [{"kind": "edition", "id": _ID}],
    "sources": _INTERVIEW,
}
STATEMENT: Final[dict[str, Any]] = {
    "code": "note-3-iof",
    "kind": "gap",
    "text": {"en": "IOF stands as printed; which organization is meant is not known."},
    "sources": [{"source_code": "interview-2025", "confidence": "unresolved"}],
}
FUND: Final[dict[str, Any]] = {
    "code": "international-cooperation-fund",
    "names": {"en": "International Cooperation Fund"},
    "purpose": {"en": "Lets international donors co-finance initiatives for the countries of Central Asia"},
    "sources": _INTERVIEW,
}
PUBLICATION_PROFILE: Final[dict[str, Any]] = {
    "recipients": [{"country": "TJ", "share": "60"}, {"region": "619", "share": "40"}],
    "sdg_targets": ["4.3"],
    "policy_markers": [{"code": "1", "significance": "1"}],
}
PUBLICATION: Final[dict[str, Any]] = {"channel": "iati_activities"}
