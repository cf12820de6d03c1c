"""The document of events says what the code sends."""

import json
from collections.abc import Iterator

import jsonschema
import pytest

from gateway.identity.domain.events import EVENTS as GATEWAY
from services.common.asyncapi import events_document
from services.evaluation.domain.events import EVENTS as EVALUATION
from services.participants.domain.events import EVENTS as PARTICIPANTS
from services.programs.domain.events import EVENTS as PROGRAMS

REGISTRIES = (PROGRAMS, PARTICIPANTS, EVALUATION, GATEWAY)
DOCUMENT = events_document(REGISTRIES)


def references(node: object) -> Iterator[str]:
    if isinstance(node, dict):
        for key, value in node.items():
            if key == "$ref":
                yield value
            else:
                yield from references(value)
    elif isinstance(node, list):
        for value in node:
            yield from references(value)


def test_every_kind_has_channel_operation_and_message() -> None:
    kinds = {name for registry in REGISTRIES for name in registry.kinds}
    assert kinds == set(DOCUMENT["channels"]) == set(DOCUMENT["components"]["messages"])
    assert {f"send.{name}" for name in kinds} == set(DOCUMENT["operations"])
    assert DOCUMENT["operations"]["send.programs.delivery.accepted.v1"]["x-destinations"] == [
        "evaluation",
        "gateway",
    ]


def test_every_reference_leads_somewhere() -> None:
    for reference in references(DOCUMENT):
        place: object = DOCUMENT
        for part in reference.removeprefix("#/").split("/"):
            assert isinstance(place, dict)
            place = place[part]


def test_the_order_of_rooms_changes_nothing() -> None:
    assert json.dumps(events_document(REGISTRIES[::-1])) == json.dumps(DOCUMENT)


def test_what_is_forgotten_is_said() -> None:
    message = DOCUMENT["components"]["messages"]["evaluation.dispatch.requested.v1"]
    assert message["x-forgotten-on-delivery"] == ["sealed_token"]


EVENT = {
    "specversion": "1.0",
    "id": "019b0000-0000-7000-8000-000000000001",
    "source": "evaluation",
    "type": "evaluation.test.finalized.v1",
    "subject": "019b0000-0000-7000-8000-000000000002",
    "time": "2026-01-02T03:04:05+00:00",
    "data": {
        "aggregate_id": "019b0000-0000-7000-8000-000000000002",
        "aggregate_version": 1,
        "edition_id": "019b0000-0000-7000-8000-000000000003",
        "pseudonym": "p1",
        "passed": True,
    },
}


def test_an_event_fits_its_schema_and_no_other() -> None:
    payload = DOCUMENT["components"]["messages"]["evaluation.test.finalized.v1"]["payload"]
    schema = payload | {"components": DOCUMENT["components"]}
    jsonschema.validate(EVENT, schema)
    wrongs: list[dict[str, object]] = [{"source": "programs"}, {"data": {}}, {"specversion": "0.3"}]
    for wrong in wrongs:
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(EVENT | wrong, schema)
