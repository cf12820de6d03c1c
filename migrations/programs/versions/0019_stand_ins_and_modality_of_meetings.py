"""Stand-ins, and how people take part in a meeting."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "training_session",
        sa.Column(
            "modality",
            sa.Enum("on_site", "online", "hybrid", name="modality", native_enum=False, length=40),
            nullable=True,
        ),
        schema="programs",
    )
    _each_lecturer("each || '{\"stands_in_for\": null}'")


def downgrade() -> None:
    _each_lecturer("each - 'stands_in_for'")
    op.drop_column("training_session", "modality", schema="programs")


def _each_lecturer(changed: str) -> None:
    op.execute(
        f"UPDATE programs.training_session SET lecturers = (SELECT jsonb_agg({changed} ORDER BY place)"  # noqa: S608  constants of this file
        " FROM jsonb_array_elements(lecturers) WITH ORDINALITY AS one (each, place)) WHERE lecturers <> '[]'"
    )
