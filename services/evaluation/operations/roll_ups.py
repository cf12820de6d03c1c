"""What can be done to roll-ups by country: made, published or withheld, withdrawn."""

import asyncio
from collections import Counter as Tally
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.common.audit import record_change
from services.common.identity import Caller
from services.common.problems import Fault, RequestInvalid
from services.evaluation.db import roll_ups as questions
from services.evaluation.db.tables import Campaign, CountryRollUp, MirrorEdition
from services.evaluation.domain.instruments import QUESTIONS, Question, QuestionKind
from services.evaluation.domain.problems import NotAllowedNow
from services.evaluation.domain.results import (
    RESPONDENTS,
    SNAPSHOT_LIFE,
    InferenceTarget,
    SnapshotState,
    Survey,
    count_given,
    describe_question,
    tell_groups,
)
from services.evaluation.domain.roll_up_answers import (
    UNSAID,
    EditionAnswers,
    Release,
    count_people,
    count_unknowns,
)
from services.evaluation.domain.roll_up_problems import NothingToRollUp, RollUpTooLarge
from services.evaluation.domain.roll_up_proofs import MOST_UNKNOWNS, ROLL_UP, find_exposed
from services.evaluation.domain.roll_ups import (
    FEWEST_EDITIONS,
    Cells,
    Readers,
    find_stale,
    release_of,
    settle_cells,
    tell_all,
)
from services.evaluation.domain.suppression import (
    READS,
    Audience,
    SuppressionRule,
    breakdown_threshold,
    withholding_rule,
)
from services.evaluation.schemas.roll_ups import RollUpCreate


@dataclass(frozen=True)
class Asked:
    """A counted survey that asked the question."""

    campaign: Campaign
    question: Question
    edition: MirrorEdition
    answers: Mapping[str, Mapping[str, int]]
    """Country -> answer -> n; the empty country is everybody."""
    cohort: Mapping[str, int]
    """How many of each country took part; empty where nobody is known."""

    def said(self) -> set[str]:
        """Return the countries that somebody said to be of."""
        return {country for country in self.answers if country}

    def tell_whole(self, countries: Sequence[str]) -> EditionAnswers:
        """Return what counts as known of the survey: all its answers, and who was there, a public fact.

        `countries` are those that were there where nobody says which. Who said another country than their own is
        among its people too.
        """
        whole = self._given("")
        known = self.cohort or dict.fromkeys(self.edition.countries or countries, count_people(whole))
        said = {country: self._given(country) for country in self.said()}
        people = {c: max(known.get(c, 0), count_people(said.get(c, {}))) for c in known.keys() | said.keys()}
        unsaid = Tally(whole)
        for answers in said.values():
            unsaid.subtract(answers)
        return EditionAnswers(self.campaign.id, whole, people, said | {UNSAID: +unsaid})

    def _given(self, country: str) -> dict[str, int]:
        found = self.answers.get(country, {})
        of_many = self.question.kind is QuestionKind.MULTIPLE
        return tell_all(count_given(self.question, found), found.get(RESPONDENTS, 0), of_many=of_many)


@dataclass(frozen=True)
class Gathered:
    """The same question in the counted editions of a program, the first edition first."""

    alike: Sequence[Asked]
    """One survey of each edition, all asked as the latest was: these are added up."""
    all: Sequence[Asked]
    """Those of earlier releases among them."""
    countries: Sequence[str]
    """Those of the editions, a public fact: nobody's answers are told by a country's absence."""

    @property
    def question(self) -> Question:
        """The question as the latest edition asked it."""
        return self.alike[-1].question

    @property
    def of_many(self) -> bool:
        """Whether one may choose several answers."""
        return self.question.kind is QuestionKind.MULTIPLE

    @property
    def campaigns(self) -> list[UUID]:
        """The surveys that are added up."""
        return [each.campaign.id for each in self.alike]

    def pool(self, country: str) -> dict[str, int]:
        """Return how many of a country, or of everybody, gave each answer in all editions."""
        pooled: Tally[str] = Tally()
        for each in self.alike:
            pooled.update(each.answers.get(country, {}))
        return dict(pooled)

    def editions(self) -> list[EditionAnswers]:
        """Return what counts as known of each survey."""
        return [each.tell_whole(self.countries) for each in self.all]

    def threshold(self, audience: Audience) -> int:
        """Return the strictest threshold of the surveys for an audience."""
        return max(int(each.campaign.thresholds[audience]) for each in self.alike)


