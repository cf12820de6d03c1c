"""The portfolio as IATI activities: parents before children, batch by batch, never all in memory."""

from collections.abc import AsyncIterator, Sequence
from datetime import date
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from services.common.codelists.iati import load_codelist
from services.common.edtf import parse_edtf
from services.programs.db import activities as questions
from services.programs.db.deliveries import list_partners
from services.programs.db.partnerships import list_recipient_countries
from services.programs.db.programs import find_agency
from services.programs.db.tables import Award, Component, Delivery, Edition, Fund, LedgerEntry, Program
from services.programs.domain.activities import Activity, ActivityKind, Publisher, Related
from services.programs.domain.activity_facts import (
    DELIVERY_STATUS,
    EDITION_STATUS,
    PROGRAM_STATUS,
    Place,
    date_activity,
    span_activity,
)
from services.programs.domain.deliveries import DeliveryKind
from services.programs.domain.editions import CountryRelation
from services.programs.domain.money import IATI_TYPES
from services.programs.domain.problems import ReportingIdentifierMissing
from services.programs.operations.activity_parts import Draft, Family, places_of

CHILD, PARENT, SIBLING = "2", "1", "3"
GOVERNMENT = "10"


def registers() -> frozenset[str]:
    """Return the prefixes under which organizations have identifiers (IATI OrganisationRegistrationAgency)."""
    return frozenset(load_codelist("OrganisationRegistrationAgency").entries)


async def get_publisher(session: AsyncSession) -> Publisher:
    """Return the agency as it reports; raise `ReportingIdentifierMissing` until its identifier is known."""
    agency = await find_agency(session)
    if agency is None or agency.reporting_identifier is None:
        raise ReportingIdentifierMissing(
            "Enter the reporting identifier in the agency's record, such as KZ-BIN and the twelve digits."
        )
    return Publisher(agency.reporting_identifier, GOVERNMENT, agency.names, agency.country)


async def list_activities(
    session: AsyncSession, publisher: Publisher, today: date
) -> AsyncIterator[Activity]:
    """Yield every activity that is published."""
    for batches, build in (
        (questions.each_program(session), _programs),
        (questions.each_component(session), _components),
        (questions.each_edition(session), _editions),
        (questions.each_delivery(session), _deliveries),
        (questions.each_fund(session), _funds),
    ):
        rows: Any
        async for rows in batches:
            for activity in await build(session, publisher, rows, today):
                yield activity


async def _programs(
    session: AsyncSession, publisher: Publisher, programs: Sequence[Program], today: date
) -> list[Activity]:
    ids = {program.id for program in programs}
    family = await Family.of(session, ids)
    profiles = await questions.list_profiles(session, ids)
    partners = await list_partners(session, ids)
    recipients = await list_recipient_countries(session, Edition.program_id, ids)
    periods = await questions.list_indicator_periods(session, ids)
    made = []
    for program in programs:
        draft = Draft(publisher, ActivityKind.PROGRAM, program, program.code, profiles.get(program.id))
        status = PROGRAM_STATUS[program.status]
        concerned = [row for row in partners if row.subject_id == program.id]
        draft.add_partners(concerned, recipients.get(program.id, ()))
        draft.classify(program.sectors, program.sdg_goals, program.aid_type)
        draft.add_recipients(family.reached(program.id), status, today)
        draft.add_results(periods.get(program.id, ()))
        draft.related += [
            *(
                Related(draft.name(ActivityKind.COMPONENT, code), CHILD)
                for code in family.components(program)
            ),
            *(
                Related(draft.name(ActivityKind.EDITION, child.code), CHILD)
                for child in family.editions[program.id]
                if child.component_id is None
            ),
            *(
                Related(draft.name(ActivityKind.DELIVERY, child.code), CHILD)
                for child in family.deliveries[program.id]
                if child.earliest is not None
            ),
        ]
        dates = span_activity(family.spans(program.id), status, today)
        made.append(
            draft.finish(
                program.title,
                program.objectives,
                status,
                dates,
                objectives=program.objectives,
                undated=not dates,
            )
        )
    return made


