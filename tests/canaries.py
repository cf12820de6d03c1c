"""Personal values that the tests enter and that nothing may let out: logs, events, dead letters, errors, audit.

A run fails where one of them turns up (tests/conftest.py). Enter them where a test keeps personal data.
"""

from typing import Final

PASSPORT: Final = "CANARY7700123"
HEALTH_NOTE: Final = "canary: cannot climb stairs"
CONTACT: Final = "canary: +7 700 000 00 00"

CANARIES: Final = (PASSPORT, HEALTH_NOTE, CONTACT)

MACHINERY: Final = ("audit_entry", "outbox_event", "inbox_event", "job", "operation", "idempotency_key")
"""Tables of every room in which no personal value may stand."""

_FIND: Final = "SELECT '{0}.{1}' FROM {0}.{1} AS t WHERE lower(t::text) LIKE '%canary%'"
FIND_CANARIES: Final = " UNION ALL ".join(
    _FIND.format(room, table) for room in ("programs", "participants", "evaluation") for table in MACHINERY
)
"""The places of the machinery where a canary stands; none, ever."""
