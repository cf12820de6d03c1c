"""Surveys open, remind and close by themselves."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "campaign_template",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column(
            "phase",
            sa.Enum(
                "baseline",
                "daily",
                "module",
                "end",
                "three_months",
                "six_months",
                "twelve_months",
                "alumni",
                "supervisor",
                "country_outcome",
                name="phase",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("instrument_id", sa.Uuid(), nullable=False),
        sa.Column("opens_after_days", sa.Integer(), nullable=False),
        sa.Column("open_days", sa.Integer(), nullable=False),
        sa.Column(
            "reminder_days", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False
        ),
        sa.Column(
            "delivery",
            sa.Enum("email", "slips", "kiosk", name="delivery", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column(
            "anonymity",
            sa.Enum("anonymous", "confidential", name="anonymity", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["instrument_id"], ["evaluation.instrument.id"], name=op.f("fk_campaign_template_instrument_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign_template")),
        sa.UniqueConstraint("phase", name="uq_campaign_template_phase"),
        schema="evaluation",
    )
    op.add_column(
        "ballot_token",
        sa.Column("reminders", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        schema="evaluation",
    )
    op.add_column(
        "campaign", sa.Column("opens_at", sa.DateTime(timezone=True), nullable=True), schema="evaluation"
    )
    op.add_column(
        "campaign",
        sa.Column(
            "reminder_days",
            postgresql.JSONB(none_as_null=True, astext_type=sa.Text()),
            server_default="[]",
            nullable=False,
        ),
        schema="evaluation",
    )
    op.add_column(
        "campaign",
        sa.Column("reminders_sent", sa.Integer(), server_default="0", nullable=False),
        schema="evaluation",
    )
    op.add_column(
        "campaign",
        sa.Column("planned", sa.Boolean(), server_default="false", nullable=False),
        schema="evaluation",
    )
    op.add_column("mirror_edition", sa.Column("ends_on", sa.Date(), nullable=True), schema="evaluation")
    op.add_column("mirror_edition", sa.Column("zone", sa.String(), nullable=True), schema="evaluation")
    op.add_column(
        "mirror_edition", sa.Column("pass_mark_percent", sa.Integer(), nullable=True), schema="evaluation"
    )


def downgrade() -> None:
    op.drop_column("mirror_edition", "pass_mark_percent", schema="evaluation")
    op.drop_column("mirror_edition", "zone", schema="evaluation")
    op.drop_column("mirror_edition", "ends_on", schema="evaluation")
    op.drop_column("campaign", "planned", schema="evaluation")
    op.drop_column("campaign", "reminders_sent", schema="evaluation")
    op.drop_column("campaign", "reminder_days", schema="evaluation")
    op.drop_column("campaign", "opens_at", schema="evaluation")
    op.drop_column("ballot_token", "reminders", schema="evaluation")
    op.drop_table("campaign_template", schema="evaluation")
