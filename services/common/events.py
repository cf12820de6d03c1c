"""What events are made of: kinds with their destinations, and data that carries an aggregate's full state."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from pydantic import BaseModel, ConfigDict


class EventData(BaseModel):
    """The data of an event: the full state of its aggregate, so that a consumer never waits for another event.

    Ids, pseudonyms, codes and counts; no name, address or other direct personal data, ever.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    aggregate_id: UUID
    aggregate_version: int
    """Counts the aggregate's changes; a consumer ignores what is older than it has."""


@dataclass(frozen=True)
class EventKind:
    """One type of event, in one version."""

    name: str
    """Its CloudEvents type, such as `programs.edition.announced.v1`; a change that breaks readers counts `v` up."""
    data: type[EventData]
    destinations: tuple[str, ...]
    """The apps that act on it."""
    secret_fields: tuple[str, ...] = ()
    """Fields of the data that the outbox forgets (sets to null) once the event is delivered."""

    def __post_init__(self) -> None:
        if unknown := set(self.secret_fields) - set(self.data.model_fields):
            raise LookupError(f"{self.name} has no field {sorted(unknown)}")


class EventRegistry:
    """The kinds of events that one room sends."""

    def __init__(self, room: str) -> None:
        self.room = room
        self.kinds: Final[dict[str, EventKind]] = {}

    def define(
        self,
        name: str,
        data: type[EventData],
        *destinations: str,
        version: int = 1,
        secret_fields: tuple[str, ...] = (),
    ) -> EventKind:
        """Define and return the kind `name` (`edition.announced`)."""
        kind = EventKind(f"{self.room}.{name}.v{version}", data, destinations, secret_fields)
        self.kinds[kind.name] = kind
        return kind