async def create_roll_up(session: AsyncSession, caller: Caller, request: RollUpCreate) -> CountryRollUp:
    """Add up a question's answers by country over a program's editions, hiding what would tell of few.

    Raises `NothingToRollUp` for fewer than two editions, `RollUpTooLarge` for too many. What staff or the audience
    have seen before counts.
    """
    if request.visibility is Audience.LECTURER:
        fault = Fault("/visibility", "audience", "Lecturers are shown no countries.")
        raise RequestInvalid("This audience is shown no roll-up.", errors=[fault])
    gathered = await _gather(session, request)
    k = gathered.threshold(request.visibility)
    whole = gathered.pool("")
    answered = whole.get(RESPONDENTS, 0)
    invited = await questions.count_invited(session, gathered.campaigns)
    roll_up = CountryRollUp(
        **request.model_dump(),
        state=SnapshotState.FROZEN,
        rule=withholding_rule(request.visibility, k, answered, answered / invited if invited else None),
        campaigns=[str(id_) for id_ in gathered.campaigns],
        figures={},
    )
    survey = Survey(invited, answered, request.visibility, k, InferenceTarget.SIMILAR_COHORTS)
    found = {country: gathered.pool(country) for country in gathered.countries}

    def tell(withheld: Mapping[str, SuppressionRule]) -> Cells:
        return tell_groups(gathered.question, found, whole, survey, withheld)

    readers = await _readers(
        session, roll_up, gathered, {Audience.INTERNAL, *_readers_of(request.visibility)}
    )
    cells = await asyncio.to_thread(
        settle_cells, tell, gathered.campaigns, _provable(gathered), readers, of_many=gathered.of_many
    )
    if roll_up.rule is None and all(cell["suppressed"] for cell in cells):
        roll_up.rule = next((cell["rule"] for cell in cells), SuppressionRule.TOO_FEW)
    roll_up.figures = _figures(gathered, cells, k, answered)
    session.add(roll_up)
    await record_change(session, caller, "roll_up.created", roll_up)
    return roll_up


async def publish_roll_up(session: AsyncSession, caller: Caller, roll_up_id: UUID) -> CountryRollUp:
    """Show a roll-up to its audience, or withhold it where a rule says so."""
    roll_up = await questions.lock_roll_up(session, roll_up_id)
    if roll_up.rule is None:
        roll_up.rule = await _find_rule(session, roll_up)
    _move(roll_up, SnapshotState.WITHHELD if roll_up.rule else SnapshotState.PUBLISHED)
    await record_change(session, caller, f"roll_up.{roll_up.state}", roll_up, ["state", "rule"])
    return roll_up


async def withdraw_roll_up(session: AsyncSession, caller: Caller, roll_up_id: UUID) -> CountryRollUp:
    """Take a roll-up back; what its readers saw of it counts against later ones all the same."""
    roll_up = await questions.lock_roll_up(session, roll_up_id)
    _move(roll_up, SnapshotState.WITHDRAWN)
    await record_change(session, caller, "roll_up.withdrawn", roll_up, ["state"])
    return roll_up


async def _gather(session: AsyncSession, wanted: RollUpCreate | CountryRollUp) -> Gathered:
    """Return the question in the first counted survey of each edition that asked it as the latest did."""
    rows = await questions.lock_counted(session, wanted.program_id, wanted.phase, wanted.provenance)
    found = [(*row, _find_question(row[1].questions, wanted.comparable_key)) for row in rows]
    codes = {campaign.id: question.code for campaign, *_, question in found if question}
    answers = await questions.count_answers(session, codes)
    cohorts = await questions.count_cohorts(session, {edition.id for *_, edition, _ in found})
    asked = [
        Asked(campaign, question, edition, answers.get(campaign.id, {}), cohorts.get(edition.id, {}))
        for campaign, _, edition, question in found
        if question is not None
    ]
    if not asked:
        raise NothingToRollUp("No counted edition has asked the question.")
    first: dict[UUID, Asked] = {}
    for each in asked:
        first.setdefault(each.edition.id, each)
    latest = _asked_as(list(first.values())[-1].question)
    alike = [each for each in first.values() if _asked_as(each.question) == latest]
    said = {country for each in alike for country in each.said()}
    if len(alike) < FEWEST_EDITIONS or not said:
        raise NothingToRollUp("It takes two counted editions whose respondents were asked for their country.")
    return Gathered(alike, asked, sorted(said.union(*(each.edition.countries for each in alike))))


