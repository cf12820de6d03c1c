"""The events between the rooms as an AsyncAPI 3.0 document, generated from the code that sends them."""

from collections.abc import Sequence
from typing import Any

from pydantic.json_schema import models_json_schema

from services.common.events import EventKind, EventRegistry

_ENVELOPE = {
    "type": "object",
    "description": "CloudEvents 1.0 in its JSON format.",
    "required": ["specversion", "id", "source", "type", "subject", "time", "data"],
    "properties": {
        "specversion": {"const": "1.0"},
        "id": {"type": "string", "format": "uuid", "description": "The same in every delivery of the event."},
        "source": {"type": "string"},
        "type": {"type": "string"},
        "subject": {"type": "string", "format": "uuid", "description": "The aggregate, as in the data."},
        "time": {"type": "string", "format": "date-time"},
        "datacontenttype": {"const": "application/json"},
        "traceparent": {"type": "string", "description": "W3C trace context of what caused the event."},
        "replay": {"type": "boolean", "description": "A repetition: apply it at an equal version too."},
    },
}


def events_document(registries: Sequence[EventRegistry]) -> dict[str, Any]:
    """Return the AsyncAPI 3.0 document of every kind of event that the rooms send, each with its receivers."""
    kinds = sorted(
        ((registry.room, kind) for registry in registries for kind in registry.kinds.values()),
        key=lambda pair: pair[1].name,
    )
    models = sorted({kind.data for _, kind in kinds}, key=lambda model: (model.__module__, model.__name__))
    references, definitions = models_json_schema(
        [(model, "serialization") for model in models], ref_template="#/components/schemas/{model}"
    )
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Qoldau events",
            "version": "1.0.0",
            "description": "Delivered at least once, in no promised order; each carries the full state of its "
            "aggregate, and is applied if `aggregate_version` is newer than what the receiver has.",
        },
        "defaultContentType": "application/cloudevents+json",
        "channels": {
            kind.name: {
                "address": kind.name,
                "messages": {kind.name: {"$ref": f"#/components/messages/{kind.name}"}},
            }
            for _, kind in kinds
        },
        "operations": {f"send.{kind.name}": _operation(kind) for _, kind in kinds},
        "components": {
            "messages": {
                kind.name: _message(room, kind, references[kind.data, "serialization"])
                for room, kind in kinds
            },
            "schemas": {"CloudEvent": _ENVELOPE} | definitions.get("$defs", {}),
        },
    }


def _operation(kind: EventKind) -> dict[str, Any]:
    channel = f"#/channels/{kind.name}"
    return {
        "action": "send",
        "channel": {"$ref": channel},
        "messages": [{"$ref": f"{channel}/messages/{kind.name}"}],
        "x-destinations": list(kind.destinations),
    }


def _message(room: str, kind: EventKind, data: dict[str, Any]) -> dict[str, Any]:
    own = {"source": {"const": room}, "type": {"const": kind.name}, "data": data}
    message: dict[str, Any] = {
        "name": kind.name,
        "contentType": "application/cloudevents+json",
        "payload": {
            "allOf": [
                {"$ref": "#/components/schemas/CloudEvent"},
                {"type": "object", "properties": own},
            ]
        },
    }
    if kind.secret_fields:
        message["x-forgotten-on-delivery"] = list(kind.secret_fields)
    return message
