"""What surveys and cohorts say, from the ballot box to the IATI activity file (all made up)."""

from uuid import UUID, uuid4

from lxml import etree

from services.evaluation.inbox.mirrors import mirror_participation
from services.programs.domain.publications import PATHS, PublicationChannel
from tests.apps import Door
from tests.delivery import Deliver
from tests.evaluation.test_computed_indicators import SATISFACTION, indicate, surveyed
from tests.events import arriving
from tests.programs.demonstrations import enter
from tests.programs.iati_rules import breaches, needs_iati, schema_errors, unlisted_codes
from tests.programs.publishing import name_reporter, profile, publish


async def open_program(programs: Door) -> str:
    """Enter a made-up program that stands as real in this test's database, ready to be published."""
    manager = programs.as_("manager", "importer")
    await name_reporter(programs)
    source = {"code": "syn-source", "kind": "document", "title": "A synthetic source"}
    await enter(manager, "/v1/sources", source)
    program = {
        "code": "syn",
        "title": {"en": "Synthetic"},
        "kind": "course_program",
        "status": "annual",
        "objectives": {"en": "To test"},
        "aid_type": "E01",
        "sectors": [{"code": "12181", "share": "100"}],
        "sources": [{"source_code": "syn-source"}],
    }
    entered = await enter(manager, "/v1/programs", program)
    edition = {
        "program_id": entered["id"],
        "code": "SYN-1",
        "title": {"en": "A synthetic course"},
        "period": "2026-05-04/2026-05-15",
        "host_places": [{"name": "Astana", "country": "KZ"}],
        "stated": {"state": "completed", "as_of": "2026-06-01"},
        "sources": [{"source_code": "syn-source"}],
    }
    made = await enter(manager, "/v1/editions", edition)
    place = {"country": "TJ", "relation": "took_part", "sources": [{"source_code": "syn-source"}]}
    await enter(manager, f"/v1/editions/{made['id']}/countries", place)
    await profile(programs, "program", entered, recipients=[{"country": "TJ", "share": "100"}])
    return str(entered["id"])


@needs_iati
async def test_what_surveys_and_cohorts_say_is_a_result_in_the_activity_file(
    programs: Door, evaluation: Door, deliver: Deliver
) -> None:
    """From answers in the ballot box, over a published result and an approved value, to a valid IATI file."""
    program = UUID(await open_program(programs))
    survey = await surveyed(evaluation, [5] * 6 + [4] * 3 + [2] * 3, 12, program=program, provenance="real")
    async with evaluation.app.state.sessions.transaction() as session:
        for number in range(12):
            told = {
                "aggregate_id": str(uuid4()),
                "edition_id": str(survey.edition_id),
                "pseudonym": f"man-{number}",
                "state": "enrolled",
                "country": "KG",
                "sex": "male",
            }
            await mirror_participation(session, arriving("participants.participation.enrolled.v1", told))
    await survey.result("public")
    approver = evaluation.as_("approver", subject=uuid4())
    for wanted in (
        SATISFACTION,
        SATISFACTION | {"source": "survey_mean", "measure": "ratio"},
        {"source": "participants", "measure": "count", "level": "output"},
    ):
        reporter, period = await indicate(evaluation, program, provenance="real", **wanted)
        reported = await reporter.post(f"{period}/report", json={})
        assert reported.status_code == 200, reported.text
        assert (await reporter.post(f"{period}/approval")).status_code == 403
        assert (await approver.post(f"{period}/approval")).status_code == 200
    await deliver()
    operation = await publish(programs, PublicationChannel.IATI_ACTIVITIES)
    assert operation["state"] == "succeeded", operation
    content = (await programs.as_().get(PATHS[PublicationChannel.IATI_ACTIVITIES])).content
    assert (schema_errors(content), breaches(content), unlisted_codes(content)[0]) == ([], [], [])
    figures = {
        (
            indicator.get("measure"),
            dimension.get("value") if dimension is not None else None,
            actual.get("value"),
        )
        for indicator in etree.fromstring(content).findall(".//result/indicator")
        for actual in indicator.findall("period/actual")
        for dimension in [actual.find("dimension")]
    }
    # By hand: 9 of 12 gave 4 or 5; (6 x 5 + 3 x 4 + 3 x 2) / 12 = 4; twelve women of TJ and twelve men of KG.
    people = {("1", group, "12.0000") for group in ("TJ", "KG", "female", "male")}
    assert figures == {("2", None, "75.0000"), ("1", None, "4.0000"), ("1", None, "24.0000")} | people
