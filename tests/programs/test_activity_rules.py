"""What becomes of facts in an IATI activity, and what the checks find: tables worked by hand from standards.md.

Each breach is also put to IATI's own ruleset: what our check names, theirs finds in the file under the same number.
"""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from services.common.edtf import parse_edtf
from services.programs.domain import activity_facts as facts
from services.programs.domain.activities import (
    Activity,
    ActivityDate,
    ActivityKind,
    Budget,
    Condition,
    Document,
    Figure,
    Indicator,
    Marker,
    OtherIdentifier,
    Part,
    Participant,
    Party,
    Period,
    PlannedDisbursement,
    Publisher,
    Related,
    Result,
    Subject,
    Transaction,
    Value,
    activity_identifier,
)
from services.programs.domain.activity_details import Details
from services.programs.domain.dac_list import RECIPIENTS, flow_type_of, is_recipient
from services.programs.domain.editions import CountryRelation, EditionState
from services.programs.domain.programs import WHOLE
from services.programs.domain.publication_checks import (
    DOUBTS,
    Severity,
    check_activity,
    check_publisher,
)
from services.programs.operations.iati_xml import build_activity
from tests.programs.iati_rules import breaches, needs_iati, schema_errors, unlisted_codes

TODAY = date(2026, 11, 30)
NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
AGENCY = Publisher("KZ-BIN-000000000000", "10", {"en": "A synthetic agency"}, "KZ")
PLAIN = Party({"en": "A partner", "ru": "Партнёр"}, "XM-DAC-701-8", "10")
MONEY = Value(Decimal("100.50"), "USD", date(2026, 5, 1))
COUNT = Indicator(
    "syn-participants",
    "1",
    {"en": "Participants"},
    {"en": "Enrolled"},
    (2025, [Figure("0")]),
    [Period(date(2026, 1, 1), date(2026, 12, 31), [Figure("20")], [Figure("18", ("country", "TJ"))])],
)
FULL = Activity(
    subject=Subject(ActivityKind.EDITION, UUID(int=1), "SYN-1", "/v1/editions/1"),
    identifier=activity_identifier(AGENCY.ref, ActivityKind.EDITION, "SYN-1"),
    updated_at=datetime(2026, 6, 1, 10, 0, 0, 123, tzinfo=UTC),
    title={"en": "A synthetic course", "kk": "Ойдан шығарылған", "zz": "?"},
    description={"en": "Made up"},
    objectives={"en": "To test"},
    participants=[Participant("2", AGENCY.party), Participant("4", PLAIN)],
    status="2",
    dates=[ActivityDate("1", date(2026, 4, 1), {"en": "Spring"}), ActivityDate("2", date(2026, 4, 1))],
    details=Details(),
    scope="2",
    countries=[Part("TJ", Decimal(60)), Part("KG", Decimal("15.5"))],
    regions=[Part("619", Decimal("24.5"), {"en": "Assumed"})],
    sectors=[Part("12181", Decimal("66.67")), Part("22040", Decimal("33.33"))],
    other_identifiers=[OtherIdentifier("OLD-1", "A3", Party({"en": "An owner"}))],
    places=["Astana"],
    goals=["3", "4"],
    targets=["4.3"],
    markers=[Marker("1", "1")],
    collaboration_type="8",
    flow_type="10",
    finance_type="110",
    aid_type="E01",
    paid_in_vouchers=True,
    tied_status="5",
    humanitarian=True,
    budgets=[Budget("1", "2", date(2026, 1, 1), date(2026, 12, 31), MONEY)],
    planned_disbursements=[PlannedDisbursement(date(2026, 7, 1), date(2026, 9, 30), MONEY, PLAIN)],
    transactions=[
        Transaction("t1", "3", date(2026, 5, 1), MONEY, "Rent", AGENCY.party, "KZ-BIN-1-FND-x", PLAIN)
    ],
    documents=[
        Document(
            "https://example.org/a.pdf", "application/pdf", {"en": "Aims"}, "A02", ["en"], date(2026, 1, 1)
        )
    ],
    related=[Related("KZ-BIN-000000000000-PRG-syn", "1")],
    conditions=[Condition("2", {"en": "Attendance of 80 percent"})],
    results=[Result("1", {"en": "Outputs"}, [COUNT])],
)


def file_of(activity: Activity) -> bytes:
    root = etree.Element("iati-activities", {"version": "2.03"})
    root.append(build_activity(activity, AGENCY))
    return etree.tostring(root)


