"""Asking the edition's rules about its applications, and setting a rule aside for one of them."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.common.audit import record_change, record_changes
from services.common.clock import domain_now
from services.common.expressions import Outcome, Value, evaluate_expressions, names_in
from services.common.identity import Caller
from services.common.worker import WorkerPool
from services.participants.db.applications import get_application
from services.participants.db.mirrors import get_edition
from services.participants.db.screening import (
    Screened,
    find_results,
    find_screened,
    find_trainings,
    find_waivers,
)
from services.participants.db.selection_tables import EligibilityResult, Waiver
from services.participants.db.tables import Application, MirrorEdition
from services.participants.domain.applications import ApplicationState, opens_screening
from services.participants.domain.eligibility import VARIABLE_TYPES
from services.participants.domain.people import LanguageLevel
from services.participants.domain.screening import (
    Applicant,
    PriorTraining,
    RuleResult,
    facts_of,
    verdict_of,
)
from services.participants.domain.selection_problems import RuleNotFound
from services.participants.schemas.screening import WaiverWrite

_AT_ONCE = 500
"""Applications in one call of the worker."""


async def check_eligibility(
    session: AsyncSession, caller: Caller, edition_id: UUID, *, worker: WorkerPool
) -> list[EligibilityResult]:
    """Ask every rule about every application that is not decided yet, and keep what they say with the evidence.

    Screening begins with it for those who were put forward, or who need nobody's word.
    """
    edition = await get_edition(session, edition_id)
    screened = await find_screened(session, edition_id)
    results = []
    for begin in range(0, len(screened), _AT_ONCE):
        results += await _check(session, caller, edition, screened[begin : begin + _AT_ONCE], worker)
    opened = [one.application for one in screened if _is_due(one.application)]
    for application in opened:
        application.state = ApplicationState.SCREENING
    await record_changes(session, caller, "application.screening", opened, ["state"])
    return results


def _is_due(application: Application) -> bool:
    return opens_screening(application.state, awaits_authority=application.authority_id is not None)


async def waive_rule(
    session: AsyncSession, caller: Caller, application_id: UUID, rule_id: str, request: WaiverWrite
) -> Waiver:
    """Set one of the edition's rules aside for one application, with the reason; raise `RuleNotFound`."""
    application = await get_application(session, application_id, visible_to=caller, lock=True)
    edition = await get_edition(session, application.edition_id)
    if rule_id not in {rule["id"] for rule in edition.eligibility_rules}:
        raise RuleNotFound("The edition has no such rule.")
    waivers = (await find_waivers(session, [application.id])).get(application.id, [])
    waiver = next((one for one in waivers if one.rule_id == rule_id), None)
    if waiver is None:
        waiver = Waiver(application_id=application.id, rule_id=rule_id)
        session.add(waiver)
    waiver.reason = request.reason
    await record_change(session, caller, "rule.waived", waiver, ["reason"])
    result = (await find_results(session, [application.id], lock=True)).get(application.id)
    if result is not None:
        result.rules = [rule | {"waived": rule["waived"] or rule["id"] == rule_id} for rule in result.rules]
        result.verdict = verdict_of(_told(rule) for rule in result.rules)
        await record_change(session, caller, "eligibility_result.waived", result, ["rules", "verdict"])
    return waiver


async def _check(
    session: AsyncSession,
    caller: Caller,
    edition: MirrorEdition,
    screened: Sequence[Screened],
    worker: WorkerPool,
) -> list[EligibilityResult]:
    ids = [one.application.id for one in screened]
    trainings = await find_trainings(session, edition.id, [one.person.id for one in screened])
    waivers = await find_waivers(session, ids)
    before = await find_results(session, ids, lock=True)
    rules = [one for one in edition.eligibility_rules if one["audience"] in (None, edition.audience)]
    facts = [_facts_of(edition, one, trainings.get(one.person.id, [])) for one in screened]
    texts = [rule["expression"] for rule in rules]
    outcomes = (
        await evaluate_expressions(worker, VARIABLE_TYPES, texts, facts) if rules else [[]] * len(screened)
    )
    now = await domain_now(session, edition.provenance)
    results = []
    for one, known, found in zip(screened, facts, outcomes, strict=True):
        waived = {waiver.rule_id for waiver in waivers.get(one.application.id, [])}
        told = [
            _evidence(rule, outcome, known) | {"waived": rule["id"] in waived}
            for rule, outcome in zip(rules, found, strict=True)
        ]
        result = before.get(one.application.id)
        if result is None:
            result = EligibilityResult(application_id=one.application.id)
            session.add(result)
        result.rules, result.checked_at = told, now
        result.verdict = verdict_of(_told(rule) for rule in told)
        await record_change(session, caller, "eligibility_result.checked", result, ["rules", "verdict"])
        results.append(result)
    return results


def _facts_of(
    edition: MirrorEdition, screened: Screened, trainings: Sequence[PriorTraining]
) -> dict[str, Value]:
    person, answers = screened.person, screened.application.answers or {}
    applicant = Applicant(
        birth_date=person.birth_date,
        nationality=person.nationality,
        residence=person.residence,
        country=screened.authority_country or person.nationality,
        sex=person.sex,
        audience=edition.audience,
        trainings=trainings,
    )
    asked = screened.form.fields if screened.form else []
    answered = {
        field["variable"]: answers[field["code"]]
        for field in asked
        if field["variable"] is not None and field["code"] in answers
    }
    if person.languages and "language_levels" not in answered:
        answered["language_levels"] = {
            code: "C2" if level == LanguageLevel.NATIVE else level for code, level in person.languages.items()
        }
    return facts_of(applicant, answered, starts_on=edition.starts_on, program_id=edition.program_id)


def _evidence(rule: Mapping[str, Any], outcome: Outcome, facts: Mapping[str, Value]) -> dict[str, Any]:
    """Return a rule with what it says and what it was told."""
    told = {name: facts[name] for name in names_in(rule["expression"], VARIABLE_TYPES) if name in facts}
    return {
        "id": rule["id"],
        "severity": rule["severity"],
        "message": rule["message"],
        "expression": rule["expression"],
        "holds": outcome.holds,
        "code": outcome.code,
        "missing": outcome.variable,
        "evidence": {name: _plain(value) for name, value in told.items()},
    }


def _plain(value: Value) -> object:
    return value.isoformat() if hasattr(value, "isoformat") else value


def _told(rule: Mapping[str, Any]) -> RuleResult:
    return RuleResult(rule["id"], rule["severity"], rule["holds"], rule["waived"])
