"""Editions and surveys to be asked of: synthetic, all of it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import httpx

from services.evaluation.inbox.mirrors import mirror_edition, mirror_participation, mirror_training_session
from services.evaluation.operations.ballot_counts import count_ballots
from tests.apps import Door
from tests.events import arriving

QUESTIONS: list[dict[str, Any]] = [
    {"code": "overall", "kind": "scale", "text": {"en": "Overall"}, "scale": {}, "required": True},
    {"code": "advise", "kind": "nps", "text": {"en": "Would you advise it?"}},
    {"code": "better", "kind": "text", "text": {"en": "What should be better?", "ru": "Что улучшить?"}},
    {
        "code": "country",
        "kind": "single",
        "text": {"en": "Country"},
        "dimension": "country",
        "options": [{"code": c, "label": {"en": c}} for c in ("KG", "TJ", "UZ")],
    },
    {
        "code": "sex",
        "kind": "single",
        "text": {"en": "Sex"},
        "dimension": "sex",
        "options": [{"code": c, "label": {"en": c}} for c in ("female", "male")],
    },
    {"code": "clear", "kind": "scale", "text": {"en": "Clear"}, "scale": {}, "subject": "lecturer"},
]


@dataclass
class Survey:
    """A survey with the codes of its slips, if it is open."""

    door: Door
    edition_id: UUID
    lecturer_id: UUID
    program_id: UUID
    campaign_id: str
    slips: list[str]
    staff: httpx.AsyncClient
    public: httpx.AsyncClient
    nonces: dict[str, str] = field(default_factory=dict)

    def body(self, token: str, **answers: Any) -> dict[str, Any]:
        return {
            "nonce": self.nonces.setdefault(token, str(uuid4())),
            "blocks": [
                {
                    "subject": {"kind": "edition", "id": str(self.edition_id)},
                    "answers": {"overall": 4} | answers,
                },
                {"subject": {"kind": "lecturer", "id": str(self.lecturer_id)}, "answers": {"clear": 5}},
            ],
        }

    async def submit(self, token: str, **answers: Any) -> httpx.Response:
        headers = {"Ballot-Token": token}
        return await self.public.post("/v1/responses", json=self.body(token, **answers), headers=headers)

    async def count(self) -> None:
        closed = await self.staff.post(f"/v1/campaigns/{self.campaign_id}/closing")
        assert closed.status_code == 200, closed.text
        state = self.door.app.state
        await count_ballots(state.sessions, state.key_store, UUID(self.campaign_id))

    async def result(self, visibility: str, **more: Any) -> dict[str, Any]:
        body = {"campaign_id": self.campaign_id, "visibility": visibility} | more
        made = await self.staff.post("/v1/results", json=body)
        assert made.status_code == 201, made.text
        at = f"/v1/results/{made.json()['id']}"
        assert (await self.staff.post(f"{at}/freezing")).status_code == 200
        published = await self.staff.post(f"{at}/publication")
        assert published.status_code == 200, published.text
        answer: dict[str, Any] = published.json()
        return answer


async def tell_of_edition(
    door: Door,
    people: int,
    starts_on: str = "2026-05-04",
    *,
    provenance: str = "synthetic",
    language: str | None = None,
    **known: UUID,
) -> dict[str, UUID]:
    """Let programs and participants tell of an edition with a lecturer and a synthetic cohort."""
    ids = {name: known.get(name) or uuid4() for name in ("edition", "program", "lecturer")}
    edition = {
        "aggregate_id": str(ids["edition"]),
        "program_id": str(ids["program"]),
        "title": {"en": "A synthetic course"},
        "state": "in_progress",
        "provenance": provenance,
        "starts_on": starts_on,
        "countries": ["KG", "TJ", "UZ"],
    }
    taught = {
        "aggregate_id": str(uuid4()),
        "edition_id": str(ids["edition"]),
        "state": "held",
        "delivery_language": language,
        "lecturers": [{"lecturer_id": str(ids["lecturer"]), "role": "lead", "interpreted": False}],
    }
    async with door.app.state.sessions.transaction() as session:
        await mirror_edition(session, arriving("programs.edition.started.v1", edition))
        await mirror_training_session(session, arriving("programs.training_session.held.v1", taught))
        for number in range(people):
            part = {
                "aggregate_id": str(uuid4()),
                "edition_id": str(ids["edition"]),
                "pseudonym": f"synthetic-{ids['edition']}-{number}",
                "state": "enrolled",
                "country": "TJ",
                "sex": "female",
                "audience": None,
                "language": "ru",
            }
            await mirror_participation(session, arriving("participants.participation.enrolled.v1", part))
    return ids


async def plan_survey(
    door: Door,
    people: int,
    delivery: str = "slips",
    questions: Sequence[dict[str, Any]] = QUESTIONS,
    **told: Any,
) -> Survey:
    """Plan a survey of a synthetic cohort; `told` says more of its edition."""
    ids = await tell_of_edition(door, people, **told)
    staff = door.as_("evaluator", "manager")
    code = f"i-{uuid4().hex[:8]}"
    instrument = (await staff.post("/v1/instruments", json={"code": code, "title": {"en": "End"}})).json()
    at = f"/v1/instruments/{instrument['id']}/versions"
    drafted = await staff.post(at, json={"questions": list(questions)})
    assert drafted.status_code == 201, drafted.text
    assert (await staff.post(f"{at}/1/publication")).status_code == 200
    plan = {
        "edition_id": str(ids["edition"]),
        "instrument_id": instrument["id"],
        "version_number": 1,
        "phase": "end",
        "delivery": delivery,
    }
    campaign = (await staff.post("/v1/campaigns", json=plan)).json()
    return Survey(
        door,
        ids["edition"],
        ids["lecturer"],
        ids["program"],
        campaign["id"],
        [],
        staff,
        door.as_(),
    )


async def open_survey(door: Door, people: int, delivery: str = "slips", **planned: Any) -> Survey:
    """Open a survey of a synthetic cohort, and hand out its slips."""
    survey = await plan_survey(door, people, delivery, **planned)
    at = f"/v1/campaigns/{survey.campaign_id}"
    opened = await survey.staff.post(f"{at}/opening")
    assert opened.status_code == 200, opened.text
    if delivery == "slips":
        handed = await survey.staff.post(f"{at}/slips")
        assert handed.status_code == 200, handed.text
        survey.slips = handed.json()["codes"]
    return survey
