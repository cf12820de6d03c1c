"""First act: an edition is planned, announced and opened."""

from dataclasses import dataclass
from typing import Any, Final

from cli.acts.calendar import Calendar
from cli.acts.cohort import COUNTRIES, RESERVE, SEATS
from cli.acts.stage import Stage, Voice, until
from cli.clock import set_clock
from cli.errors import CommandError
from services.common.identity import Role

ORIGIN: Final = "AVI-2025-C1"
CODE: Final = "AVI-C1-SYN-1"
NEXT_CODE: Final = "AVI-C1-SYN-2"

_PLAN: Final = {
    "public_text": {
        "en": "A synthetic course, made up for demonstration: five countries, two lectures.",
        "ru": "Учебный пример, вымышленный для демонстрации: пять стран, две лекции.",
        "kk": "Көрсету үшін ойдан шығарылған үлгі курс: бес ел, екі дәріс.",
    },
    "host_places": [{"name": "Astana", "venue": "Astana Medical University", "country": "KZ"}],
    "modality": "on_site",
    "languages": ["ru", "en"],
    "capacity_max": len(COUNTRIES) * SEATS,
    "sectors": [{"code": "12181", "share": "100"}],
    "eligibility_rules": [],
    "allocation": {"basis": "authority_rank"},
}
_FORM: Final = {
    "code": f"{CODE.lower()}-application",
    "title": {"en": "Application (synthetic)", "ru": "Заявка (пример)", "kk": "Өтінім (үлгі)"},
    "fields": [
        {
            "code": "motivation",
            "kind": "long_text",
            "label": {
                "en": "Why do you want to take part?",
                "ru": "Почему вы хотите участвовать?",
                "kk": "Неліктен қатысқыңыз келеді?",
            },
            "required": True,
        },
        {
            "code": "years",
            "kind": "integer",
            "label": {
                "en": "Years of experience",
                "ru": "Стаж работы, лет",
                "kk": "Жұмыс өтілі, жыл",
            },
            "constraint": ". <= 60",
            "variable": "experience_years",
        },
    ],
}
"""What nominees answer who complete their files themselves."""
_PARTNERS: Final = {"amu": "lead", "tika": "co_organizer"}
_LECTURES: Final = (
    ("Primary health care", "Первичная медицинская помощь"),
    ("Telemedicine", "Телемедицина"),
)


@dataclass(frozen=True)
class Plan:
    """What the later acts need to know of the edition."""

    calendar: Calendar
    edition_id: str
    meetings: list[str]
    lecturers: list[str]

    @property
    def path(self) -> str:
        """Where the edition is read."""
        return f"/v1/editions/{self.edition_id}"


async def refuse_second_time(manager: Voice) -> None:
    """Raise `CommandError` if the story was played before."""
    if await manager.items("/v1/editions", code=CODE, provenance="synthetic"):
        raise CommandError(f"the story was played before: edition {CODE} stands")


async def plan_edition(stage: Stage, calendar: Calendar) -> Plan:
    """Clone the edition of 2025 into a synthetic one with seats, timetable and lecturers of its own."""
    await set_clock(calendar.planning)
    manager = await stage.voice(Role.MANAGER)
    origin = await _find_edition(manager)
    clone = {
        "code": CODE,
        "title": {"en": f"Avicenna: Healthcare {calendar.starts_on.year}, students (synthetic)"},
        "period": f"{calendar.starts_on}/{calendar.ends_on}",
        "provenance": "synthetic",
    }
    edition = await manager.post(f"/v1/editions/{origin['id']}/clone", clone)
    path = f"/v1/editions/{edition['id']}"
    window = {
        "call_opens_at": calendar.call_opens_at.isoformat(),
        "call_closes_at": calendar.call_closes_at.isoformat(),
        "replacement_until": calendar.replacement_until.isoformat(),
    }
    await manager.change(path, **_PLAN, **window, form_version_id=await _publish_form(stage))
    targeted = {place["country"] for place in await manager.get(f"{path}/countries")}
    for country in COUNTRIES:
        if country not in targeted:
            await manager.post(f"{path}/countries", {"country": country, "relation": "targeted"})
        line = {"owner": "country", "country": country, "seats": SEATS, "reserve": RESERVE}
        await manager.post(f"{path}/seats", line)
    meetings, lecturers = await _plan_timetable(manager, path, calendar)
    await _name_partners(manager, edition["id"])
    stage.say(f"Planned {CODE}: {SEATS} seats for each of {', '.join(COUNTRIES)}, two lectures")
    return Plan(calendar, str(edition["id"]), meetings, lecturers)


