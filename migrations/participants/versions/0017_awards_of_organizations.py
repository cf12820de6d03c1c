"""Awards of organizations."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "award_recipient", sa.Column("organization_id", sa.Uuid(), nullable=True), schema="participants"
    )
    op.alter_column(
        "award_recipient", "person_id", existing_type=sa.UUID(), nullable=True, schema="participants"
    )
    op.create_check_constraint(
        op.f("ck_award_recipient_one_recipient"),
        "award_recipient",
        "person_id IS NULL OR organization_id IS NULL",
        schema="participants",
    )


def downgrade() -> None:
    op.drop_constraint(
        op.f("ck_award_recipient_one_recipient"), "award_recipient", schema="participants", type_="check"
    )
    op.execute("DELETE FROM participants.award_recipient WHERE person_id IS NULL")
    op.alter_column(
        "award_recipient", "person_id", existing_type=sa.UUID(), nullable=False, schema="participants"
    )
    op.drop_column("award_recipient", "organization_id", schema="participants")
