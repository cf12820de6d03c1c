"""Alembic's environment for every schema: it runs on the connection that `migrations.run` hands over."""

from alembic import context
from sqlalchemy import MetaData
from sqlalchemy.engine import Connection

_schema: str = context.config.config_ini_section
_connection: Connection = context.config.attributes["connection"]
_metadata: MetaData = context.config.attributes["metadata"]


def _belongs_here(name: str | None, kind: str, _parents: object) -> bool:
    return kind != "schema" or name == _schema


context.configure(
    connection=_connection,
    target_metadata=_metadata,
    version_table_schema=_schema,
    include_schemas=True,
    include_name=_belongs_here,
    compare_server_default=True,
)
with context.begin_transaction():
    context.run_migrations()