async def _components(
    session: AsyncSession, publisher: Publisher, components: Sequence[Component], today: date
) -> list[Activity]:
    ids = {component.id for component in components}
    parents = await questions.list_programs_of(session, {component.program_id for component in components})
    family = await Family.of(session, set(parents))
    profiles = await questions.list_profiles(session, ids | set(parents))
    partners = await list_partners(session, ids | set(parents))
    made = []
    for component in components:
        program = parents[component.program_id]
        code = component_code(program, component)
        draft = Draft(
            publisher,
            ActivityKind.COMPONENT,
            component,
            code,
            profiles.get(component.id),
            profiles.get(program.id),
            href=f"{program.href}/components",
        )
        status = PROGRAM_STATUS[program.status]
        children = [child for child in family.editions[program.id] if child.component_id == component.id]
        reached = family.reached(program.id, component.id)
        concerned = [row for row in partners if row.subject_id in (component.id, program.id)]
        draft.add_partners(concerned, [place.country for _, place in reached if place.country])
        draft.classify(program.sectors, program.sdg_goals, program.aid_type)
        draft.add_recipients(reached, status, today)
        draft.related.append(Related(draft.name(ActivityKind.PROGRAM, program.code), PARENT))
        draft.related += [Related(draft.name(ActivityKind.EDITION, child.code), CHILD) for child in children]
        dates = span_activity([(child.earliest, child.latest) for child in children], status, today)
        title = {
            language: f"{program.title.get(language) or program.label}: {text}"
            for language, text in component.title.items()
        }
        made.append(draft.finish(title, program.objectives, status, dates))
    return made


def component_code(program: Program, component: Component) -> str:
    """Return what identifies a component over all programs."""
    return f"{program.code}-{component.ordinal}"


async def _editions(
    session: AsyncSession, publisher: Publisher, editions: Sequence[Edition], today: date
) -> list[Activity]:
    ids = {edition.id for edition in editions}
    above = {edition.component_id for edition in editions} | {edition.program_id for edition in editions}
    profiles = await questions.list_profiles(session, ids | above)
    partners = await list_partners(session, {one for one in ids | above if one})
    components = await questions.list_components_of(session, {one for one in above if one})
    places = await places_of(session, ids)
    recipients = await list_recipient_countries(session, Edition.id, ids)
    earlier = await questions.list_published_codes(
        session, Edition, {edition.predecessor_id for edition in editions}
    )
    money = await questions.list_transactions_of(session, LedgerEntry.edition_id, ids, kinds=IATI_TYPES)
    due = await questions.list_due_of(session, Award.edition_id, ids)
    budgets = await questions.list_budgets_of(session, ids)
    made = []
    for edition in editions:
        program, component = edition.program, components.get(edition.component_id or edition.id)
        inherited = [profiles.get(one) for one in (edition.component_id, program.id) if one]
        draft = Draft(
            publisher, ActivityKind.EDITION, edition, edition.code, profiles.get(edition.id), *inherited
        )
        status = EDITION_STATUS[edition.state]
        line = {edition.id, edition.component_id, program.id}
        concerned = [row for row in partners if row.subject_id in line]
        draft.add_partners(concerned, recipients.get(edition.id, ()), edition.earliest)
        draft.classify(edition.sectors or program.sectors, program.sdg_goals, program.aid_type)
        draft.add_recipients(places[edition.id], status, edition.earliest)
        draft.add_transactions(money.get(edition.id, ()))
        draft.add_budgets(budgets.get(edition.id, ()))
        draft.add_planned(due.get(edition.id, ()))
        draft.places = [place["name"] for place in edition.host_places if place["name"]]
        draft.related.append(
            Related(draft.name(ActivityKind.COMPONENT, component_code(program, component)), PARENT)
            if component
            else Related(draft.name(ActivityKind.PROGRAM, program.code), PARENT)
        )
        if edition.predecessor_id in earlier:
            code = earlier[edition.predecessor_id]
            draft.related.append(Related(draft.name(ActivityKind.EDITION, code), SIBLING))
        dates = date_activity(parse_edtf(edition.period), status, today, historic=edition.historic)
        made.append(draft.finish(edition.title, edition.public_text or edition.topic, status, dates))
    return made


