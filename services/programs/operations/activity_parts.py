"""The parts of an activity that come from other tables: partners, recipients, codes, money, results."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final, Self
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.common.codelists.iati import load_codelist
from services.programs.db.activities import list_children, list_components_of, list_places
from services.programs.db.publication_tables import MirrorIndicatorPeriod, PublicationProfile
from services.programs.db.tables import Budget as BudgetRow
from services.programs.db.tables import Organization, Program
from services.programs.domain.activities import (
    Activity,
    ActivityDate,
    ActivityKind,
    Budget,
    Condition,
    Document,
    Marker,
    OtherIdentifier,
    Participant,
    Party,
    PlannedDisbursement,
    Publisher,
    Related,
    Result,
    Subject,
    Texts,
    Transaction,
    Value,
    activity_identifier,
)
from services.programs.domain.activity_facts import (
    IATI_ROLES,
    Place,
    choose_places,
    party_of,
    scope_of,
    share_out,
    share_recipients,
)
from services.programs.domain.budgets import BudgetKind, BudgetStatus
from services.programs.domain.dac_list import AS_OF, flow_type_of
from services.programs.domain.editions import CountryRelation
from services.programs.domain.evidence import Confidence
from services.programs.domain.money import IATI_TYPES
from services.programs.domain.organizations import OrganizationStatus
from services.programs.domain.programs import FunctionalRole
from services.programs.operations.activity_details import details_of
from services.programs.operations.activity_results import results_of
from services.programs.operations.partnerships import cooperation_of

ACCOUNTABLE: Final = "2"

BUDGET_TYPES: Final = {BudgetKind.ORIGINAL: "1", BudgetKind.REVISED: "2"}
BUDGET_STATUSES: Final = {BudgetStatus.INDICATIVE: "1", BudgetStatus.COMMITTED: "2"}

Reached = Sequence[tuple[CountryRelation, Place]]


async def places_of(session: AsyncSession, editions: Collection[UUID]) -> Mapping[UUID, Reached]:
    """Return which countries and regions each edition reaches; an area without a code has neither."""
    found: dict[UUID, list[tuple[CountryRelation, Place]]] = defaultdict(list)
    for row in await list_places(session, editions):
        found[row.edition_id].append((row.relation, Place(row.country, row.region)))
    return found


class Family:
    """The published children of some programs, and where they reach."""

    def __init__(self) -> None:
        self.editions: dict[UUID, list[Any]] = defaultdict(list)
        self.deliveries: dict[UUID, list[Any]] = defaultdict(list)
        self._ordinals: Mapping[UUID, int] = {}
        self._places: Mapping[UUID, Reached] = {}

    @classmethod
    async def of(cls, session: AsyncSession, programs: Collection[UUID]) -> Self:
        """Return the families of these programs; four statements, however many children."""
        family = cls()
        editions, deliveries = await list_children(session, programs)
        for edition in editions:
            family.editions[edition.program_id].append(edition)
        for delivery in deliveries:
            family.deliveries[delivery.program_id].append(delivery)
        components = await list_components_of(
            session, {edition.component_id for edition in editions if edition.component_id}
        )
        family._ordinals = {id_: component.ordinal for id_, component in components.items()}
        family._places = await places_of(session, [edition.id for edition in editions])
        return family

    def components(self, program: Program) -> list[str]:
        """Return the codes of the program's components that have a published edition."""
        known = {edition.component_id for edition in self.editions[program.id]} & self._ordinals.keys()
        return [f"{program.code}-{ordinal}" for ordinal in sorted(self._ordinals[one] for one in known)]

    def spans(self, program: UUID) -> list[tuple[date | None, date | None]]:
        """Return the first and last days of everything that belongs to the program."""
        children = [*self.editions[program], *self.deliveries[program]]
        return [(child.earliest, child.latest) for child in children]

    def reached(self, program: UUID, component: UUID | None = None) -> Reached:
        """Return where the program, or one component of it, reaches."""
        reached = [
            place
            for edition in self.editions[program]
            if component in (None, edition.component_id)
            for place in self._places.get(edition.id, ())
        ]
        countries = () if component else (row.recipient_country for row in self.deliveries[program])
        return reached + [(CountryRelation.TARGETED, Place(one, None)) for one in countries if one]


