"""The tables that stand in every room, gathered: importing this module declares them all."""

from sqlalchemy import MetaData

from services.common.audit import audit_entry
from services.common.clock import demonstration_clock
from services.common.database import NAMING
from services.common.file_records import file
from services.common.idempotency import idempotency_key
from services.common.inbox import inbox_event
from services.common.jobs import job
from services.common.operations import operation
from services.common.outbox import outbox_event

HOUSE_TABLES = (
    audit_entry,
    demonstration_clock,
    file,
    idempotency_key,
    inbox_event,
    job,
    operation,
    outbox_event,
)


def room_metadata(schema: str) -> MetaData:
    """Return the metadata of a room's schema, with the tables of the house already standing in it."""
    metadata = MetaData(schema=schema, naming_convention=NAMING)
    for table in HOUSE_TABLES:
        table.to_metadata(metadata)
    return metadata
