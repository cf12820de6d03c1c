"""What is planned may be tried out."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "mirror_campaign",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Uuid(), nullable=False),
        sa.Column("phase", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mirror_campaign")),
        schema="programs",
    )
    op.create_index(
        "ix_mirror_campaign_edition_id", "mirror_campaign", ["edition_id"], unique=False, schema="programs"
    )
    op.add_column(
        "agreement",
        sa.Column(
            "provenance",
            sa.Enum("real", "synthetic", name="provenance", native_enum=False, length=40),
            server_default="real",
            nullable=False,
        ),
        schema="programs",
    )
    op.alter_column("agreement", "provenance", server_default=None, schema="programs")
    op.add_column(
        "country_priority",
        sa.Column(
            "provenance",
            sa.Enum("real", "synthetic", name="provenance", native_enum=False, length=40),
            server_default="real",
            nullable=False,
        ),
        schema="programs",
    )
    op.alter_column("country_priority", "provenance", server_default=None, schema="programs")
    op.add_column("design_task", sa.Column("latest", sa.Date(), nullable=True), schema="programs")
    op.add_column(
        "needs_survey",
        sa.Column(
            "provenance",
            sa.Enum("real", "synthetic", name="provenance", native_enum=False, length=40),
            server_default="real",
            nullable=False,
        ),
        schema="programs",
    )
    op.alter_column("needs_survey", "provenance", server_default=None, schema="programs")
    op.drop_constraint(op.f("uq_needs_survey"), "needs_survey", schema="programs", type_="unique")
    op.create_unique_constraint(
        "uq_needs_survey",
        "needs_survey",
        ["country", "authority_id", "year", "provenance"],
        schema="programs",
        postgresql_nulls_not_distinct=True,
    )
    op.add_column("status_report", sa.Column("next_by", sa.Date(), nullable=True), schema="programs")
    op.add_column(
        "training_session",
        sa.Column("set_back", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        schema="programs",
    )
    op.add_column(
        "publication_profile",
        sa.Column("details", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        schema="programs",
    )


def downgrade() -> None:
    op.drop_column("publication_profile", "details", schema="programs")
    op.execute("DELETE FROM programs.needs_survey WHERE provenance = 'synthetic'")
    op.drop_column("training_session", "set_back", schema="programs")
    op.drop_column("status_report", "next_by", schema="programs")
    op.drop_constraint("uq_needs_survey", "needs_survey", schema="programs", type_="unique")
    op.create_unique_constraint(
        op.f("uq_needs_survey"),
        "needs_survey",
        ["country", "authority_id", "year"],
        schema="programs",
        postgresql_nulls_not_distinct=True,
    )
    op.drop_column("needs_survey", "provenance", schema="programs")
    op.drop_column("design_task", "latest", schema="programs")
    op.drop_column("country_priority", "provenance", schema="programs")
    op.drop_column("agreement", "provenance", schema="programs")
    op.drop_index("ix_mirror_campaign_edition_id", table_name="mirror_campaign", schema="programs")
    op.drop_table("mirror_campaign", schema="programs")