@needs_iati
def test_an_activity_with_every_block_is_valid() -> None:
    content = file_of(FULL)
    assert check_activity(FULL, TODAY) == []
    assert schema_errors(content) == []
    assert breaches(content, NOW) == []
    wrong, compared = unlisted_codes(content)
    assert wrong == []
    assert compared > 50
    assert b"zz" not in content  # no language of IATI's list


QUALITATIVE = replace(COUNT, measure="5", baseline=None, periods=[])


def with_period(indicator: Indicator, **changes: Any) -> dict[str, Any]:
    period = replace(COUNT.periods[0], **changes)
    return {"results": [Result("1", {"en": "x"}, [replace(indicator, periods=[period])])]}


BREACHES: list[tuple[str, dict[str, Any]]] = [
    ("4.3.1", {"title": {}}),
    ("4.4.1", {"description": {}}),
    ("6.11.1", {"dates": [ActivityDate("3", TODAY)]}),
    ("11.1.2", {"dates": [ActivityDate("1", date(2026, 5, 2)), ActivityDate("3", date(2026, 5, 1))]}),
    ("11.1.3", {"dates": [ActivityDate("2", date(2026, 5, 2)), ActivityDate("4", date(2026, 5, 1))]}),
    ("11.1.4", {"dates": [ActivityDate("2", date(2026, 12, 1))]}),
    ("11.1.5", {"dates": [ActivityDate("1", date(2026, 5, 2)), ActivityDate("4", date(2026, 12, 1))]}),
    ("6.2.2", {"sectors": []}),
    ("2.1.1", {"sectors": [Part("12181", Decimal(50)), Part("22040", None)]}),
    ("2.1.2", {"sectors": [Part("12181", Decimal(50)), Part("22040", Decimal("49.99"))]}),
    ("2.1.4", {"sectors": [Part("12181", Decimal(99))]}),
    ("12.3.1", {"sectors": [Part("12181", Decimal(101)), Part("22040", Decimal(-1))]}),
    ("3.7.1", {"countries": [], "regions": []}),
    ("3.1.1", {"countries": [Part("TJ", None), Part("KG", Decimal(50))], "regions": []}),
    ("3.1.2", {"countries": [Part("TJ", Decimal(51)), Part("KG", Decimal(50))], "regions": []}),
    ("3.1.4", {"countries": [Part("TJ", Decimal(99))], "regions": []}),
    ("12.1.1", {"countries": [Part("TJ", Decimal(101)), Part("KG", Decimal(-1))], "regions": []}),
    ("3.4.2", {"countries": [Part("TJ", Decimal(50))], "regions": [Part("619", Decimal(51))]}),
    ("3.4.4", {"countries": [], "regions": [Part("619", Decimal(99))]}),
    (
        "3.4.1",
        {"countries": [], "regions": [Part("619", None), Part("689", Decimal(100))]},
    ),
    ("6.10.1", {"participants": [Participant("4", Party({}))]}),
    ("1.8.13", {"participants": [Participant("4", Party({"en": "x"}, "KZ-BIN-1/2"))]}),
    ("1.3.13", {"identifier": f"{AGENCY.ref}-a|b"}),
    ("1.3.1", {"identifier": f"{AGENCY.ref}-a "}),
    ("1.6.1", {"other_identifiers": [OtherIdentifier(" OLD", "A3")]}),
    ("6.8.1", {"other_identifiers": [OtherIdentifier("OLD", "A3", Party({}))]}),
    ("8.6.3", {"budgets": [replace(FULL.budgets[0], ends=date(2025, 12, 31))]}),
    ("7.5.3", {"budgets": [replace(FULL.budgets[0], ends=date(2027, 1, 2))]}),
    ("8.6.3", {"planned_disbursements": [replace(FULL.planned_disbursements[0], ends=date(2026, 1, 1))]}),
    ("6.9.2", {"planned_disbursements": [replace(FULL.planned_disbursements[0], receiver=Party({}))]}),
    ("11.2.1", {"transactions": [replace(FULL.transactions[0], day=date(2026, 12, 1))]}),
    (
        "11.2.2",
        {"transactions": [replace(FULL.transactions[0], value=replace(MONEY, day=date(2026, 12, 1)))]},
    ),
    ("6.9.1", {"transactions": [replace(FULL.transactions[0], provider=Party({}))]}),
    ("8.6.1", with_period(COUNT, ends=date(2025, 12, 31))),
    ("8.8.1", {"results": [Result("1", {"en": "x"}, [replace(COUNT, baseline=(2025, [Figure(None)]))])]}),
    ("8.9.1", with_period(COUNT, targets=[Figure(None)])),
    ("8.10.2", with_period(COUNT, actuals=[Figure("many")])),
    ("8.10.3", with_period(QUALITATIVE, targets=[], actuals=[Figure("3")])),
]


