"""The guide for monitoring and evaluation officers is played (all people synthetic)."""

import asyncio
import re
from pathlib import Path
from typing import Any, Final
from uuid import UUID, uuid4

from services.evaluation.operations.ballot_counts import count_ballots
from tests.apps import Door
from tests.evaluation.surveys import tell_of_edition
from tests.guides import play

ROOT: Final = Path(__file__).parents[2]
GUIDE: Final = ROOT / "docs/guides/monitoring-and-evaluation.md"
METHOD: Final = re.compile(r'"([a-z-]+@\d+)"')


def test_every_method_is_explained_with_its_limits() -> None:
    """Each method id that figures can name has its row: what it is, and what it cannot say."""
    domain = ROOT / "services/evaluation/domain"
    named = {id_ for file in domain.glob("*.py") for id_ in METHOD.findall(file.read_text())}
    rows = [line.split("|") for line in GUIDE.read_text().splitlines() if line.startswith("| `")]
    explained = {id_: row[2:-1] for row in rows for id_ in re.findall(r"`([a-z-]+@\d+)`", row[1])}
    assert named == explained.keys()
    assert all(all(cell.strip() for cell in cells) and len(cells) == 2 for cells in explained.values())


async def test_from_questionnaire_to_decision(evaluation: Door) -> None:
    ids = await tell_of_edition(evaluation, 8)
    public, state = evaluation.as_(), evaluation.app.state

    async def answer(slips: dict[str, Any]) -> None:
        subject = {"kind": "edition", "id": str(ids["edition"])}
        sent = [
            public.post(
                "/v1/responses",
                json={
                    "nonce": str(uuid4()),
                    "blocks": [{"subject": subject, "answers": {"overall": 3 + n % 3}}],
                },
                headers={"Ballot-Token": token},
            )
            for n, token in enumerate(slips["codes"][:7])
        ]
        assert {each.status_code for each in await asyncio.gather(*sent)} == {204}

    async def count(campaign: dict[str, Any]) -> None:
        await count_ballots(state.sessions, state.key_store, UUID(campaign["id"]))

    meanwhile = {"/v1/campaigns/{campaign}/slips": answer, "/v1/campaigns/{campaign}/closing": count}
    named = await play(
        evaluation,
        "monitoring-and-evaluation.md",
        {name: str(ids[name]) for name in ("edition", "program")},
        meanwhile=meanwhile,
    )
    card = await evaluation.as_("evaluator").get(f"/v1/editions/{ids['edition']}/effectiveness-card")
    reaction = card.json()["levels"][0]["figures"]
    assert [(figure["question"], figure["n"]) for figure in reaction] == [("overall", 7)]
    assert [each["recommendation_id"] for each in card.json()["decisions"]] == [named["recommendation"]]
