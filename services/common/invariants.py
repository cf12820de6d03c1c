"""What must hold in the machinery of every room at any moment, as SQL that returns the rows where it does not.

Source: design/reliability.md, I3, I4 and I8; a room's own invariants stand in its `db/invariants.py`.
"""

from collections.abc import Mapping
from typing import Final

from sqlalchemy.orm import DeclarativeBase

from services.common.database import Versioned

HOUSE: Final[Mapping[str, str]] = {
    # Late is what others overtook by five minutes: while nothing runs, nothing is late.
    "I4 no event is passed over without a lease or a problem": """
        SELECT id FROM outbox_event AS event
        WHERE delivered_at IS NULL AND dead_at IS NULL AND leased_until IS NULL AND last_problem IS NULL
          AND due_at < (SELECT max(delivered_at) FROM outbox_event AS other
                        WHERE other.destination = event.destination) - interval '5 minutes'
    """,
    "I8 no job is passed over without a lease or a problem": """
        SELECT id FROM job
        WHERE done_at IS NULL AND dead_at IS NULL AND leased_until IS NULL AND last_problem IS NULL
          AND provenance = 'real' AND due_at < (SELECT max(done_at) FROM job) - interval '5 minutes'
    """,
    "I8 no operation runs without its job": """
        SELECT operation.id FROM operation WHERE state = 'running' AND NOT EXISTS (
            SELECT FROM job WHERE job.subject = operation.id AND job.done_at IS NULL AND job.dead_at IS NULL)
    """,
}


def audit_invariants(base: type[DeclarativeBase]) -> Mapping[str, str]:
    """Return I3 for every table of `base` whose rows have a version: each version has its audit entry.

    The entries are counted at once, not row by row: many rows are asked about within a statement's time.
    """
    versioned = [mapper.class_ for mapper in base.registry.mappers if issubclass(mapper.class_, Versioned)]
    return {
        f"I3 each version of {name} has its audit entry": (
            f'SELECT changed.id FROM "{name}" AS changed LEFT JOIN ('  # noqa: S608  a table of our own
            " SELECT subject_id, count(DISTINCT subject_version) AS versions FROM audit_entry"
            f" WHERE subject_kind = '{name}' GROUP BY subject_id"
            ") AS told ON told.subject_id = changed.id WHERE changed.version <> coalesce(told.versions, 0)"
        )
        for name in sorted(str(kind.__tablename__) for kind in versioned)
    }