async def _deliveries(
    session: AsyncSession, publisher: Publisher, deliveries: Sequence[Delivery], today: date
) -> list[Activity]:
    ids = {delivery.id for delivery in deliveries}
    above = {delivery.program_id for delivery in deliveries}
    profiles = await questions.list_profiles(session, ids | above)
    partners = await list_partners(session, ids)
    earlier = await questions.list_published_codes(
        session, Delivery, {delivery.predecessor_id for delivery in deliveries}
    )
    money = await questions.list_transactions_of(session, LedgerEntry.delivery_id, ids, kinds=IATI_TYPES)
    due = await questions.list_due_of(session, Award.delivery_id, ids)
    budgets = await questions.list_budgets_of(session, ids)
    made = []
    for delivery in deliveries:
        program, own = delivery.program, profiles.get(delivery.id)
        inherited = [profiles.get(program.id)] if program else []
        draft = Draft(publisher, ActivityKind.DELIVERY, delivery, delivery.code, own, *inherited)
        status = DELIVERY_STATUS[delivery.state]
        country = delivery.recipient_country
        concerned = [row for row in partners if row.subject_id == delivery.id]
        draft.add_partners(concerned, [country] if country else [], delivery.earliest)
        goals = program.sdg_goals if program else []
        sectors = delivery.sectors or (program.sectors if program else [])
        draft.classify(sectors, goals, delivery.aid_type or (program.aid_type if program else None))
        draft.paid_in_vouchers = delivery.kind is DeliveryKind.VOUCHER_SCHEME
        reached = [(CountryRelation.TARGETED, Place(country, None))] if country else []
        draft.add_recipients(reached, status, delivery.earliest or today)
        draft.add_transactions(money.get(delivery.id, ()))
        draft.add_budgets(budgets.get(delivery.id, ()))
        draft.add_planned(due.get(delivery.id, ()))
        draft.places = [delivery.place] if delivery.place else []
        if program:
            draft.related.append(Related(draft.name(ActivityKind.PROGRAM, program.code), PARENT))
        if delivery.predecessor_id in earlier:
            code = earlier[delivery.predecessor_id]
            draft.related.append(Related(draft.name(ActivityKind.DELIVERY, code), SIBLING))
        period = parse_edtf(delivery.period) if delivery.period else None
        dates = date_activity(period, status, today, historic=True) if period else []
        undated = delivery.earliest is None
        made.append(draft.finish(delivery.title, None, status, dates, undated=undated))
    return made


async def _funds(
    session: AsyncSession, publisher: Publisher, funds: Sequence[Fund], today: date
) -> list[Activity]:
    ids = {fund.id for fund in funds}
    profiles = await questions.list_profiles(session, ids)
    partners = await list_partners(session, ids)
    money = await questions.list_transactions_of(session, LedgerEntry.fund_id, ids, kinds=questions.INCOMING)
    budgets = await questions.list_budgets_of(session, ids)
    made = []
    for fund in funds:
        draft = Draft(publisher, ActivityKind.FUND, fund, fund.code, profiles.get(fund.id), href="/v1/funds")
        draft.add_partners([row for row in partners if row.subject_id == fund.id])
        draft.classify([], [], None)
        draft.add_recipients([], "2", today)
        draft.add_contributions(money.get(fund.id, ()))
        draft.add_budgets(budgets.get(fund.id, ()))
        begun = parse_edtf(fund.established).earliest if fund.established else None
        first = min((entry.day for entry in draft.transactions), default=None)
        dates = span_activity([(begun or first, None)], "2", today)
        made.append(draft.finish(fund.names, fund.purpose, "2", dates))
    return made
