"""Organizations that the sources name; names in the languages in which they are official or usual."""

from typing import Any, Final

from cli.portfolio.sources import NAMES_ADDED, from_interview


def _organization(
    code: str, en: str, *, ru: str | None = None, kk: str | None = None, **more: Any
) -> dict[str, Any]:
    """Return an organization; names that the interview does not give are said to be added."""
    names = {language: name for language, name in (("en", en), ("ru", ru), ("kk", kk)) if name}
    noted = {"sources": from_interview(note=NAMES_ADDED)} if len(names) > 1 else {}
    return {"code": code, "names": names} | noted | more


ORGANIZATIONS: Final[list[dict[str, Any]]] = [
    _organization(
        "tika",
        "Turkish Cooperation and Coordination Agency",
        ru="Турецкое агентство по сотрудничеству и координации",
        acronym="TIKA",
        kind="10",
        country="TR",
    ),
    _organization(
        "koica",
        "Korea International Cooperation Agency",
        ru="Корейское агентство международного сотрудничества",
        acronym="KOICA",
        kind="10",
        country="KR",
        identifiers=[{"scheme": "IATI", "code": "KR-GOV-051"}],
    ),
    _organization(
        "jica",
        "Japan International Cooperation Agency",
        ru="Японское агентство международного сотрудничества",
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
        ru="Программа развития Организации Объединённых Наций",
        kk="Біріккен Ұлттар Ұйымының Даму бағдарламасы",
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
        ru="Азиатский банк развития",
        kk="Азия даму банкі",
        acronym="ADB",
        kind="40",
        identifiers=[{"scheme": "XM-DAC", "code": "46004"}],
    ),
    _organization(
        "ebrd",
        "European Bank for Reconstruction and Development",
        ru="Европейский банк реконструкции и развития",
        kk="Еуропа қайта құру және даму банкі",
        acronym="EBRD",
        kind="40",
        identifiers=[{"scheme": "CRS-CHANNEL", "code": "46015"}],
    ),
    _organization("iof", "IOF", verbatim_name="IOF", unresolved=True),
    _organization(
        "wco",
        "World Customs Organization",
        ru="Всемирная таможенная организация",
        kk="Дүниежүзілік кеден ұйымы",
        acronym="WCO",
        kind="40",
        identifiers=[{"scheme": "CRS-CHANNEL", "code": "47139"}],
    ),
    _organization(
        "amu",
        "Astana Medical University",
        ru="Медицинский университет Астана",
        kk="Астана медицина университеті",
        acronym="AMU",
        kind="80",
        country="KZ",
    ),
    _organization(
        "academy-public-administration",
        "Academy of Public Administration under the President of the Republic of Kazakhstan",
        ru="Академия государственного управления при Президенте Республики Казахстан",
        kk="Қазақстан Республикасы Президентінің жанындағы Мемлекеттік басқару академиясы",
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
