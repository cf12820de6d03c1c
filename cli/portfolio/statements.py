"""What the agency states of itself, and what a reader notes about the sources; in our words."""

from typing import Any, Final

from cli.portfolio.sources import OECD, from_interview


def _said(code: str, kind: str, text: str, *subjects: str, **more: Any) -> dict[str, Any]:
    return {
        "code": code,
        "kind": kind,
        "text": {"en": text},
        "subjects": list(subjects),
        "sources": from_interview(),
    } | more


_PILOTS: Final = ("AVI-2024-C1", "AVI-2024-C2", "DIG-2024")

STATEMENTS: Final[list[dict[str, Any]]] = [
    _said(
        "policy-oda-2021-2025",
        "policy_frame",
        "Main Directions of the State Policy on ODA for 2021-2025; according to the OECD approved by Presidential "
        "Decree 625 of 19 July 2021 on the base of ODA Law 263-V of 2014",
        "agency",
        period="2021/2025",
        sources=[*from_interview(), {"source_code": OECD, "note": "Decree and law."}],
    ),
    _said("policy-sdg", "policy_frame", "2030 Agenda and its goals, and the partner country's own priorities", "agency"),
    _said("principle-relevance", "principle", "Relevance", "agency"),
    _said("principle-sustainability", "principle", "Sustainability", "agency"),
    _said("principle-mutual-benefit", "principle", "Mutual benefit", "agency"),
    _said(
        "priority-niches",
        "strategic_priority",
        "Niches: climate resilience, digital transformation, institutional development",
        "agency",
    ),
    _said(
        "priority-south-south",
        "strategic_priority",
        "More South-South and triangular cooperation",
        "agency",
        "jica",
        "koica",
        "undp",
        "giz",
    ),
    _said(
        "priority-platform",
        "strategic_priority",
        "A regional platform for dialogue, shared knowledge and policy innovation",
        "agency",
    ),
    _said(
        "direction-geography",
        "strategic_direction",
        "Wider geography: Asia, Africa, Latin America; regional offices or project representations abroad are "
        "considered; investment in analysis and project expertise",
        "agency",
        regions=["798"],
    ),
    _said("challenge-sustainability", "challenge", "Keeping projects sustainable", "agency"),
    _said(
        "challenge-dialogue", "challenge", "Dialogue with partners who each have priorities of their own", "agency"
    ),
    _said("challenge-brand", "challenge", "Recognition of the brand and trust in it", "agency"),
    _said(
        "responses",
        "response",
        "Transparency, professionalism, openness, institutional capacity, digital project monitoring, training "
        "of the team, partnerships, openness to feedback",
        "agency",
    ),
    _said("partners-un", "partner", "UN agencies in general", "agency"),
    _said(
        "contributors",
        "partner",
        "Kazakh universities, organizations, companies and IT developers, and local experts contribute",
        "agency",
    ),
    _said(
        "geography-focus",
        "geography",
        "Focus on the Central Asian states and Afghanistan",
        "agency",
        countries=["KG", "TJ", "TM", "UZ", "AF"],
        regions=["619"],
    ),
    _said(
        "geography-touched",
        "geography",
        "Also reached: countries of the Caucasus (not listed) and Turkiye",
        "agency",
        countries=["TR"],
    ),
    _said("geography-places", "geography", "Places named: Astana, Almaty, the region of Gaziantep", "agency"),
    _said(
        "form-bilateral", "cooperation_form", "Bilateral: with a partner country directly", "agency"
    ),
    _said("form-multilateral", "cooperation_form", "Multilateral: over international organizations", "agency"),
    _said(
        "form-trilateral",
        "cooperation_form",
        "Trilateral, as stated: donor country, partner country and donor organization",
        "agency",
    ),
    _said("instrument-grant", "instrument", "Technical grant: transfer of software", "egov-tajikistan"),
    _said("instrument-vouchers", "instrument", "Vouchers for training", "tech-orda-tajikistan"),
    _said(
        "instruments",
        "instrument",
        "Seminars, short courses, student mobility, faculty development, joint seminars with other agencies, "
        "consulting after a transfer, construction",
        "agency",
    ),
    _said(
        "chain-egov",
        "instrument",
        "Chain for e-government: training seminars, then transfer of technology, then consulting",
        "dostyk-digitalization",
        "egov-tajikistan",
    ),
    _said(
        "sectors",
        "sector",
        "Education, healthcare, agriculture, digitalization, science, water management, environment, climate "
        "change, energy transition, inequality, institutional capacity",
        "agency",
    ),
    _said("pilots-became-annual", "remark", "The pilots of 2024 are annual programs now", *_PILOTS),
    _said(
        "cultural-program",
        "cultural_program",
        "Visits in Astana: National Museum, Nur Alem Museum of Future Energy (EXPO), Baiterek Monument, and others",
        "adc",
    ),
    _said("effect-outcomes", "effectiveness", "Judged by the outcomes that partner countries get", "agency"),
    _said("effect-surveys", "effectiveness", "Surveys of the quality of seminars and of lecturers", "agency"),
    _said(
        "effect-feedback",
        "effectiveness",
        "Evaluations, opinions and suggestions of participants shape later initiatives",
        "agency",
    ),
    _said(
        "note-1-three-programs",
        "contradiction",
        "One passage counts three pilot programs of 2024 under Dostyk: Digitalization and two components of "
        "Avicenna, another three programs: Digitalization, Diplomacy and Avicenna in two components. Probably "
        "three programs; unproven.",
        *_PILOTS,
        "DIP-2024",
        sources=from_interview("unresolved"),
    ),
    _said(
        "note-2-pilot-partners",
        "gap",
        "Three partners of the pilots of 2024 are named as a group; who partnered which pilot is not said.",
        *_PILOTS,
        "singapore-tcd",
        "academy-public-administration",
        "tika",
        sources=from_interview("unresolved"),
    ),
    _said(
        "note-3-iof",
        "gap",
        "IOF stands as printed; which organization is meant is not known.",
        "iof",
        sources=from_interview("unresolved"),
    ),
    _said(
        "note-4-tika-role",
        "contradiction",
        "TIKA is named both as a partner agency and as co-organizer.",
        "tika",
        "AVI-2025-C1",
        sources=from_interview("unresolved"),
    ),
    _said(
        "note-5-dates",
        "gap",
        "Dates are known to the day, the month, the season or the year, and are kept just so.",
        "agency",
    ),
    _said("note-6-numbers", "gap", "No number is given but that of the 100 vouchers.", "agency"),
]
