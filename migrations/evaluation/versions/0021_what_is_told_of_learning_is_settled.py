"""What is told of learning is settled."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "learning_figure",
        sa.Column("edition_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("test", "attitude", "retrospective", name="learningkind", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("subject", sa.Uuid(), nullable=False),
        sa.Column("question", sa.String(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("figures", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("edition_id", "kind", "subject", "question", name=op.f("pk_learning_figure")),
        schema="evaluation",
    )
    # What was counted before is settled by the job that settles what will be.
    op.execute(
        "INSERT INTO evaluation.job (id, kind, subject, payload, provenance, due_at)"
        " SELECT gen_random_uuid(), 'learning.settle', edition_id, '{}', provenance, clock_timestamp()"
        " FROM evaluation.campaign WHERE state IN ('analysed', 'published', 'archived')"
        " GROUP BY edition_id, provenance"
    )


def downgrade() -> None:
    op.execute("DELETE FROM evaluation.job WHERE kind = 'learning.settle'")
    op.drop_table("learning_figure", schema="evaluation")