async def open_call(stage: Stage, plan: Plan) -> None:
    """Announce the edition, say how it selects, and open its call, at a time within the window."""
    manager = await stage.voice(Role.MANAGER)
    await step(manager, plan, "planned")
    await step(manager, plan, "announced")
    await _await_call(stage, {"upcoming", "open"})
    await manager.put(f"{plan.path}/selection-settings", {"basis": "weighted", "score_weight": 40})
    await set_clock(plan.calendar.during_call)
    await step(manager, plan, "call_open")
    await _await_call(stage, {"open"})
    stage.say("Announced; rank counts for 60 and reviewers for 40 of 100; the call is open")


async def _await_call(stage: Stage, states: set[str]) -> None:
    public = await stage.voice(Role.PUBLIC)
    await until(
        lambda: public.items("/v1/calls", provenance="synthetic"),
        lambda calls: any(call["code"] == CODE and call["state"] in states for call in calls),
        "the call is known to participants",
    )


async def step(manager: Voice, plan: Plan, state: str) -> None:
    """Bring the edition into `state`, unless the clock has done so already or does so meanwhile."""
    if (await manager.get(plan.path))["state"] == state:
        return
    try:
        await manager.post(f"{plan.path}/state-changes", {"state": state})
    except CommandError:
        if (await manager.get(plan.path))["state"] != state:
            raise


async def _find_edition(manager: Voice) -> Any:
    found = await manager.items("/v1/editions", code=ORIGIN)
    if not found:
        raise CommandError("the story needs the reference portfolio: run `qoldau load-portfolio`")
    return found[0]


async def _plan_timetable(manager: Voice, path: str, calendar: Calendar) -> tuple[list[str], list[str]]:
    meetings, lecturers = [], []
    lectures = zip(calendar.lectures, _LECTURES, strict=True)
    for number, (day, (english, russian)) in enumerate(lectures, start=1):
        names = {"en": f"Synthetic Lecturer {number}", "ru": f"Условный лектор {number}"}
        lecturer = await manager.post("/v1/lecturers", {"names": names})
        meeting = {
            "starts_at": f"{day}T10:00:00+05:00",
            "ends_at": f"{day}T11:30:00+05:00",
            "kind": "lecture",
            "title": {"en": english, "ru": russian},
            "lecturers": [{"lecturer_id": lecturer["id"]}],
        }
        meetings.append(str((await manager.post(f"{path}/training-sessions", meeting))["id"]))
        lecturers.append(str(lecturer["id"]))
    return meetings, lecturers


async def _name_partners(manager: Voice, edition_id: str) -> None:
    for code, role in _PARTNERS.items():
        named = await manager.items("/v1/organizations", q=code)
        partnership = {
            "code": f"{CODE.lower()}-{code}",
            "organization_id": next(one["id"] for one in named if one["code"] == code),
            "functional_role": role,
            "subjects": [{"kind": "edition", "id": edition_id}],
        }
        await manager.post("/v1/partnerships", partnership)


async def _publish_form(stage: Stage) -> str:
    manager = await stage.voice(Role.MANAGER)
    version = await manager.post("/v1/forms", _FORM)
    await manager.post(f"/v1/forms/{version['id']}/publication")
    return str(version["id"])
