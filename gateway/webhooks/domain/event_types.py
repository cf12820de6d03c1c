"""What endpoints can be told: the kinds of events that concern others, and where their subject is read."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class EventType:
    """One type of event."""

    name: str
    description: str
    path: str | None
    """Where its subject is read; `{id}` stands for it. None where nothing is read under that id."""

    def href(self, origin: str, subject: str) -> str | None:
        """Return the link to the subject."""
        return origin + self.path.replace("{id}", subject) if self.path else None


_EDITION: Final = "/v1/editions/{id}"
_EDITION_EVENTS: Final = {
    "planned": "An edition was planned.",
    "announced": "An edition was announced.",
    "changed": "An edition changed.",
    "postponed": "An edition was postponed.",
    "cancelled": "An edition was cancelled.",
    "call_opened": "The call of an edition opened: countries may nominate.",
    "call_closed": "The call of an edition closed.",
    "started": "An edition began.",
    "completed": "An edition ended.",
}
_OTHERS: Final = (
    EventType(
        "programs.organization.changed.v1", "An organization's record changed.", "/v1/organizations/{id}"
    ),
    EventType("programs.delivery.accepted.v1", "A delivery was accepted.", "/v1/deliveries/{id}"),
    EventType("evaluation.campaign.closed.v1", "A survey closed.", "/v1/campaigns/{id}"),
    EventType("evaluation.results.published.v1", "Results were published.", None),
    EventType("evaluation.results.withdrawn.v1", "Published results were withdrawn.", None),
    EventType(
        "evaluation.recommendation.agreed.v1", "A recommendation was agreed on.", "/v1/recommendations/{id}"
    ),
)
EVENT_TYPES: Final[Mapping[str, EventType]] = {
    kind.name: kind
    for kind in (
        *(
            EventType(f"programs.edition.{name}.v1", description, _EDITION)
            for name, description in _EDITION_EVENTS.items()
        ),
        *_OTHERS,
    )
}
