"""Organizations that the sources name; names in the languages in which they are official or usual."""

from typing import Any, Final


def _organization(code: str, en: str, **more: Any) -> dict[str, Any]:
    return {"code": code, "names": {"en": en}} | more


ORGANIZATIONS: Final[list[dict[str, Any]]] = [
    _organization("tika", "Turkish Cooperation and Coordination Agency", acronym="TIKA", kind="10", country="TR"),
    _organization(
        "koica",
        "Korea International Cooperation Agency",
        acronym="KOICA",
        kind="10",
        country="KR",
        identifiers=[{"scheme": "IATI", "code": "KR-GOV-051"}],
    ),
    _organization(
        "jica",
        "Japan International Cooperation Agency",
        acronym="JICA",
        kind="10",
        country="JP",
        identifiers=[{"scheme": "XM-DAC", "code": "701-8"}],
    ),
    _organization("aida", "AIDA (Azerbaijan)", acronym="AIDA", kind="10", country="AZ", verbatim_name="AIDA"),
    _organization("giz", "GIZ (Germany)", acronym="GIZ", country="DE", verbatim_name="GIZ"),
    _organization(
        "undp",
        "United Nations Development Programme",
        acronym="UNDP",
        kind="40",
        identifiers=[{"scheme": "XM-DAC", "code": "41114"}],
    ),
    _organization(
        "singapore-tcd",
        "Technical Cooperation Directorate, Ministry of Foreign Affairs of Singapore",
        kind="10",
        country="SG",
    ),
    _organization(
        "adb",
        "Asian Development Bank",
        acronym="ADB",
        kind="40",
        identifiers=[{"scheme": "XM-DAC", "code": "46004"}],
    ),
    _organization(
        "ebrd",
        "European Bank for Reconstruction and Development",
        acronym="EBRD",
        kind="40",
        identifiers=[{"scheme": "CRS-CHANNEL", "code": "46015"}],
    ),
    _organization("iof", "IOF", verbatim_name="IOF", unresolved=True),
    _organization(
        "wco",
        "World Customs Organization",
        acronym="WCO",
        kind="40",
        identifiers=[{"scheme": "CRS-CHANNEL", "code": "47139"}],
    ),
    _organization("amu", "Astana Medical University", acronym="AMU", kind="80", country="KZ"),
    _organization(
        "academy-public-administration",
        "Academy of Public Administration under the President of the Republic of Kazakhstan",
        kind="80",
        country="KZ",
    ),
    _organization("adc", "Astana Development Center", acronym="ADC", country="KZ"),
    _organization("astana-hub", "Astana Hub", country="KZ"),
    _organization(
        "state-revenues",
        "Committee of State Revenues of the Ministry of Finance of the Republic of Kazakhstan",
        kind="10",
        country="KZ",
    ),
    _organization(
        "tajik-medical-university",
        "Abu Ali ibn Sina Tajik State Medical University",
        kind="80",
        country="TJ",
    ),
    _organization("embassy-tajikistan", "Embassy of the Republic of Tajikistan", kind="10", country="TJ"),
]