@needs_iati
@pytest.mark.parametrize(("rule", "changes"), BREACHES)
def test_a_breach_is_found_by_our_check_and_by_iatis(rule: str, changes: dict[str, Any]) -> None:
    broken = replace(FULL, **changes)
    assert rule in {finding.rule for finding in check_activity(broken, TODAY)}
    found = {breach.rule for breach in breaches(file_of(broken), NOW)}
    # 3.4.1 and 3.4.2 look at the same sum from two sides.
    assert rule in found or (rule == "3.4.1" and "3.4.2" in found), found


def test_what_only_the_schema_or_we_ask_for_is_found_too() -> None:
    nobody = replace(FULL, participants=[])
    other = replace(FULL, other_identifiers=[OtherIdentifier("X ", "A9")])
    open_end = replace(FULL, planned_disbursements=[replace(FULL.planned_disbursements[0], ends=None)])
    assert [f.code for f in check_activity(nobody, TODAY)] == ["participant_missing"]
    assert [(f.rule, f.code) for f in check_activity(other, TODAY)] == [("qoldau", "other_identifier_spaces")]
    assert check_activity(open_end, TODAY) == []
    silent = replace(QUALITATIVE, periods=[replace(COUNT.periods[0], targets=[Figure(None)], actuals=[])])
    assert check_activity(replace(FULL, results=[Result("2", {"en": "x"}, [silent])]), TODAY) == []
    early = replace(FULL, dates=[ActivityDate("1", date(2026, 4, 1)), ActivityDate("3", date(2026, 4, 2))])
    assert check_activity(early, TODAY) == []
    assert check_activity(replace(FULL, sectors=[Part("12181", None)]), TODAY) == []
    doubted = check_activity(replace(FULL, doubts=list(DOUBTS)), TODAY)
    assert [f.severity for f in doubted] == [Severity.WARNING] * len(DOUBTS)


@pytest.mark.parametrize(
    ("ref", "codes"),
    [
        ("KZ-BIN-000000000000", []),
        ("000000000000", ["reporting_register"]),
        ("KZ-BIN-1/2", ["reporting_symbols"]),
        ("KZ-BIN-1 ", ["reporting_spaces"]),
    ],
)
def test_the_reporting_identifier_is_checked(ref: str, codes: list[str]) -> None:
    found = check_publisher(replace(AGENCY, ref=ref), frozenset({"KZ-BIN"}))
    assert [finding.code for finding in found] == codes


@pytest.mark.parametrize(
    ("period", "status", "historic", "expected"),
    [
        ("2025-04-10/2025-05-02", "1", False, [("1", "2025-04-10"), ("3", "2025-05-02")]),
        (
            "2025-04-10/2025-05-02",
            "2",
            False,
            [("1", "2025-04-10"), ("2", "2025-04-10"), ("3", "2025-05-02")],
        ),
        ("2024", "3", True, [("2", "2024-01-01"), ("4", "2024-12-31")]),
        ("2026", "3", True, [("2", "2026-01-01"), ("3", "2026-12-31")]),
        ("2025-23", "1", False, [("1", "2025-09-01"), ("3", "2025-11-30")]),
        ("2027-05", "2", True, [("1", "2027-05-01"), ("3", "2027-05-31")]),
        ("2025/..", "2", True, [("2", "2025-01-01")]),
        ("../2025", "4", True, [("4", "2025-12-31")]),
    ],
)
def test_dates_follow_period_and_status(
    period: str, status: str, historic: bool, expected: list[tuple[str, str]]
) -> None:
    dates = facts.date_activity(parse_edtf(period), status, TODAY, historic=historic)
    assert [(dated.type, str(dated.day)) for dated in dates] == expected
    widened = not parse_edtf(period).is_day_precise
    assert all((dated.note is not None) == widened for dated in dates)


@pytest.mark.parametrize(
    ("spans", "status", "expected"),
    [
        ([], "2", []),
        ([(date(2025, 1, 1), date(2025, 2, 1)), (date(2024, 3, 1), None)], "2", [("2", "2024-03-01")]),
        ([(date(2027, 1, 1), None)], "2", [("1", "2027-01-01")]),
        ([(date(2025, 1, 1), date(2025, 2, 1))], "4", [("2", "2025-01-01"), ("4", "2025-02-01")]),
        ([(date(2026, 1, 1), date(2026, 12, 31))], "4", [("2", "2026-01-01"), ("3", "2026-12-31")]),
    ],
)
def test_what_is_made_of_others_spans_them(
    spans: list[tuple[date | None, date | None]], status: str, expected: list[tuple[str, str]]
) -> None:
    dates = facts.span_activity(spans, status, TODAY)
    assert [(dated.type, str(dated.day)) for dated in dates] == expected


