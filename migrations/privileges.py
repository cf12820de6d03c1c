"""What a revision grants or takes away beyond the default privileges of its schema."""

from alembic import op
from sqlalchemy import text


def make_append_only(table: str) -> None:
    """Let the app's runtime role only read and insert rows of `table`, in the schema being migrated."""
    connection = op.get_bind()
    owner: str = connection.execute(text("SELECT current_user")).scalar_one()
    schema = op.get_context().version_table_schema
    runtime = owner.removesuffix("_owner")
    op.execute(f'REVOKE UPDATE, DELETE, TRUNCATE ON "{schema}"."{table}" FROM "{runtime}"')
