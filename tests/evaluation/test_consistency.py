"""Whether questions that are to measure one thing do, as results tell it (all synthetic)."""

import asyncio
from typing import Any

import pytest

from services.evaluation.domain.instruments import QUESTIONS as READ
from services.evaluation.domain.reliability import cronbach_alpha, group_items, tell_consistency
from tests.apps import Door
from tests.evaluation.surveys import open_survey

ITEM: dict[str, Any] = {"kind": "scale", "scale": {}, "facet": "clarity"}
ITEMS = [
    ITEM | {"code": "plain", "text": {"en": "It was plain"}},
    ITEM | {"code": "obscure", "text": {"en": "It was obscure"}, "reversed": True},
]
GIVEN = [(n % 5 + 1, 5 - (n + n // 7) % 5) for n in range(22)]


def test_what_belongs_together_is_asked_on_one_scale() -> None:
    lone = ITEM | {"code": "a", "text": {"en": "A"}, "facet": "alone"}
    mixed = ITEM | {"text": {"en": "B"}, "facet": "mixed"}
    other = [mixed | {"code": "b"}, mixed | {"code": "c", "scale": {"high": 7}}]
    none = ITEM | {"code": "d", "text": {"en": "D"}, "facet": None}
    found = group_items(READ.validate_python([*ITEMS, lone, *other, none]))
    assert {facet: [item.code for item in items] for facet, items in found.items()} == {
        "clarity": ["plain", "obscure"]
    }


@pytest.mark.parametrize(
    ("answered", "n", "total", "suppressed"),
    [
        ((22, 22), 22, 3.0, False),
        ((19, 19), 19, 3.0, True),  # too few for alpha
        ((22, 24), 22, 3.0, True),  # two answered one of them only
        ((22, 25), 22, 3.0, False),
        ((22, 22), 22, 0.0, True),  # everybody alike
    ],
)
def test_consistency_is_told_of_many_only(
    answered: tuple[int, int], n: int, total: float, suppressed: bool
) -> None:
    found = tell_consistency("clarity", dict(zip("ab", answered, strict=True)), n, 2.0, total, 3)
    assert found["suppressed"] is suppressed
    assert (found["alpha"] is None, found["interval"] is None, found["n"] is None) == (suppressed,) * 3


async def test_a_result_tells_how_well_questions_go_together(evaluation: Door) -> None:
    survey = await open_survey(
        evaluation, 22, questions=[ITEM | {"code": "overall", "text": {"en": "?"}, "facet": None}, *ITEMS]
    )

    async def send(token: str, plain: int, obscure: int) -> int:
        block = {
            "subject": {"kind": "edition", "id": str(survey.edition_id)},
            "answers": {"overall": 4, "plain": plain, "obscure": obscure},
        }
        body = survey.body(token) | {"blocks": [block]}
        sent = await survey.public.post("/v1/responses", json=body, headers={"Ballot-Token": token})
        return sent.status_code

    sent = [send(token, *marks) for token, marks in zip(survey.slips, GIVEN, strict=True)]
    assert set(await asyncio.gather(*sent)) == {204}
    await survey.count()
    figures = (await survey.result("internal"))["figures"]
    (found,) = figures["consistency"]
    expected = cronbach_alpha([[plain, 6 - obscure] for plain, obscure in GIVEN])
    assert expected is not None
    assert (found["facet"], found["questions"], found["n"]) == ("clarity", ["plain", "obscure"], 22)
    assert found["alpha"] == pytest.approx(expected.alpha, rel=1e-12)
    assert found["interval"]["low"] == pytest.approx(expected.interval.low, rel=1e-9)
    assert found["method"] in figures["methods"]
    assert any("alpha" in note["text"]["en"] for note in figures["notes"])