TOOK, INVITED, TARGETED = CountryRelation.TOOK_PART, CountryRelation.INVITED, CountryRelation.TARGETED
TJ, UZ, CENTRAL_ASIA = facts.Place("TJ", None), facts.Place("UZ", None), facts.Place(None, "619")


@pytest.mark.parametrize(
    ("reached", "status", "countries", "regions"),
    [
        ([], "3", [], []),
        ([(INVITED, TJ), (TARGETED, CENTRAL_ASIA)], "1", [TJ], [CENTRAL_ASIA]),
        ([(INVITED, TJ), (TOOK, UZ)], "3", [UZ], []),
        ([(INVITED, TJ)], "3", [TJ], []),
        ([(TOOK, TJ), (TARGETED, TJ)], "3", [TJ], []),
    ],
)
def test_who_was_only_invited_is_no_recipient_once_it_has_begun(
    reached: Any, status: str, countries: Any, regions: Any
) -> None:
    assert facts.choose_places(reached, status) == (countries, regions)


@given(st.integers(2, 60))
def test_shares_that_no_source_states_are_equal_and_whole(count: int) -> None:
    parts, assumed = facts.share_out([(str(n), None) for n in range(count)])
    shares = [part.percentage or Decimal(0) for part in parts]
    assert assumed
    assert sum(shares) == WHOLE
    assert max(shares) - min(shares) <= Decimal("0.01")


def test_stated_shares_stay_and_a_single_one_has_none() -> None:
    stated = [("12181", Decimal(70)), ("22040", None)]
    assert facts.share_out(stated) == ([Part("12181", Decimal(70)), Part("22040", None)], False)
    assert facts.share_out([("12181", Decimal(100))]) == ([Part("12181", None)], False)
    assert facts.share_out([]) == ([], False)
    countries, regions, assumed = facts.share_recipients([TJ], [CENTRAL_ASIA])
    assert [part.percentage for part in (*countries, *regions)] == [Decimal(50), Decimal(50)]
    assert assumed


@pytest.mark.parametrize(
    ("counts", "scope"), [((0, 0), None), ((1, 0), "4"), ((2, 0), "3"), ((1, 1), "2"), ((0, 1), "2")]
)
def test_the_scope_follows_the_recipients(counts: tuple[int, int], scope: str | None) -> None:
    assert facts.scope_of(*counts) == scope


def test_an_organization_is_named_by_the_first_register() -> None:
    registers = frozenset({"XM-DAC", "KZ-BIN"})
    identifiers = [
        {"scheme": "HOME", "code": "1"},
        {"scheme": "XM-DAC", "code": "701-8"},
        {"scheme": "KZ-BIN", "code": "2"},
        {"scheme": "CRS-CHANNEL", "code": "47139"},
        {"scheme": "CRS-CHANNEL", "code": "1"},
    ]
    party = facts.party_of({"en": "x"}, "10", identifiers, registers)
    assert (party.ref, party.channel, party.kind) == ("XM-DAC-701-8", "47139", "10")
    whole = [{"scheme": "IATI", "code": "KR-GOV-051"}, {"scheme": "IATI", "code": "2"}]
    assert facts.party_of({"en": "x"}, None, whole, registers).ref == "KR-GOV-051"


@pytest.mark.parametrize(
    ("countries", "regions", "on", "flow"),
    [
        ({"TJ", "TR"}, (), TODAY, "10"),
        ({"TJ", "RU"}, (), TODAY, None),
        ((), {"619"}, TODAY, "10"),
        ((), (), TODAY, None),
        ({"NR"}, (), date(2025, 12, 31), "10"),
        ({"NR"}, (), date(2026, 1, 1), None),
    ],
)
def test_the_flow_is_oda_where_everybody_is_on_the_dated_list(
    countries: Any, regions: Any, on: date, flow: str | None
) -> None:
    assert flow_type_of(countries, regions, on) == flow


def test_the_dac_list_is_as_long_as_the_dacs() -> None:
    """141 countries and territories, Kosovo included."""
    assert is_recipient("KZ", TODAY)
    assert len(RECIPIENTS) == 142
    assert is_recipient("AG", date(2021, 12, 31))
    assert not is_recipient("AG", date(2022, 1, 1))


def test_every_state_has_a_status() -> None:
    assert set(facts.EDITION_STATUS) == set(EditionState)
    assert facts.EDITION_STATUS[EditionState.POSTPONED] == "1"
