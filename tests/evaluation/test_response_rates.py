"""How many answer, of surveys that were counted (people and answers synthetic)."""

import asyncio

from tests.apps import Door
from tests.evaluation.surveys import open_survey

SYNTHETIC = {"provenance": "synthetic"}
AT = "/v1/response-rates"


async def test_rates_are_told_of_counted_surveys_to_staff(evaluation: Door) -> None:
    """By hand: 9 of 12 and 6 of 8 are 15 of 20: 75 percent."""
    open_one = await open_survey(evaluation, 5)
    assert (await open_one.staff.get(AT, params=SYNTHETIC)).json()["phases"] == []
    for people, answering in ((12, 9), (8, 6)):
        survey = await open_survey(evaluation, people)
        sent = [survey.submit(token) for token in survey.slips[:answering]]
        assert {answer.status_code for answer in await asyncio.gather(*sent)} == {204}
        await survey.count()
    told = (await open_one.staff.get(AT, params=SYNTHETIC)).json()
    assert told["phases"] == [
        {"phase": "end", "campaigns": 2, "invited": 20, "answered": 15, "percent": 75.0}
    ]
    assert (await open_one.staff.get(AT)).json()["phases"] == []
    assert (await evaluation.as_().get(AT)).status_code == 401
    assert (await evaluation.as_("lecturer").get(AT)).status_code == 403
