"""Opening seals and counting what they say; done in children of the app, since it is nothing but computing."""

from collections import Counter as Tally
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any
from uuid import UUID, uuid4

import orjson

from services.common.seal import unsealer
from services.evaluation.domain.instruments import (
    COUNTED_KINDS,
    NOT_APPLICABLE,
    QUESTIONS,
    Question,
    QuestionKind,
)
from services.evaluation.domain.results import RESPONDENTS

CounterKey = tuple[str, UUID, str, str, str, str]
"""Subject kind and id, dimension, group, question, answer."""


@dataclass
class OpenedBallots:
    """What a number of ballots say, taken apart so that nothing of it tells which stood together."""

    answered: int = 0
    """How many ballots they were."""
    dropped: int = 0
    """How many answers had been left out because they were not relevant."""
    responses: list[str] = field(default_factory=list)
    """Each block as a line of COPY's text format: a random id, campaign, subject, answers without free texts."""
    texts: list[tuple[str, str, str, str]] = field(default_factory=list)
    """Subject kind and id, question, text."""
    learning: list[dict[str, Any]] = field(default_factory=list)
    """Whole ballots, of those only who gave a code of their own or a name."""
    counters: Tally[CounterKey] = field(default_factory=Tally)

    def add(self, other: "OpenedBallots") -> None:
        """Take in what other ballots say."""
        self.answered += other.answered
        self.dropped += other.dropped
        self.responses += other.responses
        self.texts += other.texts
        self.learning += other.learning
        self.counters.update(other.counters)


def open_ballots(payload: Mapping[str, Any], data: bytes) -> bytes:
    """Open the seals that `data` holds one after another, and return what `read_opened` reads.

    `payload`: `key` (hexadecimal) and `context` of the seals, their `lengths`, the `campaign_id` and its
    `questions`.
    """
    opened = OpenedBallots()
    unseal = unsealer(bytes.fromhex(payload["key"]), payload["context"])
    questions = QUESTIONS.validate_python(payload["questions"])
    texts = {question.code for question in questions if question.kind is QuestionKind.TEXT}
    blocks, begin = [], 0
    for length in payload["lengths"]:
        ballot = orjson.loads(unseal(data[begin : begin + length]))
        begin += length
        opened.answered += 1
        opened.dropped += ballot["dropped"]
        blocks += ballot["blocks"]
        if "pseudonym" in ballot or "pair_code" in ballot:
            opened.learning.append(ballot)
    counters = tally(questions, blocks)
    opened.texts = [text for block in blocks for text in _take_texts(block, texts)]
    opened.responses = [_response_line(payload["campaign_id"], block) for block in blocks]
    return orjson.dumps(asdict(opened) | {"counters": list(counters.items())})


def read_opened(answer: bytes) -> OpenedBallots:
    """Return what `open_ballots` found."""
    found = orjson.loads(answer)
    counters = {(kind, UUID(subject), *more): n for (kind, subject, *more), n in found.pop("counters")}
    return OpenedBallots(**found, counters=Tally(counters))


def tally(questions: Sequence[Question], blocks: Sequence[Mapping[str, Any]]) -> Tally[CounterKey]:
    """Return how each question about each subject was answered, and by how many, in all and by group."""
    counted = {question.code for question in questions if question.kind in COUNTED_KINDS}
    dimensions = {q.code: str(q.dimension) for q in questions if q.dimension}
    counters: defaultdict[tuple[str, str, str, str], Tally[tuple[str, str]]] = defaultdict(Tally)
    for block in blocks:
        subject = block["subject"]
        answers: Mapping[str, Any] = block["answers"]
        groups = [("", "")] + [(d, str(answers[code])) for code, d in dimensions.items() if code in answers]
        given = [("", "")]
        for code in counted & answers.keys():
            answer = answers[code]
            # Who chooses several options is still one respondent.
            if answer != NOT_APPLICABLE:
                given.append((code, RESPONDENTS))
            given += [(code, str(value)) for value in (answer if isinstance(answer, list) else [answer])]
        for dimension, group in groups:
            counters[subject["kind"], subject["id"], dimension, group].update(given)
    return Tally(
        {
            (kind, UUID(subject_id), dimension, group, code, answer): n
            for (kind, subject_id, dimension, group), within in counters.items()
            for (code, answer), n in within.items()
        }
    )


def _take_texts(block: Mapping[str, Any], texts: set[str]) -> list[tuple[str, str, str, str]]:
    """Take free texts out of a block: they are moderated, and stand beside nothing else."""
    subject, answers = block["subject"], block["answers"]
    return [(subject["kind"], subject["id"], code, answers.pop(code)) for code in texts & answers.keys()]


def _response_line(campaign_id: str, block: Mapping[str, Any]) -> str:
    """Return a block as COPY reads it; JSON itself has no bare tab or line feed."""
    subject = block["subject"]
    answers = orjson.dumps(block["answers"]).decode().replace("\\", "\\\\")
    return f"{uuid4()}\t{campaign_id}\t{subject['kind']}\t{subject['id']}\t{answers}\n"
