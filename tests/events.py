"""Events as they arrive, for tests of what a room does on them."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from services.common.inbox import Event, read_envelope


def arriving(kind: str, data: dict[str, Any]) -> Event:
    """Return the event of `kind` with `data`, as its room would send it."""
    data = {"aggregate_version": 1} | data
    return read_envelope(
        {
            "specversion": "1.0",
            "id": str(uuid4()),
            "source": kind.partition(".")[0],
            "type": kind,
            "subject": str(UUID(data["aggregate_id"])),
            "time": datetime.now(UTC).isoformat(),
            "data": data,
        }
    )