class Draft:
    """An activity in the making: the record it is made from, and what has been gathered so far."""

    def __init__(
        self,
        publisher: Publisher,
        kind: ActivityKind,
        row: Any,
        code: str,
        *profiles: PublicationProfile | None,
        href: str | None = None,
    ) -> None:
        """`profiles` are the subject's own and those of what it belongs to, the nearest first."""
        self.publisher = publisher
        self.subject = Subject(kind, row.id, code, href or row.href)
        self._row = row
        self._own = profiles[0]
        self._profiles = [profile for profile in profiles if profile is not None]
        self._registers = frozenset(load_codelist("OrganisationRegistrationAgency").entries)
        self.participants = [Participant(ACCOUNTABLE, publisher.party)]
        self.related: list[Related] = []
        self.transactions: list[Transaction] = []
        self.results: list[Result] = []
        self.places: Sequence[str] = ()
        self.doubts: list[str] = []
        self.paid_in_vouchers = False
        self._fields: dict[str, Any] = {}

    def name(self, kind: ActivityKind, code: str) -> str:
        """Return the identifier of another activity of this publisher."""
        return activity_identifier(self.publisher.ref, kind, code)

    def party(self, organization: Organization) -> Party:
        """Return an organization as IATI names it; without identifiers while it is not known who is meant."""
        known = organization.status is not OrganizationStatus.UNRESOLVED
        identifiers = organization.identifiers if known else []
        return party_of(organization.names, organization.kind, identifiers, self._registers)

    def add_partners(
        self, rows: Sequence[Any], recipients: Iterable[str] = (), on: date | None = None
    ) -> None:
        """Add who takes part, and the form of cooperation that those who have not left make of it (P2).

        Who is named without saying what for or as what is left out, with a doubt. `recipients` are the countries
        of the activity; `on` is the day of the DAC list, the latest if it is left out. What a source states of the
        form bears on doubts only, which are told where the cooperation itself is read.
        """
        for _, partnership, organization in rows:
            role = partnership.iati_role or IATI_ROLES[partnership.functional_role]
            unclear = partnership.certainty is Confidence.UNRESOLVED
            if unclear or (role is None and partnership.functional_role is FunctionalRole.PARTNER):
                self.doubts.append("partner_unclear")
            elif role is not None:
                self.participants.append(Participant(role, self.party(organization)))
        pairs = [(partnership, organization) for _, partnership, organization in rows]
        cooperation = cooperation_of(None, pairs, recipients, on or AS_OF)
        self._fields["collaboration_type"] = cooperation.collaboration_type

    def classify(
        self, sectors: Sequence[Mapping[str, Any]], goals: Sequence[str], aid_type: str | None
    ) -> None:
        """Add sectors with shares, goals and what else is coded, the nearest statement first."""
        own = self._nearest("sectors") or sectors
        shares = [(sector["code"], _decimal(sector["share"])) for sector in own]
        self._fields["sectors"], assumed = share_out(shares)
        if assumed:
            self.doubts.append("sector_shares_assumed")
        self._fields |= {
            "goals": goals,
            "targets": self._nearest("sdg_targets") or (),
            "markers": [Marker(m["code"], m["significance"]) for m in self._nearest("policy_markers") or ()],
            "aid_type": aid_type,
            "finance_type": self._nearest("finance_type"),
            "tied_status": self._nearest("tied_status"),
            "budget_not_provided": self._own.budget_not_provided if self._own else None,
            "humanitarian": bool(self._nearest("humanitarian")),
        }

    def add_recipients(self, reached: Reached, status: str, on: date) -> None:
        """Add who benefits, with shares, and what follows: the scope, and the flow on that day."""
        stated = self._own.recipients if self._own else []
        if stated:
            places = [Place(place["country"], place["region"], _decimal(place["share"])) for place in stated]
            countries = [place for place in places if place.country]
            regions = [place for place in places if place.region]
        else:
            coded = [one for one in reached if one[1].country or one[1].region]
            countries, regions = map(list, choose_places(coded, status))
            if len(coded) < len(reached):
                self.doubts.append("area_uncoded")
        shared = share_recipients(countries, regions)
        self._fields["countries"], self._fields["regions"], assumed = shared
        if assumed:
            self.doubts.append("recipient_shares_assumed")
        codes = [place.country for place in countries if place.country]
        self._fields["flow_type"] = flow_type_of(codes, [str(place.region) for place in regions], on)
        if codes and self._fields["flow_type"] is None:
            self.doubts.append("flow_unknown")
        self._fields["scope"] = self._nearest("scope") or scope_of(len(countries), len(regions))

    def add_transactions(self, rows: Iterable[Any]) -> None:
        """Add what was promised and paid for the subject out of funds."""
        for entry, organization, fund in rows:
            self.transactions.append(
                Transaction(
                    **_entry(entry),
                    provider=self.publisher.party,
                    provider_activity=self.name(ActivityKind.FUND, fund.code),
                    receiver=self.party(organization) if organization else None,
                )
            )

    def add_contributions(self, rows: Iterable[Any]) -> None:
        """Add what donors promised and gave to the fund; each is a funding participant."""
        for entry, organization, _ in rows:
            donor = self.party(organization) if organization else None
            self.transactions.append(
                Transaction(**_entry(entry), provider=donor, receiver=self.publisher.party)
            )
            if donor and Participant("1", donor) not in self.participants:
                self.participants.append(Participant("1", donor))

    def add_budgets(self, rows: Iterable[BudgetRow]) -> None:
        """Add what is planned for the subject, in the budgets that are in force."""
        self._fields["budgets"] = [
            Budget(
                BUDGET_TYPES[row.kind],
                BUDGET_STATUSES[row.status],
                row.starts_on,
                row.ends_on,
                Value(row.amount, row.currency, row.valued_on),
            )
            for row in rows
        ]

    def add_planned(self, rows: Iterable[Any]) -> None:
        """Add what awards still have to pay, by day and currency; to whom is nobody's to read."""
        self._fields["planned_disbursements"] = [
            PlannedDisbursement(due, due, Value(amount, currency, due)) for _, due, currency, amount in rows
        ]

    def add_results(self, periods: Iterable[MirrorIndicatorPeriod]) -> None:
        """Add what evaluation has approved of the subject, one result for each level of the results chain."""
        self.results += results_of(periods)

    def finish(
        self,
        title: Texts,
        description: Texts | None,
        status: str,
        dates: Sequence[ActivityDate],
        *,
        objectives: Texts | None = None,
        undated: bool = False,
    ) -> Activity:
        """Return the activity; without a description its title stands for one."""
        profile = self._own
        changed = [row.updated_at for row in (self._row, profile) if row is not None]
        return Activity(
            subject=self.subject,
            identifier=self.name(self.subject.kind, self.subject.code),
            updated_at=max(changed),
            title=title,
            description=description or title,
            objectives=objectives,
            participants=self.participants,
            status=status,
            dates=dates,
            places=self.places,
            related=self.related,
            transactions=self.transactions,
            results=self.results,
            paid_in_vouchers=self.paid_in_vouchers,
            other_identifiers=[_other(one) for one in profile.other_identifiers] if profile else [],
            conditions=[Condition(c["type"], c["text"]) for c in profile.conditions] if profile else [],
            documents=[_document(one) for one in profile.documents] if profile else [],
            doubts=list(dict.fromkeys(self.doubts)),
            undated=undated,
            details=details_of(profile.details if profile else None),
            **self._fields,
        )

    def _nearest(self, field: str) -> Any:
        return next((value for one in self._profiles if (value := getattr(one, field))), None)


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def _entry(entry: Any) -> dict[str, Any]:
    """Return what a ledger entry says of itself; a note is for the books and is not published."""
    return {
        "ref": str(entry.id),
        "type": IATI_TYPES[entry.kind],
        "day": entry.dated,
        "value": Value(entry.amount, entry.currency, entry.dated),
    }


def _other(said: Mapping[str, Any]) -> OtherIdentifier:
    owner = Party({"en": said["owner"]}) if said["owner"] else None
    return OtherIdentifier(said["ref"], said["type"], owner)


def _document(said: Mapping[str, Any]) -> Document:
    dated = date.fromisoformat(said["dated"]) if said["dated"] else None
    return Document(said["url"], said["format"], said["title"], said["category"], said["languages"], dated)