def _find_question(asked: Sequence[dict[str, Any]], key: str) -> Question | None:
    found = (question for question in asked if question.get("comparable_key") == key)
    question = next(found, None)
    if question is None or question.get("dimension"):
        return None
    return QUESTIONS.validate_python([question])[0]


def _asked_as(question: Question) -> tuple[Any, ...]:
    options = frozenset(option.code for option in question.options)
    return question.kind, question.points, question.reversed, options


def _readers_of(visibility: Audience) -> list[Audience]:
    return [audience for audience, seen in READS.items() if visibility in seen]


async def _readers(
    session: AsyncSession, roll_up: CountryRollUp, gathered: Gathered, classes: set[Audience]
) -> list[Readers]:
    """Return the classes of readers; of those who saw the same before, the one that must know least."""
    strictest: dict[tuple[UUID, ...], Readers] = {}
    for audience in sorted(classes):
        rows = await questions.list_released(
            session, roll_up, READS[audience], drafts=audience is Audience.INTERNAL
        )
        seen = tuple(row.id for row in rows)
        width = breakdown_threshold(gathered.threshold(audience))
        if seen not in strictest or strictest[seen].width < width:
            strictest[seen] = Readers([_release(row, gathered) for row in rows if row.figures], width)
    return list(strictest.values())


def _provable(gathered: Gathered) -> list[EditionAnswers]:
    """Return what counts as known; raise `RollUpTooLarge` where nothing can be proved of so much in time."""
    editions = gathered.editions()
    if (unknowns := count_unknowns(editions)) > MOST_UNKNOWNS:
        raise RollUpTooLarge(
            f"{len(editions)} surveys, times their countries, times the answers, are {unknowns} unknown numbers;"
            f" up to {MOST_UNKNOWNS} can be proved to tell of nobody."
        )
    return editions


def _release(row: CountryRollUp, gathered: Gathered) -> Release:
    return release_of(map(UUID, row.campaigns), row.figures["cells"], of_many=gathered.of_many)


async def _find_rule(session: AsyncSession, roll_up: CountryRollUp) -> SuppressionRule | None:
    """Return why the roll-up may not be shown now: its readers may have seen others since it was made."""
    gathered = await _gather(session, roll_up)
    release = _release(roll_up, gathered)
    # Staff have read it since it was made.
    outside = set(_readers_of(roll_up.visibility)) - {Audience.INTERNAL}
    readers = await _readers(session, roll_up, gathered, outside)
    editions = _provable(gathered)
    if any(find_stale(release, each) for each in readers):
        return SuppressionRule.FEW_NEW_RESPONDENTS
    for each in readers:
        seen = [*each.earlier, release]
        if await asyncio.to_thread(find_exposed, editions, seen, each.width):
            return SuppressionRule.DIFFERENCING
    return None


def _figures(gathered: Gathered, cells: Cells, k: int, answered: int) -> dict[str, Any]:
    return {
        "methods": [ROLL_UP],
        "threshold": k,
        "editions": [str(each.edition.id) for each in gathered.alike],
        "n_answered": answered if answered >= k else None,
        "question": describe_question(gathered.question),
        "cells": cells,
    }


def _move(roll_up: CountryRollUp, target: SnapshotState) -> None:
    if not SNAPSHOT_LIFE.may_become(roll_up.state, target):
        raise NotAllowedNow(f"A roll-up that is {roll_up.state} cannot become {target}.")
    roll_up.state = target
